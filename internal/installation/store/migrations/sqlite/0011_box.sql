-- +goose Up

-- What is no record and may be forgotten: each row encrypted as a whole.
CREATE TABLE box (
	installation TEXT NOT NULL,
	place TEXT NOT NULL,
	part INTEGER NOT NULL,
	box BLOB NOT NULL,
	PRIMARY KEY (installation, place, part)
) STRICT;

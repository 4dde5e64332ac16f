-- +goose Up

-- What is no record and may be forgotten: each row encrypted as a whole.
CREATE TABLE box (
	installation TEXT COLLATE "C" NOT NULL,
	place TEXT COLLATE "C" NOT NULL,
	part BIGINT NOT NULL,
	box BYTEA NOT NULL,
	PRIMARY KEY (installation, place, part)
);

-- +goose Up

-- People as they stood before a change that moves seats.
CREATE TABLE person_past (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	person TEXT NOT NULL,
	kind INTEGER NOT NULL,
	login INTEGER NOT NULL,
	profile TEXT NOT NULL,
	state TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- Profiles as they were before their modules changed.
CREATE TABLE profile_past (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	code TEXT NOT NULL,
	modules TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

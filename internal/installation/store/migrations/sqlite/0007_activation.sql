-- +goose Up

-- Each time a set was in force, and what was changed of people with it.
CREATE TABLE activation (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	issuer TEXT NOT NULL,
	set_number INTEGER NOT NULL,
	checkpoint TEXT NOT NULL,
	replaced TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	how TEXT NOT NULL,
	given_by TEXT NOT NULL,
	undo BLOB NOT NULL,
	reported_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- What was said about sets that wait.
CREATE TABLE set_agreement (
	installation TEXT NOT NULL,
	checkpoint TEXT NOT NULL,
	agreed_at INTEGER NOT NULL,
	agreed_by TEXT NOT NULL,
	accepts TEXT NOT NULL,
	told_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, checkpoint)
) STRICT, WITHOUT ROWID;

-- How sets come in force: one row, id 1.
CREATE TABLE set_policy (
	installation TEXT NOT NULL,
	id INTEGER NOT NULL CHECK (id = 1),
	activation TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

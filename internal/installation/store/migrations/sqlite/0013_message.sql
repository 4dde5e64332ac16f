-- +goose Up

-- Which messages outside the pages who gets, where somebody has said otherwise.
CREATE TABLE message_rule (
	installation TEXT NOT NULL,
	kind TEXT NOT NULL,
	reader TEXT NOT NULL,
	told INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, kind, reader)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_choice (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	off TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;

-- What was told, so that no level of anything is told twice.
CREATE TABLE message_told (
	installation TEXT NOT NULL,
	kind TEXT NOT NULL,
	about TEXT NOT NULL,
	level INTEGER NOT NULL,
	at INTEGER NOT NULL,
	over_at INTEGER NOT NULL,
	facts TEXT NOT NULL,
	next INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, kind, about)
) STRICT, WITHOUT ROWID;

-- What is still to be delivered. It holds no address.
CREATE TABLE message_out (
	installation TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	about TEXT NOT NULL,
	level INTEGER NOT NULL,
	channel TEXT NOT NULL,
	target TEXT NOT NULL,
	made INTEGER NOT NULL,
	due INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	tries INTEGER NOT NULL,
	error TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- +goose Up

-- How people show who they are: passwords, passkeys, one-time links.
CREATE TABLE credential (
	installation TEXT NOT NULL,
	id TEXT NOT NULL,
	person TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	secret BLOB NOT NULL,
	data BLOB NOT NULL,
	created INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	expires INTEGER NOT NULL,
	used INTEGER NOT NULL,
	count INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- Who has signed in to the pages, until when.
CREATE TABLE session (
	installation TEXT NOT NULL,
	id TEXT NOT NULL,
	person TEXT NOT NULL,
	hash BLOB NOT NULL,
	method TEXT NOT NULL,
	device TEXT NOT NULL,
	begun INTEGER NOT NULL,
	ends INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- How people want pages to be, and which of their sessions count.
CREATE TABLE preference (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	language TEXT NOT NULL,
	theme TEXT NOT NULL,
	shortcuts INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;

-- Who else says who a person is.
CREATE TABLE provider (
	installation TEXT NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	issuer TEXT NOT NULL,
	client_id TEXT NOT NULL,
	secret BLOB NOT NULL,
	match TEXT NOT NULL,
	claim TEXT NOT NULL,
	created INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, code)
) STRICT, WITHOUT ROWID;

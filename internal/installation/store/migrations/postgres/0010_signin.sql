-- +goose Up

-- How people show who they are: passwords, passkeys, one-time links.
CREATE TABLE credential (
	installation TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	secret BYTEA NOT NULL,
	data BYTEA NOT NULL,
	created BIGINT NOT NULL,
	created_by TEXT COLLATE "C" NOT NULL,
	expires BIGINT NOT NULL,
	used BIGINT NOT NULL,
	count BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- Who has signed in to the pages, until when.
CREATE TABLE session (
	installation TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	hash BYTEA NOT NULL,
	method TEXT COLLATE "C" NOT NULL,
	device TEXT COLLATE "C" NOT NULL,
	begun BIGINT NOT NULL,
	ends BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- How people want pages to be, and which of their sessions count.
CREATE TABLE preference (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	language TEXT COLLATE "C" NOT NULL,
	theme TEXT COLLATE "C" NOT NULL,
	shortcuts BIGINT NOT NULL,
	generation BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, person)
);

-- Who else says who a person is.
CREATE TABLE provider (
	installation TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	client_id TEXT COLLATE "C" NOT NULL,
	secret BYTEA NOT NULL,
	match TEXT COLLATE "C" NOT NULL,
	claim TEXT COLLATE "C" NOT NULL,
	created BIGINT NOT NULL,
	created_by TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, code)
);

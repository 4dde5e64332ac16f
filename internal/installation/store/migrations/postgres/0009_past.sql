-- +goose Up

-- People as they stood before a change that moves seats.
CREATE TABLE person_past (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	kind BIGINT NOT NULL,
	login BIGINT NOT NULL,
	profile TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- Profiles as they were before their modules changed.
CREATE TABLE profile_past (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	modules TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

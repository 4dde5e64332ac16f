-- +goose Up

-- Each time a set was in force, and what was changed of people with it.
CREATE TABLE activation (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	set_number BIGINT NOT NULL,
	checkpoint TEXT COLLATE "C" NOT NULL,
	replaced TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	how TEXT COLLATE "C" NOT NULL,
	given_by TEXT COLLATE "C" NOT NULL,
	undo BYTEA NOT NULL,
	reported_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- What was said about sets that wait.
CREATE TABLE set_agreement (
	installation TEXT COLLATE "C" NOT NULL,
	checkpoint TEXT COLLATE "C" NOT NULL,
	agreed_at BIGINT NOT NULL,
	agreed_by TEXT COLLATE "C" NOT NULL,
	accepts TEXT COLLATE "C" NOT NULL,
	told_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, checkpoint)
);

-- How sets come in force: one row, id 1.
CREATE TABLE set_policy (
	installation TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL CHECK (id = 1),
	activation TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

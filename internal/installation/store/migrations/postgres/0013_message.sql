-- +goose Up

-- Which messages outside the pages who gets, where somebody has said otherwise.
CREATE TABLE message_rule (
	installation TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	reader TEXT COLLATE "C" NOT NULL,
	told BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, kind, reader)
);

CREATE TABLE message_choice (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	off TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, person)
);

-- What was told, so that no level of anything is told twice.
CREATE TABLE message_told (
	installation TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	about TEXT COLLATE "C" NOT NULL,
	level BIGINT NOT NULL,
	at BIGINT NOT NULL,
	over_at BIGINT NOT NULL,
	facts TEXT COLLATE "C" NOT NULL,
	next BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, kind, about)
);

-- What is still to be delivered. It holds no address.
CREATE TABLE message_out (
	installation TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	about TEXT COLLATE "C" NOT NULL,
	level BIGINT NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	target TEXT COLLATE "C" NOT NULL,
	made BIGINT NOT NULL,
	due BIGINT NOT NULL,
	failed BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	error TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

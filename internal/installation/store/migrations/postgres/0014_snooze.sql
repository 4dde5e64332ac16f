-- +goose Up

-- What people do not want to see on top of the pages for a while.
CREATE TABLE snooze (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	items TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, person)
);

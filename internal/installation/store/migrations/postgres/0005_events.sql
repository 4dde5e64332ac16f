-- +goose Up

-- What people should hear about: started by people, or by the server of itself.
-- Rows are ended, never deleted.
CREATE TABLE event (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	type TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	about TEXT COLLATE "C" NOT NULL,
	ending TEXT COLLATE "C" NOT NULL,
	audience TEXT COLLATE "C" NOT NULL,
	texts TEXT COLLATE "C" NOT NULL,
	facts TEXT COLLATE "C" NOT NULL,
	started_by TEXT COLLATE "C" NOT NULL,
	started BIGINT NOT NULL,
	from_at BIGINT NOT NULL,
	expected BIGINT NOT NULL,
	ended BIGINT NOT NULL,
	ended_by TEXT COLLATE "C" NOT NULL,
	end_reason TEXT COLLATE "C" NOT NULL,
	done BIGINT NOT NULL,
	total BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

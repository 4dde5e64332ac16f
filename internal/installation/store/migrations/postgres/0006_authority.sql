-- +goose Up

-- What is known of the license server of an issuer, one row each: whether this
-- installation is registered there, and what was asked and answered last.
CREATE TABLE authority (
	installation TEXT COLLATE "C" NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	serial TEXT COLLATE "C" NOT NULL,
	registered BIGINT NOT NULL,
	asked BIGINT NOT NULL,
	answered BIGINT NOT NULL,
	failures BIGINT NOT NULL,
	error TEXT COLLATE "C" NOT NULL,
	why TEXT COLLATE "C" NOT NULL,
	refused TEXT COLLATE "C" NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
	messages TEXT COLLATE "C" NOT NULL,
	address TEXT COLLATE "C" NOT NULL,
	offered BIGINT NOT NULL,
	company TEXT COLLATE "C" NOT NULL,
	new_serial TEXT COLLATE "C" NOT NULL,
	new_company TEXT COLLATE "C" NOT NULL,
	clock BIGINT NOT NULL,
	reported BIGINT NOT NULL,
	checkpoint TEXT COLLATE "C" NOT NULL,
	told_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, issuer)
);

-- +goose Up

-- The databases of the installation. Number 0 is the central one, which is there
-- without a row until it is renamed. Rows are marked removed, never deleted.
CREATE TABLE database (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL CHECK (number >= 0),
	name TEXT COLLATE "C" NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	created BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- Which database was given which site license. Rows are ended, never deleted.
CREATE TABLE site_assignment (
	installation TEXT COLLATE "C" NOT NULL,
	number BIGINT NOT NULL,
	database BIGINT NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	module TEXT COLLATE "C" NOT NULL,
	quantity BIGINT NOT NULL CHECK (quantity >= 0),
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	given_by TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	ended_by TEXT COLLATE "C" NOT NULL,
	end_reason TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, number)
);

-- Who may do what in the installation itself. Rows are deleted when a role is
-- taken back: the audit trail keeps who had it.
CREATE TABLE role (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	role TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	given_by TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, person, role)
);

-- Addresses of the host application that are asked before something is done.
CREATE TABLE hook (
	installation TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	url TEXT COLLATE "C" NOT NULL,
	timeout BIGINT NOT NULL,
	unreachable TEXT COLLATE "C" NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, name)
);

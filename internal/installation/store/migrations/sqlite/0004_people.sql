-- +goose Up

-- The databases of the installation. Number 0 is the central one, which is there
-- without a row until it is renamed. Rows are marked removed, never deleted.
CREATE TABLE database (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL CHECK (number >= 0),
	name TEXT NOT NULL,
	state TEXT NOT NULL,
	created INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- Which database was given which site license. Rows are ended, never deleted.
CREATE TABLE site_assignment (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	database INTEGER NOT NULL,
	issuer TEXT NOT NULL,
	module TEXT NOT NULL,
	quantity INTEGER NOT NULL CHECK (quantity >= 0),
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	given_by TEXT NOT NULL,
	reason TEXT NOT NULL,
	ended_by TEXT NOT NULL,
	end_reason TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

-- Who may do what in the installation itself. Rows are deleted when a role is
-- taken back: the audit trail keeps who had it.
CREATE TABLE role (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	role TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	given_by TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, person, role)
) STRICT, WITHOUT ROWID;

-- Addresses of the host application that are asked before something is done.
CREATE TABLE hook (
	installation TEXT NOT NULL,
	name TEXT NOT NULL,
	url TEXT NOT NULL,
	timeout INTEGER NOT NULL,
	unreachable TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, name)
) STRICT, WITHOUT ROWID;

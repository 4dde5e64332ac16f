-- +goose Up

-- What is known of the license server of an issuer, one row each: whether this
-- installation is registered there, and what was asked and answered last.
CREATE TABLE authority (
	installation TEXT NOT NULL,
	issuer TEXT NOT NULL,
	serial TEXT NOT NULL,
	registered INTEGER NOT NULL,
	asked INTEGER NOT NULL,
	answered INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	error TEXT NOT NULL,
	why TEXT NOT NULL,
	refused TEXT NOT NULL,
	status TEXT NOT NULL,
	messages TEXT NOT NULL,
	address TEXT NOT NULL,
	offered INTEGER NOT NULL,
	company TEXT NOT NULL,
	new_serial TEXT NOT NULL,
	new_company TEXT NOT NULL,
	clock INTEGER NOT NULL,
	reported INTEGER NOT NULL,
	checkpoint TEXT NOT NULL,
	told_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, issuer)
) STRICT, WITHOUT ROWID;

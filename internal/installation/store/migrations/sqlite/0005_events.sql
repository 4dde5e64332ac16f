-- +goose Up

-- What people should hear about: started by people, or by the server of itself.
-- Rows are ended, never deleted.
CREATE TABLE event (
	installation TEXT NOT NULL,
	number INTEGER NOT NULL,
	type TEXT NOT NULL,
	code TEXT NOT NULL,
	about TEXT NOT NULL,
	ending TEXT NOT NULL,
	audience TEXT NOT NULL,
	texts TEXT NOT NULL,
	facts TEXT NOT NULL,
	started_by TEXT NOT NULL,
	started INTEGER NOT NULL,
	from_at INTEGER NOT NULL,
	expected INTEGER NOT NULL,
	ended INTEGER NOT NULL,
	ended_by TEXT NOT NULL,
	end_reason TEXT NOT NULL,
	done INTEGER NOT NULL,
	total INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, number)
) STRICT, WITHOUT ROWID;

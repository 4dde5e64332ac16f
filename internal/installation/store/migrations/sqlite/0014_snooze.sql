-- +goose Up

-- What people do not want to see on top of the pages for a while.
CREATE TABLE snooze (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	items TEXT NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;

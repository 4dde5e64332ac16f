-- +goose Up

-- That it is collected on which day people were last active, and on what ground.
-- There is no row where nothing is collected.
CREATE TABLE activity_policy (
	installation TEXT NOT NULL,
	id INTEGER NOT NULL,
	ground TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	ver INTEGER NOT NULL,
	layout INTEGER NOT NULL,
	seal BLOB NOT NULL,
	colsum BLOB NOT NULL,
	PRIMARY KEY (installation, id)
) STRICT, WITHOUT ROWID;

-- The last day people were active, as a number of days since 1970. Rows carry no
-- seal and leave no line in the journal: it would remember every day of everybody
-- after the rows were erased.
CREATE TABLE activity (
	installation TEXT NOT NULL,
	person TEXT NOT NULL,
	day INTEGER NOT NULL,
	PRIMARY KEY (installation, person)
) STRICT, WITHOUT ROWID;

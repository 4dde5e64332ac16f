-- +goose Up

-- That it is collected on which day people were last active, and on what ground.
-- There is no row where nothing is collected.
CREATE TABLE activity_policy (
	installation TEXT COLLATE "C" NOT NULL,
	id BIGINT NOT NULL,
	ground TEXT COLLATE "C" NOT NULL,
	from_at BIGINT NOT NULL,
	ver BIGINT NOT NULL,
	layout BIGINT NOT NULL,
	seal BYTEA NOT NULL,
	colsum BYTEA NOT NULL,
	PRIMARY KEY (installation, id)
);

-- The last day people were active, as a number of days since 1970. Rows carry no
-- seal and leave no line in the journal: it would remember every day of everybody
-- after the rows were erased.
CREATE TABLE activity (
	installation TEXT COLLATE "C" NOT NULL,
	person TEXT COLLATE "C" NOT NULL,
	day BIGINT NOT NULL,
	PRIMARY KEY (installation, person)
);

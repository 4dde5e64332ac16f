-- +goose Up
-- What was done, one row each, in order. link is a hash over the row and the
-- link before, so a row that is changed, left out or put in shows.
CREATE TABLE act (
    number  INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
    at      INTEGER NOT NULL,
    by_whom TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    about   TEXT    NOT NULL,
    facts   TEXT    NOT NULL,
    link    TEXT    NOT NULL
) STRICT;

-- The newest act. It is the one row here that changes, and the row that whoever
-- adds an act waits for.
CREATE TABLE act_head (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    link   TEXT    NOT NULL
) STRICT;

INSERT INTO act_head (one, number, link) VALUES (1, 0, '');

-- What a key is about to sign, written before it does: one text for one origin.
-- A row with an empty hash takes back the one before it.
CREATE TABLE promise (
    origin  TEXT    NOT NULL,
    public  TEXT    NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt > 0),
    hash    TEXT    NOT NULL,
    text    BLOB    NOT NULL,
    reason  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    by_whom TEXT    NOT NULL,
    PRIMARY KEY (origin, public, attempt)
) STRICT;

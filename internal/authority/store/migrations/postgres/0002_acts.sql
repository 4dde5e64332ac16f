-- +goose Up
-- What was done, one row each, in order. link is a hash over the row and the
-- link before, so a row that is changed, left out or put in shows.
CREATE TABLE act (
    number  BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
    at      BIGINT NOT NULL,
    by_whom TEXT COLLATE "C" NOT NULL,
    what    TEXT COLLATE "C" NOT NULL,
    about   TEXT COLLATE "C" NOT NULL,
    facts   TEXT COLLATE "C" NOT NULL,
    link    TEXT COLLATE "C" NOT NULL
);

-- The newest act. It is the one row here that changes, and the row that whoever
-- adds an act waits for.
CREATE TABLE act_head (
    one    BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    number BIGINT NOT NULL,
    link   TEXT COLLATE "C" NOT NULL
);

INSERT INTO act_head (one, number, link) VALUES (1, 0, '');

-- What a key is about to sign, written before it does: one text for one origin.
-- A row with an empty hash takes back the one before it.
CREATE TABLE promise (
    origin  TEXT COLLATE "C" NOT NULL,
    public  TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL CHECK (attempt > 0),
    hash    TEXT COLLATE "C" NOT NULL,
    text    BYTEA  NOT NULL,
    reason  TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    by_whom TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (origin, public, attempt)
);

-- +goose Up
-- Everything here is written once and never changed: what happened is a row of
-- its own, not a new value in an old one. Times are microseconds UTC.

-- Every version of a catalogue, so that any set can be explained years later.
CREATE TABLE catalogue (
    issuer  TEXT    NOT NULL,
    number  INTEGER NOT NULL CHECK (number > 0),
    hash    TEXT    NOT NULL,
    text    BLOB    NOT NULL,
    at      INTEGER NOT NULL,
    by_whom TEXT    NOT NULL,
    PRIMARY KEY (issuer, number)
) STRICT;

-- Key lists (issuer empty) and certificates, signed, as they stand in files.
CREATE TABLE trust_note (
    issuer  TEXT    NOT NULL,
    number  INTEGER NOT NULL CHECK (number > 0),
    text    BLOB    NOT NULL,
    at      INTEGER NOT NULL,
    by_whom TEXT    NOT NULL,
    PRIMARY KEY (issuer, number)
) STRICT;

-- What is about to be signed. attempt counts the sets of this number that were
-- given up before anything was signed, so two attempts cannot both be open.
CREATE TABLE prepared (
    id             TEXT    NOT NULL PRIMARY KEY,
    issuer         TEXT    NOT NULL,
    serial         TEXT    NOT NULL,
    number         INTEGER NOT NULL CHECK (number > 0),
    attempt        INTEGER NOT NULL CHECK (attempt >= 0),
    company        TEXT    NOT NULL,
    checkpoint     TEXT    NOT NULL,
    hash           TEXT    NOT NULL,
    previous       TEXT    NOT NULL,
    lines          BLOB    NOT NULL,
    order_text     BLOB    NOT NULL,
    catalogue      INTEGER NOT NULL,
    licenses       INTEGER NOT NULL,
    expiry         TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    by_whom        TEXT    NOT NULL,
    UNIQUE (issuer, serial, number, attempt)
) STRICT;

-- What became of it. begun comes before the signature and makes it redeemable
-- once; signed holds the file.
CREATE TABLE step (
    prepared TEXT    NOT NULL REFERENCES prepared (id),
    step     TEXT    NOT NULL CHECK (step IN ('begun', 'signed', 'abandoned')),
    file     BLOB    NOT NULL,
    reason   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    by_whom  TEXT    NOT NULL,
    PRIMARY KEY (prepared, step)
) STRICT;

-- Exactly one of begun and abandoned can be the fate of a prepared set.
CREATE UNIQUE INDEX step_fate ON step (prepared) WHERE step IN ('begun', 'abandoned');

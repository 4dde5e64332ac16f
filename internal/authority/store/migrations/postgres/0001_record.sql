-- +goose Up
-- Everything here is written once and never changed: what happened is a row of
-- its own, not a new value in an old one. Times are microseconds UTC.

-- Every version of a catalogue, so that any set can be explained years later.
CREATE TABLE catalogue (
    issuer  TEXT COLLATE "C" NOT NULL,
    number  BIGINT  NOT NULL CHECK (number > 0),
    hash    TEXT COLLATE "C" NOT NULL,
    text    BYTEA   NOT NULL,
    at      BIGINT  NOT NULL,
    by_whom TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (issuer, number)
);

-- Key lists (issuer empty) and certificates, signed, as they stand in files.
CREATE TABLE trust_note (
    issuer  TEXT COLLATE "C" NOT NULL,
    number  BIGINT  NOT NULL CHECK (number > 0),
    text    BYTEA   NOT NULL,
    at      BIGINT  NOT NULL,
    by_whom TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (issuer, number)
);

-- What is about to be signed. attempt counts the sets of this number that were
-- given up before anything was signed, so two attempts cannot both be open.
CREATE TABLE prepared (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    issuer         TEXT COLLATE "C" NOT NULL,
    serial         TEXT COLLATE "C" NOT NULL,
    number         BIGINT  NOT NULL CHECK (number > 0),
    attempt        BIGINT  NOT NULL CHECK (attempt >= 0),
    company        TEXT COLLATE "C" NOT NULL,
    checkpoint     TEXT COLLATE "C" NOT NULL,
    hash           TEXT COLLATE "C" NOT NULL,
    previous       TEXT COLLATE "C" NOT NULL,
    lines          BYTEA   NOT NULL,
    order_text     BYTEA   NOT NULL,
    catalogue      BIGINT  NOT NULL,
    licenses       BIGINT  NOT NULL,
    expiry         TEXT COLLATE "C" NOT NULL,
    at             BIGINT  NOT NULL,
    by_whom        TEXT COLLATE "C" NOT NULL,
    UNIQUE (issuer, serial, number, attempt)
);

-- What became of it. begun comes before the signature and makes it redeemable
-- once; signed holds the file.
CREATE TABLE step (
    prepared TEXT COLLATE "C" NOT NULL REFERENCES prepared (id),
    step     TEXT COLLATE "C" NOT NULL CHECK (step IN ('begun', 'signed', 'abandoned')),
    file     BYTEA   NOT NULL,
    reason   TEXT COLLATE "C" NOT NULL,
    at       BIGINT  NOT NULL,
    by_whom  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (prepared, step)
);

-- Exactly one of begun and abandoned can be the fate of a prepared set.
CREATE UNIQUE INDEX step_fate ON step (prepared) WHERE step IN ('begun', 'abandoned');

-- +goose Up
-- One-time codes that were handed out. Only the hash of each is kept. replaces is
-- the serial number of the installation that is to change to this one, or empty.
CREATE TABLE register_code (
    hash     TEXT    NOT NULL PRIMARY KEY,
    issuer   TEXT    NOT NULL,
    serial   TEXT    NOT NULL,
    company  TEXT    NOT NULL,
    replaces TEXT    NOT NULL,
    expires  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by_whom  TEXT    NOT NULL
) STRICT;

-- Installations that are known, in the order they became so. The newest of an
-- issuer and serial number counts. code is the hash of the code that was used,
-- once each; without one a person at the authority vouched for the key.
CREATE TABLE registration (
    number  INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
    issuer  TEXT    NOT NULL,
    serial  TEXT    NOT NULL,
    company TEXT    NOT NULL,
    public  TEXT    NOT NULL,
    code    TEXT    UNIQUE REFERENCES register_code (hash),
    way     TEXT    NOT NULL CHECK (way IN ('register', 'change', 'file')),
    at      INTEGER NOT NULL,
    by_whom TEXT    NOT NULL
) STRICT;

CREATE INDEX registration_serial ON registration (issuer, serial);

-- Everything a known installation has asked or reported, and the answer.
CREATE TABLE report (
    number          INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
    registration    INTEGER NOT NULL REFERENCES registration (number),
    kind            TEXT    NOT NULL,
    nonce           TEXT    NOT NULL,
    hash            TEXT    NOT NULL,
    made            INTEGER NOT NULL,
    epoch           TEXT    NOT NULL,
    seq             INTEGER NOT NULL,
    head            TEXT    NOT NULL,
    set_number      INTEGER NOT NULL,
    checkpoint      TEXT    NOT NULL,
    left_number     INTEGER NOT NULL,
    left_checkpoint TEXT    NOT NULL,
    key_list        INTEGER NOT NULL,
    company         TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    refused         TEXT    NOT NULL,
    at              INTEGER NOT NULL,
    UNIQUE (registration, nonce)
) STRICT;

CREATE INDEX report_epoch ON report (registration, epoch, seq);

-- What somebody should look into.
CREATE TABLE alarm (
    number       INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
    registration INTEGER NOT NULL REFERENCES registration (number),
    kind         TEXT    NOT NULL,
    facts        TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

-- What an installation is shown. The newest of an issuer and serial number
-- counts; one without texts takes it away.
CREATE TABLE message (
    number  INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
    issuer  TEXT    NOT NULL,
    serial  TEXT    NOT NULL,
    texts   TEXT    NOT NULL,
    address TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    by_whom TEXT    NOT NULL
) STRICT;

CREATE INDEX message_serial ON message (issuer, serial);

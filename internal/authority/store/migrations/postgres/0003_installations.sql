-- +goose Up
-- One-time codes that were handed out. Only the hash of each is kept. replaces is
-- the serial number of the installation that is to change to this one, or empty.
CREATE TABLE register_code (
    hash     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    issuer   TEXT COLLATE "C" NOT NULL,
    serial   TEXT COLLATE "C" NOT NULL,
    company  TEXT COLLATE "C" NOT NULL,
    replaces TEXT COLLATE "C" NOT NULL,
    expires  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    by_whom  TEXT COLLATE "C" NOT NULL
);

-- Installations that are known, in the order they became so. The newest of an
-- issuer and serial number counts. code is the hash of the code that was used,
-- once each; without one a person at the authority vouched for the key.
CREATE TABLE registration (
    number  BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
    issuer  TEXT COLLATE "C" NOT NULL,
    serial  TEXT COLLATE "C" NOT NULL,
    company TEXT COLLATE "C" NOT NULL,
    public  TEXT COLLATE "C" NOT NULL,
    code    TEXT COLLATE "C" UNIQUE REFERENCES register_code (hash),
    way     TEXT COLLATE "C" NOT NULL CHECK (way IN ('register', 'change', 'file')),
    at      BIGINT NOT NULL,
    by_whom TEXT COLLATE "C" NOT NULL
);

CREATE INDEX registration_serial ON registration (issuer, serial);

-- Everything a known installation has asked or reported, and the answer.
CREATE TABLE report (
    number          BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
    registration    BIGINT NOT NULL REFERENCES registration (number),
    kind            TEXT COLLATE "C" NOT NULL,
    nonce           TEXT COLLATE "C" NOT NULL,
    hash            TEXT COLLATE "C" NOT NULL,
    made            BIGINT NOT NULL,
    epoch           TEXT COLLATE "C" NOT NULL,
    seq             BIGINT NOT NULL,
    head            TEXT COLLATE "C" NOT NULL,
    set_number      BIGINT NOT NULL,
    checkpoint      TEXT COLLATE "C" NOT NULL,
    left_number     BIGINT NOT NULL,
    left_checkpoint TEXT COLLATE "C" NOT NULL,
    key_list        BIGINT NOT NULL,
    company         TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    refused         TEXT COLLATE "C" NOT NULL,
    at              BIGINT NOT NULL,
    UNIQUE (registration, nonce)
);

CREATE INDEX report_epoch ON report (registration, epoch, seq);

-- What somebody should look into.
CREATE TABLE alarm (
    number       BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
    registration BIGINT NOT NULL REFERENCES registration (number),
    kind         TEXT COLLATE "C" NOT NULL,
    facts        TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL
);

-- What an installation is shown. The newest of an issuer and serial number
-- counts; one without texts takes it away.
CREATE TABLE message (
    number  BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
    issuer  TEXT COLLATE "C" NOT NULL,
    serial  TEXT COLLATE "C" NOT NULL,
    texts   TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    by_whom TEXT COLLATE "C" NOT NULL
);

CREATE INDEX message_serial ON message (issuer, serial);

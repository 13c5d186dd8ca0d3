-- A hall's days. Dates are TEXT (YYYY-MM-DD), times milliseconds since the Unix epoch, digests SHA-256.

CREATE TABLE tickets (
    hall             TEXT    NOT NULL,
    id               TEXT    NOT NULL,
    day              TEXT    NOT NULL,
    origin           TEXT    NOT NULL,
    sequence         BIGINT  NOT NULL,
    number           TEXT    NOT NULL,
    queue            TEXT    NOT NULL,
    class            TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    issued_at        BIGINT  NOT NULL,
    waiting_since    BIGINT  NOT NULL,
    places_back      BIGINT  NOT NULL,
    more_time_used   BIGINT  NOT NULL,
    at_window        TEXT,
    clerk            TEXT,
    reserved_for     TEXT,
    hold             TEXT,
    recalls          BIGINT  NOT NULL,
    first_called_at  BIGINT,
    last_called_at   BIGINT,
    started_at       BIGINT,
    ended_at         BIGINT,
    revision         BIGINT  NOT NULL,
    idempotency_key  TEXT    NOT NULL,
    token            BLOB    NOT NULL,
    CONSTRAINT tickets_pkey PRIMARY KEY (hall, id),
    CONSTRAINT tickets_number UNIQUE (hall, day, origin, sequence),
    CONSTRAINT tickets_idempotency_key UNIQUE (hall, idempotency_key),
    CONSTRAINT tickets_token UNIQUE (token)
);

-- One ticket at a window.
CREATE UNIQUE INDEX tickets_at_window ON tickets (hall, day, at_window) WHERE status IN ('called', 'serving');
-- The line: its heads, and how many stand before somebody.
CREATE INDEX tickets_line ON tickets (hall, day, queue, class, places_back, waiting_since, sequence)
    WHERE status = 'waiting';
-- Those in it who gave up places: few.
CREATE INDEX tickets_back ON tickets (hall, day, queue) WHERE status = 'waiting' AND places_back > 0;

-- Numbers given out.
CREATE TABLE counters (
    hall   TEXT   NOT NULL,
    day    TEXT   NOT NULL,
    queue  TEXT   NOT NULL,
    issued BIGINT NOT NULL,
    PRIMARY KEY (hall, day, queue)
) WITHOUT ROWID;

-- The record: one row for each revision of a ticket.
CREATE TABLE transitions (
    hall        TEXT   NOT NULL,
    ticket      TEXT   NOT NULL,
    revision    BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    command     TEXT   NOT NULL,
    from_status TEXT,
    to_status   TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    at_window   TEXT,
    PRIMARY KEY (hall, ticket, revision)
) WITHOUT ROWID;

-- What is said at a window itself; also the row its commands are serialised by.
CREATE TABLE windows (
    hall      TEXT   NOT NULL,
    at_window TEXT   NOT NULL,
    pause     TEXT,
    paused_at BIGINT,
    PRIMARY KEY (hall, at_window)
) WITHOUT ROWID;

CREATE TABLE sessions (
    hall          TEXT   NOT NULL,
    token         BLOB   NOT NULL,
    at_window     TEXT   NOT NULL,
    staff         TEXT   NOT NULL,
    role          TEXT   NOT NULL,
    stands_in_for TEXT,
    began_at      BIGINT NOT NULL,
    ends_at       BIGINT NOT NULL,
    ended_at      BIGINT,
    taken_over_by TEXT,
    PRIMARY KEY (hall, token)
) WITHOUT ROWID;

CREATE UNIQUE INDEX sessions_open ON sessions (hall, at_window) WHERE ended_at IS NULL;

CREATE TABLE sign_in_failures (
    hall  TEXT   NOT NULL,
    staff TEXT   NOT NULL,
    at    BIGINT NOT NULL
);

CREATE INDEX sign_in_failures_of ON sign_in_failures (hall, staff, at);

CREATE TABLE help_calls (
    hall        TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    device      TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    answered_at BIGINT,
    answered_by TEXT,
    PRIMARY KEY (hall, id)
) WITHOUT ROWID;

CREATE INDEX help_calls_open ON help_calls (hall, at) WHERE answered_at IS NULL;

CREATE TABLE alerts (
    hall       TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    device     TEXT   NOT NULL,
    code       TEXT   NOT NULL,
    number     TEXT,
    at         BIGINT NOT NULL,
    cleared_at BIGINT,
    cleared_by TEXT,
    PRIMARY KEY (hall, id)
) WITHOUT ROWID;

CREATE INDEX alerts_open ON alerts (hall, at) WHERE cleared_at IS NULL;

CREATE TABLE enrollments (
    hall        TEXT   NOT NULL,
    code        BLOB   NOT NULL,
    name        TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    at_window   TEXT,
    expires_at  BIGINT NOT NULL,
    redeemed_at BIGINT,
    PRIMARY KEY (hall, code),
    UNIQUE (code)
) WITHOUT ROWID;

CREATE TABLE devices (
    hall       TEXT   NOT NULL,
    serial     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    at_window  TEXT,
    not_after  BIGINT NOT NULL,
    issued_at  BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (hall, serial),
    UNIQUE (serial)
) WITHOUT ROWID;

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

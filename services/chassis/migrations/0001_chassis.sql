-- What every service keeps identically, in its own schema (search_path names it).

-- The ledger (台账): one row a mutation; insert-only but for the seal. Partitioned by month, archived, never deleted.
CREATE TABLE ledger_entry (
    month      date   NOT NULL,
    record_id  uuid   NOT NULL,
    sequence   bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    record     bytea  NOT NULL,
    leaf_hash  bytea  NOT NULL,
    position   bigint,
    chain_hash bytea,
    PRIMARY KEY (month, record_id)
) PARTITION BY RANGE (month);
CREATE INDEX ledger_entry_unsealed ON ledger_entry (sequence) WHERE position IS NULL;
CREATE UNIQUE INDEX ledger_entry_position ON ledger_entry (position, month);

-- Where the ledger ends: one row.
CREATE TABLE ledger_head (
    only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position      bigint NOT NULL,
    chain_hash    bytea  NOT NULL,
    frontier      bytea  NOT NULL,
    fencing_token bigint NOT NULL
);
INSERT INTO ledger_head (position, chain_hash, frontier, fencing_token)
VALUES (0, decode(repeat('00', 32), 'hex'), ''::bytea, 0);

-- Answers already given, so that a repeated request gets the same one.
CREATE TABLE saved_answer (
    actor       text        NOT NULL,
    request_id  uuid        NOT NULL,
    fingerprint bytea       NOT NULL,
    answer      bytea       NOT NULL,
    save_time   timestamptz NOT NULL,
    PRIMARY KEY (actor, request_id)
);
CREATE INDEX saved_answer_save_time ON saved_answer (save_time);

-- How far this service has followed another's ledger.
CREATE TABLE consumer_cursor (
    source   text   PRIMARY KEY,
    position bigint NOT NULL
);

-- Who does the work that one process at a time may do; the token fences out one that was paused.
CREATE TABLE lease (
    name        text        PRIMARY KEY,
    holder      uuid        NOT NULL,
    token       bigint      NOT NULL,
    expire_time timestamptz NOT NULL
);

-- Who is who, as directory's facts tell it.
CREATE TABLE roster_entry (
    kind    text  NOT NULL,
    id      text  NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (kind, id)
);

-- The registry of bodies and people (组织机构), 一.
CREATE TABLE directory.body (
    body_id        uuid PRIMARY KEY,
    code           text NOT NULL UNIQUE,
    name           text NOT NULL,
    kind           text NOT NULL,
    parent_body_id uuid REFERENCES directory.body DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE directory.person (
    person_id uuid PRIMARY KEY,
    code      text NOT NULL UNIQUE,
    name      text NOT NULL
);
CREATE TABLE directory.position (
    position_id uuid        PRIMARY KEY,
    person_id   uuid        NOT NULL REFERENCES directory.person,
    body_id     uuid        NOT NULL REFERENCES directory.body,
    title       text        NOT NULL,
    roles       text[]      NOT NULL,
    start_time  timestamptz NOT NULL,
    end_time    timestamptz CHECK (end_time > start_time),
    UNIQUE (person_id, body_id, title, start_time)
);
CREATE TABLE directory.portfolio (
    portfolio_id uuid        PRIMARY KEY,
    person_id    uuid        NOT NULL REFERENCES directory.person,
    body_ids     uuid[]      NOT NULL,
    topics       text[]      NOT NULL,
    start_time   timestamptz NOT NULL,
    end_time     timestamptz CHECK (end_time > start_time),
    UNIQUE (person_id, start_time)
);
CREATE TABLE directory.delegation (
    delegation_id  uuid        PRIMARY KEY,
    from_person_id uuid        NOT NULL REFERENCES directory.person,
    to_person_id   uuid        NOT NULL REFERENCES directory.person CHECK (to_person_id <> from_person_id),
    start_time     timestamptz NOT NULL,
    end_time       timestamptz NOT NULL CHECK (end_time > start_time),
    reason         text        NOT NULL,
    UNIQUE (from_person_id, to_person_id, start_time)
);
CREATE TABLE directory.duty (
    duty_date date PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES directory.person
);

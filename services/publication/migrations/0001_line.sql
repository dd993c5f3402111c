-- Lines to take (口径), 三(三): one current an incident at the most.
CREATE TABLE publication.line (
    line_id           uuid        PRIMARY KEY,
    incident_id       uuid        NOT NULL,
    revision          integer     NOT NULL,
    text              text        NOT NULL,
    state             text        NOT NULL CHECK (state IN ('PROPOSED', 'CURRENT', 'REPLACED')),
    author_person_id  uuid        NOT NULL,
    approve_person_id uuid,
    approve_time      timestamptz,
    version           bigint      NOT NULL,
    UNIQUE (incident_id, revision)
);
CREATE UNIQUE INDEX line_current ON publication.line (incident_id) WHERE state = 'CURRENT';

-- Reports to the superior (上报), 四(五): one initial and one final an incident, those sent back not counted.
CREATE TABLE disposal.escalation (
    escalation_id     uuid    PRIMARY KEY,
    incident_id       uuid    NOT NULL,
    incident_number   text    NOT NULL,
    kind              text    NOT NULL CHECK (kind IN ('INITIAL', 'FOLLOW_UP', 'FINAL')),
    title             text    NOT NULL,
    text              text    NOT NULL,
    state             text    NOT NULL CHECK (state IN ('DRAFTED', 'ENDORSED', 'APPROVED', 'RETURNED', 'DELIVERED')),
    author_person_id  uuid    NOT NULL,
    endorse_person_id uuid,
    approve_person_id uuid,
    approve_time      timestamptz,
    attempt_count     integer NOT NULL,
    last_error        text    NOT NULL,
    receipt_id        text,
    receipt_time      timestamptz,
    return_reason     text    NOT NULL,
    version           bigint  NOT NULL,
    CHECK ((state = 'DELIVERED') = (receipt_id IS NOT NULL)),
    CHECK ((receipt_id IS NULL) = (receipt_time IS NULL)),
    CHECK ((approve_person_id IS NULL) = (approve_time IS NULL))
);
CREATE UNIQUE INDEX escalation_once ON disposal.escalation (incident_id, kind) WHERE kind IN ('INITIAL', 'FINAL') AND state <> 'RETURNED';
CREATE INDEX escalation_incident ON disposal.escalation (incident_id, escalation_id);
CREATE INDEX escalation_undelivered ON disposal.escalation (escalation_id) WHERE state = 'APPROVED';

-- What lower offices reported here (下级上报): one receipt a report, however often it comes.
CREATE TABLE disposal.received_escalation (
    receipt_id             uuid        PRIMARY KEY,
    caller_name            text        NOT NULL,
    origin_name            text        NOT NULL,
    origin_escalation_id   text        NOT NULL,
    origin_incident_number text        NOT NULL,
    kind                   text        NOT NULL CHECK (kind IN ('INITIAL', 'FOLLOW_UP', 'FINAL')),
    title                  text        NOT NULL,
    text                   text        NOT NULL,
    receive_time           timestamptz NOT NULL,
    UNIQUE (caller_name, origin_escalation_id)
);

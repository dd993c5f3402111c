-- Reports of the handling within the house (反馈), 四(四): a unit's, or the lead's when no body is named.
CREATE TABLE disposal.feedback (
    feedback_id uuid        PRIMARY KEY,
    incident_id uuid        NOT NULL,
    body_id     uuid,
    person_id   uuid        NOT NULL,
    recipient   text        NOT NULL CHECK (recipient IN ('OFFICE', 'LEADER_IN_CHARGE', 'PRINCIPAL_LEADER')),
    text        text        NOT NULL,
    submit_time timestamptz NOT NULL
);
CREATE INDEX feedback_incident ON disposal.feedback (incident_id, body_id);

-- How an incident goes on (跟踪记录), 三(一).
CREATE TABLE disposal.tracking (
    tracking_id uuid        PRIMARY KEY,
    incident_id uuid        NOT NULL,
    person_id   uuid        NOT NULL,
    text        text        NOT NULL,
    record_time timestamptz NOT NULL
);
CREATE INDEX tracking_incident ON disposal.tracking (incident_id);

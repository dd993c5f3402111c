-- Opinions (科室研判), 四(二): what sections and units hold of an incident. Never changed.
CREATE TABLE assessment.opinion (
    opinion_id  uuid        PRIMARY KEY,
    incident_id uuid        NOT NULL,
    body_id     uuid        NOT NULL,
    person_id   uuid        NOT NULL,
    text        text        NOT NULL,
    file_time   timestamptz NOT NULL
);
CREATE INDEX opinion_incident ON assessment.opinion (incident_id, opinion_id);

-- Tasks given to units (交办), 四(三): one open task a unit and incident.
CREATE TABLE disposal.assignment (
    assignment_id    uuid        PRIMARY KEY,
    incident_id      uuid        NOT NULL,
    body_id          uuid        NOT NULL,
    task             text        NOT NULL,
    state            text        NOT NULL CHECK (state IN ('ASSIGNED', 'ACKNOWLEDGED', 'SUBMITTED', 'RETURNED', 'ACCEPTED')),
    assign_person_id uuid        NOT NULL,
    assign_time      timestamptz NOT NULL,
    acknowledge_time timestamptz,
    version          bigint      NOT NULL
);
CREATE UNIQUE INDEX assignment_open ON disposal.assignment (incident_id, body_id) WHERE state <> 'ACCEPTED';
CREATE INDEX assignment_incident ON disposal.assignment (incident_id, body_id);
CREATE INDEX assignment_body ON disposal.assignment (body_id);

-- Material asked of units (要求提供情况材料), 一.
CREATE TABLE disposal.material_request (
    material_request_id uuid        PRIMARY KEY,
    incident_id         uuid        NOT NULL,
    body_id             uuid        NOT NULL,
    question            text        NOT NULL,
    due_time            timestamptz NOT NULL,
    answer              text,
    answer_time         timestamptz,
    CHECK ((answer IS NULL) = (answer_time IS NULL))
);
CREATE INDEX material_request_incident ON disposal.material_request (incident_id, body_id);
CREATE INDEX material_request_body ON disposal.material_request (body_id);

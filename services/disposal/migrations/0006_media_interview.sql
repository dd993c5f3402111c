-- Media interviews (媒体采访), 四(二): requests of outlets with the body that serves them. Nothing of a journalist's person.
CREATE TABLE disposal.media_interview (
    media_interview_id uuid        PRIMARY KEY,
    incident_id        uuid        NOT NULL,
    outlet_name        text        NOT NULL,
    subject            text        NOT NULL,
    questions          text        NOT NULL,
    body_id            uuid        NOT NULL,
    due_time           timestamptz NOT NULL,
    state              text        NOT NULL CHECK (state IN ('OPEN', 'ANSWERED', 'DECLINED')),
    request_time       timestamptz NOT NULL,
    release_id         uuid,
    line_id            uuid,
    decline_reason     text,
    settle_person_id   uuid,
    settle_time        timestamptz,
    version            bigint      NOT NULL,
    CHECK (num_nonnulls(release_id, line_id) = CASE state WHEN 'ANSWERED' THEN 1 ELSE 0 END),
    CHECK ((state = 'DECLINED') = (decline_reason IS NOT NULL)),
    CHECK ((state = 'OPEN') = (settle_person_id IS NULL)),
    CHECK ((state = 'OPEN') = (settle_time IS NULL))
);
CREATE INDEX media_interview_incident ON disposal.media_interview (incident_id, media_interview_id);
CREATE INDEX media_interview_body ON disposal.media_interview (body_id);

-- What publication approved (已审定的说法), 三(三): every released statement, and one line to take an incident, the current one.
CREATE TABLE disposal.approved_wording (
    wording_id   uuid        PRIMARY KEY,
    kind         text        NOT NULL CHECK (kind IN ('RELEASE', 'LINE')),
    incident_id  uuid        NOT NULL,
    approve_time timestamptz NOT NULL
);
CREATE UNIQUE INDEX approved_wording_line ON disposal.approved_wording (incident_id) WHERE kind = 'LINE';

-- Who knew what when (知情), 四(六): each entry leads to its place in a ledger.
CREATE TABLE accountability.knowledge (
    incident_id  uuid        NOT NULL,
    event_id     uuid        NOT NULL,
    kind         text        NOT NULL,
    person_id    uuid,
    body_id      uuid,
    what         text        NOT NULL,
    know_time    timestamptz NOT NULL,
    claimed_time timestamptz,
    service_name text        NOT NULL,
    position     bigint      NOT NULL,
    PRIMARY KEY (incident_id, event_id),
    CHECK (num_nonnulls(person_id, body_id) > 0)
);
CREATE INDEX knowledge_time ON accountability.knowledge (incident_id, know_time);
-- Reports that persons registered (线索登记): who knew of which report, before and after it has its incident.
CREATE TABLE accountability.sighting (
    report_id     uuid        PRIMARY KEY,
    event_id      uuid        NOT NULL,
    person_id     uuid        NOT NULL,
    title         text        NOT NULL,
    register_time timestamptz NOT NULL,
    publish_time  timestamptz,
    position      bigint      NOT NULL
);

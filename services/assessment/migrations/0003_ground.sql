-- Grounds (认定依据), 二: every hit, with what it saw when it first hit. None is deleted; one lapses when a person moves
-- its report to another incident.
CREATE TABLE assessment.ground (
    ground_id          uuid        PRIMARY KEY,
    incident_id        uuid        NOT NULL,
    test_id            text        NOT NULL,
    report_id          uuid,
    clause             text        NOT NULL,
    text               text        NOT NULL,
    seen               jsonb       NOT NULL,
    needs_confirmation boolean     NOT NULL,
    hit_time           timestamptz NOT NULL,
    lapse_time         timestamptz
);
CREATE UNIQUE INDEX ground_once ON assessment.ground
    (incident_id, test_id, (coalesce(report_id, '00000000-0000-0000-0000-000000000000'::uuid)));

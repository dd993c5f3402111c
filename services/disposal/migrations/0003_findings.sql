-- What units found (调查结果、事实真相、处置意见), 四(三): every revision is kept. Facts are three lists of one length.
CREATE TABLE disposal.findings (
    findings_id      uuid        PRIMARY KEY,
    assignment_id    uuid        NOT NULL REFERENCES disposal.assignment,
    incident_id      uuid        NOT NULL,
    body_id          uuid        NOT NULL,
    revision         integer     NOT NULL,
    fact_texts       text[]      NOT NULL,
    fact_states      text[]      NOT NULL CHECK (fact_states <@ ARRAY['UNKNOWN', 'VERIFYING', 'VERIFIED', 'REFUTED']),
    fact_evidence    text[]      NOT NULL,
    account          text        NOT NULL,
    measures         text        NOT NULL,
    state            text        NOT NULL CHECK (state IN ('SUBMITTED', 'RETURNED', 'ACCEPTED')),
    submit_person_id uuid        NOT NULL,
    submit_time      timestamptz NOT NULL,
    return_reason    text        NOT NULL,
    version          bigint      NOT NULL,
    UNIQUE (assignment_id, revision),
    CHECK (cardinality(fact_texts) = cardinality(fact_states) AND cardinality(fact_texts) = cardinality(fact_evidence))
);
CREATE INDEX findings_incident ON disposal.findings (incident_id, body_id);

-- The office's consolidated reports to the principal leader (综合材料), 四(三).
CREATE TABLE disposal.consolidation (
    consolidation_id  uuid   PRIMARY KEY,
    incident_id       uuid   NOT NULL,
    findings_ids      uuid[] NOT NULL,
    text              text   NOT NULL,
    state             text   NOT NULL CHECK (state IN ('CONSOLIDATED', 'ENDORSED', 'RETURNED', 'APPROVED')),
    author_person_id  uuid   NOT NULL,
    endorse_person_id uuid,
    approve_person_id uuid,
    return_reason     text   NOT NULL,
    version           bigint NOT NULL
);
CREATE INDEX consolidation_incident ON disposal.consolidation (incident_id);

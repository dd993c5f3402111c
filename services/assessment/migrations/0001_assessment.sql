-- Assessments (研判), 二: one an incident, from its first report on.
CREATE TABLE assessment.assessment (
    incident_id       uuid        PRIMARY KEY,
    -- The incident, as intake's facts last told of it.
    number            text        NOT NULL,
    title             text        NOT NULL,
    first_report_time timestamptz NOT NULL,
    body_ids          uuid[]      NOT NULL,
    report_count      bigint      NOT NULL,
    distinct_writers  bigint      NOT NULL,
    -- What the tests say, and of which rule.
    suggested_level   text        NOT NULL CHECK (suggested_level IN ('ORDINARY', 'IMPORTANT')),
    rule_version      text        NOT NULL,
    -- What a person decided.
    state             text        NOT NULL CHECK (state IN ('SUGGESTED', 'CONFIRMED', 'OVERRIDDEN')),
    level             text        CHECK (level IN ('ORDINARY', 'IMPORTANT')),
    grade             text        CHECK (grade IN ('NONE', 'GENERAL', 'LARGER', 'MAJOR', 'SPECIAL_MAJOR')),
    decide_person_id  uuid,
    decide_time       timestamptz,
    reason            text,
    overtaken         boolean     NOT NULL DEFAULT false,
    -- 性质、规模、发布平台级别、影响力.
    nature            text        NOT NULL DEFAULT '',
    scale             text        NOT NULL DEFAULT '',
    platform          text        NOT NULL DEFAULT '',
    influence         text        NOT NULL DEFAULT '',
    version           bigint      NOT NULL,
    CHECK ((state = 'SUGGESTED') = (level IS NULL)),
    CHECK ((level IS NULL) = (grade IS NULL) AND (level IS NULL) = (decide_person_id IS NULL) AND (level IS NULL) = (decide_time IS NULL)),
    CHECK ((state = 'OVERRIDDEN') = (reason IS NOT NULL))
);
CREATE INDEX assessment_waiting ON assessment.assessment (incident_id)
    WHERE overtaken OR (state = 'SUGGESTED' AND suggested_level = 'IMPORTANT');
CREATE INDEX assessment_body ON assessment.assessment USING gin (body_ids);

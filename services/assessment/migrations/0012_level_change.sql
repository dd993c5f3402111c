-- Level changes (级别沿革), 二: what was suggested and what was decided, step by step. Never changed. What was suggested before this
-- is not known; the decision in force is.
CREATE TABLE assessment.level_change (
    level_change_id uuid        PRIMARY KEY,
    incident_id     uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('SUGGESTED', 'CONFIRMED', 'OVERRIDDEN')),
    level           text        NOT NULL CHECK (level IN ('ORDINARY', 'IMPORTANT')),
    grade           text        CHECK (grade IN ('NONE', 'GENERAL', 'LARGER', 'MAJOR', 'SPECIAL_MAJOR')),
    person_id       uuid,
    reason          text,
    clauses         text[]      NOT NULL,
    rule_version    text        NOT NULL,
    change_time     timestamptz NOT NULL,
    CHECK ((kind = 'SUGGESTED') = (person_id IS NULL) AND (kind = 'SUGGESTED') = (grade IS NULL)),
    CHECK ((kind = 'OVERRIDDEN') = (reason IS NOT NULL))
);
CREATE INDEX level_change_incident ON assessment.level_change (incident_id, level_change_id);
INSERT INTO assessment.level_change
    (level_change_id, incident_id, kind, level, grade, person_id, reason, clauses, rule_version, change_time)
SELECT incident_id, incident_id, state, level, grade, decide_person_id, reason, '{}', rule_version, decide_time
FROM assessment.assessment WHERE level IS NOT NULL;

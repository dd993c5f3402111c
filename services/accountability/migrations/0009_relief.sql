-- What clocks of several bases ask for together, who may put one off or waive it, and how it was put off (延期、免除).
ALTER TABLE accountability.obligation
    ADD COLUMN act text NOT NULL DEFAULT '',
    ADD COLUMN extensions jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN extension jsonb,
    ADD COLUMN waiver jsonb,
    DROP CONSTRAINT obligation_outcome_check,
    ADD CONSTRAINT obligation_outcome_check CHECK (outcome IN ('OPEN', 'DISCHARGED', 'DISCHARGED_LATE', 'WAIVED', 'ENDED'));
UPDATE accountability.obligation SET act = duty_id;
-- The subjects on whose open clocks another version of the rule bears.
CREATE INDEX obligation_open_subject ON accountability.obligation (subject) WHERE outcome = 'OPEN';

-- Requests for relief (延期、免除), and what became of them.
CREATE TABLE accountability.relief (
    relief_id        uuid        PRIMARY KEY,
    obligation_id    uuid        NOT NULL REFERENCES accountability.obligation (obligation_id),
    incident_id      uuid,
    kind             text        NOT NULL CHECK (kind IN ('EXTENSION', 'WAIVER')),
    due_time         timestamptz,
    reason           text        NOT NULL,
    state            text        NOT NULL CHECK (state IN ('ASKED', 'GRANTED', 'REFUSED')),
    ask_person_id    uuid        NOT NULL,
    ask_time         timestamptz NOT NULL,
    granter_role     text        NOT NULL,
    decide_person_id uuid,
    decide_time      timestamptz,
    decide_reason    text        NOT NULL,
    version          bigint      NOT NULL,
    CHECK ((kind = 'EXTENSION') = (due_time IS NOT NULL)),
    CHECK ((state = 'ASKED') = (decide_person_id IS NULL)),
    CHECK (decide_person_id <> ask_person_id)
);
CREATE UNIQUE INDEX relief_pending ON accountability.relief (obligation_id) WHERE state = 'ASKED';
CREATE INDEX relief_obligation ON accountability.relief (obligation_id);

-- Versions of the rule that were in force (制度版本), and how far the clocks open at the time have been looked at under each.
CREATE TABLE accountability.rule_adoption (
    adopt_event_id uuid        PRIMARY KEY,
    rule_version   text        NOT NULL,
    adopt_time     timestamptz NOT NULL,
    -- The last subject looked at; none when all have been.
    swept_to       text
);
CREATE INDEX rule_adoption_time ON accountability.rule_adoption (adopt_time);

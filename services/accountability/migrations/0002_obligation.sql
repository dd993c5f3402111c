-- Obligations (责任时限), as the rule concludes from the facts, and how much of their clocks has been told.
CREATE TABLE accountability.obligation (
    obligation_id    uuid        PRIMARY KEY,
    subject          text        NOT NULL,
    -- The rule's own stable name of it.
    key              text        NOT NULL,
    incident_id      uuid,
    duty_id          text        NOT NULL,
    name             text        NOT NULL,
    clause           text        NOT NULL,
    basis            text        NOT NULL,
    debtor_body_id   uuid,
    debtor_person_id uuid,
    debtor_role      text,
    creditor         jsonb,
    trigger_event_id uuid        NOT NULL,
    open_time        timestamptz NOT NULL,
    start_time       timestamptz NOT NULL,
    due_time         timestamptz NOT NULL,
    derivation       text[]      NOT NULL,
    reminders        jsonb       NOT NULL,
    outcome          text        NOT NULL CHECK (outcome IN ('OPEN', 'DISCHARGED', 'DISCHARGED_LATE', 'ENDED')),
    outcome_event_id uuid,
    outcome_time     timestamptz,
    end_reason       text        NOT NULL,
    rule_version     text        NOT NULL,
    -- What the clock-keeper has told, and when it next has something to tell.
    breach_told      boolean     NOT NULL,
    stages_told      jsonb       NOT NULL,
    next_moment      timestamptz,
    UNIQUE (subject, key),
    CHECK (num_nonnulls(debtor_body_id, debtor_person_id, debtor_role) = 1),
    CHECK ((outcome = 'OPEN') = (outcome_event_id IS NULL)),
    CHECK ((outcome = 'OPEN') = (outcome_time IS NULL))
);
CREATE INDEX obligation_next_moment ON accountability.obligation (next_moment) WHERE next_moment IS NOT NULL;
CREATE INDEX obligation_due ON accountability.obligation (due_time, obligation_id);
CREATE INDEX obligation_open_due ON accountability.obligation (due_time, obligation_id) WHERE outcome = 'OPEN';
CREATE INDEX obligation_incident ON accountability.obligation (incident_id, due_time);
CREATE INDEX obligation_debtor_body ON accountability.obligation (debtor_body_id, due_time);

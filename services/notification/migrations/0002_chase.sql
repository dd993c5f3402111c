-- Chases (催签): notices that ask for acknowledgement, and who is told, step by step, while nobody acknowledges.
CREATE TABLE notification.chase (
    cause_event_id uuid        NOT NULL,
    plan_id        text        NOT NULL,
    incident_id    uuid,
    -- What the notice recalls; when that is settled, the chase ends.
    obligation_id  uuid,
    clause         text        NOT NULL,
    title          text        NOT NULL,
    text           text        NOT NULL,
    -- [{"name": …, "persons": […]}]: of each, somebody has to acknowledge.
    recipients     jsonb       NOT NULL,
    -- As the rule had them when the notice was delivered.
    steps          jsonb       NOT NULL,
    deliver_time   timestamptz NOT NULL,
    steps_told     integer     NOT NULL,
    -- When the next step is told; null when it has ended.
    next_moment    timestamptz,
    PRIMARY KEY (cause_event_id, plan_id)
);
CREATE INDEX chase_next_moment ON notification.chase (next_moment) WHERE next_moment IS NOT NULL;
CREATE INDEX chase_obligation ON notification.chase (obligation_id) WHERE next_moment IS NOT NULL;

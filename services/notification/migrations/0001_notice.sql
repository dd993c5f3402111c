-- Notices (通知), 四(一)一: one to a person, with proof of delivery and reading.
CREATE TABLE notification.notice (
    notice_id             uuid        PRIMARY KEY,
    person_id             uuid        NOT NULL,
    incident_id           uuid,
    plan_id               text        NOT NULL,
    clause                text        NOT NULL,
    title                 text        NOT NULL,
    text                  text        NOT NULL,
    urgent                boolean     NOT NULL,
    needs_acknowledgement boolean     NOT NULL,
    deliver_time          timestamptz NOT NULL,
    open_time             timestamptz,
    acknowledge_time      timestamptz,
    cause_event_id        uuid        NOT NULL,
    version               bigint      NOT NULL,
    -- A fact heard again tells nobody twice.
    UNIQUE (cause_event_id, plan_id, person_id)
);
CREATE INDEX notice_inbox ON notification.notice (person_id, notice_id DESC);
CREATE INDEX notice_unread ON notification.notice (person_id, notice_id DESC) WHERE open_time IS NULL;
CREATE INDEX notice_incident ON notification.notice (incident_id, notice_id DESC) WHERE incident_id IS NOT NULL;

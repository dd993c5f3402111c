-- Facts that the rule heeds (事实), each under the subject on whose clocks it bears: an incident, or a day.
CREATE TABLE accountability.fact (
    subject   text        NOT NULL,
    event_id  uuid        NOT NULL,
    kind      text        NOT NULL,
    fact_time timestamptz NOT NULL,
    fields    jsonb       NOT NULL,
    PRIMARY KEY (subject, event_id)
);
-- Subjects: a row to lock, so that facts of several sources do not race, and how many facts it has.
CREATE TABLE accountability.subject (
    subject    text   PRIMARY KEY,
    fact_count bigint NOT NULL
);

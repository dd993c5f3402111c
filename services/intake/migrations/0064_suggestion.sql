-- What the machine was not sure of (建议归并): a report that opened an incident of its own may be of another.
CREATE TABLE intake.suggestion (
    report_id         uuid             PRIMARY KEY REFERENCES intake.report,
    -- That it opened.
    incident_id       uuid             NOT NULL,
    -- That it may be of.
    other_incident_id uuid             NOT NULL,
    score             double precision NOT NULL,
    ground            text             NOT NULL,
    -- Who said that it is not.
    dismiss_person_id uuid,
    dismiss_time      timestamptz
);
CREATE INDEX suggestion_open ON intake.suggestion (report_id) WHERE dismiss_person_id IS NULL;

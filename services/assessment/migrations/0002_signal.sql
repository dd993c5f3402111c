-- Signals (线索要素): what the tests of 二 look at of each report. Of who wrote it nothing is kept.
CREATE TABLE assessment.signal (
    report_id     uuid    PRIMARY KEY,
    incident_id   uuid    NOT NULL,
    tier          text    NOT NULL,
    medium        text    NOT NULL,
    page          text,
    sensitive     boolean NOT NULL,
    view_count    bigint  NOT NULL,
    comment_count bigint  NOT NULL,
    repost_count  bigint  NOT NULL
);
CREATE INDEX signal_incident ON assessment.signal (incident_id);

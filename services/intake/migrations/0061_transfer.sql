-- Transfers from outside (外部转办), 四(一)二: who sent a report here, under which reference, until when. One report may be transferred by several.
CREATE TABLE intake.transfer (
    transfer_id   uuid        PRIMARY KEY,
    report_id     uuid        NOT NULL REFERENCES intake.report,
    sender        text        NOT NULL,
    reference     text        NOT NULL,
    due_time      timestamptz,
    person_id     uuid        NOT NULL,
    register_time timestamptz NOT NULL
);
CREATE INDEX transfer_report ON intake.transfer (report_id);
-- A sender's reference is one paper.
CREATE UNIQUE INDEX transfer_reference ON intake.transfer (sender, reference) WHERE reference <> '';

-- What papers say and the record lacked: until when a task is to be done (办理时限), and the number of a report upward (〔year〕n号), given
-- with its approval, one row a year locked by who takes the next, so that none is skipped or given twice.
ALTER TABLE disposal.assignment ADD COLUMN due_time timestamptz CHECK (due_time > assign_time);
ALTER TABLE disposal.escalation
    ADD COLUMN document_year   integer,
    ADD COLUMN document_number integer,
    ADD CONSTRAINT escalation_document UNIQUE (document_year, document_number),
    ADD CONSTRAINT escalation_document_whole CHECK ((document_year IS NULL) = (document_number IS NULL)),
    ADD CONSTRAINT escalation_document_approved CHECK (document_number IS NULL OR approve_time IS NOT NULL);
CREATE TABLE disposal.escalation_number (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

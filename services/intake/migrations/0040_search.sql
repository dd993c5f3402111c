-- What search looks into (全文检索): one row a report, in the order of indexing. `words` holds what is said, with places and weights
-- (title A, excerpt B), and, behind "^", what never changes of a report: its outlet and its level, its months, its blocks of places.
CREATE TABLE intake.search_entry (
    place         bigint      PRIMARY KEY,
    report_id     uuid        NOT NULL UNIQUE,
    publish_time  timestamptz NOT NULL,
    register_time timestamptz NOT NULL,
    words         tsvector    NOT NULL
);
-- Words are read a thousand reports at a time: they stand in the row. Their frequencies are told by the index itself, not by samples.
ALTER TABLE intake.search_entry ALTER words SET STORAGE MAIN, ALTER words SET STATISTICS 0;
-- What waits in the list is read by every search: it is kept short.
CREATE INDEX search_entry_words ON intake.search_entry USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 512);
-- Rows only come: what is new is made visible to index-only reading, and the pending words go in, before a fifth of the table is new.
ALTER TABLE intake.search_entry SET (autovacuum_vacuum_insert_scale_factor = 0.02);

-- Which units an incident involves, and its reports with it, for lists of what a unit may see. Who reads asks intake.incident as well:
-- these follow it by moments.
CREATE TABLE intake.incident_body (
    body_id     uuid NOT NULL,
    incident_id uuid NOT NULL,
    PRIMARY KEY (body_id, incident_id)
);
CREATE INDEX incident_body_incident ON intake.incident_body (incident_id);
CREATE TABLE intake.report_body (
    body_id   uuid NOT NULL,
    report_id uuid NOT NULL,
    PRIMARY KEY (body_id, report_id)
);
CREATE INDEX report_body_report ON intake.report_body (report_id);
INSERT INTO intake.incident_body (body_id, incident_id)
SELECT DISTINCT unnest(body_ids), incident_id FROM intake.incident;
INSERT INTO intake.report_body (body_id, report_id)
SELECT b.body_id, r.report_id FROM intake.incident_body b JOIN intake.report r ON r.incident_id = b.incident_id;

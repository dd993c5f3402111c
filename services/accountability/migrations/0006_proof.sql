-- Where the facts on which clocks and cases rest stand in their ledgers (证据链接), 四(六).
CREATE TABLE accountability.proof (
    incident_id   uuid   NOT NULL,
    event_id      uuid   NOT NULL,
    service_name  text   NOT NULL,
    position      bigint NOT NULL,
    -- The obligation that fell overdue; null for other facts.
    obligation_id uuid,
    PRIMARY KEY (incident_id, event_id)
);
-- What is entered after it came in (补记): the time as the witness has it.
ALTER TABLE accountability.sighting
    ADD COLUMN received_time     timestamptz,
    ADD COLUMN witness_person_id uuid;
ALTER TABLE accountability.knowledge
    ADD COLUMN witness_person_id uuid;

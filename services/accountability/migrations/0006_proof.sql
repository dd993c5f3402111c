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

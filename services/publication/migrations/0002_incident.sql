-- Incidents as intake's facts tell of them: which exist, and who is involved.
CREATE TABLE publication.incident (
    incident_id uuid   PRIMARY KEY,
    number      text   NOT NULL,
    title       text   NOT NULL,
    body_ids    uuid[] NOT NULL
);

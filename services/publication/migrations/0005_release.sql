-- Releases (发布), 三(三), 四(三): one a statement, of exactly the text that was approved. The foreign key ties the released
-- text's digest to the approved one, and keeps both from changing afterwards.
CREATE TABLE publication.release (
    release_id        uuid        PRIMARY KEY,
    statement_id      uuid        NOT NULL UNIQUE,
    incident_id       uuid        NOT NULL REFERENCES publication.incident,
    channel_ids       uuid[]      NOT NULL CHECK (cardinality(channel_ids) BETWEEN 1 AND 20),
    title             text        NOT NULL,
    text              text        NOT NULL,
    text_sha256       text        NOT NULL
        CONSTRAINT release_digest_of_text CHECK (text_sha256 = encode(sha256(convert_to(title || E'\n' || text, 'UTF8')), 'hex')),
    release_person_id uuid        NOT NULL,
    release_time      timestamptz NOT NULL,
    CONSTRAINT release_approved_text FOREIGN KEY (statement_id, text_sha256) REFERENCES publication.statement (statement_id, approved_sha256)
);
CREATE INDEX release_incident ON publication.release (incident_id, release_id);

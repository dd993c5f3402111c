-- Repeated sightings (重复、转载): what says the same as a report that is there. Each keeps all that was said of it.
CREATE TABLE intake.sighting (
    sighting_id    uuid        PRIMARY KEY,
    report_id      uuid        NOT NULL REFERENCES intake.report,
    outlet_id      uuid        NOT NULL,
    outlet_name    text        NOT NULL,
    tier           text        NOT NULL,
    medium         text        NOT NULL,
    external_id    text,
    content_digest bytea       NOT NULL,
    title          text        NOT NULL,
    excerpt        text        NOT NULL,
    url            text        NOT NULL,
    page           text        NOT NULL,
    publish_time   timestamptz NOT NULL,
    register_time  timestamptz NOT NULL,
    sensitive      boolean     NOT NULL,
    view_count     bigint      NOT NULL,
    comment_count  bigint      NOT NULL,
    repost_count   bigint      NOT NULL,
    ground         text        NOT NULL
);
CREATE UNIQUE INDEX sighting_external ON intake.sighting (outlet_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX sighting_report ON intake.sighting (report_id, sighting_id);
CREATE INDEX sighting_publish_time ON intake.sighting (publish_time) INCLUDE (report_id);

-- How often a report was seen, itself included; and by what another is known to be a sighting of it: the digest of its normalised
-- text, and of its outlet and address. The newest report of a text or address holds the digest; older ones let it go.
ALTER TABLE intake.report
    ADD COLUMN sighting_count bigint NOT NULL DEFAULT 1,
    ADD COLUMN text_key       bytea,
    ADD COLUMN url_key        bytea;
CREATE UNIQUE INDEX report_text_key ON intake.report (text_key) WHERE text_key IS NOT NULL;
CREATE UNIQUE INDEX report_url_key ON intake.report (url_key) WHERE url_key IS NOT NULL;

-- What the heat of an incident is counted from (热点事件), without a look at the reports themselves.
CREATE INDEX report_publish_time ON intake.report (publish_time) INCLUDE (incident_id, writer_digest);

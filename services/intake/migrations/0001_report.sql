-- Outlets (来源), 二.
CREATE TABLE intake.outlet (
    outlet_id uuid   PRIMARY KEY,
    name      text   NOT NULL UNIQUE,
    tier      text   NOT NULL,
    medium    text   NOT NULL,
    hosts     text[] NOT NULL
);

-- Reports (线索/来信). Who wrote a letter is not kept: its keyed digest only tells writers apart.
CREATE TABLE intake.report (
    report_id             uuid             PRIMARY KEY,
    outlet_id             uuid             NOT NULL,
    outlet_name           text             NOT NULL,
    tier                  text             NOT NULL,
    medium                text             NOT NULL,
    external_id           text,
    content_digest        bytea            NOT NULL,
    title                 text             NOT NULL,
    excerpt               text             NOT NULL,
    url                   text             NOT NULL,
    page                  text             NOT NULL,
    publish_time          timestamptz      NOT NULL,
    register_time         timestamptz      NOT NULL,
    sensitive             boolean          NOT NULL,
    view_count            bigint           NOT NULL,
    comment_count         bigint           NOT NULL,
    repost_count          bigint           NOT NULL,
    body_ids              uuid[]           NOT NULL,
    writer_digest         bytea,
    requested_incident_id uuid,
    incident_id           uuid,
    placement_score       double precision,
    placement_ground      text
);
CREATE UNIQUE INDEX report_external ON intake.report (outlet_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX report_incident ON intake.report (incident_id, report_id DESC);
CREATE INDEX report_register_time ON intake.report (register_time);

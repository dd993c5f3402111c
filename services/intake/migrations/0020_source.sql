-- Sources (采集源), 四(一)一: the ways in which reports come in. Secrets lie in files; here are the files' names.
CREATE TABLE intake.source (
    source_id         uuid        PRIMARY KEY,
    kind              text        NOT NULL,
    name              text        NOT NULL UNIQUE,
    address           text        NOT NULL,
    outlet_id         uuid,
    secret_names      text[]      NOT NULL,
    state             text        NOT NULL,
    poll_seconds      integer     NOT NULL,
    columns           jsonb,
    -- How far it was read: HTTP's validators, IMAP's UIDs.
    http_etag         text        NOT NULL DEFAULT '',
    http_modified     text        NOT NULL DEFAULT '',
    uid_validity      bigint      NOT NULL DEFAULT 0,
    last_uid          bigint      NOT NULL DEFAULT 0,
    failure_count     integer     NOT NULL DEFAULT 0,
    last_error        text        NOT NULL DEFAULT '',
    next_poll_time    timestamptz,
    last_success_time timestamptz,
    -- People's changes, and attempts saved: of two processes that read one source, one saves.
    version           bigint      NOT NULL,
    attempt           bigint      NOT NULL DEFAULT 0
);
CREATE INDEX source_due ON intake.source (next_poll_time) WHERE next_poll_time IS NOT NULL;

-- Where a report came from (来历). The same item of a source adds nothing.
CREATE TABLE intake.provenance (
    report_id       uuid        PRIMARY KEY,
    source_id       uuid        NOT NULL,
    source_key      uuid        NOT NULL,
    receive_time    timestamptz NOT NULL,
    stated_time     text        NOT NULL,
    doubt           text        NOT NULL,
    evidence_digest bytea       NOT NULL,
    UNIQUE (source_id, source_key)
);

-- How far a report had spread whenever somebody looked (传播数据).
CREATE TABLE intake.spread (
    report_id     uuid        NOT NULL,
    read_time     timestamptz NOT NULL,
    view_count    bigint      NOT NULL,
    comment_count bigint      NOT NULL,
    repost_count  bigint      NOT NULL,
    PRIMARY KEY (report_id, read_time)
);

-- Items whose outlet nobody has registered (待认来源条目). They go when they become reports.
CREATE TABLE intake.waiting_item (
    waiting_item_id uuid        PRIMARY KEY,
    source_id       uuid        NOT NULL,
    source_key      uuid        NOT NULL,
    outlet_key      text        NOT NULL,
    external_id     text        NOT NULL,
    title           text        NOT NULL,
    excerpt         text        NOT NULL,
    url             text        NOT NULL,
    publish_time    timestamptz NOT NULL,
    stated_time     text        NOT NULL,
    doubt           text        NOT NULL,
    evidence_digest bytea       NOT NULL,
    writer_digest   bytea,
    receive_time    timestamptz NOT NULL,
    read_time       timestamptz,
    view_count      bigint      NOT NULL,
    comment_count   bigint      NOT NULL,
    repost_count    bigint      NOT NULL,
    -- Named by a person for this item alone.
    outlet_id       uuid,
    UNIQUE (source_id, source_key)
);
CREATE INDEX waiting_item_outlet ON intake.waiting_item (outlet_key, waiting_item_id DESC);
CREATE INDEX waiting_item_named ON intake.waiting_item (waiting_item_id) WHERE outlet_id IS NOT NULL;

-- What a person said an unknown outlet is (认定来源).
CREATE TABLE intake.outlet_alias (
    alias     text PRIMARY KEY,
    outlet_id uuid NOT NULL
);

-- Calls of webhooks (推送) that were taken: one that is repeated has no second effect.
CREATE TABLE intake.webhook_call (
    source_id  uuid        NOT NULL,
    webhook_id text        NOT NULL,
    take_time  timestamptz NOT NULL,
    PRIMARY KEY (source_id, webhook_id)
);
CREATE INDEX webhook_call_time ON intake.webhook_call (take_time);

-- Incidents (政务舆情事件): one matter, however many report it.
CREATE TABLE intake.incident (
    incident_id           uuid        PRIMARY KEY,
    number                text        NOT NULL UNIQUE,
    title                 text        NOT NULL,
    level                 text        NOT NULL,
    first_report_time     timestamptz NOT NULL,
    last_report_time      timestamptz NOT NULL,
    report_count          bigint      NOT NULL,
    distinct_writer_count bigint      NOT NULL,
    recent_writer_count   bigint      NOT NULL,
    body_ids              uuid[]      NOT NULL,
    version               bigint      NOT NULL
);
CREATE INDEX incident_most_reported ON intake.incident (report_count DESC, incident_id DESC);
CREATE INDEX incident_level ON intake.incident (level, incident_id DESC);

-- Numbers given, one row a series and year: locked by who takes the next, so that none is skipped or given twice.
CREATE TABLE intake.number_series (
    series text    NOT NULL,
    year   integer NOT NULL,
    last   integer NOT NULL,
    PRIMARY KEY (series, year)
);

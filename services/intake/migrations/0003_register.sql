-- The day's register (每日登记) and the bulletins (简报), 四(一)一.
CREATE TABLE intake.daily_register (
    register_date       date        PRIMARY KEY,
    collector_person_id uuid        NOT NULL,
    report_count        integer     NOT NULL,
    incident_count      integer     NOT NULL,
    text                text        NOT NULL,
    compile_time        timestamptz NOT NULL
);
CREATE TABLE intake.bulletin (
    bulletin_id     uuid        PRIMARY KEY,
    kind            text        NOT NULL,
    year            integer     NOT NULL,
    number          integer     NOT NULL,
    title           text        NOT NULL,
    text            text        NOT NULL,
    incident_ids    uuid[]      NOT NULL,
    issue_person_id uuid        NOT NULL,
    issue_time      timestamptz NOT NULL,
    UNIQUE (kind, year, number)
);

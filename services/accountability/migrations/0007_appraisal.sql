-- Quality reviews (质量评查), 三(二), and circulars (定期通报), 三(四); the figures of an appraisal are computed when asked for.
CREATE TABLE accountability.quality_review (
    quality_review_id uuid        PRIMARY KEY,
    incident_id       uuid        NOT NULL,
    body_id           uuid        NOT NULL,
    score             integer     NOT NULL CHECK (score BETWEEN 0 AND 100),
    reason            text        NOT NULL,
    person_id         uuid        NOT NULL,
    review_time       timestamptz NOT NULL,
    UNIQUE (incident_id, body_id, person_id)
);
CREATE INDEX quality_review_time ON accountability.quality_review (review_time);
CREATE INDEX fact_findings ON accountability.fact (fact_time)
    WHERE kind IN ('disposal.FindingsSubmitted', 'disposal.FindingsReturned');
CREATE INDEX fact_extension ON accountability.fact ((fields ->> 'obligation_id')) WHERE kind = 'accountability.ExtensionGranted';
CREATE TABLE accountability.circular (
    circular_id     uuid        PRIMARY KEY,
    year            integer     NOT NULL,
    number          integer     NOT NULL,
    title           text        NOT NULL,
    text            text        NOT NULL,
    from_date       date        NOT NULL,
    to_date         date        NOT NULL,
    body_ids        uuid[]      NOT NULL,
    issue_person_id uuid        NOT NULL,
    issue_time      timestamptz NOT NULL,
    UNIQUE (year, number)
);
-- Numbers given, one row a year: locked by who takes the next, so that none is skipped or given twice.
CREATE TABLE accountability.circular_number (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

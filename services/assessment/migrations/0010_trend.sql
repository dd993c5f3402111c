-- Trends (走势), 四(二). When each report appeared, and what is told of how far it spread; of what was placed before this nothing is
-- known, and it is not counted.
ALTER TABLE assessment.signal
    ADD COLUMN appear_time    timestamptz,
    ADD COLUMN sighting_count bigint,
    ADD COLUMN reach          bigint;

-- What each civil hour brought (逐时). The sums are of the reports that told a figure, and how many did: a figure that nothing told
-- is absent, not zero.
CREATE TABLE assessment.trend_hour (
    incident_id     uuid        NOT NULL,
    hour            timestamptz NOT NULL,
    report_count    bigint      NOT NULL,
    sighting_told   bigint      NOT NULL,
    sighting_sum    bigint      NOT NULL,
    reach_told      bigint      NOT NULL,
    reach_sum       bigint      NOT NULL,
    PRIMARY KEY (incident_id, hour)
);

-- Rises (上升): periods in which reports came faster than the rule's threshold. One at a time is open.
CREATE TABLE assessment.rise (
    rise_id         uuid        PRIMARY KEY,
    incident_id     uuid        NOT NULL,
    begin_time      timestamptz NOT NULL,
    end_time        timestamptz,
    window_hours    bigint      NOT NULL,
    report_count    bigint      NOT NULL,
    previous_count  bigint      NOT NULL,
    rule_version    text        NOT NULL
);
CREATE INDEX rise_incident ON assessment.rise (incident_id, rise_id);
CREATE UNIQUE INDEX rise_open ON assessment.rise (incident_id) WHERE end_time IS NULL;

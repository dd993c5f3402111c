-- What bodies have read on a day: 看报、看网、看新闻 (每日阅看), 五(一).
CREATE TABLE intake.reading (
    body_id      uuid        NOT NULL,
    reading_date date        NOT NULL,
    papers       boolean     NOT NULL,
    web          boolean     NOT NULL,
    broadcast    boolean     NOT NULL,
    found        boolean     NOT NULL,
    note         text        NOT NULL,
    person_ids   uuid[]      NOT NULL,
    record_time  timestamptz NOT NULL,
    PRIMARY KEY (reading_date, body_id)
);
CREATE INDEX reading_body ON intake.reading (body_id, reading_date DESC);

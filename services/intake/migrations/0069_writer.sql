-- Writers (来信人): who wrote a letter, sealed (XChaCha20-Poly1305 under a key that the store does not have), so that the office can
-- answer. Destroyed by recorded decision (个人信息保护法 19, 47); with the digest that the report keeps, it opens for that writer alone.
CREATE TABLE intake.writer (
    -- The report, or the repeated sighting of it, that was the letter.
    piece_id      uuid        PRIMARY KEY,
    report_id     uuid        NOT NULL REFERENCES intake.report,
    digest        bytea       NOT NULL,
    sealed        bytea       NOT NULL,
    register_time timestamptz NOT NULL
);
CREATE INDEX writer_report ON intake.writer (report_id, piece_id);
CREATE INDEX writer_register_time ON intake.writer (register_time);

-- When a statement was reviewed (审核时间).
ALTER TABLE publication.statement
    ADD COLUMN review_time timestamptz,
    ADD CONSTRAINT statement_review_time CHECK (review_time IS NULL OR review_person_id IS NOT NULL);

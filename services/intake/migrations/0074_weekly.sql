-- Which week a weekly bulletin is of (its Monday), and the time that it tells of: the next one goes on from there. A week has one, and
-- those that correct it (更正). Which units a bulletin involves: they are told of it, and read it.
ALTER TABLE intake.bulletin
    ADD COLUMN week_date            date,
    ADD COLUMN from_time            timestamptz,
    ADD COLUMN until_time           timestamptz,
    ADD COLUMN corrects_bulletin_id uuid REFERENCES intake.bulletin,
    ADD COLUMN body_ids             uuid[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT bulletin_week CHECK ((week_date IS NULL) = (from_time IS NULL) AND (week_date IS NULL) = (until_time IS NULL)
                                        AND (corrects_bulletin_id IS NULL OR week_date IS NOT NULL));
CREATE UNIQUE INDEX bulletin_of_week ON intake.bulletin (week_date) WHERE corrects_bulletin_id IS NULL;

-- The cases of a unit are found by it, not among all.
CREATE INDEX case_body ON disposal.case USING gin (body_ids) WITH (fastupdate = off);

-- A transfer's version (外部转办): what was mistyped of it is corrected against the version that was seen.
ALTER TABLE intake.transfer ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- The level that a section or unit proposes with its opinion (建议级别), 四(二); none when it proposes none.
ALTER TABLE assessment.opinion ADD COLUMN level text CHECK (level IN ('ORDINARY', 'IMPORTANT'));

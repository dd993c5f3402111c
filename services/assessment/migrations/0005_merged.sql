-- An incident that was merged into another takes no decisions any more; its assessment stays as it was.
ALTER TABLE assessment.assessment
    ADD COLUMN merged_into_incident_id uuid,
    ADD COLUMN merged_into_number      text,
    ADD CONSTRAINT assessment_merged CHECK ((merged_into_incident_id IS NULL) = (merged_into_number IS NULL));

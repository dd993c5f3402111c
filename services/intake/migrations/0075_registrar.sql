-- Who registered a report (登记人); empty when a source brought it, and for those registered before that was kept.
ALTER TABLE intake.report ADD COLUMN register_person_id uuid;

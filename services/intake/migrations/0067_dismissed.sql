-- Of which incidents a person said that they are not the same: the machine asks before it moves their reports.
CREATE INDEX suggestion_dismissed ON intake.suggestion (incident_id) WHERE dismiss_person_id IS NOT NULL;
CREATE INDEX suggestion_dismissed_other ON intake.suggestion (other_incident_id) WHERE dismiss_person_id IS NOT NULL;

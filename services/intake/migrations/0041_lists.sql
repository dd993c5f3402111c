-- For each order in which incidents are listed, by level as well.
CREATE INDEX incident_level_most_reported ON intake.incident (level, report_count DESC, incident_id DESC);

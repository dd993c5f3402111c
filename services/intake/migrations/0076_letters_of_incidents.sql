-- The letters of an incident, whose writers are counted when a report joins it: what else it holds, thousands in a flood, is not looked at.
CREATE INDEX report_letter ON intake.report (incident_id) INCLUDE (publish_time, writer_digest, sighting_count, report_id)
    WHERE writer_digest IS NOT NULL AND incident_id IS NOT NULL;

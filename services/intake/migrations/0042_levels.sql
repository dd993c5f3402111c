-- A level's incidents in either order, from where a page begins: in the order of the index alone, so that no other is taken for as good
-- by who does not know how rare the level is.
DROP INDEX intake.incident_level;
CREATE INDEX incident_level ON intake.incident (level, incident_id);
DROP INDEX intake.incident_level_most_reported;
CREATE INDEX incident_level_most_reported ON intake.incident (level, report_count, incident_id);

-- The form and the page of repeated sightings (重复、转载): what the tests of 二 look at of each, so that they can be run again. Of what was
-- seen before this they are not known.
ALTER TABLE assessment.sighting
    ADD COLUMN medium text,
    ADD COLUMN page   text;
CREATE INDEX sighting_report ON assessment.sighting (report_id);

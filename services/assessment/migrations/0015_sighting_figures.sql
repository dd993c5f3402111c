-- What repeated sightings (重复、转载) add to the factors of 二; of what was seen before this it is not known, and not counted.
ALTER TABLE assessment.sighting
    ADD COLUMN tier          text,
    ADD COLUMN sensitive     boolean,
    ADD COLUMN comment_count bigint,
    ADD COLUMN repost_count  bigint;
CREATE INDEX sighting_incident ON assessment.sighting (incident_id);

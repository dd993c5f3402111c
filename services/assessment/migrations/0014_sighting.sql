-- Repeated sightings (重复、转载): where each is counted in a trend, when it appeared and how far it spread.
CREATE TABLE assessment.sighting (
    sighting_id uuid        PRIMARY KEY,
    report_id   uuid        NOT NULL,
    incident_id uuid        NOT NULL,
    appear_time timestamptz NOT NULL,
    reach       bigint
);

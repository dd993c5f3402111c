-- Factors (要素), 二: as people entered them and as they were computed, side by side. Never changed.
CREATE TABLE assessment.factor (
    factor_id   uuid        PRIMARY KEY,
    incident_id uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('NATURE', 'SCALE', 'PLATFORM', 'INFLUENCE')),
    origin      text        NOT NULL CHECK (origin IN ('ENTERED', 'COMPUTED')),
    text        text        NOT NULL,
    method      text        NOT NULL,
    -- What it was computed from.
    seen        jsonb,
    person_id   uuid,
    record_time timestamptz NOT NULL,
    CHECK ((origin = 'ENTERED') = (person_id IS NOT NULL)),
    CHECK ((origin = 'COMPUTED') = (seen IS NOT NULL))
);
CREATE INDEX factor_incident ON assessment.factor (incident_id, factor_id);

-- The hits of a test that stand, in their order: its first one is found, and all are paged, however many there are.
CREATE INDEX ground_standing ON assessment.ground (incident_id, test_id, ground_id) WHERE lapse_time IS NULL;
-- The latest factor of each kind and origin.
CREATE INDEX factor_latest ON assessment.factor (incident_id, kind, origin, factor_id);

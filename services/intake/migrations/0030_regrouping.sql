-- An incident that was merged into another keeps its number, and says where it went.
ALTER TABLE intake.incident
    ADD COLUMN merged_into_incident_id uuid REFERENCES intake.incident,
    ADD COLUMN merged_into_number      text,
    -- When a person last decided its level, as assessment told it.
    ADD COLUMN classify_time           timestamptz,
    ADD CONSTRAINT incident_merged CHECK ((merged_into_incident_id IS NULL) = (merged_into_number IS NULL) AND merged_into_incident_id <> incident_id);
CREATE INDEX incident_merged_into ON intake.incident (merged_into_incident_id) WHERE merged_into_incident_id IS NOT NULL;

-- Regroupings (归并调整): what a person merged, split or moved, and whether it was taken back. None is deleted.
CREATE TABLE intake.regrouping (
    regrouping_id      uuid        PRIMARY KEY,
    kind               text        NOT NULL CHECK (kind IN ('MERGE', 'SPLIT', 'MOVE')),
    from_incident_id   uuid        NOT NULL REFERENCES intake.incident,
    from_number        text        NOT NULL,
    to_incident_id     uuid        NOT NULL REFERENCES intake.incident,
    to_number          text        NOT NULL,
    opened             boolean     NOT NULL,
    report_count       bigint      NOT NULL,
    -- The units of the incident that took the reports, before and after: put back with them when nobody named others since.
    body_ids_before    uuid[]      NOT NULL,
    body_ids_after     uuid[]      NOT NULL,
    person_id          uuid        NOT NULL,
    reason             text        NOT NULL,
    regroup_time       timestamptz NOT NULL,
    undo_person_id     uuid,
    undo_reason        text,
    undo_time          timestamptz,
    undone_report_count bigint,
    CHECK (num_nulls(undo_person_id, undo_reason, undo_time, undone_report_count) IN (0, 4))
);
CREATE INDEX regrouping_from ON intake.regrouping (from_incident_id, regrouping_id DESC);
CREATE INDEX regrouping_to ON intake.regrouping (to_incident_id, regrouping_id DESC);

-- Which reports went, and why each had been where it was.
CREATE TABLE intake.regrouped_report (
    regrouping_id    uuid             NOT NULL REFERENCES intake.regrouping,
    report_id        uuid             NOT NULL REFERENCES intake.report,
    placement_score  double precision NOT NULL,
    placement_ground text             NOT NULL,
    PRIMARY KEY (regrouping_id, report_id)
);

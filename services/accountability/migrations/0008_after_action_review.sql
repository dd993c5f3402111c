-- After-action reviews (总结复盘), 五(三)乙.
CREATE TABLE accountability.after_action_review (
    review_id   uuid        PRIMARY KEY,
    incident_id uuid        NOT NULL,
    title       text        NOT NULL,
    lessons     text        NOT NULL,
    causes      text        NOT NULL,
    -- Each a clause and a text.
    proposals   jsonb       NOT NULL,
    -- All of it, as it is searched.
    search_text text        NOT NULL,
    person_id   uuid        NOT NULL,
    file_time   timestamptz NOT NULL
);
CREATE INDEX after_action_review_incident ON accountability.after_action_review (incident_id);

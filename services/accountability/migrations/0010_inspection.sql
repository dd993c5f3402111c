-- Inspections of the own portal and accounts (督查), what they found, and its rectification (整改), 五(三)甲.
CREATE TABLE accountability.inspection (
    inspection_id     uuid        PRIMARY KEY,
    platform          text        NOT NULL,
    item_name         text        NOT NULL,
    item_address      text        NOT NULL,
    body_id           uuid        NOT NULL,
    inspect_time      timestamptz NOT NULL,
    -- Empty when in order.
    finding           text        NOT NULL,
    due_time          timestamptz,
    inspect_person_id uuid        NOT NULL,
    state             text        NOT NULL CHECK (state IN ('IN_ORDER', 'OPEN', 'SUBMITTED', 'ACCEPTED')),
    rectification     text        NOT NULL,
    revision          integer     NOT NULL,
    rectify_person_id uuid,
    rectify_time      timestamptz,
    return_reason     text        NOT NULL,
    judge_person_id   uuid,
    judge_time        timestamptz,
    version           bigint      NOT NULL,
    CHECK ((state = 'IN_ORDER') = (finding = '')),
    CHECK ((finding = '') = (due_time IS NULL)),
    CHECK ((revision > 0) = (rectify_person_id IS NOT NULL) AND (revision > 0) = (rectify_time IS NOT NULL)),
    CHECK (num_nonnulls(judge_person_id, judge_time) <> 1)
);
CREATE INDEX inspection_body ON accountability.inspection (body_id, inspection_id DESC);

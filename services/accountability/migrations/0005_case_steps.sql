-- Accountability cases (问责), 四(六): two findings with their evidence, grounds of tolerance, review, proposal, closing.
ALTER TABLE accountability.accountability_case
    ADD COLUMN findings          jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN tolerance_grounds jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN review_agreed     boolean,
    ADD COLUMN review_opinion    text,
    ADD COLUMN review_person_id  uuid,
    ADD COLUMN review_time       timestamptz,
    ADD COLUMN proposal          text,
    ADD COLUMN propose_person_id uuid,
    ADD COLUMN propose_time      timestamptz,
    ADD COLUMN closing           text,
    ADD COLUMN close_person_id   uuid,
    ADD COLUMN close_time        timestamptz,
    DROP CONSTRAINT accountability_case_state_check,
    DROP CONSTRAINT accountability_case_check1, -- (state = 'DECIDED') = (decision IS NOT NULL)
    ADD CONSTRAINT accountability_case_state_check
        CHECK (state IN ('OPENED', 'INTERVIEWED', 'REPLIED', 'REVIEWED', 'PROPOSED', 'DECIDED', 'CLOSED')),
    ADD CONSTRAINT accountability_case_decided CHECK ((state IN ('DECIDED', 'CLOSED')) = (decision IS NOT NULL)),
    ADD CONSTRAINT accountability_case_reviewer CHECK (
        review_person_id <> open_person_id AND review_person_id <> subject_person_id AND review_person_id <> decide_person_id),
    ADD CONSTRAINT accountability_case_closed CHECK ((state = 'CLOSED') = (closing IS NOT NULL));

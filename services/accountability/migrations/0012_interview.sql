-- What an interview's record says besides what was said (约谈记录): when and where it was held, by whom, and who kept the record.
ALTER TABLE accountability.accountability_case
    ADD COLUMN interview_held_time          timestamptz,
    ADD COLUMN interview_place              text   NOT NULL DEFAULT '',
    ADD COLUMN interviewer_person_ids       uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN interview_recorder_person_id uuid,
    ADD CONSTRAINT interview_not_by_its_subject
        CHECK (subject_person_id <> ALL (interviewer_person_ids) AND subject_person_id IS DISTINCT FROM interview_recorder_person_id);

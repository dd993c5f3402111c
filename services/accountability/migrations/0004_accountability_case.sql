-- Accountability cases (问责), 四(六).
CREATE TABLE accountability.accountability_case (
    case_id               uuid        PRIMARY KEY,
    incident_id           uuid        NOT NULL,
    behaviour             text        NOT NULL CHECK (behaviour IN ('CONCEALMENT', 'FALSE_REPORT', 'DELAY', 'INEFFECTIVE')),
    subject_person_id     uuid        NOT NULL,
    subject_body_id       uuid        NOT NULL,
    obligation_ids        uuid[]      NOT NULL,
    behaviour_evidence    text        NOT NULL,
    grave_effect_evidence text        NOT NULL,
    state                 text        NOT NULL CHECK (state IN ('OPENED', 'INTERVIEWED', 'REPLIED', 'DECIDED')),
    open_person_id        uuid        NOT NULL,
    open_time             timestamptz NOT NULL,
    interview_record      text,
    interview_time        timestamptz,
    reply                 text,
    reply_time            timestamptz,
    decision              text        CHECK (decision IN ('NOT_ESTABLISHED', 'INTERVIEW_ONLY', 'ACCOUNTABLE')),
    decision_reason       text        NOT NULL,
    decide_person_id      uuid,
    competent_body        text        NOT NULL,
    decide_time           timestamptz,
    version               bigint      NOT NULL,
    CHECK (open_person_id <> subject_person_id),
    CHECK ((state = 'DECIDED') = (decision IS NOT NULL)),
    CHECK (decide_person_id <> subject_person_id AND decide_person_id <> open_person_id)
);
CREATE INDEX accountability_case_subject ON accountability.accountability_case (subject_person_id);

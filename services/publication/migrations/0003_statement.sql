-- Statements to the public (回应/发布稿), 三(三), 四(三). The checks hold whoever writes here: the digest is that of the text, the
-- approved digest is that of the text, and author, reviewer and approver are three people.
CREATE TABLE publication.statement (
    statement_id      uuid        PRIMARY KEY,
    incident_id       uuid        NOT NULL REFERENCES publication.incident,
    line_id           uuid        NOT NULL REFERENCES publication.line,
    kind              text        NOT NULL CHECK (kind IN ('HOLDING', 'FULL', 'CORRECTION')),
    title             text        NOT NULL CONSTRAINT statement_title_one_line CHECK (title !~ E'[\n\r]'),
    text              text        NOT NULL,
    text_sha256       text        NOT NULL
        CONSTRAINT statement_digest_of_text CHECK (text_sha256 = encode(sha256(convert_to(title || E'\n' || text, 'UTF8')), 'hex')),
    state             text        NOT NULL CHECK (state IN ('DRAFT', 'SUBMITTED', 'REVIEWED', 'APPROVED', 'RETURNED', 'RELEASED')),
    author_person_id  uuid        NOT NULL,
    review_person_id  uuid        CONSTRAINT statement_review_four_eyes CHECK (review_person_id <> author_person_id),
    approve_person_id uuid
        CONSTRAINT statement_approve_four_eyes CHECK (approve_person_id <> author_person_id AND approve_person_id <> review_person_id),
    approved_sha256   text        CONSTRAINT statement_approved_text CHECK (approved_sha256 = text_sha256),
    approve_time      timestamptz,
    release_time      timestamptz,
    return_reason     text        NOT NULL,
    version           bigint      NOT NULL,
    UNIQUE (statement_id, approved_sha256),
    CHECK ((state IN ('REVIEWED', 'APPROVED', 'RELEASED')) = (review_person_id IS NOT NULL)),
    CHECK ((state IN ('APPROVED', 'RELEASED')) = (approve_person_id IS NOT NULL)),
    CHECK ((state IN ('APPROVED', 'RELEASED')) = (approved_sha256 IS NOT NULL)),
    CHECK ((state IN ('APPROVED', 'RELEASED')) = (approve_time IS NOT NULL)),
    CHECK ((state = 'RELEASED') = (release_time IS NOT NULL))
);
CREATE INDEX statement_incident ON publication.statement (incident_id, statement_id);

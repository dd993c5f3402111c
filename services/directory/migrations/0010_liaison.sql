-- Contacts with partner bodies (联络记录), 五(二). Of whom the office spoke to, name and post alone are kept.
CREATE TABLE directory.liaison (
    liaison_id      uuid        PRIMARY KEY,
    partner_body_id uuid        NOT NULL REFERENCES directory.body,
    liaison_time    timestamptz NOT NULL,
    means           text        NOT NULL,
    contact_name    text        NOT NULL,
    contact_title   text        NOT NULL,
    summary         text        NOT NULL,
    person_id       uuid        NOT NULL,
    record_time     timestamptz NOT NULL
);
CREATE INDEX liaison_partner ON directory.liaison (partner_body_id, liaison_id DESC);
-- Tests whether information officers answer on the messaging group (信息员在线抽查), 五(二).
CREATE TABLE directory.reachability_test (
    reachability_test_id uuid        PRIMARY KEY,
    officer_person_id    uuid        NOT NULL REFERENCES directory.person,
    body_id              uuid        NOT NULL REFERENCES directory.body,
    test_time            timestamptz NOT NULL,
    reached              boolean     NOT NULL,
    answer_minutes       integer     NOT NULL CHECK (answer_minutes >= 0 AND (reached OR answer_minutes = 0)),
    person_id            uuid        NOT NULL,
    record_time          timestamptz NOT NULL
);
CREATE INDEX reachability_test_body ON directory.reachability_test (body_id, reachability_test_id DESC);

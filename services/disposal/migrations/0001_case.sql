-- Cases (处置), 三(四): the handling of one incident, opened once. No candidates yet (NULL) means that none were announced.
CREATE TABLE disposal.case (
    case_id              uuid        PRIMARY KEY,
    incident_id          uuid        NOT NULL UNIQUE,
    number               text        NOT NULL,
    title                text        NOT NULL,
    state                text        NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
    important            boolean     NOT NULL,
    body_ids             uuid[]      NOT NULL,
    leader_person_id     uuid,
    lead_manner          text        CHECK (lead_manner IN ('PORTFOLIO', 'PRINCIPAL')),
    candidate_person_ids uuid[],
    open_time            timestamptz NOT NULL,
    close_time           timestamptz,
    version              bigint      NOT NULL,
    CHECK ((leader_person_id IS NULL) = (lead_manner IS NULL)),
    CHECK ((state = 'CLOSED') = (close_time IS NOT NULL))
);

-- The units of an incident, kept also before there is a case: facts of two sources come in any order. What intake named
-- holds against what assessment tells, which may be older. Both write this row first, and so wait for each other.
CREATE TABLE disposal.involvement (
    incident_id uuid    PRIMARY KEY,
    body_ids    uuid[]  NOT NULL,
    named       boolean NOT NULL
);

-- Placing (归并): the stamp of the last one tells a placer whether what it remembers is what is stored. One row, locked by
-- whoever places or moves a report, so that they do not wait for each other in a ring.
CREATE TABLE intake.placing (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    stamp    uuid    NOT NULL
);
INSERT INTO intake.placing (stamp) VALUES ('00000000-0000-0000-0000-000000000000');

-- On which clauses of 二 assessment classified an incident: the ground told in its special bulletin.
ALTER TABLE intake.incident ADD COLUMN clauses text[] NOT NULL DEFAULT '{}';

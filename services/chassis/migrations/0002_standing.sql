-- The newest migrations that a program must know to run here. One that takes something away raises it, so that a program of before is
-- refused; one that only adds leaves it, so that programs of both versions run beside each other.
CREATE TABLE schema_floor (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    chassis  bigint NOT NULL DEFAULT 0,
    own      bigint NOT NULL DEFAULT 0
);
INSERT INTO schema_floor DEFAULT VALUES;

-- Whose store this is: the deployment that used it first.
CREATE TABLE deployment (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    fingerprint bytea NOT NULL
);

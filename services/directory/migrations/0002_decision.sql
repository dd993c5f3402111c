-- What was ended or revoked by decision: an import of an older list does not bring it back.
ALTER TABLE directory.position ADD COLUMN ended boolean NOT NULL DEFAULT false;
ALTER TABLE directory.delegation ADD COLUMN revoked boolean NOT NULL DEFAULT false;

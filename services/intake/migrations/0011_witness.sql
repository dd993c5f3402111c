-- What came by telephone, on paper or by hand and is entered later (补记): when it came in, and who witnesses it.
ALTER TABLE intake.report
    ADD COLUMN received_time     timestamptz,
    ADD COLUMN witness_person_id uuid,
    ADD CONSTRAINT report_witness CHECK ((received_time IS NULL) = (witness_person_id IS NULL));

-- What a body, a person or the holders of a role owe, by due time: a page of it is read from one of these.
CREATE INDEX obligation_body_due ON accountability.obligation (debtor_body_id, due_time, obligation_id) WHERE debtor_body_id IS NOT NULL;
CREATE INDEX obligation_person_due ON accountability.obligation (debtor_person_id, due_time, obligation_id) WHERE debtor_person_id IS NOT NULL;
CREATE INDEX obligation_role_due ON accountability.obligation (debtor_role, due_time, obligation_id) WHERE debtor_role IS NOT NULL;
DROP INDEX accountability.obligation_debtor_body;

-- A case of an incident that was merged into another ends as merged; an undo of the merge reopens it as it was. The incident's row
-- of its units keeps it too, for a case that would open later.
ALTER TABLE disposal.case ADD COLUMN merged_into_number text;
ALTER TABLE disposal.involvement ADD COLUMN merged_into_number text;

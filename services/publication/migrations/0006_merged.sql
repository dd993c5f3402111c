-- Of an incident that was merged into another nothing new is said: what is to be said, is said of the other.
ALTER TABLE publication.incident ADD COLUMN merged_into_number text;

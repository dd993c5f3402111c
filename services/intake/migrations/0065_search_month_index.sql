-- Where the entries of a month lie, the civil month of appearing and that of registering, is asked of the entries: a search that is
-- limited to months begins at the last of them and ends at the first. Programs of before this read intake.search_month, which is written
-- until none is left that may come back.
CREATE INDEX search_entry_published ON intake.search_entry (date_trunc('month', publish_time AT TIME ZONE 'Asia/Shanghai'), place);
CREATE INDEX search_entry_registered ON intake.search_entry (date_trunc('month', register_time AT TIME ZONE 'Asia/Shanghai'), place);

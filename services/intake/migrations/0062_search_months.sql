-- Where the entries of a month lie, the civil month of appearing and that of registering: a search that is limited to months begins at
-- the last of them and ends at the first.
CREATE INDEX search_entry_published ON intake.search_entry (date_trunc('month', publish_time AT TIME ZONE 'Asia/Shanghai'), place);
CREATE INDEX search_entry_registered ON intake.search_entry (date_trunc('month', register_time AT TIME ZONE 'Asia/Shanghai'), place);

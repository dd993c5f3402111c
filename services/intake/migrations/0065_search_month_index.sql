-- Where the entries of a month lie, the civil month of appearing and that of registering, is asked of the entries: a search that is
-- limited to months begins at the last of them and ends at the first.
CREATE INDEX search_entry_published ON intake.search_entry (date_trunc('month', publish_time AT TIME ZONE 'Asia/Shanghai'), place);
CREATE INDEX search_entry_registered ON intake.search_entry (date_trunc('month', register_time AT TIME ZONE 'Asia/Shanghai'), place);

-- Programs of before this read intake.search_month. Until none is left that may come back, it is kept right for them; then both go.
CREATE FUNCTION intake.note_search_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO intake.search_month (mark, first_place, last_place)
    SELECT '^' || m.sort || to_char(m.time AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), min(e.place), max(e.place)
    FROM entries e CROSS JOIN LATERAL (VALUES ('p', e.publish_time), ('r', e.register_time)) m(sort, time)
    GROUP BY 1 ORDER BY 1
    ON CONFLICT (mark) DO UPDATE SET first_place = least(search_month.first_place, excluded.first_place),
                                     last_place = greatest(search_month.last_place, excluded.last_place);
    RETURN NULL;
END $$;
CREATE TRIGGER search_entry_months AFTER INSERT ON intake.search_entry REFERENCING NEW TABLE AS entries
    FOR EACH STATEMENT EXECUTE FUNCTION intake.note_search_months();

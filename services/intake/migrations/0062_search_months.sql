-- Where the entries of a month lie: a search that is limited to months begins at the last of them and ends at the first. The marks are
-- those of the entries, "^p" with the civil month of appearing and "^r" with that of registering.
CREATE TABLE intake.search_month (
    mark        text   PRIMARY KEY,
    first_place bigint NOT NULL,
    last_place  bigint NOT NULL
);
INSERT INTO intake.search_month (mark, first_place, last_place)
SELECT '^' || m.sort || to_char(m.time AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'), min(e.place), max(e.place)
FROM intake.search_entry e CROSS JOIN LATERAL (VALUES ('p', e.publish_time), ('r', e.register_time)) m(sort, time)
GROUP BY 1;

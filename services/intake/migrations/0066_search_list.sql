-- Which entries of search are of a category ('c' and its id), involve a unit ('b' and its id), are of an incident that has a level ('l' and
-- the level) or of none yet ('u'): a search that is limited to these walks them. They follow intake.report and intake.incident by moments;
-- what is found is held against those.
CREATE TABLE intake.search_list (
    list  text   NOT NULL,
    place bigint NOT NULL,
    PRIMARY KEY (list, place)
);
-- By hash: an index in the order of places would be walked for a list of few.
CREATE INDEX search_list_place ON intake.search_list USING hash (place);
ALTER TABLE intake.search_list SET (autovacuum_vacuum_insert_scale_factor = 0.02);

-- A program of before keeps no lists, and has its own cursor: whoever keeps them goes on from where they were filled.
INSERT INTO intake.consumer_cursor (source, position)
SELECT 'intake:listing', position FROM intake.consumer_cursor WHERE source = 'intake:search';
INSERT INTO intake.search_list (list, place)
SELECT 'c' || r.category_id, e.place FROM intake.report r JOIN intake.search_entry e ON e.report_id = r.report_id WHERE r.category_id IS NOT NULL
UNION ALL
SELECT 'b' || b.body_id, e.place FROM intake.report r JOIN intake.search_entry e ON e.report_id = r.report_id
     JOIN intake.incident i ON i.incident_id = r.incident_id CROSS JOIN LATERAL (SELECT DISTINCT unnest(i.body_ids) AS body_id) b
UNION ALL
SELECT 'l' || i.level, e.place FROM intake.report r JOIN intake.search_entry e ON e.report_id = r.report_id
     JOIN intake.incident i ON i.incident_id = r.incident_id WHERE i.level <> 'LEVEL_UNSPECIFIED'
UNION ALL
SELECT 'u', e.place FROM intake.report r JOIN intake.search_entry e ON e.report_id = r.report_id WHERE r.incident_id IS NULL;

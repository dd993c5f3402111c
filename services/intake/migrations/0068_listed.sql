-- Which reports, and which repeated sightings, a day's register listed: what none listed stands in the next (补登).
CREATE TABLE intake.listed (
    id            uuid PRIMARY KEY,
    register_date date NOT NULL
);
CREATE INDEX listed_date ON intake.listed (register_date);
CREATE INDEX sighting_register_time ON intake.sighting (register_time);
-- What registers of before listed, of the last days that the next one looks back to.
INSERT INTO intake.listed (id, register_date)
SELECT r.report_id, d.register_date
FROM (SELECT register_date, compile_time FROM intake.daily_register ORDER BY register_date DESC LIMIT 1) d
     JOIN intake.report r ON r.register_time < d.compile_time AND r.register_time >= d.compile_time - interval '10 days'
UNION ALL
SELECT s.sighting_id, d.register_date
FROM (SELECT register_date, compile_time FROM intake.daily_register ORDER BY register_date DESC LIMIT 1) d
     JOIN intake.sighting s ON s.register_time < d.compile_time AND s.register_time >= d.compile_time - interval '10 days';

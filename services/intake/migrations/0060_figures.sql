-- What a bulletin's charts show and what a day's register lists, as counted when it was issued or compiled: a paper that is printed later
-- shows the same. Absent from those before.
ALTER TABLE intake.bulletin ADD COLUMN spread jsonb;
ALTER TABLE intake.daily_register ADD COLUMN came jsonb;

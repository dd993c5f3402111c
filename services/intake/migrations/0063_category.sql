-- The county's table of categories (诉求分类体系), and which of them a report is of. Whose person is not named was suggested (系统建议).
CREATE TABLE intake.category (
    category_id uuid PRIMARY KEY,
    first_name  text NOT NULL,
    second_name text NOT NULL,
    third_name  text NOT NULL,
    -- Its place in the table.
    place       int  NOT NULL,
    is_retired  bool NOT NULL DEFAULT false,
    UNIQUE (first_name, second_name, third_name)
);
CREATE INDEX category_place ON intake.category (is_retired, place, category_id);
ALTER TABLE intake.report ADD COLUMN category_id uuid REFERENCES intake.category, ADD COLUMN category_person_id uuid;
CREATE INDEX report_category ON intake.report (category_id) WHERE category_id IS NOT NULL;

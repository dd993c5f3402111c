-- What an item is known by beside its id, where a feed mints ids anew: its page. Rows of before are known by their page alone.
ALTER TABLE intake.provenance ADD COLUMN page_key uuid;
CREATE INDEX provenance_page ON intake.provenance (source_id, page_key) WHERE page_key IS NOT NULL;

-- A waiting item's outlet may be told by its name where the host of its address does not. What was refused when its outlet was known
-- stays with the reason.
ALTER TABLE intake.waiting_item
    ADD COLUMN page_key      uuid,
    ADD COLUMN outlet_name   text NOT NULL DEFAULT '',
    ADD COLUMN refuse_reason text NOT NULL DEFAULT '';
CREATE INDEX waiting_item_page ON intake.waiting_item (source_id, page_key) WHERE page_key IS NOT NULL;
CREATE INDEX waiting_item_name ON intake.waiting_item (outlet_name) WHERE outlet_name <> '';
CREATE INDEX waiting_item_refused ON intake.waiting_item (waiting_item_id DESC) WHERE refuse_reason <> '';

-- Who said what an unknown outlet is, and when; empty for what was said before this was kept.
ALTER TABLE intake.outlet_alias
    ADD COLUMN person_id   uuid,
    ADD COLUMN decide_time timestamptz,
    ADD COLUMN version     bigint NOT NULL DEFAULT 1;

-- Channels (发布渠道): names that differ in letter case alone are one name.
CREATE TABLE publication.channel (
    channel_id uuid PRIMARY KEY,
    name       text COLLATE "C" NOT NULL,
    url        text NOT NULL
);
CREATE UNIQUE INDEX channel_name ON publication.channel (lower(name));
CREATE INDEX channel_by_name ON publication.channel (name);

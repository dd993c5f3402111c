-- What the reports of an incident, and what repeats them, add up to by the level of their outlets, for the factors of 二: counted as they
-- come, so that computing takes no longer the more there are. Sums of figures may pass a bigint.
CREATE TABLE assessment.platform_sum (
    incident_id     uuid    NOT NULL,
    tier            text    NOT NULL,
    report_count    bigint  NOT NULL,
    repeat_count    bigint  NOT NULL,
    sensitive_count bigint  NOT NULL,
    view_sum        numeric NOT NULL,
    comment_sum     numeric NOT NULL,
    repost_sum      numeric NOT NULL,
    PRIMARY KEY (incident_id, tier)
);
INSERT INTO assessment.platform_sum
SELECT incident_id, tier, count(*) FILTER (WHERE NOT again), count(*) FILTER (WHERE again), count(*) FILTER (WHERE sensitive),
       sum(view_count), sum(comment_count), sum(repost_count)
FROM (SELECT incident_id, tier, sensitive, view_count, comment_count, repost_count, false AS again FROM assessment.signal
      UNION ALL
      SELECT incident_id, tier, sensitive, coalesce(reach, 0), comment_count, repost_count, true
      FROM assessment.sighting WHERE tier IS NOT NULL) pieces
GROUP BY incident_id, tier;

//! Lists of any length: what a page costs does not depend on how far back it is. Not by time, but by the plans of the very statements,
//! on a store of 200,000 reports: no table is read from end to end, and what is read for a page is little.

use chassis::testing::plans;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A page of 100, and one row to see whether another follows.
const PAGE: u64 = 101;
/// What each step of a plan may read for it.
const READ: u64 = 4 * PAGE;
/// A unit of a quarter of all incidents, one of a hundred of them; sixty more have some each.
const BODY: &str = "00000000-0000-7000-8000-000000000001";
const RARE: &str = "00000000-0000-7000-8000-000000000002";

const REPORTS: &str = "
    INSERT INTO intake.incident (incident_id, number, title, level, first_report_time, last_report_time, report_count, distinct_writer_count,
                                 recent_writer_count, body_ids, version)
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '2026-' || n, '第' || n || '件',
           CASE WHEN n % 50 = 0 THEN 'LEVEL_IMPORTANT' ELSE 'LEVEL_ORDINARY' END, '2026-01-01Z', '2026-01-01Z', n % 1000, 0, 0,
           CASE WHEN n % 400 = 0 THEN ARRAY['BODY', 'RARE']::uuid[] WHEN n % 4 = 0 THEN ARRAY['BODY']::uuid[]
                WHEN n % 8 = 1 THEN ARRAY[('00000000-0000-7000-8000-0000000001' || lpad((n / 8 % 60)::text, 2, '0'))::uuid] ELSE '{}' END, 1
    FROM generate_series(1, 40000) n;
    INSERT INTO intake.incident_body (body_id, incident_id) SELECT unnest(body_ids), incident_id FROM intake.incident;
    INSERT INTO intake.report (report_id, outlet_id, outlet_name, tier, medium, content_digest, title, excerpt, url, page, publish_time,
                               register_time, sensitive, view_count, comment_count, repost_count, body_ids, incident_id)
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(), '报', 'TIER_CITY', 'MEDIUM_PAPER', '', '题', '文', '',
           '', '2026-01-01Z', '2026-01-01Z', false, 0, 0, 0, '{}', ('01900000-0000-7000-8000-' || lpad(to_hex(n % 40000 + 1), 12, '0'))::uuid
    FROM generate_series(1, 200000) n;
    INSERT INTO intake.report_body (body_id, report_id)
    SELECT b.body_id, r.report_id FROM intake.incident_body b JOIN intake.report r ON r.incident_id = b.incident_id;
    ANALYZE intake.incident; ANALYZE intake.report; ANALYZE intake.incident_body; ANALYZE intake.report_body;";

async fn full_store() -> PgConnection {
    let rig = crate::office::rig().await;
    let mut connection = PgConnection::connect(&rig.url).await.unwrap();
    let fill = REPORTS.replace("BODY", BODY).replace("RARE", RARE);
    sqlx::raw_sql(AssertSqlSafe(fill)).execute(&mut connection).await.unwrap();
    connection
}

/// The statement that the service has checked, by what it alone contains.
fn statement(parts: &[&str]) -> String {
    plans::statement(env!("CARGO_MANIFEST_DIR"), parts)
}

async fn assert_cheap(connection: &mut PgConnection, query: &str, arguments: &str, most: u64) {
    for (mode, step) in plans::steps(connection, query, arguments).await {
        let (kind, read) = (step["Node Type"].as_str().unwrap(), plans::read(&step));
        assert!(kind != "Seq Scan", "{mode} reads a table from end to end for ({arguments}): {query}\n{step:#}");
        assert!(!kind.contains("Scan") || read <= most, "{mode} reads {read} rows for ({arguments}): {query}\n{step:#}");
    }
}

/// The last id of the page before: of the first page, and of one in the middle of 200,000.
const BEFORE: [&str; 2] = ["'ffffffff-ffff-ffff-ffff-ffffffffffff'", "'01900000-0000-7000-8000-0000000186a0'"];
/// The same of 40,000 incidents.
const INCIDENT_BEFORE: [&str; 2] = ["'ffffffff-ffff-ffff-ffff-ffffffffffff'", "'01900000-0000-7000-8000-000000004e20'"];

#[tokio::test]
async fn a_page_of_reports_reads_little_however_far_back_it_is() {
    let mut store = full_store().await;
    let all = statement(&["FROM intake.report WHERE report_id < $1 ORDER BY report_id DESC LIMIT $2"]);
    let of_incident = statement(&["FROM intake.report WHERE incident_id = $1 AND report_id < $2 ORDER BY report_id DESC LIMIT $3"]);
    let of_bodies = statement(&["FROM intake.report_body o", "ORDER BY r.report_id DESC"]);
    for before in BEFORE {
        assert_cheap(&mut store, &all, &format!("{before}, {PAGE}"), READ).await;
        let incident = "'01900000-0000-7000-8000-000000000007'";
        assert_cheap(&mut store, &of_incident, &format!("{incident}, {before}, {PAGE}"), READ).await;
        for body in [BODY, RARE] {
            assert_cheap(&mut store, &of_bodies, &format!("'{{{body}}}', {before}, {PAGE}"), READ).await;
        }
    }
}

#[tokio::test]
async fn a_page_of_incidents_reads_little_however_far_back_it_is_in_either_order() {
    let mut store = full_store().await;
    let newest = statement(&["FROM intake.incident WHERE incident_id < $1", "ORDER BY incident_id DESC LIMIT $2"]);
    let newest_of_level = statement(&["FROM intake.incident WHERE (level, incident_id) < ($1, $2)"]);
    let newest_of_bodies = statement(&["FROM intake.incident_body o "]);
    let most = statement(&["FROM intake.incident WHERE (report_count, incident_id) < ($1, $2)"]);
    let most_of_level = statement(&["FROM intake.incident WHERE (level, report_count, incident_id) < ($1, $2, $3)"]);
    for before in INCIDENT_BEFORE {
        assert_cheap(&mut store, &newest, &format!("{before}, {PAGE}, NULL"), READ).await;
        assert_cheap(&mut store, &newest_of_bodies, &format!("'{{{BODY}}}', {before}, {PAGE}, NULL"), READ).await;
        assert_cheap(&mut store, &newest_of_bodies, &format!("'{{{RARE}}}', {before}, {PAGE}, false"), READ).await;
        assert_cheap(&mut store, &most, &format!("500, {before}, {PAGE}, NULL"), READ).await;
        for level in ["LEVEL_ORDINARY", "LEVEL_IMPORTANT"] {
            assert_cheap(&mut store, &newest_of_level, &format!("'{level}', {before}, {PAGE}, NULL"), READ).await;
            assert_cheap(&mut store, &most_of_level, &format!("'{level}', 500, {before}, {PAGE}, NULL"), READ).await;
        }
    }
}

#[tokio::test]
async fn where_a_unit_s_incidents_have_to_be_looked_at_no_others_are() {
    let mut store = full_store().await;
    let newest = statement(&["FROM intake.incident_body WHERE body_id = b.body_id AND incident_id < $3 OFFSET 0"]);
    let most = statement(&["FROM intake.incident_body WHERE body_id = b.body_id OFFSET 0"]);
    let before = INCIDENT_BEFORE[0];
    // The unit has a hundred of the 40,000.
    assert_cheap(&mut store, &newest, &format!("'{{{RARE}}}', 'LEVEL_ORDINARY', {before}, {PAGE}, NULL"), READ).await;
    assert_cheap(&mut store, &most, &format!("'{{{RARE}}}', NULL, 1000, {before}, {PAGE}, NULL"), READ).await;
}

#[tokio::test]
async fn to_a_flood_of_reports_another_is_added_without_a_look_at_them() {
    let mut store = full_store().await;
    let flood = "
        UPDATE intake.report SET incident_id = '01900000-0000-7000-8000-000000000007' WHERE report_id < '01900000-0000-7000-8000-00000000c350';
        UPDATE intake.report SET writer_digest = '' WHERE report_id < '01900000-0000-7000-8000-000000000064';
        ANALYZE intake.report;";
    sqlx::raw_sql(flood).execute(&mut store).await.unwrap();
    let letters = statement(&[
        "FROM intake.report r JOIN intake.sighting s USING (report_id)",
        "r.writer_digest IS NOT NULL AND r.sighting_count > 1",
    ]);
    assert_cheap(&mut store, &letters, "'{01900000-0000-7000-8000-000000000007}'", READ).await;
}

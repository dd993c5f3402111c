//! Lists of any length: a unit's page of cases costs by what is the unit's, not by what others have.

use chassis::testing::{Rig, plans};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

const RARE: &str = "00000000-0000-7000-8000-000000000002";
/// Of the unit; each step of a plan may read some times as much.
const OWN: u64 = 60;

/// 40,000 cases, of which the unit is involved in forty, has a task in ten more, and is asked for material in ten others.
const CASES: &str = "
    INSERT INTO disposal.case (case_id, incident_id, number, title, state, important, body_ids, open_time, version)
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, ('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
           '2026-' || n, '题', 'OPEN', false,
           CASE WHEN n % 1000 = 0 THEN ARRAY['RARE'] ELSE ARRAY['00000000-0000-7000-8000-000000000001'] END::uuid[], '2026-01-01Z', 1
    FROM generate_series(1, 40000) n;
    INSERT INTO disposal.assignment (assignment_id, incident_id, body_id, task, state, assign_person_id, assign_time, version)
    SELECT gen_random_uuid(), incident_id, 'RARE', '查', 'ASSIGNED', gen_random_uuid(), '2026-01-01Z', 1
    FROM disposal.case WHERE number IN (SELECT '2026-' || 7 * n FROM generate_series(1, 10) n);
    INSERT INTO disposal.material_request (material_request_id, incident_id, body_id, question, due_time)
    SELECT gen_random_uuid(), incident_id, 'RARE', '问', '2026-01-01Z'
    FROM disposal.case WHERE number IN (SELECT '2026-' || 100 + n FROM generate_series(1, 10) n);
    ANALYZE disposal.case; ANALYZE disposal.assignment; ANALYZE disposal.material_request;";

#[tokio::test]
async fn a_unit_s_page_of_cases_reads_what_is_the_unit_s_alone_however_far_back_it_is() {
    let rig = Rig::of("2026-11-10 09:00", &[(disposal::NAME, &disposal::MIGRATOR)]).await;
    let mut store = PgConnection::connect(&rig.url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(CASES.replace("RARE", RARE))).execute(&mut store).await.unwrap();
    let query = plans::statement(env!("CARGO_MANIFEST_DIR"), &["mine.incident_id AND case_id <"]);
    for before in ["ffffffff-ffff-ffff-ffff-ffffffffffff", "01900000-0000-7000-8000-000000004e20"] {
        for (mode, step) in plans::steps(&mut store, &query, &format!("'{{{RARE}}}', '{before}', 101")).await {
            let read = plans::read(&step);
            assert!(read <= 2 * OWN, "{mode} reads {read} rows: {step:#}");
        }
    }
}

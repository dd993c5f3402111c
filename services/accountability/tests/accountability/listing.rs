//! Lists of any length: what a page of obligations costs depends neither on how far back it is nor on how much others owe.

use chassis::testing::{Rig, plans};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A page of 100, and one row to see whether another follows.
const PAGE: u64 = 101;
const BUSY: &str = "00000000-0000-7000-8000-000000000001";
const RARE: &str = "00000000-0000-7000-8000-000000000002";

/// 100,000 obligations: one unit owes half of them, another a hundred, a role the others; one in five hundred is open.
const OBLIGATIONS: &str = "
    INSERT INTO accountability.obligation (obligation_id, subject, key, duty_id, name, act, clause, basis, debtor_body_id, debtor_role,
        trigger_event_id, open_time, start_time, due_time, derivation, reminders, outcome, outcome_event_id, outcome_time, end_reason,
        rule_version, breach_told, stages_told)
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 's' || n, 'k', 'd', '名', '办', '三(一)', '据',
           CASE WHEN n % 1000 = 1 THEN 'RARE'::uuid WHEN n % 2 = 0 THEN 'BUSY'::uuid END,
           CASE WHEN n % 1000 <> 1 AND n % 2 = 1 THEN 'office_staff' END, gen_random_uuid(), '2026-01-01Z', '2026-01-01Z',
           '2026-01-01Z'::timestamptz + n * interval '1 minute', '{}', '[]', CASE WHEN n % 500 = 0 THEN 'OPEN' ELSE 'DISCHARGED' END,
           CASE WHEN n % 500 <> 0 THEN gen_random_uuid() END, CASE WHEN n % 500 <> 0 THEN '2026-01-01Z'::timestamptz END, '', 'v', false, '[]'
    FROM generate_series(1, 100000) n;
    ANALYZE accountability.obligation;";

async fn full_store() -> PgConnection {
    let rig = Rig::of("2026-11-10 09:00", &[(accountability::NAME, &accountability::MIGRATOR)]).await;
    let mut connection = PgConnection::connect(&rig.url).await.unwrap();
    let fill = OBLIGATIONS.replace("BUSY", BUSY).replace("RARE", RARE);
    sqlx::raw_sql(AssertSqlSafe(fill)).execute(&mut connection).await.unwrap();
    connection
}

fn statement(part: &str) -> String {
    plans::statement(env!("CARGO_MANIFEST_DIR"), &[part])
}

async fn assert_cheap(store: &mut PgConnection, query: &str, arguments: &str) {
    for (mode, step) in plans::steps(store, query, arguments).await {
        let read = plans::read(&step);
        assert!(read <= 4 * PAGE, "{mode} reads {read} rows for ({arguments}): {query}\n{step:#}");
    }
}

#[tokio::test]
async fn a_page_of_obligations_reads_little_whoever_asks_and_however_far_back_it_is() {
    let mut store = full_store().await;
    let (mine, open, all) = (
        statement("unnest($3::text[]) d(role)"),
        statement("WHERE outcome = 'OPEN' AND (due_time, obligation_id) >"),
        statement(
            "WHERE (due_time, obligation_id) > ($1, $2) AND due_time <= coalesce($3::timestamptz, 'infinity') AND ($4::text IS NULL OR outcome = $4)",
        ),
    );
    for after in ["'2026-01-01Z'", "'2026-02-05Z'"] {
        let place = format!("{after}, '00000000-0000-0000-0000-000000000000', NULL");
        for debtors in [format!("'{{{BUSY}}}', '{{}}', '{{}}'"), format!("'{{{RARE}}}', '{{{RARE}}}', '{{office_staff}}'")] {
            assert_cheap(&mut store, &mine, &format!("{debtors}, {place}, NULL, NULL, {PAGE}")).await;
        }
        assert_cheap(&mut store, &open, &format!("{place}, NULL, {PAGE}")).await;
        assert_cheap(&mut store, &all, &format!("{place}, NULL, NULL, {PAGE}")).await;
    }
}

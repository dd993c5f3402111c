//! The plans of the very statements that a service has checked: what a page of a list costs, told by what its plan reads and not by time.

use std::path::Path;

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row};

/// The statement that a service has checked, by what it alone contains. `package` is the service's folder.
pub fn statement(package: &str, parts: &[&str]) -> String {
    let folder = Path::new(package).join(".sqlx");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let queries = all.map(|text| serde_json::from_str::<Value>(&text).unwrap()["query"].as_str().unwrap().to_owned());
    let flat = |query: &str| query.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found: Vec<String> = queries.filter(|query| parts.iter().all(|part| flat(query).contains(part))).collect();
    assert_eq!(found.len(), 1, "{parts:?}: {found:#?}");
    found.remove(0)
}

/// Every step of a statement's plan, as it was run, planned for its arguments and for any: how it was planned, and the step.
pub async fn steps(store: &mut PgConnection, query: &str, arguments: &str) -> Vec<(&'static str, Value)> {
    let mut steps = Vec::new();
    for mode in ["force_custom_plan", "force_generic_plan"] {
        let prepare = format!("SET plan_cache_mode = {mode}; SET jit = off; PREPARE asked AS {query}");
        sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *store).await.unwrap();
        let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked({arguments})");
        let explained = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&mut *store).await.unwrap().get::<Value, _>(0);
        sqlx::raw_sql("DEALLOCATE asked").execute(&mut *store).await.unwrap();
        let mut rest = vec![explained[0]["Plan"].clone()];
        while let Some(step) = rest.pop() {
            rest.extend(step["Plans"].as_array().into_iter().flatten().cloned());
            steps.push((mode, step));
        }
    }
    steps
}

/// Rows that a step read, whether it kept them or not.
pub fn read(step: &Value) -> u64 {
    let loops = step["Actual Loops"].as_f64().unwrap();
    let of = |key: &str| step[key].as_f64().unwrap_or_default() * loops;
    (of("Actual Rows") + of("Rows Removed by Filter") + of("Rows Removed by Index Recheck")) as u64
}

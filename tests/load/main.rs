//! Measures, in one run on one machine: the table and, as the last line, JSON. `tests/load.sh` runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a tool for the people who build it"
)]

mod flooding;
mod importing;
mod placing;
mod reacting;
mod registering;
mod replaying;
mod searching;
mod settling;
mod sheets;
mod starting;
mod town;

use serde_json::{Map, Value, json};
use town::Town;

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    rounds: usize,
    seconds: u64,
    letters: usize,
    effects: usize,
    starts: usize,
    incidents: usize,
    /// Open obligations.
    obligations: usize,
    /// Of them, those due at one moment.
    burst: usize,
    /// Reports that are searched.
    reports: usize,
    /// Searches of each kind.
    searches: usize,
    /// Rows of a spreadsheet.
    rows: usize,
    /// Reports of one incident.
    flood: usize,
}

const FULL: Plan = Plan {
    rounds: 5,
    seconds: 5,
    letters: 10_000,
    effects: 300,
    starts: 11,
    incidents: 10_000,
    obligations: 1_000_000,
    burst: 10_000,
    reports: 1_000_000,
    searches: 100,
    rows: 1_000_000,
    flood: 20_000,
};
/// Shows that the measuring works; what it says means little.
const SHORT: Plan = Plan {
    rounds: 1,
    seconds: 1,
    letters: 500,
    effects: 10,
    starts: 1,
    incidents: 100,
    obligations: 10_000,
    burst: 100,
    reports: 20_000,
    searches: 5,
    rows: 2_000,
    flood: 200,
};

/// What was measured, said as soon as it is known.
#[derive(Default)]
struct Findings {
    json: Map<String, Value>,
}

impl Findings {
    fn add(&mut self, key: &str, what: &str, unit: &str, value: f64) {
        let shown = if value < 10.0 { format!("{value:.2}") } else { format!("{value:.0}") };
        println!("{:>16}  {what}", format!("{shown} {unit}"));
        self.json.insert(key.to_owned(), json!((value * 1000.0).round() / 1000.0));
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let plan = if arguments.iter().any(|argument| argument == "--short") { SHORT } else { FULL };
    let named: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |name: &str| named.is_empty() || named.contains(&name);
    let mut findings = Findings::default();
    if wanted("replaying") {
        replaying::measure(plan, &mut findings);
    }
    if ["starting", "reacting", "registering", "importing", "settling", "searching", "flooding", "sheets"].into_iter().any(wanted) {
        in_a_town(plan, &wanted, &mut findings).await;
    }
    println!("{}", Value::Object(findings.json));
}

/// What takes running services.
async fn in_a_town(plan: Plan, wanted: &impl Fn(&str) -> bool, findings: &mut Findings) {
    let mut town = Town::found().await;
    if wanted("starting") {
        starting::measure(&mut town, plan, findings).await;
    }
    town.open().await;
    if wanted("reacting") {
        reacting::measure(&town, plan, findings).await;
    }
    if wanted("registering") {
        registering::measure(&town, plan, findings).await;
    }
    if wanted("importing") {
        importing::measure(&town, plan, findings).await;
    }
    if wanted("settling") {
        settling::measure(&town, plan, findings).await;
    }
    if wanted("searching") {
        searching::measure(&town, plan, findings).await;
    }
    if wanted("flooding") {
        flooding::measure(&town, plan, findings).await;
    }
    // Last: what it brings is being placed long after it is taken in.
    if wanted("sheets") {
        sheets::measure(&town, plan, findings).await;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * part).ceil() as usize]
}

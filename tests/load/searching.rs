//! Searching a million reports, and listing them, through gRPC: how long a page takes, whatever is looked for and however far back.

use std::{fmt::Write, time::Instant};

use huiying::client::request_id;
use huiying_proto::intake::{
    ListIncidentsRequest, ListReportsRequest, RegisterReportRequest, SearchReportsRequest, incident::Level, list_incidents_request::Order,
    outlet::Tier, report::State,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{Findings, Plan, importing, placing, quantile, town::Town};

/// Rows of one COPY.
const PORTION: usize = 5_000;
/// Letters that differ in more than their number; every report of the store is one of them.
const LETTERS: usize = 2_880;
/// Reports of one incident.
const TOGETHER: usize = 5;
const PAGE: i32 = 20;
/// Categories, of which the first few have half of all reports.
const CATEGORIES: usize = 500;
const POPULAR: usize = 10;
/// An incident of so many involves a unit.
const UNITS: [(u128, usize); 2] = [(0xb0d1, 40), (0xb0d2, 400)];
/// How far back pages go.
const PAGES: usize = 1_000;

pub async fn measure(town: &Town, plan: Plan, findings: &mut Findings) {
    let begun = Instant::now();
    fill(town, plan.reports).await;
    findings.add("search_reports", "reports in the store, filled in", "", plan.reports as f64);
    findings.add("search_fill_seconds", "    in", "s", begun.elapsed().as_secs_f64());
    let mut intake = town.client().intake().unwrap();
    let mut all = Vec::new();
    for (name, asked) in queries() {
        let mut milliseconds = Vec::new();
        for nth in 0..plan.searches {
            let mut message = asked(nth);
            for _ in 0..3 {
                let begun = Instant::now();
                let answer = intake.search_reports(message.clone()).await.unwrap().into_inner();
                milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0);
                if answer.next_page_token.is_empty() {
                    break;
                }
                message.page_token = answer.next_page_token;
            }
        }
        all.extend_from_slice(&milliseconds);
        findings.add(
            &format!("search_{name}_ms_p99"),
            &format!("search, {name}, three pages of 20: p99"),
            "ms",
            quantile(milliseconds, 0.99),
        );
    }
    findings.add("search_ms_median", "search, all of these: median", "ms", quantile(all.clone(), 0.5));
    findings.add("search_ms_p99", "                      p99", "ms", quantile(all, 0.99));
    far_back(town, plan, findings).await;
    place_others(town, plan, findings).await;
}

/// How long a report takes to its place with all those stored.
async fn place_others(town: &Town, plan: Plan, findings: &mut Findings) {
    let mut connection = PgConnection::connect(&town.county()).await.unwrap();
    // Past the services the store was filled: the placer reads what it compares with anew.
    sqlx::query("UPDATE intake.placing SET stamp = gen_random_uuid()").execute(&mut connection).await.unwrap();
    let report = |n: usize| {
        let letter = importing::letter(n * 31);
        RegisterReportRequest {
            request_id: request_id(),
            outlet_id: town.outlet_id.clone(),
            title: letter.title,
            excerpt: format!("{}第{n}件。", letter.text),
            publish_time: letter.publish_time,
            non_classified: true,
            ..Default::default()
        }
    };
    placing::measure(town, findings, "", (0..=plan.effects).map(report)).await;
}

type Asked = fn(usize) -> SearchReportsRequest;

fn query(text: impl Into<String>) -> SearchReportsRequest {
    SearchReportsRequest { query: text.into(), page_size: PAGE, ..Default::default() }
}

fn place(nth: usize) -> &'static str {
    importing::PLACES[nth % importing::PLACES.len()]
}

fn matter(nth: usize) -> &'static str {
    importing::MATTERS[nth % importing::MATTERS.len()]
}

/// Words in every report, in a twelfth, together in one of 144, in twenty; phrases; filters that leave much and little.
fn queries() -> [(&'static str, Asked); 15] {
    [
        ("everywhere", |_| query("答复")),
        ("common", |nth| query(matter(nth))),
        ("two_words", |nth| query(format!("{} {}", place(nth), matter(nth / 7)))),
        ("rare", |nth| query(format!("h{}", nth * 37))),
        ("nowhere", |nth| query(format!("q{nth}"))),
        ("phrase", |nth| query(format!("“{}号院”", nth % 97))),
        ("by_tier", |nth| SearchReportsRequest { tier: Tier::City.into(), ..query(matter(nth)) }),
        ("by_month", |nth| SearchReportsRequest {
            publish_from: Some(chassis::wire_time(Timestamp::now() - SignedDuration::from_hours(24 * (400 + nth as i64)))),
            publish_to: Some(chassis::wire_time(Timestamp::now() - SignedDuration::from_hours(24 * (380 + nth as i64)))),
            ..query(matter(nth))
        }),
        ("by_outlet", |nth| SearchReportsRequest { outlet_id: outlet(nth).to_string(), ..query(matter(nth)) }),
        ("by_category", |nth| SearchReportsRequest { category_ids: vec![category(POPULAR + nth).to_string()], ..query(matter(nth)) }),
        ("by_popular_category", |nth| SearchReportsRequest {
            category_ids: vec![category(nth % POPULAR).to_string()],
            ..query(matter(nth))
        }),
        ("by_category_rare", |nth| SearchReportsRequest {
            category_ids: vec![category(nth % POPULAR).to_string()],
            ..query(format!("h{}", nth * 37))
        }),
        ("by_unit", |nth| SearchReportsRequest { body_id: Uuid::from_u128(UNITS[nth % 2].0).to_string(), ..query(matter(nth / 2)) }),
        ("by_level", |nth| SearchReportsRequest { level: Level::Important.into(), ..query(matter(nth)) }),
        ("by_state", |nth| SearchReportsRequest { state: State::Placed.into(), ..query(matter(nth)) }),
    ]
}

/// Pages of 20, one after the other: the last twenty against the first twenty.
async fn far_back(town: &Town, plan: Plan, findings: &mut Findings) {
    let mut intake = town.client().intake().unwrap();
    let pages = PAGES.min(plan.reports / PAGE as usize / 2);
    let mut lists: Vec<(&str, Vec<f64>)> = Vec::new();
    for name in ["search", "reports", "incidents", "incidents_by_count"] {
        let (mut token, mut milliseconds) = (String::new(), Vec::with_capacity(pages));
        for _ in 0..pages {
            let begun = Instant::now();
            let next = match name {
                "search" => {
                    let message = SearchReportsRequest { page_token: token, ..query("答复") };
                    intake.search_reports(message).await.unwrap().into_inner().next_page_token
                }
                "reports" => {
                    let message = ListReportsRequest { page_size: PAGE, page_token: token, ..Default::default() };
                    intake.list_reports(message).await.unwrap().into_inner().next_page_token
                }
                _ => {
                    let order = if name == "incidents" { Order::Unspecified } else { Order::ReportCount };
                    let message = ListIncidentsRequest { order: order.into(), page_size: PAGE, page_token: token, ..Default::default() };
                    intake.list_incidents(message).await.unwrap().into_inner().next_page_token
                }
            };
            milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0);
            if next.is_empty() {
                break;
            }
            token = next;
        }
        lists.push((name, milliseconds));
    }
    for (name, milliseconds) in lists {
        let few = (milliseconds.len() / 2).min(20);
        let (first, last) = (&milliseconds[..few], &milliseconds[milliseconds.len() - few..]);
        let (first, last) = (quantile(first.to_vec(), 0.5), quantile(last.to_vec(), 0.5));
        findings.add(&format!("{name}_first_page_ms"), &format!("{name}: a page of 20 at the beginning, median of {few}"), "ms", first);
        findings.add(&format!("{name}_last_page_ms"), &format!("{name}: at page {}, median of {few}", milliseconds.len()), "ms", last);
        findings.add(&format!("{name}_page_ratio"), "    against the beginning", "×", last / first);
    }
}

/// Fills the store by COPY, past the services: reports over three years, five an incident, all placed and indexed.
async fn fill(town: &Town, reports: usize) {
    let mut connection = PgConnection::connect(&town.county()).await.unwrap();
    let began: i64 =
        sqlx::query_scalar("SELECT coalesce(max(place), 0) FROM intake.search_entry").fetch_one(&mut connection).await.unwrap();
    let began = usize::try_from(began).unwrap();
    sqlx::raw_sql("DROP INDEX intake.search_entry_words").execute(&mut connection).await.unwrap();
    let letters: Vec<_> = (0..LETTERS).map(|n| importing::letter(n * 31)).collect();
    let words: Vec<String> = letters.iter().map(|letter| intake::search_words(&letter.title, &letter.text)).collect();
    let categories = "INSERT INTO intake.category (category_id, first_name, second_name, third_name, place)
                      SELECT id, 'a', 'b', id::text, 0 FROM unnest($1::uuid[]) c(id) ON CONFLICT DO NOTHING";
    sqlx::query(categories).bind((0..CATEGORIES).map(category).collect::<Vec<_>>()).execute(&mut connection).await.unwrap();
    let start = Timestamp::now() - SignedDuration::from_hours(24 * 1000);
    let step = SignedDuration::from_hours(24 * 999) / i32::try_from(reports).unwrap();
    let mut nth = 0;
    while nth < reports {
        let (mut incident_rows, mut report_rows, mut entry_rows) = (String::new(), String::new(), String::new());
        for n in nth..reports.min(nth + PORTION) {
            let letter = &letters[n % LETTERS];
            let (time, id, incident) = (start + step * i32::try_from(n).unwrap(), id(n), id(n / TOGETHER));
            let (outlet, tier) = (outlet(n), if n % 40 < 4 { "TIER_CITY" } else { "TIER_MAILBOX" });
            if n % TOGETHER == 0 {
                let level = if n % (50 * TOGETHER) == 0 { "LEVEL_IMPORTANT" } else { "LEVEL_ORDINARY" };
                let count = TOGETHER + n / TOGETHER % 200;
                let units = UNITS.iter().filter(|(_, each)| n / TOGETHER % each == 7).map(|(unit, _)| Uuid::from_u128(*unit).to_string());
                let units = units.collect::<Vec<_>>().join(",");
                writeln!(incident_rows, "{incident}\tF-{n}\t{}\t{level}\t{time}\t{time}\t{count}\t0\t0\t{{{units}}}\t1", letter.title)
                    .unwrap();
            }
            writeln!(
                report_rows,
                "{id}\t{outlet}\t信箱\t{tier}\tMEDIUM_LETTER\tF{n}\t\\\\x5a\t{}\t编号h{}:{}\t\t\t{time}\t{time}\tf\t0\t0\t0\t{{}}\t{incident}\t{}",
                letter.title,
                n % (reports / 20).max(1),
                letter.text,
                category(if n % 2 == 0 { n / 14 % POPULAR } else { POPULAR + n / 14 % (CATEGORIES - POPULAR) })
            )
            .unwrap();
            let place = i64::try_from(began + n + 1).unwrap();
            let marks = intake::search_marks(place, outlet, tier, time, time);
            writeln!(entry_rows, "{place}\t{id}\t{time}\t{time}\t{} 'h{}':90B {marks}", words[n % LETTERS], n % (reports / 20).max(1))
                .unwrap();
        }
        let incidents = "intake.incident (incident_id, number, title, level, first_report_time, last_report_time, report_count,
                         distinct_writer_count, recent_writer_count, body_ids, version)";
        copy(&mut connection, incidents, incident_rows).await;
        let rows = "intake.report (report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page,
                    publish_time, register_time, sensitive, view_count, comment_count, repost_count, body_ids, incident_id, category_id)";
        copy(&mut connection, rows, report_rows).await;
        copy(&mut connection, "intake.search_entry (place, report_id, publish_time, register_time, words)", entry_rows).await;
        nth += PORTION;
    }
    // As migrations have it.
    let lists = include_str!("../../services/intake/migrations/0066_search_list.sql");
    let fill = lists.split_once("INSERT INTO intake.search_list").unwrap().1;
    sqlx::raw_sql("SET statement_timeout = 0").execute(&mut connection).await.unwrap();
    // What was registered before is on its lists.
    let fill = format!("INSERT INTO intake.search_list {} ON CONFLICT DO NOTHING", fill.trim_end().trim_end_matches(';'));
    sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(&mut connection).await.unwrap();
    let index = "SET maintenance_work_mem = '512MB'; SET statement_timeout = 0;
                 CREATE INDEX search_entry_words ON intake.search_entry USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 512);
                 ANALYZE intake.search_entry; ANALYZE intake.report; ANALYZE intake.incident";
    sqlx::raw_sql(index).execute(&mut connection).await.unwrap();
    for table in ["search_entry", "search_list", "report", "incident"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("VACUUM intake.{table}"))).execute(&mut connection).await.unwrap();
    }
}

async fn copy(connection: &mut PgConnection, into: &str, rows: String) {
    let mut copying = connection.copy_in_raw(&format!("COPY {into} FROM STDIN")).await.unwrap();
    copying.send(rows.into_bytes()).await.unwrap();
    copying.finish().await.unwrap();
}

/// A leaf of the table.
fn category(nth: usize) -> Uuid {
    Uuid::from_u128(0xca00 + (nth % CATEGORIES) as u128)
}

fn outlet(nth: usize) -> Uuid {
    Uuid::from_u128(1 + (nth % 40) as u128)
}

/// In order, and before those of reports that come in.
fn id(n: usize) -> Uuid {
    Uuid::from_u128(0x0180_0000_0000_7000_8000_0000_0000_0000 + n as u128)
}

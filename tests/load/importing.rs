//! Letters a second, against COPY of the same rows into the same tables, in turn.

use std::time::Instant;

use chassis::wire_time;
use futures::{StreamExt, TryStreamExt, stream};
use huiying::client::request_id;
use huiying_proto::intake::{ImportLettersRequest, LetterRow};
use jiff::Timestamp;
use sqlx::{Connection, PgConnection};

use crate::{Findings, Plan, median, town::Town};

pub const PORTION: usize = 500;
const AT_ONCE: usize = 2;
pub const PLACES: [&str; 12] = ["河东", "河西", "城南", "北街", "新区", "老城", "产业园", "火车站", "柳桥路", "金穗路", "民族中学", "牧场"];
pub const MATTERS: [&str; 12] = [
    "停水",
    "暖气不热",
    "路灯不亮",
    "噪声扰民",
    "拖欠工资",
    "不动产证办不了",
    "公交改线",
    "垃圾清运",
    "井盖缺失",
    "学区划分",
    "医保报销",
    "占道经营",
];

/// A letter like real ones in length and in how alike they are; invented.
pub fn letter(n: usize) -> LetterRow {
    let (place, matter) = (PLACES[n % PLACES.len()], MATTERS[n / PLACES.len() % MATTERS.len()]);
    LetterRow {
        row: 0,
        external_id: String::new(),
        sender: format!("写信人{}", n % 3000),
        title: format!("{place}{}号院{matter}", n % 97),
        text: format!("领导您好:我是{place}{}号院{}单元的住户,这里{matter}已经{}天了,打过电话也没有结果,", n % 97, n % 7, n % 31)
            + &"希望有关部门尽快派人来看一看,给住户一个明确的答复,并说明什么时候能够解决。".repeat(4),
        publish_time: Some(wire_time(Timestamp::now())),
    }
}

fn letters(round: usize, count: usize) -> Vec<LetterRow> {
    // Each round other texts: what one writer says twice is counted with what they said first.
    let row = |n: usize| {
        let letter = letter(n);
        let text = format!("{}这是第{round}轮第{n}封。", letter.text);
        LetterRow { row: i32::try_from(n + 2).unwrap(), external_id: format!("{round}-{n}"), text, ..letter }
    };
    (0..count).map(row).collect()
}

pub async fn measure(town: &Town, plan: Plan, findings: &mut Findings) {
    let mut rounds = Vec::new();
    for round in 0..plan.rounds.min(3) {
        let rows = letters(round, plan.letters);
        let start = Instant::now();
        import(town, &rows).await;
        let acknowledged = start.elapsed().as_secs_f64();
        town.office.settle().await;
        let count = rows.len() as f64;
        let placed = start.elapsed().as_secs_f64();
        rounds.push((count / acknowledged, count / placed, count / copy(town, tables(town, round).await).await));
    }
    findings.add("import_per_second", "letters imported and acknowledged", "/s", median(rounds.iter().map(|r| r.0).collect()));
    findings.add("placed_per_second", "letters grouped, assessed and heard by all", "/s", median(rounds.iter().map(|r| r.1).collect()));
    findings.add("copy_per_second", "COPY of the rows that importing wrote", "/s", median(rounds.iter().map(|r| r.2).collect()));
    findings.add(
        "import_ratio",
        "acknowledged against COPY, median of the rounds",
        "×",
        median(rounds.iter().map(|r| r.0 / r.2).collect()),
    );
}

/// As `huiying import` does.
async fn import(town: &Town, rows: &[LetterRow]) {
    let intake = town.client().intake().unwrap();
    let calls = stream::iter(rows.chunks(PORTION)).map(|portion| {
        let request = ImportLettersRequest {
            request_id: request_id(),
            outlet_id: town.outlet_id.clone(),
            rows: portion.to_vec(),
            non_classified: true,
        };
        let mut intake = intake.clone();
        async move { (portion.len(), intake.import_letters(request).await.unwrap().into_inner().outcomes.len()) }
    });
    let answers: Vec<(usize, usize)> = calls.buffer_unordered(AT_ONCE).collect().await;
    assert!(answers.iter().all(|(asked, answered)| asked == answered));
}

/// What a round wrote: reports, what the ledger tells of each call, and its answer.
async fn tables(town: &Town, round: usize) -> Vec<Table> {
    let report = "report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page, publish_time,
                  register_time, sensitive, view_count, comment_count, repost_count, body_ids, writer_digest, text_key";
    let reports = read(town, "report", report, &format!("external_id LIKE '{round}-%'")).await;
    let calls = reports.rows.len().div_ceil(PORTION);
    let last = format!("record LIKE '%ImportLetters%'::bytea ORDER BY sequence DESC LIMIT {calls}");
    let records = read(town, "ledger_entry", "month, record_id, record, leaf_hash", &last).await;
    let last = format!("true ORDER BY save_time DESC LIMIT {calls}");
    let answers = read(town, "saved_answer", "actor, request_id, fingerprint, answer, save_time", &last).await;
    vec![reports, records, answers]
}

/// Rows of a table as COPY writes them, one a string.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static str,
    pub rows: Vec<String>,
}

/// Seconds that COPY takes for rows that an import wrote, into the same tables beside, the reports first and with as many of them a
/// transaction.
pub async fn copy(town: &Town, tables: Vec<Table>) -> f64 {
    let calls = tables[0].rows.len().div_ceil(PORTION);
    assert!(calls > 0 && tables.iter().all(|table| table.rows.len() >= calls), "every call wrote something");
    let mut beside = PgConnection::connect(&town.beside()).await.unwrap();
    let start = Instant::now();
    for call in 0..calls {
        let mut tx = beside.begin().await.unwrap();
        for Table { name, columns, rows } in &tables {
            let portion = rows.len().div_ceil(calls);
            let rows = &rows[(call * portion).min(rows.len())..((call + 1) * portion).min(rows.len())];
            let mut copying = tx.copy_in_raw(&format!("COPY intake.{name} ({columns}) FROM STDIN")).await.unwrap();
            copying.send(rows.concat().into_bytes()).await.unwrap();
            copying.finish().await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    start.elapsed().as_secs_f64()
}

/// Some rows of a table.
pub async fn read(town: &Town, name: &'static str, columns: &'static str, which: &str) -> Table {
    let mut county = PgConnection::connect(&town.county()).await.unwrap();
    let statement = format!("COPY (SELECT {columns} FROM intake.{name} WHERE {which}) TO STDOUT");
    let bytes: Vec<u8> = county.copy_out_raw(&statement).await.unwrap().map_ok(|part| part.to_vec()).try_concat().await.unwrap();
    let rows = String::from_utf8(bytes).unwrap().split_inclusive('\n').map(str::to_owned).collect();
    Table { name, columns, rows }
}

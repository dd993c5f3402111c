//! Letters a second, against COPY of the same rows, in turn.

use std::time::Instant;

use chassis::wire_time;
use huiying::client::request_id;
use huiying_proto::intake::{ImportLettersRequest, LetterRow};
use jiff::Timestamp;
use sqlx::{Connection, PgConnection};

use crate::{Findings, Plan, median, town::Town};

const PORTION: usize = 500;
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
        let copied = copy(town, &rows).await;
        let start = Instant::now();
        import(town, &rows).await;
        let acknowledged = start.elapsed().as_secs_f64();
        town.office.settle().await;
        let count = rows.len() as f64;
        rounds.push((count / acknowledged, count / start.elapsed().as_secs_f64(), count / copied));
    }
    findings.add("import_per_second", "letters imported and acknowledged", "/s", median(rounds.iter().map(|r| r.0).collect()));
    findings.add("placed_per_second", "letters grouped, assessed and heard by all", "/s", median(rounds.iter().map(|r| r.1).collect()));
    findings.add("copy_per_second", "COPY of the same rows", "/s", median(rounds.iter().map(|r| r.2).collect()));
    findings.add(
        "import_ratio",
        "acknowledged against COPY, median of the rounds",
        "×",
        median(rounds.iter().map(|r| r.0 / r.2).collect()),
    );
}

async fn import(town: &Town, rows: &[LetterRow]) {
    let mut intake = town.client().intake().unwrap();
    for portion in rows.chunks(PORTION) {
        let request = ImportLettersRequest {
            request_id: request_id(),
            outlet_id: town.outlet_id.clone(),
            rows: portion.to_vec(),
            non_classified: true,
        };
        let outcomes = intake.import_letters(request).await.unwrap().into_inner().outcomes;
        assert_eq!(outcomes.len(), portion.len());
    }
}

/// Seconds.
async fn copy(town: &Town, rows: &[LetterRow]) -> f64 {
    let mut connection = PgConnection::connect(&town.beside()).await.unwrap();
    let outlet = uuid::Uuid::from_u128(1);
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let id = uuid::Uuid::from_u128((u128::from(uuid::Uuid::new_v4().as_u64_pair().0) << 64) | row.row as u128);
            format!(
                "{id}\t{outlet}\t信箱\tTIER_MAILBOX\tMEDIUM_LETTER\t{}\t\\\\x{}\t{}\t{}\t\t\t2026-11-24T00:00:00Z\t2026-11-24T00:00:00Z\tf\t0\t0\t0\t{{}}\t\\\\x{}\n",
                row.external_id,
                "5a".repeat(32),
                row.title,
                row.text,
                "5a".repeat(32)
            )
        })
        .collect();
    let start = Instant::now();
    for portion in lines.chunks(PORTION) {
        let statement = "COPY intake.report (report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page, publish_time,
                         register_time, sensitive, view_count, comment_count, repost_count, body_ids, writer_digest) FROM STDIN";
        let mut copying = connection.copy_in_raw(statement).await.unwrap();
        copying.send(portion.concat().into_bytes()).await.unwrap();
        copying.finish().await.unwrap();
    }
    start.elapsed().as_secs_f64()
}

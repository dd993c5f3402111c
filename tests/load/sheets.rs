//! A spreadsheet of a source with saved columns, row by row: rows a second against COPY, and the memory that it takes however long it is.

use std::{fmt::Write, path::Path, time::Instant};

use huiying::{client::request_id, import::import_mapped};
use huiying_proto::intake::{ColumnMapping, RegisterSourceRequest, source::Kind};

use crate::{
    Findings, Plan,
    importing::{PORTION, Table, copy, letter, read},
    town::Town,
};

const SOURCE: &str = "周表";

pub async fn measure(town: &Town, plan: Plan, findings: &mut Findings) {
    let columns = ColumnMapping {
        title: "标题".into(),
        text: "摘要".into(),
        time: "日期".into(),
        external_id: "序号".into(),
        view_count: "阅读".into(),
        writer: "写信人".into(),
        ..Default::default()
    };
    let source = RegisterSourceRequest {
        request_id: request_id(),
        kind: Kind::Spreadsheet.into(),
        name: SOURCE.into(),
        outlet_id: town.outlet_id.clone(),
        columns: Some(columns),
        non_classified: true,
        ..Default::default()
    };
    town.client().sources().unwrap().register_source(source).await.unwrap();
    let folder = std::env::temp_dir();
    let short = import(town, &folder, "t", plan.rows / 10).await;
    let copied = copy(town, tables(town, "t").await).await;
    let rows = (plan.rows / 10) as f64;
    findings.add("sheet_per_second", "rows of a spreadsheet taken in and acknowledged", "/s", rows / short.seconds);
    findings.add("sheet_ratio", "the same against COPY of what it wrote", "×", copied / short.seconds);
    let long = import(town, &folder, "m", plan.rows).await;
    findings.add("sheet_long_per_second", "rows a second of one ten times as long", "/s", plan.rows as f64 / long.seconds);
    findings.add("sheet_peak_mb", "peak memory of the command and the services, of the long one", "MB", long.peak);
    findings.add("sheet_peak_ratio", "the same against the short one", "×", long.peak / short.peak);
}

struct Taken {
    seconds: f64,
    /// Megabytes of the command, which is this process, and of the services.
    peak: f64,
}

async fn import(town: &Town, folder: &Path, name: &str, rows: usize) -> Taken {
    let file = folder.join(format!("{}-{name}.csv", request_id()));
    let mut text = String::from("序号,标题,摘要,日期,阅读,写信人\n");
    for n in 0..rows {
        let row = letter(n);
        writeln!(text, "{name}-{n},\"{}\",\"{}表{name}第{n}行。\",2026-11-09 08:16:00,{},{}", row.title, row.text, n % 900, row.sender)
            .unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let processes = [std::process::id().to_string(), town.office.pid("all").to_string()];
    processes.iter().for_each(|process| std::fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap());
    let start = Instant::now();
    let taken = import_mapped(&town.client(), SOURCE, &file).await.unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!((taken.registered, taken.refused), (rows, 0), "{:?}", taken.named.first());
    std::fs::remove_file(&file).unwrap();
    Taken { seconds, peak: processes.iter().map(|process| peak(process)).sum() }
}

/// The most memory that a process had since that was cleared.
fn peak(process: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

/// What the import of a file wrote.
async fn tables(town: &Town, name: &str) -> Vec<Table> {
    let reports = format!("external_id LIKE '{name}-%' ORDER BY report_id");
    let of_them = format!("report_id IN (SELECT report_id FROM intake.report WHERE external_id LIKE '{name}-%') ORDER BY report_id");
    let report = "report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page, publish_time,
                  register_time, sensitive, view_count, comment_count, repost_count, body_ids, writer_digest, text_key";
    let provenance = "report_id, source_id, source_key, receive_time, stated_time, doubt, evidence_digest";
    let mut tables = vec![
        read(town, "report", report, &reports).await,
        read(town, "provenance", provenance, &of_them).await,
        read(town, "spread", "report_id, read_time, view_count, comment_count, repost_count", &of_them).await,
    ];
    let calls = tables[0].rows.len().div_ceil(PORTION);
    let last = format!("record LIKE '%PushSightings%'::bytea ORDER BY sequence DESC LIMIT {calls}");
    tables.push(read(town, "ledger_entry", "month, record_id, record, leaf_hash", &last).await);
    let last = format!("true ORDER BY save_time DESC LIMIT {calls}");
    tables.push(read(town, "saved_answer", "actor, request_id, fingerprint, answer, save_time", &last).await);
    tables
}

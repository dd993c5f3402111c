//! Spreadsheets of sources and mails as files, from the command line's own code to intake, over real gRPC.

use std::{path::PathBuf, time::Instant};

use chassis::testing::{House, Rig, request_id};
use huiying::{
    client::{Addresses, Client, Protocol},
    compose::Parts,
    import::{import_mails, import_mapped},
};
use huiying_proto::{
    directory::{Role, body::Kind as BodyKind},
    intake::{
        self as pb,
        outlet::{Medium, Tier},
        source::Kind,
    },
};

struct Office {
    house: House,
    client: Client,
    outlet: String,
}

async fn office() -> Office {
    let rig = Rig::of("2026-11-10 09:00", &[(intake::NAME, &intake::MIGRATOR)]).await;
    let parts = Parts {
        clock: rig.clock.clone(),
        book: huiying::demo::shipped_rule().unwrap(),
        database_url: rig.url.clone(),
        connections: 8,
        writer_key: [7; 32],
        office: "测试".into(),
        site_url: "http://localhost".into(),
        superior: None,
        papers: (None, None),
        sources: intake::OutsideOptions::default(),
    };
    let service = parts.service("intake").await.unwrap();
    let house = rig.serve(vec![service], &["assessment"]).await;
    let body = house.body("office", "处置办", BodyKind::DisposalOffice).await;
    let staff = house.person("郑一鸣", body, &[Role::OfficeStaff]).await;
    let token = house.issuer.person(staff, house.clock.now(), 86_400).unwrap();
    let client = Client::new(&Addresses::one(&house.address), &token, Protocol::Grpc).unwrap();
    let outlet = pb::RegisterOutletRequest {
        request_id: request_id(),
        name: "某网".into(),
        tier: Tier::Commercial.into(),
        medium: Medium::Web.into(),
        hosts: vec!["a.example".into()],
    };
    let outlet = client.intake().unwrap().register_outlet(outlet).await.unwrap().into_inner().outlet.unwrap().outlet_id;
    Office { house, client, outlet }
}

impl Office {
    async fn source(&self, kind: Kind, name: &str, outlet: &str, columns: Option<pb::ColumnMapping>) {
        let request = pb::RegisterSourceRequest {
            request_id: request_id(),
            kind: kind.into(),
            name: name.into(),
            outlet_id: outlet.into(),
            columns,
            non_classified: true,
            ..Default::default()
        };
        self.client.sources().unwrap().register_source(request).await.unwrap();
    }

    async fn reports(&self) -> Vec<pb::Report> {
        let (mut reports, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = pb::ListReportsRequest { incident_id: String::new(), page_size: 1000, page_token };
            let page = self.client.intake().unwrap().list_reports(request).await.unwrap().into_inner();
            reports.extend(page.reports);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return reports;
            }
        }
    }
}

fn columns() -> pb::ColumnMapping {
    pb::ColumnMapping {
        title: "标题".into(),
        text: "摘要".into(),
        time: "日期".into(),
        external_id: "序号".into(),
        outlet: "媒体".into(),
        url: "链接".into(),
        view_count: "阅读".into(),
        writer: "写信人".into(),
        ..Default::default()
    }
}

const HEADING: [&str; 8] = ["序号", "标题", "摘要", "日期", "媒体", "链接", "阅读", "写信人"];

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let file = std::env::temp_dir().join(format!("{}-{name}", request_id()));
    std::fs::write(&file, bytes).unwrap();
    // Written on the day before the office's.
    let written = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_794_200_000);
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(written).unwrap();
    file
}

fn csv(rows: &[[&str; 8]]) -> String {
    let lines: Vec<String> = std::iter::once(&HEADING).chain(rows).map(|row| row.join(",")).collect();
    lines.join("\n")
}

#[tokio::test]
async fn a_spreadsheet_goes_in_row_by_row_by_its_saved_columns_and_the_same_file_again_adds_nothing() {
    let office = office().await;
    office.source(Kind::Spreadsheet, "周表", "", Some(columns())).await;
    let rows = [
        ["1", "河东停水", "正文一", "2026/11/9 8:16", "某网", "", "1.2万", "甲某"],
        ["2", "搅拌站", "正文二", "2026-11-09 08:16:00", "", "https://a.example/2", "", ""],
        ["3", "路灯", "正文三", "2026-11-09", "没听说过的网", "", "", ""],
        ["4", "公交", "正文四", "明天下午", "某网", "", "", ""],
        ["5", "公交", "正文五", "2026-11-09", "某网", "", "很多", ""],
        ["6", "", "正文六", "2026-11-09", "某网", "", "", ""],
        ["1", "河东停水", "正文一", "2026/11/9 8:16", "某网", "", "1.2万", "甲某"],
    ];
    let text = csv(&rows);
    let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, row) in std::iter::once(&HEADING).chain(&rows).enumerate() {
        for (column, cell) in row.iter().enumerate() {
            sheet.write(at as u32, column as u16, *cell).unwrap();
        }
    }
    let csv_file = file("周表.csv", &bytes);
    let taken = import_mapped(&office.client, "周表", &csv_file).await.unwrap();
    assert_eq!((taken.registered, taken.known, taken.waiting, taken.refused), (2, 1, 1, 3), "{taken:?}");
    assert_eq!(taken.named.iter().map(|row| row.row).collect::<Vec<_>>(), [5, 6, 7]);
    let reports = office.reports().await;
    let report = reports.iter().find(|report| report.title == "河东停水").unwrap();
    assert_eq!((report.view_count, report.external_id.as_str(), report.outlet_name.as_str()), (12_000, "1", "某网"));
    // The same file, and the same rows in a workbook, add nothing.
    for again in [csv_file, file("周表.xlsx", &book.save_to_buffer().unwrap())] {
        let taken = import_mapped(&office.client, "周表", &again).await.unwrap();
        assert_eq!(taken.registered + taken.known + taken.waiting, 4, "{taken:?}");
        assert_eq!(office.reports().await.len(), 2);
    }
    let ledger = format!("{:?}", office.house.ledger("intake").await);
    assert!(!ledger.contains("甲某"), "who wrote is told nowhere");
}

#[tokio::test]
async fn a_copy_of_a_file_adds_nothing_and_a_sheet_that_numbers_anew_is_told_so_row_by_row() {
    let office = office().await;
    office.source(Kind::Spreadsheet, "周表", "", Some(columns())).await;
    let first = file("周表.csv", csv(&[["1", "河东停水", "正文一", "2026-11-09", "某网", "", "12", ""]]).as_bytes());
    let taken = import_mapped(&office.client, "周表", &first).await.unwrap();
    assert_eq!((taken.registered, taken.refused), (1, 0), "{taken:?}");
    let written = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_794_203_600);
    std::fs::File::options().write(true).open(&first).unwrap().set_modified(written).unwrap();
    let taken = import_mapped(&office.client, "周表", &first).await.unwrap();
    assert_eq!((taken.registered, taken.known, taken.refused), (0, 1, 0), "{taken:?}");
    let next = file("下周.csv", csv(&[["1", "河西停电", "正文二", "2026-11-10", "某网", "", "", ""]]).as_bytes());
    let taken = import_mapped(&office.client, "周表", &next).await.unwrap();
    assert_eq!((taken.registered, taken.known, taken.refused), (0, 0, 1), "{taken:?}");
    assert!(taken.named[0].reason.contains("编号 1 已登记过"), "{taken:?}");
}

#[tokio::test]
async fn what_was_broken_off_goes_on_and_nothing_goes_in_twice() {
    let office = office().await;
    let only =
        pb::ColumnMapping { outlet: String::new(), url: String::new(), view_count: String::new(), writer: String::new(), ..columns() };
    office.source(Kind::Spreadsheet, "大表", &office.outlet, Some(only)).await;
    let rows: Vec<String> = (0..6_000).map(|n| format!("{n},第{n}件,河东片区第{n}号楼的事,2026-11-09 08:16:00,,,,")).collect();
    let sheet = file("大表.csv", format!("{}\n{}", HEADING.join(","), rows.join("\n")).as_bytes());
    tokio::select! {
        done = import_mapped(&office.client, "大表", &sheet) => panic!("it was not broken off: {done:?}"),
        () = async { while office.reports().await.is_empty() {} } => {}
    }
    let before = office.reports().await.len();
    assert!((1..6_000).contains(&before), "{before}");
    let begun = Instant::now();
    let taken = import_mapped(&office.client, "大表", &sheet).await.unwrap();
    eprintln!("{before} rows before it was broken off; then all 6000 in {:?}", begun.elapsed());
    assert_eq!((taken.registered + taken.known, taken.refused), (6_000, 0), "{taken:?}");
    assert_eq!(office.reports().await.len(), 6_000);
}

#[tokio::test]
async fn a_row_that_stands_in_several_portions_goes_in_once() {
    let office = office().await;
    let only =
        pb::ColumnMapping { outlet: String::new(), url: String::new(), view_count: String::new(), writer: String::new(), ..columns() };
    office.source(Kind::Spreadsheet, "大表", &office.outlet, Some(only)).await;
    // Each portion of 500 says the same, so that portions which come side by side meet.
    let rows: Vec<String> =
        (0..3_000).map(|n| n % 500).map(|n| format!("{n},第{n}件,河东片区第{n}号楼的事,2026-11-09 08:16:00,,,,")).collect();
    let sheet = file("大表.csv", format!("{}\n{}", HEADING.join(","), rows.join("\n")).as_bytes());
    let taken = import_mapped(&office.client, "大表", &sheet).await.unwrap();
    assert_eq!((taken.registered, taken.known, taken.refused), (500, 2_500, 0), "{taken:?}");
    assert_eq!(office.reports().await.len(), 500);
}

#[tokio::test]
async fn bombs_strangers_and_missing_columns_are_refused_in_words() {
    let office = office().await;
    office.source(Kind::Spreadsheet, "周表", "", Some(columns())).await;
    office.source(Kind::Webhook, "监测商", "", None).await;
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    bomb.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..40 {
        std::io::Write::write_all(&mut bomb, &vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    for (source, bytes, word) in [
        ("周表", bomb.as_slice(), "炸弹"),
        ("周表", b"\x89PNG\x00\x01".as_slice(), "不是表格文件"),
        ("周表", "标题,摘要\n甲,乙\n".as_bytes(), "表头缺少列"),
        ("周表", b"".as_slice(), "空"),
        ("周表", b"\xff\xff\xff\xff,\n".as_slice(), ""),
        ("监测商", b"a".as_slice(), "没有列映射"),
        ("没有的", b"a".as_slice(), "没有登记"),
    ] {
        let told = import_mapped(&office.client, source, &file("x", bytes)).await.unwrap_err().0;
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(office.reports().await.is_empty());
}

#[tokio::test]
async fn each_mail_file_is_imported_or_told_why_not_by_itself() {
    let office = office().await;
    office.source(Kind::Mailbox, "来信文件", &office.outlet, None).await;
    let mail = "From: a@b.example\r\nSubject: x\r\nDate: Tue, 10 Nov 2026 08:00:00 +0800\r\n\r\ny\r\n".as_bytes();
    let large = [mail, "Subject: z\r\nz\r\n".repeat(1 << 20).as_bytes()].concat();
    let files = [file("1.eml", b"hello"), file("2.eml", mail), PathBuf::from("/nowhere/3.eml"), file("4.eml", &large)];
    let outcomes = import_mails(&office.client, "来信文件", &files).await.unwrap();
    let fine: Vec<bool> = outcomes.iter().map(|(_, outcome)| outcome.is_ok()).collect();
    assert_eq!((fine, office.reports().await.len()), (vec![false, true, false, true], 2));
    let told = outcomes[3].1.as_ref().unwrap();
    assert!(told.message.contains("只收录开头"), "{told:?}");
}

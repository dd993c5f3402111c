//! Papers of bulletins, registers and entries, through the contract: what stands in them is what the lists return.

use std::{collections::BTreeMap, process::Command, time::Duration};

use crate::office::{BUS, Office, PLANT, WATER, letter, office, office_with, outside, sighting};
use chassis::{
    Converter,
    clock::civil_day,
    fact_time,
    testing::{assert_refused, moment},
    wire_time,
};
use huiying_proto::{
    assessment::Level,
    intake::{self as pb, bulletin::Kind, outlet::Tier},
    paper::{Paper, paper::Format},
};
use papers::{chart::Font, testing::text};
use sha2::{Digest, Sha256};
use tonic::{Code, Status};
use uuid::Uuid;

async fn bulletin(office: &Office, by: Uuid, id: &str, format: Format) -> Result<Paper, Status> {
    let message = pb::RenderBulletinRequest { bulletin_id: id.into(), format: format.into() };
    Ok(office.client.clone().render_bulletin(office.house.ask(by, message)).await?.into_inner().paper.unwrap())
}

async fn register(office: &Office, by: Uuid, day: &str) -> Result<Paper, Status> {
    let message = pb::RenderDailyRegisterRequest { register_date: day.into(), format: Format::Docx.into() };
    Ok(office.client.clone().render_daily_register(office.house.ask(by, message)).await?.into_inner().paper.unwrap())
}

async fn entry(office: &Office, by: Uuid, report: &str) -> Result<Paper, Status> {
    let message = pb::RenderRegisterEntryRequest { report_id: report.into(), format: Format::Unspecified.into() };
    Ok(office.client.clone().render_register_entry(office.house.ask(by, message)).await?.into_inner().paper.unwrap())
}

/// Reports of some incidents as the list returns them, counted by day and by level.
async fn counted(office: &Office, incidents: &[String]) -> (BTreeMap<String, i64>, BTreeMap<Tier, i64>) {
    let (mut days, mut tiers) = (BTreeMap::new(), BTreeMap::new());
    for incident in incidents {
        for report in office.reports(office.staff, incident).await.unwrap() {
            let day = civil_day(fact_time(report.register_time.as_ref()).unwrap());
            *days.entry(day.to_string()).or_insert(0) += 1;
            *tiers.entry(report.tier()).or_insert(0) += 1;
        }
    }
    (days, tiers)
}

/// What a test needs of this machine is not there: says so.
fn skipped(what: &str) {
    eprintln!("skipped: no {what} (apt install libreoffice-writer-nogui poppler-utils fonts-wqy-microhei)");
}

/// An office with a week of ordinary reports on three days, from three levels of outlets, and an important one.
async fn week() -> (Office, pb::Report) {
    let office = office().await;
    let plant = a_week(&office).await;
    (office, plant)
}

async fn a_week(office: &Office) -> pb::Report {
    let social = office.register_outlet("短视频", Tier::Social, pb::outlet::Medium::Social).await.unwrap().outlet_id;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.classify(&plant.incident_id, Level::Important).await;
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let letters = (0..7).map(|n| letter(n, &n.to_string(), &format!("WRITER{n}"), "河东自来水发黄", WATER, "2026-11-10 08:00"));
    office.import(letters.collect()).await.unwrap();
    office.house.at("2026-11-11 23:59").await;
    office.placed(sighting(&social, "3路公交改线", BUS)).await;
    office.house.at("2026-11-12 00:00").await;
    office.placed(sighting(&social, "3路公交改线", BUS)).await;
    plant
}

#[tokio::test]
async fn the_figures_of_the_week_s_paper_are_those_that_the_lists_return_and_stay_so() {
    let (office, _) = week().await;
    office.house.at("2026-11-13 16:00").await;
    let issued = office.issue(Kind::Weekly, "", "2026-11-13").await.unwrap();
    let (days, tiers) = counted(&office, &issued.incident_ids).await;
    let spread = issued.spread.clone().unwrap();
    assert_eq!(spread.by_day.iter().map(|d| (d.day.clone(), d.report_count)).collect::<BTreeMap<_, _>>(), days);
    assert_eq!(spread.by_tier.iter().map(|t| (t.tier(), t.report_count)).collect::<BTreeMap<_, _>>(), tiers);
    assert_eq!(days.values().copied().collect::<Vec<_>>(), [8, 1, 1]);
    let paper = bulletin(&office, office.leader, &issued.bulletin_id, Format::Docx).await.unwrap();
    assert_eq!(paper.sha256, hex::encode(Sha256::digest(&paper.content)));
    assert_eq!(paper.file_name, "政务舆情周报2026年第1期.docx");
    let said = text(&paper.content);
    for part in [
        "政务舆情周报",
        "2026年第1期",
        "沙河县人民政府办公室",
        "登记一般舆情 0 件，待研判 2 件，线索 10 条",
        "按来源级别：市级媒体1条、社交平台2条、领导信箱7条。",
        "编者按：请阅示",
        "涉及事件：2026-0002、2026-0003",
        "编发：郑一鸣　　2026年11月13日 16:00印发",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("搅拌站") && !said.contains("第1期\n2026年11月13日 16:00"), "{said}");
    // Without a font the paper says which charts are not in it.
    assert_eq!((papers::testing::pictures(&paper.content), paper.left_out.len()), (0, 3), "{:?}", paper.left_out);
    // What comes in later changes no paper that was issued.
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.house.at("2026-11-20 09:00").await;
    assert_eq!(bulletin(&office, office.staff, &issued.bulletin_id, Format::Unspecified).await.unwrap(), paper);
}

#[tokio::test]
async fn a_special_bulletin_s_paper_tells_of_its_incident_alone() {
    let (office, plant) = week().await;
    let issued = office.issue(Kind::Special, &plant.incident_id, "").await.unwrap();
    let (days, tiers) = counted(&office, std::slice::from_ref(&plant.incident_id)).await;
    let spread = issued.spread.unwrap();
    assert_eq!((spread.by_day.len(), spread.by_tier.len()), (days.len(), tiers.len()));
    assert_eq!((spread.by_day[0].report_count, spread.by_tier[0].tier()), (1, Tier::City));
    let paper = bulletin(&office, office.staff, &issued.bulletin_id, Format::Docx).await.unwrap();
    let said = text(&paper.content);
    for part in
        ["政务舆情专报", "重要舆情专报：锦绣家园搅拌站扰民", "一、基本情况", "按二（四）研判为重要舆情", "按来源级别：市级媒体1条。"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("自来水"));
}

#[tokio::test]
async fn bulletins_issued_at_once_are_numbered_without_gaps_also_where_some_are_refused() {
    let (office, plant) = week().await;
    // The week's bulletin, asked for by several at once, is issued once.
    let issued = futures::future::join_all((0..4).map(|_| office.issue(Kind::Weekly, "", "2026-11-12"))).await;
    let weekly = issued.into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(weekly.iter().map(|b| b.number).collect::<Vec<_>>(), [1]);
    let calls = (0..24).map(|n| {
        let (office, plant, weekly) = (&office, &plant, &weekly[0]);
        async move {
            match n % 4 {
                0 => office.issue(Kind::Special, &plant.incident_id, "").await,
                1 => office.correct(weekly, "2026-11-12").await,
                2 => office.issue(Kind::Weekly, "", "2026-11-12").await, // once more
                _ => office.issue(Kind::Weekly, "", "2026-10-12").await, // of nothing
            }
        }
    });
    let issued = futures::future::join_all(calls).await;
    for (kind, first) in [(Kind::Special, 1), (Kind::Weekly, 2)] {
        let mut numbers: Vec<i32> = issued.iter().flatten().filter(|b| b.kind() == kind).map(|b| b.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (first..first + 6).collect::<Vec<_>>(), "{kind:?}");
    }
    assert_eq!(issued.iter().filter(|outcome| outcome.is_err()).count(), 12);
}

#[tokio::test]
async fn a_day_s_register_is_a_table_of_what_it_listed_when_it_was_compiled() {
    let office = office().await;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.placed(sighting(&office.mailbox, "锦绣家园搅拌站扰民", PLANT)).await;
    office.name_bodies(&office.incident(&plant.incident_id).await, &[office.housing]).await.unwrap();
    office.classify(&plant.incident_id, Level::Important).await;
    office.compile(office.collector, "2026-11-10").await.unwrap();
    let paper = register(&office, office.leader, "2026-11-10").await.unwrap();
    let said = text(&paper.content);
    for part in [
        "政务舆情每日登记表",
        "收集人：周小燕",
        "2条",
        "1件",
        "重要1件、一般0件、待研判0件",
        "2026-0001",
        "县住房和城乡建设局",
        "报：办公室主要领导",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // The next day's level is not that day's.
    office.classify(&plant.incident_id, Level::Ordinary).await;
    assert_eq!(register(&office, office.leader, "2026-11-10").await.unwrap(), paper);
    office.house.at("2026-11-11 09:00").await;
    office.compile(office.collector, "2026-11-11").await.unwrap();
    assert!(text(&register(&office, office.leader, "2026-11-11").await.unwrap().content).contains("零报告"));
    assert_refused(register(&office, office.staff, "2026-11-09").await, Code::NotFound, "REGISTER_UNKNOWN");
    assert_refused(register(&office, office.staff, "11-09").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(register(&office, office.water_head, "2026-11-10").await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn an_entry_holds_the_whole_record_is_seen_by_whom_it_concerns_and_tells_nothing_of_who_wrote() {
    let office = office().await;
    office.import(vec![letter(1, "A-17", "WRITER1", "河东自来水发黄", WATER, "2026-11-10 08:00")]).await.unwrap();
    let incident = office.incidents(office.staff).await.remove(0);
    office.name_bodies(&incident, &[office.water]).await.unwrap();
    let of_letter = office.reports(office.staff, &incident.incident_id).await.unwrap().remove(0);
    let said = text(&entry(&office, office.water_head, &of_letter.report_id).await.unwrap().content);
    for part in ["政务舆情线索登记表", "河东自来水发黄", WATER, "A-17", "领导信箱", "来信", "周小燕", "2026-0001", "2026年11月10日 08:00"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("WRITER1"));
    let message = pb::RegisterReportRequest {
        page: "头版".into(),
        url: "https://a.example/1?x=1&y=2".into(),
        sensitive: true,
        view_count: 12,
        comment_count: 3,
        repost_count: 4,
        body_ids: vec![office.housing.to_string()],
        received_time: Some(wire_time(moment("2026-11-10 08:30"))),
        witness_person_id: office.head.to_string(),
        ..sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)
    };
    let of_paper = office.placed(message).await;
    let said = text(&entry(&office, office.staff, &of_paper.report_id).await.unwrap().content);
    for part in [
        "头版",
        "郑一鸣",
        "待研判",
        "登记时已确认不涉密",
        "无重复、转载",
        "https://a.example/1?x=1&y=2",
        "阅读12 评论3 转发4",
        "县住房和城乡建设局",
        "2026年11月10日 08:30",
        "吴主任",
        "纸质媒体",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_refused(entry(&office, office.water_head, &of_paper.report_id).await, Code::NotFound, "REPORT_UNKNOWN");
    entry(&office, office.officer, &of_paper.report_id).await.unwrap();
}

#[tokio::test]
async fn a_pdf_without_a_converter_is_refused_with_what_to_configure_and_units_get_no_bulletin_of_others() {
    let (office, plant) = week().await;
    let issued = office.issue(Kind::Special, &plant.incident_id, "").await.unwrap();
    let refused = bulletin(&office, office.staff, &issued.bulletin_id, Format::Pdf).await;
    assert!(refused.as_ref().unwrap_err().message().contains("converter"), "{refused:?}");
    assert_refused(refused, Code::FailedPrecondition, "CONVERTER_MISSING");
    let nothing = office.house.new_id().to_string();
    assert_refused(bulletin(&office, office.staff, &nothing, Format::Docx).await, Code::NotFound, "BULLETIN_UNKNOWN");
    let by_unit = bulletin(&office, office.water_head, &issued.bulletin_id, Format::Docx).await;
    assert_refused(by_unit, Code::NotFound, "BULLETIN_UNKNOWN");
}

#[tokio::test]
async fn the_week_s_paper_comes_as_pdf_out_of_libreoffice_with_its_charts() {
    let Ok(font) = std::fs::read("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc") else { return skipped("Chinese font") };
    if ["soffice", "pdftotext"].iter().any(|tool| Command::new(tool).arg("-v").output().is_err()) {
        return skipped("soffice or pdftotext");
    }
    let command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", "{folder}", "{file}"].map(str::to_owned);
    let converter = Converter::new(command.to_vec(), Duration::from_secs(100));
    let office = office_with(crate::office::rig().await, Font::read(font), converter, outside()).await;
    a_week(&office).await;
    let issued = office.issue(Kind::Weekly, "", "2026-11-12").await.unwrap();
    let docx = bulletin(&office, office.staff, &issued.bulletin_id, Format::Docx).await.unwrap();
    assert_eq!(papers::testing::pictures(&docx.content), 2);
    assert_eq!(docx.left_out, ["图“线索类别分布”:登记中没有类别"]);
    let message = pb::RenderBulletinRequest { bulletin_id: issued.bulletin_id.clone(), format: Format::Pdf.into() };
    let mut request = office.house.ask(office.leader, message);
    request.set_timeout(Duration::from_secs(110));
    let paper = office.client.clone().render_bulletin(request).await.unwrap().into_inner().paper.unwrap();
    assert_eq!((paper.media_type.as_str(), paper.file_name.as_str()), ("application/pdf", "政务舆情周报2026年第1期.pdf"));
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("week.pdf");
    std::fs::write(&file, &paper.content).unwrap();
    let read = Command::new("pdftotext").arg(&file).arg("-").output().unwrap();
    let said: String = String::from_utf8(read.stdout).unwrap().split_whitespace().collect();
    for part in [
        "政务舆情周报",
        "登记一般舆情0件，待研判2件，线索10条",
        "图1线索时间分布（共10条）",
        "按来源级别：市级媒体1条、社交平台2条、领导信箱7条",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

//! A paper of each kind, with everything that a record may hold, and the tools that look at papers.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part of it, and tests fail by panicking")]

use std::{
    fs,
    io::{Cursor, Read as _},
    path::{Path, PathBuf},
};

use jiff::{
    Timestamp,
    civil::{Date, date},
};
use papers::{
    Office, Paper, assignment, bulletin,
    chart::{Count, DayCount, Font},
    circular, disposal, escalation, interview, publication, register,
};

pub const OFFICE: &str = "托克逊县人民政府办公室";

pub fn at(civil: &str) -> Timestamp {
    format!("{}:00+08:00", civil.replace(' ', "T")).parse().unwrap()
}

/// A free Chinese font of this machine, where there is one.
pub fn font() -> Option<Font> {
    let places = [
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    ];
    places.iter().find_map(|place| Font::read(fs::read(place).ok()?))
}

fn counts(of: &[(&str, i64)]) -> Vec<Count> {
    of.iter().map(|(name, count)| Count { name: (*name).to_owned(), count: *count }).collect()
}

fn days(from: Date, of: &[i64]) -> Vec<DayCount> {
    let day = |at: usize| from.checked_add(jiff::Span::new().days(i64::try_from(at).unwrap())).unwrap();
    of.iter().enumerate().map(|(at, count)| DayCount { day: day(at), count: *count }).collect()
}

pub fn weekly() -> bulletin::Bulletin {
    let mut body = "本周(11月9日至11月15日)登记一般舆情 40 件,线索 72 条。\n\n".to_owned();
    for at in 1..=40 {
        body.push_str(&format!(
            "{at}. [2026-{at:04}]河东片区向阳里小区自来水发黄浑浊(一般;线索 {at} 条,来信人 3 名;来源:领导信箱、X市日报;涉事单位:县水务局)\n"
        ));
    }
    body.push_str("\n编者按:请各单位阅研。\n");
    bulletin::Bulletin {
        kind: bulletin::Kind::Weekly,
        year: 2026,
        number: 46,
        title: "一般政务舆情周报(2026年11月9日—11月15日)".into(),
        body,
        incidents: (1..=40).map(|at| format!("2026-{at:04}")).collect(),
        spread: Some(bulletin::Spread {
            by_day: days(date(2026, 11, 9), &[9, 12, 0, 31, 14, 4, 2]),
            by_tier: counts(&[("市级媒体", 5), ("社交平台", 18), ("领导信箱", 49)]),
            by_category: Some(counts(&[("城乡建设", 30), ("环境保护", 22), ("交通运输", 20)])),
            suggested: 31,
        }),
        issuer: "吴主任".into(),
        issue_time: at("2026-11-16 09:30"),
    }
}

pub fn special() -> bulletin::Bulletin {
    bulletin::Bulletin {
        kind: bulletin::Kind::Special,
        number: 3,
        title: "重要舆情专报:锦绣家园搅拌站扰民".into(),
        body: "一、基本情况\n事件编号:2026-0001\n首次登记:2026年11月10日 09:00\n线索 8 条,最近一条登记于2026年11月10日 11:00。\n\
               涉事单位:县住房和城乡建设局、县生态环境局\n\n二、认定依据\n按二(四)研判为重要舆情。\n\n三、传播情况\n(一)媒体\n市级媒体 1 条:\n\
               1. X市日报(头版)《锦绣家园搅拌站扰民》 2026年11月10日 08:00\n"
            .into(),
        incidents: vec!["2026-0001".into()],
        spread: Some(bulletin::Spread {
            by_day: days(date(2026, 11, 10), &[8]),
            by_tier: counts(&[("市级媒体", 1), ("领导信箱", 7)]),
            by_category: None,
            suggested: 0,
        }),
        ..weekly()
    }
}

pub fn register() -> register::Day {
    let line = |at: usize| register::Line {
        number: format!("2026-{at:04}"),
        title: "锦绣家园旁边的混凝土搅拌站半夜生产噪声扰民".into(),
        category: "环境保护/噪音污染".into(),
        level: if at == 1 { "重要" } else { "一般" }.into(),
        reports: 3,
        repeats: i64::from(at == 1),
        writers: 2,
        outlets: vec!["领导信箱".into(), "X市日报".into()],
        bodies: vec!["县住房和城乡建设局".into()],
    };
    let transfer = register::TransferLine {
        number: "2026-0001".into(),
        title: "锦绣家园旁边的混凝土搅拌站半夜生产噪声扰民".into(),
        terms: "市信访局(吐信转〔2026〕12号);时限2026年11月12日 18:00".into(),
    };
    register::Day {
        day: date(2026, 11, 10),
        collector: "周小燕".into(),
        reports: 54,
        incidents: 18,
        text: "政务舆情每日登记\n2026年11月10日\n".into(),
        lines: Some(register::Lines { day: (1..=18).map(line).collect(), unplaced: 2, late: vec![line(19)], transfers: vec![transfer] }),
        compile_time: at("2026-11-10 18:00"),
    }
}

pub fn entry() -> register::Entry {
    register::Entry {
        outlet: "X市日报".into(),
        tier: "市级媒体".into(),
        medium: "纸质".into(),
        external_id: String::new(),
        title: "锦绣家园搅拌站扰民".into(),
        excerpt: "锦绣家园旁边的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉。\n附近学校也受影响。".into(),
        url: "https://daily.example/2026/11/10/3.html?a=1&b=2".into(),
        page: "头版".into(),
        publish_time: at("2026-11-10 08:00"),
        register_time: at("2026-11-10 09:00"),
        registrar: "周小燕".into(),
        level: "重要".into(),
        sightings: 3,
        received_time: Some(at("2026-11-10 08:30")),
        witness: "郑一鸣".into(),
        sensitive: true,
        heat: (1200, 34, 5),
        category: "环境保护/环境污染/噪音污染(系统建议,未核定)".into(),
        bodies: vec!["县住房和城乡建设局".into(), "县生态环境局".into()],
        incident: "2026-0001".into(),
        placement: "共同词 搅拌站 噪音".into(),
        transfers: vec![("市信访局".into(), "吐信转〔2026〕12号".into(), Some(at("2026-11-12 18:00")))],
    }
}

pub fn slip() -> assignment::Slip {
    assignment::Slip {
        incident: "2026-0001".into(),
        title: "锦绣家园搅拌站扰民".into(),
        level: "重要".into(),
        lead: "钱县长".into(),
        body: "县住房和城乡建设局".into(),
        task: "一、核实搅拌站夜间生产是否取得许可;\n二、责令停止夜间生产;\n三、当日报送调查结果。".into(),
        assigner: "吴主任".into(),
        assign_time: at("2026-11-10 10:00"),
        acknowledge_time: Some(at("2026-11-10 10:20")),
        state: "已签收".into(),
        due_time: Some(at("2026-11-10 18:00")),
        clauses: "四(一)二、四(三)、四(四)".into(),
    }
}

pub fn findings() -> disposal::Report {
    let fact = |text: &str, certainty: &str, evidence: &str| disposal::Fact {
        text: text.into(),
        certainty: certainty.into(),
        evidence: evidence.into(),
    };
    disposal::Report {
        incident: "2026-0001".into(),
        title: "锦绣家园搅拌站扰民".into(),
        body: "县住房和城乡建设局".into(),
        task: "核实搅拌站夜间生产情况".into(),
        assign_time: at("2026-11-10 10:00"),
        acknowledge_time: Some(at("2026-11-10 10:20")),
        revision: 2,
        facts: vec![
            fact("搅拌站11月9日夜间生产至次日2时", "已核实", "出厂记录;现场询问笔录"),
            fact("未办理夜间施工许可", "已核实", "许可台账"),
            fact("粉尘超标", "核实中", ""),
        ],
        account: "经查,该搅拌站为赶工期夜间生产,未办理许可。".into(),
        measures: "已责令停止夜间生产,限期整改。".into(),
        state: "已采纳".into(),
        author: "孙局长".into(),
        submit_time: at("2026-11-10 16:00"),
        return_reason: String::new(),
    }
}

pub fn escalation() -> escalation::Report {
    escalation::Report {
        number: Some((2026, 7)),
        kind: "初报".into(),
        incident: "2026-0001".into(),
        title: "关于锦绣家园搅拌站扰民舆情的初报".into(),
        text: "市人民政府办公室:\n11月10日,我县锦绣家园小区居民反映搅拌站夜间生产扰民。现将有关情况报告如下。\n一、基本情况\n线索8条,来信人7名。\n\
               二、处置情况\n(一)已责令停止夜间生产\n县住房和城乡建设局已到场。\n"
            .into(),
        state: "已送达".into(),
        author: "郑一鸣".into(),
        endorser: "钱县长".into(),
        approver: "赵主任".into(),
        approve_time: Some(at("2026-11-10 17:00")),
        receipt: "R-20261110-7".into(),
        receipt_time: Some(at("2026-11-10 17:01")),
        attempts: 1,
        last_error: String::new(),
        return_reason: String::new(),
    }
}

pub fn review() -> publication::Review {
    publication::Review {
        incident: "2026-0001".into(),
        incident_title: "锦绣家园搅拌站扰民".into(),
        kind: "首发回应".into(),
        title: "关于锦绣家园搅拌站有关情况的回应".into(),
        text: "11月10日,有居民反映锦绣家园附近搅拌站夜间生产。\n县住房和城乡建设局已到场核实,并责令停止夜间生产。\n有关情况将于11月11日再作说明。".into(),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        line: "第1版(现行)".into(),
        state: "已批准".into(),
        author: "郑一鸣".into(),
        reviewer: "吴主任".into(),
        review_time: Some(at("2026-11-10 14:30")),
        channels: vec!["县政府门户网站".into(), "微信公众号".into()],
        approver: "赵主任".into(),
        approved_sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        approve_time: Some(at("2026-11-10 15:00")),
        release_time: None,
        return_reason: String::new(),
    }
}

pub fn interview() -> interview::Record {
    interview::Record {
        incident: "2026-0001".into(),
        behaviour: "拖延推诿".into(),
        subject: "孙局长".into(),
        body: "县住房和城乡建设局".into(),
        opener: "吴主任".into(),
        open_time: at("2026-11-12 09:00"),
        obligations: 1,
        behaviour_evidence: "当日反馈时限11月10日24:00,11月12日8:00仍未报送。".into(),
        effect_evidence: String::new(),
        record: "问:为何未按时报送?\n答:值班人员未及时转办。".into(),
        interview_time: at("2026-11-12 15:00"),
        place: "县政府办公室二楼会议室".into(),
        interviewers: vec!["钱县长".into(), "吴主任".into()],
        recorder: "郑一鸣".into(),
        reply: String::new(),
        reply_time: None,
        state: "已约谈".into(),
    }
}

pub fn circular() -> circular::Circular {
    circular::Circular {
        year: 2026,
        number: 12,
        title: "政务舆情办理情况通报(2026年10月1日—2026年10月31日)".into(),
        body: "一、总体情况\n2026年10月1日至2026年10月31日,2 个单位到期责任事项 31 项,按时办结 29 项,逾期未办 0 项。\n\n二、各单位指标\n\
               |单位|及时率(权重40)|办结率(权重30)|质量(权重30)|总分|\n|县水务局|95|100|—|97.1|\n|县住房和城乡建设局|88|100|90|92.2|\n\
               注:“—”为不适用,不计入总分。\n\n三、有关要求\n请各单位按时办结。\n"
            .into(),
        from: date(2026, 10, 1),
        to: date(2026, 10, 31),
        bodies: vec!["县水务局".into(), "县住房和城乡建设局".into()],
        issuer: "吴主任".into(),
        issue_time: at("2026-11-02 10:00"),
    }
}

/// Every kind of paper, by its short name.
pub fn all(font: Option<&Font>) -> Vec<(&'static str, Paper)> {
    let office = Office { name: OFFICE, font };
    vec![
        ("weekly", weekly().paper(office).unwrap()),
        ("special", special().paper(office).unwrap()),
        ("register", register().paper(office).unwrap()),
        ("entry", entry().paper(office).unwrap()),
        ("slip", slip().paper(office).unwrap()),
        ("findings", findings().paper(office).unwrap()),
        ("escalation", escalation().paper(office).unwrap()),
        ("sheet", escalation().sheet(office).unwrap()),
        ("review", review().paper(office).unwrap()),
        ("interview", interview().paper(office).unwrap()),
        ("circular", circular().paper(office).unwrap()),
    ]
}

/// A part of a paper's package.
pub fn part(paper: &Paper, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(&paper.docx)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The names of the parts.
pub fn parts(paper: &Paper) -> Vec<String> {
    zip::ZipArchive::new(Cursor::new(&paper.docx)).unwrap().file_names().map(|name| name.unwrap().into_owned()).collect()
}

/// Where papers are laid down to be rendered, and to be looked at afterwards.
pub fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("papers");
    fs::create_dir_all(&folder).unwrap();
    folder
}

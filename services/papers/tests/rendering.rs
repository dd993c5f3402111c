//! Papers through LibreOffice: the pages that a person sees. The pages stay in the build's tmp/papers, to be looked at.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail by panicking, and say why they are skipped")]

mod office;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use office::{OFFICE, all, escalation, folder, font};
use papers::{Office, Paper};

/// Whether the tools are there; says what is missing.
fn tools() -> bool {
    let missing: Vec<&str> = [("soffice", "--version"), ("pdftotext", "-v")]
        .into_iter()
        .filter(|(tool, asks)| Command::new(tool).arg(asks).output().is_err())
        .map(|(tool, _)| tool)
        .collect();
    if !missing.is_empty() {
        eprintln!("skipped: {} missing (apt install libreoffice-writer-nogui poppler-utils fonts-noto-cjk)", missing.join(", "));
    }
    missing.is_empty()
}

fn said(tool: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(tool).args(arguments).arg(file).arg("-").output().unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
}

/// Has LibreOffice make PDFs of papers in a folder of their own.
fn convert(name: &str, papers: &[(&'static str, Paper)]) -> PathBuf {
    let folder = folder().join(name);
    fs::create_dir_all(&folder).unwrap();
    let files: Vec<_> = papers.iter().map(|(name, _)| folder.join(format!("{name}.docx"))).collect();
    for ((_, paper), file) in papers.iter().zip(&files) {
        fs::write(file, &paper.docx).unwrap();
    }
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/papers/fonts.conf");
    let ran = Command::new("soffice")
        .env("FONTCONFIG_FILE", fonts)
        .args([profile.as_str(), "--headless", "--convert-to", "pdf", "--outdir"])
        .arg(&folder)
        .args(&files)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    folder
}

fn pages(pdf: &Path) -> usize {
    let output = Command::new("pdfinfo").arg(pdf).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("595.3") && text.contains("841.9") || text.contains("A4"), "not A4: {text}");
    text.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse().unwrap()
}

#[test]
fn every_paper_opens_in_libreoffice_with_its_pages_and_its_text() {
    if !tools() {
        return;
    }
    let font = font();
    let folder = convert("all", &all(font.as_ref()));
    let expected: [(&str, usize, &[&str]); 11] = [
        (
            "weekly",
            8,
            &[
                "其中31条为系统建议类别，未经人工核定",
                "图表按登记日统计本期登记的线索",
                "政务舆情周报",
                "2026年第46期",
                "线索72条",
                "县水务局",
                "编者按：请各单位阅研",
                "编发：吴主任",
                "—1—",
                "—2—",
            ],
        ),
        (
            "special",
            2,
            &["政务舆情专报", "第3期", "一、基本情况", "X市日报（头版）《锦绣家园搅拌站扰民》", "按来源级别：市级媒体1条、领导信箱7条"],
        ),
        (
            "register",
            3,
            &[
                "政务舆情每日登记表",
                "周小燕",
                "54条",
                "18件",
                "重要1件、一般17件、待研判0件",
                "另有线索2条尚未归入事件",
                "2026-0018",
                "补登",
                "2026-0019",
                "抄送",
                "环境保护",
                "转办单位、文号与时限",
                "市信访局（吐信转〔2026〕12",
                "本表统计至2026年11月10日18:00",
            ],
        ),
        (
            "entry",
            1,
            &[
                "登记表",
                "环境保护/环境污染/噪音污染(系统建议,未核定)",
                "头版",
                "2026年11月10日08:30",
                "郑一鸣",
                "a=1&b=2",
                "阅读1200评论34转发5",
                "共同词搅拌站噪音",
                "周小燕",
                "共3次（含首次）",
                "登记时已确认不涉密",
            ],
        ),
        (
            "slip",
            1,
            &["交办单", "2026年11月10日18:00", "四(一)二、四(三)、四(四)", "县住房和城乡建设局", "责令停止夜间生产", "2026年11月10日10:20"],
        ),
        ("findings", 1, &["处置报告单", "负责人审签", "第2稿", "未办理夜间施工许可", "许可台账", "限期整改"]),
        ("escalation", 1, &["初报", "市人民政府办公室", "〔2026〕7号", "签发人：赵主任", "2026年11月10日印发"]),
        ("sheet", 1, &["上报办理单", "〔2026〕7号", "R-20261110-7", "赵主任", "2026年11月10日17:00"]),
        ("review", 1, &["发布审查单", "2026年11月10日14:30", "县政府门户网站、微信公众号", "9f86d081884c7d65", "已逐项确认", "第1版"]),
        ("interview", 1, &["约谈记录", "县政府办公室二楼会议室", "钱县长、吴主任", "郑一鸣", "拖延推诿", "值班人员未及时转办"]),
        ("circular", 2, &["〔2026〕12号", "97.1", "请各单位按时办结", "送：县水务局、县住房和城乡建设局"]),
    ];
    let mut findings = Vec::new();
    for (name, count, texts) in expected {
        let pdf = folder.join(format!("{name}.pdf"));
        let text = said("pdftotext", &["-layout"], &pdf);
        findings.extend(texts.iter().filter(|part| !text.contains(**part)).map(|part| format!("{name} does not say {part}: {text}")));
        let found = pages(&pdf);
        if found != count {
            findings.push(format!("{name} has {found} pages, not {count}"));
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn a_page_of_text_holds_22_lines_of_28_characters() {
    if !tools() {
        return;
    }
    let text = vec!["舆".repeat(26 + 28 * 49); 1].join("\n");
    let paper = papers::escalation::Report { text, ..escalation() }.paper(Office { name: OFFICE, font: None }).unwrap();
    let pdf = convert("full", &[("full", paper)]).join("full.pdf");
    let output = Command::new("pdftotext").args(["-layout", "-f", "2", "-l", "2"]).arg(pdf).arg("-").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<usize> = text.lines().map(|line| line.chars().filter(|c| *c == '舆').count()).filter(|count| *count > 0).collect();
    assert_eq!(lines, [28; 22], "{text}");
}

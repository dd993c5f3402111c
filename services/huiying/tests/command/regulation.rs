//! `huiying regulation`, as the office types it.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use chassis::ledger::Frontier;
use huiying::{
    compose::SERVICES,
    ledger::{self, LedgerCopy},
};
use huiying_proto::event::Checkpoint;

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/");
const SHIPPED: [&str; 5] = ["regulation/toksun.yaml", "--overlay", "regulation/national.yaml", "--calendar", "calendar/2026.yaml"];

fn huiying(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_huiying")).current_dir(RULES).arg("regulation").args(arguments).output().unwrap()
}

fn printed(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_county_s_rule_is_valid_and_told_with_its_version() {
    let output = huiying(&[&["check"], SHIPPED.as_slice()].concat());
    assert!(output.status.success(), "{}", printed(&output.stderr));
    assert!(printed(&output.stdout).contains("有效,版本"));
}

#[test]
fn two_rules_that_say_the_same_have_no_difference() {
    let output = huiying(&["diff", "regulation/toksun.yaml", "regulation/toksun.yaml"]);
    assert!(output.status.success());
    assert_eq!(printed(&output.stdout), "两份规则没有不同\n");
}

#[test]
fn a_file_that_is_not_there_is_named_and_the_command_fails() {
    let output = huiying(&["diff", "regulation/toksun.yaml", "nowhere.yaml"]);
    assert!(!output.status.success());
    assert!(printed(&output.stderr).contains("nowhere.yaml"), "{}", printed(&output.stderr));
}

/// A copy of the county's rule with one edit.
fn draft(name: &str, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(format!("{RULES}regulation/toksun.yaml")).unwrap();
    assert!(text.contains(from));
    let path = std::env::temp_dir().join(format!("huiying-{name}-{}.yaml", std::process::id()));
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    path.display().to_string()
}

#[test]
fn a_warning_is_printed_with_its_place_and_fails_only_where_it_should() {
    let path = draft("warned", "report.medium == 'paper'", "report.medium == 'journal'");
    let output = huiying(&["check", &path]);
    let text = printed(&output.stdout);
    assert!(output.status.success() && text.contains("有效"), "{}", printed(&output.stderr));
    let line = text.lines().find(|line| line.contains("journal")).unwrap();
    assert!(line.starts_with(&format!("警告 {path}:")) && line.contains(": tests[2].hit: "), "{line}");
    let output = huiying(&["check", &path, "--strict"]);
    assert!(!output.status.success() && printed(&output.stderr).contains("处警告"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn the_clauses_of_the_county_s_rule_are_the_text_s() {
    let output = huiying(&[&["check"], SHIPPED.as_slice(), &["--text", "regulation/toksun-2023.txt"]].concat());
    assert!(output.status.success() && !printed(&output.stdout).contains("原文"), "{}", printed(&output.stdout));
}

#[test]
fn a_replay_names_the_ledgers_that_are_missing_and_asks_where_to_read_them() {
    let rule = ["--rule", "regulation/toksun.yaml", "--from", "2026-01-01", "--to", "2026-12-31"];
    let empty = std::env::temp_dir().join(format!("huiying-no-ledgers-{}", std::process::id()));
    std::fs::create_dir_all(&empty).unwrap();
    let output = huiying(&[&["replay"], rule.as_slice(), &["--ledger", &empty.display().to_string()]].concat());
    assert!(!output.status.success() && printed(&output.stderr).contains("缺少账本副本: directory intake"), "{}", printed(&output.stderr));
    std::fs::write(empty.join("x"), "不是账本").unwrap();
    let output = huiying(&[&["replay"], rule.as_slice(), &["--ledger", &empty.display().to_string()]].concat());
    assert!(!output.status.success(), "{}", printed(&output.stdout));
    std::fs::remove_dir_all(empty).unwrap();
    let output = huiying(&[&["replay"], rule.as_slice()].concat());
    assert!(!output.status.success() && printed(&output.stderr).contains("--ledger"), "{}", printed(&output.stderr));
}

/// A folder of ledgers in which nothing happened.
fn empty_ledgers(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("huiying-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for (service, ..) in SERVICES {
        let note = format!("test/{service}\n0\n");
        let checkpoint = Checkpoint { size: 0, root_hash: Frontier::default().root().to_vec(), note };
        ledger::save(&LedgerCopy { checkpoint, records: Vec::new() }, &dir.join(service)).unwrap();
    }
    dir
}

#[test]
fn a_replay_takes_several_versions_of_the_rule_each_from_its_own_day_or_those_of_a_configuration() {
    let ledgers = empty_ledgers("versions");
    let next = draft("next", "effective: 2023-01-01", "effective: 2026-11-11");
    let beside = ["--overlay", "regulation/national.yaml", "--calendar", "calendar/2026.yaml"];
    let period = ["--ledger", &ledgers.display().to_string(), "--from", "2026-01-01", "--to", "2026-12-31"];
    let one = huiying(&[&["replay", "--rule", "regulation/toksun.yaml"], beside.as_slice(), &period].concat());
    assert!(one.status.success() && !printed(&one.stdout).contains("日起"), "{}{}", printed(&one.stdout), printed(&one.stderr));
    let two = huiying(&[&["replay", "--rule", "regulation/toksun.yaml", "--rule", &next], beside.as_slice(), &period].concat());
    assert!(
        two.status.success() && printed(&two.stdout).contains("自2026年11月11日起"),
        "{}{}",
        printed(&two.stdout),
        printed(&two.stderr)
    );

    let files = |base: &str| format!("base = '{base}'\noverlays = ['regulation/national.yaml']\ncalendars = ['calendar/2026.yaml']\n");
    let config = ledgers.with_extension("toml");
    let secret = "[database]\nurl = { file = '/nowhere' }\n";
    let (first, later) = (files("regulation/toksun.yaml"), files(&next));
    std::fs::write(&config, format!("[regulation]\n{first}[[regulation.later]]\n{later}{secret}")).unwrap();
    let configured = huiying(&[&["replay", "--config", &config.display().to_string()], period.as_slice()].concat());
    assert_eq!(printed(&configured.stdout), printed(&two.stdout), "{}", printed(&configured.stderr));

    let reversed = huiying(&[&["replay", "--rule", &next, "--rule", "regulation/toksun.yaml"], beside.as_slice(), &period].concat());
    assert!(!reversed.status.success() && printed(&reversed.stderr).contains("施行日期"), "{}", printed(&reversed.stderr));
    std::fs::remove_file(config).unwrap();
    std::fs::remove_file(next).unwrap();
    std::fs::remove_dir_all(ledgers).unwrap();
}

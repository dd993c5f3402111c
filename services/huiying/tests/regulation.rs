//! `huiying regulation`, as the office types it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests fail by panicking")]

use std::process::{Command, Output};

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/");

fn huiying(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_huiying")).current_dir(RULES).arg("regulation").args(arguments).output().unwrap()
}

fn printed(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_county_s_rule_is_valid_and_told_with_its_version() {
    let files = ["regulation/toksun.yaml", "--overlay", "regulation/national.yaml", "--calendar", "calendar/2026.yaml"];
    let output = huiying(&[&["check"], files.as_slice()].concat());
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

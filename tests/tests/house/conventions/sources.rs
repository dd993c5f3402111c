//! Rules over the sources and the package graph.

use std::process::Command;

use super::{SERVICES, files, none, root};

fn services_sources() -> Vec<(String, String)> {
    files("services", ".rs").into_iter().filter(|(path, _)| path.contains("/src/")).collect()
}

#[test]
fn a_service_depends_on_no_other_service() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let mut findings = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let allowed: &[&str] = match name {
            "chassis" => &["huiying-proto", "chassis"],
            "huiying-proto" | "regulation" | "grouping" | "papers" => &[],
            name if SERVICES.contains(&name) => &["chassis", "regulation", "grouping", "papers", "huiying-proto"],
            _ => continue,
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            let ours = SERVICES.contains(&on)
                || ["chassis", "regulation", "grouping", "papers", "huiying-proto", "huiying", "huiying-tests"].contains(&on);
            if ours && !allowed.contains(&on) {
                findings.push(format!("{name} depends on {on}"));
            }
        }
    }
    none("services/* → chassis, regulation, papers, proto", findings);
}

#[test]
fn the_domain_knows_no_store_no_wire_and_no_runtime() {
    let outside = ["sqlx::", "tonic::", "tokio::", "prost::", "huiying_proto::", "async fn"];
    let mut findings = Vec::new();
    for service in SERVICES {
        for (path, text) in files(&format!("services/{service}/src"), "/mod.rs") {
            // A noun's own file; what it says of its rooms is not what it knows.
            let noun = path.split("/src/").nth(1).unwrap_or_default().matches('/').count() == 1;
            for word in outside.iter().filter(|word| noun && text.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(**word)))
            {
                findings.push(format!("{path} knows {word}"));
            }
        }
    }
    none("<noun>/mod.rs is pure", findings);
    let pure = ["services/regulation/src", "services/papers/src"].into_iter().flat_map(|sources| files(sources, ".rs"));
    let findings = pure
        .filter(|(path, text)| {
            !path.ends_with("testing.rs") && ["sqlx", "tonic", "tokio::", "std::fs", "Timestamp::now"].iter().any(|w| text.contains(w))
        })
        .map(|(path, _)| path)
        .collect();
    none("the regulation and the papers are pure", findings);
}

#[test]
fn only_the_chassis_begins_transactions_reads_clocks_mints_ids_and_makes_statuses() {
    let words = [
        "Timestamp::now(",
        "SystemTime::now(",
        "new_v4(",
        "now_v7(",
        "begin_with(",
        "Status::new(",
        "Status::internal(",
        "Status::not_found(",
        "Status::invalid_argument(",
        "Status::unimplemented(",
        "env::var(",
    ];
    let mut findings = Vec::new();
    for (path, text) in services_sources() {
        if path.starts_with("services/chassis/") {
            continue;
        }
        for word in words.iter().filter(|word| text.contains(**word)) {
            findings.push(format!("{path}: {word}"));
        }
    }
    none("only the chassis", findings);
}

#[test]
fn sql_names_only_the_service_s_own_schema_and_stands_only_in_stores() {
    let mut findings = Vec::new();
    for service in SERVICES {
        for (path, text) in files(&format!("services/{service}/src"), ".rs") {
            for other in SERVICES.iter().filter(|other| **other != service) {
                for verb in ["FROM", "JOIN", "INTO", "UPDATE"] {
                    if text.contains(&format!("{verb} {other}.")) {
                        findings.push(format!("{path} touches the schema {other}"));
                    }
                }
            }
            if text.contains("sqlx::query") && !path.contains("store") {
                findings.push(format!("{path} has SQL outside of a store"));
            }
            if ["now()", "CURRENT_TIMESTAMP", "SELECT *"]
                .iter()
                .any(|w| text.contains(w) && text.contains("sqlx::query") && text.contains(&format!("\"{w}")))
            {
                findings.push(format!("{path} asks the database for the time, or for everything"));
            }
        }
        for (path, text) in files(&format!("services/{service}/migrations"), ".sql") {
            for word in ["now()", "CURRENT_TIMESTAMP", "CREATE TRIGGER"] {
                if text.to_uppercase().contains(&word.to_uppercase()) {
                    findings.push(format!("{path}: {word}"));
                }
            }
        }
    }
    none("all SQL of a schema stands in its service's stores", findings);
}

#[test]
fn every_service_has_the_same_rooms() {
    let mut findings = Vec::new();
    for service in SERVICES {
        for room in [
            "README.md",
            "Cargo.toml",
            "build.rs",
            "sqlx.toml",
            "migrations",
            ".sqlx",
            "src/lib.rs",
            "src/permissions.rs",
            "src/service.rs",
            "tests",
        ] {
            if !root().join("services").join(service).join(room).exists() {
                findings.push(format!("services/{service}/{room} is missing"));
            }
        }
    }
    none("the rooms of a service", findings);
}

#[test]
fn no_file_is_longer_than_four_hundred_lines_and_nothing_is_left_undone() {
    let mut findings = Vec::new();
    for (path, text) in files(".", ".rs") {
        let lines = text.lines().count();
        if lines > 400 {
            findings.push(format!("{path}: {lines} lines"));
        }
        let undone =
            [concat!("to", "do!("), concat!("unim", "plemented!("), concat!("FIX", "ME"), concat!("TO", "DO"), concat!("#[", "ignore")];
        for word in undone.iter().filter(|word| text.contains(**word)) {
            findings.push(format!("{path}: {word}"));
        }
    }
    none("short and finished", findings);
}

#[test]
fn names_say_what_things_are() {
    let vague = ["Manager", "Helper", "Util", "Common", "Impl"];
    let mut findings = Vec::new();
    for (path, text) in services_sources() {
        for line in text.lines() {
            let name = ["struct ", "enum ", "trait "]
                .iter()
                .find_map(|kind| line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").strip_prefix(kind));
            let name: String = name.unwrap_or_default().chars().take_while(|c| c.is_alphanumeric()).collect();
            if vague.iter().any(|word| name.ends_with(word)) {
                findings.push(format!("{path}: {name}"));
            }
        }
    }
    none("no Manager, Helper, Util, Common, Impl", findings);
}

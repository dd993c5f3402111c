//! The rules of the house, as tests over the sources, the package graph and the contract.

mod alerts;
mod clauses;
mod contract;
mod sources;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub const SERVICES: [&str; 7] = ["directory", "intake", "assessment", "disposal", "publication", "accountability", "notification"];

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below a folder with some ending: its path from the root, and its text.
pub fn files(below: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(&root().join(below), ending, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no {ending} below {below}");
    found
}

fn walk(dir: &Path, ending: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !matches!(path.file_name().and_then(|n| n.to_str()), Some("target" | ".git" | "node_modules" | ".run")) {
                walk(&path, ending, found);
            }
        } else if path.to_string_lossy().ends_with(ending) {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), text));
        }
    }
}

/// Fails with every finding, a line each.
pub fn none(rule: &str, findings: Vec<String>) {
    assert!(findings.is_empty(), "{rule}\n  {}", findings.join("\n  "));
}

//! The files a rule is made of, and what can be wrong with them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One file of the rule: its name, for messages, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Name shown in errors, e.g. `toksun.yaml`.
    pub name: &'a str,
    /// The whole content.
    pub text: &'a str,
}

/// 规则错误: what is wrong, in Chinese, and where: file, line and key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
pub struct RuleError {
    /// The file, by its name.
    pub file: String,
    /// The line, from 1; 0 when the error concerns the file as a whole.
    pub line: usize,
    /// The path of keys, e.g. `duties[3].due.hours`.
    pub key: String,
    /// What is wrong and what to do (中文).
    pub message: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.key, self.message)
    }
}

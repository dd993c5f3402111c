//! 规则文件: YAML read strictly, every value with its line and its path of keys.

mod table;
mod yaml;

pub(crate) use table::{At, Table};
pub(crate) use yaml::{Content, Node, read};

use crate::source::RuleError;
use std::sync::Arc;

/// Where something stands in the files; kept so that an error at the time of use still names it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) line: usize,
    pub(crate) key: String,
}

impl Place {
    /// An error about this place.
    pub(crate) fn error(&self, message: impl Into<String>) -> RuleError {
        RuleError { file: self.file.to_string(), line: self.line, key: self.key.clone(), message: message.into() }
    }
}

/// The errors found so far in one file.
#[derive(Debug)]
pub(crate) struct Problems {
    file: Arc<str>,
    found: Vec<RuleError>,
}

impl Problems {
    pub(crate) fn new(file: &str) -> Self {
        Problems { file: Arc::from(file), found: Vec::new() }
    }

    /// Notes an error at a line and a path of keys.
    pub(crate) fn note(&mut self, line: usize, key: &str, message: impl Into<String>) {
        self.found.push(RuleError { file: self.file.to_string(), line, key: key.to_owned(), message: message.into() });
    }

    /// Notes an error about a value.
    pub(crate) fn at(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.note(at.line, &at.key, message);
    }

    pub(crate) fn place(&self, at: &At<'_>) -> Place {
        Place { file: Arc::clone(&self.file), line: at.line, key: at.key.clone() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn into_found(self) -> Vec<RuleError> {
        self.found
    }
}

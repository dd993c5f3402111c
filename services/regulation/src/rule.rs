//! 规则: the county's regulation with its overlays and calendars, parsed and compiled.

use crate::appraisal::{Appraisal, Conduct, appraise};
use crate::assessment::{Assessment, IncidentSignals, Level, ReportSignals, Seen as SeenSignals};
use crate::calendar::Calendar;
use crate::chain::ChainStep;
use crate::duty::{EXTENSION, Ground, Obligation, Seen, Sequence, WAIVER, shapes_incident};
use crate::fact::Fact;
use crate::formula::Machine;
use crate::notice::NoticePlan;
use crate::parse::Content;
use crate::rule_book::Transition;
use crate::source::{RuleError, Source};
use crate::thresholds::Thresholds;
use crate::trend::TrendRule;
use crate::warning::{self, Finder};
use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};

/// 规则: parsed and compiled. Asked with the same facts it always answers the same; the answer depends
/// neither on the order of the facts nor on how often one is given.
#[derive(Debug)]
pub struct Rule {
    /// The name of the base file, for messages.
    file: String,
    version: String,
    thresholds: Thresholds,
    threshold_fields: Map<String, Value>,
    base: Content,
    overlays: Vec<Content>,
    calendar: Calendar,
    heeded: HashSet<String>,
    announced: HashSet<String>,
    machine: Machine,
}

impl Rule {
    /// Parses the county's rule, the overlays that bind beside it and the calendars.
    ///
    /// Strict: an unknown key, a wrong type, a condition that does not compile or names what does not
    /// exist, a repeated or a missing entry. All errors found are given, each with its file, line and key.
    pub fn parse(base: Source<'_>, overlays: &[Source<'_>], calendars: &[Source<'_>]) -> Result<Rule, Vec<RuleError>> {
        let machine = Machine::new();
        let mut errors = Vec::new();
        let content = Content::base(base, &machine, &mut errors);
        let mut beside = Vec::new();
        for overlay in overlays {
            beside.push(Content::overlay(*overlay, &machine, &mut errors));
        }
        let calendar = Calendar::parse(calendars, &mut errors);
        repeated_across(&content, &beside, &mut errors);
        let Some(thresholds) = content.thresholds.clone().filter(|_| errors.is_empty()) else {
            errors.sort();
            return Err(errors);
        };
        let all = || std::iter::once(&content).chain(&beside);
        let duties = all().flat_map(|content| &content.duties);
        let notices = all().flat_map(|content| &content.notices);
        Ok(Rule {
            file: base.name.to_owned(),
            version: version(base, overlays, calendars),
            threshold_fields: thresholds.fields(),
            thresholds,
            heeded: duties
                .flat_map(|duty| duty.kinds())
                .chain(content.ended_by.iter().flat_map(|ending| ending.kinds()))
                .map(str::to_owned)
                .collect(),
            announced: notices.map(|notice| notice.kind.clone()).collect(),
            base: content,
            overlays: beside,
            calendar,
            machine,
        })
    }

    /// 版本: hex SHA-256 over the contents of all files. The order of overlays and of calendars, and the
    /// names of files, make no difference, as they make none to the rule.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// 名称: the title of the regulation.
    pub fn name(&self) -> &str {
        &self.base.title
    }

    /// 施行日期: the day from which the county applies it.
    pub fn effective(&self) -> Option<Date> {
        self.base.effective
    }

    /// 衔接: what it does with what is open when it takes effect.
    pub(crate) fn transition(&self) -> Transition {
        self.base.transition
    }

    pub(crate) fn duty_ids(&self) -> impl Iterator<Item = &str> {
        self.contents().flat_map(|content| &content.duties).map(|duty| duty.id.as_str())
    }

    /// An error about the rule as a whole.
    pub(crate) fn error(&self, message: &str) -> RuleError {
        RuleError { file: self.file.clone(), line: 0, key: "effective".to_owned(), message: message.to_owned() }
    }

    /// 阈值: the county's numbers.
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// 走势: from when on a rise is one; none when the county sets nothing.
    pub fn trend(&self) -> Option<&TrendRule> {
        self.base.trend.as_ref()
    }

    /// 条款: every clause of the regulation and of the overlays, with its words.
    pub fn clauses(&self) -> impl Iterator<Item = (&str, &str)> {
        let clauses = self.contents().flat_map(|content| &content.clauses.0);
        clauses.map(|(clause, text)| (clause.as_str(), text.as_str()))
    }

    /// 引用的条款: every clause that a test, the trend, a duty, a notice or a chain carries out.
    pub fn cited(&self) -> Vec<&str> {
        let mut cited: Vec<&str> = self.base.tests.iter().map(|test| test.clause()).collect();
        cited.extend(self.base.trend.iter().map(|trend| trend.clause.as_str()));
        for content in self.contents() {
            cited.extend(content.duties.iter().map(|duty| duty.clause()));
            cited.extend(content.notices.iter().map(|notice| notice.clause.as_str()));
            cited.extend(content.chains.values().map(|chain| chain.clause.as_str()));
            cited.extend(content.appraisal.iter().map(|figure| figure.clause.as_str()));
        }
        cited.sort_unstable();
        cited.dedup();
        cited
    }

    /// 警告: what the rule says in vain, each at its place. It is valid and can be applied, but a condition never holds, a duty
    /// can be discharged by nobody, a clause is not in the regulation's text (if that is given) or is carried out by nothing.
    pub fn warnings(&self, text: Option<&str>) -> Vec<RuleError> {
        let mut cited = self.cited();
        cited.extend(self.base.carried_out.keys().map(String::as_str));
        let mut warnings = warning::of_clauses(self.contents(), &self.base, text, &cited);
        let finder = Finder { machine: &self.machine, threshold: &self.threshold_fields };
        warnings.extend(warning::of_tests(&self.base.tests, &finder));
        warnings.extend(self.contents().flat_map(|content| &content.duties).flat_map(|duty| warning::of_duty(duty, &finder)));
        warnings.extend(self.base.ended_by.iter().flat_map(|ending| warning::of_ending(ending, None, &finder)));
        warnings.sort();
        warnings.dedup();
        warnings
    }

    /// 由接口办理的条款: every clause that named rpcs carry out, with their full names, such as
    /// `huiying.disposal.v1.DisposalService/SubmitFindings`.
    pub fn carried_out(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.base.carried_out.iter().map(|(clause, rpcs)| (clause.as_str(), rpcs.as_slice()))
    }

    /// 研判 (二): runs the four tests on one incident.
    pub fn assess(&self, incident: &IncidentSignals, reports: &[ReportSignals]) -> Result<Assessment, RuleError> {
        let seen = SeenSignals::new(&self.machine, &self.threshold_fields, incident, reports);
        let mut grounds = Vec::new();
        for test in &self.base.tests {
            test.run(&seen, &mut grounds)?;
        }
        let level = if grounds.is_empty() { Level::Ordinary } else { Level::Important };
        Ok(Assessment { level, grounds })
    }

    /// 责任事项 (三, 四 and the overlays): everything owed that follows from the facts of one incident, or
    /// of those without one, in the order in which it came into being.
    pub fn obligations(&self, facts: &[Fact]) -> Result<Vec<Obligation>, RuleError> {
        self.owed(facts, |_| None)
    }

    /// The same; of a duty for which `since` gives a moment, only what was triggered from then on.
    pub(crate) fn owed(&self, facts: &[Fact], since: impl Fn(&str) -> Option<Timestamp>) -> Result<Vec<Obligation>, RuleError> {
        let facts = Sequence::of(facts, |kind| self.heeds(kind));
        let ground = Ground {
            version: &self.version,
            machine: &self.machine,
            threshold: &self.threshold_fields,
            minimum_minutes: self.thresholds.same_day_minimum_minutes,
            calendar: &self.calendar,
            ended_by: &self.base.ended_by,
        };
        let mut owed = Vec::new();
        for duty in self.contents().flat_map(|content| &content.duties) {
            duty.owed(&facts, since(&duty.id), ground, &mut owed)?;
        }
        owed.sort_by(|a, b| a.open_time.cmp(&b.open_time).then_with(|| a.key.cmp(&b.key)));
        Ok(owed)
    }

    /// 考核 (五(三)甲): the figures of one unit, by the county's formula, from how it handled what it owed.
    pub fn appraise(&self, conduct: &Conduct) -> Result<Appraisal, RuleError> {
        appraise(&self.base.appraisal, conduct, &self.machine)
    }

    /// 工作日历: the last day of it that is known from a day on without a gap. Working days past it cannot be counted.
    pub fn calendar_known_until(&self, from: Date) -> Date {
        self.calendar.known_until(from)
    }

    /// Whether a fact of this kind can change an obligation.
    pub fn heeds(&self, kind: &str) -> bool {
        self.heeded.contains(kind) || shapes_incident(kind) || [EXTENSION, WAIVER].contains(&kind)
    }

    /// Whether a fact of this kind can call for a notice.
    pub fn announces(&self, kind: &str) -> bool {
        self.announced.contains(kind)
    }

    /// 通知 (四(一)一 and others): who is told what because of this fact; one that cannot be made keeps no other back.
    /// A notice that names nobody, as the fact leaves its recipients empty, is left out.
    pub fn notices(&self, fact: &Fact) -> Vec<Result<NoticePlan, RuleError>> {
        if !self.announces(&fact.kind) {
            return Vec::new();
        }
        let Some(seen) = Seen::new(fact) else {
            return Vec::new();
        };
        let called_for = self.contents().flat_map(|content| &content.notices).filter(|notice| notice.kind == fact.kind);
        called_for.filter_map(|notice| notice.plan(&seen, &self.machine, &self.base.words).transpose()).collect()
    }

    /// 审批流程 by name: `statement`, `escalation`, `consolidation`, `line`.
    pub fn chain(&self, name: &str) -> Option<&[ChainStep]> {
        self.base.chains.get(name).map(|chain| chain.steps.as_slice())
    }

    fn contents(&self) -> impl Iterator<Item = &Content> {
        std::iter::once(&self.base).chain(&self.overlays)
    }
}

/// Duties and notices of all files share one space of ids.
fn repeated_across(base: &Content, overlays: &[Content], errors: &mut Vec<RuleError>) {
    let mut known = BTreeMap::new();
    let duties = |content: &Content| -> Vec<_> { content.duties.iter().map(|duty| (duty.id.clone(), duty.place.clone())).collect() };
    for (id, place) in duties(base) {
        known.entry(id).or_insert(place);
    }
    for overlay in overlays {
        for (id, place) in duties(overlay) {
            match known.get(&id) {
                Some(first) if first.file != place.file => {
                    errors.push(place.error(format!("责任“{id}”在 {}:{} 已有", first.file, first.line)));
                }
                _ => {
                    known.entry(id).or_insert(place);
                }
            }
        }
    }
}

fn version(base: Source<'_>, overlays: &[Source<'_>], calendars: &[Source<'_>]) -> String {
    let mut whole = Sha256::new();
    for (part, sources) in [("base", &[base][..]), ("overlay", overlays), ("calendar", calendars)] {
        let mut digests: Vec<[u8; 32]> = sources.iter().map(|source| Sha256::digest(source.text.as_bytes()).into()).collect();
        digests.sort_unstable();
        whole.update(part.as_bytes());
        for digest in digests {
            whole.update(digest);
        }
    }
    hex::encode(whole.finalize())
}

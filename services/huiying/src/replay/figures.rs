//! 考核对照: which figures of which unit would be others, as a leader reads it.

use std::fmt::{Display, Formatter, Result};

use regulation::{
    Counts, Figure, Party, RuleBook,
    replay::{Replay, Unit},
};

use crate::{names::Names, table::table};

/// What differs in the figures of units.
pub(super) struct Figures<'t> {
    pub(super) replay: &'t Replay,
    pub(super) book: &'t RuleBook,
    pub(super) before: Option<&'t RuleBook>,
    pub(super) names: &'t Names,
}

impl Display for Figures<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Replay { units, unappraised, uncounted, .. } = self.replay;
        let differing: Vec<&Unit> = units.iter().filter(|unit| unit.differs()).collect();
        writeln!(f, "\n考核: 期内涉及单位 {} 个,{} 个的指标有不同", units.len() + unappraised.len(), differing.len())?;
        self.notes(f)?;
        if *uncounted > 0 {
            writeln!(f, "注意: 期外开始的 {uncounted} 件按此规则算不出,其中期内到期的事项未计入考核")?;
        }
        for unit in differing {
            let (then, now) = (points(unit.then.total_tenths), points(unit.now.total_tenths));
            writeln!(f, "\n{}: 总分 {then} → {now}", self.unit(&unit.body_id))?;
            let rows = unit.changes().into_iter().map(|(then, now)| {
                let either = now.or(then);
                let text = |of: fn(&Figure) -> &String| either.map(of).cloned().unwrap_or_default();
                vec![text(|figure| &figure.name), text(|figure| &figure.clause), told(then), told(now)]
            });
            writeln!(f, "{}", table(&["指标", "条款", "原", "按此规则"], rows))?;
        }
        for (body_id, error) in unappraised {
            writeln!(f, "\n{}: 考核按此规则算不出: {error}", self.unit(body_id))?;
        }
        Ok(())
    }
}

impl Figures<'_> {
    /// By which formula the figures of the past were computed, where that is not the one of its time.
    fn notes(&self, f: &mut Formatter<'_>) -> Result {
        match self.before {
            _ if self.replay.units.is_empty() => Ok(()),
            None if !self.replay.appraises_as_told(self.book) => {
                writeln!(f, "注意: 账本不存考核公式,又未给出原规则(--before),原得分按此规则的公式由账本所载算出")
            }
            Some(before) if !self.replay.appraises_as_told(before) => {
                writeln!(f, "注意: 所给原规则(版本 {})不是账本截止时所用规则", super::print::brief(before.at(self.replay.end).version()))
            }
            _ => Ok(()),
        }
    }

    fn unit(&self, body_id: &str) -> String {
        self.names.party(&Party::Body(body_id.to_owned()))
    }
}

/// A total: "87.5", or "—" where no figure applies.
fn points(tenths: Option<i64>) -> String {
    tenths.map_or_else(|| "—".to_owned(), |tenths| format!("{}.{}", tenths / 10, tenths % 10))
}

/// "33分,权重15(应办3 按时1 逾期未办2)".
fn told(figure: Option<&Figure>) -> String {
    let Some(figure) = figure else { return "无此项".to_owned() };
    let score = figure.score.map_or_else(|| "不适用".to_owned(), |score| format!("{score}分"));
    let counted = counted(&figure.counts);
    let on = if counted.is_empty() { String::new() } else { format!("({})", counted.join(" ")) };
    format!("{score},权重{}{on}", figure.weight)
}

/// What there is to count.
fn counted(counts: &Counts) -> Vec<String> {
    let named = [
        ("应办", counts.owed),
        ("按时", counts.in_time),
        ("逾期办结", counts.late),
        ("逾期未办", counts.unmet),
        ("延期", counts.extended),
        ("报送", counts.submitted),
        ("退回", counts.returned),
        ("评查", counts.reviewed),
    ];
    named.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name}{count}")).collect()
}

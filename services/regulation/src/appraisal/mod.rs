//! 考核 (五(三)甲): the county's formula over how a unit handled what it owed in a period. Pure: what the unit did comes in, what
//! each figure is and on what it rests comes out.

mod conduct;

pub use conduct::{Clock, Conduct, Counts, Reference, Standing};

use crate::file::{At, Place, Problems};
use crate::formula::{Fields, Formula, Gives, Machine, Scope, Var};
use crate::parse::Clauses;
use crate::source::RuleError;
use crate::vocabulary::Shape;
use conduct::COUNT;

/// 考核指标: one figure of the formula.
#[derive(Debug)]
pub(crate) struct FigureRule {
    pub(crate) id: String,
    pub(crate) clause: String,
    name: String,
    weight: i64,
    /// The duties it counts; all when it names none.
    duties: Vec<String>,
    /// Where each of them is named.
    named: Vec<(String, Place)>,
    when: Option<Formula>,
    score: Formula,
}

/// 指标得分: a figure of one unit, and on what it rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The figure of the rule file.
    pub id: String,
    /// 名称.
    pub name: String,
    /// 条款.
    pub clause: String,
    /// 权重, of 100.
    pub weight: i64,
    /// 0 to 100; none where the figure does not apply to the unit.
    pub score: Option<i64>,
    /// What it was computed from.
    pub counts: Counts,
    /// The obligations that it counts, by id.
    pub obligation_ids: Vec<String>,
    /// The incidents in which they arose, or in which something was returned or reviewed, by id.
    pub incident_ids: Vec<String>,
}

/// 考核结果: all figures of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appraisal {
    /// In the order of the file.
    pub figures: Vec<Figure>,
    /// 总分 in tenths, 0 to 1,000: the mean of the figures that apply, by weight; none where none applies.
    pub total_tenths: Option<i64>,
}

const COUNT_SHAPES: &[&Shape] = &[&COUNT];

impl FigureRule {
    pub(crate) fn parse(at: &At<'_>, clauses: &Clauses, machine: &Machine, p: &mut Problems) -> Option<FigureRule> {
        let table = at.table(&["id", "name", "clause", "weight", "duties", "when", "score"], p)?;
        let id = table.need_text("id", p);
        let name = table.need_text("name", p);
        let clause = table.need("clause", p).and_then(|at| clauses.cited(&at, p));
        let weight = table.need("weight", p).and_then(|at| at.whole(1, 100, p));
        let mut named = Vec::new();
        for at in table.items("duties", p) {
            let place = p.place(&at);
            named.extend(at.text(p).map(|duty| (duty, place)));
        }
        let scope = Scope::new(machine, vec![("count", Var::Fields(COUNT_SHAPES))]);
        let when = table.get("when").map(|at| Formula::parse(&at, Gives::Truth, &scope, p));
        let score = table.need("score", p).and_then(|at| Formula::parse(&at, Gives::Number, &scope, p));
        Some(FigureRule {
            id: id?,
            clause: clause?,
            name: name?,
            weight: weight?,
            duties: named.iter().map(|(duty, _)| duty.clone()).collect(),
            named,
            when: when.map_or(Some(None), |when| when.map(Some))?,
            score: score?,
        })
    }

    /// The figure of one unit.
    fn of(&self, conduct: &Conduct, machine: &Machine) -> Result<Figure, RuleError> {
        let conduct = conduct.of_duties(&self.duties);
        let counts = conduct.counts();
        let fields = counts.fields();
        let mut context = machine.context();
        context.add_variable_as_val("count", Box::new(Fields::new(&COUNT, &fields)));
        let applies = self.when.as_ref().map_or(Ok(true), |when| when.holds(&context))?;
        let score = if applies { Some(self.score.number(&context)?) } else { None };
        if let Some(score) = score.filter(|score| !(0..=100).contains(score)) {
            return Err(self.score.place().error(format!("得分应在 0 至 100 之间,实为 {score}")));
        }
        Ok(Figure {
            id: self.id.clone(),
            name: self.name.clone(),
            clause: self.clause.clone(),
            weight: self.weight,
            score,
            counts,
            obligation_ids: conduct.obligation_ids(),
            incident_ids: conduct.incident_ids(),
        })
    }
}

/// Appraises one unit.
pub(crate) fn appraise(rules: &[FigureRule], conduct: &Conduct, machine: &Machine) -> Result<Appraisal, RuleError> {
    let figures = rules.iter().map(|rule| rule.of(conduct, machine)).collect::<Result<Vec<_>, _>>()?;
    let applied = || figures.iter().filter_map(|figure| Some((figure.weight, figure.score?)));
    let weights: i64 = applied().map(|(weight, _)| weight).sum();
    let points: i64 = applied().map(|(weight, score)| weight * score).sum();
    let total_tenths = (weights > 0).then(|| (points * 10 + weights / 2) / weights);
    Ok(Appraisal { figures, total_tenths })
}

/// What must hold of all figures of a file together: the weights make 100, and every duty that one counts is there.
pub(crate) fn check(rules: &[FigureRule], at: &At<'_>, duties: &[&str], p: &mut Problems) {
    let weights: i64 = rules.iter().map(|rule| rule.weight).sum();
    if weights != 100 {
        p.at(at, format!("权重之和应为 100,实为 {weights}"));
    }
    for (duty, place) in rules.iter().flat_map(|rule| &rule.named) {
        if !duties.contains(&duty.as_str()) {
            p.note(place.line, &place.key, format!("没有名为“{duty}”的责任"));
        }
    }
}

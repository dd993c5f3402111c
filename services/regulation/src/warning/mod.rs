//! 警告: what a valid rule says in vain.

mod domain;

pub(crate) use domain::{Finder, Root};

use crate::assessment::Test;
use crate::duty::{Duty, Settling};
use crate::formula::Formula;
use crate::parse::Content;
use crate::source::RuleError;
use crate::vocabulary::{INCIDENT, INCIDENT_SIGNALS, REPORT_SIGNALS, Shape, Type, fact_shape};

/// Clauses that the regulation's text does not have in these words, and clauses that nothing cites.
pub(crate) fn of_clauses<'c>(
    contents: impl Iterator<Item = &'c Content>,
    base: &Content,
    text: Option<&str>,
    cited: &[&str],
) -> Vec<RuleError> {
    let mut warnings = Vec::new();
    for (clause, place) in &base.listed {
        let words = base.clauses.0.get(clause).map_or("", String::as_str);
        if text.is_some_and(|text| !text.contains(words)) {
            warnings.push(place.error(format!("条款“{clause}”所列文字在制度原文里找不到:{words}")));
        }
    }
    for (clause, place) in contents.flat_map(|content| &content.listed) {
        if !cited.contains(&clause.as_str()) {
            warnings.push(place.error(format!("条款“{clause}”列了出来,但没有界定标准、责任、通知或审批流程引用它")));
        }
    }
    warnings
}

/// Tests that can never hit.
pub(crate) fn of_tests(tests: &[Test], finder: &Finder<'_>) -> Vec<RuleError> {
    let roots = [Root::fields("report", &REPORT_SIGNALS), Root::fields("incident", &INCIDENT_SIGNALS)];
    tests.iter().flat_map(|test| of_formula(test.hit(), &roots, finder, "这条界定标准永远不会命中")).collect()
}

/// Conditions of a duty that can never hold, and a duty that can never be discharged.
pub(crate) fn of_duty(duty: &Duty, finder: &Finder<'_>) -> Vec<RuleError> {
    let mut warnings = Vec::new();
    let trigger = duty.triggers().find_map(|(kind, _)| fact_shape(kind));
    for (kind, when) in duty.triggers() {
        warnings.extend(when.into_iter().flat_map(|when| of_formula(when, &roots(kind, None), finder, "这一触发条件永远不会成立")));
    }
    warnings.extend(duty.ends().iter().flat_map(|ending| of_ending(ending, trigger, finder)));
    let mut hopeful = false;
    for (kind, fits) in duty.discharges() {
        let found = fits.map_or_else(Vec::new, |fits| of_formula(fits, &roots(kind, trigger), finder, "这一办结条件永远不会成立"));
        hopeful |= fits.is_none_or(|fits| finder.can_hold(fits, &roots(kind, trigger)));
        warnings.extend(found);
    }
    if !hopeful {
        warnings.push(duty.place.error(format!("没有事实能办结“{}”,这项责任必然逾期", duty.name())));
    }
    warnings
}

/// Conditions of an end, and of taking it back, that can never hold.
pub(crate) fn of_ending(ending: &Settling, trigger: Option<&'static Shape>, finder: &Finder<'_>) -> Vec<RuleError> {
    let fits = ending.fits.iter();
    let mut warnings: Vec<RuleError> =
        fits.flat_map(|fits| of_formula(fits, &roots(&ending.kind, trigger), finder, "这一终止条件永远不会成立")).collect();
    if let Some(undoing) = &ending.undone
        && let Some(fits) = &undoing.fits
    {
        let mut roots = roots(&undoing.kind, None);
        roots.extend(fact_shape(&ending.kind).map(|shape| Root::fields("ended", shape)));
        warnings.extend(of_formula(fits, &roots, finder, "这一撤销条件永远不会成立"));
    }
    warnings
}

/// What a duty's condition may mention.
fn roots(kind: &str, trigger: Option<&'static Shape>) -> Vec<Root> {
    let mut roots = vec![Root::fields("incident", &INCIDENT), Root::text("debtor")];
    roots.extend(fact_shape(kind).map(|shape| Root::fields("fact", shape)));
    roots.extend(trigger.map(|shape| Root::fields("trigger", shape)));
    roots
}

/// A word that its field never has, and a condition that holds for no values.
fn of_formula(formula: &Formula, roots: &[Root], finder: &Finder<'_>, never: &str) -> Vec<RuleError> {
    let place = formula.place();
    let mut warnings = Vec::new();
    for (root, field, word) in &formula.literals().compared {
        let kind = roots.iter().find(|known| known.name == *root).and_then(|root| root.shape).and_then(|shape| shape.field(field));
        if let Some(Type::Enum(names)) = kind
            && !names.contains(&word.as_str())
        {
            warnings.push(place.error(format!("{root}.{field} 不会是“{word}”,只会是:{}", names.join("、"))));
        }
    }
    if !finder.can_hold(formula, roots) {
        warnings.push(place.error(never));
    }
    warnings
}

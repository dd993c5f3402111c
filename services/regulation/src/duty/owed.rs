//! 推定: which obligations follow from the facts.

use super::due::Clock;
use super::relief::extend;
use super::sequence::{Seen, Sequence};
use super::{Duty, EXTENSION, Ground, Obligation, Outcome, Renewed, Settling, Trigger, WAIVER};
use crate::civil::{limit_words, moment_words};
use crate::formula::Fields;
use crate::party::Party;
use crate::source::RuleError;
use crate::vocabulary::{INCIDENT, THRESHOLD};
use cel::Context;
use cel::common::types::CelString;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// One trigger of one debtor, before it is known whether it starts a clock of its own.
pub(super) struct Claim<'s, 'f> {
    trigger: &'s Seen<'f>,
    pub(super) debtor: Party,
    creditor: Option<Party>,
    start: Timestamp,
    due: Timestamp,
    derivation: Vec<String>,
}

/// A clock and the facts that have settled it.
pub(super) struct Running<'s, 'f> {
    pub(super) claim: Claim<'s, 'f>,
    /// Facts that triggered it again.
    joined: Vec<&'f str>,
    discharge: Option<&'s Seen<'f>>,
    end: Option<(&'s Seen<'f>, &'s str)>,
}

impl Running<'_, '_> {
    /// Whether a fact triggered it, first or again.
    pub(super) fn began_with(&self, fact_id: &str) -> bool {
        self.claim.trigger.fact.id == fact_id || self.joined.contains(&fact_id)
    }
}

impl Duty {
    /// The obligations of this duty, appended in the order of their triggers; of triggers from `since` on alone, if given.
    pub(crate) fn owed(
        &self,
        facts: &Sequence<'_>,
        since: Option<Timestamp>,
        ground: Ground<'_>,
        owed: &mut Vec<Obligation>,
    ) -> Result<(), RuleError> {
        let mut claims: BTreeMap<(Party, String), Vec<Claim<'_, '_>>> = BTreeMap::new();
        for trigger in &self.triggers {
            for seen in facts.of_kind(&trigger.kind).filter(|seen| since.is_none_or(|since| seen.fact.time >= since)) {
                self.claims(trigger, seen, facts, ground, &mut claims)?;
            }
        }
        for mut claims in claims.into_values() {
            claims.sort_by(|a, b| a.trigger.order().cmp(&b.trigger.order()));
            let mut running: Option<Running<'_, '_>> = None;
            for claim in claims {
                running = Some(match running.take() {
                    None => self.run(claim, None, facts, ground)?,
                    Some(mut before) => {
                        if self.is_over(&before, &claim, facts, ground)? {
                            let over = self.obligation(before, facts, ground)?;
                            // What came after its end has not discharged it, and may discharge this one.
                            let used = match &over.outcome {
                                Outcome::Discharged { fact_id, .. } | Outcome::DischargedLate { fact_id, .. } => Some(fact_id.as_str()),
                                Outcome::Open | Outcome::Waived { .. } | Outcome::Ended { .. } => None,
                            };
                            let next = self.run(claim, used, facts, ground)?;
                            owed.push(over);
                            next
                        } else {
                            join(&mut before, claim);
                            before
                        }
                    }
                });
            }
            if let Some(last) = running {
                owed.push(self.obligation(last, facts, ground)?);
            }
        }
        Ok(())
    }

    fn claims<'s, 'f>(
        &'s self,
        trigger: &'s Trigger,
        seen: &'s Seen<'f>,
        facts: &'s Sequence<'f>,
        ground: Ground<'s>,
        claims: &mut BTreeMap<(Party, String), Vec<Claim<'s, 'f>>>,
    ) -> Result<(), RuleError> {
        let mut context = context(facts, ground, seen.fact.time);
        context.add_variable_as_val("fact", Box::new(seen.fields()));
        if let Some(when) = &trigger.when
            && !when.holds(&context)?
        {
            return Ok(());
        }
        let debtors = trigger.debtor.resolve(&context)?;
        if debtors.is_empty() {
            return Ok(());
        }
        let open = seen.fact.time;
        let mut derivation = Vec::new();
        let start = start(trigger, &context, open, &mut derivation)?;
        let clock = Clock { start, open, minimum_minutes: ground.minimum_minutes, calendar: ground.calendar };
        let due = self.due.compute(&clock, &context, &mut derivation, &self.place)?;
        derivation.extend(self.note.iter().map(|note| format!("说明:{note}")));
        derivation.push(format!("时限至{},依据:{}", limit_words(due), self.basis));
        let per = match &self.per {
            Some(per) => per.text(&context)?,
            None => String::new(),
        };
        let creditor = match &self.creditor {
            Some(creditor) => creditor.resolve(&context)?.into_iter().next(),
            None => None,
        };
        for debtor in debtors {
            claims.entry((debtor.clone(), per.clone())).or_default().push(Claim {
                trigger: seen,
                debtor,
                creditor: creditor.clone(),
                start,
                due,
                derivation: derivation.clone(),
            });
        }
        Ok(())
    }

    /// Starts a clock and looks for what settled it. `used` is the fact that discharged the clock before.
    fn run<'s, 'f>(
        &'s self,
        claim: Claim<'s, 'f>,
        used: Option<&str>,
        facts: &'s Sequence<'f>,
        ground: Ground<'s>,
    ) -> Result<Running<'s, 'f>, RuleError> {
        let mut discharge: Option<&Seen<'_>> = None;
        for settling in &self.discharged_by {
            for seen in facts.of_kind(&settling.kind) {
                let counts = seen.fact.time >= claim.start && seen.fact.id != claim.trigger.fact.id && used != Some(seen.fact.id.as_str());
                if counts && fits(settling, seen, &claim, facts, ground)? {
                    discharge = earlier(discharge, seen);
                    break;
                }
            }
        }
        let end = self.end(&claim, None, facts, ground)?;
        Ok(Running { claim, joined: Vec::new(), discharge, end })
    }

    /// The first fact that ends a clock, after its trigger and not after `until`; what ends every duty of the incident holds for
    /// what comes about after it, too. What was taken back ends nothing.
    fn end<'s, 'f>(
        &'s self,
        claim: &Claim<'s, 'f>,
        until: Option<Timestamp>,
        facts: &'s Sequence<'f>,
        ground: Ground<'s>,
    ) -> Result<Option<(&'s Seen<'f>, &'s str)>, RuleError> {
        let mut first: Option<(&Seen<'_>, &str)> = None;
        let own = self.ended_by.iter().map(|settling| (settling, false));
        for (settling, whenever) in own.chain(ground.ended_by.iter().map(|settling| (settling, true))) {
            for seen in facts.of_kind(&settling.kind) {
                let after = whenever || seen.order() > claim.trigger.order();
                let counts = after && until.is_none_or(|until| seen.fact.time <= until);
                if counts && fits(settling, seen, claim, facts, ground)? && !undone(settling, seen, facts, ground)? {
                    if first.is_none_or(|(found, _)| seen.order() < found.order()) {
                        first = Some((seen, settling.reason.as_str()));
                    }
                    break;
                }
            }
        }
        Ok(first)
    }

    /// Whether a further claim finds the clock before it over, so that it starts one of its own.
    fn is_over<'s, 'f>(
        &'s self,
        before: &Running<'s, 'f>,
        claim: &Claim<'s, 'f>,
        facts: &'s Sequence<'f>,
        ground: Ground<'s>,
    ) -> Result<bool, RuleError> {
        let at = claim.trigger.fact.time;
        if self.end(&before.claim, Some(at), facts, ground)?.is_some() {
            return Ok(true);
        }
        if self.granted(WAIVER, before, facts).any(|waiver| waiver.fact.time <= at) {
            return Ok(true);
        }
        Ok(self.renewed == Renewed::AfterFinish && before.discharge.is_some_and(|seen| seen.fact.time <= at))
    }

    fn obligation(&self, mut running: Running<'_, '_>, facts: &Sequence<'_>, ground: Ground<'_>) -> Result<Obligation, RuleError> {
        let mut due = running.claim.due;
        let mut derivation = std::mem::take(&mut running.claim.derivation);
        let extensions = extend(&mut due, &mut derivation, self.granted(EXTENSION, &running, facts));
        let waiver = self.granted(WAIVER, &running, facts).next();
        let Running { claim, discharge, end, .. } = running;
        let before = |one: &Seen<'_>, other: Option<&Seen<'_>>| other.is_none_or(|other| one.fact.time <= other.fact.time);
        let settled = |seen: &Seen<'_>| (seen.fact.id.clone(), seen.fact.time);
        let outcome = match (discharge, end) {
            (Some(seen), end) if before(seen, end.map(|(ended, _)| ended)) && before(seen, waiver) => {
                let (fact_id, time) = settled(seen);
                if time < due { Outcome::Discharged { fact_id, time } } else { Outcome::DischargedLate { fact_id, time } }
            }
            (_, Some((seen, reason))) if before(seen, waiver) => {
                let (fact_id, time) = settled(seen);
                // What came about after it is over as soon as it came about.
                Outcome::Ended { fact_id, time: time.max(claim.trigger.fact.time), reason: reason.to_owned() }
            }
            _ => match waiver.map(settled) {
                Some((fact_id, time)) => Outcome::Waived { fact_id, time },
                None => Outcome::Open,
            },
        };
        let open = claim.trigger.fact.time;
        let mut reminders = Vec::new();
        for rule in &self.reminders {
            let planned = rule.plan(open, due, &claim.debtor);
            reminders.extend(planned.map_err(|message| self.place.error(message))?);
        }
        reminders.sort();
        Ok(Obligation {
            key: format!("{}:{}:{}", self.id, claim.trigger.fact.id, claim.debtor),
            duty_id: self.id.clone(),
            name: self.name.clone(),
            act: self.act.clone(),
            clause: self.clause.clone(),
            basis: self.basis.clone(),
            debtor: claim.debtor,
            creditor: claim.creditor,
            incident_id: claim.trigger.fact.incident_id.clone(),
            trigger_fact_id: claim.trigger.fact.id.clone(),
            open_time: open,
            start_time: claim.start,
            due_time: due,
            derivation,
            reminders,
            extensions,
            extension: self.extension.clone(),
            waiver: self.waiver.clone(),
            rule_version: ground.version.to_owned(),
            outcome,
        })
    }
}

/// 维持最早: a further trigger joins the clock there is. Should it be due earlier, the earlier time counts,
/// but not before the trigger that brought it: nobody is late by what nobody knew.
fn join<'f>(before: &mut Running<'_, 'f>, claim: Claim<'_, 'f>) {
    let again = claim.trigger.fact;
    if again.id == before.claim.trigger.fact.id {
        return;
    }
    before.joined.push(&again.id);
    let at = moment_words(again.time);
    let known = &mut before.claim;
    if before.discharge.is_some_and(|seen| seen.fact.time <= again.time) {
        known.derivation.push(format!("{at}再次触发(事实 {}),此前已办结,不另起算", again.id));
        return;
    }
    let due = claim.due.max(again.time);
    if due < known.due {
        known.derivation.push(format!("{at}再次触发(事实 {}),时限提前:", again.id));
        known.derivation.extend(claim.derivation);
        if due > claim.due {
            known.derivation.push(format!("新时限在触发时已过,自触发时计:{}", limit_words(due)));
        }
        known.due = due;
        known.start = known.start.min(claim.start);
    } else {
        let limit = limit_words(known.due);
        known.derivation.push(format!("{at}再次触发(事实 {}),维持最早时限{limit},不另起算", again.id));
    }
}

fn start(trigger: &Trigger, context: &Context<'_, '_>, open: Timestamp, derivation: &mut Vec<String>) -> Result<Timestamp, RuleError> {
    let kind = &trigger.kind;
    let Some(from) = &trigger.from else {
        derivation.push(format!("起算:{}({kind})", moment_words(open)));
        return Ok(open);
    };
    let text = from.text(context)?;
    if text.is_empty() {
        derivation.push(format!("起算:{}({kind};起算时间未载明,自触发时计)", moment_words(open)));
        return Ok(open);
    }
    let start = text.parse::<Timestamp>();
    let start = start.map_err(|_| from.place().error(format!("“{text}”不是时间")))?;
    derivation.push(format!("起算:{}({kind} 载明),触发:{}", moment_words(start), moment_words(open)));
    Ok(start)
}

fn earlier<'s, 'f>(known: Option<&'s Seen<'f>>, seen: &'s Seen<'f>) -> Option<&'s Seen<'f>> {
    match known {
        Some(known) if known.order() <= seen.order() => Some(known),
        _ => Some(seen),
    }
}

fn fits(settling: &Settling, seen: &Seen<'_>, claim: &Claim<'_, '_>, facts: &Sequence<'_>, ground: Ground<'_>) -> Result<bool, RuleError> {
    let Some(formula) = &settling.fits else {
        return Ok(true);
    };
    let mut context = context(facts, ground, seen.fact.time);
    context.add_variable_as_val("fact", Box::new(seen.fields()));
    context.add_variable_as_val("trigger", Box::new(claim.trigger.fields()));
    context.add_variable_as_val("debtor", Box::new(CelString::from(claim.debtor.id())));
    formula.holds(&context)
}

/// Whether a later fact took an end back.
fn undone(settling: &Settling, ended: &Seen<'_>, facts: &Sequence<'_>, ground: Ground<'_>) -> Result<bool, RuleError> {
    let Some(undoing) = &settling.undone else { return Ok(false) };
    for seen in facts.of_kind(&undoing.kind).filter(|seen| seen.order() > ended.order()) {
        let Some(formula) = &undoing.fits else { return Ok(true) };
        let mut context = context(facts, ground, seen.fact.time);
        context.add_variable_as_val("fact", Box::new(seen.fields()));
        context.add_variable_as_val("ended", Box::new(ended.fields()));
        if formula.holds(&context)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `incident` and `threshold`, as of a moment.
fn context<'c>(facts: &'c Sequence<'_>, ground: Ground<'c>, time: Timestamp) -> Context<'c, 'c> {
    let mut context = ground.machine.context();
    let incident = Fields::new(&INCIDENT, facts.incident_at(time));
    context.add_variable_as_val("incident", Box::new(incident));
    context.add_variable_as_val("threshold", Box::new(Fields::new(&THRESHOLD, ground.threshold)));
    context
}

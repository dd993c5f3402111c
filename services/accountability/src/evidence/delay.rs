//! By whose hands the time of an obligation passed (时间归属): the system's until somebody was told, others' while it waited for
//! them, an extension's where one was granted, and the unit's own. Pure.

use jiff::Timestamp;
use regulation::{Fact, Obligation as Owed, Outcome, Party};
use serde_json::Value;

/// In whose hands a matter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hands {
    /// 系统: nobody had been told yet.
    System,
    /// 本单位.
    Unit,
    /// 等待他人.
    Others,
    /// 经批准的延期.
    Extension,
}

/// A time during which it is in the same hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub hands: Hands,
    /// What is waited for, in Chinese.
    pub words: &'static str,
    pub start: Timestamp,
    pub end: Timestamp,
    /// The fact that began it; none where a time did.
    pub fact_id: Option<String>,
}

/// The account of one obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub spans: Vec<Span>,
}

impl Account {
    /// Whole minutes in some hands.
    pub fn minutes(&self, hands: Hands) -> i64 {
        self.spans.iter().filter(|span| span.hands == hands).map(|span| span.end.duration_since(span.start).as_mins()).sum()
    }
}

/// A fact in the light of an obligation: what it changes about whose hands the matter is in.
struct Turn<'f> {
    at: Timestamp,
    fact_id: Option<&'f str>,
    change: Change,
}

enum Change {
    /// 通知送达.
    Told,
    /// 签收.
    Acknowledged,
    /// 向他人要材料, and its end.
    Asked(i32),
    /// 已报送, 待审核.
    Submitted,
    /// 退回.
    Returned,
    /// 已采纳.
    Accepted,
    /// 延期 until it ends.
    Extended(bool),
}

/// When the debtor was told, and by which fact.
pub(crate) struct Seen {
    pub time: Timestamp,
    pub fact_id: String,
}

/// The account of an obligation, from the facts of its incident: from its start to its end, or to now. An extension is a fact
/// `accountability.ExtensionGranted` that names the obligation: the unit's own time from what was due before until
/// its `due_time` counts as granted.
pub(crate) fn account(id: &str, owed: &Owed, facts: &[Fact], told: Option<Seen>, now: Timestamp) -> Account {
    let end = match &owed.outcome {
        Outcome::Open => now,
        Outcome::Discharged { time, .. }
        | Outcome::DischargedLate { time, .. }
        | Outcome::Waived { time, .. }
        | Outcome::Ended { time, .. } => *time,
    };
    let end = end.max(owed.start_time);
    let mut turns: Vec<Turn<'_>> = facts.iter().flat_map(|fact| turns(id, owed, fact)).collect();
    turns.extend(told.iter().map(|seen| Turn { at: seen.time, fact_id: Some(&seen.fact_id), change: Change::Told }));
    turns.sort_by(|a, b| (a.at, a.fact_id).cmp(&(b.at, b.fact_id)));
    let mut state = Standing::default();
    let (mut spans, mut from, mut cause) = (Vec::new(), owed.start_time, Some(owed.trigger_fact_id.as_str()));
    for turn in &turns {
        if turn.at >= end {
            break;
        }
        if turn.at > from {
            push(&mut spans, &state, from, turn.at, cause);
            from = turn.at;
        }
        state.take(&turn.change);
        if turn.at > owed.start_time {
            cause = turn.fact_id;
        } else if !matches!(turn.change, Change::Told) {
            // What was known before does not tell anybody of what is owed from now on.
            state.told = false;
        }
    }
    push(&mut spans, &state, from, end, cause);
    Account { spans }
}

/// Where the matter stands between two turns.
#[derive(Default)]
struct Standing {
    told: bool,
    acknowledged: bool,
    asked: i32,
    under_review: bool,
    returned: bool,
    extended: bool,
}

impl Standing {
    fn take(&mut self, change: &Change) {
        match change {
            Change::Told => self.told = true,
            Change::Acknowledged => (self.told, self.acknowledged) = (true, true),
            Change::Asked(more) => self.asked = (self.asked + more).max(0),
            Change::Submitted => (self.told, self.acknowledged, self.under_review, self.returned) = (true, true, true, false),
            Change::Returned => (self.told, self.under_review, self.returned) = (true, false, true),
            Change::Accepted => self.under_review = false,
            Change::Extended(on) => self.extended = *on,
        }
    }

    fn hands(&self) -> (Hands, &'static str) {
        match self {
            Self { told: false, .. } => (Hands::System, "通知尚未送达"),
            Self { under_review: true, .. } => (Hands::Others, "已报送,等待审核"),
            Self { asked: 1.., .. } => (Hands::Others, "等待其他单位提供情况材料"),
            Self { extended: true, .. } => (Hands::Extension, "经批准延期"),
            Self { returned: true, .. } => (Hands::Unit, "退回后由本单位补充"),
            Self { acknowledged: false, .. } => (Hands::Unit, "等待本单位签收"),
            _ => (Hands::Unit, "由本单位办理"),
        }
    }
}

/// Adds a span, or lengthens the last where nothing changed.
fn push(spans: &mut Vec<Span>, state: &Standing, start: Timestamp, end: Timestamp, cause: Option<&str>) {
    if start >= end {
        return;
    }
    let (hands, words) = state.hands();
    match spans.last_mut() {
        Some(last) if (last.hands, last.words) == (hands, words) => last.end = end,
        _ => spans.push(Span { hands, words, start, end, fact_id: cause.map(str::to_owned) }),
    }
}

/// What a fact changes for an obligation. What befell before it began still tells where it stood then.
fn turns<'f>(id: &str, owed: &Owed, fact: &'f Fact) -> Vec<Turn<'f>> {
    let text = |name: &str| fact.fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let own = matches!(&owed.debtor, Party::Body(body) if body == text("body_id"));
    let change = match fact.kind.as_str() {
        "disposal.AssignmentAcknowledged" if own => Change::Acknowledged,
        "disposal.MaterialRequested" if !own => Change::Asked(1),
        "disposal.MaterialProvided" if !own => Change::Asked(-1),
        "disposal.FindingsSubmitted" if own => Change::Submitted,
        "disposal.FindingsReturned" if own => Change::Returned,
        "disposal.FindingsAccepted" if own => Change::Accepted,
        "accountability.ExtensionGranted" if text("obligation_id") == id => return extension(owed, fact),
        _ => return Vec::new(),
    };
    vec![Turn { at: fact.time, fact_id: Some(&fact.id), change }]
}

/// The unit's time that an extension granted: from what was due before, or from the granting where it does not tell, to the new
/// due time.
fn extension<'f>(owed: &Owed, fact: &'f Fact) -> Vec<Turn<'f>> {
    let time = |name: &str| fact.fields.get(name).and_then(Value::as_str).and_then(|text| text.parse::<Timestamp>().ok());
    let Some(until) = time("due_time") else { return Vec::new() };
    let from = time("previous_due_time").unwrap_or(fact.time).max(owed.start_time);
    vec![
        Turn { at: from, fact_id: Some(&fact.id), change: Change::Extended(true) },
        Turn { at: until, fact_id: None, change: Change::Extended(false) },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn time(text: &str) -> Timestamp {
        format!("2026-11-10T{text}:00+08:00").parse().unwrap()
    }

    fn owed(outcome: Outcome) -> Owed {
        Owed {
            key: "key".into(),
            duty_id: "unit_findings".into(),
            name: "报送调查结果".into(),
            clause: "四(三)".into(),
            basis: "四(三)".into(),
            debtor: Party::Body("water".into()),
            creditor: None,
            incident_id: Some("i".into()),
            trigger_fact_id: "trigger".into(),
            open_time: time("09:00"),
            start_time: time("09:00"),
            due_time: time("15:00"),
            derivation: Vec::new(),
            reminders: Vec::new(),
            act: "findings".into(),
            extensions: Vec::new(),
            extension: None,
            waiver: None,
            rule_version: String::new(),
            outcome,
        }
    }

    fn fact(id: &str, kind: &str, at: &str, fields: Value) -> Fact {
        let fields = fields.as_object().unwrap().clone();
        Fact { id: id.into(), kind: kind.into(), time: time(at), incident_id: Some("i".into()), fields }
    }

    fn told(account: &Account) -> Vec<(Hands, i64)> {
        account.spans.iter().map(|span| (span.hands, span.end.duration_since(span.start).as_mins())).collect()
    }

    #[test]
    fn each_stretch_of_time_is_in_somebody_s_hands() {
        let body = |body: &str| json!({"body_id": body});
        let facts = [
            fact("s2", "disposal.FindingsSubmitted", "16:00", body("water")),
            fact("ack", "disposal.AssignmentAcknowledged", "09:40", body("water")),
            fact("ask", "disposal.MaterialRequested", "10:00", body("school")),
            fact("own", "disposal.MaterialRequested", "10:10", body("water")),
            fact("give", "disposal.MaterialProvided", "11:00", body("school")),
            fact("s1", "disposal.FindingsSubmitted", "12:00", body("water")),
            fact("back", "disposal.FindingsReturned", "13:00", body("water")),
        ];
        let seen = Seen { time: time("09:05"), fact_id: "notice".into() };
        let end = Outcome::DischargedLate { fact_id: "s2".into(), time: time("16:00") };
        let account = account("o", &owed(end), &facts, Some(seen), time("20:00"));
        let expected = [
            (Hands::System, 5),
            (Hands::Unit, 35),
            (Hands::Unit, 20),
            (Hands::Others, 60),
            (Hands::Unit, 60),
            (Hands::Others, 60),
            (Hands::Unit, 180),
        ];
        assert_eq!(told(&account), expected);
        let causes: Vec<&str> = account.spans.iter().filter_map(|span| span.fact_id.as_deref()).collect();
        assert_eq!(causes, ["trigger", "notice", "ack", "ask", "give", "s1", "back"]);
        assert_eq!((account.minutes(Hands::Unit), account.minutes(Hands::Others)), (295, 120));
    }

    #[test]
    fn what_nobody_was_told_of_is_the_system_s_and_what_was_extended_is_granted() {
        let untold = account("o", &owed(Outcome::Open), &[], None, time("12:00"));
        assert_eq!(told(&untold), [(Hands::System, 180)]);
        let fields = json!({"obligation_id": "o", "previous_due_time": time("15:00").to_string(), "due_time": time("17:00").to_string()});
        let facts = [fact("x", "accountability.ExtensionGranted", "14:00", fields)];
        let seen = || Some(Seen { time: time("09:00"), fact_id: "notice".into() });
        let extended = account("o", &owed(Outcome::Open), &facts, seen(), time("18:00"));
        assert_eq!(told(&extended), [(Hands::Unit, 360), (Hands::Extension, 120), (Hands::Unit, 60)]);
        let another = account("p", &owed(Outcome::Open), &facts, seen(), time("18:00"));
        assert_eq!(told(&another), [(Hands::Unit, 540)]);
    }
}

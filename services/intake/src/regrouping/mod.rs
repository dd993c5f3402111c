//! Regroupings (归并调整): what was merged, split or moved, and what it takes to put it back.

pub(crate) mod carrying;
pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

use crate::incident::Incident;

/// More reports than this no regrouping takes: the smaller incident is merged into the larger.
pub(crate) const MOST: i64 = 10_000;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 并入.
    Merge,
    /// 拆分.
    Split,
    /// 移动.
    Move,
}

/// That it was taken back (撤销).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Undone {
    pub by: Uuid,
    pub reason: String,
    pub time: Timestamp,
    pub reports: i64,
}

/// A decision on what belongs together: of a person, or, as a merge, of what later reports showed (系统归并).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Regrouping {
    pub id: Uuid,
    pub kind: Kind,
    pub from: Uuid,
    pub from_number: String,
    pub to: Uuid,
    pub to_number: String,
    /// Whether it opened the incident that the reports went to.
    pub opened: bool,
    pub reports: i64,
    /// The first of the reports.
    pub report_ids: Vec<Uuid>,
    /// The units of the incident that took the reports, before.
    pub bodies_before: Vec<Uuid>,
    /// And after.
    pub bodies_after: Vec<Uuid>,
    /// None when no person did it.
    pub by: Option<Uuid>,
    pub reason: String,
    pub time: Timestamp,
    pub undone: Option<Undone>,
}

impl Regrouping {
    /// Refuses to take back what was taken back, and what a later decision stands against: either incident went into another, or a
    /// person decided the level of the one that took the reports in, knowing them.
    pub fn check_undo(&self, from: &Incident, to: &Incident) -> Result<(), Refusal> {
        if self.undone.is_some() {
            return Err(Refusal::state("REGROUPING_UNDONE", "该次归并调整已经撤销。"));
        }
        if let Some((_, number)) = &to.merged_into {
            return Err(overtaken(format!("{} 此后已并入 {number},请先撤销该次归并。", to.number)));
        }
        match (&from.merged_into, self.kind) {
            (Some((into, _)), Kind::Merge) if *into == self.to => {}
            (None, Kind::Split | Kind::Move) => {}
            (Some((_, number)), _) => return Err(overtaken(format!("{} 此后已并入 {number},请先撤销该次归并。", from.number))),
            (None, Kind::Merge) => return Err(overtaken(format!("{} 已不在并入状态。", from.number))),
        }
        if self.kind != Kind::Move && to.classified.is_some_and(|time| time > self.time) {
            let message = format!("{} 在这次调整之后已由人认定级别,所依据的线索不能再撤走;确需分开的,请用拆分。", to.number);
            return Err(overtaken(message));
        }
        Ok(())
    }
}

fn overtaken(message: String) -> Refusal {
    Refusal::state("REGROUPING_OVERTAKEN", message)
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("REGROUPING_UNKNOWN", "没有这次归并调整。")
}

pub(crate) fn nothing_stays() -> Refusal {
    Refusal::state("NOTHING_STAYS", "不能把全部线索拆出;事件中至少要留下一条。")
}

pub(crate) fn too_large() -> Refusal {
    Refusal::state("REGROUPING_TOO_LARGE", format!("一次最多调整 {MOST} 条线索;请把线索少的事件并入线索多的事件。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(number: &str) -> Incident {
        Incident::open(Uuid::from_u128(number.len() as u128), number.into(), "题".into(), Timestamp::UNIX_EPOCH)
    }

    fn merge() -> (Regrouping, Incident, Incident) {
        let (mut from, to) = (incident("2026-0002"), Incident { id: Uuid::max(), ..incident("2026-0001") });
        from.merged_into = Some((to.id, to.number.clone()));
        let regrouping = Regrouping {
            id: Uuid::nil(),
            kind: Kind::Merge,
            from: from.id,
            from_number: from.number.clone(),
            to: to.id,
            to_number: to.number.clone(),
            opened: false,
            reports: 1,
            report_ids: Vec::new(),
            bodies_before: Vec::new(),
            bodies_after: Vec::new(),
            by: None,
            reason: "同一件事".into(),
            time: Timestamp::UNIX_EPOCH,
            undone: None,
        };
        (regrouping, from, to)
    }

    #[test]
    fn what_was_decided_since_stands_against_an_undo_and_is_named() {
        let (regrouping, from, to) = merge();
        assert_eq!(regrouping.check_undo(&from, &to), Ok(()));
        let further = Incident { merged_into: Some((Uuid::nil(), "2026-0003".into())), ..to.clone() };
        assert!(regrouping.check_undo(&from, &further).unwrap_err().message.contains("2026-0003"));
        let before = Incident { classified: Some(Timestamp::UNIX_EPOCH), ..to.clone() };
        assert_eq!(regrouping.check_undo(&from, &before), Ok(()));
        let after = Incident { classified: Some(Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1)), ..to.clone() };
        assert_eq!(regrouping.check_undo(&from, &after).unwrap_err().reason, "REGROUPING_OVERTAKEN");
        let moved = Regrouping { kind: Kind::Move, ..regrouping.clone() };
        assert_eq!(moved.check_undo(&Incident { merged_into: None, ..from.clone() }, &after), Ok(()));
        let undone = Undone { by: Uuid::nil(), reason: "错".into(), time: Timestamp::UNIX_EPOCH, reports: 1 };
        let again = Regrouping { undone: Some(undone), ..regrouping };
        assert_eq!(again.check_undo(&from, &to).unwrap_err().reason, "REGROUPING_UNDONE");
    }
}

//! Use case of chases: tell the steps that are due.

use chassis::{Audit, Db, Error, Fence, Tx, wire_id, wire_ids};
use huiying_proto::notification::NoticeUnacknowledged;
use regulation::ChaseStep;
use uuid::Uuid;

use super::{Chase, Recipient, store};
use crate::{
    notice::Content,
    telling::{Letter, behind, deliver, last_resort},
};

/// Chases that are looked at in one transaction.
const AT_ONCE: i64 = 100;

/// Tells the steps that are due by now, one of each chase (逐级催签). How many chases it were; none when the lease is another's.
pub(crate) async fn settle(db: &Db, fence: Fence) -> Result<Option<usize>, Error> {
    let mut tx = db.begin("notification.chase").await?;
    let now = tx.now();
    let due = store::due(tx.conn(), now, AT_ONCE).await?;
    let count = due.len();
    let mut last = None;
    for mut chase in due {
        if let Some(before) = last.replace(Audit::of("chase", chase.cause).incident(wire_id(chase.incident_id)).clause("四(一)一")) {
            tx.note(before);
        }
        climb(&mut tx, &mut chase).await?;
        store::save(tx.conn(), &chase).await?;
    }
    match last {
        None => Ok(Some(0)),
        Some(audit) => tx.commit_task_under(fence, audit).await.map(|held| held.then_some(count)),
    }
}

/// Tells the next step, unless everyone has acknowledged by now.
async fn climb(tx: &mut Tx, chase: &mut Chase) -> Result<(), Error> {
    let acknowledged = store::acknowledged(tx.conn(), chase).await?;
    let missing = chase.missing(&acknowledged);
    let step = chase.steps.get(chase.steps_told).filter(|_| !missing.is_empty());
    let Some(step) = step else {
        chase.ended = true;
        return Ok(());
    };
    let waited_for: Vec<Uuid> = missing.iter().flat_map(|recipient| recipient.persons.iter().copied()).collect();
    let told = above(tx, chase, &waited_for);
    let content = content(chase, step, &missing);
    let fact = NoticeUnacknowledged {
        cause_event_id: chase.cause.to_string(),
        plan_id: chase.plan_id.clone(),
        incident_id: wire_id(chase.incident_id),
        title: chase.title.clone(),
        clause: chase.clause.clone(),
        unacknowledged_person_ids: wire_ids(&waited_for),
        after_minutes: i32::try_from(step.after_minutes).map_err(Error::fault)?,
        told_person_ids: wire_ids(&told),
    };
    deliver(tx, &Letter { cause: chase.cause, incident_id: chase.incident_id, content: &content }, &told).await?;
    tx.emit(fact);
    chase.steps_told += 1;
    Ok(())
}

/// Whom this step tells: its people, or those of the next one behind which somebody stands who is not waited for themselves.
fn above(tx: &Tx, chase: &Chase, waited_for: &[Uuid]) -> Vec<Uuid> {
    let (roster, now) = (tx.roster(), tx.now());
    let steps = chase.steps.iter().skip(chase.steps_told);
    let others = |step: &ChaseStep| -> Vec<Uuid> {
        let (persons, _) = behind(&roster, &step.to, now);
        persons.into_iter().filter(|person| !waited_for.contains(person)).collect()
    };
    steps.map(others).find(|persons| !persons.is_empty()).unwrap_or_else(|| last_resort(&roster, now))
}

fn content(chase: &Chase, step: &ChaseStep, missing: &[&Recipient]) -> Content {
    let names: Vec<&str> = missing.iter().map(|recipient| recipient.name.as_str()).collect();
    Content {
        plan_id: chase.step_plan_id(chase.steps_told),
        clause: chase.clause.clone(),
        title: format!("【无人签收】{}", chase.title),
        text: format!(
            "“{}”送达已满{}分钟,{}尚无人签收。请督促签收办理;您签收本通知后不再上催。原通知:{}",
            chase.title,
            step.after_minutes,
            names.join("、"),
            chase.text
        ),
        urgent: true,
        needs_acknowledgement: true,
    }
}

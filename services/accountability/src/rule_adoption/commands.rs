//! Use case of versions of the rule: adopt the one in force.

use chassis::{Audit, Db, Error, Fence, Tx, wire_time};
use huiying_proto::accountability::RuleAdopted;
use regulation::RuleBook;

use super::store;
use crate::{
    fact,
    obligation::{Cause, commands as clocks},
};

/// Subjects whose clocks are looked at in one transaction.
const AT_ONCE: i64 = 100;

/// Adopts the version in force (制度换版): tells of it once, then looks at every subject with open clocks, a portion a
/// transaction. Whether there is more to look at; none when the lease is another's by now.
pub(crate) async fn adopt(db: &Db, book: &RuleBook, fence: Fence) -> Result<Option<bool>, Error> {
    let mut tx = db.begin("accountability.rule-adoption").await?;
    let rule = book.at(tx.now());
    let latest = store::latest(tx.conn()).await?;
    match latest {
        Some(latest) if latest.rule_version == rule.version() => match latest.swept_to {
            None => Ok(Some(false)),
            Some(after) => look(tx, book, latest.event_id, &after, fence).await,
        },
        before => {
            let adopted = RuleAdopted {
                rule_version: rule.version().to_owned(),
                previous_rule_version: before.map(|before| before.rule_version).unwrap_or_default(),
                name: rule.name().to_owned(),
                effective_time: book.since(tx.now()).map(wire_time),
            };
            let time = tx.now();
            let event_id = tx.emit_as(adopted);
            store::insert(tx.conn(), event_id, rule.version(), time).await?;
            tx.commit_task_under(fence, Audit::of("rule", rule.version())).await.map(|held| held.then_some(true))
        }
    }
}

/// Looks at the next subjects with open clocks under the version in force.
async fn look(mut tx: Tx, book: &RuleBook, event_id: uuid::Uuid, after: &str, fence: Fence) -> Result<Option<bool>, Error> {
    let subjects = store::subjects_with_open_clocks(tx.conn(), after, AT_ONCE).await?;
    let (fact_id, now) = (event_id.to_string(), tx.now());
    for subject in &subjects {
        fact::store::lock(tx.conn(), *subject).await?;
        clocks::weigh_stored(&mut tx, Cause { fact_id: &fact_id, fact_time: now, subject: *subject, book, now }).await?;
    }
    let last = subjects.last().map(ToString::to_string);
    store::sweep(tx.conn(), event_id, last.as_deref()).await?;
    let more = last.is_some();
    tx.commit_task_under(fence, Audit::of("rule", book.at(now).version())).await.map(|held| held.then_some(more))
}

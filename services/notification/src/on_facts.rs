//! What the others' facts make notification do: tell the people whom the rule names (四(一)一).

use std::sync::Arc;

use chassis::{Db, Error, Heard, Reaction, Tx, optional_fact_id};
use regulation::{Fact, NoticePlan, RuleBook};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    chase::{self, Chase, Recipient},
    notice::Content,
    telling::{Letter, behind, behind_one, deliver, last_resort, name},
};

/// What ends the chasing of whatever recalls an obligation.
const SETTLED: [&str; 3] = ["accountability.ObligationDischarged", "accountability.ObligationWaived", "accountability.ObligationEnded"];

/// Hears every service whose facts the rule announces.
pub(crate) struct OnFacts {
    pub book: Arc<RuleBook>,
    /// Rung when something may be chased that was not before.
    pub changed: Arc<Notify>,
}

#[async_trait::async_trait]
impl Reaction for OnFacts {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        let kind = huiying_proto::fact_kind(&heard.event.r#type);
        let settled = SETTLED.contains(&kind.as_str());
        if !settled && !self.book.announces(&kind) {
            return Ok(());
        }
        let incident_id = optional_fact_id(&heard.event.incident_id)?;
        let fields = huiying_proto::fact_fields(&heard.event.r#type, &heard.event.payload).map_err(Error::fault)?;
        let fact =
            Fact { id: heard.event.event_id.clone(), kind, time: heard.time, incident_id: incident_id.map(|id| id.to_string()), fields };
        // One thing is chased by what was told of it last.
        let obligation_id = optional_fact_id(fact.fields.get("obligation_id").and_then(|id| id.as_str()).unwrap_or_default())?;
        if settled && let Some(id) = obligation_id {
            chase::store::end(tx.conn(), id).await?;
        }
        let (mut sure, mut troubles) = (Vec::new(), Vec::new());
        for plan in self.book.at(heard.time).notices(&fact) {
            match plan {
                Ok(plan) => sure.push(plan),
                Err(error) => troubles.push(format!("无法生成:{error}。请核对规则文件")),
            }
        }
        for plan in sure {
            let (persons, nobody) = behind(&tx.roster(), &plan.to, heard.time);
            troubles.extend(nobody.iter().map(|party| format!("“{}”应送{party},该处无人可收。请补录任职", plan.title)));
            let content = content(&plan);
            deliver(tx, &Letter { cause: heard.event_id, incident_id, content: &content }, &persons).await?;
            if !plan.chase.is_empty() {
                chase(tx, heard, (incident_id, obligation_id), plan).await?;
            }
        }
        if troubles.is_empty() {
            return Ok(());
        }
        // Nobody may be left untold in silence: the head of the office, or who is above them, learns of it.
        tracing::error!(?troubles, fact = fact.kind, id = fact.id, "told to fewer than the rule names");
        let persons = last_resort(&tx.roster(), heard.time);
        deliver(tx, &Letter { cause: heard.event_id, incident_id, content: &undelivered(&fact, &troubles) }, &persons).await
    }

    async fn after_commit(&self, _db: &Db) -> Result<(), Error> {
        self.changed.notify_one();
        Ok(())
    }
}

/// Has a notice chased, for as long as nobody acknowledges it.
async fn chase(tx: &mut Tx, heard: &Heard, about: (Option<Uuid>, Option<Uuid>), plan: NoticePlan) -> Result<(), Error> {
    let (incident_id, obligation_id) = about;
    let roster = tx.roster();
    let recipient = |party| Recipient { name: name(&roster, party), persons: behind_one(&roster, party, heard.time) };
    let recipients = plan.to.iter().map(recipient).filter(|recipient| !recipient.persons.is_empty()).collect();
    if let Some(id) = obligation_id {
        chase::store::end(tx.conn(), id).await?;
    }
    let chase = Chase {
        cause: heard.event_id,
        plan_id: plan.id,
        incident_id,
        obligation_id,
        clause: plan.clause,
        title: plan.title,
        text: plan.text,
        recipients,
        steps: plan.chase,
        delivered: tx.now(),
        steps_told: 0,
        ended: false,
    };
    chase::store::insert(tx.conn(), &chase).await
}

fn content(plan: &NoticePlan) -> Content {
    Content {
        plan_id: plan.id.clone(),
        clause: plan.clause.clone(),
        title: plan.title.clone(),
        text: plan.text.clone(),
        urgent: plan.urgent,
        needs_acknowledgement: plan.needs_ack,
    }
}

fn undelivered(fact: &Fact, troubles: &[String]) -> Content {
    Content {
        plan_id: "undelivered".to_owned(),
        clause: "四(一)一".to_owned(),
        title: "【通知未送达】".to_owned(),
        text: format!("事实 {}({})应发的通知未能全部送达:{};并请人工通知有关人员。", fact.kind, fact.id, troubles.join(";")),
        urgent: true,
        needs_acknowledgement: true,
    }
}

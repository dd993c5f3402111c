//! What the others' facts make notification do: tell the people whom the rule names (四(一)一).

use std::sync::Arc;

use chassis::{Error, Heard, Reaction, Roster, Tx, optional_fact_id, wire_id};
use huiying_proto::{directory::Role, notification::NoticeDelivered};
use jiff::Timestamp;
use regulation::{Fact, NoticePlan, Party, Rule};
use uuid::Uuid;

use crate::notice::{Content, Notice, store};

/// Who of a unit is told.
const OF_A_UNIT: [Role; 5] = [Role::UnitHead, Role::UnitHandler, Role::InformationOfficer, Role::OfficeHead, Role::OfficeStaff];

/// Hears every service whose facts the rule announces.
pub(crate) struct OnFacts {
    pub rule: Arc<Rule>,
}

#[async_trait::async_trait]
impl Reaction for OnFacts {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        let kind = huiying_proto::fact_kind(&heard.event.r#type);
        if !self.rule.announces(&kind) {
            return Ok(());
        }
        let incident_id = optional_fact_id(&heard.event.incident_id)?;
        let fields = huiying_proto::fact_fields(&heard.event.r#type, &heard.event.payload).map_err(Error::fault)?;
        let fact =
            Fact { id: heard.event.event_id.clone(), kind, time: heard.time, incident_id: incident_id.map(|id| id.to_string()), fields };
        let plans = self.rule.notices(&fact).unwrap_or_else(|error| {
            // Nobody may be left untold in silence: the head of the office learns that the rule's notice cannot be made.
            tracing::error!(%error, fact = fact.kind, id = fact.id, "notice not made");
            vec![unmade(&fact, &error.to_string())]
        });
        for plan in plans {
            deliver(tx, heard, incident_id, plan).await?;
        }
        Ok(())
    }
}

fn unmade(fact: &Fact, error: &str) -> NoticePlan {
    NoticePlan {
        id: "unmade".to_owned(),
        clause: "四(一)一".to_owned(),
        to: vec![Party::Role("office_head".to_owned())],
        title: "通知生成失败".to_owned(),
        text: format!("事实 {}({})应发的通知无法生成:{error}。请核对规则文件,并人工通知有关人员。", fact.kind, fact.id),
        urgent: true,
        needs_ack: true,
    }
}

async fn deliver(tx: &mut Tx, heard: &Heard, incident_id: Option<Uuid>, plan: NoticePlan) -> Result<(), Error> {
    let roster = tx.roster();
    let mut persons = Vec::new();
    for party in &plan.to {
        for person in recipients(&roster, party, heard.time)? {
            if !persons.contains(&person) {
                persons.push(person);
            }
        }
    }
    let content = Content {
        plan_id: plan.id,
        clause: plan.clause,
        title: plan.title,
        text: plan.text,
        urgent: plan.urgent,
        needs_acknowledgement: plan.needs_ack,
    };
    for person in persons {
        let notice = Notice {
            id: tx.id(),
            person,
            incident_id,
            content: content.clone(),
            delivered: tx.now(),
            opened: None,
            acknowledged: None,
            cause: heard.event_id,
            version: 1,
        };
        if store::insert(tx.conn(), &notice).await? {
            tx.emit(NoticeDelivered {
                notice_id: notice.id.to_string(),
                person_id: person.to_string(),
                incident_id: wire_id(incident_id),
                title: notice.content.title,
                clause: notice.content.clause,
            });
        }
    }
    Ok(())
}

/// Who stands behind a party at a moment, their stand-ins included.
fn recipients(roster: &Roster, party: &Party, at: Timestamp) -> Result<Vec<Uuid>, Error> {
    Ok(match party {
        Party::Person(id) => optional_fact_id(id)?.map(|person| roster.with_stand_ins(std::iter::once(person), at)).unwrap_or_default(),
        Party::Body(id) => optional_fact_id(id)?.map(|body| roster.people_of(body, &OF_A_UNIT, at)).unwrap_or_default(),
        Party::Role(slug) => {
            let role = Role::from_str_name(&format!("ROLE_{}", slug.to_uppercase()));
            role.map(|role| roster.holders(role, at)).unwrap_or_default()
        }
    })
}

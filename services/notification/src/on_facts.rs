//! What the others' facts make notification do: tell the people whom the rule names (四(一)一).

use std::{collections::HashSet, sync::Arc};

use chassis::{Error, Heard, Reaction, Roster, Tx, optional_fact_id, wire_id};
use huiying_proto::{directory::Role, notification::NoticeDelivered};
use jiff::Timestamp;
use regulation::{Fact, NoticePlan, Party, RuleBook};
use uuid::Uuid;

use crate::notice::{Content, Notice, store};

/// Who of a unit is told.
const OF_A_UNIT: [Role; 5] = [Role::UnitHead, Role::UnitHandler, Role::InformationOfficer, Role::OfficeHead, Role::OfficeStaff];

/// Hears every service whose facts the rule announces.
pub(crate) struct OnFacts {
    pub book: Arc<RuleBook>,
}

#[async_trait::async_trait]
impl Reaction for OnFacts {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        let kind = huiying_proto::fact_kind(&heard.event.r#type);
        if !self.book.announces(&kind) {
            return Ok(());
        }
        let incident_id = optional_fact_id(&heard.event.incident_id)?;
        let fields = huiying_proto::fact_fields(&heard.event.r#type, &heard.event.payload).map_err(Error::fault)?;
        let fact =
            Fact { id: heard.event.event_id.clone(), kind, time: heard.time, incident_id: incident_id.map(|id| id.to_string()), fields };
        let (mut sure, mut troubles) = (Vec::new(), Vec::new());
        for plan in self.book.at(heard.time).notices(&fact) {
            match plan {
                Ok(plan) => sure.push(plan),
                Err(error) => troubles.push(format!("无法生成:{error}。请核对规则文件")),
            }
        }
        for plan in sure {
            let (persons, nobody) = recipients(&tx.roster(), &plan.to, heard.time);
            troubles.extend(nobody.iter().map(|party| format!("“{}”应送{party},该处无人可收。请补录任职", plan.title)));
            deliver(tx, heard, incident_id, &plan, persons).await?;
        }
        if troubles.is_empty() {
            return Ok(());
        }
        // Nobody may be left untold in silence: the head of the office, or who is above them, learns of it.
        tracing::error!(?troubles, fact = fact.kind, id = fact.id, "told to fewer than the rule names");
        let plan = undelivered(&fact, &troubles);
        let roster = tx.roster();
        let persons = LAST_RESORT.iter().map(|role| roster.holders(*role, heard.time)).find(|holders| !holders.is_empty());
        deliver(tx, heard, incident_id, &plan, persons.unwrap_or_default()).await
    }
}

/// Who learns that a notice reached fewer than the rule names: the first of these that anybody holds.
const LAST_RESORT: [Role; 4] = [Role::OfficeHead, Role::OfficeStaff, Role::PrincipalLeader, Role::SystemAdministrator];

fn undelivered(fact: &Fact, troubles: &[String]) -> NoticePlan {
    NoticePlan {
        id: "undelivered".to_owned(),
        clause: "四(一)一".to_owned(),
        to: Vec::new(),
        title: "【通知未送达】".to_owned(),
        text: format!("事实 {}({})应发的通知未能全部送达:{};并请人工通知有关人员。", fact.kind, fact.id, troubles.join(";")),
        urgent: true,
        needs_ack: true,
    }
}

/// Puts a notice into some inboxes. Who was told of it before is not told again.
async fn deliver(tx: &mut Tx, heard: &Heard, incident_id: Option<Uuid>, plan: &NoticePlan, persons: Vec<Uuid>) -> Result<(), Error> {
    for person in persons {
        let notice = Notice {
            id: tx.id(),
            person,
            incident_id,
            content: Content {
                plan_id: plan.id.clone(),
                clause: plan.clause.clone(),
                title: plan.title.clone(),
                text: plan.text.clone(),
                urgent: plan.urgent,
                needs_acknowledgement: plan.needs_ack,
            },
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

/// Who stands behind some parties at a moment, each once, their stand-ins included; and the parties behind which nobody stands.
fn recipients(roster: &Roster, parties: &[Party], at: Timestamp) -> (Vec<Uuid>, Vec<String>) {
    let (mut persons, mut nobody) = (Vec::new(), Vec::new());
    for party in parties {
        let behind = match party {
            Party::Person(id) => Uuid::try_parse(id).map(|person| roster.with_stand_ins(std::iter::once(person), at)),
            Party::Body(id) => Uuid::try_parse(id).map(|body| roster.people_of(body, &OF_A_UNIT, at)),
            Party::Role(slug) => Ok(role(slug).map(|role| roster.holders(role, at)).unwrap_or_default()),
        };
        match behind {
            Ok(found) if !found.is_empty() => persons.extend(found),
            _ => nobody.push(name(roster, party)),
        }
    }
    let mut told = HashSet::new();
    persons.retain(|person| told.insert(*person));
    (persons, nobody)
}

fn role(slug: &str) -> Option<Role> {
    Role::from_str_name(&format!("ROLE_{}", slug.to_uppercase()))
}

fn name(roster: &Roster, party: &Party) -> String {
    match (party, Uuid::try_parse(party.id())) {
        (Party::Body(_), Ok(id)) => roster.body_name(id),
        (Party::Person(_), Ok(id)) => roster.person_name(id),
        _ => party.to_string(),
    }
}

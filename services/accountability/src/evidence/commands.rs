//! Use cases of evidence: keep where facts stand, check links, show what there is.

use chassis::{Ctx, Error, Heard, Roster, Tx};
use huiying_proto::{accountability as pb, directory::Role};
use regulation::Party;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Account, Link, Seen, account, facts, grpc, pieces, store, unknown};
use crate::{
    fact::{self, Subject},
    knowledge::{self, Entry},
    obligation::{self, Obligation, commands::Sight, incident_unknown},
};

/// Evidence proposed of whom (拟呈证据).
pub(crate) struct Asked {
    pub incident_id: Uuid,
    pub subject_person: Uuid,
    pub subject_body: Uuid,
}

/// Keeps where the facts stand that can be linked to (证据链接): all of a chunk at once, so that an import stays cheap.
pub(crate) async fn keep(tx: &mut Tx, heard: &[Heard], counts: impl Fn(&str) -> bool) -> Result<(), Error> {
    let mut proofs = Vec::new();
    for one in heard.iter().filter(|one| counts(&huiying_proto::fact_kind(&one.event.r#type))) {
        proofs.extend(facts::proof(one)?);
    }
    store::keep(tx.conn(), &proofs).await
}

/// Refuses links to what no ledger holds of the incident, 四(六).
pub(crate) async fn check(connection: &mut PgConnection, incident_id: Uuid, links: &[Link]) -> Result<(), Error> {
    for link in links {
        if !store::holds(connection, incident_id, link).await? {
            return Err(unknown(link).into());
        }
    }
    Ok(())
}

/// Returns what the ledgers show of a subject in an incident (拟呈证据), 四(六): of the person, of the body, and of its people.
pub(crate) async fn proposed(ctx: &Ctx, asked: Asked) -> Result<pb::GetProposedEvidenceResponse, Error> {
    let mut connection = ctx.read().await?;
    if !fact::store::knows(&mut connection, asked.incident_id).await? {
        return Err(incident_unknown().into());
    }
    let (person, body) = (Party::Person(asked.subject_person.to_string()), Party::Body(asked.subject_body.to_string()));
    let subject = Subject::Incident(asked.incident_id);
    let mut owed = obligation::commands::of_incident(&mut connection, asked.incident_id).await?;
    owed.retain(|obligation| [&person, &body].contains(&&obligation.owed.debtor));
    let entries = knowledge::store::of(&mut connection, asked.incident_id).await?;
    let facts = fact::store::of(&mut connection, subject).await?;
    let proofs = store::of(&mut connection, asked.incident_id).await?;
    let own: Vec<Entry> = entries
        .iter()
        .filter(|entry| entry.person_id == Some(asked.subject_person) || knows_for(&ctx.roster, entry, &body))
        .cloned()
        .collect();
    let evidence = pieces(&owed, &own, &proofs, ctx.now).iter().map(grpc::piece).collect();
    let overdue = owed.iter().filter(|obligation| obligation.fell_overdue(ctx.now));
    let delays = overdue.map(|obligation| grpc::delay(obligation, &delay(ctx, obligation, &facts, &entries))).collect();
    Ok(pb::GetProposedEvidenceResponse { evidence, delays })
}

/// Returns by whose hands the time of an obligation passed (时间归属), 四(六), to whoever may see the obligation.
pub(crate) async fn delay_account(ctx: &Ctx, id: Uuid) -> Result<pb::GetDelayAccountResponse, Error> {
    let mut connection = ctx.read().await?;
    let found = obligation::store::some(&mut connection, &[id]).await?.pop();
    let obligation = found.filter(|obligation| Sight::of(ctx).shows(obligation)).ok_or_else(obligation::unknown)?;
    let (facts, entries) = match obligation.incident_id {
        Some(incident_id) => (
            fact::store::of(&mut connection, Subject::Incident(incident_id)).await?,
            knowledge::store::of(&mut connection, incident_id).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    Ok(pb::GetDelayAccountResponse { delay_account: Some(grpc::delay(&obligation, &delay(ctx, &obligation, &facts, &entries))) })
}

fn delay(ctx: &Ctx, obligation: &Obligation, facts: &[regulation::Fact], entries: &[Entry]) -> Account {
    account(&obligation.id.to_string(), &obligation.owed, facts, told(&ctx.roster, obligation, entries), ctx.now)
}

/// When a notice first reached the debtor, from the beginning of the obligation on.
fn told(roster: &Roster, obligation: &Obligation, entries: &[Entry]) -> Option<Seen> {
    let owed = &obligation.owed;
    entries
        .iter()
        .filter(|entry| entry.proof.kind == "notification.NoticeDelivered" && entry.time >= owed.open_time)
        .find(|entry| knows_for(roster, entry, &owed.debtor))
        .map(|entry| Seen { time: entry.time, fact_id: entry.proof.event_id.to_string() })
}

/// Whether who knew is a party, or acted for it at the time.
fn knows_for(roster: &Roster, entry: &Entry, party: &Party) -> bool {
    let at = entry.time;
    let id = Uuid::try_parse(party.id()).ok();
    match (party, entry.person_id) {
        (Party::Body(_), person) => {
            id.is_some_and(|body| entry.body_id == Some(body) || person.is_some_and(|person| roster.bodies_of(person, at).contains(&body)))
        }
        (Party::Person(_), Some(person)) => id.is_some_and(|other| roster.acts_as(person, other, at)),
        (Party::Role(slug), Some(person)) => role(slug).is_some_and(|role| roster.roles_of(person, at).contains(&role)),
        (Party::Person(_) | Party::Role(_), None) => false,
    }
}

fn role(slug: &str) -> Option<Role> {
    Role::from_str_name(&format!("ROLE_{}", slug.to_uppercase()))
}

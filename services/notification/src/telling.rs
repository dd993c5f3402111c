//! Who stands behind the parties of the rule, and putting a notice into their inboxes.

use std::collections::HashSet;

use chassis::{Error, Roster, Tx, wire_id};
use huiying_proto::{directory::Role, notification::NoticeDelivered};
use jiff::Timestamp;
use regulation::{Party, role_name};
use uuid::Uuid;

use crate::notice::{Content, Notice, store};

/// Who of a unit is told.
const OF_A_UNIT: [Role; 5] = [Role::UnitHead, Role::UnitHandler, Role::InformationOfficer, Role::OfficeHead, Role::OfficeStaff];
/// Who learns that a notice reached fewer than the rule names: the first of these that anybody holds.
const LAST_RESORT: [Role; 4] = [Role::OfficeHead, Role::OfficeStaff, Role::PrincipalLeader, Role::SystemAdministrator];

/// What is told, of what fact.
pub(crate) struct Letter<'a> {
    pub cause: Uuid,
    pub incident_id: Option<Uuid>,
    pub content: &'a Content,
}

/// Puts a notice into some inboxes. Who was told of it before is not told again.
pub(crate) async fn deliver(tx: &mut Tx, letter: &Letter<'_>, persons: &[Uuid]) -> Result<(), Error> {
    for person in persons {
        let notice = Notice {
            id: tx.id(),
            person: *person,
            incident_id: letter.incident_id,
            content: letter.content.clone(),
            delivered: tx.now(),
            opened: None,
            acknowledged: None,
            cause: letter.cause,
            version: 1,
        };
        if store::insert(tx.conn(), &notice).await? {
            tx.emit(NoticeDelivered {
                notice_id: notice.id.to_string(),
                person_id: person.to_string(),
                incident_id: wire_id(letter.incident_id),
                title: notice.content.title,
                clause: notice.content.clause,
            });
        }
    }
    Ok(())
}

/// Who stands behind some parties at a moment, each once, their stand-ins included; and the parties behind which nobody stands.
pub(crate) fn behind(roster: &Roster, parties: &[Party], at: Timestamp) -> (Vec<Uuid>, Vec<String>) {
    let (mut persons, mut nobody) = (Vec::new(), Vec::new());
    for party in parties {
        let found = behind_one(roster, party, at);
        if found.is_empty() {
            nobody.push(name(roster, party));
        }
        persons.extend(found);
    }
    let mut told = HashSet::new();
    persons.retain(|person| told.insert(*person));
    (persons, nobody)
}

/// Who stands behind a party at a moment.
pub(crate) fn behind_one(roster: &Roster, party: &Party, at: Timestamp) -> Vec<Uuid> {
    let persons = match party {
        Party::Person(id) => Uuid::try_parse(id).map(|person| roster.with_stand_ins(std::iter::once(person), at)),
        Party::Body(id) => Uuid::try_parse(id).map(|body| roster.people_of(body, &OF_A_UNIT, at)),
        Party::Role(slug) => Ok(role(slug).map(|role| roster.holders(role, at)).unwrap_or_default()),
    };
    persons.unwrap_or_default()
}

/// Who learns of what nobody else could be told.
pub(crate) fn last_resort(roster: &Roster, at: Timestamp) -> Vec<Uuid> {
    LAST_RESORT.iter().map(|role| roster.holders(*role, at)).find(|holders| !holders.is_empty()).unwrap_or_default()
}

fn role(slug: &str) -> Option<Role> {
    Role::from_str_name(&format!("ROLE_{}", slug.to_uppercase()))
}

/// A party in Chinese.
pub(crate) fn name(roster: &Roster, party: &Party) -> String {
    match (party, Uuid::try_parse(party.id())) {
        (Party::Body(_), Ok(id)) => roster.body_name(id),
        (Party::Person(_), Ok(id)) => roster.person_name(id),
        (Party::Role(slug), _) => role_name(slug).to_owned(),
        _ => party.to_string(),
    }
}

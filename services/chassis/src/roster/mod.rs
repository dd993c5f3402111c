//! Who is who: a projection of directory's facts that every service keeps, so that no request waits for another service.

mod follow;

use std::collections::{BTreeMap, HashMap};

use huiying_proto::directory::{self as pb, Role};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

pub use follow::FollowDirectory;
pub(crate) use follow::{FOLLOWS_DIRECTORY, load};

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its id.
    pub id: Uuid,
    /// The office's own short code.
    pub code: String,
    /// Full name.
    pub name: String,
    /// What it is.
    pub kind: pb::body::Kind,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Its id.
    pub id: Uuid,
    /// The office's own short code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A time during which something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// From when.
    pub start: Timestamp,
    /// Until when, exclusive; none while open.
    pub end: Option<Timestamp>,
}

impl Period {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }
}

/// A post held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Who holds it.
    pub person: Uuid,
    /// In which body.
    pub body: Uuid,
    /// Title of the post.
    pub title: String,
    /// What it entitles to.
    pub roles: Vec<Role>,
    /// When it holds.
    pub period: Period,
}

#[derive(Clone, Debug)]
struct Portfolio {
    person: Uuid,
    bodies: Vec<Uuid>,
    period: Period,
}

#[derive(Clone, Debug)]
struct Delegation {
    from: Uuid,
    to: Uuid,
    period: Period,
}

/// Who is who.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    bodies: HashMap<Uuid, Body>,
    persons: HashMap<Uuid, Person>,
    positions: BTreeMap<Uuid, Position>,
    portfolios: BTreeMap<Uuid, Portfolio>,
    delegations: BTreeMap<Uuid, Delegation>,
    duties: BTreeMap<Date, Uuid>,
}

impl Roster {
    /// A body by id.
    #[must_use]
    pub fn body(&self, id: Uuid) -> Option<&Body> {
        self.bodies.get(&id)
    }

    /// All bodies, in no order.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.bodies.values()
    }

    /// A person by id.
    #[must_use]
    pub fn person(&self, id: Uuid) -> Option<&Person> {
        self.persons.get(&id)
    }

    /// A body's name, or its id when it is not known here.
    #[must_use]
    pub fn body_name(&self, id: Uuid) -> String {
        self.bodies.get(&id).map_or_else(|| id.to_string(), |b| b.name.clone())
    }

    /// A person's name, or the id when it is not known here.
    #[must_use]
    pub fn person_name(&self, id: Uuid) -> String {
        self.persons.get(&id).map_or_else(|| id.to_string(), |p| p.name.clone())
    }

    /// The positions a person may act in at a moment: their own, and those of whoever delegated to them.
    pub fn positions_of(&self, person: Uuid, at: Timestamp) -> impl Iterator<Item = &Position> {
        let for_whom: Vec<Uuid> = std::iter::once(person)
            .chain(self.delegations.values().filter(|d| d.to == person && d.period.holds(at)).map(|d| d.from))
            .collect();
        self.positions.values().filter(move |p| for_whom.contains(&p.person) && p.period.holds(at))
    }

    /// The roles of a person at a moment.
    #[must_use]
    pub fn roles_of(&self, person: Uuid, at: Timestamp) -> Vec<Role> {
        let mut roles: Vec<Role> = self.positions_of(person, at).flat_map(|p| p.roles.iter().copied()).collect();
        roles.sort_unstable_by_key(|r| *r as i32);
        roles.dedup();
        roles
    }

    /// The bodies in which a person holds a position at a moment.
    #[must_use]
    pub fn bodies_of(&self, person: Uuid, at: Timestamp) -> Vec<Uuid> {
        distinct(self.positions_of(person, at).map(|p| p.body))
    }

    /// The bodies in which a person holds one of some roles at a moment.
    #[must_use]
    pub fn bodies_of_as(&self, person: Uuid, roles: &[Role], at: Timestamp) -> Vec<Uuid> {
        distinct(self.positions_of(person, at).filter(|p| p.roles.iter().any(|r| roles.contains(r))).map(|p| p.body))
    }

    /// Who holds a role at a moment, their stand-ins included.
    #[must_use]
    pub fn holders(&self, role: Role, at: Timestamp) -> Vec<Uuid> {
        self.with_stand_ins(self.positions.values().filter(|p| p.period.holds(at) && p.roles.contains(&role)).map(|p| p.person), at)
    }

    /// Who holds one of some roles in a body at a moment, their stand-ins included.
    #[must_use]
    pub fn people_of(&self, body: Uuid, roles: &[Role], at: Timestamp) -> Vec<Uuid> {
        let held = self.positions.values().filter(|p| p.body == body && p.period.holds(at) && p.roles.iter().any(|r| roles.contains(r)));
        self.with_stand_ins(held.map(|p| p.person), at)
    }

    /// A person, and whoever stands in for them at a moment.
    #[must_use]
    pub fn with_stand_ins(&self, persons: impl Iterator<Item = Uuid>, at: Timestamp) -> Vec<Uuid> {
        let mut all = distinct(persons);
        for delegation in self.delegations.values().filter(|d| d.period.holds(at)) {
            if all.contains(&delegation.from) && !all.contains(&delegation.to) {
                all.push(delegation.to);
            }
        }
        all
    }

    /// Whose portfolios hold any of some bodies at a moment.
    #[must_use]
    pub fn portfolio_holders(&self, bodies: &[Uuid], at: Timestamp) -> Vec<Uuid> {
        distinct(self.portfolios.values().filter(|p| p.period.holds(at) && p.bodies.iter().any(|b| bodies.contains(b))).map(|p| p.person))
    }

    /// Whether a person may act as another at a moment: is them, or stands in for them.
    #[must_use]
    pub fn acts_as(&self, person: Uuid, other: Uuid, at: Timestamp) -> bool {
        person == other || self.delegations.values().any(|d| d.from == other && d.to == person && d.period.holds(at))
    }

    /// Who is on duty on a day.
    #[must_use]
    pub fn on_duty(&self, day: Date) -> Option<Uuid> {
        self.duties.get(&day).copied()
    }
}

fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut seen = Vec::new();
    for id in ids {
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen
}

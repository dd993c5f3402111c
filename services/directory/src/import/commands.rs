//! The use case of importing the registry.

use chassis::{Audit, Committed, Ctx, Error, Period, Tx};
use huiying_proto::directory as pb;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Codes, Count, Entries};
use crate::{
    body::{self, Body},
    delegation::{self, Delegation},
    duty::{self, Duty},
    person::{self, Person},
    portfolio::{self, Portfolio},
    position::{self, Position},
    store as registry,
};

/// Registers or corrects many entries at once, or none; 批量导入, 一.
pub(crate) async fn import(ctx: &Ctx, entries: Entries) -> Result<Committed<pb::ImportDirectoryResponse>, Error> {
    let mut tx = ctx.begin().await?;
    registry::hold(tx.conn()).await?;
    let mut count = Count::default();
    let bodies = bodies(&mut tx, &entries, &mut count).await?;
    let persons = persons(&mut tx, &entries, &mut count).await?;
    let before = positions(&mut tx, &entries, &bodies, &persons, &mut count).await?;
    portfolios(&mut tx, &entries, &bodies, &persons, &mut count).await?;
    delegations(&mut tx, &entries, &persons, &mut count).await?;
    let told = duties(&mut tx, &entries, &persons, &mut count).await?;
    duty::commands::tell_changed(&mut tx, &before, &told).await?;
    let answer = pb::ImportDirectoryResponse { changed_count: count.changed, unchanged_count: count.unchanged };
    tx.commit(Audit::of("directory", count.changed).clause("一"), answer).await
}

async fn bodies(tx: &mut Tx, entries: &Entries, count: &mut Count) -> Result<Codes, Error> {
    let known = body::store::all(tx.conn()).await?;
    let mut codes = Codes::default();
    known.iter().for_each(|b| codes.learn(&b.code, b.id));
    for entry in &entries.bodies {
        let id = codes.get(&entry.code).unwrap_or_else(|| tx.id());
        codes.learn(&entry.code, id);
    }
    let mut bodies = Vec::with_capacity(entries.bodies.len());
    for (at, entry) in entries.bodies.iter().enumerate() {
        let parent = if entry.parent_code.is_empty() {
            None
        } else {
            Some(codes.require(&entry.parent_code, &format!("bodies[{at}].parent_code"))?)
        };
        let id = codes.require(&entry.code, &format!("bodies[{at}].code"))?;
        bodies.push(Body { id, code: entry.code.clone(), name: entry.name.clone(), kind: entry.kind.clone(), parent });
    }
    body::parents_first(&known, &mut bodies)?;
    for body in bodies {
        if count.differs(known.iter().find(|b| b.id == body.id), &body) {
            body::store::put(tx.conn(), &body).await?;
            tx.emit(pb::BodyRegistered { body: Some(body::grpc::to_wire(&body)) });
        }
    }
    Ok(codes)
}

async fn persons(tx: &mut Tx, entries: &Entries, count: &mut Count) -> Result<Codes, Error> {
    let known = person::store::all(tx.conn()).await?;
    let mut codes = Codes::default();
    known.iter().for_each(|p| codes.learn(&p.code, p.id));
    for entry in &entries.persons {
        let before = known.iter().find(|p| p.code == entry.code);
        let id = codes.get(&entry.code).unwrap_or_else(|| tx.id());
        let person = Person { id, code: entry.code.clone(), name: entry.name.clone() };
        codes.learn(&entry.code, id);
        if count.differs(before, &person) {
            person::store::put(tx.conn(), &person).await?;
            tx.emit(pb::PersonRegistered { person: Some(person::grpc::to_wire(&person)) });
        }
    }
    Ok(codes)
}

/// The positions as they were before.
async fn positions(tx: &mut Tx, entries: &Entries, bodies: &Codes, persons: &Codes, count: &mut Count) -> Result<Vec<Position>, Error> {
    let known = position::store::all(tx.conn()).await?;
    for (at, entry) in entries.positions.iter().enumerate() {
        let person = persons.require(&entry.person_code, &format!("positions[{at}].person_code"))?;
        let body = bodies.require(&entry.body_code, &format!("positions[{at}].body_code"))?;
        let named = position::period(entry.period.start, entry.period.end)?;
        let before = known.iter().find(|p| p.person == person && p.body == body && p.title == entry.title && p.period.start == named.start);
        let (period, ended) = position::imported(before, named);
        let id = before.map_or_else(|| tx.id(), |p| p.id);
        let position = Position { id, person, body, title: entry.title.clone(), roles: entry.roles.clone(), period, ended };
        if count.differs(before, &position) {
            position::store::put(tx.conn(), &position).await?;
            tx.emit(pb::PositionAppointed { position: Some(position::grpc::to_wire(&position)) });
        }
    }
    Ok(known)
}

async fn portfolios(tx: &mut Tx, entries: &Entries, bodies: &Codes, persons: &Codes, count: &mut Count) -> Result<(), Error> {
    let known = portfolio::store::all(tx.conn()).await?;
    let mut all = known.clone();
    let mut touched = Vec::with_capacity(entries.portfolios.len());
    for (at, entry) in entries.portfolios.iter().enumerate() {
        let person = persons.require(&entry.person_code, &format!("portfolios[{at}].person_code"))?;
        let named = entry.body_codes.iter().enumerate();
        let bodies: Vec<Uuid> =
            named.map(|(n, code)| bodies.require(code, &format!("portfolios[{at}].body_codes[{n}]"))).collect::<Result<_, _>>()?;
        match all.iter_mut().find(|p| p.person == person && p.period.start == entry.start) {
            Some(same) => {
                (same.bodies, same.topics) = (bodies, entry.topics.clone());
                touched.push(same.id);
            }
            None => {
                let portfolio = Portfolio {
                    id: tx.id(),
                    person,
                    bodies,
                    topics: entry.topics.clone(),
                    period: Period { start: entry.start, end: None },
                };
                touched.push(portfolio.id);
                all.push(portfolio);
            }
        }
    }
    portfolio::succeed(&mut all);
    for portfolio in all {
        let before = known.iter().find(|p| p.id == portfolio.id);
        let differs = if touched.contains(&portfolio.id) { count.differs(before, &portfolio) } else { before != Some(&portfolio) };
        if differs {
            portfolio::store::put(tx.conn(), &portfolio).await?;
            tx.emit(pb::PortfolioAssigned { portfolio: Some(portfolio::grpc::to_wire(&portfolio)) });
        }
    }
    Ok(())
}

async fn delegations(tx: &mut Tx, entries: &Entries, persons: &Codes, count: &mut Count) -> Result<(), Error> {
    let known = delegation::store::all(tx.conn()).await?;
    for (at, entry) in entries.delegations.iter().enumerate() {
        let from = persons.require(&entry.from_code, &format!("delegations[{at}].from_person_code"))?;
        let to = persons.require(&entry.to_code, &format!("delegations[{at}].to_person_code"))?;
        let before = known.iter().find(|d| d.from == from && d.to == to && d.start == entry.start);
        let id = before.map_or_else(|| tx.id(), |d| d.id);
        let named = Delegation::grant(id, from, to, (entry.start, entry.end), entry.reason.clone())?;
        // What was revoked by decision is not brought back by an older list.
        let delegation = before.filter(|d| d.revoked).cloned().unwrap_or(named);
        if count.differs(before, &delegation) {
            delegation::store::put(tx.conn(), &delegation).await?;
            tx.emit(pb::DelegationGranted { delegation: Some(delegation::grpc::to_wire(&delegation)) });
        }
    }
    Ok(())
}

/// The days that were told.
async fn duties(tx: &mut Tx, entries: &Entries, persons: &Codes, count: &mut Count) -> Result<Vec<Date>, Error> {
    let days: Vec<Date> = entries.duties.iter().map(|d| d.day).collect();
    let mut told = Vec::new();
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else { return Ok(told) };
    let known = duty::store::between(tx.conn(), *first, *last).await?;
    let positions = position::store::all(tx.conn()).await?;
    for (at, entry) in entries.duties.iter().enumerate() {
        let duty = Duty { day: entry.day, person: persons.require(&entry.person_code, &format!("duties[{at}].person_code"))? };
        if count.differs(known.iter().find(|d| d.day == duty.day), &duty) {
            duty::check_may_collect(duty, &positions)?;
            duty::store::put(tx.conn(), duty).await?;
            duty::commands::tell(tx, duty, &positions);
            told.push(duty.day);
        }
    }
    Ok(told)
}

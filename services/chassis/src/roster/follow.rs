//! Follows directory's facts into `roster_entry`, and from there into memory.

use std::sync::Arc;

use huiying_proto::directory as pb;
use jiff::Timestamp;
use prost::Message;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::{Body, Delegation, Period, Person, Portfolio, Position, Roster};
use crate::{
    consumer::{Heard, Reaction},
    db::{Db, Tx},
    error::Error,
};

/// By this name a service follows directory.
pub(crate) const FOLLOWS_DIRECTORY: &str = "directory:roster";

/// The reaction to directory that every service has.
#[derive(Debug)]
pub struct FollowDirectory;

#[async_trait::async_trait]
impl Reaction for FollowDirectory {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::BodyRegistered>()? {
            if let Some(body) = fact.body {
                keep(tx, "body", &body.body_id.clone(), &body).await?;
            }
        } else if let Some(fact) = heard.read::<pb::PersonRegistered>()? {
            if let Some(person) = fact.person {
                keep(tx, "person", &person.person_id.clone(), &person).await?;
            }
        } else if let Some(fact) = heard.read::<pb::PositionAppointed>()? {
            if let Some(position) = fact.position {
                keep(tx, "position", &position.position_id.clone(), &position).await?;
            }
        } else if let Some(fact) = heard.read::<pb::PositionEnded>()? {
            amend::<pb::Position>(tx, "position", &fact.position_id, |p| p.end_time = fact.end_time).await?;
        } else if let Some(fact) = heard.read::<pb::PortfolioAssigned>()? {
            if let Some(portfolio) = fact.portfolio {
                keep(tx, "portfolio", &portfolio.portfolio_id.clone(), &portfolio).await?;
            }
        } else if let Some(fact) = heard.read::<pb::DelegationGranted>()? {
            if let Some(delegation) = fact.delegation {
                keep(tx, "delegation", &delegation.delegation_id.clone(), &delegation).await?;
            }
        } else if let Some(fact) = heard.read::<pb::DelegationRevoked>()? {
            amend::<pb::Delegation>(tx, "delegation", &fact.delegation_id, |d| d.end_time = fact.end_time).await?;
        } else if let Some(fact) = heard.read::<pb::DutyScheduled>()? {
            keep(tx, "duty", &fact.duty_date.clone(), &fact).await?;
        }
        Ok(())
    }

    async fn after_commit(&self, db: &Db) -> Result<(), Error> {
        let mut connection = db.acquire().await?;
        db.set_roster(Arc::new(load(&mut connection).await?));
        Ok(())
    }
}

async fn keep<M: Message>(tx: &mut Tx, kind: &str, id: &str, message: &M) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO roster_entry (kind, id, payload) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO UPDATE SET payload = EXCLUDED.payload",
    )
    .bind(kind)
    .bind(id)
    .bind(message.encode_to_vec())
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn amend<M: Message + Default>(tx: &mut Tx, kind: &str, id: &str, change: impl FnOnce(&mut M)) -> Result<(), Error> {
    let row =
        sqlx::query("SELECT payload FROM roster_entry WHERE kind = $1 AND id = $2").bind(kind).bind(id).fetch_optional(tx.conn()).await?;
    let Some(row) = row else { return Err(Error::fault(format!("{kind} {id} is amended before it is known"))) };
    let mut message = M::decode(row.try_get::<&[u8], _>(0)?).map_err(Error::fault)?;
    change(&mut message);
    keep(tx, kind, id, &message).await
}

/// Reads the whole roster.
pub(crate) async fn load(connection: &mut PgConnection) -> Result<Roster, Error> {
    let rows = sqlx::query("SELECT kind, id, payload FROM roster_entry").fetch_all(connection).await?;
    let mut roster = Roster::default();
    for row in rows {
        let kind: &str = row.try_get(0)?;
        let payload: &[u8] = row.try_get(2)?;
        match kind {
            "body" => {
                let body = pb::Body::decode(payload).map_err(Error::fault)?;
                let kind = body.kind();
                let id = id(&body.body_id)?;
                roster.bodies.insert(id, Body { id, code: body.code, name: body.name, kind });
            }
            "person" => {
                let person = pb::Person::decode(payload).map_err(Error::fault)?;
                let id = id(&person.person_id)?;
                roster.persons.insert(id, Person { id, code: person.code, name: person.name });
            }
            "position" => {
                let position = pb::Position::decode(payload).map_err(Error::fault)?;
                let roles = position.roles().collect();
                let period = period(position.start_time.as_ref(), position.end_time.as_ref())?;
                let held =
                    Position { person: id(&position.person_id)?, body: id(&position.body_id)?, title: position.title, roles, period };
                roster.positions.insert(id(&position.position_id)?, held);
            }
            "portfolio" => {
                let portfolio = pb::Portfolio::decode(payload).map_err(Error::fault)?;
                let bodies = portfolio.body_ids.iter().map(|b| id(b)).collect::<Result<_, _>>()?;
                let period = period(portfolio.start_time.as_ref(), portfolio.end_time.as_ref())?;
                roster.portfolios.insert(id(&portfolio.portfolio_id)?, Portfolio { person: id(&portfolio.person_id)?, bodies, period });
            }
            "delegation" => {
                let delegation = pb::Delegation::decode(payload).map_err(Error::fault)?;
                let period = period(delegation.start_time.as_ref(), delegation.end_time.as_ref())?;
                let held = Delegation { from: id(&delegation.from_person_id)?, to: id(&delegation.to_person_id)?, period };
                roster.delegations.insert(id(&delegation.delegation_id)?, held);
            }
            "duty" => {
                let duty = pb::DutyScheduled::decode(payload).map_err(Error::fault)?;
                roster.duties.insert(duty.duty_date.parse().map_err(Error::fault)?, id(&duty.person_id)?);
            }
            other => return Err(Error::fault(format!("unknown roster entry {other}"))),
        }
    }
    Ok(roster)
}

fn id(text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(Error::fault)
}

fn moment(time: &prost_types::Timestamp) -> Result<Timestamp, Error> {
    Timestamp::new(time.seconds, time.nanos).map_err(Error::fault)
}

fn period(start: Option<&prost_types::Timestamp>, end: Option<&prost_types::Timestamp>) -> Result<Period, Error> {
    let start = start.map(moment).transpose()?.unwrap_or(Timestamp::MIN);
    Ok(Period { start, end: end.map(moment).transpose()? })
}

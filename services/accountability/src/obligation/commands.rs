//! Use cases of obligations: hear a fact, settle what is due, get, list.

use chassis::{Audit, Ctx, Db, Error, Page, Tx, clock::in_words, fact_id};
use huiying_proto::{
    accountability as pb,
    directory::Role::{self, Auditor, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader},
};
use jiff::Timestamp;
use regulation::{Fact, Rule};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Cause, Obligation, Stroke, events,
    grpc::to_wire,
    reconcile::{Change, News, reconcile},
    store, unknown,
};
use crate::fact::{self, Subject};

/// Whose obligations somebody may see.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    /// Everything: office, leaders, auditor.
    pub all: bool,
    /// What these bodies owe: the caller's own.
    pub bodies: Vec<Uuid>,
    /// What these persons owe: the caller, and those whom the caller stands in for.
    pub persons: Vec<Uuid>,
    /// What the holders of these roles owe.
    pub roles: Vec<String>,
}

impl Sight {
    /// What the caller may see.
    pub fn of(ctx: &Ctx) -> Self {
        let mut persons: Vec<Uuid> = ctx.person().into_iter().collect();
        if let Some(person) = ctx.person() {
            persons.extend(ctx.roster.positions_of(person, ctx.now).map(|position| position.person).filter(|other| *other != person));
        }
        Self {
            all: ctx.has_any_role(&[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor]),
            bodies: ctx.bodies(),
            persons,
            roles: ctx.roles.iter().map(slug).collect(),
        }
    }

    /// Whether the caller may see an obligation.
    pub fn shows(&self, obligation: &Obligation) -> bool {
        let (body, person, role) = events::debtor(obligation);
        let owes = |ids: &[Uuid], id: &str| ids.iter().any(|own| own.to_string() == id);
        self.all || owes(&self.bodies, &body) || owes(&self.persons, &person) || self.roles.contains(&role)
    }
}

/// A role as the rule names it, such as `office_staff`.
fn slug(role: &Role) -> String {
    let name = role.as_str_name();
    name.strip_prefix("ROLE_").unwrap_or(name).to_lowercase()
}

/// 责任时限列表: which page of which obligations.
pub(crate) struct Asked {
    pub incident_id: Option<Uuid>,
    pub debtor_body_id: Option<Uuid>,
    /// The outcome in the store's word; none for all.
    pub outcome: Option<&'static str>,
    /// Due after this.
    pub due_after: Option<Timestamp>,
    /// Due by this.
    pub due_until: Option<Timestamp>,
    pub page: Page<(Timestamp, Uuid)>,
}

/// Hears a fact that the rule heeds (事实→时限): keeps it, asks the rule what is owed now, and tells what has changed. Facts
/// may come in any order, and again.
pub(crate) async fn hear(tx: &mut Tx, rule: &Rule, fact: &Fact) -> Result<(), Error> {
    let event_id = fact_id(&fact.id)?;
    for subject in Subject::of(fact)? {
        let fact = Fact { incident_id: subject.incident_id().map(|id| id.to_string()), ..fact.clone() };
        let kept = fact::store::keep(tx.conn(), subject, &fact, event_id).await?;
        if !kept.is_new {
            continue;
        }
        let (facts, stored) = if kept.facts == 1 {
            (vec![fact.clone()], Vec::new())
        } else {
            (fact::store::of(tx.conn(), subject).await?, store::of(tx.conn(), subject).await?)
        };
        let owed = rule.obligations(&facts).map_err(Error::fault)?;
        let cause = Cause {
            fact_id: &fact.id,
            fact_time: fact.time,
            incident_id: subject.incident_id(),
            rule_version: rule.version(),
            now: tx.now(),
        };
        for change in reconcile(stored, owed, cause, || tx.id()) {
            keep(tx, subject, change).await?;
        }
    }
    Ok(())
}

async fn keep(tx: &mut Tx, subject: Subject, change: Change) -> Result<(), Error> {
    let Change { obligation, is_new, news } = change;
    if is_new {
        store::insert(tx.conn(), subject, &obligation).await?;
    } else {
        store::save(tx.conn(), &obligation).await?;
    }
    if news.is_empty() {
        return Ok(());
    }
    let mut audit = about(&obligation);
    for told in news {
        events::tell(tx, &obligation, told);
        if let News::DueMoved { from } = told {
            let (name, due) = (&obligation.owed.name, obligation.owed.due_time);
            audit = audit.reason(format!("“{name}”时限由{}改为{}", in_words(from), in_words(due)));
        }
    }
    tx.note(audit);
    Ok(())
}

fn about(obligation: &Obligation) -> Audit {
    Audit::of("obligation", obligation.id).incident(chassis::wire_id(obligation.incident_id))
}

/// More than any incident has.
const MOST_OF_AN_INCIDENT: usize = 10_000;
/// Obligations whose clocks are read in one transaction.
const AT_ONCE: i64 = 500;

/// Tells what the clocks have struck by now (到期结算): reminders and breaches, in the order of their moments, each once. How
/// many clocks it were; none when the lease behind the token is another's by now, and nothing was told.
pub(crate) async fn settle(db: &Db, token: i64) -> Result<Option<usize>, Error> {
    let mut tx = db.begin("accountability.clock-keeper").await?;
    let now = tx.now();
    let mut due = store::due(tx.conn(), now, AT_ONCE).await?;
    if due.is_empty() {
        return Ok(Some(0));
    }
    let mut strokes: Vec<(Timestamp, usize, Stroke)> = Vec::new();
    for (at, obligation) in due.iter_mut().enumerate() {
        strokes.extend(obligation.strike(now).into_iter().map(|(moment, stroke)| (moment, at, stroke)));
    }
    strokes.sort_by_key(|(moment, ..)| *moment);
    let mut last = Audit::of("obligation", "");
    for (nth, (_, at, stroke)) in strokes.into_iter().enumerate() {
        let Some(obligation) = due.get(at) else { continue };
        if nth > 0 {
            tx.note(last);
        }
        events::strike(&mut tx, obligation, stroke);
        last = about(obligation);
    }
    store::save_told(tx.conn(), &due).await?;
    if !store::holds_lease(tx.conn(), token).await? {
        return Ok(None);
    }
    tx.commit_task(last).await?;
    Ok(Some(due.len()))
}

/// The obligations of an incident, by due time, whoever owes them.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Obligation>, Error> {
    let page = Page { size: MOST_OF_AN_INCIDENT, after: None };
    let asked = Asked { incident_id: Some(incident_id), debtor_body_id: None, outcome: None, due_after: None, due_until: None, page };
    let all = Sight { all: true, bodies: Vec::new(), persons: Vec::new(), roles: Vec::new() };
    store::list(connection, &asked, &all).await
}

/// Returns an obligation (查看责任时限).
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetObligationResponse, Error> {
    let found = store::some(&mut *ctx.read().await?, &[id]).await?.pop();
    let obligation = found.filter(|obligation| Sight::of(ctx).shows(obligation)).ok_or_else(unknown)?;
    Ok(pb::GetObligationResponse { obligation: Some(to_wire(&obligation, ctx.now)) })
}

/// Lists obligations, next due first (责任时限列表).
pub(crate) async fn list(ctx: &Ctx, asked: Asked) -> Result<pb::ListObligationsResponse, Error> {
    let rows = store::list(&mut *ctx.read().await?, &asked, &Sight::of(ctx)).await?;
    let (obligations, next_page_token) = asked.page.answer(&rows, |row| (row.owed.due_time, row.id), |row| to_wire(row, ctx.now));
    Ok(pb::ListObligationsResponse { obligations, next_page_token })
}

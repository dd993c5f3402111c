//! Use cases of obligations: hear a fact, settle what is due, get, list.

use chassis::{Audit, Ctx, Db, Error, Fence, Page, Tx, clock::in_words, fact_id};
use huiying_proto::{
    accountability as pb,
    directory::Role::{self, Auditor, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader},
};
use jiff::Timestamp;
use regulation::{Fact, RuleBook};
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
        self.all || self.owes(obligation)
    }

    /// Whether the caller is the debtor, of it, or stands in for it.
    pub fn owes(&self, obligation: &Obligation) -> bool {
        let (body, person, role) = events::debtor(obligation);
        let owes = |ids: &[Uuid], id: &str| ids.iter().any(|own| own.to_string() == id);
        owes(&self.bodies, &body) || owes(&self.persons, &person) || self.roles.contains(&role)
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
    /// Whether it was extended; none for either.
    pub extended: Option<bool>,
    /// Due after this.
    pub due_after: Option<Timestamp>,
    /// Due by this.
    pub due_until: Option<Timestamp>,
    pub page: Page<(Timestamp, Uuid)>,
}

/// Hears a fact that the rule heeds (事实→时限): keeps it, asks the rule what is owed now, and tells what has changed. Facts
/// may come in any order, and again.
pub(crate) async fn hear(tx: &mut Tx, book: &RuleBook, fact: &Fact) -> Result<(), Error> {
    for subject in Subject::of(fact).map_err(Error::fault)? {
        hear_under(tx, book, subject, fact).await?;
    }
    Ok(())
}

/// Hears a fact that bears on one subject.
pub(crate) async fn hear_under(tx: &mut Tx, book: &RuleBook, subject: Subject, fact: &Fact) -> Result<(), Error> {
    let fact = Fact { incident_id: subject.incident_id().map(|id| id.to_string()), ..fact.clone() };
    let kept = fact::store::keep(tx.conn(), subject, &fact, fact_id(&fact.id)?).await?;
    if !kept.is_new {
        return Ok(());
    }
    let cause = Cause { fact_id: &fact.id, fact_time: fact.time, subject, book, now: tx.now() };
    if kept.facts == 1 {
        return weigh(tx, std::slice::from_ref(&fact), Vec::new(), cause).await.map(drop);
    }
    weigh_stored(tx, cause).await
}

/// Asks the rule what is owed now of everything heard of a subject, which is locked, and tells what has changed.
pub(crate) async fn weigh_stored(tx: &mut Tx, cause: Cause<'_>) -> Result<(), Error> {
    let (facts, stored) = (fact::store::of(tx.conn(), cause.subject).await?, store::of(tx.conn(), cause.subject).await?);
    weigh(tx, &facts, stored, cause).await.map(drop)
}

/// Asks the rule what is owed now, has what is stored agree, and tells what has changed: of how many obligations.
pub(crate) async fn weigh(tx: &mut Tx, facts: &[Fact], stored: Vec<Obligation>, cause: Cause<'_>) -> Result<u64, Error> {
    let owed = cause.book.obligations(facts, cause.now).map_err(Error::fault)?;
    let mut told = 0;
    for change in reconcile(stored, owed, cause, || tx.id()) {
        told += u64::from(!change.news.is_empty());
        keep(tx, change).await?;
    }
    Ok(told)
}

async fn keep(tx: &mut Tx, change: Change) -> Result<(), Error> {
    let Change { obligation, is_new, news } = change;
    if is_new {
        store::insert(tx.conn(), &obligation).await?;
    } else {
        store::save(tx.conn(), &obligation).await?;
    }
    if news.is_empty() {
        return Ok(());
    }
    let mut audit = about(&obligation);
    for told in news {
        if let News::Moved(moved) = &told {
            let (name, due) = (&obligation.owed.name, obligation.owed.due_time);
            audit = audit.reason(format!("“{name}”时限由{}改为{}:{}", in_words(moved.from), in_words(due), moved.reason));
        }
        events::tell(tx, &obligation, told);
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
/// many clocks it were; none when the lease is another's by now, and nothing was told.
pub(crate) async fn settle(db: &Db, fence: Fence) -> Result<Option<usize>, Error> {
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
    tx.commit_task_under(fence, last).await.map(|held| held.then_some(due.len()))
}

/// The obligations of an incident, by due time, whoever owes them.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Obligation>, Error> {
    let page = Page { size: MOST_OF_AN_INCIDENT, after: None };
    let asked = Asked {
        incident_id: Some(incident_id),
        debtor_body_id: None,
        outcome: None,
        extended: None,
        due_after: None,
        due_until: None,
        page,
    };
    let all = Sight { all: true, bodies: Vec::new(), persons: Vec::new(), roles: Vec::new() };
    store::listing::list(connection, &asked, &all).await
}

/// Returns an obligation (查看责任时限).
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetObligationResponse, Error> {
    let mut connection = ctx.read().await?;
    let found = store::some(&mut connection, &[id]).await?.pop();
    let obligation = found.filter(|obligation| Sight::of(ctx).shows(obligation)).ok_or_else(unknown)?;
    let effective = store::effective(&mut connection, &[id]).await?;
    Ok(pb::GetObligationResponse { obligation: Some(to_wire(&obligation, &effective, ctx.now)) })
}

/// Lists obligations, next due first (责任时限列表).
pub(crate) async fn list(ctx: &Ctx, asked: Asked) -> Result<pb::ListObligationsResponse, Error> {
    let mut connection = ctx.read().await?;
    let rows = store::listing::list(&mut connection, &asked, &Sight::of(ctx)).await?;
    let effective = store::effective(&mut connection, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let to_wire = |row: &Obligation| to_wire(row, &effective, ctx.now);
    let (obligations, next_page_token) = asked.page.answer(&rows, |row| (row.owed.due_time, row.id), to_wire);
    Ok(pb::ListObligationsResponse { obligations, next_page_token })
}

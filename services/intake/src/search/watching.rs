//! Watching (事件动态): what intake's own ledger tells a caller of the incidents that they may see.

use std::collections::{BTreeMap, HashMap};

use chassis::{Ctx, Error, Watch, fact_id, read_fact};
use huiying_proto::{
    event::Record,
    intake::{self as pb, incident_change::Kind},
};
use uuid::Uuid;

use crate::{
    incident::{self, store::listing},
    visible::visible,
};

/// Which incidents are watched; all where nothing is said.
pub(crate) struct Watching {
    pub level: Option<String>,
    pub body: Option<Uuid>,
}

/// What changed of an incident.
#[derive(Debug, Default)]
struct Change {
    kinds: Vec<Kind>,
    reports: Vec<Uuid>,
}

impl Change {
    fn note(&mut self, kind: Kind, report: Option<Uuid>) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        if let Some(report) = report.filter(|report| !self.reports.contains(report)) {
            self.reports.push(report);
        }
    }
}

#[async_trait::async_trait]
impl Watch for Watching {
    type Answer = pb::WatchIncidentsResponse;

    async fn tell(&self, ctx: &Ctx, records: &[Record]) -> Result<Option<Self::Answer>, Error> {
        let changes = changes(records)?;
        if changes.is_empty() {
            return Ok(None);
        }
        let ids: Vec<Uuid> = changes.keys().copied().collect();
        let seen = listing::among(&mut *ctx.read().await?, &ids, visible(ctx).as_deref()).await?;
        let fits = |incident: &incident::Incident| {
            self.level.as_ref().is_none_or(|level| *level == incident.level) && self.body.is_none_or(|body| incident.bodies.contains(&body))
        };
        let seen: HashMap<Uuid, incident::Incident> = seen.into_iter().map(|incident| (incident.id, incident)).collect();
        let changes: Vec<pb::IncidentChange> = changes
            .into_iter()
            .filter_map(|(id, change)| {
                let incident = seen.get(&id)?;
                let left = !fits(incident);
                if left && !self.may_have_left(&change) {
                    return None;
                }
                Some(pb::IncidentChange {
                    left,
                    incident: Some(incident::grpc::to_wire(incident)),
                    kinds: change.kinds.into_iter().map(i32::from).collect(),
                    report_ids: change.reports.iter().map(Uuid::to_string).collect(),
                })
            })
            .collect();
        Ok((!changes.is_empty()).then(|| pb::WatchIncidentsResponse { resume_token: String::new(), changes }))
    }

    fn mark(answer: &mut Self::Answer, resume_token: String) {
        answer.resume_token = resume_token;
    }
}

impl Watching {
    /// Whether an incident that is not what is watched may have been until it changed.
    fn may_have_left(&self, change: &Change) -> bool {
        self.level.is_some() && change.kinds.contains(&Kind::Level) || self.body.is_some() && change.kinds.contains(&Kind::Bodies)
    }
}

/// What some records say of incidents.
fn changes(records: &[Record]) -> Result<BTreeMap<Uuid, Change>, Error> {
    let mut changes: BTreeMap<Uuid, Change> = BTreeMap::new();
    let mut note = |incident: &str, kind: Kind, report: &str| {
        let report = if report.is_empty() { None } else { Some(fact_id(report)?) };
        changes.entry(fact_id(incident)?).or_default().note(kind, report);
        Ok::<(), Error>(())
    };
    for event in records.iter().flat_map(|record| &record.events) {
        if let Some(fact) = read_fact::<pb::IncidentOpened>(event)? {
            note(&fact.incident_id, Kind::Opened, "")?;
        } else if let Some(fact) = read_fact::<pb::ReportPlaced>(event)? {
            note(&fact.incident_id, Kind::Reported, &fact.report_id)?;
        } else if let Some(fact) = read_fact::<pb::ReportSighted>(event)? {
            // One that has no incident yet is told when it is placed.
            if !fact.incident_id.is_empty() {
                note(&fact.incident_id, Kind::Reported, &fact.report_id)?;
            }
        } else if let Some(fact) = read_fact::<pb::IncidentMerged>(event)? {
            note(&fact.incident_id, Kind::Moved, "")?;
            note(&fact.into_incident_id, Kind::Moved, "")?;
        } else if let Some(fact) = read_fact::<pb::ReportMoved>(event)? {
            note(&fact.incident_id, Kind::Moved, &fact.report_id)?;
            note(&fact.from_incident_id, Kind::Moved, &fact.report_id)?;
        } else if let Some(fact) = read_fact::<pb::InvolvedBodiesNamed>(event)? {
            note(&fact.incident_id, Kind::Bodies, "")?;
        } else if let Some(fact) = read_fact::<pb::IncidentLevelChanged>(event)? {
            note(&fact.incident_id, Kind::Level, "")?;
        }
    }
    Ok(changes)
}

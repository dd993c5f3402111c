//! The incidents that reports join within one transaction: loaded together, saved together.

use std::collections::HashMap;

use chassis::{Error, Tx, wire_id, wire_ids, wire_time};
use huiying_proto::intake as pb;
use jiff::SignedDuration;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Incident, Letter, Writers, store, unknown};
use crate::{
    outlet::grpc::{medium, tier},
    report::{Placed, Report, masking::masked},
};

struct Gathered {
    incident: Incident,
    writers: Writers,
    is_new: bool,
}

/// The incidents of one transaction, locked.
pub(crate) struct Gathering {
    incidents: HashMap<Uuid, Gathered>,
    within: SignedDuration,
}

/// What is told of a report that joined an incident.
pub(crate) struct Joined {
    opened: Option<pb::IncidentOpened>,
    placed: pb::ReportPlaced,
    involved: Option<pb::InvolvedBodiesNamed>,
}

impl Joined {
    /// Emits it.
    pub fn tell(self, tx: &mut Tx) {
        if let Some(opened) = self.opened {
            tx.emit(opened);
        }
        tx.emit(self.placed);
        if let Some(involved) = self.involved {
            tx.emit(involved);
        }
    }
}

impl Gathering {
    /// Locks those of some incidents that are there. `within` is the rule's window for 二(四).
    pub async fn load(connection: &mut PgConnection, ids: &[Uuid], within: SignedDuration) -> Result<Self, Error> {
        let found = store::lock_all(connection, ids).await?;
        let mut letters: HashMap<Uuid, Vec<Letter>> = HashMap::new();
        for (incident, letter) in store::letters(connection, ids).await? {
            letters.entry(incident).or_default().push(letter);
        }
        let gathered = |incident: Incident| {
            let writers = Writers::of(letters.remove(&incident.id).unwrap_or_default(), within);
            (incident.id, Gathered { incident, writers, is_new: false })
        };
        Ok(Self { incidents: found.into_iter().map(gathered).collect(), within })
    }

    /// Whether it holds an incident.
    pub fn holds(&self, id: Uuid) -> bool {
        self.incidents.contains_key(&id)
    }

    /// The number of an incident that it holds.
    pub fn number(&self, id: Uuid) -> Option<&str> {
        self.incidents.get(&id).map(|gathered| gathered.incident.number.as_str())
    }

    /// Opens an incident for its first report.
    pub fn open(&mut self, id: Uuid, number: String, report: &Report) {
        let incident = Incident::open(id, number, masked(&report.sighting.title), report.register_time);
        self.incidents.insert(id, Gathered { incident, writers: Writers::default(), is_new: true });
    }

    /// Puts a report into the incident that it was placed in.
    pub fn join(&mut self, report: &Report) -> Result<Joined, Error> {
        let placed = report.placed.as_ref().ok_or_else(|| Error::fault("a report joins nothing"))?;
        let Gathered { incident, writers, is_new } = self.incidents.get_mut(&placed.incident).ok_or_else(unknown)?;
        let sighting = &report.sighting;
        let involves_more = incident.take_in(report.register_time, &sighting.bodies);
        if let Some(writer) = sighting.writer {
            writers.add((sighting.publish_time, writer.to_vec()), self.within);
        }
        incident.count_writers(writers);
        let opens = std::mem::take(is_new);
        let body_ids = wire_ids(&incident.bodies);
        Ok(Joined {
            opened: opens.then(|| opened(incident)),
            placed: told(incident, report, placed),
            involved: (involves_more && !opens).then(|| pb::InvolvedBodiesNamed { incident_id: incident.id.to_string(), body_ids }),
        })
    }

    /// One of them.
    pub fn get(&self, id: Uuid) -> Result<&Incident, Error> {
        Ok(&self.incidents.get(&id).ok_or_else(unknown)?.incident)
    }

    /// Takes units into an incident. True when any was added.
    pub fn involve(&mut self, id: Uuid, bodies: &[Uuid]) -> bool {
        self.incidents.get_mut(&id).is_some_and(|gathered| gathered.incident.involve(bodies))
    }

    /// Says which units an incident involves.
    pub fn name_bodies(&mut self, id: Uuid, bodies: Vec<Uuid>) {
        if let Some(gathered) = self.incidents.get_mut(&id) {
            gathered.incident.bodies = bodies;
        }
    }

    /// Merges an incident into another (并入).
    pub fn merge(&mut self, from: Uuid, into: Uuid) -> Result<(), Error> {
        let number = self.get(into)?.number.clone();
        self.incidents.get_mut(&from).ok_or_else(unknown)?.incident.merged_into = Some((into, number));
        Ok(())
    }

    /// Has a merged incident stand by itself again.
    pub fn part(&mut self, id: Uuid) -> Result<(), Error> {
        self.incidents.get_mut(&id).ok_or_else(unknown)?.incident.merged_into = None;
        Ok(())
    }

    /// What is told of an incident that was opened here, once.
    pub fn opened(&mut self, id: Uuid) -> Option<pb::IncidentOpened> {
        let gathered = self.incidents.get_mut(&id)?;
        std::mem::take(&mut gathered.is_new).then(|| opened(&gathered.incident))
    }

    /// What is told of the units of an incident.
    pub fn involved(&self, id: Uuid) -> Option<pb::InvolvedBodiesNamed> {
        let incident = &self.incidents.get(&id)?.incident;
        Some(pb::InvolvedBodiesNamed { incident_id: incident.id.to_string(), body_ids: wire_ids(&incident.bodies) })
    }

    /// What is told of a report that is in an incident already counted.
    pub fn placed(&self, report: &Report) -> Result<pb::ReportPlaced, Error> {
        let placed = report.placed.as_ref().ok_or_else(|| Error::fault("a report is in nothing"))?;
        Ok(told(self.get(placed.incident)?, report, placed))
    }

    /// What is told of an incident that reports left; nothing of one that all left, and that is merged therefore.
    pub fn recounted(&self, id: Uuid) -> Option<pb::IncidentRecounted> {
        let incident = &self.incidents.get(&id)?.incident;
        (incident.reports > 0).then(|| pb::IncidentRecounted {
            incident_id: incident.id.to_string(),
            number: incident.number.clone(),
            title: incident.title.clone(),
            report_count: incident.reports,
            distinct_writers: incident.recent_writers,
        })
    }

    /// Counts an incident anew after a report was moved away from it.
    pub async fn recount(&mut self, connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
        let Some(Gathered { incident, writers, .. }) = self.incidents.get_mut(&id) else { return Ok(()) };
        incident.recount(store::span(connection, id).await?);
        let letters = store::letters(connection, &[id]).await?;
        *writers = Writers::of(letters.into_iter().map(|(_, letter)| letter).collect(), self.within);
        incident.count_writers(writers);
        Ok(())
    }

    /// Saves them all.
    pub async fn save(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let incidents: Vec<&Incident> = self.incidents.values().map(|gathered| &gathered.incident).collect();
        store::put_all(connection, &incidents).await.map(drop)
    }

    /// Saves one, and returns it with its new version.
    pub async fn save_one(&mut self, connection: &mut PgConnection, id: Uuid) -> Result<Incident, Error> {
        let incident = &mut self.incidents.get_mut(&id).ok_or_else(unknown)?.incident;
        store::put(connection, incident).await?;
        Ok(incident.clone())
    }
}

fn opened(incident: &Incident) -> pb::IncidentOpened {
    pb::IncidentOpened {
        incident_id: incident.id.to_string(),
        number: incident.number.clone(),
        title: incident.title.clone(),
        first_report_time: Some(wire_time(incident.first_report)),
        body_ids: wire_ids(&incident.bodies),
    }
}

fn told(incident: &Incident, report: &Report, placed: &Placed) -> pb::ReportPlaced {
    let sighting = &report.sighting;
    pb::ReportPlaced {
        incident_id: incident.id.to_string(),
        report_id: report.id.to_string(),
        incident_number: incident.number.clone(),
        incident_title: incident.title.clone(),
        first_report_time: Some(wire_time(incident.first_report)),
        outlet_name: report.outlet_name.clone(),
        tier: tier(&report.tier).into(),
        medium: medium(&report.medium).into(),
        page: sighting.page.clone(),
        sensitive: sighting.sensitive,
        view_count: sighting.views,
        comment_count: sighting.comments,
        repost_count: sighting.reposts,
        report_count: incident.reports,
        distinct_writers: incident.recent_writers,
        body_ids: wire_ids(&incident.bodies),
        score: placed.score,
        ground: placed.ground.clone(),
        publish_time: Some(wire_time(sighting.publish_time)),
        category_id: wire_id(report.category.map(|is| is.category)),
    }
}

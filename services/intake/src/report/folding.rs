//! Folding (重复归一): a sighting that repeats a report is counted with it instead of being another. However many sightings are judged, the
//! store is asked and written once for all.

use std::collections::{HashMap, HashSet};

use chassis::{Error, Refusal};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Known, Report, Sighting,
    likeness::{Keys, is_same_piece, repeats},
    store::{self, repeats as sightings},
};
use crate::writer::{self, Kept, Letter, Sealed};

/// A repeated sighting (重复、转载) of a report that is there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Repeat {
    pub id: Uuid,
    pub report: Uuid,
    pub outlet_name: String,
    pub tier: String,
    pub medium: String,
    pub sighting: Sighting,
    pub register_time: Timestamp,
    /// Why it is one.
    pub ground: String,
}

/// What becomes of a sighting.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is a report of its own.
    New(Box<Report>),
    /// It is registered already, under its outlet's own id.
    Known(Uuid),
    /// It is another sighting of a report.
    Repeated(Box<Repeat>),
}

/// The report that a sighting is held against.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub report: Uuid,
    pub registered: Timestamp,
    pub incident: Option<Uuid>,
    /// It is of the same transaction.
    pub is_new: bool,
    /// Its title and text, where its address is held.
    pub piece: Option<(String, String)>,
}

/// What sightings are held against, of one transaction.
#[derive(Debug, Default)]
pub(crate) struct Folding {
    known: Known,
    held: HashMap<[u8; 32], Held>,
    /// Reports too old to be repeated: a newer one holds their keys from now on.
    let_go: Vec<Uuid>,
}

impl Folding {
    /// Loads what some sightings, that would be reports, may repeat.
    pub async fn load(connection: &mut PgConnection, asked: &[&Report]) -> Result<Self, Error> {
        let ids: Vec<(Uuid, &str)> = asked.iter().filter_map(|report| report.sighting.key()).collect();
        let keys: Vec<Keys> = asked.iter().map(|report| report.keys).collect();
        let (known, held) = (store::known(connection, &ids).await?, sightings::held(connection, &keys).await?);
        Ok(Self { known, held, let_go: Vec::new() })
    }

    /// Judges a sighting that would be a report. Refuses another sighting under one id of an outlet.
    pub fn judge(&mut self, mut report: Report) -> Result<Fate, Refusal> {
        if let Some(known) = report.sighting.among(&self.known)? {
            return Ok(Fate::Known(known));
        }
        let mut keys = std::mem::take(&mut report.keys);
        let sighting = &report.sighting;
        let piece = (sighting.title.as_str(), sighting.excerpt.as_str());
        let is_other = |held: &Held| held.piece.as_ref().is_some_and(|(title, text)| !is_same_piece(piece, (title, text)));
        if keys.url.and_then(|key| self.held.get(&key)).is_some_and(is_other) {
            // Of another piece at the same address nothing is known by it.
            keys.url = None;
        }
        let ground = if sighting.writer.is_some() { "同一来信人,正文相同" } else { "正文相同" };
        for (key, ground) in [(keys.url, "同一网址"), (keys.text, ground)] {
            if let Some(held) = key.and_then(|key| self.held.get(&key))
                && repeats(sighting, held.registered, held.incident, report.register_time)
            {
                let is = held.report;
                self.learn(&report, is);
                return Ok(Fate::Repeated(Box::new(Repeat::of(report, is, ground))));
            }
        }
        let before: Vec<(Uuid, bool)> = [keys.url, keys.text]
            .into_iter()
            .flatten()
            .filter_map(|key| self.held.get(&key))
            .map(|held| (held.report, held.is_new))
            .collect();
        // What a person puts elsewhere in the same moment holds nothing: the first of them does.
        if before.iter().all(|(_, is_new)| !is_new) {
            self.let_go.extend(before.into_iter().map(|(report, _)| report));
            let piece = keys.url.map(|_| (sighting.title.clone(), sighting.excerpt.clone()));
            let held = Held {
                report: report.id,
                registered: report.register_time,
                incident: sighting.requested_incident,
                is_new: true,
                piece: None,
            };
            self.held.extend(keys.text.map(|key| (key, held.clone())));
            self.held.extend(keys.url.map(|key| (key, Held { piece, ..held })));
            report.keys = keys;
        }
        self.learn(&report, report.id);
        Ok(Fate::New(Box::new(report)))
    }

    fn learn(&mut self, report: &Report, is: Uuid) {
        if let Some((outlet, id)) = report.sighting.key() {
            self.known.insert((outlet, id.to_owned()), (is, report.sighting.digest().to_vec()));
        }
    }

    /// Saves what was judged. What another transaction registered meanwhile is judged anew.
    pub async fn save(self, connection: &mut PgConnection, mut fates: Vec<&mut Fate>) -> Result<(), Error> {
        sightings::let_go(connection, &self.let_go).await?;
        let new: Vec<&Report> = fates.iter().filter_map(|fate| fate.report()).collect();
        let inserted: HashSet<Uuid> = store::insert(connection, &new).await?.into_iter().collect();
        let late: Vec<Report> = new.into_iter().filter(|report| !inserted.contains(&report.id)).cloned().collect();
        let mut found: HashMap<Uuid, Uuid> = HashMap::new();
        if !late.is_empty() {
            let mut again = Self::load(connection, &late.iter().collect::<Vec<_>>()).await?;
            let mut anew = Vec::new();
            for fate in &mut fates {
                let Some(report) = fate.report().filter(|report| !inserted.contains(&report.id)).cloned() else { continue };
                let id = report.id;
                // With another content under its number, it alone is refused when all are tried again.
                **fate = again.judge(report).map_err(|_| meanwhile())?;
                let is = match fate {
                    // What was there has its address, and is another piece.
                    Fate::New(report) => {
                        anew.push(report.clone());
                        continue;
                    }
                    Fate::Known(is) => *is,
                    Fate::Repeated(repeat) => repeat.report,
                };
                found.insert(id, is);
            }
            sightings::let_go(connection, &again.let_go).await?;
            if store::insert(connection, &anew.iter().map(AsRef::as_ref).collect::<Vec<_>>()).await?.len() != anew.len() {
                return Err(meanwhile().into());
            }
        }
        for fate in &mut fates {
            match &mut **fate {
                Fate::Known(id) => *id = found.get(id).copied().unwrap_or(*id),
                Fate::Repeated(repeat) => repeat.report = found.get(&repeat.report).copied().unwrap_or(repeat.report),
                Fate::New(_) => {}
            }
        }
        let repeats: Vec<&Repeat> = fates.iter().filter_map(|fate| fate.repeat()).collect();
        let kept: HashSet<Uuid> = sightings::insert(connection, &repeats).await?.into_iter().collect();
        let mut counts: HashMap<Uuid, i64> = HashMap::new();
        for repeat in repeats.iter().filter(|repeat| kept.contains(&repeat.id)) {
            *counts.entry(repeat.report).or_default() += 1;
        }
        sightings::count(connection, &counts).await?;
        for fate in &mut fates {
            // Another call registered the same id of an outlet meanwhile.
            if let Some(report) = fate.repeat().filter(|repeat| !kept.contains(&repeat.id)).map(|repeat| repeat.report) {
                **fate = Fate::Known(report);
            }
        }
        let letters: Vec<Letter> = fates.iter().filter_map(|fate| fate.letter()).collect();
        writer::store::keep(connection, &letters).await
    }
}

impl Fate {
    fn report(&self) -> Option<&Report> {
        if let Self::New(report) = self { Some(report) } else { None }
    }

    fn repeat(&self) -> Option<&Repeat> {
        if let Self::Repeated(repeat) = self { Some(repeat) } else { None }
    }

    /// What is kept of who wrote it.
    fn letter(&self) -> Option<Letter> {
        let (piece, report, sighting, time) = match self {
            Self::New(report) => (report.id, report.id, &report.sighting, report.register_time),
            Self::Repeated(repeat) => (repeat.id, repeat.report, &repeat.sighting, repeat.register_time),
            Self::Known(_) => return None,
        };
        let (digest, seal) = sighting.writer.zip(sighting.seal.clone())?;
        Some(Letter { report, time, kept: Kept { piece, sealed: Sealed { digest, seal } } })
    }

    /// The report that it is, or is a sighting of.
    pub fn id(&self) -> Uuid {
        match self {
            Self::New(report) => report.id,
            Self::Known(id) => *id,
            Self::Repeated(repeat) => repeat.report,
        }
    }
}

impl Repeat {
    /// As a caller sees it whose view is limited; see [`Report::seen`].
    #[must_use]
    pub fn seen(mut self, visible: Option<&[Uuid]>) -> Self {
        self.sighting = self.sighting.seen(visible);
        self
    }

    fn of(report: Report, is: Uuid, ground: &str) -> Self {
        Self {
            id: report.id,
            report: is,
            outlet_name: report.outlet_name,
            tier: report.tier,
            medium: report.medium,
            sighting: report.sighting,
            register_time: report.register_time,
            ground: ground.to_owned(),
        }
    }
}
/// Another registered the same meanwhile: it is tried again.
fn meanwhile() -> Refusal {
    Refusal::stale("REPORT_STALE", "同样的内容正被另一处登记,请重试。")
}

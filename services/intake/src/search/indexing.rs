//! Indexing: what intake's own facts make searchable, and list by unit, category and level. One indexer a service, as its consumer's
//! lease has it; the places that it gives follow each other, and two that were both believed to be the one would give the same, of which
//! one is refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use chassis::{Error, Heard, Reaction, Tx, fact_id};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    lexemes, marks,
    store::{self, Entry, Indexable, involved, lists},
};

/// The indexer.
#[derive(Default)]
pub(crate) struct Indexing(Mutex<Told>);

/// What was heard in this transaction.
#[derive(Debug, Default)]
struct Told {
    registered: BTreeSet<Uuid>,
    /// Reports that were seen again: the marks of where.
    repeated: BTreeMap<Uuid, BTreeSet<String>>,
    /// Reports of which it was corrected where they, or repeated sightings of them, appeared.
    corrected: BTreeSet<Uuid>,
    /// Reports whose incident, and with it whose units, are new.
    placed: BTreeSet<Uuid>,
    /// Incidents whose units are new.
    incidents: BTreeSet<Uuid>,
    /// Reports, and those of incidents, that are on other lists.
    relisted: BTreeSet<Uuid>,
    relisted_incidents: BTreeSet<Uuid>,
}

impl Indexing {
    fn note<T>(&self, note: impl FnOnce(&mut Told) -> T) -> Result<T, Error> {
        self.0.lock().map(|mut told| note(&mut told)).map_err(Error::fault)
    }
}

#[async_trait::async_trait]
impl Reaction for Indexing {
    async fn prepare(&self, _: &mut Tx, _: &[Heard]) -> Result<(), Error> {
        // What a transaction before heard, that did not come to its end, is heard again.
        self.note(|told| *told = Told::default())
    }

    async fn apply(&self, _: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::ReportRegistered>()? {
            let report = fact_id(&fact.report.ok_or_else(|| Error::fault("ReportRegistered without a report"))?.report_id)?;
            self.note(|told| (told.registered.insert(report), told.relisted.insert(report)))?;
        } else if let Some(fact) = heard.read::<pb::ReportPlaced>()? {
            let report = fact_id(&fact.report_id)?;
            // Most incidents involve no unit when they are new.
            self.note(|told| {
                told.relisted.insert(report);
                if !fact.body_ids.is_empty() {
                    told.placed.insert(report);
                }
            })?;
        } else if let Some(fact) = heard.read::<pb::ReportSighted>()? {
            let sighting = fact.sighting.ok_or_else(|| Error::fault("ReportSighted without a sighting"))?;
            let marks = marks::of_repeat(fact_id(&sighting.outlet_id)?, sighting.tier().as_str_name());
            let report = fact_id(&fact.report_id)?;
            self.note(|told| told.repeated.entry(report).or_default().extend(marks))?;
        } else if let Some(fact) = heard.read::<pb::ReportCorrected>()? {
            let report = fact_id(&fact.report_id)?;
            self.note(|told| told.corrected.insert(report))?;
        } else if let Some(fact) = heard.read::<pb::ReportMoved>()? {
            let report = fact_id(&fact.report_id)?;
            self.note(|told| (told.relisted.insert(report), told.placed.insert(report)))?;
        } else if let Some(fact) = heard.read::<pb::ReportCategorized>()? {
            let report = fact_id(&fact.report_id)?;
            self.note(|told| told.relisted.insert(report))?;
        } else if let Some(fact) = heard.read::<pb::IncidentOpened>()? {
            let incident = fact_id(&fact.incident_id)?;
            self.note(|told| !fact.body_ids.is_empty() && told.incidents.insert(incident))?;
        } else if let Some(fact) = heard.read::<pb::InvolvedBodiesNamed>()? {
            let incident = fact_id(&fact.incident_id)?;
            self.note(|told| (told.relisted_incidents.insert(incident), told.incidents.insert(incident)))?;
        } else if let Some(fact) = heard.read::<pb::IncidentLevelChanged>()? {
            let incident = fact_id(&fact.incident_id)?;
            self.note(|told| told.relisted_incidents.insert(incident))?;
        }
        Ok(())
    }

    async fn conclude(&self, tx: &mut Tx) -> Result<(), Error> {
        let heard = self.note(std::mem::take)?;
        if !heard.registered.is_empty() {
            index(tx, &Vec::from_iter(heard.registered)).await?;
        }
        if !heard.repeated.is_empty() {
            let marked = heard.repeated.iter().map(|(report, marks)| (*report, lexemes::listed(marks)));
            store::mark(tx.conn(), &Vec::from_iter(marked)).await?;
        }
        if !heard.corrected.is_empty() {
            reindex(tx, &Vec::from_iter(heard.corrected)).await?;
        }
        if !heard.placed.is_empty() {
            involved::relist_reports(tx.conn(), &Vec::from_iter(heard.placed)).await?;
        }
        if !heard.incidents.is_empty() {
            involved::relist_incidents(tx.conn(), &Vec::from_iter(heard.incidents)).await?;
        }
        if !heard.relisted.is_empty() {
            lists::relist(tx.conn(), &Vec::from_iter(heard.relisted)).await?;
        }
        if !heard.relisted_incidents.is_empty() {
            lists::relist_incidents(tx.conn(), &Vec::from_iter(heard.relisted_incidents)).await?;
        }
        Ok(())
    }
}

/// Gives reports their entries, unless they have them.
async fn index(tx: &mut Tx, reports: &[Uuid]) -> Result<(), Error> {
    let last = store::last_place(tx.conn()).await?;
    let reports = store::unindexed(tx.conn(), reports).await?;
    let entries = move || reports.iter().zip(last + 1..).map(|(report, place)| entry(report, place)).collect::<Vec<_>>();
    let entries = tokio::task::spawn_blocking(entries).await.map_err(Error::fault)?;
    let months = entries.iter().flat_map(|entry| marks::of_months(entry.publish, entry.register).map(|mark| (mark, entry.place)));
    let (months, places): (Vec<String>, Vec<i64>) = months.unzip();
    store::note_months(tx.conn(), &months, &places).await?;
    store::insert(tx.conn(), &entries).await
}

/// Writes the words and marks of entries anew, as their reports and what repeats them are by now.
async fn reindex(tx: &mut Tx, reports: &[Uuid]) -> Result<(), Error> {
    let mut words = Vec::new();
    for store::Indexed { place, report, outlets, tiers } in store::indexed(tx.conn(), reports).await? {
        let mut marks = marks::of(place, report.outlet, &report.tier, report.publish, report.register);
        marks.extend(marks::of_repeats(&outlets, &tiers));
        words.push((report.report, lexemes::vector(&report.title, &report.excerpt, &marks)));
    }
    store::replace_words(tx.conn(), &words).await
}

fn entry(report: &Indexable, place: i64) -> Entry {
    let marks = marks::of(place, report.outlet, &report.tier, report.publish, report.register);
    let words = lexemes::vector(&report.title, &report.excerpt, &marks);
    Entry { place, report: report.report, publish: report.publish, register: report.register, words }
}

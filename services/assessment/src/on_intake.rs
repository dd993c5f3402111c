//! What intake's facts make assessment do: run the tests of 二 on what comes in.

use std::{collections::BTreeMap, sync::Arc};

use chassis::{Error, Heard, Reaction, Tx, fact_id, fact_ids, fact_time, optional_fact_id};
use huiying_proto::intake::{self as pb, outlet::Medium, outlet::Tier};
use jiff::Timestamp;
use regulation::{IncidentSignals, ReportSignals, RuleBook};
use uuid::Uuid;

use crate::{
    assessment::{
        Incident,
        hearing::{self, Placed},
        store,
    },
    signal::Signal,
    trend::{Appearance, Figures, Sighting},
};

/// Hears intake.
pub(crate) struct OnIntake {
    pub book: Arc<RuleBook>,
}

#[async_trait::async_trait]
impl Reaction for OnIntake {
    async fn prepare(&self, tx: &mut Tx, heard: &[Heard]) -> Result<(), Error> {
        let (mut placed, mut recounted) = (Vec::new(), BTreeMap::new());
        for one in heard {
            if let Some(fact) = one.read::<pb::ReportPlaced>()? {
                let (signal, appearance) = (signal(&fact)?, appearance(&fact, one.time)?);
                let incident = incident(fact)?;
                // With this report it adds up to what it says.
                recounted.remove(&incident.id);
                placed.push(Placed { signal, appearance, incident, event_id: one.event_id, time: one.time });
            } else if let Some(fact) = one.read::<pb::IncidentRecounted>()? {
                recounted.insert(fact_id(&fact.incident_id)?, (fact.report_count, fact.distinct_writers));
            }
        }
        hearing::place(tx, &self.book, &placed).await?;
        for (id, (reports, writers)) in recounted {
            store::recount(tx.conn(), id, reports, Some(writers)).await?;
        }
        Ok(())
    }

    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::ReportPlaced>()? {
            let signal = signal(&fact)?;
            hearing::assess(tx, self.book.at(heard.time), &incident(fact)?, &[signal], heard.time).await?;
        } else if let Some(fact) = heard.read::<pb::IncidentOpened>()? {
            hearing::open(tx, self.book.at(heard.time), opened(fact)?, heard.time).await?;
        } else if let Some(fact) = heard.read::<pb::InvolvedBodiesNamed>()? {
            store::involve(tx.conn(), fact_id(&fact.incident_id)?, &fact_ids(&fact.body_ids)?).await?;
        } else if let Some(fact) = heard.read::<pb::ReportMoved>()? {
            let (report, from, to) = (fact_id(&fact.report_id)?, fact_id(&fact.from_incident_id)?, fact_id(&fact.incident_id)?);
            hearing::relocate(tx, &self.book, report, from, to, heard.time).await?;
        } else if let Some(fact) = heard.read::<pb::ReportSighted>()? {
            // Of a report without an incident, it is told once it has one.
            if let Some(incident_id) = optional_fact_id(&fact.incident_id)? {
                let sighting = repeated(incident_id, &fact.report_id, fact.sighting.as_ref(), heard.time)?;
                hearing::sight(tx, &self.book, sighting, heard.time).await?;
            }
        } else if let Some(fact) = heard.read::<pb::SightingPlaced>()? {
            let sighting = repeated(fact_id(&fact.incident_id)?, &fact.report_id, fact.sighting.as_ref(), heard.time)?;
            hearing::sight(tx, &self.book, sighting, heard.time).await?;
        } else if let Some(fact) = heard.read::<pb::SpreadRecorded>()? {
            let sighting_id = optional_fact_id(&fact.sighting_id)?;
            hearing::spread(tx, self.book.at(heard.time), sighting_id, read(&fact)?, heard.time).await?;
        } else if let Some(fact) = heard.read::<pb::ReportCorrected>()? {
            let sighting_id = optional_fact_id(&fact.sighting_id)?;
            hearing::correct(tx, self.book.at(heard.time), sighting_id, corrected(&fact)?, heard.time).await?;
        } else if let Some(fact) = heard.read::<pb::IncidentRecounted>()? {
            hearing::recount(tx, self.book.at(heard.time), fact_id(&fact.incident_id)?, &recounted(&fact), heard.time).await?;
        } else if let Some(fact) = heard.read::<pb::IncidentMerged>()? {
            let into = (fact_id(&fact.into_incident_id)?, fact.into_number.as_str());
            hearing::merge(tx, self.book.at(heard.time), fact_id(&fact.incident_id)?, into, heard.time).await?;
        } else if let Some(fact) = heard.read::<pb::RegroupingUndone>()?
            && fact.kind() == pb::regrouping::Kind::Merge
        {
            let merged = (fact_id(&fact.incident_id)?, fact.number.as_str());
            hearing::part(tx, self.book.at(heard.time), merged, fact_id(&fact.left_incident_id)?, heard.time).await?;
        }
        Ok(())
    }
}

/// 线索要素: what the tests of 二 look at when a report was placed: its incident's sums, and the report.
///
/// # Errors
/// A fault when the fact carries a malformed id or no time.
pub fn signals(fact: pb::ReportPlaced) -> Result<(IncidentSignals, ReportSignals), Error> {
    let report = ReportSignals::from(&signal(&fact)?);
    Ok((IncidentSignals::from(&incident(fact)?), report))
}

fn opened(fact: pb::IncidentOpened) -> Result<Incident, Error> {
    Ok(Incident {
        id: fact_id(&fact.incident_id)?,
        first_report_time: fact_time(fact.first_report_time.as_ref())?,
        bodies: fact_ids(&fact.body_ids)?,
        number: fact.number,
        title: fact.title,
        report_count: 0,
        distinct_writers: 0,
    })
}

fn incident(fact: pb::ReportPlaced) -> Result<Incident, Error> {
    Ok(Incident {
        id: fact_id(&fact.incident_id)?,
        first_report_time: fact_time(fact.first_report_time.as_ref())?,
        bodies: fact_ids(&fact.body_ids)?,
        number: fact.incident_number,
        title: fact.incident_title,
        report_count: fact.report_count,
        distinct_writers: fact.distinct_writers,
    })
}

/// What the contract tells of an outlet, of a page and of figures, as the tests name it.
struct Told<'a> {
    report_id: &'a str,
    tier: Tier,
    medium: Medium,
    page: &'a str,
    sensitive: bool,
    /// Views, comments, reposts.
    figures: [i64; 3],
}

impl Told<'_> {
    fn signal(&self) -> Result<Signal, Error> {
        let [view_count, comment_count, repost_count] = self.figures;
        Ok(Signal {
            report_id: fact_id(self.report_id)?,
            tier: slug(self.tier.as_str_name(), "TIER_"),
            medium: slug(self.medium.as_str_name(), "MEDIUM_"),
            page: (!self.page.is_empty()).then(|| self.page.to_owned()),
            sensitive: self.sensitive,
            view_count,
            comment_count,
            repost_count,
        })
    }
}

fn signal(fact: &pb::ReportPlaced) -> Result<Signal, Error> {
    let (tier, medium, figures) = (fact.tier(), fact.medium(), [fact.view_count, fact.comment_count, fact.repost_count]);
    Told { report_id: &fact.report_id, tier, medium, page: &fact.page, sensitive: fact.sensitive, figures }.signal()
}

/// 重复线索要素: what the tests of 二 look at when a report was seen again elsewhere.
///
/// # Errors
/// A fault when the fact carries a malformed id or no sighting.
pub fn repeated_signals(report_id: &str, sighting: Option<&pb::Sighting>) -> Result<ReportSignals, Error> {
    Ok(ReportSignals::from(&repeated_signal(report_id, there(sighting)?)?))
}

/// 传播数据要素: what the tests of 二 look at when a report, or a repeated sighting of it, was read again.
///
/// # Errors
/// A fault when the fact carries a malformed id.
pub fn spread_signals(fact: &pb::SpreadRecorded) -> Result<ReportSignals, Error> {
    Ok(ReportSignals::from(&read(fact)?))
}

/// 事件要素: what the tests of 二 look at of an incident that reports left.
#[must_use]
pub fn recounted(fact: &pb::IncidentRecounted) -> IncidentSignals {
    let (report_count, distinct_writers) = (fact.report_count, fact.distinct_writers);
    IncidentSignals { incident_id: fact.incident_id.clone(), report_count, distinct_writers }
}

fn read(fact: &pb::SpreadRecorded) -> Result<Signal, Error> {
    let (tier, medium, figures) = (fact.tier(), fact.medium(), [fact.view_count, fact.comment_count, fact.repost_count]);
    Told { report_id: &fact.report_id, tier, medium, page: &fact.page, sensitive: fact.sensitive, figures }.signal()
}

/// 更正后线索要素: what the tests of 二 look at of a report, or of a repeated sighting of it, after it was corrected where it appeared.
///
/// # Errors
/// A fault when the fact carries a malformed id.
pub fn corrected_signals(fact: &pb::ReportCorrected) -> Result<ReportSignals, Error> {
    Ok(ReportSignals::from(&corrected(fact)?))
}

fn corrected(fact: &pb::ReportCorrected) -> Result<Signal, Error> {
    let (tier, medium, figures) = (fact.tier(), fact.medium(), [fact.view_count, fact.comment_count, fact.repost_count]);
    Told { report_id: &fact.report_id, tier, medium, page: &fact.page, sensitive: fact.sensitive, figures }.signal()
}

fn there(sighting: Option<&pb::Sighting>) -> Result<&pb::Sighting, Error> {
    sighting.ok_or_else(|| Error::fault("a report was seen again, and nothing says where"))
}

/// A repeated sighting in an incident. It did not appear after it was told.
fn repeated(incident_id: Uuid, report_id: &str, sighting: Option<&pb::Sighting>, told: Timestamp) -> Result<Sighting, Error> {
    let sighting = there(sighting)?;
    let published = sighting.publish_time.as_ref().map(|time| fact_time(Some(time))).transpose()?;
    let signal = repeated_signal(report_id, sighting)?;
    Ok(Sighting { id: fact_id(&sighting.sighting_id)?, incident_id, time: published.map_or(told, |time| time.min(told)), signal })
}

fn repeated_signal(report_id: &str, sighting: &pb::Sighting) -> Result<Signal, Error> {
    let figures = [sighting.view_count, sighting.comment_count, sighting.repost_count];
    let (tier, medium) = (sighting.tier(), sighting.medium());
    Told { report_id, tier, medium, page: &sighting.page, sensitive: sighting.sensitive, figures }.signal()
}

/// When a report appeared, and what is told of how far it spread. It did not appear after it was placed.
fn appearance(fact: &pb::ReportPlaced, placed: Timestamp) -> Result<Appearance, Error> {
    let published = fact.publish_time.as_ref().map(|time| fact_time(Some(time))).transpose()?;
    // A report is one sighting; those that repeat it are counted where they appeared. Of views, none is how the contract says that
    // nothing was told.
    let figures = Figures { sightings: Some(1), reach: (fact.view_count > 0).then_some(fact.view_count) };
    Ok(Appearance { time: published.map_or(placed, |time| time.min(placed)), figures })
}

/// The contract's `TIER_CENTRAL_STATIONED` as the rule names it: `central_stationed`.
fn slug(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_ascii_lowercase()
}

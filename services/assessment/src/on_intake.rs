//! What intake's facts make assessment do: run the tests of 二 on what comes in.

use std::sync::Arc;

use chassis::{Error, Heard, Reaction, Tx, fact_id, fact_ids, fact_time};
use huiying_proto::intake as pb;
use jiff::Timestamp;
use regulation::{IncidentSignals, ReportSignals, RuleBook};

use crate::{
    assessment::{
        Incident,
        hearing::{self, Placed},
        store,
    },
    signal::Signal,
    trend::{Appearance, Figures},
};

/// Hears intake.
pub(crate) struct OnIntake {
    pub book: Arc<RuleBook>,
}

#[async_trait::async_trait]
impl Reaction for OnIntake {
    async fn prepare(&self, tx: &mut Tx, heard: &[Heard]) -> Result<(), Error> {
        let mut placed = Vec::new();
        for one in heard {
            if let Some(fact) = one.read::<pb::ReportPlaced>()? {
                let (signal, appearance) = (signal(&fact)?, appearance(&fact, one.time)?);
                placed.push(Placed { signal, appearance, incident: incident(fact)?, event_id: one.event_id, time: one.time });
            }
        }
        hearing::place(tx, &self.book, &placed).await
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

fn signal(fact: &pb::ReportPlaced) -> Result<Signal, Error> {
    Ok(Signal {
        report_id: fact_id(&fact.report_id)?,
        tier: slug(fact.tier().as_str_name(), "TIER_"),
        medium: slug(fact.medium().as_str_name(), "MEDIUM_"),
        page: (!fact.page.is_empty()).then(|| fact.page.clone()),
        sensitive: fact.sensitive,
        view_count: fact.view_count,
        comment_count: fact.comment_count,
        repost_count: fact.repost_count,
    })
}

/// When a report appeared, and what is told of how far it spread. It did not appear after it was placed.
fn appearance(fact: &pb::ReportPlaced, placed: Timestamp) -> Result<Appearance, Error> {
    let published = fact.publish_time.as_ref().map(|time| fact_time(Some(time))).transpose()?;
    // The contract tells no sightings yet; of views, none is how it says that nothing was told.
    let figures = Figures { sightings: None, reach: (fact.view_count > 0).then_some(fact.view_count) };
    Ok(Appearance { time: published.map_or(placed, |time| time.min(placed)), figures })
}

/// The contract's `TIER_CENTRAL_STATIONED` as the rule names it: `central_stationed`.
fn slug(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_ascii_lowercase()
}

//! The register's entry of a report as a paper (线索登记表).

use chassis::Roster;
use papers::register::Entry;

use super::Report;
use crate::{
    incident::Incident,
    outlet::{medium_in_words, tier_in_words},
    register::level_in_words,
    transfer::Transfer,
};

impl Report {
    /// The paper of it; with its incident, none until placed, its category, and who transferred it.
    pub fn paper(&self, incident: Option<&Incident>, category: String, transfers: &[Transfer], roster: &Roster) -> Entry {
        let sighting = &self.sighting;
        Entry {
            outlet: self.outlet_name.clone(),
            tier: tier_in_words(&self.tier).1.to_owned(),
            medium: medium_in_words(&self.medium).to_owned(),
            external_id: sighting.external_id.clone().unwrap_or_default(),
            title: sighting.title.clone(),
            excerpt: sighting.excerpt.clone(),
            url: sighting.url.clone(),
            page: sighting.page.clone(),
            publish_time: sighting.publish_time,
            register_time: self.register_time,
            registrar: self.registrar.map(|person| roster.person_name(person)).unwrap_or_default(),
            level: incident.map(|incident| level_in_words(&incident.level)).unwrap_or_default().to_owned(),
            sightings: self.sightings,
            received_time: sighting.received.map(|received| received.time),
            witness: sighting.received.map(|received| roster.person_name(received.witness)).unwrap_or_default(),
            sensitive: sighting.sensitive,
            heat: (sighting.views, sighting.comments, sighting.reposts),
            category,
            bodies: sighting.bodies.iter().map(|body| roster.body_name(*body)).collect(),
            transfers: transfers.iter().map(|t| (t.sender.clone(), t.reference.clone(), t.due)).collect(),
            incident: incident.map(|incident| incident.number.clone()).unwrap_or_default(),
            placement: self.placed.as_ref().map(|placed| placed.ground.clone()).unwrap_or_default(),
        }
    }
}

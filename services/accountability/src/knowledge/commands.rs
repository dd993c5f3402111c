//! Use cases of knowledge: witness a fact, show the timeline.

use chassis::{Ctx, Error, Heard, Tx};
use huiying_proto::accountability as pb;
use uuid::Uuid;

use super::{
    facts,
    grpc::{party, to_wire},
    parties, store,
};
use crate::{
    fact,
    obligation::{
        commands::{Sight, of_incident},
        incident_unknown,
    },
};

/// Records who registered which reports, and of which incidents they thereby knew (登记线索), 四(六): all facts of a chunk at
/// once, so that an import of thousands stays cheap.
pub(crate) async fn witness_registering(tx: &mut Tx, heard: &[Heard]) -> Result<(), Error> {
    let (mut sightings, mut placements) = (Vec::new(), Vec::new());
    for one in heard {
        if let Some((sighting, incident_id)) = facts::sighting(one)? {
            placements.extend(incident_id.map(|incident_id| (sighting.report_id, incident_id)));
            sightings.push(sighting);
        }
        placements.extend(facts::placement(one)?);
    }
    store::sight(tx.conn(), &sightings).await?;
    store::place(tx.conn(), &placements).await
}

/// Records what a fact shows of who knew (知情), 四(六).
pub(crate) async fn witness(tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
    for entry in facts::entries(heard)? {
        store::insert(tx.conn(), &entry).await?;
    }
    Ok(())
}

/// Returns who knew what when of an incident (知情时间线), 四(六). A unit's people see their unit's entries and their own.
pub(crate) async fn timeline(ctx: &Ctx, incident_id: Uuid) -> Result<pb::GetKnowledgeTimelineResponse, Error> {
    let mut connection = ctx.read().await?;
    let sight = Sight::of(ctx);
    let mut entries = store::of(&mut connection, incident_id).await?;
    entries.retain(|entry| {
        let own = |ids: &[Uuid], id: Option<Uuid>| id.is_some_and(|id| ids.contains(&id));
        sight.all || own(&sight.bodies, entry.body_id) || own(&sight.persons, entry.person_id)
    });
    if entries.is_empty() && !(sight.all && fact::store::knows(&mut connection, incident_id).await?) {
        return Err(incident_unknown().into());
    }
    let owed = of_incident(&mut connection, incident_id).await?;
    let parties = parties(&entries, &owed, &ctx.roster);
    Ok(pb::GetKnowledgeTimelineResponse {
        entries: entries.iter().map(to_wire).collect(),
        parties: parties.iter().map(|one| party(one, ctx.now)).collect(),
    })
}

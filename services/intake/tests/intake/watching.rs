//! Watching what changes in incidents, through the contract.

use std::time::Duration;

use crate::office::{BUS, Office, PLANT, WATER, office, sighting};
use chassis::{
    testing::{assert_refused, moment, with_token},
    wire_time,
};
use huiying_proto::{
    assessment,
    directory::{Position, PositionAppointed, PositionEnded, Role},
    intake::{self as pb, IncidentChange, WatchIncidentsRequest, WatchIncidentsResponse, incident::Level, incident_change::Kind},
};
use tonic::{Code, Status, Streaming};
use uuid::Uuid;

/// Nothing that is told takes as long.
const PATIENCE: Duration = Duration::from_secs(10);

/// A stream, and where it is.
struct Watcher {
    stream: Streaming<WatchIncidentsResponse>,
    token: String,
}

impl Watcher {
    /// The next message: its changes.
    async fn next(&mut self) -> Result<Option<Vec<IncidentChange>>, Status> {
        let message = tokio::time::timeout(PATIENCE, self.stream.message()).await.expect("a message or an end")?;
        Ok(message.map(|message| {
            self.token = message.resume_token;
            message.changes
        }))
    }

    /// Waits for changes until there are so many.
    async fn changes(&mut self, count: usize) -> Vec<(String, Vec<Kind>)> {
        let mut changes = Vec::new();
        while changes.len() < count {
            changes.extend(self.next().await.unwrap().expect("the stream goes on"));
        }
        changes.into_iter().map(|change| (change.incident.as_ref().unwrap().title.clone(), change.kinds().collect())).collect()
    }
}

impl Office {
    async fn watch(&self, by: Uuid, message: WatchIncidentsRequest) -> Result<Watcher, Status> {
        let stream = self.client.clone().watch_incidents(self.house.ask(by, message)).await?.into_inner();
        let mut watcher = Watcher { stream, token: String::new() };
        assert_eq!(watcher.next().await?.unwrap(), []);
        assert!(!watcher.token.is_empty());
        Ok(watcher)
    }
}

fn resumed(token: &str) -> WatchIncidentsRequest {
    WatchIncidentsRequest { resume_token: token.into(), ..Default::default() }
}

#[tokio::test]
async fn what_changes_is_told_once_and_a_resumed_stream_leaves_nothing_out() {
    let office = office().await;
    office.placed(sighting(&office.paper, "搅拌站扰民", PLANT)).await;
    let mut watcher = office.watch(office.staff, resumed("")).await.unwrap();
    let water = office.placed(sighting(&office.paper, "自来水发黄", WATER)).await;
    assert_eq!(watcher.changes(1).await, [("自来水发黄".to_owned(), vec![Kind::Opened, Kind::Reported])]);
    let token = watcher.token.clone();
    office.classify(&water.incident_id, assessment::Level::Important).await;
    let bus = office.placed(sighting(&office.paper, "公交改线", BUS)).await;
    office.name_bodies(&office.incident(&bus.incident_id).await, &[office.water]).await.unwrap();
    office.move_report(&bus.report_id, &water.incident_id).await.unwrap();
    // Each is told as it is when it is told, whatever of it came together.
    let told = |watcher: Watcher| async move {
        let (mut watcher, mut kinds) = (watcher, Vec::new());
        while kinds.iter().filter(|(_, kind)| *kind == Kind::Moved).count() < 2 {
            let changes = watcher.next().await.unwrap().unwrap();
            kinds.extend(
                changes.iter().flat_map(|change| change.kinds().map(|kind| (change.incident.as_ref().unwrap().number.clone(), kind))),
            );
        }
        kinds.sort_by_key(|(number, kind)| (number.clone(), *kind as i32));
        kinds.dedup();
        kinds
    };
    let live = told(watcher).await;
    let expected = [
        ("2026-0002", Kind::Reported),
        ("2026-0002", Kind::Moved),
        ("2026-0002", Kind::Level),
        ("2026-0003", Kind::Opened),
        ("2026-0003", Kind::Reported),
        ("2026-0003", Kind::Moved),
        ("2026-0003", Kind::Bodies),
    ];
    let named = |kinds: Vec<(String, Kind)>| kinds.into_iter().filter(|(_, kind)| *kind != Kind::Bodies).collect::<Vec<_>>();
    let expected = named(expected.map(|(number, kind)| (number.to_owned(), kind)).to_vec());
    assert_eq!(named(live), expected);
    let again = office.watch(office.staff, resumed(&token)).await.unwrap();
    assert_eq!(named(told(again).await), expected);
}

#[tokio::test]
async fn a_stream_is_resumed_behind_its_last_message_and_not_before() {
    let office = office().await;
    let mut watcher = office.watch(office.staff, resumed("")).await.unwrap();
    office.placed(sighting(&office.paper, "搅拌站扰民", PLANT)).await;
    watcher.changes(1).await;
    let token = watcher.token.clone();
    drop(watcher);
    office.placed(sighting(&office.paper, "自来水发黄", WATER)).await;
    let mut watcher = office.watch(office.staff, resumed(&token)).await.unwrap();
    assert_eq!(watcher.changes(1).await, [("自来水发黄".to_owned(), vec![Kind::Opened, Kind::Reported])]);
}

#[tokio::test]
async fn what_is_no_longer_what_is_watched_is_told_once_as_having_left() {
    let office = office().await;
    let water = office.placed(sighting(&office.paper, "自来水发黄", WATER)).await;
    let of_water = WatchIncidentsRequest { body_id: office.water.to_string(), ..Default::default() };
    let mut watcher = office.watch(office.staff, of_water).await.unwrap();
    let incident = office.name_bodies(&office.incident(&water.incident_id).await, &[office.water]).await.unwrap();
    let came = watcher.next().await.unwrap().unwrap();
    assert_eq!(came.iter().map(|change| change.left).collect::<Vec<_>>(), [false]);
    office.name_bodies(&incident, &[office.housing]).await.unwrap();
    let went = watcher.next().await.unwrap().unwrap();
    assert_eq!(went.iter().map(|change| (change.left, change.kinds().collect())).collect::<Vec<_>>(), [(true, vec![Kind::Bodies])]);
    // What else happens to it is of no concern, until it comes again.
    office.classify(&water.incident_id, assessment::Level::Important).await;
    office.name_bodies(&office.incident(&water.incident_id).await, &[office.housing, office.water]).await.unwrap();
    let back = watcher.next().await.unwrap().unwrap();
    assert_eq!(back.iter().map(|change| (change.left, change.kinds().collect())).collect::<Vec<_>>(), [(false, vec![Kind::Bodies])]);
}

#[tokio::test]
async fn a_unit_is_told_what_involves_it_and_filters_leave_what_fits() {
    let office = office().await;
    let mut unit = office.watch(office.water_head, resumed("")).await.unwrap();
    let important = WatchIncidentsRequest { level: Level::Important.into(), ..Default::default() };
    let mut important = office.watch(office.staff, important).await.unwrap();
    let housing = WatchIncidentsRequest { body_id: office.housing.to_string(), ..Default::default() };
    let mut housing = office.watch(office.staff, housing).await.unwrap();
    let message = |title: &str, text: &str, body: Uuid| pb::RegisterReportRequest {
        body_ids: vec![body.to_string()],
        ..sighting(&office.paper, title, text)
    };
    let plant = office.placed(message("搅拌站扰民", PLANT, office.housing)).await;
    office.placed(message("自来水发黄", WATER, office.water)).await;
    office.classify(&plant.incident_id, assessment::Level::Important).await;
    assert_eq!(unit.changes(1).await[0].0, "自来水发黄");
    assert_eq!(housing.changes(1).await[0].0, "搅拌站扰民");
    assert_eq!(important.changes(1).await[0].0, "搅拌站扰民");
    let rest = tokio::time::timeout(Duration::from_millis(1500), unit.stream.message()).await;
    assert!(rest.is_err(), "{rest:?}");
}

#[tokio::test]
async fn a_token_that_we_did_not_make_is_refused() {
    let office = office().await;
    // "999999999999": beyond the ledger's end.
    for token in ["不是", "LTE", "OTk5OTk5OTk5OTk5"] {
        let outcome = office.watch(office.staff, resumed(token)).await;
        assert_refused(outcome.map(|_| ()), Code::InvalidArgument, "FIELDS_INVALID");
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_token_runs_out() {
    let office = office().await;
    let token = office.house.issuer.person(office.staff, office.house.clock.now(), 60).unwrap();
    let stream = office.client.clone().watch_incidents(with_token(resumed(""), &token)).await.unwrap().into_inner();
    let mut watcher = Watcher { stream, token: String::new() };
    watcher.next().await.unwrap();
    office.house.clock.set(moment("2026-11-10 09:02")).unwrap();
    assert_refused(watcher.next().await, Code::Unauthenticated, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops_which_does_not_wait_for_it() {
    let office = office().await;
    let mut watcher = office.watch(office.staff, resumed("")).await.unwrap();
    let begun = std::time::Instant::now();
    office.house.end().await;
    assert_eq!(watcher.next().await.unwrap(), None);
    assert!(begun.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn a_stream_ends_when_who_watches_leaves_office() {
    let office = office().await;
    let person = office.house.person("李干事", office.water, &[]).await;
    let position_id = office.house.new_id().to_string();
    let position = Position {
        position_id: position_id.clone(),
        person_id: person.to_string(),
        body_id: office.water.to_string(),
        title: "干事".into(),
        roles: vec![Role::UnitHandler.into()],
        start_time: Some(wire_time(moment("2020-01-01 00:00"))),
        end_time: None,
    };
    office.house.tell("directory", PositionAppointed { position: Some(position) }).await;
    let mut watcher = office.watch(person, resumed("")).await.unwrap();
    let end_time = Some(wire_time(moment("2026-11-10 08:59")));
    office.house.tell("directory", PositionEnded { position_id, end_time }).await;
    assert_refused(watcher.next().await, Code::PermissionDenied, "PERMISSION_DENIED");
}

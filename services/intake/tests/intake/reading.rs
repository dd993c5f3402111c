//! The daily reading, 五(一).

use crate::office::{Office, office};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::intake as pb;
use tonic::{Code, Status};
use uuid::Uuid;

/// A tick of sources by their initials: papers, web, broadcast.
fn tick(body: Uuid, day: &str, sources: &str, note: &str) -> pb::RecordReadingRequest {
    pb::RecordReadingRequest {
        request_id: request_id(),
        body_id: body.to_string(),
        reading_date: day.into(),
        papers: sources.contains('p'),
        web: sources.contains('w'),
        broadcast: sources.contains('b'),
        found: !note.is_empty(),
        note: note.into(),
    }
}

impl Office {
    async fn read(&self, by: Uuid, message: pb::RecordReadingRequest) -> Result<pb::Reading, Status> {
        Ok(self.client.clone().record_reading(self.house.ask(by, message)).await?.into_inner().reading.unwrap())
    }

    async fn readings(&self, by: Uuid, message: pb::ListReadingsRequest) -> pb::ListReadingsResponse {
        self.client.clone().list_readings(self.house.ask(by, message)).await.unwrap().into_inner()
    }
}

#[tokio::test]
async fn a_second_tick_adds_what_was_missing_and_takes_nothing_back() {
    let office = office().await;
    let first = office.read(office.officer, tick(office.housing, "2026-11-10", "p", "")).await.unwrap();
    assert!(first.papers && !first.web && !first.complete && !first.found);
    let second = office.read(office.officer, tick(office.housing, "2026-11-10", "wb", "住建局被点名")).await.unwrap();
    assert!(second.papers && second.complete && second.found);
    let third = office.read(office.officer, tick(office.housing, "2026-11-10", "w", "又一篇")).await.unwrap();
    assert_eq!((third.note.as_str(), third.person_ids.len()), ("住建局被点名\n又一篇", 1));
    let told: Vec<pb::ReadingRecorded> = office.told().await;
    assert_eq!(
        told.iter().map(|t| (t.complete, t.found, t.note.as_str())).collect::<Vec<_>>(),
        [(false, false, ""), (true, true, "住建局被点名"), (true, true, "又一篇")]
    );
    assert!(told.iter().all(|t| t.body_id == office.housing.to_string() && t.reading_date == "2026-11-10"));
    assert_refused(office.read(office.officer, tick(office.housing, "2026-11-10", "pwb", "")).await, Code::AlreadyExists, "READING_KNOWN");
    assert_eq!(office.told::<pb::ReadingRecorded>().await.len(), 3);
}

#[tokio::test]
async fn one_ticks_for_one_s_own_body_today_s_reading_or_yesterday_s() {
    let office = office().await;
    office.read(office.water_head, tick(office.water, "2026-11-09", "pwb", "")).await.unwrap();
    let day = |day| office.read(office.water_head, tick(office.water, day, "pwb", ""));
    assert_refused(day("2026-11-08").await, Code::FailedPrecondition, "READING_DAY_PAST");
    assert_refused(day("2026-11-11").await, Code::FailedPrecondition, "DATE_IN_FUTURE");
    assert_refused(day("今天").await, Code::InvalidArgument, "FIELDS_INVALID");
    let refused = office.read(office.water_head, tick(office.housing, "2026-11-10", "pwb", "")).await;
    assert_refused(refused, Code::PermissionDenied, "NOT_THE_READER");
    let refused = office.read(office.staff, tick(office.water, "2026-11-10", "pwb", "")).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_refused(office.read(office.water_head, tick(office.water, "2026-11-10", "", "")).await, Code::InvalidArgument, "FIELDS_INVALID");
    let silent = pb::RecordReadingRequest { found: true, ..tick(office.water, "2026-11-10", "p", "") };
    assert_refused(office.read(office.water_head, silent).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_unit_sees_its_own_reading_and_the_office_everyone_s() {
    let office = office().await;
    for day in ["2026-11-09", "2026-11-10"] {
        office.read(office.water_head, tick(office.water, day, "pwb", "")).await.unwrap();
        office.read(office.officer, tick(office.housing, day, "p", "")).await.unwrap();
    }
    let seen = |page: pb::ListReadingsResponse| page.readings.into_iter().map(|r| (r.reading_date, r.body_id)).collect::<Vec<_>>();
    let own = seen(office.readings(office.officer, pb::ListReadingsRequest::default()).await);
    assert_eq!(own, ["2026-11-10", "2026-11-09"].map(|day| (day.to_owned(), office.housing.to_string())));
    let of_the_day = pb::ListReadingsRequest { reading_date: "2026-11-09".into(), body_id: office.water.to_string(), ..Default::default() };
    assert_eq!(seen(office.readings(office.leader, of_the_day).await), [("2026-11-09".to_owned(), office.water.to_string())]);
    let (mut all, mut token) = (Vec::new(), String::new());
    loop {
        let page = office.readings(office.staff, pb::ListReadingsRequest { page_size: 1, page_token: token, ..Default::default() }).await;
        token = page.next_page_token.clone();
        all.extend(seen(page));
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(all, seen(office.readings(office.staff, pb::ListReadingsRequest::default()).await));
    assert_eq!(all.len(), 4);
}

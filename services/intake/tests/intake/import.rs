//! Importing letters, through the contract.

use crate::office::{BUS, PLANT, WATER, letter, office};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::intake::{self as pb, letter_outcome::Outcome, outlet::Tier};
use prost::Message;
use tonic::Code;

const AT: &str = "2026-11-09 20:00";

#[tokio::test]
async fn each_row_is_taken_or_refused_by_itself() {
    let office = office().await;
    let rows = vec![
        letter(2, "1", "S1", "搅拌站", PLANT, AT),
        letter(3, "2", "S2", "自来水", &"水".repeat(20_001), AT),
        letter(4, "3", "S3", "公交", BUS, "2031-01-01 00:00"),
        letter(5, "", "S4", "公交", BUS, AT),
        letter(6, "1", "S1", "搅拌站", PLANT, AT),
        pb::LetterRow { publish_time: None, ..letter(7, "6", "S6", "自来水", WATER, AT) },
        letter(8, "7", "S7", "自来水", WATER, AT),
    ];
    let outcomes = office.import(rows).await.unwrap();
    let told: Vec<(i32, Outcome)> = outcomes.iter().map(|o| (o.row, o.outcome())).collect();
    let (new, known, refused) = (Outcome::Registered, Outcome::Known, Outcome::Refused);
    assert_eq!(told, [(2, new), (3, refused), (4, refused), (5, refused), (6, known), (7, refused), (8, new)]);
    assert_eq!(outcomes[4].report_id, outcomes[0].report_id);
    for refusal in outcomes.iter().filter(|o| o.outcome() == refused) {
        assert!(refusal.report_id.is_empty() && refusal.message.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{refusal:?}");
    }
    let facts = office.told::<pb::ReportRegistered>().await;
    assert_eq!(facts.len(), 2);
    let report = office.report(office.staff, &outcomes[6].report_id).await.unwrap();
    assert_eq!((report.tier(), report.sensitive, report.external_id.as_str(), report.excerpt.as_str()), (Tier::Mailbox, false, "7", WATER));
}

#[tokio::test]
async fn importing_the_same_letters_again_adds_nothing() {
    let office = office().await;
    let rows: Vec<_> = (0..300).map(|n| letter(n + 2, &n.to_string(), &format!("S{n}"), &format!("第{n}封"), WATER, AT)).collect();
    let first = office.import(rows.clone()).await.unwrap();
    assert!(first.iter().all(|o| o.outcome() == Outcome::Registered));
    let again = office.import(rows).await.unwrap();
    assert!(again.iter().all(|o| o.outcome() == Outcome::Known));
    assert!(first.iter().zip(&again).all(|(a, b)| a.report_id == b.report_id));
    assert_eq!(office.told::<pb::ReportRegistered>().await.len(), 300);
}

#[tokio::test]
async fn nothing_of_a_sender_is_told_or_shown_and_writers_are_counted_all_the_same() {
    let office = office().await;
    let rows = vec![
        letter(2, "1", "SENDER-ONE", "锦绣家园搅拌站", PLANT, AT),
        letter(3, "2", "SENDER-ONE", "锦绣家园搅拌站", &format!("{PLANT}再次反映"), AT),
        letter(4, "3", "SENDER-TWO", "锦绣家园搅拌站", PLANT, AT),
    ];
    office.import(rows).await.unwrap();
    let incident = office.incidents(office.staff).await.remove(0);
    assert_eq!((incident.report_count, incident.distinct_writer_count, incident.recent_writer_count), (3, 2, 2));
    for record in office.ledger().await {
        let bytes = record.encode_to_vec();
        assert!(!bytes.windows(6).any(|window| window == b"SENDER"), "{record:?}");
    }
}

#[tokio::test]
async fn a_thousand_rows_of_long_texts_are_one_call() {
    let office = office().await;
    let text = "水".repeat(10_000);
    let rows: Vec<_> = (0..1000).map(|n| letter(n, &n.to_string(), "S", "题", &format!("{text}{n}"), AT)).collect();
    let message = pb::ImportLettersRequest { request_id: request_id(), outlet_id: office.mailbox.clone(), rows, non_classified: true };
    let answer = office.client.clone().import_letters(office.house.ask(office.collector, message)).await.unwrap().into_inner();
    assert!(answer.outcomes.iter().all(|o| o.outcome() == Outcome::Registered));
}

#[tokio::test]
async fn bad_imports_are_refused_as_a_whole() {
    let office = office().await;
    let row = || vec![letter(2, "1", "S", "题", "文", AT)];
    let good =
        || pb::ImportLettersRequest { request_id: request_id(), outlet_id: office.mailbox.clone(), rows: row(), non_classified: true };
    let import = |by, message: pb::ImportLettersRequest| {
        let (mut client, ask) = (office.client.clone(), office.house.ask(by, message));
        async move { client.import_letters(ask).await }
    };
    let none = pb::ImportLettersRequest { rows: Vec::new(), ..good() };
    assert_refused(import(office.staff, none).await, Code::InvalidArgument, "FIELDS_INVALID");
    let many = pb::ImportLettersRequest { rows: vec![row().remove(0); 1001], ..good() };
    assert_refused(import(office.staff, many).await, Code::InvalidArgument, "FIELDS_INVALID");
    let unknown = pb::ImportLettersRequest { outlet_id: office.house.new_id().to_string(), ..good() };
    assert_refused(import(office.staff, unknown).await, Code::NotFound, "OUTLET_UNKNOWN");
    let unconfirmed = pb::ImportLettersRequest { non_classified: false, ..good() };
    assert_refused(import(office.staff, unconfirmed).await, Code::FailedPrecondition, "NON_CLASSIFIED_NOT_CONFIRMED");
    assert_refused(import(office.officer, good()).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert!(office.told::<pb::ReportRegistered>().await.is_empty());
}

//! How well letters are grouped: the bundled letters of the invented county, imported and compared with the truth.

use std::collections::HashMap;

use crate::office::office;
use chassis::wire_time;
use huiying_proto::intake::{self as pb, letter_outcome::Outcome};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/demo/");

fn rows(file: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(format!("{SAMPLE}{file}")).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// "2026/11/9 8:16:04", "2026-11-09 09:05:18" and "2026/11/9 8:32" are all there.
fn time(text: &str) -> prost_types::Timestamp {
    let numbers: Vec<i16> = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect();
    let [year, month, day, hour, minute] = numbers[..5] else { panic!("{text}") };
    let second = numbers.get(5).copied().unwrap_or(0);
    wire_time(chassis::testing::moment(&format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")))
}

fn letters() -> Vec<pb::LetterRow> {
    let letter = |(row, cells): (i32, Vec<String>)| pb::LetterRow {
        row,
        external_id: cells[0].clone(),
        sender: cells[1].clone(),
        title: cells[2].clone(),
        text: cells[4].clone(),
        publish_time: Some(time(&cells[3])),
    };
    (2..).zip(rows("letters.csv")).map(letter).collect()
}

/// B-cubed precision and recall of what was found, against what is true; both tell a letter's group.
fn b_cubed(found: &HashMap<String, String>, truth: &HashMap<String, String>) -> (f64, f64) {
    let (mut precision, mut recall) = (0.0, 0.0);
    for letter in found.keys() {
        let together = |groups: &HashMap<String, String>, other: &String| groups[other] == groups[letter];
        let count = |of: &dyn Fn(&String) -> bool| f64::from(u32::try_from(found.keys().filter(|other| of(other)).count()).unwrap());
        let both = count(&|other| together(found, other) && together(truth, other));
        precision += both / count(&|other| together(found, other));
        recall += both / count(&|other| together(truth, other));
    }
    let letters = f64::from(u32::try_from(found.len()).unwrap());
    (precision / letters, recall / letters)
}

async fn grouped(portion: usize) -> (f64, f64) {
    let office = office().await;
    office.house.at("2026-11-17 09:00").await;
    // Which report each letter is; what a writer sent twice is one.
    let mut is: HashMap<String, String> = HashMap::new();
    for portion in letters().chunks(portion) {
        let outcomes = office.import(portion.to_vec()).await.unwrap();
        assert!(outcomes.iter().all(|o| [Outcome::Registered, Outcome::Folded].contains(&o.outcome())), "{outcomes:?}");
        is.extend(portion.iter().zip(outcomes).map(|(letter, outcome)| (letter.external_id.clone(), outcome.report_id)));
    }
    let places: HashMap<String, String> =
        office.reports(office.staff, "").await.unwrap().into_iter().map(|r| (r.report_id, r.incident_id)).collect();
    let found: HashMap<String, String> = is.into_iter().map(|(letter, report)| (letter, places[&report].clone())).collect();
    let truth: HashMap<String, String> = rows("letters.truth.csv").into_iter().map(|r| (r[0].clone(), r[1].clone())).collect();
    assert_eq!(found.len(), truth.len());
    let (precision, recall) = b_cubed(&found, &truth);
    println!("portions of {portion}: B-cubed precision {precision:.3}, recall {recall:.3}");
    (precision, recall)
}

#[tokio::test]
async fn letters_imported_together_are_grouped_precisely_and_most_that_belong_together_are() {
    let (precision, recall) = grouped(1_000).await;
    assert!(precision >= 0.95 && recall >= 0.85, "precision {precision:.3}, recall {recall:.3}");
}

#[tokio::test]
async fn letters_that_come_few_at_a_time_are_grouped_as_precisely() {
    let (precision, recall) = grouped(10).await;
    assert!(precision >= 0.95 && recall >= 0.80, "precision {precision:.3}, recall {recall:.3}");
}

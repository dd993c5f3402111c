//! Whatever order the facts of several services come in, the obligations are the same.

use crate::office::{Office, office};
use chassis::testing::moment;
use huiying_proto::{accountability as pb, assessment::Level, disposal as dp};
use uuid::Uuid;

/// What must not depend on the order.
fn essence(all: Vec<pb::Obligation>) -> Vec<String> {
    let mut all: Vec<String> = all
        .into_iter()
        .map(|o| {
            let debtor = format!("{}{}{}", o.debtor_body_id, o.debtor_person_id, o.debtor_role);
            format!("{} {debtor} {:?} {:?} {:?} {:?}", o.duty_id, o.state(), o.open_time, o.due_time, o.discharge_time)
        })
        .collect();
    all.sort_unstable();
    all
}

/// Tells the facts of one incident's day, each at its time, in an order.
async fn play(office: &Office, order: &[usize]) -> Uuid {
    let house = &office.house;
    let (incident, assignment) = (house.new_id(), house.new_id());
    for nth in order {
        let time = ["09:00", "09:10", "09:20", "09:30", "09:45", "10:30", "12:00", "15:00"][*nth];
        house.clock.set(moment(&format!("2026-11-10 {time}"))).unwrap();
        match nth {
            0 => house.tell("intake", office.opened(incident)).await,
            1 => house.tell("assessment", office.classified(incident, Level::Important, Level::Unspecified)).await,
            2 => {
                let lead = dp::LeadDesignated {
                    incident_id: incident.to_string(),
                    title: "河东供水".into(),
                    leader_person_id: office.people.leader.to_string(),
                    manner: dp::LeadManner::Portfolio.into(),
                };
                house.tell("disposal", lead).await;
            }
            3 => house.tell("disposal", office.assigned(incident, assignment)).await,
            4 => house.tell("disposal", office.acknowledged(incident, assignment)).await,
            5 => house.tell("intake", office.bulletin(&[incident])).await,
            6 => house.tell("publication", office.released(incident)).await,
            _ => house.tell("disposal", office.fed_back(incident, dp::FeedbackRecipient::Office)).await,
        }
    }
    house.at("2026-11-10 20:00").await;
    incident
}

#[tokio::test]
async fn any_order_of_the_facts_gives_the_same_obligations() {
    let office = office().await;
    let mut order: Vec<usize> = (0..8).collect();
    let first = play(&office, &order).await;
    let expected = essence(office.obligations(first).await);
    assert!(expected.len() >= 8, "{expected:?}");
    let mut seed: usize = 20_261_110;
    for _ in 0..8 {
        for last in (1..order.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(last, (seed >> 33) % (last + 1));
        }
        let incident = play(&office, &order).await;
        assert_eq!(essence(office.obligations(incident).await), expected, "{order:?}");
    }
}

#[tokio::test]
async fn a_fact_told_twice_counts_once() {
    let office = office().await;
    let incident = play(&office, &[0, 1, 2, 3, 4, 5, 6, 7]).await;
    let (before, ledger) = (office.obligations(incident).await, office.ledger().await.len());
    // The cursors go back to the beginning: everything is heard once more.
    let office = office.restart("2026-11-10 20:00").await;
    office.rewind().await;
    let office = office.restart("2026-11-10 20:00").await;
    assert_eq!(office.obligations(incident).await, before);
    assert_eq!(office.ledger().await.len(), ledger);
}

//! Many rows at once.

use chassis::{
    Rows,
    testing::{Rig, moment},
};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

const TARGET: &str = "piece (id, text, parts, time, digest)";

async fn store() -> PgConnection {
    let rig = Rig::new("2026-11-10 09:00").await;
    let mut connection = PgConnection::connect(&rig.url).await.unwrap();
    let table = "CREATE TABLE piece (id int8 PRIMARY KEY, text text NOT NULL, parts uuid[] NOT NULL, time timestamptz, digest bytea)";
    sqlx::query(table).execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test]
async fn rows_are_copied_as_they_are_whatever_is_in_them() {
    let mut store = store().await;
    let texts = ["停水\t三天\n没人管\r\\N", "\\", "{a,b}", "", "\\x00", "'; DROP TABLE piece; --", "\u{1F6B0}"];
    let parts = vec![Uuid::from_u128(1), Uuid::from_u128(2)];
    let mut rows = Rows::default();
    for (id, text) in (0_i64..).zip(texts) {
        rows.push(&[&id, &text.to_owned(), &parts, &Some(moment("2026-11-10 09:00")), &None::<[u8; 4]>]);
    }
    rows.push(&[&7_i64, &String::new(), &Vec::<Uuid>::new(), &None::<jiff::Timestamp>, &Some([0_u8, 92, 10, 255])]);
    assert!(rows.copy(&mut store, TARGET).await.unwrap());
    type Found = (String, Vec<Uuid>, Option<String>, Option<Vec<u8>>);
    let asked = "SELECT text, parts, (time AT TIME ZONE 'UTC')::text, digest FROM piece ORDER BY id";
    let found: Vec<Found> = sqlx::query_as(asked).fetch_all(&mut store).await.unwrap();
    assert_eq!(found.iter().map(|row| row.0.as_str()).collect::<Vec<_>>(), [texts.as_slice(), &[""]].concat());
    assert!(found[..7].iter().all(|row| row.1 == parts && row.2.as_deref() == Some("2026-11-10 01:00:00") && row.3.is_none()));
    assert_eq!(found[7], (String::new(), Vec::new(), None, Some(vec![0, 92, 10, 255])));
}

#[tokio::test]
async fn where_one_row_is_there_already_none_is_copied_and_the_transaction_goes_on() {
    let mut store = store().await;
    let mut tx = store.begin().await.unwrap();
    let of = |ids: &[i64]| {
        let mut rows = Rows::default();
        ids.iter().for_each(|id| rows.push(&[id, &"x".to_owned(), &Vec::<Uuid>::new(), &None::<jiff::Timestamp>, &None::<[u8; 4]>]));
        rows
    };
    assert!(of(&[1]).copy(&mut tx, TARGET).await.unwrap());
    assert!(!of(&[2, 1]).copy(&mut tx, TARGET).await.unwrap());
    assert!(of(&[3]).copy(&mut tx, TARGET).await.unwrap());
    tx.commit().await.unwrap();
    let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM piece ORDER BY id").fetch_all(&mut store).await.unwrap();
    assert_eq!(ids, [1, 3]);
}

#[tokio::test]
async fn rows_that_the_store_refuses_are_an_error() {
    let mut store = store().await;
    let mut rows = Rows::default();
    rows.push(&[&1_i64, &"a\0b".to_owned(), &Vec::<Uuid>::new(), &None::<jiff::Timestamp>, &None::<[u8; 4]>]);
    assert!(rows.copy(&mut store, TARGET).await.is_err());
}

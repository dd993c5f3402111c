//! Who follows when several could: one at a time, however long the work takes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chassis::{Audit, Consumer, Db, Error, Heard, Reaction, Service, Tx, testing::Rig};
use huiying_proto::directory::DutyScheduled;
use sqlx::{Connection, PgConnection, migrate::Migrator};

fn bare(db: &Db, consumers: Vec<Consumer>) -> Service {
    Service { db: db.clone(), permissions: &[], routes: Box::new(|_| ()), consumers, tasks: Vec::new(), check: None, http: None }
}

/// An effect that takes longer than a lease's term, and counts how often it was begun.
#[derive(Clone, Default)]
struct Slow(Arc<AtomicUsize>);

#[async_trait::async_trait]
impl Reaction for Slow {
    async fn apply(&self, _: &mut Tx, _: &Heard) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(7)).await;
        Ok(())
    }
}

#[tokio::test]
async fn work_that_takes_longer_than_a_lease_s_term_is_not_begun_by_another_beside() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let (alpha, beta) = (rig.db("alpha", &Migrator::DEFAULT).await, rig.db("beta", &Migrator::DEFAULT).await);
    let slow = Slow::default();
    let two = vec![Consumer::new(&beta, "alpha", slow.clone()), Consumer::new(&beta, "alpha", slow.clone())];
    let house = rig.serve(vec![bare(&alpha, vec![]), bare(&beta, two)], &[]).await;
    let mut tx = alpha.begin("test.write").await.unwrap();
    tx.emit(DutyScheduled { duty_date: "1".into(), person_id: String::new(), reading_body_ids: Vec::new() });
    tx.commit_task(Audit::of("test", 1)).await.unwrap();
    let mut connection = PgConnection::connect(&house.url).await.unwrap();
    let mut position = None;
    for _ in 0..400 {
        position = sqlx::query_scalar::<_, i64>("SELECT position FROM beta.consumer_cursor WHERE source = 'alpha'")
            .fetch_optional(&mut connection)
            .await
            .unwrap();
        if position.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((position, slow.0.load(Ordering::SeqCst)), (Some(1), 1));
}

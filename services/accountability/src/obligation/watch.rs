//! The watchdog of the clock-keeper (时限自查): clocks without a next moment, a keeper that lags, and, subject by subject in an
//! endless round, whether what is stored is what the facts say. What it finds is on health and a metric, logged, and set right
//! by the path that every fact takes, so that it is told and leaves its trail.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chassis::{Audit, Check, Db, Error, Reading, Task};
use jiff::{SignedDuration, Timestamp};
use regulation::RuleBook;
use tokio_util::sync::CancellationToken;

use super::{Cause, commands, store};
use crate::{fact, rule_adoption};

/// How often it goes on in its round, and by how many subjects: 100,000 take seven hours and next to no time of the machine.
const PACE: Duration = Duration::from_secs(5);
const AT_ONCE: i64 = 20;
/// From when on a keeper lags: what fell due this long ago has not been told.
const LAG: SignedDuration = SignedDuration::from_secs(30);

/// What was found.
#[derive(Clone, Debug, Default)]
struct Found {
    /// Since the start.
    total: u64,
    /// In the round before, and in this one.
    rounds: [u64; 2],
    /// Why looking failed, the last time.
    trouble: String,
}

/// The watchdog of one store.
#[derive(Clone)]
pub(crate) struct Watch {
    db: Db,
    book: Arc<RuleBook>,
    found: Arc<Mutex<Found>>,
}

impl Watch {
    pub fn new(db: &Db, book: &Arc<RuleBook>) -> Self {
        Self { db: db.clone(), book: book.clone(), found: Arc::default() }
    }

    /// Its round, as background work of the service.
    pub fn task(&self) -> Task {
        let watch = self.clone();
        Box::new(move |stop| Box::pin(watch.go_round(stop)))
    }

    fn note(&self, change: impl FnOnce(&mut Found)) {
        if let Ok(mut found) = self.found.lock() {
            change(&mut found);
        }
    }

    async fn go_round(self, stop: CancellationToken) {
        let mut after = String::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PACE) => {}
            }
            match self.look_again(&after).await {
                Ok((differences, last)) => self.note(|found| {
                    found.trouble.clear();
                    found.total += differences;
                    found.rounds[1] += differences;
                    if last.is_none() {
                        found.rounds = [found.rounds[1], 0];
                    }
                    after = last.unwrap_or_default();
                }),
                Err(error) => {
                    tracing::error!(%error, after, "clocks cannot be held against their facts");
                    self.note(|found| found.trouble = error.to_string());
                }
            }
        }
    }

    /// Holds the next subjects against their facts: how much differed, and the last subject; none at the end of the round.
    async fn look_again(&self, after: &str) -> Result<(u64, Option<String>), Error> {
        let mut tx = self.db.begin("accountability.clock-watch").await?;
        let now = tx.now();
        // Until the clocks have been looked at under a new version, they differ rightly.
        if !rule_adoption::store::is_settled(tx.conn(), self.book.at(now).version()).await? {
            return Ok((0, Some(after.to_owned())));
        }
        let timeless = store::without_moment(tx.conn(), AT_ONCE).await?;
        store::save_told(tx.conn(), &timeless).await?;
        let mut differences = u64::try_from(timeless.len()).map_err(Error::fault)?;
        let subjects = rule_adoption::store::subjects_with_open_clocks(tx.conn(), after, AT_ONCE).await?;
        for subject in &subjects {
            fact::store::lock(tx.conn(), *subject).await?;
            let facts = fact::store::of(tx.conn(), *subject).await?;
            let Some(latest) = facts.iter().max_by_key(|fact| fact.time) else {
                return Err(Error::fault(format!("{subject} 有未办结的时限,却没有任何事实")));
            };
            let cause = Cause { fact_id: &latest.id, fact_time: latest.time, subject: *subject, book: &self.book, now };
            differences += commands::set_right(&mut tx, &facts, cause).await?;
        }
        if differences > 0 {
            tracing::error!(differences, after, "clocks differed from their facts, and were set right");
            tx.commit_task(Audit::of("clock-watch", "clocks").reason(format!("复核发现{differences}处与事实不符,已按事实改正"))).await?;
        }
        Ok((differences, subjects.last().map(ToString::to_string)))
    }
}

#[async_trait::async_trait]
impl Check for Watch {
    async fn look(&self) -> Result<Vec<Reading>, Error> {
        let state = store::clocks(&mut *self.db.acquire().await?).await?;
        let found = self.found.lock().map(|found| found.clone()).unwrap_or_default();
        let late = lateness(state.next_moment, self.db.clock().now());
        let differing = found.rounds.iter().sum::<u64>();
        Ok(vec![
            Reading {
                metric: "huiying_clock_without_moment",
                what: "Open obligations that have something to tell and no moment for it",
                value: f64::from(u32::try_from(state.without_moment).unwrap_or(u32::MAX)),
                problem: (state.without_moment > 0).then(|| format!("有 {} 项未办结的责任时限没有下一时刻", state.without_moment)),
            },
            Reading {
                metric: "huiying_clock_lateness_seconds",
                what: "How long ago the earliest untold moment of any clock passed",
                value: late.as_secs_f64(),
                problem: (late > LAG).then(|| format!("时限结算滞后 {} 秒", late.as_secs())),
            },
            Reading {
                metric: "huiying_clock_differences",
                what: "Obligations found to differ from what their facts say, since the start",
                value: f64::from(u32::try_from(found.total).unwrap_or(u32::MAX)),
                problem: (differing > 0).then(|| format!("复核发现 {differing} 处责任时限与事实不符,已按事实改正;请查明原因")),
            },
            Reading {
                metric: "huiying_clock_watch_failing",
                what: "1 while clocks cannot be held against their facts",
                value: if found.trouble.is_empty() { 0.0 } else { 1.0 },
                problem: (!found.trouble.is_empty()).then(|| format!("责任时限复核失败: {}", found.trouble)),
            },
        ])
    }
}

fn lateness(next: Option<Timestamp>, now: Timestamp) -> SignedDuration {
    next.map_or(SignedDuration::ZERO, |next| now.duration_since(next).max(SignedDuration::ZERO))
}

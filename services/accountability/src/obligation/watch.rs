//! The watchdog of the clock-keeper (时限自查): clocks without a next moment, a keeper that lags, and, subject by subject in an
//! endless round, whether what is stored is what the facts say. What it finds is on health and a metric, logged, and set right
//! by the path that every fact takes, so that it is told and leaves its trail.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chassis::{Audit, Check, Db, Error, Reading, Task, Tx, clock::civil_day};
use jiff::{SignedDuration, Timestamp, civil::Date};
use regulation::RuleBook;
use tokio_util::sync::CancellationToken;

use super::{Cause, commands, store};
use crate::{
    fact::{self, Subject},
    rule_adoption,
};

/// How often it goes on in its round, and by how many subjects: 100,000 take seven hours and next to no time of the machine.
const PACE: Duration = Duration::from_secs(5);
const AT_ONCE: i64 = 20;
/// From when on a keeper lags: what fell due this long ago has not been told.
const LAG: SignedDuration = SignedDuration::from_secs(30);
/// How long what was found and set right stays on health; a round may take hours.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(10);
/// Open obligations are counted so far and no further, every two seconds.
const COUNTED: i64 = 10_000;
/// From how few days on the end of the loaded calendar is a problem: ten working days over New Year take some sixteen.
const FEW_DAYS: i32 = 30;

/// What was found.
#[derive(Clone, Debug, Default)]
struct Found {
    /// Differences since the start.
    total: u64,
    /// Of late, and when the last of them was found.
    late: Option<(u64, Timestamp)>,
    /// Why looking failed the last time, in the round before and in this one.
    troubles: [String; 2],
}

impl Found {
    /// Differences of late.
    fn of_late(&self, now: Timestamp) -> u64 {
        self.late.filter(|(_, last)| now.duration_since(*last) < REMEMBERED).map_or(0, |(count, _)| count)
    }
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
        Box::new(move |stop| Box::pin(watch.clone().go_round(stop)))
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
            if let Err(error) = self.go_on(&mut after).await {
                self.trouble(&error);
            }
        }
    }

    /// Looks at what has no moment, and at the next subjects of the round.
    async fn go_on(&self, after: &mut String) -> Result<(), Error> {
        self.differ(self.give_moments().await?);
        let mut connection = self.db.acquire().await?;
        // Until the clocks have been looked at under a new version, they differ rightly.
        if !rule_adoption::store::is_settled(&mut connection, self.book.at(self.db.clock().now()).version()).await? {
            return Ok(());
        }
        let subjects = rule_adoption::store::subjects_with_open_clocks(&mut connection, after, AT_ONCE).await?;
        drop(connection);
        for subject in &subjects {
            match self.look_again(*subject).await {
                Ok(differences) => self.differ(differences),
                // The others are looked at all the same.
                Err(error) => self.trouble(&Error::fault(format!("{subject}: {error}"))),
            }
        }
        *after = subjects.last().map(ToString::to_string).unwrap_or_default();
        if subjects.is_empty() {
            self.note(|found| found.troubles = [std::mem::take(&mut found.troubles[1]), String::new()]);
        }
        Ok(())
    }

    fn differ(&self, differences: u64) {
        let now = self.db.clock().now();
        if differences > 0 {
            self.note(|found| {
                found.total += differences;
                found.late = Some((found.of_late(now) + differences, now));
            });
        }
    }

    fn trouble(&self, error: &Error) {
        tracing::error!(%error, "clocks cannot be held against their facts");
        self.note(|found| found.troubles[1] = error.to_string());
    }

    /// Gives a moment to the clocks that have none: how many.
    async fn give_moments(&self) -> Result<u64, Error> {
        let mut tx = self.db.begin("accountability.clock-watch").await?;
        let timeless = store::without_moment(tx.conn(), AT_ONCE).await?;
        if !timeless.is_empty() {
            store::save_told(tx.conn(), &timeless).await?;
            set_right(tx, timeless.len().try_into().map_err(Error::fault)?, Audit::of("clock-watch", "moments")).await?;
        }
        timeless.len().try_into().map_err(Error::fault)
    }

    /// Holds a subject against its facts: how many of its obligations differed.
    async fn look_again(&self, subject: Subject) -> Result<u64, Error> {
        let mut tx = self.db.begin("accountability.clock-watch").await?;
        fact::store::lock(tx.conn(), subject).await?;
        let (facts, stored) = (fact::store::of(tx.conn(), subject).await?, store::of(tx.conn(), subject).await?);
        let latest = facts.iter().max_by_key(|fact| fact.time).ok_or_else(|| Error::fault("有未办结的时限,却没有任何事实"))?;
        let cause = Cause { fact_id: &latest.id, fact_time: latest.time, subject, book: &self.book, now: tx.now() };
        let differences = commands::weigh(&mut tx, &facts, stored, cause).await?;
        if differences > 0 {
            set_right(tx, differences, Audit::of("clock-watch", subject)).await?;
        }
        Ok(differences)
    }
}

async fn set_right(tx: Tx, differences: u64, audit: Audit) -> Result<(), Error> {
    tracing::error!(differences, ?audit, "clocks differed from their facts, and are set right");
    tx.commit_task(audit.reason(format!("复核发现{differences}处与事实不符,已按事实改正"))).await
}

#[async_trait::async_trait]
impl Check for Watch {
    async fn look(&self) -> Result<Vec<Reading>, Error> {
        let mut connection = self.db.acquire().await?;
        let without_moment = store::count_without_moment(&mut connection).await?;
        let next_moment = store::next_moment(&mut connection).await?;
        let open = store::count_open(&mut connection, COUNTED).await?;
        drop(connection);
        let found = self.found.lock().map(|found| found.clone()).unwrap_or_default();
        let now = self.db.clock().now();
        let (late, differing) = (lateness(next_moment, now), found.of_late(now));
        let today = civil_day(now);
        let known_until = self.book.at(now).calendar_known_until(today);
        let days = (known_until - today).get_days();
        let trouble = found.troubles.iter().rev().find(|trouble| !trouble.is_empty());
        Ok(vec![
            Reading {
                metric: "huiying_open_obligations",
                what: "Obligations that are open, counted to 10000",
                label: None,
                value: f64::from(u32::try_from(open).unwrap_or(u32::MAX)),
                problem: None,
            },
            Reading {
                metric: "huiying_clock_without_moment",
                what: "Open obligations that have something to tell and no moment for it",
                label: None,
                value: f64::from(u32::try_from(without_moment).unwrap_or(u32::MAX)),
                problem: (without_moment > 0).then(|| format!("有 {without_moment} 项未办结的责任时限没有下一时刻")),
            },
            Reading {
                metric: "huiying_clock_lateness_seconds",
                what: "How long ago the earliest untold moment of any clock passed",
                label: None,
                value: late.as_secs_f64(),
                problem: (late > LAG).then(|| format!("时限结算滞后 {} 秒", late.as_secs())),
            },
            Reading {
                metric: "huiying_clock_differences",
                what: "Obligations found to differ from what their facts say, since the start",
                label: None,
                value: f64::from(u32::try_from(found.total).unwrap_or(u32::MAX)),
                problem: (differing > 0).then(|| format!("复核发现 {differing} 处责任时限与事实不符,已按事实改正;请查明原因")),
            },
            Reading {
                metric: "huiying_clock_watch_failing",
                what: "1 while clocks cannot be held against their facts",
                label: None,
                value: if trouble.is_some() { 1.0 } else { 0.0 },
                problem: trouble.map(|trouble| format!("责任时限复核失败: {trouble}")),
            },
            Reading {
                metric: "huiying_calendar_days",
                what: "For how many days ahead working days can be counted by the loaded calendar",
                label: None,
                value: f64::from(days),
                problem: (days < FEW_DAYS).then(|| calendar_ends(known_until)),
            },
        ])
    }
}

fn calendar_ends(known_until: Date) -> String {
    let year = known_until.year().saturating_add(1);
    format!(
        "工作日历只到{known_until},此后的工作日无从计算:请把国务院办公厅关于 {year} 年部分节假日安排的通知写成 deploy/calendar/{year}.yaml 并加载"
    )
}

fn lateness(next: Option<Timestamp>, now: Timestamp) -> SignedDuration {
    next.map_or(SignedDuration::ZERO, |next| now.duration_since(next).max(SignedDuration::ZERO))
}

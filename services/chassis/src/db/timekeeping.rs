//! Whether this machine's clock can be believed. By a wrong clock obligations would be breached that are not: while it is doubted, what
//! falls due waits, and health says why.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Db;
use crate::clock::{Clock, in_words};

/// A clock that is set by more than this was wrong before, or is now.
const STEP: SignedDuration = SignedDuration::from_secs(10);
/// How far the clocks of two machines may be apart.
const APART: SignedDuration = SignedDuration::from_secs(60);
/// How long a step is doubted: time for people to look.
const DOUBTED: Duration = Duration::from_secs(600);

/// What is known of the machine's clock.
#[derive(Debug, Default)]
pub(super) struct Timekeeping(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    last: Option<(Instant, Timestamp)>,
    stepped: Option<(Instant, SignedDuration)>,
    doubted: bool,
}

impl Known {
    /// Looks at the clock beside another that only runs, the store's, and the newest entry of the ledger.
    fn judge(&mut self, at: Instant, now: Timestamp, store: Timestamp, newest: Option<Timestamp>) -> Option<String> {
        if let Some((then, before)) = self.last.replace((at, now)) {
            let ran = SignedDuration::try_from(at.saturating_duration_since(then)).unwrap_or_default();
            let step = now.duration_since(before) - ran;
            if step.abs() > STEP {
                self.stepped = Some((at, step));
            }
        }
        let apart = now.duration_since(store);
        let behind = newest.filter(|newest| newest.duration_since(now) > APART);
        let stepped = self.stepped.filter(|(when, _)| at.saturating_duration_since(*when) < DOUBTED);
        let trouble = if apart.abs() > APART {
            Some(format!("本机时钟与数据库所在机器相差 {} 秒: 请校时(NTP);在此之前到期事项暂不结算", apart.as_secs()))
        } else if let Some(newest) = behind {
            Some(format!("本机时钟慢了: 账本最新一条记于 {}: 请校时(NTP);在此之前到期事项暂不结算", in_words(newest)))
        } else {
            stepped.map(|(_, step)| format!("系统时钟跳动了 {} 秒(校时、拨动或休眠): 请核对;到期事项十分钟后恢复结算", step.as_secs()))
        };
        self.doubted = trouble.is_some();
        trouble
    }
}

impl Db {
    /// What speaks against the machine's clock, given the store's and the id of the ledger's newest record.
    pub(crate) fn judge_clock(&self, store: Timestamp, newest: Option<Uuid>) -> Option<String> {
        if !self.clock().is_system() {
            return None;
        }
        let newest = newest.and_then(|id| id.get_timestamp()).map(|time| time.to_unix());
        let newest = newest.and_then(|(seconds, _)| Timestamp::from_second(i64::try_from(seconds).ok()?).ok());
        self.0.timekeeping.0.lock().ok()?.judge(Instant::now(), Clock::system().now(), store, newest)
    }

    /// Whether what falls due by the clock should wait.
    pub(crate) fn doubts_clock(&self) -> bool {
        self.0.timekeeping.0.lock().is_ok_and(|known| known.doubted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_clock_that_runs_with_the_others_is_believed() {
        let (mut known, begin) = (Known::default(), Instant::now());
        assert_eq!(known.judge(begin, at(0), at(1), Some(at(0))), None);
        assert_eq!(known.judge(begin + Duration::from_secs(2), at(3), at(2), Some(at(2))), None);
        assert!(!known.doubted);
    }

    #[test]
    fn a_clock_that_was_set_is_doubted_for_ten_minutes() {
        let (mut known, begin) = (Known::default(), Instant::now());
        known.judge(begin, at(0), at(0), None);
        let told = known.judge(begin + Duration::from_secs(2), at(3602), at(3602), None).unwrap();
        assert!(told.contains("3600 秒") && known.doubted, "{told}");
        assert!(known.judge(begin + Duration::from_secs(500), at(4100), at(4100), None).is_some());
        assert_eq!(known.judge(begin + Duration::from_secs(700), at(4300), at(4300), None), None);
        assert!(!known.doubted);
    }

    #[test]
    fn a_clock_an_hour_away_from_the_stores_is_doubted_as_long_as_it_is() {
        let (mut known, begin) = (Known::default(), Instant::now());
        assert!(known.judge(begin, at(3600), at(0), None).unwrap().contains("相差 3600 秒"));
        assert!(known.judge(begin + Duration::from_secs(900), at(4500), at(900), None).is_some() && known.doubted);
    }

    #[test]
    fn a_clock_behind_the_newest_entry_is_doubted() {
        let mut known = Known::default();
        assert!(known.judge(Instant::now(), at(0), at(0), Some(at(3600))).unwrap().contains("慢了"));
    }
}

//! The one clock. A test or the demo can hold it still.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio::sync::watch;

/// Tells the time, with the microsecond precision of the store. All civil time is Asia/Shanghai.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System,
    Manual(watch::Sender<Timestamp>),
    File { path: PathBuf, last: Mutex<Timestamp> },
}

/// The longest nap before looking at the wall clock again: it may have been set.
const NAP: Duration = Duration::from_secs(60);
const FILE_POLL: Duration = Duration::from_millis(25);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Kind::System))
    }

    /// A clock that stands still until it is set.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self(Arc::new(Kind::Manual(watch::Sender::new(round(start)))))
    }

    /// A clock that several processes share: a file that holds an RFC 3339 time.
    ///
    /// # Errors
    /// When the file cannot be read or holds no time.
    pub fn file(path: PathBuf) -> Result<Self, ClockError> {
        let last = read(&path).ok_or_else(|| ClockError::File(path.display().to_string()))?;
        Ok(Self(Arc::new(Kind::File { path, last: Mutex::new(last) })))
    }

    /// Whether it is the machine's.
    pub(crate) fn is_system(&self) -> bool {
        matches!(*self.0, Kind::System)
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Kind::System => round(Timestamp::now()),
            Kind::Manual(time) => *time.borrow(),
            Kind::File { path, last } => {
                let Ok(mut last) = last.lock() else { return round(Timestamp::now()) };
                // Between truncation and write the file is empty for a moment: the last time holds.
                if let Some(time) = read(path) {
                    *last = time;
                }
                *last
            }
        }
    }

    /// Sets a manual clock, or the file of a shared one.
    ///
    /// # Errors
    /// When it is the machine's clock, or the file cannot be written.
    pub fn set(&self, to: Timestamp) -> Result<(), ClockError> {
        match &*self.0 {
            Kind::System => Err(ClockError::System),
            Kind::Manual(time) => {
                time.send_replace(round(to));
                Ok(())
            }
            Kind::File { path, .. } => {
                let draft = path.with_extension("next");
                std::fs::write(&draft, to.to_string())
                    .and_then(|()| std::fs::rename(&draft, path))
                    .map_err(|_| ClockError::File(path.display().to_string()))
            }
        }
    }

    /// Sleeps until a moment has come. Another's setting of the clock is seen.
    pub async fn sleep_until(&self, moment: Timestamp) {
        loop {
            let now = self.now();
            if now >= moment {
                return;
            }
            match &*self.0 {
                Kind::System => {
                    let left = Duration::try_from(moment.duration_since(now)).unwrap_or(NAP);
                    tokio::time::sleep(left.min(NAP)).await;
                }
                Kind::Manual(time) => {
                    let mut changes = time.subscribe();
                    if *changes.borrow_and_update() < moment && changes.changed().await.is_err() {
                        return;
                    }
                }
                Kind::File { .. } => tokio::time::sleep(FILE_POLL).await,
            }
        }
    }
}

fn read(path: &PathBuf) -> Option<Timestamp> {
    std::fs::read_to_string(path).ok()?.trim().parse::<Timestamp>().ok().map(round)
}

fn round(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// The zone of all civil time. China has kept +08:00 without daylight saving since 1991.
#[must_use]
pub fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}

/// The civil day of a moment.
#[must_use]
pub fn civil_day(moment: Timestamp) -> Date {
    moment.to_zoned(zone()).date()
}

/// The moment at which a civil day begins.
///
/// # Errors
/// When the day is outside what a timestamp can hold.
pub fn day_start(day: Date) -> Result<Timestamp, jiff::Error> {
    Ok(day.to_zoned(zone())?.timestamp())
}

/// A moment as people read it: "2026年11月10日 09:30".
#[must_use]
pub fn in_words(moment: Timestamp) -> String {
    moment.to_zoned(zone()).strftime("%Y年%-m月%-d日 %H:%M").to_string()
}

/// Why a clock cannot be made or set.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The machine's clock is not ours to set.
    #[error("系统时钟不能设定")]
    System,
    /// The file is missing, or holds no time.
    #[error("时钟文件 {0} 不可读写,或内容不是 RFC 3339 时间")]
    File(String),
}

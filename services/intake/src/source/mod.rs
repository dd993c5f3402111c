//! Sources (采集源), 四(一)一: the feeds, mailboxes, vendors and spreadsheets that reports are taken from, and what stands of each.

pub(crate) mod address;
mod alias;
mod charset;
pub(crate) mod commands;
mod dates;
mod feed;
mod fetch;
pub(crate) mod grpc;
mod imap;
mod item;
mod mail;
mod outside;
mod poller;
mod service;
mod signature;
mod spread;
mod store;
mod taking;
mod waiting;
pub(crate) mod watch;
pub(crate) mod webhook;

use chassis::Refusal;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub use outside::{Outside, OutsideOptions};
pub(crate) use poller::Poller;
pub(crate) use service::Grpc;

/// Failures in a row after which a source counts as failing.
const FAILING: i32 = 3;
/// However often it failed, it is tried again once a day.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);
const LONGEST_ERROR: usize = 300;

/// In what way a source brings items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Feed,
    Mailbox,
    Webhook,
    Spreadsheet,
}

/// How a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    Paused,
    Failing,
}

/// How far a source was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub http_etag: String,
    pub http_modified: String,
    pub uid_validity: i64,
    pub last_uid: i64,
}

/// What people say of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    pub address: String,
    pub outlet: Option<Uuid>,
    pub secret_names: Vec<String>,
    pub poll_seconds: i32,
    pub columns: Option<serde_json::Value>,
}

/// As which a source was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub version: i64,
    pub attempt: i64,
}

impl Description {
    /// The host that its secrets are sent to; none of what they are sent to nobody for.
    ///
    /// # Errors
    /// In words, when the address is none.
    pub fn host(&self, kind: Kind) -> Result<String, String> {
        match kind {
            _ if self.address.is_empty() => Ok(String::new()),
            Kind::Feed => address::feed(&self.address).map(|url| address::host_of(&url)),
            Kind::Mailbox => address::mailbox(&self.address).map(|mailbox| mailbox.host),
            Kind::Webhook | Kind::Spreadsheet => Ok(String::new()),
        }
    }

    /// That it fits a kind.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self, kind: Kind) -> Result<(), String> {
        match kind {
            Kind::Feed => address::feed(&self.address).map(drop)?,
            Kind::Mailbox if !self.address.is_empty() => {
                address::mailbox(&self.address)?;
                if self.secret_names.len() != 1 {
                    return Err("邮箱须给出一个口令文件名(secret_names)".to_owned());
                }
            }
            Kind::Mailbox => {}
            Kind::Webhook | Kind::Spreadsheet if !self.address.is_empty() => return Err("推送与表格没有地址".to_owned()),
            Kind::Webhook | Kind::Spreadsheet => {}
        }
        if kind == Kind::Mailbox && self.outlet.is_none() {
            return Err("邮箱须指明所属来源(outlet_id)".to_owned());
        }
        if (kind == Kind::Spreadsheet) != self.columns.is_some() {
            return Err("表格须给出列映射(columns),其他采集源则不给".to_owned());
        }
        Ok(())
    }
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub id: Uuid,
    pub kind: Kind,
    pub name: String,
    pub description: Description,
    pub state: State,
    pub cursor: Cursor,
    pub failures: i32,
    pub last_error: String,
    pub next_poll: Option<Timestamp>,
    pub last_success: Option<Timestamp>,
    pub version: i64,
    pub attempt: i64,
}

impl Source {
    pub fn seen(&self) -> Seen {
        Seen { version: self.version, attempt: self.attempt }
    }

    /// A new source; what is looked at is looked at now.
    pub fn register(id: Uuid, kind: Kind, name: String, description: Description, now: Timestamp) -> Self {
        let mut source = Self {
            id,
            kind,
            name,
            description,
            state: State::Active,
            cursor: Cursor::default(),
            failures: 0,
            last_error: String::new(),
            next_poll: None,
            last_success: None,
            version: 1,
            attempt: 0,
        };
        source.look_now(now);
        source
    }

    /// Whether it is looked at from time to time.
    pub fn is_polled(&self) -> bool {
        self.description.poll_seconds > 0
    }

    fn look_now(&mut self, now: Timestamp) {
        self.next_poll = (self.is_polled() && self.state != State::Paused).then_some(now);
    }

    /// Takes another description; what was read so far is forgotten where the address changes.
    pub fn update(&mut self, description: Description, seen: i64, now: Timestamp) -> Result<(), Refusal> {
        self.check_version(seen)?;
        if description.address != self.description.address {
            self.cursor = Cursor::default();
        }
        self.description = description;
        self.version += 1;
        self.look_now(now);
        Ok(())
    }

    /// Pauses it. Refuses one that is paused.
    pub fn pause(&mut self, seen: i64) -> Result<(), Refusal> {
        self.check_version(seen)?;
        if self.state == State::Paused {
            return Err(paused());
        }
        (self.state, self.next_poll) = (State::Paused, None);
        self.version += 1;
        Ok(())
    }

    /// Resumes it, as if nothing had failed. Refuses one that is not paused.
    pub fn resume(&mut self, seen: i64, now: Timestamp) -> Result<(), Refusal> {
        self.check_version(seen)?;
        if self.state != State::Paused {
            return Err(Refusal::state("SOURCE_NOT_PAUSED", "该采集源没有暂停。"));
        }
        (self.state, self.failures, self.last_error) = (State::Active, 0, String::new());
        self.version += 1;
        self.look_now(now);
        Ok(())
    }

    /// It was read: how far, and what of it could not be taken, in words. Whether its state changed.
    pub fn succeed(&mut self, cursor: Cursor, not_taken: String, now: Timestamp) -> bool {
        let changed = self.state == State::Failing;
        if changed {
            self.state = State::Active;
        }
        self.cursor = cursor;
        (self.failures, self.last_error, self.last_success) = (0, cut(&item::clean(&not_taken), LONGEST_ERROR), Some(now));
        self.attempt += 1;
        self.next_poll = self.is_polled().then(|| later(now, SignedDuration::from_secs(self.description.poll_seconds.into())));
        changed
    }

    /// It could not be read: why, and how long it asks not to be asked again. Whether its state changed.
    pub fn fail(&mut self, why: &str, asked_to_wait: Option<SignedDuration>, now: Timestamp) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.last_error = cut(&item::clean(why), LONGEST_ERROR);
        self.attempt += 1;
        let pause = self.pause_after_failure().max(asked_to_wait.unwrap_or_default()).min(LONGEST_PAUSE);
        self.next_poll = self.is_polled().then(|| later(now, pause));
        let changed = self.state == State::Active && self.failures >= FAILING;
        if changed {
            self.state = State::Failing;
        }
        changed
    }

    /// The interval, doubled at each failure, at most a day.
    fn pause_after_failure(&self) -> SignedDuration {
        let doublings = u32::try_from(self.failures - 1).unwrap_or(0).min(16);
        SignedDuration::from_secs(i64::from(self.description.poll_seconds) * 2_i64.pow(doublings)).min(LONGEST_PAUSE)
    }

    /// That it may bring items now, in one of some ways.
    pub fn check_open(&self, kinds: &[Kind]) -> Result<(), Refusal> {
        if !kinds.contains(&self.kind) {
            return Err(Refusal::state("SOURCE_KIND_WRONG", "该采集源不是以这种方式接收的。"));
        }
        if self.state == State::Paused {
            return Err(paused());
        }
        Ok(())
    }

    fn check_version(&self, seen: i64) -> Result<(), Refusal> {
        if seen == self.version {
            return Ok(());
        }
        Err(Refusal::stale("SOURCE_STALE", "采集源已被他人变更,请重新打开后再试。"))
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(now)
}

/// The beginning of a text, in characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => text.get(..at).unwrap_or(text).to_owned(),
        None => text.to_owned(),
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("SOURCE_UNKNOWN", "采集源没有登记。")
}

fn paused() -> Refusal {
    Refusal::state("SOURCE_PAUSED", "该采集源已暂停。")
}

fn name_taken(name: &str) -> Refusal {
    Refusal::exists("SOURCE_NAME_TAKEN", format!("已有名为“{name}”的采集源。"))
}

/// A secret that is for one host goes to no other.
fn secret_bound(name: &str, host: &str) -> Refusal {
    let whose = if host.is_empty() { "其他采集源(不向外发送)".to_owned() } else { format!("主机 {host}") };
    let told = format!("密钥文件 {name} 是给{whose}用的,不得用于别处;请运维另放一个密钥文件,并在 secret_names 中写明。");
    Refusal::state("SOURCE_SECRET_BOUND", told)
}

fn address_refused(why: &str) -> Refusal {
    Refusal::invalid("SOURCE_ADDRESS_REFUSED", format!("采集源地址不可用: {why}。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        let description = Description {
            address: "https://a.example/feed".to_owned(),
            outlet: None,
            secret_names: Vec::new(),
            poll_seconds: 900,
            columns: None,
        };
        Source::register(Uuid::nil(), Kind::Feed, "甲".to_owned(), description, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn what_fails_is_asked_ever_more_seldom_and_counts_as_failing_from_the_third_time() {
        let (mut source, now) = (source(), Timestamp::UNIX_EPOCH);
        let mut waits = Vec::new();
        for _ in 0..9 {
            source.fail("不通", None, now);
            waits.push((source.next_poll.map(Timestamp::as_second), source.state));
        }
        assert_eq!(waits[0], (Some(900), State::Active));
        assert_eq!(waits[1], (Some(1800), State::Active));
        assert_eq!(waits[2], (Some(3600), State::Failing));
        assert_eq!(waits[8], (Some(86_400), State::Failing));
        assert!(source.succeed(Cursor::default(), String::new(), now));
        assert_eq!((source.state, source.failures, source.next_poll.map(Timestamp::as_second)), (State::Active, 0, Some(900)));
    }

    #[test]
    fn who_asks_not_to_be_asked_is_not_asked_but_for_a_day_at_the_most() {
        let mut source = source();
        source.fail("忙", Some(SignedDuration::from_hours(2)), Timestamp::UNIX_EPOCH);
        assert_eq!(source.next_poll.map(Timestamp::as_second), Some(7200));
        source.fail("忙", Some(SignedDuration::from_hours(9000)), Timestamp::UNIX_EPOCH);
        assert_eq!(source.next_poll.map(Timestamp::as_second), Some(86_400));
    }

    #[test]
    fn another_address_is_read_from_its_beginning_and_a_paused_source_is_not_read() {
        let (mut source, now) = (source(), Timestamp::UNIX_EPOCH);
        source.succeed(Cursor { http_etag: "1".to_owned(), ..Cursor::default() }, String::new(), now);
        let elsewhere = Description { address: "https://b.example/feed".to_owned(), ..source.description.clone() };
        assert_eq!(source.update(elsewhere.clone(), 9, now).map_err(|r| r.reason), Err("SOURCE_STALE"));
        source.update(elsewhere, 1, now).unwrap();
        assert_eq!((source.cursor.http_etag.as_str(), source.next_poll), ("", Some(now)));
        source.pause(2).unwrap();
        assert_eq!(source.next_poll, None);
        assert_eq!(source.check_open(&[Kind::Feed]).map_err(|r| r.reason), Err("SOURCE_PAUSED"));
        source.resume(3, now).unwrap();
        assert_eq!(source.next_poll, Some(now));
    }
}

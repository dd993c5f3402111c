//! `huiying regulation replay`: reads the ledgers, or copies of them, asks a draft of the rule, or several versions of it each
//! in its time, what it would have concluded, and says what differs. Nothing is changed anywhere. What is computed is computed by
//! `regulation::replay`.

mod decode;
mod figures;
mod print;

use std::{collections::BTreeMap, num::NonZeroUsize, ops::RangeInclusive, path::Path};

use jiff::civil::Date;
use regulation::{
    RuleBook,
    replay::{Ledgers, Replay},
};

pub use print::in_chinese;

use crate::{
    Failure,
    client::Client,
    compose::SERVICES,
    ledger::{self, LedgerCopy},
    names::Names,
};
use decode::Part;

/// 账本 of all services, by the service's name.
pub type Copies = BTreeMap<&'static str, LedgerCopy>;

/// The past, as a rule looks at it.
#[derive(Debug, Default)]
pub struct Past {
    /// What happened and what was told.
    pub ledgers: Ledgers,
    /// Who is called how.
    pub names: Names,
}

/// Reads a folder of copies, as `huiying ledger copy` makes them, one a service under any name.
///
/// # Errors
/// When a file is no copy, a service has two copies, or one has none.
pub fn load(dir: &Path) -> Result<Copies, Failure> {
    let unreadable = |e: std::io::Error| Failure(format!("读不到 {}: {e}", dir.display()));
    let mut copies = Copies::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let copy = ledger::load(&path)?;
        let named = decode::service_of(&copy);
        let service = SERVICES.iter().map(|(name, ..)| *name).find(|name| *name == named);
        let service = service.ok_or_else(|| Failure(format!("{} 看不出是哪个服务的账本", path.display())))?;
        if copies.insert(service, copy).is_some() {
            return Err(Failure(format!("{} 里有两份 {service} 的账本副本", dir.display())));
        }
    }
    let missing: Vec<&str> = SERVICES.iter().map(|(name, ..)| *name).filter(|name| !copies.contains_key(name)).collect();
    if missing.is_empty() { Ok(copies) } else { Err(Failure(format!("{} 里缺少账本副本: {}", dir.display(), missing.join(" ")))) }
}

/// Copies the ledgers of the running services.
///
/// # Errors
/// When the caller may not read one, or it cannot be reached.
pub async fn fetch(client: &Client) -> Result<Copies, Failure> {
    let mut copies = Copies::new();
    for (service, ..) in SERVICES {
        copies.insert(service, ledger::copy(client, service).await?);
    }
    Ok(copies)
}

/// Verifies the ledgers, and takes out of them what a rule looks at.
///
/// # Errors
/// The first flaw of a ledger, or a fact that the contract does not know.
pub fn gather(copies: &Copies, book: &RuleBook) -> Result<Past, Failure> {
    let read: Vec<Result<decode::Reading, Failure>> = std::thread::scope(|scope| {
        let running: Vec<_> = copies.iter().map(|(service, copy)| scope.spawn(|| decode::read(service, copy, book))).collect();
        running.into_iter().map(|run| run.join().unwrap_or_else(|_| Err(Failure::new("读取账本中断")))).collect()
    });
    let mut past = Past::default();
    for reading in read {
        let reading = reading?;
        past.ledgers.reach(reading.end);
        for part in reading.parts {
            match part {
                Part::Fact(fact) => past.ledgers.hear(fact).map_err(Failure::new)?,
                Part::Sighting(sighting) => past.ledgers.sight(sighting),
                Part::Deed(deed) => past.ledgers.count(deed),
                Part::Told(told) => past.ledgers.tell(told),
                Part::Name(id, name) => past.names.learn(id, name),
            }
        }
    }
    Ok(past)
}

impl Past {
    /// Asks a rule about what began, and what fell due of units, within a period of civil days. The figures of units as they were
    /// are computed by the formula of `before`; where it is not given, by the rule's own.
    #[must_use]
    pub fn replay(&self, book: &RuleBook, before: Option<&RuleBook>, period: &RangeInclusive<Date>) -> Replay {
        self.ledgers.replay(book, before, period, std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }
}

//! The main job as a story: one county office, three days, every service, played over gRPC by the persons of the regulation.

mod answer;
mod cast;
mod close;
mod handle;
mod read;
mod receive;
mod sample;
mod silence;
mod telling;
mod upward;

use std::time::Duration;

use chassis::{Clock, clock::zone, token::Issuer};
use jiff::{Timestamp, civil::DateTime};
use uuid::Uuid;

pub use cast::Cast;
pub use sample::{PUBLIC_NAME, letters as sample_letters};
pub use telling::{Step, Telling};

use crate::{
    Failure,
    client::{Addresses, Client, Protocol},
    import::Letters,
};

/// When the story begins, civil time.
pub const BEGIN: &str = "2026-11-17T08:30";

/// Where the story is played.
#[derive(Debug)]
pub struct Stage {
    /// The county's clock; the story sets it.
    pub clock: Clock,
    /// The county's services.
    pub county: Addresses,
    /// The city's services.
    pub city: Addresses,
    /// Signs the tokens of the county's people.
    pub issuer: Issuer,
    /// Signs the tokens of the city's people.
    pub city_issuer: Issuer,
    /// The letters of the mailbox.
    pub letters: Letters,
    /// How the principal leader calls: one actor may use a browser.
    pub principal_protocol: Protocol,
    /// Whether the way to the city loses the first receipt.
    pub receipt_lost: bool,
}

/// What came of it, for whoever checks.
#[derive(Debug, Default)]
pub struct Account {
    /// Letters registered at the first import.
    pub letters_registered: usize,
    /// Letters registered at the second import of the same file.
    pub letters_registered_again: usize,
    /// Rows of the broken file that were listed.
    pub broken_rows: Vec<i32>,
    /// The matter that two portfolios share.
    pub water: String,
    /// The matter with the silent unit.
    pub plant: String,
    /// The matter that stays ordinary, though new reports made the tests say otherwise.
    pub ordinary: String,
    /// The most different writers that one matter has within the window.
    pub most_writers: i64,
    /// Released statements: id and digest approved.
    pub released: Vec<(String, String)>,
    /// The report upward.
    pub escalation: String,
    /// How often its delivery was tried.
    pub attempts: i32,
    /// How many reports the city has.
    pub received_by_city: usize,
    /// The silent unit.
    pub silent_body: String,
    /// Breached obligations of the silent unit.
    pub breached: Vec<String>,
    /// The accountability case.
    pub accountability_case: String,
    /// Entries verified, by service.
    pub ledgers: Vec<(String, i64)>,
    /// The position of the flipped byte, and what the verifier said.
    pub flaw: Option<(i64, String)>,
}

/// The story under way.
#[derive(Debug)]
pub(crate) struct Play<'a> {
    pub stage: &'a Stage,
    pub tell: &'a mut Telling,
    pub cast: Cast,
    pub account: Account,
}

/// Plays the whole story.
///
/// # Errors
/// The step that failed, and why.
pub async fn play(stage: &Stage, tell: &mut Telling) -> Result<Account, Failure> {
    tell.act("一、组织机构", "登记机构、人员、分工与值班");
    stage.clock.set(moment(BEGIN)?)?;
    let cast = Cast::assemble(stage, tell).await?;
    let mut play = Play { stage, tell, cast, account: Account::default() };
    let matters = play.receive().await?;
    play.classify(&matters).await?;
    play.assign(&matters).await?;
    play.hold(&matters).await?;
    play.investigate(&matters).await?;
    play.answer(&matters).await?;
    play.feed_back(&matters).await?;
    play.escalate(&matters).await?;
    play.register_day().await?;
    play.hold_to_account(&matters).await?;
    play.close_week().await?;
    play.verify().await?;
    Ok(play.account)
}

/// The matters that the story follows.
#[derive(Clone, Debug)]
pub(crate) struct Matters {
    /// Tap water: two portfolios.
    pub water: String,
    /// The batching plant: one unit stays silent.
    pub plant: String,
    /// A matter of letters that stays ordinary.
    pub ordinary: String,
}

impl Play<'_> {
    /// Who acts, by code.
    pub(crate) fn by(&self, code: &str) -> Result<&Client, Failure> {
        self.cast.client(code)
    }

    /// Tells what somebody did.
    pub(crate) fn did(&mut self, code: &str, clause: &'static str, what: impl Into<String>) {
        let who = self.cast.introduce(code);
        let now = self.stage.clock.now();
        self.tell.line(now, clause, &who, what.into());
    }

    /// Moves the clock to a civil time of the story's days, and lets everything due happen.
    pub(crate) async fn at(&mut self, civil: &str) -> Result<(), Failure> {
        self.stage.clock.set(moment(civil)?)?;
        self.settle().await
    }

    /// Waits until every fact has had its effect.
    pub(crate) async fn settle(&self) -> Result<(), Failure> {
        settle(&self.stage.county).await
    }
}

/// Waits until every fact has had its effect.
pub(crate) async fn settle(addresses: &Addresses) -> Result<(), Failure> {
    addresses.settle(Duration::from_secs(120)).await
}

pub(crate) fn moment(civil: &str) -> Result<Timestamp, Failure> {
    Ok(civil.parse::<DateTime>()?.to_zoned(zone())?.timestamp())
}

/// Asserts what the story relies on.
pub(crate) fn ensure(holds: bool, otherwise: impl Into<String>) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure(otherwise.into())) }
}

/// Takes what an answer must carry.
pub(crate) fn given<T>(part: Option<T>, what: &str) -> Result<T, Failure> {
    part.ok_or_else(|| Failure(format!("应答里缺少{what}")))
}

/// Tries until it holds; effects of a moved clock come about by themselves, but not at once.
pub(crate) async fn eventually<T, F, W>(what: &str, mut look: F) -> Result<T, Failure>
where
    F: FnMut() -> W,
    W: Future<Output = Result<Option<T>, Failure>>,
{
    for _ in 0..600 {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Failure(format!("等了 30 秒仍没有: {what}")))
}

/// A refusal that the story expects, with its reason.
pub(crate) fn refused<T>(outcome: Result<T, tonic::Status>, reason: &str) -> Result<String, Failure> {
    use tonic_types::StatusExt;
    match outcome {
        Ok(_) => Err(Failure(format!("本应被拒绝({reason})"))),
        Err(status) => {
            let found = status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default();
            ensure(found == reason, format!("应因 {reason} 被拒绝,实为 {found}: {}", status.message()))?;
            Ok(status.message().to_owned())
        }
    }
}

/// A request id that is the same whenever the story is told again on the same data.
pub(crate) fn fresh() -> String {
    Uuid::from_bytes(rand::random()).to_string()
}

/// When the story begins.
///
/// # Errors
/// Never: the constant is a time.
pub fn begin() -> Result<Timestamp, Failure> {
    moment(BEGIN)
}

/// Tokens of some persons of the kept demo, by name and title, for whoever wants to call.
///
/// # Errors
/// When the registry cannot be read.
pub async fn tokens(office: &crate::demo::Office, now: Timestamp) -> Result<Vec<(String, String)>, Failure> {
    cast::tokens(&Addresses::one(&office.address), &office.issuer, now).await
}

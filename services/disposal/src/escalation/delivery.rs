//! Delivers what is approved to the superior's platform until it is receipted, 四(五).
//!
//! One process at a time does, under a lease. The superior takes a report in once by its id, and answers a repeated one with
//! the same receipt, so that a receipt lost on the way costs another attempt and nothing else. What came of an attempt is
//! saved against the version that was sent: of two processes that both believe to hold the lease, one saves.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chassis::{Db, Error, Lease, fact_time, rpc, telemetry};
use huiying_proto::disposal::{self as pb, disposal_service_client::DisposalServiceClient};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Status};
use tracing::Instrument;
use uuid::Uuid;

use super::{Escalation, Receipt, commands, grpc::kind_to_wire, stale, store};
use crate::office::{Office, Superior};

/// How long the superior may take to answer.
const DEADLINE: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Approvals wake the courier; another process's approval is found by looking.
const LOOK: Duration = Duration::from_secs(5);
const LONGEST_ERROR: usize = 200;
const LONGEST_RECEIPT_ID: usize = 100;
const NO_SUPERIOR: &str = "未配置上级平台";

/// Carries reports to the superior.
#[derive(Clone, Debug)]
pub(crate) struct Courier {
    pub db: Db,
    pub office: Office,
    /// Told when one was approved here.
    pub approved: Arc<Notify>,
}

/// Reports that failed: when to try each again.
type Pauses = HashMap<Uuid, Instant>;

impl Courier {
    /// Delivers until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let lease = Lease::new(self.db.clone(), "delivery");
        while let Some(held) = lease.acquire(&stop).await {
            tokio::select! {
                () = stop.cancelled() => {
                    lease.release(&held).await;
                    return;
                }
                () = lease.lost(&held) => tracing::warn!("delivery was taken over by another process"),
                () = self.deliver_all() => {}
            }
        }
    }

    async fn deliver_all(&self) {
        let mut pauses = Pauses::new();
        loop {
            let pause = match self.round(&mut pauses).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::warn!(%error, "delivery interrupted; trying again");
                    LOOK
                }
            };
            tokio::select! {
                () = self.approved.notified() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Tries what is due once, each incident's reports in their order, and says how long nothing is due.
    async fn round(&self, pauses: &mut Pauses) -> Result<Duration, Error> {
        let waiting = store::undelivered(&mut *self.db.acquire().await?).await?;
        pauses.retain(|id, _| waiting.iter().any(|escalation| escalation.id == *id));
        let Some(superior) = &self.office.superior else {
            for escalation in waiting.iter().filter(|escalation| escalation.last_error != NO_SUPERIOR) {
                self.note(escalation, |escalation| Ok(escalation.hold(NO_SUPERIOR)?)).await?;
            }
            return Ok(LOOK);
        };
        let mut held_up = HashSet::new();
        for escalation in &waiting {
            let not_yet = pauses.get(&escalation.id).is_some_and(|due| *due > Instant::now());
            if held_up.contains(&escalation.incident_id) || not_yet {
                held_up.insert(escalation.incident_id);
                continue;
            }
            let span = tracing::info_span!("deliver", service = self.db.service(), escalation = %escalation.id);
            if !self.deliver(superior, escalation).instrument(span).await? {
                held_up.insert(escalation.incident_id);
                pauses.insert(escalation.id, Instant::now() + pause_after(escalation.attempts + 1));
            }
        }
        let next = pauses.values().min().map(|due| due.saturating_duration_since(Instant::now()));
        Ok(next.unwrap_or(LOOK).min(LOOK))
    }

    /// Tries a report once: whether the superior has it.
    async fn deliver(&self, superior: &Superior, escalation: &Escalation) -> Result<bool, Error> {
        match self.attempt(superior, escalation).await {
            Ok(receipt) => self.note(escalation, |escalation| Ok(escalation.deliver(receipt)?)).await.map(|()| true),
            Err(error) => {
                tracing::warn!(escalation = %escalation.id, error, "delivery failed; trying again");
                self.note(escalation, |escalation| Ok(escalation.fail(error)?)).await.map(|()| false)
            }
        }
    }

    /// Saves what came of an attempt, with its facts and its entry in the ledger.
    async fn note(&self, sent: &Escalation, change: impl FnOnce(&mut Escalation) -> Result<(), Error>) -> Result<(), Error> {
        let mut tx = self.db.begin("disposal.deliver_escalation").await?;
        let found = store::lock(tx.conn(), sent.id).await?.filter(|found| found.version == sent.version);
        let mut escalation = found.ok_or_else(stale)?;
        change(&mut escalation)?;
        commands::save(&mut tx, &mut escalation).await?;
        if let Some(receipt) = &escalation.receipt {
            tx.emit(pb::EscalationDelivered {
                incident_id: escalation.incident_id.to_string(),
                escalation_id: escalation.id.to_string(),
                kind: kind_to_wire(escalation.content.kind).into(),
                title: escalation.content.title.clone(),
                receipt_id: receipt.id.clone(),
                attempt_count: escalation.attempts,
            });
        }
        let audit = commands::audit(&escalation).reason(escalation.last_error);
        tx.commit_task(audit).await
    }

    /// Sends a report once; what went wrong is told in words for people.
    async fn attempt(&self, superior: &Superior, escalation: &Escalation) -> Result<Receipt, String> {
        let mut request = Request::new(pb::ReceiveEscalationRequest {
            // Always the same of one report: the superior answers a repeated one from its saved answer.
            request_id: rpc::request_id(&["escalation", &escalation.id.to_string()]),
            origin_name: self.office.name.clone(),
            origin_escalation_id: escalation.id.to_string(),
            origin_incident_number: escalation.incident_number.clone(),
            kind: kind_to_wire(escalation.content.kind).into(),
            title: escalation.content.title.clone(),
            text: escalation.content.text.clone(),
        });
        let authorization = format!("Bearer {}", superior.token).parse();
        request.metadata_mut().insert("authorization", authorization.map_err(|_| "上级平台的令牌含有无效字符".to_owned())?);
        telemetry::carry(&mut request);
        request.set_timeout(DEADLINE);
        let mut client = DisposalServiceClient::new(superior.channel.clone());
        let sent = Instant::now();
        let answer = timeout(DEADLINE, client.receive_escalation(request)).await.map_err(|_| too_late())?;
        let received = answer.map_err(|status| in_words(&status, sent.elapsed()))?.into_inner().received_escalation.unwrap_or_default();
        let time = fact_time(received.receive_time.as_ref()).ok();
        let receipt = time.map(|time| Receipt { id: received.receipt_id, time });
        receipt
            .filter(|receipt| !receipt.id.is_empty() && receipt.id.len() <= LONGEST_RECEIPT_ID)
            .ok_or_else(|| "上级平台的回执不完整".to_owned())
    }
}

/// 200 ms after the first attempt, doubled after each, at most a minute.
fn pause_after(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

fn too_late() -> String {
    format!("上级平台未在 {} 秒内答复", DEADLINE.as_secs())
}

/// The channel and the superior keep the same deadline, and tonic says `Cancelled` of it: what failed only then came too late.
fn in_words(status: &Status, after: Duration) -> String {
    match status.code() {
        Code::DeadlineExceeded => too_late(),
        Code::Cancelled if after >= DEADLINE => too_late(),
        Code::Unavailable | Code::Cancelled | Code::Unknown | Code::Internal => "与上级平台的连接未能建立或已中断".to_owned(),
        Code::Unauthenticated => "上级平台不认可本办公室的令牌".to_owned(),
        Code::PermissionDenied => "上级平台未授权本办公室上报".to_owned(),
        Code::Unimplemented => "上级平台不提供接收上报的服务".to_owned(),
        code => format!("上级平台未受理({code:?}): {}", status.message().chars().take(LONGEST_ERROR).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_from_200_ms_to_a_minute() {
        let pauses: Vec<u128> = [1, 2, 3, 9, 10, i32::MAX].map(|attempts| pause_after(attempts).as_millis()).into();
        assert_eq!(pauses, [200, 400, 800, 51_200, 60_000, 60_000]);
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "the superior's answer")]
    fn a_call_ended_by_its_deadline_came_too_late_whoever_noticed_first() {
        let expired = Status::cancelled("Timeout expired");
        assert_eq!(in_words(&expired, DEADLINE), "上级平台未在 5 秒内答复");
        assert_eq!(in_words(&Status::deadline_exceeded(""), DEADLINE), "上级平台未在 5 秒内答复");
        assert_eq!(in_words(&expired, Duration::from_secs(1)), "与上级平台的连接未能建立或已中断");
    }
}

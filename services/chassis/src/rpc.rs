//! The shapes of a handler: a command, which changes something, a query, which does not, and a [`watch`], which goes on.

use std::future::Future;

use huiying_proto::event::ErrorReason;
use prost::Message;
use sqlx::{Postgres, pool::PoolConnection};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::{
    busy,
    ctx::{Caller, Ctx, RequestKey, fingerprint},
    db::{Committed, Db},
    error::{Error, Refusal, Sort},
    fields::Fields,
};

pub use crate::watch::watch;

/// Field 1 of every mutation (AIP-155).
#[derive(Clone, PartialEq, Message)]
struct Keyed {
    #[prost(string, tag = "1")]
    request_id: String,
}

/// Carries out a mutation: parses its request id, answers a repeated one from the saved answer, records a refusal.
///
/// # Errors
/// The status of whatever the use case ends with.
pub async fn command<M, R, F, W>(db: &Db, request: Request<M>, work: F) -> Result<Response<R>, Status>
where
    M: Message,
    R: Message + Default,
    F: FnOnce(Ctx, M) -> W,
    W: Future<Output = Result<Committed<R>, Error>>,
{
    let (caller, message) = open(db, request)?;
    let bytes = message.encode_to_vec();
    let _call = busy::call(bytes.len());
    let key = match Keyed::decode(bytes.as_slice()) {
        Ok(keyed) => {
            let mut fields = Fields::new();
            let id = fields.id("request_id", &keyed.request_id);
            fields.check().map(|()| RequestKey { id, fingerprint: fingerprint(&caller.method, &bytes) })
        }
        Err(_) => Err(Error::fault("a mutation's first field is its request id")),
    };
    let ctx = Ctx::new(caller, db.clone(), key.as_ref().ok().cloned());
    let outcome = match key {
        Ok(_) => work(ctx.clone(), message).await.map(Committed::into_inner),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(answer) => Ok(Response::new(answer)),
        Err(Error::Answered(saved)) => {
            R::decode(saved.as_slice()).map(Response::new).map_err(|e| Error::fault(e).into_status(db.service()))
        }
        Err(error) => {
            if let Error::Refused(refusal) = &error {
                record_refusal(&ctx, refusal).await;
            }
            Err(error.into_status(db.service()))
        }
    }
}

/// Adds to the answer of a mutation, whether it was carried out now or before, what must not be kept with the answers.
///
/// # Errors
/// The status of the mutation, or of what adds to it.
pub async fn adding<R, F, W>(db: &Db, answer: Result<Response<R>, Status>, add: F) -> Result<Response<R>, Status>
where
    F: FnOnce(PoolConnection<Postgres>, R) -> W,
    W: Future<Output = Result<R, Error>>,
{
    // What was refused stays refused, whether the store can be reached by now or not.
    let answer = answer?.into_inner();
    let added = match db.acquire().await {
        Ok(connection) => add(connection, answer).await,
        Err(error) => Err(error),
    };
    added.map(Response::new).map_err(|e| e.into_status(db.service()))
}

/// Answers a query.
///
/// # Errors
/// The status of whatever the use case ends with.
pub async fn query<M, R, F, W>(db: &Db, request: Request<M>, work: F) -> Result<Response<R>, Status>
where
    F: FnOnce(Ctx, M) -> W,
    W: Future<Output = Result<R, Error>>,
{
    let (caller, message) = open(db, request)?;
    let ctx = Ctx::new(caller, db.clone(), None);
    work(ctx, message).await.map(Response::new).map_err(|e| e.into_status(db.service()))
}

pub(crate) fn open<M>(db: &Db, mut request: Request<M>) -> Result<(Caller, M), Status> {
    // The gate puts it there; without a gate nobody is known to be calling.
    let caller = request.extensions_mut().remove::<Caller>();
    let caller = caller.ok_or_else(|| {
        Refusal::house(Sort::Unauthenticated, ErrorReason::Unauthenticated, "未登录或登录已失效。").into_status(db.service())
    })?;
    Ok((caller, request.into_inner()))
}

/// Records that an attempt was refused, by whom and why. When the store cannot be reached, the log has it.
pub(crate) async fn record_refusal(ctx: &Ctx, refusal: &Refusal) {
    if matches!(refusal.sort, Sort::Unavailable | Sort::Deadline | Sort::Exhausted) {
        return;
    }
    tracing::info!(service = ctx.db.service(), action = %ctx.action, actor = ctx.actor.key(), reason = refusal.reason, "refused");
    if let Err(error) = ctx.db.record_refusal(ctx, refusal).await {
        tracing::warn!(%error, action = %ctx.action, reason = refusal.reason, "refusal not recorded");
    }
}

/// A request id for calls that one service or tool makes on another.
#[must_use]
pub fn request_id(parts: &[&str]) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, parts.join("\u{1f}").as_bytes()).to_string()
}

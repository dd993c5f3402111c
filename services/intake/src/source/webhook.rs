//! The webhook of monitoring vendors (推送): `POST /webhook/<source_id>`, signed as Standard Webhooks has it.
//!
//! The body is the JSON of `huiying.intake.v1.WebhookCall`; what else a vendor writes into it, such as who wrote something, is not
//! looked at. Whoever cannot sign learns nothing, not even which sources there are.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    response::Response,
    routing::post,
};
use chassis::{Audit, Db, Error};
use http::{HeaderMap, StatusCode, header};
use huiying_proto::{from_json, intake as pb, to_json};
use uuid::Uuid;

use super::{
    Kind, Source,
    commands::take_each,
    grpc::sighted,
    outside::Outside,
    signature::{Signed, key},
    store::{self, taking},
};
use crate::WriterKey;

const LARGEST: usize = 5 << 20;
const MOST_SIGHTINGS: usize = 1_000;
/// How long a call may take to come in.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a call needs.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub db: Db,
    pub outside: Outside,
    pub writer_key: WriterKey,
}

/// Why a call is not taken: the status, and words for who may read them.
type Refused = (StatusCode, String);

/// The route.
pub(crate) fn router(webhook: Webhook) -> Router {
    Router::new().route("/webhook/{source_id}", post(receive)).with_state(webhook)
}

async fn receive(State(webhook): State<Webhook>, Path(source): Path<String>, request: Request) -> Response {
    match webhook.receive(&source, request).await {
        Ok(json) => answer(StatusCode::OK, json),
        Err((status, why)) => {
            tracing::warn!(source, status = status.as_u16(), why, "a webhook's call was not taken");
            answer(status, serde_json::json!({ "message": why }).to_string())
        }
    }
}

fn answer(status: StatusCode, json: String) -> Response {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json; charset=utf-8"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
    }
    response
}

impl Webhook {
    async fn receive(&self, source: &str, request: Request) -> Result<String, Refused> {
        let (head, body) = request.into_parts();
        let body = tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST)).await;
        let body = body.map_err(|_| (StatusCode::REQUEST_TIMEOUT, "没有在 10 秒内收完".to_owned()))?;
        let body = body.map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, format!("内容超过 {} MB,或没有收完", LARGEST >> 20)))?;
        let said = |name| text(&head.headers, name);
        let signed =
            Signed { id: said("webhook-id"), timestamp: said("webhook-timestamp"), signatures: said("webhook-signature"), body: &body };
        let source = self.signer(source, signed).await?;
        let sightings = sightings(&body)?;
        let outcomes = self.take(&source, signed.id, &sightings).await.map_err(|error| in_words(&error))?;
        Ok(to_json(&pb::PushSightingsResponse { outcomes }).unwrap_or_default())
    }

    /// The source whose key signed the call.
    async fn signer(&self, source: &str, signed: Signed<'_>) -> Result<Source, Refused> {
        let nobody = || (StatusCode::UNAUTHORIZED, "签名不被接受".to_owned());
        let id = Uuid::try_parse(source).map_err(|_| nobody())?;
        let found = async { store::find(&mut *self.db.acquire().await?, id).await };
        let found = found.await.map_err(|error| in_words(&error))?;
        let source = found.filter(|source| source.kind == Kind::Webhook).ok_or_else(nobody)?;
        let mut keys = Vec::new();
        for name in &source.description.secret_names {
            match self.outside.secret(name).await.and_then(|secret| key(secret.expose())) {
                Ok(key) => keys.push(key),
                Err(why) => tracing::error!(source = source.name, why, "a webhook's key cannot be used"),
            }
        }
        signed.check(&keys, self.db.clock().now()).map_err(|why| {
            tracing::warn!(source = source.name, why, "a webhook's call is not signed by its vendor");
            nobody()
        })?;
        Ok(source)
    }

    /// Takes the items of a call. Of one that came before what is known has no second effect, and is answered as it is now; what is not,
    /// as its vendor counts anew, is taken.
    async fn take(
        &self,
        source: &Source,
        call: &str,
        sightings: &[Result<pb::SourceItem, String>],
    ) -> Result<Vec<pb::SightingOutcome>, Error> {
        let mut tx = self.db.begin("intake.webhook").await?;
        let locked = store::lock(tx.conn(), source.id).await?.ok_or_else(super::unknown)?;
        locked.check_open(&[Kind::Webhook])?;
        let now = tx.now();
        let is_new = taking::remember_call(tx.conn(), source.id, call, now).await?;
        let read = |sighting: &Result<pb::SourceItem, String>| {
            let mut item = sighting.as_ref().map_err(Clone::clone).and_then(|s| sighted(s, &self.writer_key, now))?;
            // Figures that do not say when they were read were read when they came first.
            item.spread = item.spread.filter(|figures| is_new || figures.read_time != now);
            Ok(item)
        };
        let outcomes = take_each(&mut tx, &locked, sightings.iter().map(read).collect()).await?;
        tx.commit_task(Audit::of("source", source.id).clause("四(一)一").reason(format!("webhook {call}"))).await?;
        Ok(outcomes)
    }
}

/// The items of a body, each by itself.
fn sightings(body: &[u8]) -> Result<Vec<Result<pb::SourceItem, String>>, Refused> {
    #[derive(serde::Deserialize)]
    struct Call {
        sightings: Vec<serde_json::Value>,
    }
    let malformed = |why: String| (StatusCode::BAD_REQUEST, why);
    let call: Call = serde_json::from_slice(body).map_err(|error| malformed(format!("内容不是所约定的 JSON: {error}")))?;
    if call.sightings.is_empty() || call.sightings.len() > MOST_SIGHTINGS {
        return Err(malformed(format!("应为 1 至 {MOST_SIGHTINGS} 条,收到 {} 条", call.sightings.len())));
    }
    Ok(call.sightings.into_iter().map(|one| from_json(one).map_err(|error| format!("字段有误: {error}"))).collect())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn in_words(error: &Error) -> Refused {
    match error {
        Error::Refused(refusal) => (StatusCode::SERVICE_UNAVAILABLE, refusal.message.clone()),
        Error::Answered(_) | Error::Fault(_) => {
            tracing::error!(%error, "fault");
            (StatusCode::INTERNAL_SERVER_ERROR, "系统内部错误,请稍后重试".to_owned())
        }
    }
}

//! What the public reads over plain HTTP. Each request reads the store, so that a release is seen at once.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use chassis::{Db, Error, Refusal, Sort};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{feed, page, store};
use crate::Site;

/// Releases in the feed.
const NEWEST: i64 = 50;
/// How many may read the store at once: however many the public are, the office keeps connections for its work.
const READERS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(5);

const ATOM: &str = "application/atom+xml; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

struct Exit {
    db: Db,
    site: Site,
    readers: Semaphore,
}

/// The public's routes.
pub(crate) fn router(db: Db, site: Site) -> Router {
    let exit = Arc::new(Exit { db, site, readers: Semaphore::new(READERS) });
    Router::new().route("/feed.atom", get(show_feed)).route("/releases/{id}", get(show_release)).with_state(exit)
}

async fn show_feed(State(exit): State<Arc<Exit>>, headers: HeaderMap) -> Response {
    let read = exit.read(async |db| store::newest(&mut *db.acquire().await?, NEWEST).await).await;
    match read.and_then(|releases| feed::render(&exit.site, &releases)) {
        Ok(xml) => answer(&headers, ATOM, xml),
        Err(error) => failed(&error),
    }
}

async fn show_release(State(exit): State<Arc<Exit>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Ok(id) = Uuid::try_parse(&id) else { return missing(&exit.site) };
    match exit.read(async |db| store::find(&mut *db.acquire().await?, id).await).await {
        Ok(Some(release)) => answer(&headers, HTML, page::render(&exit.site, &release)),
        Ok(None) => missing(&exit.site),
        Err(error) => failed(&error),
    }
}

impl Exit {
    async fn read<T>(&self, work: impl AsyncFnOnce(&Db) -> Result<T, Error>) -> Result<T, Error> {
        let turn = tokio::time::timeout(PATIENCE, self.readers.acquire()).await;
        let _turn = turn.map_err(|_| busy())?.map_err(Error::fault)?;
        work(&self.db).await
    }
}

fn busy() -> Refusal {
    Refusal::new(Sort::Exhausted, "OVERLOADED", "访问量过大,请稍后再试。")
}

/// Answers with the text, or says that the reader has it already.
fn answer(asked: &HeaderMap, media_type: &'static str, text: String) -> Response {
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(text.as_bytes())));
    let known = holds(asked, &tag);
    let headers = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, guarded(media_type), text).into_response()
}

/// Whether If-None-Match names the tag; compared weakly (RFC 9110, 13.1.2).
fn holds(asked: &HeaderMap, tag: &str) -> bool {
    let given = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = given.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

fn guarded(media_type: &'static str) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'")),
    ]
}

fn missing(site: &Site) -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-cache")], guarded(HTML), page::render_missing(site)).into_response()
}

fn failed(error: &Error) -> Response {
    tracing::warn!(%error, "the public could not be answered");
    let status = if error.is_passing() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::RETRY_AFTER, "5"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, headers, "暂时无法显示,请稍后再试。\n").into_response()
}

//! Asks for a page over HTTP, with an eye on every hop: whither it leads, how much comes, how long it takes.

use std::time::Duration;

use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use tokio::io::{AsyncRead, AsyncWrite};
use url::Url;

use super::{
    address::{feed, host_of},
    outside::Outside,
};

/// More is no feed of one outlet.
pub(crate) const LARGEST_ANSWER: usize = 10 << 20;
/// From the first packet to the last, however many hops.
const PATIENCE: Duration = Duration::from_secs(20);
const MOST_HOPS: usize = 5;
const LARGEST_HEAD: usize = 64 << 10;
const LONGEST_VALIDATOR: usize = 500;

/// What was answered.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// Nothing has changed.
    Same,
    /// The page, with the validators for the next time.
    Page { bytes: Vec<u8>, etag: String, modified: String },
}

/// Why nothing was.
#[derive(Debug)]
pub(crate) struct Failed {
    pub why: String,
    /// How long the other side asks not to be asked again.
    pub wait: Option<SignedDuration>,
}

impl From<String> for Failed {
    fn from(why: String) -> Self {
        Self { why, wait: None }
    }
}

/// Asks for a page, unless it is what these validators tell.
pub(crate) async fn fetch(outside: &Outside, address: &str, etag: &str, modified: &str) -> Result<Fetched, Failed> {
    match tokio::time::timeout(PATIENCE, follow(outside, address, etag, modified)).await {
        Ok(fetched) => fetched,
        Err(_) => Err(format!("{} 秒内没有取完", PATIENCE.as_secs()).into()),
    }
}

async fn follow(outside: &Outside, address: &str, etag: &str, modified: &str) -> Result<Fetched, Failed> {
    let mut url = feed(address)?;
    for _ in 0..=MOST_HOPS {
        let answer = ask(outside, &url, etag, modified).await?;
        let status = answer.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(Fetched::Same);
        }
        if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            let to = text(answer.headers(), header::LOCATION).ok_or_else(|| "转向而没有给出地址".to_owned())?;
            let next = url.join(&to).map_err(|_| "转向的地址无效".to_owned())?;
            if url.scheme() == "https" && next.scheme() != "https" {
                return Err("从 https 转向不加密的地址".to_owned().into());
            }
            url = feed(next.as_str())?;
            continue;
        }
        if !status.is_success() {
            return Err(Failed { why: format!("对方答复 {}", status.as_u16()), wait: retry_after(answer.headers()) });
        }
        let kept = |name| text(answer.headers(), name).filter(|value| value.len() <= LONGEST_VALIDATOR).unwrap_or_default();
        let (etag, modified) = (kept(header::ETAG), kept(header::LAST_MODIFIED));
        return Ok(Fetched::Page { bytes: take(answer).await?, etag, modified });
    }
    Err(format!("转向超过 {MOST_HOPS} 次").into())
}

async fn ask(outside: &Outside, url: &Url, etag: &str, modified: &str) -> Result<Response<Incoming>, String> {
    let host = host_of(url);
    let port = url.port_or_known_default().ok_or("地址没有端口")?;
    let name = url.host_str().ok_or("地址没有主机名")?;
    let named = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut request = Request::get(target)
        .header(header::HOST, named)
        .header(header::USER_AGENT, "huiying")
        .header(header::ACCEPT, "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5")
        .header(header::CONNECTION, "close");
    if !etag.is_empty() {
        request = request.header(header::IF_NONE_MATCH, etag);
    }
    if !modified.is_empty() {
        request = request.header(header::IF_MODIFIED_SINCE, modified);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|_| "请求无法组成".to_owned())?;
    let sent: BoxFuture<'_, Result<Response<Incoming>, hyper::Error>> = if url.scheme() == "https" {
        Box::pin(send(outside.connect_tls(&host, port).await?, request))
    } else {
        Box::pin(send(outside.connect(&host, port).await?, request))
    };
    sent.await.map_err(|error| format!("与 {host} 的连接中断,或答复不合 HTTP({error})"))
}

async fn send<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    request: Request<Empty<Bytes>>,
) -> Result<Response<Incoming>, hyper::Error> {
    let (mut sender, connection) =
        hyper::client::conn::http1::Builder::new().max_buf_size(LARGEST_HEAD).handshake(TokioIo::new(stream)).await?;
    // It ends with the answer's body, or when that is dropped; what goes wrong on it is seen there.
    tokio::spawn(async move { drop(connection.await) });
    sender.send_request(request).await
}

async fn take(answer: Response<Incoming>) -> Result<Vec<u8>, String> {
    let too_much = || format!("内容超过 {} MB", LARGEST_ANSWER >> 20);
    let declared = text(answer.headers(), header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if declared.is_some_and(|length| length > LARGEST_ANSWER as u64) {
        return Err(too_much());
    }
    let mut body = answer.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("内容没有收完({error})"))?;
        if let Some(data) = frame.data_ref() {
            if bytes.len() + data.len() > LARGEST_ANSWER {
                return Err(too_much());
            }
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Retry-After in seconds; a date would have to be trusted.
fn retry_after(headers: &HeaderMap) -> Option<SignedDuration> {
    text(headers, header::RETRY_AFTER)?.trim().parse::<u32>().ok().map(|seconds| SignedDuration::from_secs(seconds.into()))
}

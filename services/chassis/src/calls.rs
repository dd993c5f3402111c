//! Measures every call: of which rpc, how it ended, how long it took. `huiying_rpc_seconds` counts all three.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use opentelemetry::KeyValue;
use tonic::Code;

use crate::{db::Db, gate, metrics, permission::Permission};

/// Service and method, as they are told.
type Rpc = [KeyValue; 2];

/// The rpcs that are measured by name. What else is asked for is "unknown": callers cannot make figures grow without bound.
#[derive(Debug)]
pub(crate) struct Calls {
    known: HashMap<&'static str, Rpc>,
    unknown: Rpc,
}

impl Calls {
    pub(crate) fn new(tables: &[(Db, &'static [Permission])]) -> Self {
        let rpc = |service: &'static str, method: &'static str| [KeyValue::new("service", service), KeyValue::new("method", method)];
        let all = tables.iter().flat_map(|(db, table)| table.iter().map(|row| (db.service(), row.method)));
        let known = all.map(|(service, path)| (path, rpc(service, path.rsplit('/').next().unwrap_or(path)))).collect();
        Self { known, unknown: rpc(tables.first().map_or("unknown", |(db, _)| db.service()), "unknown") }
    }
}

/// A call under way. It has ended when this is dropped: when the answer's last byte is out, or the caller went away.
struct Call {
    rpc: Rpc,
    begun: Instant,
    /// What the answer said; nothing when the caller went away before.
    code: Option<Code>,
}

impl Call {
    /// The status stands in the headers when that is all the answer, in the trailers otherwise.
    fn look_at(&mut self, headers: &HeaderMap) {
        if let Some(status) = headers.get("grpc-status") {
            self.code = Some(Code::from_bytes(status.as_bytes()));
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let [service, method] = self.rpc.clone();
        let code = KeyValue::new("code", name(self.code.unwrap_or(Code::Cancelled)));
        metrics::called(self.begun.elapsed(), &[service, method, code]);
    }
}

/// An answer on its way.
struct Answer {
    body: Body,
    call: Call,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(trailers) = frame.trailers_ref()
        {
            self.call.look_at(trailers);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Measures a call; it stands outside of the gate, so that what the gate refuses counts too.
pub(crate) async fn measure(State(calls): State<Arc<Calls>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if gate::is_open(path) {
        return next.run(request).await;
    }
    let rpc = calls.known.get(path).unwrap_or(&calls.unknown).clone();
    let mut call = Call { rpc, begun: Instant::now(), code: None };
    let response = next.run(request).await;
    call.look_at(response.headers());
    response.map(|body| Body::new(Answer { body, call }))
}

/// A code's name, as the gRPC protocol writes it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

//! The gate: who calls, may they, and until when. One readable function that every call goes through.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use huiying_proto::{directory::Role, event::ErrorReason};
use tonic::Status;

use crate::{
    ctx::{Actor, Caller, Ctx, Standing},
    db::Db,
    error::{Refusal, Sort},
    permission::Permission,
    rpc,
    token::Verifier,
};

/// Calls without a deadline of their own get this one.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);
/// No call may take longer, whatever it asks for.
const LONGEST_DEADLINE: Duration = Duration::from_secs(120);

/// What the gate knows.
#[derive(Debug)]
pub(crate) struct Gate {
    /// Full method name → the service's store and the roles that open it.
    pub methods: HashMap<&'static str, (Db, &'static [Role])>,
    pub verifier: Verifier,
}

impl Gate {
    pub(crate) fn new(verifier: Verifier, tables: &[(Db, &'static [Permission])]) -> Self {
        let methods = tables.iter().flat_map(|(db, table)| table.iter().map(|row| (row.method, (db.clone(), row.roles)))).collect();
        Self { methods, verifier }
    }

    async fn admit(&self, db: &Db, roles: &'static [Role], path: &str, authorization: Option<&str>) -> Result<Caller, Status> {
        let now = db.clock().now();
        let bearer = authorization
            .and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer ")))
            .and_then(|token| self.verifier.verify(token, now))
            .ok_or_else(|| unauthenticated(db.service()))?;
        let roster = db.roster();
        let held = match &bearer.actor {
            Actor::Person(person) => roster.roles_of(*person, now),
            Actor::Service(_) => bearer.service_roles.clone(),
        };
        let admitted = roles.iter().any(|role| held.contains(role));
        let caller = Caller {
            actor: bearer.actor.clone(),
            roles: held,
            roster,
            now,
            method: path.into(),
            standing: Standing { expires: bearer.expires, opens: roles },
        };
        if admitted {
            return Ok(caller);
        }
        let refusal = Refusal::house(Sort::Denied, ErrorReason::PermissionDenied, "您的职务没有此项权限。").with("method", path);
        rpc::record_refusal(&Ctx::new(caller, db.clone(), None), &refusal).await;
        Err(refusal.into_status(db.service()))
    }
}

pub(crate) fn denied(service: &str) -> Status {
    Refusal::house(Sort::Denied, ErrorReason::PermissionDenied, "您的职务没有此项权限。").into_status(service)
}

pub(crate) fn unauthenticated(service: &str) -> Status {
    Refusal::house(Sort::Unauthenticated, ErrorReason::Unauthenticated, "未登录或登录已失效。").into_status(service)
}

/// Health and reflection are open to whoever reaches the port: they tell nothing of the office's work.
pub(crate) fn is_open(path: &str) -> bool {
    path.starts_with("/grpc.health.") || path.starts_with("/grpc.reflection.")
}

/// Admits a call or answers it; one that waits for a store that is lost is answered at once.
pub(crate) async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if is_open(&path) {
        return next.run(request).await;
    }
    let Some((db, roles)) = gate.methods.get(path.as_str()) else {
        // Absent means denied; whether such an rpc exists is nobody's business.
        return denied("huiying").into_http::<Body>();
    };
    match db.unless_lost(handle(&gate, db, roles, &path, request, next)).await {
        Ok(response) => response,
        Err(error) => error.into_status(db.service()).into_http::<Body>(),
    }
}

async fn handle(gate: &Gate, db: &Db, roles: &'static [Role], path: &str, mut request: Request, next: Next) -> Response {
    let authorization = request.headers().get(http::header::AUTHORIZATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
    match gate.admit(db, roles, path, authorization.as_deref()).await {
        Ok(caller) => request.extensions_mut().insert(caller),
        Err(status) => return status.into_http::<Body>(),
    };
    if path.ends_with("/StreamEvents") {
        return next.run(request).await;
    }
    let deadline = request.headers().get("grpc-timeout").and_then(|v| v.to_str().ok()).and_then(grpc_timeout);
    let deadline = deadline.unwrap_or(DEFAULT_DEADLINE).min(LONGEST_DEADLINE);
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::house(Sort::Deadline, ErrorReason::DeadlineExceeded, "处理超时;请用同一请求号重试,不会重复办理。")
            .into_status("huiying")
            .into_http::<Body>(),
    }
}

/// Parses "100m" and the like, as the gRPC protocol has it.
fn grpc_timeout(value: &str) -> Option<Duration> {
    let (number, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if number.len() > 8 {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number.saturating_mul(3600))),
        "M" => Some(Duration::from_secs(number.saturating_mul(60))),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

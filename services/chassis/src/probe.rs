//! Looks at running processes from outside: what the demo and the tests wait for.

use std::{collections::HashMap, time::Duration};

use http_body_util::BodyExt;
use serde_json::Value;
use tonic::body::Body;
use tower::ServiceExt;

use crate::{peers::connect, tls::Trust};

/// An HTTP GET at an address without TLS: status and text; nothing when there is no answer.
pub async fn http_get(address: &str, path: &str) -> Option<(u16, String)> {
    http_get_from(address, path, &Trust::Plain).await
}

/// An HTTP GET: status and text; nothing when there is no answer.
pub async fn http_get_from(address: &str, path: &str, trust: &Trust) -> Option<(u16, String)> {
    let channel = connect(address, trust).ok()?;
    let response = channel.oneshot(http::Request::get(path).body(Body::empty()).ok()?).await.ok()?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.ok()?.to_bytes();
    Some((status, String::from_utf8(body.to_vec()).ok()?))
}

/// Waits until in all the processes at these addresses every committed record is sealed and has had its effect.
///
/// # Errors
/// The health pages, when that does not come about within the time.
pub async fn settle(addresses: &[String], trust: &Trust, patience: Duration) -> Result<(), String> {
    let started = std::time::Instant::now();
    let mut calm = 0;
    while started.elapsed() < patience {
        let services = health(addresses, trust).await;
        calm = if services.as_deref().is_some_and(is_settled) { calm + 1 } else { 0 };
        // Twice in a row: an effect may have committed a new fact in between.
        if calm == 2 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err(format!("{:?} 内未能平静: {}", patience, Value::from(health(addresses, trust).await.unwrap_or_default())))
}

/// The health pages of some processes; nothing when one does not answer.
pub async fn health(addresses: &[String], trust: &Trust) -> Option<Vec<Value>> {
    let mut services = Vec::new();
    for address in addresses {
        let (_, page) = http_get_from(address, "/healthz", trust).await?;
        let Ok(Value::Array(found)) = serde_json::from_str(&page) else { return None };
        services.extend(found);
    }
    Some(services)
}

fn is_settled(services: &[Value]) -> bool {
    let sealed: HashMap<&str, i64> =
        services.iter().filter_map(|s| Some((s.get("service")?.as_str()?, s.get("sealed")?.as_i64()?))).collect();
    let followed = |consumer: &Value| {
        let head = consumer.get("source").and_then(Value::as_str).and_then(|source| sealed.get(source));
        head.is_some() && consumer.get("position").and_then(Value::as_i64) == head.copied()
    };
    services.iter().all(|s| {
        s.get("unsealed").and_then(Value::as_i64) == Some(0)
            && s.get("consumers").and_then(Value::as_array).is_some_and(|all| all.iter().all(followed))
    })
}

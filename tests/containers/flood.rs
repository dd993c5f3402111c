//! Too many requests from one address: the edge refuses in gRPC's own words, and those who wait are served again.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use huiying_proto::intake::ListOutletsRequest;
use tonic::Code;

use crate::load::enter;

/// Callers at once.
const CALLERS: usize = 64;
/// The edge counts the requests of ten seconds: they come faster than it allows, or this machine is too slow to tell.
const LONGEST: Duration = Duration::from_secs(60);

/// Calls until the edge refuses, by gRPC and by gRPC-Web, and waits until it does no more.
pub async fn run(address: &str, secrets: &Path) {
    let ((grpc, web), _) = enter(address, secrets).await;
    let begun = Instant::now();
    let flood = (0..CALLERS).map(|_| async {
        let intake = grpc.intake().unwrap();
        while begun.elapsed() < LONGEST {
            if let Err(refused) = intake.clone().list_outlets(ListOutletsRequest { page_size: 1, ..Default::default() }).await {
                return Some(refused);
            }
        }
        None
    });
    let refusals: Vec<_> = futures::future::join_all(flood).await.into_iter().flatten().collect();
    let seconds = begun.elapsed().as_secs();
    let web = web.intake().unwrap().list_outlets(ListOutletsRequest { page_size: 1, ..Default::default() }).await;
    assert!(!refusals.is_empty(), "nobody was refused");
    for refused in refusals.iter().chain(web.as_ref().err()) {
        assert_eq!((refused.code(), refused.message()), (Code::ResourceExhausted, "请求过于频繁,请稍后重试。"), "{refused:?}");
    }
    assert!(web.is_err(), "the browser was not refused");
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if grpc.intake().unwrap().list_outlets(ListOutletsRequest { page_size: 1, ..Default::default() }).await.is_ok() {
            break;
        }
        assert!(begun.elapsed() < LONGEST * 2, "who waits is still refused");
    }
    println!("refused after {seconds} s, in gRPC and in gRPC-Web; served again after {} s", begun.elapsed().as_secs());
}

//! Calls a deployment from outside, through its edge; `tests/containers.sh` runs it.
//!
//! `containers load ADDRESS SECRETS SECONDS FILE` registers reports while the script kills and cuts what it calls; what was acknowledged
//! is written to FILE, and `containers verify ADDRESS SECRETS FILE` looks for it.
//! `containers flood ADDRESS SECRETS` asks more than the edge allows.
//! `containers story ADDRESS SECRETS EXCHANGE` plays the main job of the demo against it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a tool for the people who build it"
)]

mod flood;
mod load;
mod story;

use std::path::Path;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["load", address, secrets, seconds, file] => {
            load::run(address, Path::new(secrets), seconds.parse().expect("seconds"), Path::new(file)).await;
        }
        ["verify", address, secrets, file] => load::verify(address, Path::new(secrets), Path::new(file)).await,
        ["flood", address, secrets] => flood::run(address, Path::new(secrets)).await,
        ["story", address, secrets, exchange] => story::run(address, Path::new(secrets), Path::new(exchange)).await,
        _ => panic!(
            "containers load ADDRESS SECRETS SECONDS FILE | verify ADDRESS SECRETS FILE | flood ADDRESS SECRETS | story ADDRESS SECRETS EXCHANGE"
        ),
    }
}

//! Why a command line ends badly, in words for the person who typed it.

use tonic_types::StatusExt;

/// A failure, told once.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl Failure {
    /// Says what failed.
    pub fn new(what: impl std::fmt::Display) -> Self {
        Self(what.to_string())
    }
}

macro_rules! from {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        }
    )*};
}

from!(
    chassis::Error,
    chassis::MigrateError,
    chassis::config::ConfigError,
    chassis::clock::ClockError,
    chassis::token::TokenError,
    chassis::ledger::CheckpointKeyError,
    chassis::cluster::ClusterError,
    regulation::RuleError,
    std::io::Error,
    sqlx::Error,
    serde_yaml_ng::Error,
    jiff::Error,
);

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        let details = status.get_error_details();
        let reason = details.error_info().map_or(String::new(), |info| format!(" [{} {}]", info.domain, info.reason));
        let fields: String = details
            .bad_request()
            .map_or(String::new(), |bad| bad.field_violations.iter().map(|v| format!(" {}: {};", v.field, v.description)).collect());
        Self(format!("{}{reason}{fields} ({:?})", status.message(), status.code()))
    }
}

//! One error for everything below the wire, turned into a status once, at the boundary.

use std::fmt;

use huiying_proto::event::ErrorReason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// What sort of refusal it is; decides the gRPC code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Malformed input.
    Invalid,
    /// Nobody is known to be calling.
    Unauthenticated,
    /// The caller may not.
    Denied,
    /// It does not exist, or the caller may not see it.
    NotFound,
    /// It is not in a state that allows this.
    State,
    /// It was changed since the caller looked.
    Stale,
    /// It exists already.
    Exists,
    /// Too much at once.
    Exhausted,
    /// The store, or something else that is needed, cannot be reached.
    Unavailable,
    /// It took too long.
    Deadline,
}

impl Sort {
    fn code(self) -> Code {
        match self {
            Self::Invalid => Code::InvalidArgument,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::Denied => Code::PermissionDenied,
            Self::NotFound => Code::NotFound,
            Self::State => Code::FailedPrecondition,
            Self::Stale => Code::Aborted,
            Self::Exists => Code::AlreadyExists,
            Self::Exhausted => Code::ResourceExhausted,
            Self::Unavailable => Code::Unavailable,
            Self::Deadline => Code::DeadlineExceeded,
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field's path, such as "facts[2].evidence".
    pub field: String,
    /// What is wrong, in Chinese.
    pub message: String,
}

/// A refusal: typed, with its reason and a message for people. Free of transport, so that the domain can make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Decides the code.
    pub sort: Sort,
    /// A value of the service's `ErrorReason`, without the prefix.
    pub reason: &'static str,
    /// For people, in Chinese.
    pub message: String,
    /// More about it, for programs.
    pub metadata: Vec<(&'static str, String)>,
    /// What is wrong with which field.
    pub violations: Vec<Violation>,
}

impl Refusal {
    /// A refusal of any sort.
    #[must_use]
    pub fn new(sort: Sort, reason: &'static str, message: impl Into<String>) -> Self {
        Self { sort, reason, message: message.into(), metadata: Vec::new(), violations: Vec::new() }
    }

    /// It does not exist, or the caller may not see it.
    #[must_use]
    pub fn not_found(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Sort::NotFound, reason, message)
    }

    /// It is not in a state that allows this.
    #[must_use]
    pub fn state(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Sort::State, reason, message)
    }

    /// The caller may not.
    #[must_use]
    pub fn denied(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Sort::Denied, reason, message)
    }

    /// It was changed since the caller looked.
    #[must_use]
    pub fn stale(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Sort::Stale, reason, message)
    }

    /// It exists already.
    #[must_use]
    pub fn exists(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Sort::Exists, reason, message)
    }

    /// Malformed input that only the domain can see.
    #[must_use]
    pub fn invalid(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(Sort::Invalid, reason, message)
    }

    /// Adds something for programs.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.metadata.push((key, value.to_string()));
        self
    }

    /// A refusal of the chassis itself; its reasons are those of `huiying.event.v1.ErrorReason`.
    #[must_use]
    pub fn house(sort: Sort, reason: ErrorReason, message: impl Into<String>) -> Self {
        Self::new(sort, strip(reason), message)
    }

    pub(crate) fn into_status(self, service: &str) -> Status {
        let domain = if ErrorReason::from_str_name(&format!("ERROR_REASON_{}", self.reason)).is_some() {
            "huiying".to_owned()
        } else {
            format!("{service}.huiying")
        };
        let mut details = ErrorDetails::with_error_info(
            self.reason,
            domain,
            self.metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<std::collections::HashMap<_, _>>(),
        );
        details.set_localized_message("zh-CN", self.message.clone());
        for violation in self.violations {
            details.add_bad_request_violation(violation.field, violation.message);
        }
        Status::with_error_details(self.sort.code(), self.message, details)
    }
}

fn strip(reason: ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.message)?;
        self.violations.iter().try_for_each(|v| write!(f, " [{}: {}]", v.field, v.message))
    }
}

impl std::error::Error for Refusal {}

/// Whatever keeps a use case from ending well.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller is told why.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The request was answered before: the saved answer's bytes.
    #[error("answered before")]
    Answered(Vec<u8>),
    /// A fault inside; the caller learns nothing but that.
    #[error("{0}")]
    Fault(String),
}

impl Error {
    /// A fault inside.
    #[must_use]
    pub fn fault(what: impl fmt::Display) -> Self {
        Self::Fault(what.to_string())
    }

    /// The refusal's reason, if it is one.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => Some(refusal.reason),
            _ => None,
        }
    }

    /// Whether trying again may help without anything else changing.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Refused(refusal) if matches!(refusal.sort, Sort::Unavailable | Sort::Deadline | Sort::Stale | Sort::Exhausted))
    }

    /// Whether another changed the same meanwhile.
    pub(crate) fn is_stale(&self) -> bool {
        matches!(self, Self::Refused(refusal) if matches!(refusal.sort, Sort::Stale))
    }

    /// The status for the wire. Faults are logged here, once, and shown to nobody.
    pub(crate) fn into_status(self, service: &str) -> Status {
        match self {
            Self::Refused(refusal) => refusal.into_status(service),
            Self::Answered(_) | Self::Fault(_) => {
                tracing::error!(service, error = %self, "fault");
                Refusal::new(Sort::State, strip(ErrorReason::Internal), "系统内部错误,请稍后重试;如仍不行,请联系运维。")
                    .into_internal(service)
            }
        }
    }
}

impl Refusal {
    fn into_internal(self, service: &str) -> Status {
        let status = self.into_status(service);
        Status::with_details_and_metadata(
            Code::Internal,
            status.message().to_owned(),
            status.details().to_vec().into(),
            status.metadata().clone(),
        )
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = |what: &dyn fmt::Display| {
            tracing::warn!(error = %what, "store unreachable");
            crate::db::reach::unavailable().into()
        };
        match &error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                unavailable(&error)
            }
            sqlx::Error::Protocol(_) => unavailable(&error),
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // Shut down, crash, cannot connect now, too many connections, read-only standby.
                Some("57P01" | "57P02" | "57P03" | "53300" | "25006" | "08006" | "08003" | "08000") => unavailable(&error),
                Some("53100") => {
                    tracing::error!(%error, "the store's disk is full");
                    let told = "数据库磁盘已满,暂不能登记;请联系运维人员腾出空间,之后用同一请求号重试。";
                    Refusal::house(Sort::Unavailable, ErrorReason::StoreUnavailable, told).into()
                }
                // Deadlock, serialization, lock and statement time-outs.
                Some("40P01" | "40001" | "55P03" | "57014") => {
                    tracing::warn!(%error, "contention");
                    Refusal::house(Sort::Unavailable, ErrorReason::StoreBusy, "数据库繁忙,请稍后重试。").into()
                }
                _ => Self::fault(error),
            },
            _ => Self::fault(error),
        }
    }
}

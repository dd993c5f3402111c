//! `huiying`, as it is typed and served.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "tests fail by panicking"
)]

mod figures;
mod papers;
mod regulation;
mod sheets;
mod tls;

//! Heard facts (事实): what the clocks are computed from, each under the [`regulation::Subject`] on whose clocks it bears.

pub(crate) mod store;

//! Heard facts (事实): what the clocks are computed from, each under the subject on whose clocks it bears.

pub(crate) mod store;

pub(crate) use regulation::Subject;

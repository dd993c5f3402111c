//! Versions of the rule in force (制度版本): when another one takes effect, the open clocks are looked at under it, and what moves
//! is told with both versions.

pub(crate) mod commands;
pub(crate) mod store;

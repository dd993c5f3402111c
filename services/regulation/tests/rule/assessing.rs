//! assessing

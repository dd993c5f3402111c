//! disposal

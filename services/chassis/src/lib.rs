//! The chassis: what every service does identically. No word of the glossary is in it.
pub mod cluster;

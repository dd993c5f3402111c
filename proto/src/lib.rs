//! The contract of Huiying (回应), and nothing else: messages, services, and their descriptors.
#![allow(missing_docs, clippy::all, reason = "generated from proto/, where every item has its comment")]

/// Package `huiying`.
pub mod huiying {
    macro_rules! packages {
        ($($name:ident)*) => {$(
            pub mod $name {
                pub mod v1 {
                    include!(concat!(env!("OUT_DIR"), "/huiying.", stringify!($name), ".v1.rs"));
                }
            }
        )*};
    }
    packages!(event paper directory intake assessment disposal publication accountability notification);
}

pub use huiying::{
    accountability::v1 as accountability, assessment::v1 as assessment, directory::v1 as directory, disposal::v1 as disposal,
    event::v1 as event, intake::v1 as intake, notification::v1 as notification, paper::v1 as paper, publication::v1 as publication,
};

/// The encoded `FileDescriptorSet` of the whole contract, comments included.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

mod fact;

pub use fact::{FactError, fact_fields, fact_kind, from_json, incident_of, to_json};

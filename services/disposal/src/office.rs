//! Whose house this is, and to whom it reports.

use std::fmt;

use tonic::transport::Channel;

/// The office (本办公室).
#[derive(Clone, Debug)]
pub struct Office {
    /// Its name, as the superior reads it.
    pub name: String,
    /// Whom it reports to; none when it reports to nobody by wire.
    pub superior: Option<Superior>,
}

/// The superior's platform (上级平台), 四(五).
#[derive(Clone)]
pub struct Superior {
    /// Where it is.
    pub channel: Channel,
    /// What the superior's issuer gave this office to call with.
    pub token: String,
}

impl fmt::Debug for Superior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Superior").finish_non_exhaustive()
    }
}

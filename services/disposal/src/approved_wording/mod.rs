//! What may be said outside (已审定的说法), 三(三): a released statement, or the current line to take of an incident, as publication
//! tells them.

pub(crate) mod store;

use chassis::Refusal;
use uuid::Uuid;

/// Something that publication approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wording {
    /// 已发布的回应.
    Release(Uuid),
    /// 现行口径.
    Line(Uuid),
}

/// Refuses a wording that was not found among the approved ones of its incident.
pub(crate) fn check_approved(found: bool) -> Result<(), Refusal> {
    if found {
        return Ok(());
    }
    Err(Refusal::state("WORDING_NOT_APPROVED", "对外答复只能使用本事件已发布的回应或现行口径。"))
}

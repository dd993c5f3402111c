//! Who may call what. Absent means denied.

use chassis::{EVERYONE, Permission};
use huiying_proto::directory::Role::{self, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// The table.
pub const PERMISSIONS: &[Permission] = &[
    row("/huiying.publication.v1.PublicationService/ProposeLine", &[OfficeStaff, OfficeHead, LeaderInCharge]),
    row("/huiying.publication.v1.PublicationService/ApproveLine", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.publication.v1.PublicationService/GetCurrentLine", EVERYONE),
];

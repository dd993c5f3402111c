//! Who may call what. Absent means denied.

use chassis::{EVERYONE, Permission};
use huiying_proto::directory::Role::{
    self, Auditor, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader, SecurityAdministrator, System, SystemAdministrator,
};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// The table.
pub const PERMISSIONS: &[Permission] = &[
    row("/huiying.publication.v1.PublicationService/ProposeLine", &[OfficeStaff, OfficeHead, LeaderInCharge]),
    row("/huiying.publication.v1.PublicationService/ApproveLine", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.publication.v1.PublicationService/GetCurrentLine", EVERYONE),
    row("/huiying.publication.v1.PublicationService/DraftStatement", &[OfficeStaff, OfficeHead]),
    row("/huiying.publication.v1.PublicationService/ReviseStatement", &[OfficeStaff, OfficeHead]),
    row("/huiying.publication.v1.PublicationService/SubmitStatement", &[OfficeStaff, OfficeHead]),
    row("/huiying.publication.v1.PublicationService/ReviewStatement", &[OfficeStaff, OfficeHead]),
    row("/huiying.publication.v1.PublicationService/ReturnStatement", &[OfficeHead, OfficeStaff, LeaderInCharge, PrincipalLeader]),
    row("/huiying.publication.v1.PublicationService/ApproveStatement", &[PrincipalLeader]),
    row("/huiying.publication.v1.PublicationService/ReleaseStatement", &[OfficeStaff, OfficeHead]),
    row("/huiying.publication.v1.PublicationService/GetStatement", &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor]),
    row("/huiying.publication.v1.PublicationService/ListStatements", &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor]),
    row(
        "/huiying.publication.v1.PublicationService/RenderReviewSlip",
        &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor],
    ),
    row("/huiying.publication.v1.PublicationService/RegisterChannel", &[OfficeHead, SecurityAdministrator, SystemAdministrator, System]),
    row("/huiying.publication.v1.PublicationService/ListChannels", EVERYONE),
    row("/huiying.publication.v1.PublicationService/ListReleases", EVERYONE),
];

//! What a caller may see: the office, leaders and auditors all, a unit what involves it.

use chassis::Ctx;
use huiying_proto::directory::Role;
use uuid::Uuid;

const SEE_ALL: &[Role] = &[
    Role::Collector,
    Role::OfficeStaff,
    Role::OfficeHead,
    Role::LeaderInCharge,
    Role::PrincipalLeader,
    Role::Auditor,
    Role::AuditAdministrator,
    Role::System,
];

/// The bodies to which the caller's view is limited; none when it is not.
pub(crate) fn visible(ctx: &Ctx) -> Option<Vec<Uuid>> {
    if ctx.has_any_role(SEE_ALL) { None } else { Some(ctx.bodies_as(&[Role::UnitHead, Role::UnitHandler, Role::InformationOfficer])) }
}

//! What a caller may see: the office, leaders and auditors all, a unit what involves it; and how much at once.

use chassis::{Ctx, Page};
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

/// Texts that one page of a list carries at the most, in bytes: a gRPC client refuses a message of more than 4 MiB.
const PAGE_BYTES: usize = 3 << 20;

/// A page that ends early where the texts would outgrow a message, but holds one row at least.
pub(crate) fn fitting<K>(page: Page<K>, texts: impl Iterator<Item = usize>) -> Page<K> {
    let mut bytes = 0;
    let fit = texts
        .take_while(|text| {
            bytes += text;
            bytes <= PAGE_BYTES
        })
        .count();
    Page { size: page.size.min(fit.max(1)), after: page.after }
}

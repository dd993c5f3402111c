//! Who may call what, as data: full method name → roles. Absent means denied.

use huiying_proto::directory::Role;

/// One row of a service's permission table.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// Full method name, such as "/huiying.intake.v1.IntakeService/RegisterReport".
    pub method: &'static str,
    /// Any of these roles opens it.
    pub roles: &'static [Role],
}

/// Every role that a person in office can have, for what all may read.
pub const EVERYONE: &[Role] = &[
    Role::Collector,
    Role::InformationOfficer,
    Role::UnitHandler,
    Role::UnitHead,
    Role::OfficeStaff,
    Role::OfficeHead,
    Role::LeaderInCharge,
    Role::PrincipalLeader,
    Role::Auditor,
    Role::SystemAdministrator,
    Role::SecurityAdministrator,
    Role::AuditAdministrator,
];

/// The chassis's own table: the feed.
pub const FEED: &[Permission] = &[
    Permission { method: "/huiying.event.v1.FeedService/StreamEvents", roles: &[Role::System, Role::Auditor, Role::AuditAdministrator] },
    Permission { method: "/huiying.event.v1.FeedService/GetCheckpoint", roles: &[Role::System, Role::Auditor, Role::AuditAdministrator] },
];

//! Who may call what. Absent means denied.

use chassis::{EVERYONE, Permission};
use huiying_proto::directory::Role::{
    self, AuditAdministrator, Auditor, Collector, InformationOfficer, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader,
    SecurityAdministrator, System, SystemAdministrator, UnitHandler, UnitHead,
};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// Who is who is no secret within the house, nor from the services.
const READERS: &[Role] = &[
    Collector,
    InformationOfficer,
    UnitHandler,
    UnitHead,
    OfficeStaff,
    OfficeHead,
    LeaderInCharge,
    PrincipalLeader,
    Auditor,
    SystemAdministrator,
    SecurityAdministrator,
    AuditAdministrator,
    System,
];

/// Who reads the liaison log, 五(二).
const OFFICE: &[Role] = &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor];

/// The table.
pub const PERMISSIONS: &[Permission] = &[
    row("/huiying.directory.v1.DirectoryService/ImportDirectory", &[SystemAdministrator, System]),
    row("/huiying.directory.v1.DirectoryService/AppointPosition", &[SystemAdministrator]),
    row("/huiying.directory.v1.DirectoryService/EndPosition", &[SystemAdministrator]),
    row("/huiying.directory.v1.DirectoryService/GrantDelegation", &[SystemAdministrator, OfficeHead, PrincipalLeader]),
    row("/huiying.directory.v1.DirectoryService/RevokeDelegation", &[SystemAdministrator, OfficeHead, PrincipalLeader]),
    row("/huiying.directory.v1.DirectoryService/ScheduleDuty", &[OfficeStaff, OfficeHead, SystemAdministrator]),
    row("/huiying.directory.v1.DirectoryService/GetSelf", EVERYONE),
    row("/huiying.directory.v1.DirectoryService/ListBodies", READERS),
    row("/huiying.directory.v1.DirectoryService/ListPersons", READERS),
    row("/huiying.directory.v1.DirectoryService/ListPositions", READERS),
    row("/huiying.directory.v1.DirectoryService/ListDuties", READERS),
    row("/huiying.directory.v1.DirectoryService/RecordLiaison", &[OfficeStaff, OfficeHead]),
    row("/huiying.directory.v1.DirectoryService/ListLiaisons", OFFICE),
    row("/huiying.directory.v1.DirectoryService/RecordReachabilityTest", &[OfficeStaff, OfficeHead]),
    row("/huiying.directory.v1.DirectoryService/ListReachabilityTests", OFFICE),
];

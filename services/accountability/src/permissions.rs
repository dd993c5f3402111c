//! Who may call what. Absent means denied.

use chassis::{EVERYONE, Permission};
use huiying_proto::directory::Role::{self, LeaderInCharge, OfficeHead, PrincipalLeader};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// The table. What everyone may read is cut to what concerns them by the commands.
pub const PERMISSIONS: &[Permission] = &[
    row("/huiying.accountability.v1.AccountabilityService/GetObligation", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/ListObligations", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/AskRelief", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/GrantRelief", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/RefuseRelief", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/ListReliefs", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/GetKnowledgeTimeline", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/OpenAccountabilityCase", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/RecordInterview", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/SubmitReply", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/DecideAccountabilityCase", &[LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/GetAccountabilityCase", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/ListAccountabilityCases", EVERYONE),
];

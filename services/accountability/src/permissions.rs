//! Who may call what. Absent means denied.

use chassis::{EVERYONE, Permission};
use huiying_proto::directory::Role::{
    self, Auditor, Collector, InformationOfficer, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader, UnitHandler, UnitHead,
};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// Who inspects the own portal and accounts, 五(三)甲.
const INSPECTORS: &[Role] = &[OfficeStaff, OfficeHead, Auditor];
/// Who rectifies for a responsible body, which may be a unit, a section or the disposal office itself, 五(三)甲.
pub(crate) const RESPONSIBLE: &[Role] = &[Collector, InformationOfficer, UnitHandler, UnitHead, OfficeStaff, OfficeHead];

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
    row(
        "/huiying.accountability.v1.AccountabilityService/GetProposedEvidence",
        &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor],
    ),
    row("/huiying.accountability.v1.AccountabilityService/GetDelayAccount", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/RecordCaseFinding", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/RecordTolerance", &[UnitHead, OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/ReviewAccountabilityCase", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/ProposeToCompetentBody", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/CloseAccountabilityCase", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/GetAppraisal", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/ListAppraisals", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/ReviewQuality", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.accountability.v1.AccountabilityService/IssueCircular", &[OfficeStaff, OfficeHead]),
    row("/huiying.accountability.v1.AccountabilityService/GetCircular", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/ListCirculars", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/RenderCircular", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/FileReview", &[OfficeStaff, OfficeHead]),
    row(
        "/huiying.accountability.v1.AccountabilityService/GetReview",
        &[UnitHead, OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor],
    ),
    row(
        "/huiying.accountability.v1.AccountabilityService/FindReviews",
        &[UnitHead, OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor],
    ),
    row("/huiying.accountability.v1.AccountabilityService/GetAccountabilityCase", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/ListAccountabilityCases", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/RenderInterviewRecord", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/RecordInspection", INSPECTORS),
    row("/huiying.accountability.v1.AccountabilityService/SubmitRectification", RESPONSIBLE),
    row("/huiying.accountability.v1.AccountabilityService/AcceptRectification", INSPECTORS),
    row("/huiying.accountability.v1.AccountabilityService/ReturnRectification", INSPECTORS),
    row("/huiying.accountability.v1.AccountabilityService/GetInspection", EVERYONE),
    row("/huiying.accountability.v1.AccountabilityService/ListInspections", EVERYONE),
];

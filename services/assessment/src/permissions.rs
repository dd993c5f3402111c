//! Who may call what. Absent means denied.

use chassis::{EVERYONE, Permission};
use huiying_proto::directory::Role::{
    self, InformationOfficer, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader, UnitHandler, UnitHead,
};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// The table. What of the incidents a reader sees is decided further in: a unit sees those that involve it.
pub const PERMISSIONS: &[Permission] = &[
    row("/huiying.assessment.v1.AssessmentService/GetAssessment", EVERYONE),
    row("/huiying.assessment.v1.AssessmentService/ListAssessments", EVERYONE),
    row("/huiying.assessment.v1.AssessmentService/ConfirmAssessment", &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.assessment.v1.AssessmentService/OverrideAssessment", &[OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.assessment.v1.AssessmentService/RecordFactors", &[OfficeStaff, OfficeHead, LeaderInCharge]),
    row("/huiying.assessment.v1.AssessmentService/ListGrounds", EVERYONE),
    row("/huiying.assessment.v1.AssessmentService/ListFactors", EVERYONE),
    row("/huiying.assessment.v1.AssessmentService/ListLevelChanges", EVERYONE),
    row("/huiying.assessment.v1.AssessmentService/GetTrend", EVERYONE),
    row("/huiying.assessment.v1.AssessmentService/FileOpinion", &[InformationOfficer, UnitHandler, UnitHead, OfficeStaff, OfficeHead]),
];

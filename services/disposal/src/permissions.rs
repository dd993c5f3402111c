//! Who may call what. Absent means denied.

use chassis::Permission;
use huiying_proto::directory::Role::{
    self, Auditor, Collector, InformationOfficer, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader, SubordinatePlatform,
    SuperiorPlatform, UnitHandler, UnitHead,
};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// The people of an involved unit (涉事单位).
pub(crate) const UNIT: &[Role] = &[UnitHandler, UnitHead, InformationOfficer];
/// Who of a unit investigates and writes what it found, 四(三).
pub(crate) const INVESTIGATORS: &[Role] = &[UnitHandler, UnitHead];
/// Who sees every case; whoever else may read sees those of their own unit.
pub(crate) const OVERSIGHT: &[Role] = &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor];
const READERS: &[Role] =
    &[Collector, InformationOfficer, UnitHandler, UnitHead, OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor];
/// The disposal office (政务舆情处置办公室).
pub(crate) const OFFICE: &[Role] = &[OfficeStaff, OfficeHead];
const OFFICE_AND_LEADER: &[Role] = &[OfficeStaff, OfficeHead, LeaderInCharge];
/// The office, and the people of the body that serves an interview.
const ANSWERERS: &[Role] = &[OfficeStaff, OfficeHead, UnitHandler, UnitHead, InformationOfficer];
const LEADERS: &[Role] = &[LeaderInCharge, PrincipalLeader];
const UPWARD_READERS: &[Role] = &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor, SuperiorPlatform];

/// The table.
pub const PERMISSIONS: &[Permission] = &[
    row("/huiying.disposal.v1.DisposalService/GetCase", READERS),
    row("/huiying.disposal.v1.DisposalService/ListCases", READERS),
    row("/huiying.disposal.v1.DisposalService/DesignateLead", &[PrincipalLeader]),
    row("/huiying.disposal.v1.DisposalService/AssignUnit", OFFICE_AND_LEADER),
    row("/huiying.disposal.v1.DisposalService/AcknowledgeAssignment", UNIT),
    row("/huiying.disposal.v1.DisposalService/RequestMaterial", OFFICE_AND_LEADER),
    row("/huiying.disposal.v1.DisposalService/ProvideMaterial", UNIT),
    row("/huiying.disposal.v1.DisposalService/RequestMediaInterview", OFFICE_AND_LEADER),
    row("/huiying.disposal.v1.DisposalService/AnswerMediaInterview", ANSWERERS),
    row("/huiying.disposal.v1.DisposalService/DeclineMediaInterview", &[OfficeHead, LeaderInCharge]),
    row("/huiying.disposal.v1.DisposalService/GetMediaInterview", READERS),
    row("/huiying.disposal.v1.DisposalService/ListMediaInterviews", READERS),
    row("/huiying.disposal.v1.DisposalService/SubmitFindings", INVESTIGATORS),
    row("/huiying.disposal.v1.DisposalService/ReturnFindings", OFFICE),
    row("/huiying.disposal.v1.DisposalService/AcceptFindings", OFFICE),
    row("/huiying.disposal.v1.DisposalService/ConsolidateFindings", OFFICE),
    row("/huiying.disposal.v1.DisposalService/EndorseConsolidation", &[LeaderInCharge]),
    row("/huiying.disposal.v1.DisposalService/ReturnConsolidation", LEADERS),
    row("/huiying.disposal.v1.DisposalService/ApproveConsolidation", &[PrincipalLeader]),
    row("/huiying.disposal.v1.DisposalService/SubmitFeedback", &[UnitHandler, UnitHead, InformationOfficer, LeaderInCharge]),
    row("/huiying.disposal.v1.DisposalService/RecordTracking", &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader]),
    row("/huiying.disposal.v1.DisposalService/CloseCase", &[OfficeHead, LeaderInCharge]),
    row("/huiying.disposal.v1.DisposalService/DraftEscalation", OFFICE),
    row("/huiying.disposal.v1.DisposalService/EndorseEscalation", &[LeaderInCharge]),
    row("/huiying.disposal.v1.DisposalService/ReturnEscalation", LEADERS),
    row("/huiying.disposal.v1.DisposalService/ApproveEscalation", &[PrincipalLeader]),
    row("/huiying.disposal.v1.DisposalService/GetEscalation", UPWARD_READERS),
    row("/huiying.disposal.v1.DisposalService/ListEscalations", UPWARD_READERS),
    row("/huiying.disposal.v1.DisposalService/RenderAssignmentSlip", READERS),
    row("/huiying.disposal.v1.DisposalService/RenderDisposalReport", READERS),
    row("/huiying.disposal.v1.DisposalService/RenderEscalation", UPWARD_READERS),
    row("/huiying.disposal.v1.DisposalService/ReceiveEscalation", &[SubordinatePlatform]),
    row("/huiying.disposal.v1.DisposalService/ListReceivedEscalations", OVERSIGHT),
];

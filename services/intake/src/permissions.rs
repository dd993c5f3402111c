//! Who may call what. Absent means denied.

use chassis::{EVERYONE, Permission};
use huiying_proto::directory::Role::{
    self, Auditor, Collector, InformationOfficer, LeaderInCharge, MonitoringVendor, OfficeHead, OfficeStaff, PrincipalLeader, System,
    SystemAdministrator, UnitHandler, UnitHead,
};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// The office's own papers.
const OFFICE: &[Role] = &[Collector, OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor];

/// Whom bulletins reach, 四(一)一: the office, and the units of their incidents.
const BULLETIN_READERS: &[Role] =
    &[Collector, OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor, InformationOfficer, UnitHandler, UnitHead];

/// Who ticks the daily reading for a body, 五(一).
pub(crate) const READERS: &[Role] = &[InformationOfficer, UnitHandler, UnitHead];

/// Who keeps the sources that reports are taken from.
const KEEPERS: &[Role] = &[OfficeStaff, OfficeHead, SystemAdministrator];

/// Who sees how sources stand.
const WATCHERS: &[Role] = &[Collector, OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor, SystemAdministrator];

/// The table. Which incidents a unit sees, the commands see to.
pub const PERMISSIONS: &[Permission] = &[
    row("/huiying.intake.v1.IntakeService/RegisterOutlet", &[Collector, OfficeStaff, OfficeHead, SystemAdministrator, System]),
    row("/huiying.intake.v1.IntakeService/ListOutlets", EVERYONE),
    row("/huiying.intake.v1.IntakeService/RegisterReport", &[Collector, OfficeStaff, OfficeHead, InformationOfficer, System]),
    row("/huiying.intake.v1.IntakeService/ImportLetters", &[Collector, OfficeStaff, System]),
    row("/huiying.intake.v1.IntakeService/GetReport", EVERYONE),
    row("/huiying.intake.v1.IntakeService/RevealWriters", &[OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/EraseWriters", &[OfficeHead]),
    row("/huiying.intake.v1.IntakeService/ListReports", EVERYONE),
    row("/huiying.intake.v1.IntakeService/GetIncident", EVERYONE),
    row("/huiying.intake.v1.IntakeService/ListIncidents", EVERYONE),
    row("/huiying.intake.v1.IntakeService/NameInvolvedBodies", &[Collector, OfficeStaff, OfficeHead, LeaderInCharge]),
    row("/huiying.intake.v1.IntakeService/MoveReport", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/CorrectReport", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/MergeIncidents", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/SplitIncident", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/UndoRegrouping", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/ListRegroupings", OFFICE),
    row("/huiying.intake.v1.IntakeService/ListSuggestions", OFFICE),
    row("/huiying.intake.v1.IntakeService/DismissSuggestion", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/ListHotMatters", OFFICE),
    row("/huiying.intake.v1.IntakeService/ListSightings", EVERYONE),
    row("/huiying.intake.v1.IntakeService/RegisterTransfer", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/CorrectTransfer", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/ListTransfers", EVERYONE),
    row("/huiying.intake.v1.IntakeService/RegisterCategories", &[OfficeStaff, OfficeHead, SystemAdministrator, System]),
    row("/huiying.intake.v1.IntakeService/ListCategories", EVERYONE),
    row("/huiying.intake.v1.IntakeService/GetCategorySuggestions", EVERYONE),
    row("/huiying.intake.v1.IntakeService/CategorizeReport", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/CompileDailyRegister", &[Collector, OfficeStaff]),
    row("/huiying.intake.v1.IntakeService/GetDailyRegister", OFFICE),
    row("/huiying.intake.v1.IntakeService/IssueBulletin", &[OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.IntakeService/GetBulletin", BULLETIN_READERS),
    row("/huiying.intake.v1.IntakeService/ListBulletins", BULLETIN_READERS),
    row("/huiying.intake.v1.IntakeService/RenderBulletin", BULLETIN_READERS),
    row("/huiying.intake.v1.IntakeService/RenderDailyRegister", OFFICE),
    row("/huiying.intake.v1.IntakeService/RenderRegisterEntry", EVERYONE),
    row("/huiying.intake.v1.IntakeService/RecordReading", READERS),
    row("/huiying.intake.v1.IntakeService/ListReadings", EVERYONE),
    row("/huiying.intake.v1.IntakeService/SearchReports", EVERYONE),
    row("/huiying.intake.v1.IntakeService/WatchIncidents", EVERYONE),
    row("/huiying.intake.v1.SourceService/RegisterSource", KEEPERS),
    row("/huiying.intake.v1.SourceService/UpdateSource", KEEPERS),
    row("/huiying.intake.v1.SourceService/PauseSource", KEEPERS),
    row("/huiying.intake.v1.SourceService/ResumeSource", KEEPERS),
    row("/huiying.intake.v1.SourceService/GetSource", WATCHERS),
    row("/huiying.intake.v1.SourceService/ListSources", WATCHERS),
    row("/huiying.intake.v1.SourceService/PushSightings", &[Collector, OfficeStaff, System, MonitoringVendor]),
    row("/huiying.intake.v1.SourceService/ImportMail", &[Collector, OfficeStaff, System]),
    row("/huiying.intake.v1.SourceService/ListUnknownOutlets", WATCHERS),
    row("/huiying.intake.v1.SourceService/ResolveUnknownOutlet", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.SourceService/ListRefusedItems", WATCHERS),
    row("/huiying.intake.v1.SourceService/ListOutletAliases", WATCHERS),
    row("/huiying.intake.v1.SourceService/CorrectOutletAlias", &[Collector, OfficeStaff, OfficeHead]),
    row("/huiying.intake.v1.SourceService/RecordSpread", &[Collector, OfficeStaff, System]),
    row("/huiying.intake.v1.SourceService/GetProvenance", EVERYONE),
];

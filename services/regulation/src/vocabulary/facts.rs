//! 事实词汇: the kinds of facts a rule may mention, with their fields; those of accountability stand beside.

use super::Shape;
use super::Type::{self, Date, Enum, Flag, List, Number, Text, Time};

pub(super) const LEVEL: Type = Enum(&["LEVEL_UNSPECIFIED", "LEVEL_ORDINARY", "LEVEL_IMPORTANT"]);
pub(super) const GRADE: Type = Enum(&[
    "EVENT_GRADE_UNSPECIFIED",
    "EVENT_GRADE_NONE",
    "EVENT_GRADE_GENERAL",
    "EVENT_GRADE_LARGER",
    "EVENT_GRADE_MAJOR",
    "EVENT_GRADE_SPECIAL_MAJOR",
]);
const BULLETIN: Type = Enum(&["KIND_UNSPECIFIED", "KIND_WEEKLY", "KIND_SPECIAL"]);
const REGROUPING: Type = Enum(&["KIND_UNSPECIFIED", "KIND_MERGE", "KIND_SPLIT", "KIND_MOVE"]);
const STATEMENT: Type = Enum(&["KIND_UNSPECIFIED", "KIND_HOLDING", "KIND_FULL", "KIND_CORRECTION"]);
const ESCALATION: Type = Enum(&["KIND_UNSPECIFIED", "KIND_INITIAL", "KIND_FOLLOW_UP", "KIND_FINAL"]);
const MANNER: Type = Enum(&["LEAD_MANNER_UNSPECIFIED", "LEAD_MANNER_PORTFOLIO", "LEAD_MANNER_PRINCIPAL"]);
const RECIPIENT: Type = Enum(&[
    "FEEDBACK_RECIPIENT_UNSPECIFIED",
    "FEEDBACK_RECIPIENT_OFFICE",
    "FEEDBACK_RECIPIENT_LEADER_IN_CHARGE",
    "FEEDBACK_RECIPIENT_PRINCIPAL_LEADER",
]);

/// 发布平台级别, as a report carries it.
pub(super) const TIER: Type =
    Enum(&["central", "central_stationed", "region", "city", "county", "commercial", "social", "mailbox", "hotline"]);
/// 媒介, as a report carries it.
pub(super) const MEDIUM: Type = Enum(&["paper", "television", "radio", "web", "social", "letter", "telephone"]);

pub(super) const fn shape(name: &'static str, fields: &'static [(&'static str, Type)]) -> Shape {
    Shape { name, fields }
}

/// Every kind of fact a rule may mention, but those of accountability.
pub(super) const FACTS: &[Shape] = &[
    shape("directory.DutyScheduled", &[("duty_date", Date), ("person_id", Text), ("reading_body_ids", List)]),
    shape("directory.DutyUnfilled", &[("duty_date", Date)]),
    shape("directory.LiaisonRecorded", &[("liaison_id", Text), ("partner_body_id", Text), ("liaison_time", Time), ("person_id", Text)]),
    shape(
        "directory.ReachabilityTested",
        &[("officer_person_id", Text), ("body_id", Text), ("test_time", Time), ("reached", Flag), ("answer_minutes", Number)],
    ),
    shape(
        "intake.IncidentOpened",
        &[("incident_id", Text), ("number", Text), ("title", Text), ("first_report_time", Time), ("body_ids", List)],
    ),
    shape(
        "intake.ReportPlaced",
        &[
            ("incident_id", Text),
            ("report_id", Text),
            ("incident_number", Text),
            ("incident_title", Text),
            ("first_report_time", Time),
            ("outlet_name", Text),
            ("tier", Text),
            ("medium", Text),
            ("page", Text),
            ("sensitive", Flag),
            ("report_count", Number),
            ("distinct_writers", Number),
            ("body_ids", List),
            ("publish_time", Time),
        ],
    ),
    shape(
        "intake.ReportMoved",
        &[("incident_id", Text), ("from_incident_id", Text), ("report_id", Text), ("reason", Text), ("regrouping_id", Text)],
    ),
    shape(
        "intake.IncidentMerged",
        &[
            ("incident_id", Text),
            ("number", Text),
            ("title", Text),
            ("into_incident_id", Text),
            ("into_number", Text),
            ("into_title", Text),
            ("report_count", Number),
            ("into_report_count", Number),
            ("first_report_time", Time),
            ("body_ids", List),
            ("regrouping_id", Text),
            ("person_id", Text),
            ("reason", Text),
        ],
    ),
    shape(
        "intake.IncidentSplit",
        &[
            ("incident_id", Text),
            ("number", Text),
            ("title", Text),
            ("new_incident_id", Text),
            ("new_number", Text),
            ("new_title", Text),
            ("report_count", Number),
            ("regrouping_id", Text),
            ("person_id", Text),
            ("reason", Text),
        ],
    ),
    shape(
        "intake.RegroupingUndone",
        &[
            ("incident_id", Text),
            ("number", Text),
            ("title", Text),
            ("left_incident_id", Text),
            ("left_number", Text),
            ("left_title", Text),
            ("report_count", Number),
            ("regrouping_id", Text),
            ("kind", REGROUPING),
            ("person_id", Text),
            ("reason", Text),
        ],
    ),
    shape(
        "intake.ItemTransferred",
        &[
            ("incident_id", Text),
            ("transfer_id", Text),
            ("report_id", Text),
            ("sender", Text),
            ("reference", Text),
            ("has_due_time", Flag),
            ("due_time", Time),
            ("title", Text),
            ("body_ids", List),
            ("person_id", Text),
            ("origin", Text),
        ],
    ),
    shape(
        "intake.TransferCorrected",
        &[
            ("incident_id", Text),
            ("transfer_id", Text),
            ("was", Text),
            ("is", Text),
            ("deadline_changed", Flag),
            ("person_id", Text),
            ("reason", Text),
        ],
    ),
    shape("intake.TransferMoved", &[("incident_id", Text), ("transfer_id", Text), ("to_incident_id", Text), ("to_number", Text)]),
    shape("intake.InvolvedBodiesNamed", &[("incident_id", Text), ("body_ids", List)]),
    shape(
        "intake.DailyRegisterCompiled",
        &[("register_date", Date), ("collector_person_id", Text), ("item_count", Number), ("hours_left", Number)],
    ),
    shape(
        "intake.BulletinIssued",
        &[
            ("bulletin_id", Text),
            ("kind", BULLETIN),
            ("year", Number),
            ("number", Number),
            ("title", Text),
            ("incident_ids", List),
            ("body_ids", List),
        ],
    ),
    shape("intake.ReadingRecorded", &[("body_id", Text), ("reading_date", Date), ("complete", Flag), ("found", Flag), ("note", Text)]),
    shape(
        "assessment.IncidentAssessed",
        &[("incident_id", Text), ("number", Text), ("title", Text), ("suggested_level", LEVEL), ("level", LEVEL), ("rule_version", Text)],
    ),
    shape(
        "assessment.IncidentClassified",
        &[
            ("incident_id", Text),
            ("number", Text),
            ("title", Text),
            ("level", LEVEL),
            ("previous_level", LEVEL),
            ("grade", GRADE),
            ("person_id", Text),
            ("overridden", Flag),
            ("reason", Text),
            ("first_report_time", Time),
            ("body_ids", List),
            ("clauses", List),
            ("rule_version", Text),
        ],
    ),
    shape(
        "assessment.IncidentPredated",
        &[
            ("incident_id", Text),
            ("number", Text),
            ("title", Text),
            ("first_report_time", Time),
            ("previous_first_report_time", Time),
            ("level", LEVEL),
            ("grade", GRADE),
        ],
    ),
    shape(
        "assessment.TrendRose",
        &[
            ("incident_id", Text),
            ("number", Text),
            ("title", Text),
            ("clause", Text),
            ("rise_id", Text),
            ("begin_time", Time),
            ("window_hours", Number),
            ("report_count", Number),
            ("previous_report_count", Number),
            ("text", Text),
            ("body_ids", List),
            ("rule_version", Text),
        ],
    ),
    shape("assessment.OpinionFiled", &[("incident_id", Text), ("number", Text), ("title", Text), ("body_name", Text), ("proposal", Text)]),
    shape("disposal.CaseOpened", &[("incident_id", Text), ("case_id", Text), ("title", Text), ("body_ids", List)]),
    shape("disposal.LeadUndetermined", &[("incident_id", Text), ("title", Text), ("candidate_person_ids", List)]),
    shape("disposal.LeadDesignated", &[("incident_id", Text), ("title", Text), ("leader_person_id", Text), ("manner", MANNER)]),
    shape("disposal.UnitAssigned", &[("incident_id", Text), ("title", Text), ("assignment_id", Text), ("body_id", Text), ("task", Text)]),
    shape("disposal.AssignmentAcknowledged", &[("incident_id", Text), ("assignment_id", Text), ("body_id", Text), ("person_id", Text)]),
    shape(
        "disposal.MaterialRequested",
        &[("incident_id", Text), ("material_request_id", Text), ("body_id", Text), ("question", Text), ("due_time", Time)],
    ),
    shape("disposal.MaterialProvided", &[("incident_id", Text), ("material_request_id", Text), ("body_id", Text)]),
    shape(
        "disposal.MediaInterviewRequested",
        &[
            ("incident_id", Text),
            ("title", Text),
            ("media_interview_id", Text),
            ("body_id", Text),
            ("outlet_name", Text),
            ("subject", Text),
            ("due_time", Time),
        ],
    ),
    shape(
        "disposal.MediaInterviewAnswered",
        &[
            ("incident_id", Text),
            ("title", Text),
            ("media_interview_id", Text),
            ("body_id", Text),
            ("outlet_name", Text),
            ("subject", Text),
            ("release_id", Text),
            ("line_id", Text),
        ],
    ),
    shape(
        "disposal.MediaInterviewDeclined",
        &[
            ("incident_id", Text),
            ("title", Text),
            ("media_interview_id", Text),
            ("body_id", Text),
            ("outlet_name", Text),
            ("subject", Text),
            ("reason", Text),
        ],
    ),
    shape(
        "disposal.FindingsSubmitted",
        &[("incident_id", Text), ("title", Text), ("findings_id", Text), ("assignment_id", Text), ("body_id", Text), ("revision", Number)],
    ),
    shape(
        "disposal.FindingsReturned",
        &[("incident_id", Text), ("title", Text), ("findings_id", Text), ("assignment_id", Text), ("body_id", Text), ("reason", Text)],
    ),
    shape("disposal.FindingsAccepted", &[("incident_id", Text), ("findings_id", Text), ("assignment_id", Text), ("body_id", Text)]),
    shape("disposal.FindingsConsolidated", &[("incident_id", Text), ("title", Text), ("consolidation_id", Text)]),
    shape("disposal.ConsolidationEndorsed", &[("incident_id", Text), ("title", Text), ("consolidation_id", Text), ("person_id", Text)]),
    shape(
        "disposal.ConsolidationReturned",
        &[("incident_id", Text), ("title", Text), ("consolidation_id", Text), ("person_id", Text), ("reason", Text)],
    ),
    shape("disposal.ConsolidationApproved", &[("incident_id", Text), ("title", Text), ("consolidation_id", Text), ("person_id", Text)]),
    shape(
        "disposal.FeedbackSubmitted",
        &[("incident_id", Text), ("title", Text), ("feedback_id", Text), ("body_id", Text), ("person_id", Text), ("recipient", RECIPIENT)],
    ),
    shape("disposal.TrackingRecorded", &[("incident_id", Text), ("tracking_id", Text), ("text", Text)]),
    shape(
        "disposal.EscalationDrafted",
        &[("incident_id", Text), ("escalation_id", Text), ("kind", ESCALATION), ("title", Text), ("person_id", Text)],
    ),
    shape(
        "disposal.EscalationEndorsed",
        &[("incident_id", Text), ("escalation_id", Text), ("kind", ESCALATION), ("title", Text), ("person_id", Text)],
    ),
    shape(
        "disposal.EscalationReturned",
        &[("incident_id", Text), ("escalation_id", Text), ("kind", ESCALATION), ("title", Text), ("person_id", Text), ("reason", Text)],
    ),
    shape(
        "disposal.EscalationApproved",
        &[("incident_id", Text), ("escalation_id", Text), ("kind", ESCALATION), ("title", Text), ("person_id", Text)],
    ),
    shape(
        "disposal.EscalationDelivered",
        &[
            ("incident_id", Text),
            ("escalation_id", Text),
            ("kind", ESCALATION),
            ("title", Text),
            ("receipt_id", Text),
            ("attempt_count", Number),
        ],
    ),
    shape("disposal.CaseClosed", &[("incident_id", Text), ("case_id", Text), ("title", Text)]),
    shape("publication.LineProposed", &[("incident_id", Text), ("line_id", Text), ("person_id", Text)]),
    shape("publication.LineApproved", &[("incident_id", Text), ("line_id", Text), ("text", Text), ("person_id", Text)]),
    shape(
        "publication.StatementDrafted",
        &[("incident_id", Text), ("statement_id", Text), ("kind", STATEMENT), ("title", Text), ("text_sha256", Text), ("person_id", Text)],
    ),
    shape(
        "publication.StatementRevised",
        &[("incident_id", Text), ("statement_id", Text), ("kind", STATEMENT), ("title", Text), ("text_sha256", Text), ("person_id", Text)],
    ),
    shape(
        "publication.StatementSubmitted",
        &[("incident_id", Text), ("statement_id", Text), ("kind", STATEMENT), ("title", Text), ("text_sha256", Text), ("person_id", Text)],
    ),
    shape(
        "publication.StatementReviewed",
        &[("incident_id", Text), ("statement_id", Text), ("kind", STATEMENT), ("title", Text), ("text_sha256", Text), ("person_id", Text)],
    ),
    shape(
        "publication.StatementReturned",
        &[
            ("incident_id", Text),
            ("statement_id", Text),
            ("kind", STATEMENT),
            ("title", Text),
            ("text_sha256", Text),
            ("person_id", Text),
            ("reason", Text),
        ],
    ),
    shape(
        "publication.StatementApproved",
        &[("incident_id", Text), ("statement_id", Text), ("kind", STATEMENT), ("title", Text), ("text_sha256", Text), ("person_id", Text)],
    ),
    shape(
        "publication.StatementReleased",
        &[
            ("incident_id", Text),
            ("statement_id", Text),
            ("kind", STATEMENT),
            ("title", Text),
            ("text_sha256", Text),
            ("person_id", Text),
            ("release_id", Text),
            ("release_time", Time),
            ("channel_ids", List),
        ],
    ),
    shape("notification.NoticeDelivered", &[("notice_id", Text), ("person_id", Text), ("incident_id", Text)]),
    shape("notification.NoticeOpened", &[("notice_id", Text), ("person_id", Text), ("incident_id", Text)]),
    shape("notification.NoticeAcknowledged", &[("notice_id", Text), ("person_id", Text), ("incident_id", Text)]),
];

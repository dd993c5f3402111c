//! 词汇: the facts a rule may mention, their fields and the names of their states. The contract of the
//! services' events, as far as the regulation reads them; a rule that names anything else is refused.

use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// Text or an id.
    Text,
    /// RFC 3339.
    Time,
    /// A civil date, `2026-11-10`.
    Date,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// Several texts.
    List,
    /// One of these names.
    Enum(&'static [&'static str]),
}

/// The fields of one kind of thing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [(&'static str, Type)],
}

impl Shape {
    pub(crate) fn field(&self, name: &str) -> Option<Type> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        // Every fact also has the time of its happening.
        found.map(|(_, kind)| *kind).or((name == "time").then_some(Type::Time))
    }
}

use Type::{Date, Enum, Flag, List, Number, Text, Time};

const LEVEL: Type = Enum(&["LEVEL_UNSPECIFIED", "LEVEL_ORDINARY", "LEVEL_IMPORTANT"]);
const GRADE: Type = Enum(&[
    "EVENT_GRADE_UNSPECIFIED",
    "EVENT_GRADE_NONE",
    "EVENT_GRADE_GENERAL",
    "EVENT_GRADE_LARGER",
    "EVENT_GRADE_MAJOR",
    "EVENT_GRADE_SPECIAL_MAJOR",
]);
const BULLETIN: Type = Enum(&["KIND_UNSPECIFIED", "KIND_WEEKLY", "KIND_SPECIAL"]);
const STATEMENT: Type = Enum(&["KIND_UNSPECIFIED", "KIND_HOLDING", "KIND_FULL", "KIND_CORRECTION"]);
const ESCALATION: Type = Enum(&["KIND_UNSPECIFIED", "KIND_INITIAL", "KIND_FOLLOW_UP", "KIND_FINAL"]);
const MANNER: Type = Enum(&["LEAD_MANNER_UNSPECIFIED", "LEAD_MANNER_PORTFOLIO", "LEAD_MANNER_PRINCIPAL"]);
const RECIPIENT: Type = Enum(&[
    "FEEDBACK_RECIPIENT_UNSPECIFIED",
    "FEEDBACK_RECIPIENT_OFFICE",
    "FEEDBACK_RECIPIENT_LEADER_IN_CHARGE",
    "FEEDBACK_RECIPIENT_PRINCIPAL_LEADER",
]);
const INSPECTION: Type = Enum(&["OUTCOME_UNSPECIFIED", "OUTCOME_IN_ORDER", "OUTCOME_FINDING"]);

/// 事件 as the four tests of 二 see it.
pub(crate) const INCIDENT_SIGNALS: Shape =
    Shape { name: "incident", fields: &[("incident_id", Text), ("report_count", Number), ("distinct_writers", Number)] };

/// 线索 as the four tests of 二 see it.
pub(crate) const REPORT_SIGNALS: Shape = Shape {
    name: "report",
    fields: &[
        ("report_id", Text),
        ("tier", Text),
        ("medium", Text),
        ("page", Text),
        ("sensitive", Flag),
        ("views", Number),
        ("comments", Number),
        ("reposts", Number),
    ],
};

/// 事件 as the facts up to a trigger leave it.
pub(crate) const INCIDENT: Shape = Shape {
    name: "incident",
    fields: &[
        ("incident_id", Text),
        ("number", Text),
        ("title", Text),
        ("level", LEVEL),
        ("grade", GRADE),
        ("body_ids", List),
        ("assigned_body_ids", List),
        ("leader_person_id", Text),
        ("first_report_time", Time),
    ],
};

/// 阈值.
pub(crate) const THRESHOLD: Shape = Shape {
    name: "threshold",
    fields: &[
        ("concentration_window_days", Number),
        ("concentration_distinct_writers", Number),
        ("reaction_views", Number),
        ("reaction_comments", Number),
        ("reaction_reposts", Number),
        ("same_day_minimum_minutes", Number),
    ],
};

const fn shape(name: &'static str, fields: &'static [(&'static str, Type)]) -> Shape {
    Shape { name, fields }
}

/// Every kind of fact a rule may mention.
pub(crate) const FACTS: &[Shape] = &[
    shape("directory.DutyScheduled", &[("duty_date", Date), ("person_id", Text), ("reading_body_ids", List)]),
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
    shape("intake.ReportMoved", &[("incident_id", Text), ("from_incident_id", Text), ("report_id", Text), ("reason", Text)]),
    shape("intake.InvolvedBodiesNamed", &[("incident_id", Text), ("body_ids", List)]),
    shape("intake.DailyRegisterCompiled", &[("register_date", Date), ("collector_person_id", Text), ("item_count", Number)]),
    shape(
        "intake.BulletinIssued",
        &[("bulletin_id", Text), ("kind", BULLETIN), ("year", Number), ("number", Number), ("title", Text), ("incident_ids", List)],
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
    shape(
        "accountability.ObligationReminded",
        &[
            ("obligation_id", Text),
            ("incident_id", Text),
            ("duty_id", Text),
            ("name", Text),
            ("clause", Text),
            ("debtor_body_id", Text),
            ("debtor_person_id", Text),
            ("debtor_role", Text),
            ("due_time", Time),
            ("stage", Text),
        ],
    ),
    shape(
        "accountability.ObligationBreached",
        &[
            ("obligation_id", Text),
            ("incident_id", Text),
            ("duty_id", Text),
            ("name", Text),
            ("clause", Text),
            ("debtor_body_id", Text),
            ("debtor_person_id", Text),
            ("debtor_role", Text),
            ("due_time", Time),
        ],
    ),
    shape(
        "accountability.CaseOpened",
        &[("case_id", Text), ("incident_id", Text), ("subject_person_id", Text), ("subject_body_id", Text), ("person_id", Text)],
    ),
    shape(
        "accountability.CaseDecided",
        &[("case_id", Text), ("incident_id", Text), ("subject_person_id", Text), ("subject_body_id", Text), ("person_id", Text)],
    ),
    shape(
        "accountability.InspectionRecorded",
        &[("inspection_id", Text), ("item_name", Text), ("outcome", INSPECTION), ("finding", Text), ("body_id", Text), ("due_time", Time)],
    ),
    shape(
        "accountability.RectificationSubmitted",
        &[("inspection_id", Text), ("item_name", Text), ("body_id", Text), ("revision", Number)],
    ),
    shape("accountability.RectificationAccepted", &[("inspection_id", Text), ("item_name", Text), ("body_id", Text), ("revision", Number)]),
    shape(
        "accountability.RectificationReturned",
        &[("inspection_id", Text), ("item_name", Text), ("body_id", Text), ("revision", Number), ("reason", Text), ("due_time", Time)],
    ),
    shape("notification.NoticeDelivered", &[("notice_id", Text), ("person_id", Text), ("incident_id", Text)]),
    shape("notification.NoticeOpened", &[("notice_id", Text), ("person_id", Text), ("incident_id", Text)]),
    shape("notification.NoticeAcknowledged", &[("notice_id", Text), ("person_id", Text), ("incident_id", Text)]),
];

static BY_KIND: LazyLock<HashMap<&'static str, &'static Shape>> = LazyLock::new(|| FACTS.iter().map(|shape| (shape.name, shape)).collect());

/// The shape of a kind of fact.
pub(crate) fn fact_shape(kind: &str) -> Option<&'static Shape> {
    BY_KIND.get(kind).copied()
}

/// Whether some field has a state of this name.
pub(crate) fn is_enum_name(name: &str) -> bool {
    FACTS.iter().flat_map(|shape| shape.fields).any(|(_, kind)| match kind {
        Enum(names) => names.contains(&name),
        _ => false,
    })
}

/// What a rule may mention: every kind of fact with the names of its fields, for a test that holds them
/// against the services' contract.
pub fn vocabulary() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    FACTS.iter().map(|shape| (shape.name, shape.fields.iter().map(|(name, _)| *name).collect()))
}

/// A whole number; protobuf-JSON writes 64-bit ones as text.
pub(crate) fn number_of(value: Option<&Value>) -> i64 {
    match value {
        Some(Value::Number(number)) => number.as_i64().unwrap_or_default(),
        Some(Value::String(text)) => text.parse().unwrap_or_default(),
        _ => 0,
    }
}

/// A text; absent reads as empty.
pub(crate) fn text_of(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Several texts; absent reads as none.
pub(crate) fn texts_of(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let items = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(Value::as_str)
}

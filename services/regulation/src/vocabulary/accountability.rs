//! 事实词汇: the kinds of facts of accountability, with their fields.

use super::Shape;
use super::Type::{self, Date, Enum, List, Number, Text, Time};
use super::facts::shape;

const RELIEF: Type = Enum(&["KIND_UNSPECIFIED", "KIND_EXTENSION", "KIND_WAIVER"]);
const INSPECTION: Type = Enum(&["OUTCOME_UNSPECIFIED", "OUTCOME_IN_ORDER", "OUTCOME_FINDING"]);

/// What a rule may mention of accountability.
pub(super) const FACTS: &[Shape] = &[
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
            ("also_roles", List),
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
        "accountability.ReliefAsked",
        &[
            ("relief_id", Text),
            ("obligation_id", Text),
            ("incident_id", Text),
            ("duty_id", Text),
            ("name", Text),
            ("clause", Text),
            ("kind", RELIEF),
            ("ask_person_id", Text),
            ("granter_role", Text),
            ("reason", Text),
            ("due_time", Time),
        ],
    ),
    shape(
        "accountability.ExtensionGranted",
        &[
            ("relief_id", Text),
            ("obligation_id", Text),
            ("incident_id", Text),
            ("duty_id", Text),
            ("name", Text),
            ("clause", Text),
            ("trigger_event_id", Text),
            ("debtor_body_id", Text),
            ("debtor_person_id", Text),
            ("debtor_role", Text),
            ("ask_person_id", Text),
            ("ask_time", Time),
            ("person_id", Text),
            ("reason", Text),
            ("due_time", Time),
            ("previous_due_time", Time),
        ],
    ),
    shape(
        "accountability.WaiverGranted",
        &[
            ("relief_id", Text),
            ("obligation_id", Text),
            ("incident_id", Text),
            ("duty_id", Text),
            ("name", Text),
            ("clause", Text),
            ("trigger_event_id", Text),
            ("debtor_body_id", Text),
            ("debtor_person_id", Text),
            ("debtor_role", Text),
            ("ask_person_id", Text),
            ("ask_time", Time),
            ("person_id", Text),
            ("reason", Text),
        ],
    ),
    shape(
        "accountability.ReliefRefused",
        &[
            ("relief_id", Text),
            ("obligation_id", Text),
            ("incident_id", Text),
            ("duty_id", Text),
            ("name", Text),
            ("clause", Text),
            ("kind", RELIEF),
            ("ask_person_id", Text),
            ("person_id", Text),
            ("reason", Text),
        ],
    ),
    shape(
        "accountability.ObligationMoved",
        &[
            ("obligation_id", Text),
            ("incident_id", Text),
            ("duty_id", Text),
            ("name", Text),
            ("clause", Text),
            ("debtor_body_id", Text),
            ("debtor_person_id", Text),
            ("debtor_role", Text),
            ("previous_due_time", Time),
            ("due_time", Time),
            ("reason", Text),
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
        "accountability.FindingRecorded",
        &[("case_id", Text), ("incident_id", Text), ("subject_person_id", Text), ("subject_body_id", Text), ("person_id", Text)],
    ),
    shape(
        "accountability.CircularIssued",
        &[
            ("circular_id", Text),
            ("year", Number),
            ("number", Number),
            ("title", Text),
            ("from_date", Date),
            ("to_date", Date),
            ("body_ids", List),
            ("person_id", Text),
        ],
    ),
    shape(
        "accountability.ReviewFiled",
        &[("review_id", Text), ("incident_id", Text), ("title", Text), ("clauses", List), ("person_id", Text)],
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
];

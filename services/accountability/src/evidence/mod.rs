//! Evidence (证据), 四(六): what the ledgers show of a subject, each with its place in a ledger, and by whose hands the time of
//! an obligation passed. The machine shows it; what it proves, people say.

pub(crate) mod commands;
mod delay;
pub(crate) mod facts;
pub(crate) mod grpc;
pub(crate) mod store;

use std::collections::HashMap;

use chassis::{Refusal, clock::in_words};
pub(crate) use delay::{Account, Hands, Seen, Span, account};
use jiff::{SignedDuration, Timestamp};
use regulation::Outcome;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{knowledge::Entry, obligation::Obligation};

/// Leads to a fact in a ledger (证据链接).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link {
    pub service: String,
    pub position: i64,
    pub event_id: Uuid,
}

/// Where a fact stands, and the obligation that it says fell overdue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub incident_id: Uuid,
    pub link: Link,
    pub obligation_id: Option<Uuid>,
}

/// What a piece of evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// 逾期.
    Breach,
    /// 退回.
    Return,
    /// 知情.
    Knowledge,
}

/// One thing that the ledgers show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub kind: Kind,
    /// What happened, in Chinese.
    pub words: String,
    pub time: Timestamp,
    pub link: Option<Link>,
    pub obligation_id: Option<Uuid>,
}

/// No such fact of the incident stands at that place of that ledger.
pub(crate) fn unknown(link: &Link) -> Refusal {
    let place = format!("账本 {} 第 {} 条", link.service, link.position);
    Refusal::not_found("EVIDENCE_UNKNOWN", format!("所列证据不成立:{place}没有本事件的这一事实。")).with("event_id", link.event_id)
}

/// A duration as people read it: "3 小时 20 分".
pub(crate) fn span_in_words(span: SignedDuration) -> String {
    let minutes = span.as_mins().max(0);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let part = |count: i64, unit: &str| if count > 0 { format!("{count} {unit}") } else { String::new() };
    let parts = [part(days, "天"), part(hours, "小时"), part(minutes, "分")];
    let words = parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ");
    if words.is_empty() { "不足 1 分".to_owned() } else { words }
}

/// What the ledgers show of a subject, in order of time: what it owed and let fall overdue, what was returned to it, what it
/// knew. `owed` and `entries` are the subject's.
pub(crate) fn pieces(owed: &[Obligation], entries: &[Entry], proofs: &[Proof], now: Timestamp) -> Vec<Piece> {
    let breaches: HashMap<Uuid, &Link> = proofs.iter().filter_map(|proof| Some((proof.obligation_id?, &proof.link))).collect();
    let mut pieces: Vec<Piece> = owed
        .iter()
        .filter(|obligation| obligation.fell_overdue(now))
        .map(|obligation| Piece {
            kind: Kind::Breach,
            words: overdue_in_words(obligation, now),
            time: obligation.owed.due_time,
            link: breaches.get(&obligation.id).map(|link| (*link).clone()),
            obligation_id: Some(obligation.id),
        })
        .collect();
    // A breach that an obligation shows is not shown again as knowledge of it.
    pieces.extend(entries.iter().filter(|entry| entry.proof.kind != "accountability.ObligationBreached").map(|entry| Piece {
        kind: if entry.proof.kind == "disposal.FindingsReturned" { Kind::Return } else { Kind::Knowledge },
        words: entry.what.clone(),
        time: entry.time,
        link: Some(entry.link()),
        obligation_id: None,
    }));
    let place = |piece: &Piece| piece.link.as_ref().map(|link| (link.service.clone(), link.position));
    pieces.sort_by_key(|piece| (piece.time, piece.kind, place(piece), piece.obligation_id));
    pieces
}

fn overdue_in_words(obligation: &Obligation, now: Timestamp) -> String {
    let owed = &obligation.owed;
    let head = format!("“{}”({})应于{}前完成", owed.name, owed.clause, in_words(owed.due_time));
    let late = |time: Timestamp| span_in_words(time.duration_since(owed.due_time));
    match &owed.outcome {
        Outcome::Open => format!("{head},至今未完成,已逾期 {}", late(now)),
        Outcome::Discharged { time, .. } | Outcome::DischargedLate { time, .. } => {
            format!("{head},于{}完成,逾期 {}", in_words(*time), late(*time))
        }
        Outcome::Waived { time, .. } => format!("{head},至{}免除时仍未完成", in_words(*time)),
        Outcome::Ended { time, reason, .. } => format!("{head},至{}终止({reason})时仍未完成", in_words(*time)),
    }
}

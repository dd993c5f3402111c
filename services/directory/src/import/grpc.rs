//! An import: from the wire.

use std::{collections::HashSet, hash::Hash};

use chassis::{Error, Fields, Period};
use huiying_proto::directory as pb;

use super::{BodyEntry, DelegationEntry, DutyEntry, Entries, PersonEntry, PortfolioEntry, PositionEntry};
use crate::position;

const MOST: usize = 5_000;

fn code(fields: &mut Fields, field: String, value: &str) -> String {
    let fits = (1..=64).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fits {
        fields.wrong(field, "代码应为 1 至 64 个小写字母、数字或连字符");
    }
    value.to_owned()
}

pub(crate) fn import(message: &pb::ImportDirectoryRequest) -> Result<Entries, Error> {
    let mut fields = Fields::new();
    let m = message;
    let total = m.bodies.len() + m.persons.len() + m.positions.len() + m.portfolios.len() + m.delegations.len() + m.duties.len();
    if total == 0 || total > MOST {
        fields.wrong("bodies", format!("各项合计应为 1 至 {MOST} 条,现有 {total} 条"));
        fields.check()?;
        return Ok(Entries::default());
    }
    let f = &mut fields;
    let entries = Entries {
        bodies: m.bodies.iter().enumerate().map(|(at, e)| body(f, at, e)).collect(),
        persons: m
            .persons
            .iter()
            .enumerate()
            .map(|(at, e)| PersonEntry {
                code: code(f, format!("persons[{at}].code"), &e.code),
                name: f.text(&format!("persons[{at}].name"), &e.name, 50),
            })
            .collect(),
        positions: m.positions.iter().enumerate().map(|(at, e)| held(f, at, e)).collect(),
        portfolios: m.portfolios.iter().enumerate().map(|(at, e)| portfolio(f, at, e)).collect(),
        delegations: m.delegations.iter().enumerate().map(|(at, e)| delegation(f, at, e)).collect(),
        duties: m
            .duties
            .iter()
            .enumerate()
            .map(|(at, e)| DutyEntry {
                day: f.day(&format!("duties[{at}].duty_date"), &e.duty_date),
                person_code: code(f, format!("duties[{at}].person_code"), &e.person_code),
            })
            .collect(),
    };
    once(&mut fields, "bodies", entries.bodies.iter().map(|e| &e.code));
    once(&mut fields, "persons", entries.persons.iter().map(|e| &e.code));
    once(&mut fields, "positions", entries.positions.iter().map(|e| (&e.person_code, &e.body_code, &e.title, e.period.start)));
    once(&mut fields, "portfolios", entries.portfolios.iter().map(|e| (&e.person_code, e.start)));
    once(&mut fields, "delegations", entries.delegations.iter().map(|e| (&e.from_code, &e.to_code, e.start)));
    once(&mut fields, "duties", entries.duties.iter().map(|e| e.day));
    fields.check().map(|()| entries)
}

/// What is named twice in one import would have two meanings.
fn once<K: Eq + Hash>(fields: &mut Fields, list: &str, keys: impl Iterator<Item = K>) {
    let mut seen = HashSet::new();
    for (at, key) in keys.enumerate() {
        if !seen.insert(key) {
            fields.wrong(format!("{list}[{at}]"), "重复");
        }
    }
}

fn body(fields: &mut Fields, at: usize, entry: &pb::BodyEntry) -> BodyEntry {
    let kind: pb::body::Kind = fields.choice(&format!("bodies[{at}].kind"), entry.kind);
    BodyEntry {
        code: code(fields, format!("bodies[{at}].code"), &entry.code),
        name: fields.text(&format!("bodies[{at}].name"), &entry.name, 100),
        kind: kind.as_str_name().to_owned(),
        parent_code: match entry.parent_code.as_str() {
            "" => String::new(),
            parent => code(fields, format!("bodies[{at}].parent_code"), parent),
        },
    }
}

fn held(fields: &mut Fields, at: usize, entry: &pb::PositionEntry) -> PositionEntry {
    let period = Period {
        start: fields.time(&format!("positions[{at}].start_time"), entry.start_time.as_ref()),
        end: fields.optional_time(&format!("positions[{at}].end_time"), entry.end_time.as_ref()),
    };
    PositionEntry {
        person_code: code(fields, format!("positions[{at}].person_code"), &entry.person_code),
        body_code: code(fields, format!("positions[{at}].body_code"), &entry.body_code),
        title: fields.text(&format!("positions[{at}].title"), &entry.title, 50),
        roles: position::grpc::roles(fields, &format!("positions[{at}].roles"), &entry.roles),
        period,
    }
}

fn portfolio(fields: &mut Fields, at: usize, entry: &pb::PortfolioEntry) -> PortfolioEntry {
    PortfolioEntry {
        person_code: code(fields, format!("portfolios[{at}].person_code"), &entry.person_code),
        body_codes: entry
            .body_codes
            .iter()
            .enumerate()
            .map(|(n, c)| code(fields, format!("portfolios[{at}].body_codes[{n}]"), c))
            .collect(),
        topics: entry.topics.iter().enumerate().map(|(n, t)| fields.text(&format!("portfolios[{at}].topics[{n}]"), t, 50)).collect(),
        start: fields.time(&format!("portfolios[{at}].start_time"), entry.start_time.as_ref()),
    }
}

fn delegation(fields: &mut Fields, at: usize, entry: &pb::DelegationEntry) -> DelegationEntry {
    DelegationEntry {
        from_code: code(fields, format!("delegations[{at}].from_person_code"), &entry.from_person_code),
        to_code: code(fields, format!("delegations[{at}].to_person_code"), &entry.to_person_code),
        start: fields.time(&format!("delegations[{at}].start_time"), entry.start_time.as_ref()),
        end: fields.time(&format!("delegations[{at}].end_time"), entry.end_time.as_ref()),
        reason: fields.text(&format!("delegations[{at}].reason"), &entry.reason, 200),
    }
}

//! The use case of importing letters (来信导入), 四(一)一: each row is taken or refused by itself.

use chassis::{Audit, Committed, Ctx, Error, Refusal};
use huiying_proto::intake::{self as pb, LetterOutcome, letter_outcome::Outcome};
use uuid::Uuid;

use super::{Known, Report, Sighting, grpc::to_fact, store};
use crate::outlet::{self, Outlet};

/// A row: its number in the file, and the letter, or why it is none.
pub(crate) type Row = (i32, Result<Sighting, String>);

/// 来信导入.
pub(crate) struct Import {
    pub outlet_id: Uuid,
    pub rows: Vec<Row>,
}

enum Fate {
    New(Box<Report>),
    Known(Uuid),
    Refused(String),
}

/// Registers many letters of one outlet; a letter known already adds nothing.
pub(crate) async fn import(ctx: &Ctx, command: Import) -> Result<Committed<pb::ImportLettersResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let outlets = outlet::store::by_ids(tx.conn(), &[command.outlet_id]).await?;
    let outlet = outlets.first().ok_or_else(outlet::unknown)?;
    let keys: Vec<(Uuid, &str)> = command.rows.iter().filter_map(|(_, row)| row.as_ref().ok()?.key()).collect();
    let mut known = store::known(tx.conn(), &keys).await?;
    let mut fates = Vec::with_capacity(command.rows.len());
    for (row, letter) in command.rows {
        fates.push((row, fate(ctx, outlet, letter, &mut known)));
    }
    let new: Vec<&Report> = fates
        .iter()
        .filter_map(|(_, fate)| match fate {
            Fate::New(report) => Some(&**report),
            _ => None,
        })
        .collect();
    let inserted = store::insert(tx.conn(), &new).await?;
    if inserted.len() != new.len() {
        // Another import of the same letters was faster: everything is tried anew.
        return Err(Refusal::stale("REPORT_DUPLICATE", "这些来信正被他人导入,请重试。").into());
    }
    for report in new {
        tx.emit(pb::ReportRegistered { report: Some(to_fact(report)) });
    }
    let outcomes = fates.into_iter().map(|(row, fate)| told(row, fate)).collect();
    tx.commit(Audit::of("outlet", command.outlet_id).clause("四(一)一"), pb::ImportLettersResponse { outcomes }).await
}

/// What becomes of a row; a new letter is known to the rows after it.
fn fate(ctx: &Ctx, outlet: &Outlet, letter: Result<Sighting, String>, known: &mut Known) -> Fate {
    let letter = match letter {
        Ok(letter) => letter,
        Err(reason) => return Fate::Refused(reason),
    };
    match letter.among(known) {
        Ok(Some(report)) => Fate::Known(report),
        Ok(None) => {
            let report = Report::register(ctx.id(), outlet, letter, ctx.now);
            if let Some((outlet, id)) = report.sighting.key() {
                known.insert((outlet, id.to_owned()), (report.id, report.sighting.digest().to_vec()));
            }
            Fate::New(Box::new(report))
        }
        Err(refusal) => Fate::Refused(refusal.message),
    }
}

fn told(row: i32, fate: Fate) -> LetterOutcome {
    let (outcome, report_id, message) = match fate {
        Fate::New(report) => (Outcome::Registered, report.id.to_string(), String::new()),
        Fate::Known(id) => (Outcome::Known, id.to_string(), String::new()),
        Fate::Refused(reason) => (Outcome::Refused, String::new(), reason),
    };
    LetterOutcome { row, outcome: outcome.into(), report_id, message }
}

//! The use case of importing letters (来信导入), 四(一)一: each row is taken or refused by itself.

use chassis::{Audit, Committed, Ctx, Error};
use huiying_proto::intake::{self as pb, LetterOutcome, letter_outcome::Outcome};
use uuid::Uuid;

use super::{
    Report, Sighting,
    folding::{Fate, Folding},
    grpc::{sighted, to_fact},
    store::reading,
    unknown,
};
use crate::outlet;

/// A row: its number in the file, and the letter, or why it is none.
pub(crate) type Row = (i32, Result<Sighting, String>);

/// 来信导入.
pub(crate) struct Import {
    pub outlet_id: Uuid,
    pub rows: Vec<Row>,
}

/// Registers many letters of one outlet; a letter known already adds nothing, the same writer's same text is counted with the first.
pub(crate) async fn import(ctx: &Ctx, command: Import) -> Result<Committed<pb::ImportLettersResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let outlets = outlet::store::by_ids(tx.conn(), &[command.outlet_id]).await?;
    let outlet = outlets.first().ok_or_else(outlet::unknown)?;
    let register = |letter| Report::register(ctx.id(), outlet, letter, ctx.now).by(ctx.person());
    let drafts: Vec<(i32, Result<Report, String>)> = command.rows.into_iter().map(|(row, letter)| (row, letter.map(register))).collect();
    let asked: Vec<&Report> = drafts.iter().filter_map(|(_, draft)| draft.as_ref().ok()).collect();
    let mut folding = Folding::load(tx.conn(), &asked).await?;
    let mut judge = |report| folding.judge(report).map_err(|refusal| refusal.message);
    let mut fates: Vec<(i32, Result<Fate, String>)> = drafts.into_iter().map(|(row, draft)| (row, draft.and_then(&mut judge))).collect();
    folding.save(tx.conn(), fates.iter_mut().filter_map(|(_, fate)| fate.as_mut().ok()).collect()).await?;
    let repeated = fates.iter().filter_map(|(_, fate)| fate.as_ref().ok()).filter(|fate| matches!(fate, Fate::Repeated(_)));
    let there = reading::some(tx.conn(), &repeated.map(Fate::id).collect::<Vec<_>>()).await?;
    let mut outcomes = Vec::with_capacity(fates.len());
    for (row, fate) in fates {
        match &fate {
            Ok(Fate::New(report)) => tx.emit(pb::ReportRegistered { report: Some(to_fact(report)) }),
            Ok(Fate::Repeated(repeat)) => tx.emit(sighted(repeat, there.get(&repeat.report).ok_or_else(unknown)?)),
            Ok(Fate::Known(_)) | Err(_) => {}
        }
        outcomes.push(told(row, fate));
    }
    tx.commit(Audit::of("outlet", command.outlet_id).clause("四(一)一"), pb::ImportLettersResponse { outcomes }).await
}

fn told(row: i32, fate: Result<Fate, String>) -> LetterOutcome {
    let (outcome, report_id, message) = match fate {
        Ok(fate) => {
            let outcome = match &fate {
                Fate::New(_) => Outcome::Registered,
                Fate::Known(_) => Outcome::Known,
                Fate::Repeated(_) => Outcome::Folded,
            };
            (outcome, fate.id().to_string(), String::new())
        }
        Err(reason) => (Outcome::Refused, String::new(), reason),
    };
    LetterOutcome { row, outcome: outcome.into(), report_id, message }
}

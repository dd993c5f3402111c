//! 来信导入, 四(一)一: a spreadsheet of letters into the mailbox. A row that cannot be read is listed; the others go in.

mod categories;
mod inflation;
mod mapped;
mod people;
mod rows;
mod separated;
mod sheet;

use std::path::Path;

use futures::{StreamExt, TryStreamExt, stream};
use huiying_proto::intake::{self as pb, ImportLettersRequest, letter_outcome::Outcome};
use indicatif::{ProgressBar, ProgressStyle};

pub use categories::{parse_categories, read_categories, register_categories};
pub use mapped::{Taken, import_mails, import_mapped};
pub use people::{Enrolled, enroll};
pub use sheet::{Letters, Unreadable, parse, read};

use crate::{Failure, client::Client};

/// Rows in one call.
const PORTION: usize = 500;
/// Calls under way: while one is committed, the next is on its way.
const AT_ONCE: usize = 2;

/// What became of a spreadsheet.
#[derive(Debug, Default)]
pub struct Imported {
    /// Letters registered now.
    pub registered: usize,
    /// Letters registered before.
    pub known: usize,
    /// The same writer's same text, counted with the first letter.
    pub folded: usize,
    /// Rows that did not go in: row number and reason.
    pub refused: Vec<Unreadable>,
}

/// Imports a spreadsheet (xlsx or csv) into an outlet. The same file again adds nothing; a broken-off import goes on.
///
/// # Errors
/// When the file is no spreadsheet or lacks a column, or the service refuses a whole call.
pub async fn import(client: &Client, outlet_id: &str, path: &Path) -> Result<Imported, Failure> {
    let letters = read(path)?;
    send(client, outlet_id, letters).await
}

/// Sends letters in portions, with a progress bar.
///
/// # Errors
/// When the service refuses a whole call.
pub async fn send(client: &Client, outlet_id: &str, letters: Letters) -> Result<Imported, Failure> {
    let Letters { digest, rows, unreadable } = letters;
    let mut imported = Imported { refused: unreadable, ..Imported::default() };
    let style = ProgressStyle::with_template("  导入来信 {bar:32} {pos}/{len}  {per_sec}  剩余 {eta}").map_err(Failure::new)?;
    let bar = ProgressBar::new(rows.len() as u64).with_style(style);
    let requests = rows.chunks(PORTION).enumerate().map(|(at, portion)| ImportLettersRequest {
        // The same portion of the same file is the same request, however often it is sent.
        request_id: chassis::rpc::request_id(&["import", &digest, outlet_id, &at.to_string()]),
        outlet_id: outlet_id.to_owned(),
        rows: portion.to_vec(),
        non_classified: true,
    });
    let intake = client.intake()?;
    let answers = stream::iter(requests).map(|request| {
        let mut intake = intake.clone();
        async move { intake.import_letters(request).await }
    });
    let mut answers = std::pin::pin!(answers.buffer_unordered(AT_ONCE));
    while let Some(answer) = answers.try_next().await? {
        let outcomes = answer.into_inner().outcomes;
        bar.inc(outcomes.len() as u64);
        for outcome in outcomes {
            match outcome.outcome() {
                Outcome::Registered => imported.registered += 1,
                Outcome::Known => imported.known += 1,
                Outcome::Folded => imported.folded += 1,
                Outcome::Refused | Outcome::Unspecified => imported.refused.push(Unreadable { row: outcome.row, reason: outcome.message }),
            }
        }
    }
    bar.finish_and_clear();
    imported.refused.sort_by_key(|r| r.row);
    Ok(imported)
}

/// Finds an outlet by name.
///
/// # Errors
/// When there is none of that name.
pub async fn outlet(client: &Client, name: &str) -> Result<pb::Outlet, Failure> {
    let mut page_token = String::new();
    loop {
        let page = client.intake()?.list_outlets(pb::ListOutletsRequest { page_size: 1000, page_token }).await?.into_inner();
        if let Some(found) = page.outlets.into_iter().find(|o| o.name == name) {
            return Ok(found);
        }
        if page.next_page_token.is_empty() {
            return Err(Failure(format!("没有登记名为“{name}”的来源")));
        }
        page_token = page.next_page_token;
    }
}

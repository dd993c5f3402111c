//! Statements: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::{paper::paper::Format, publication as pb};
use uuid::Uuid;

use super::{
    Kind, Review, State, Statement,
    commands::{Draft, Revise, Seen},
};
use crate::text::Text;

const LONGEST_TITLE: usize = 200;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_REASON: usize = 2_000;
const SHA256_DIGITS: usize = 64;

pub(crate) fn draft(message: &pb::DraftStatementRequest) -> Result<Draft, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    let kind = match fields.choice("kind", message.kind) {
        pb::statement::Kind::Full => Kind::Full,
        pb::statement::Kind::Correction => Kind::Correction,
        pb::statement::Kind::Holding | pb::statement::Kind::Unspecified => Kind::Holding,
    };
    let command = Draft { incident_id, kind, text: text(&mut fields, &message.title, &message.text) };
    fields.check().map(|()| command)
}

pub(crate) fn revise(message: &pb::ReviseStatementRequest) -> Result<Revise, Error> {
    let mut fields = Fields::new();
    let seen = seen(&mut fields, &message.statement_id, &message.etag);
    let command = Revise { seen, text: text(&mut fields, &message.title, &message.text) };
    fields.check().map(|()| command)
}

pub(crate) fn submit(message: &pb::SubmitStatementRequest) -> Result<Seen, Error> {
    let mut fields = Fields::new();
    let seen = seen(&mut fields, &message.statement_id, &message.etag);
    fields.check().map(|()| seen)
}

pub(crate) fn review(message: &pb::ReviewStatementRequest) -> Result<(Seen, Review), Error> {
    let mut fields = Fields::new();
    let seen = seen(&mut fields, &message.statement_id, &message.etag);
    let review =
        Review { non_classified: message.non_classified, no_personal_data: message.no_personal_data, facts_checked: message.facts_checked };
    fields.check().map(|()| (seen, review))
}

pub(crate) fn return_to_author(message: &pb::ReturnStatementRequest) -> Result<(Seen, String), Error> {
    let mut fields = Fields::new();
    let seen = seen(&mut fields, &message.statement_id, &message.etag);
    let reason = fields.text("reason", &message.reason, LONGEST_REASON);
    fields.check().map(|()| (seen, reason))
}

pub(crate) fn approve(message: &pb::ApproveStatementRequest) -> Result<(Seen, String), Error> {
    let mut fields = Fields::new();
    let seen = seen(&mut fields, &message.statement_id, &message.etag);
    let digest = message.text_sha256.to_ascii_lowercase();
    if digest.len() != SHA256_DIGITS || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
        fields.wrong("text_sha256", "不是有效的文本摘要(应为 64 位十六进制数)");
    }
    fields.check().map(|()| (seen, digest))
}

pub(crate) fn get(message: &pb::GetStatementRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let statement_id = fields.id("statement_id", &message.statement_id);
    fields.check().map(|()| statement_id)
}

pub(crate) fn list(message: &pb::ListStatementsRequest) -> Result<(Option<Uuid>, Page<Uuid>), Error> {
    let mut fields = Fields::new();
    let incident_id = fields.optional_id("incident_id", &message.incident_id);
    fields.check()?;
    Ok((incident_id, Page::parse(message.page_size, &message.page_token)?))
}

fn seen(fields: &mut Fields, statement_id: &str, etag: &str) -> Seen {
    Seen { statement_id: fields.id("statement_id", statement_id), etag: fields.etag("etag", etag) }
}

/// A title and a body, exactly as given. A title is one line: its end is where the digest has its line feed.
fn text(fields: &mut Fields, title: &str, body: &str) -> Text {
    if title.contains(['\n', '\r']) {
        fields.wrong("title", "标题不能换行");
    }
    Text { title: exact(fields, "title", title, LONGEST_TITLE), body: exact(fields, "text", body, LONGEST_TEXT) }
}

/// Text kept byte for byte, white space at both ends included: so that is counted and looked at too. Nor may it hold a
/// character that XML cannot carry, or the public feed could not give back the same bytes.
fn exact(fields: &mut Fields, field: &str, value: &str, most: usize) -> String {
    if value.trim().chars().count() <= most && value.chars().count() > most {
        fields.wrong(field, format!("连同首尾空白不能超过 {most} 个字"));
    }
    if value.contains(['\u{b}', '\u{c}', '\u{85}', '\u{fffe}', '\u{ffff}']) {
        fields.wrong(field, "含有不能发布的字符");
    }
    fields.exact_text(field, value, most)
}

pub(crate) fn kind_to_wire(kind: Kind) -> pb::statement::Kind {
    match kind {
        Kind::Holding => pb::statement::Kind::Holding,
        Kind::Full => pb::statement::Kind::Full,
        Kind::Correction => pb::statement::Kind::Correction,
    }
}

pub(crate) fn render(message: &pb::RenderReviewSlipRequest) -> Result<(Uuid, Format), Error> {
    let mut fields = Fields::new();
    let asked = (fields.id("statement_id", &message.statement_id), fields.optional_choice("format", message.format));
    fields.check().map(|()| asked)
}

pub(crate) fn to_wire(statement: &Statement) -> pb::Statement {
    let state = match statement.state {
        State::Draft => pb::statement::State::Draft,
        State::Submitted => pb::statement::State::Submitted,
        State::Reviewed => pb::statement::State::Reviewed,
        State::Approved => pb::statement::State::Approved,
        State::Returned => pb::statement::State::Returned,
        State::Released => pb::statement::State::Released,
    };
    let approval = statement.approval.as_ref();
    pb::Statement {
        statement_id: statement.id.to_string(),
        incident_id: statement.incident_id.to_string(),
        line_id: statement.line_id.to_string(),
        kind: kind_to_wire(statement.kind).into(),
        title: statement.text.title.clone(),
        text: statement.text.body.clone(),
        text_sha256: statement.text.sha256(),
        state: state.into(),
        author_person_id: statement.author.to_string(),
        review_person_id: wire_id(statement.reviewer),
        approve_person_id: wire_id(approval.map(|a| a.by)),
        approved_sha256: approval.map(|a| a.sha256.clone()).unwrap_or_default(),
        approve_time: approval.map(|a| wire_time(a.time)),
        release_time: statement.release_time.map(wire_time),
        return_reason: statement.return_reason.clone(),
        etag: statement.version.to_string(),
        review_time: statement.review_time.map(wire_time),
    }
}

//! Sources: from the wire and to it.

use chassis::{Ctx, Error, Fields, wire_id, wire_time};
use huiying_proto::intake::{self as pb, source};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Description, Kind, Source, State, address, address_refused,
    commands::{Push, Register, Switch, Update},
    item::{self, Figures, Item, Stated},
    mail,
    outside::Outside,
    spread::Record,
    waiting::{Resolve, Which},
};
use crate::{WriterKey, report::grpc::unclassified, writer::Identity};

const USUAL_INTERVAL: i32 = 900;
const MOST_SIGHTINGS: usize = 5_000;

const KINDS: [(Kind, source::Kind); 4] = [
    (Kind::Feed, source::Kind::Feed),
    (Kind::Mailbox, source::Kind::Mailbox),
    (Kind::Webhook, source::Kind::Webhook),
    (Kind::Spreadsheet, source::Kind::Spreadsheet),
];
const STATES: [(State, source::State); 3] =
    [(State::Active, source::State::Active), (State::Paused, source::State::Paused), (State::Failing, source::State::Failing)];

fn kind_to_wire(kind: Kind) -> source::Kind {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(source::Kind::Unspecified, |(_, wire)| *wire)
}

pub(super) fn state_to_wire(state: State) -> source::State {
    STATES.iter().find(|(known, _)| *known == state).map_or(source::State::Unspecified, |(_, wire)| *wire)
}

/// A kind as the store has it.
pub(super) fn kind_name(kind: Kind) -> &'static str {
    kind_to_wire(kind).as_str_name()
}

pub(super) fn kind_of(name: &str) -> Option<Kind> {
    KINDS.iter().find(|(_, wire)| wire.as_str_name() == name).map(|(kind, _)| *kind)
}

/// A state as the store has it.
pub(super) fn state_name(state: State) -> &'static str {
    state_to_wire(state).as_str_name()
}

pub(super) fn state_of(name: &str) -> Option<State> {
    STATES.iter().find(|(_, wire)| wire.as_str_name() == name).map(|(state, _)| *state)
}

pub(crate) fn register(outside: &Outside, message: &pb::RegisterSourceRequest) -> Result<Register, Error> {
    let mut fields = Fields::new();
    let chosen: source::Kind = fields.choice("kind", message.kind);
    let kind = KINDS.iter().find(|(_, wire)| *wire == chosen).map_or(Kind::Feed, |(kind, _)| *kind);
    let written = Written {
        address: &message.address,
        outlet: &message.outlet_id,
        secrets: &message.secret_names,
        interval: message.poll_seconds,
        columns: message.columns.as_ref(),
    };
    let name = fields.text("name", &message.name, 100);
    let description = written.parse(&mut fields);
    fields.check()?;
    unclassified(message.non_classified)?;
    description.check(kind).and_then(|()| reachable(outside, kind, &description)).map_err(|why| address_refused(&why))?;
    Ok(Register { kind, name, description: Description { poll_seconds: interval(kind, &description), ..description } })
}

pub(crate) fn update(outside: &Outside, message: &pb::UpdateSourceRequest) -> Result<Update, Error> {
    let mut fields = Fields::new();
    let written = Written {
        address: &message.address,
        outlet: &message.outlet_id,
        secrets: &message.secret_names,
        interval: message.poll_seconds,
        columns: message.columns.as_ref(),
    };
    let command = Update {
        source: fields.id("source_id", &message.source_id),
        seen: fields.etag("etag", &message.etag),
        description: written.parse(&mut fields),
    };
    fields.check()?;
    let kind = if command.description.address.starts_with("imaps:") { Kind::Mailbox } else { Kind::Feed };
    reachable(outside, kind, &command.description).map_err(|why| address_refused(&why))?;
    let poll_seconds = interval(kind, &command.description);
    Ok(Update { description: Description { poll_seconds, ..command.description }, ..command })
}

/// What is looked at has an address; how often, unless it is said.
fn interval(kind: Kind, description: &Description) -> i32 {
    match (kind, description.address.is_empty(), description.poll_seconds) {
        (Kind::Webhook | Kind::Spreadsheet, ..) | (_, true, _) => 0,
        (_, _, 0) => USUAL_INTERVAL,
        (_, _, seconds) => seconds,
    }
}

struct Written<'a> {
    address: &'a str,
    outlet: &'a str,
    secrets: &'a [String],
    interval: i32,
    columns: Option<&'a pb::ColumnMapping>,
}

impl Written<'_> {
    fn parse(&self, fields: &mut Fields) -> Description {
        if self.secrets.len() > 2 {
            fields.wrong("secret_names", "不能超过 2 个");
        }
        for (at, name) in self.secrets.iter().take(2).enumerate() {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
                fields.wrong(format!("secret_names[{at}]"), "应为密钥目录中的文件名: 1 至 100 个字母、数字、点、横线或下划线,不以点开头");
            }
        }
        if self.interval != 0 && !(60..=86_400).contains(&self.interval) {
            fields.wrong("poll_seconds", "应为 60 至 86400,或 0(按 900)");
        }
        Description {
            address: fields.optional_text("address", self.address, 2_000),
            outlet: fields.optional_id("outlet_id", self.outlet),
            secret_names: self.secrets.to_vec(),
            poll_seconds: self.interval,
            columns: self.columns.map(|columns| mapping(fields, columns)),
        }
    }
}

/// The columns as the store has them: the contract's names → headings.
fn mapping(fields: &mut Fields, columns: &pb::ColumnMapping) -> serde_json::Value {
    let mut kept = serde_json::Map::new();
    for (name, heading) in headings(columns) {
        let path = format!("columns.{name}");
        let needed = matches!(name, "title" | "text" | "time");
        let heading = if needed { fields.text(&path, heading, 100) } else { fields.optional_text(&path, heading, 100) };
        if !heading.is_empty() {
            kept.insert(name.to_owned(), heading.into());
        }
    }
    kept.into()
}

fn headings(columns: &pb::ColumnMapping) -> [(&'static str, &str); 10] {
    [
        ("title", &columns.title),
        ("text", &columns.text),
        ("time", &columns.time),
        ("external_id", &columns.external_id),
        ("outlet", &columns.outlet),
        ("url", &columns.url),
        ("view_count", &columns.view_count),
        ("comment_count", &columns.comment_count),
        ("repost_count", &columns.repost_count),
        ("writer", &columns.writer),
    ]
}

fn columns_to_wire(kept: &serde_json::Value) -> pb::ColumnMapping {
    let heading = |name: &str| kept.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    pb::ColumnMapping {
        title: heading("title"),
        text: heading("text"),
        time: heading("time"),
        external_id: heading("external_id"),
        outlet: heading("outlet"),
        url: heading("url"),
        view_count: heading("view_count"),
        comment_count: heading("comment_count"),
        repost_count: heading("repost_count"),
        writer: heading("writer"),
    }
}

/// An address that is a number can be judged now; what a name leads to is looked at when it is asked.
fn reachable(outside: &Outside, kind: Kind, description: &Description) -> Result<(), String> {
    let host = description.host(kind)?;
    match host.parse() {
        Ok(ip) if !outside.allows(&host) && !address::is_public(ip) => Err(format!("{host} 在内部网络,未经运维允许不得访问")),
        _ if !outside.allows(&host) && (host == "localhost" || host.ends_with(".localhost")) => {
            Err(format!("{host} 是本机,未经运维允许不得访问"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn pause(message: &pb::PauseSourceRequest) -> Result<Switch, Error> {
    let mut fields = Fields::new();
    let command = Switch {
        source: fields.id("source_id", &message.source_id),
        seen: fields.etag("etag", &message.etag),
        reason: Some(fields.text("reason", &message.reason, 500)),
    };
    fields.check().map(|()| command)
}

pub(crate) fn resume(message: &pb::ResumeSourceRequest) -> Result<Switch, Error> {
    let mut fields = Fields::new();
    let command = Switch { source: fields.id("source_id", &message.source_id), seen: fields.etag("etag", &message.etag), reason: None };
    fields.check().map(|()| command)
}

pub(crate) fn get(message: &pb::GetSourceRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("source_id", &message.source_id);
    fields.check().map(|()| id)
}

pub(crate) fn push(ctx: &Ctx, key: &WriterKey, message: &pb::PushSightingsRequest) -> Result<Push, Error> {
    let mut fields = Fields::new();
    let source = fields.id("source_id", &message.source_id);
    if message.sightings.is_empty() || message.sightings.len() > MOST_SIGHTINGS {
        fields.wrong("sightings", format!("应为 1 至 {MOST_SIGHTINGS} 条,收到 {} 条", message.sightings.len()));
    }
    fields.check()?;
    let items = message.sightings.iter().map(|sighting| sighted(sighting, key, ctx.now)).collect();
    Ok(Push { source, kinds: &[Kind::Webhook, Kind::Spreadsheet], items })
}

pub(crate) fn import_mail(ctx: &Ctx, key: &WriterKey, message: &pb::ImportMailRequest) -> Result<(Uuid, Item), Error> {
    let mut fields = Fields::new();
    let source = fields.id("source_id", &message.source_id);
    if message.mail.is_empty() || message.mail.len() > mail::LARGEST {
        fields.wrong("mail", format!("应为 1 字节至 {} MB", mail::LARGEST >> 20));
    }
    let size = usize::try_from(message.size).ok().filter(|size| *size == 0 || *size > mail::LARGEST);
    if size.is_none() {
        fields.wrong("size", format!("只给出开头时应为整封邮件的字节数,大于 {} MB;否则为 0", mail::LARGEST >> 20));
    }
    fields.check()?;
    unclassified(message.non_classified)?;
    let item = match size.unwrap_or_default() {
        0 => mail::read(&message.mail, None, key, ctx.now),
        size => mail::read_beginning(&message.mail, size, None, key, ctx.now),
    };
    Ok((source, item.map_err(|why| mail::malformed(&why))?))
}

/// One item, by itself.
pub(super) fn sighted(sighting: &pb::SourceItem, key: &WriterKey, now: Timestamp) -> Result<Item, String> {
    let time = match &sighting.publish_time {
        None => None,
        Some(time) => Some(moment(time).ok_or("发布时间无效")?),
    };
    let spread = match &sighting.spread {
        None => None,
        Some(spread) => Some(figures(spread).ok_or("传播数据缺少读取时间")?),
    };
    // Of a page no more than an excerpt is kept; a letter, which lies nowhere else, is kept as it is.
    let most_text = sighting.url.trim().is_empty().then_some(mail::LONGEST_TEXT);
    let stated = Stated {
        most_text,
        external_id: sighting.external_id.clone(),
        title: sighting.title.clone(),
        text: sighting.excerpt.clone(),
        url: sighting.url.clone(),
        time,
        spread,
        outlet_name: sighting.outlet_name.clone(),
        writer: key.seal(&Identity::named(&sighting.writer)).map_err(|error| error.to_string())?,
        ..Stated::default()
    };
    Item::receive(stated, now)
}

fn figures(spread: &pb::SpreadFigures) -> Option<Figures> {
    let read_time = moment(spread.read_time.as_ref()?)?;
    Some(Figures { read_time, views: spread.view_count, comments: spread.comment_count, reposts: spread.repost_count })
}

fn moment(time: &prost_types::Timestamp) -> Option<Timestamp> {
    let mut fields = Fields::new();
    let moment = fields.optional_time("time", Some(time));
    fields.check().ok().and(moment)
}

pub(crate) fn resolve(message: &pb::ResolveUnknownOutletRequest) -> Result<Resolve, Error> {
    let mut fields = Fields::new();
    let key = fields.optional_text("outlet_key", &message.outlet_key, 253);
    let item = fields.optional_id("waiting_item_id", &message.waiting_item_id);
    let which = match (key.is_empty(), item) {
        (false, None) => Which::Key(key),
        (true, Some(item)) => Which::Item(item),
        _ => {
            fields.wrong("outlet_key", "outlet_key 与 waiting_item_id 应恰有一个");
            Which::Key(key)
        }
    };
    let command = Resolve { which, outlet: fields.id("outlet_id", &message.outlet_id) };
    fields.check().map(|()| command)
}

pub(crate) fn record_spread(ctx: &Ctx, message: &pb::RecordSpreadRequest) -> Result<Record, Error> {
    let mut fields = Fields::new();
    let report = fields.id("report_id", &message.report_id);
    let read = message.spread.as_ref().and_then(figures);
    let checked = read.map(|figures| item::check(figures, ctx.now).map(|()| figures));
    match checked {
        Some(Err(why)) => fields.wrong("spread", why),
        None => fields.wrong("spread", "缺少传播数据或其读取时间"),
        Some(Ok(_)) => {}
    }
    fields.check()?;
    let figures = read.ok_or_else(|| Error::fault("figures that were there are gone"))?;
    Ok(Record { report, figures })
}

pub(crate) fn provenance(message: &pb::GetProvenanceRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("report_id", &message.report_id);
    fields.check().map(|()| id)
}

pub(super) fn to_wire(source: &Source) -> pb::Source {
    pb::Source {
        source_id: source.id.to_string(),
        kind: kind_to_wire(source.kind).into(),
        name: source.name.clone(),
        address: source.description.address.clone(),
        outlet_id: wire_id(source.description.outlet),
        secret_names: source.description.secret_names.clone(),
        state: state_to_wire(source.state).into(),
        poll_seconds: source.description.poll_seconds,
        failure_count: source.failures,
        last_error: source.last_error.clone(),
        next_poll_time: source.next_poll.map(wire_time),
        last_success_time: source.last_success.map(wire_time),
        etag: source.version.to_string(),
        columns: source.description.columns.as_ref().map(columns_to_wire),
    }
}

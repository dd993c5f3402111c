//! Search and watching: from the wire and to it.

use chassis::{Error, Fields, Page};
use huiying_proto::intake::{self as pb, highlight::Field, incident::Level, outlet::Tier, report::State};
use prost::Message;
use sha2::{Digest, Sha256};

use super::{
    Brief, Filter, Query, Range,
    commands::{Key, Search},
    highlight::{self, Fragment},
    query::Shown,
    watching::Watching,
};
use crate::report::{self, Report};

/// A hit, as it is read.
pub(crate) struct Hit {
    pub report: Report,
    pub brief: Option<Brief>,
    pub rank: f64,
    pub shown: Vec<Shown>,
    pub key: Key,
}

pub(crate) fn search(message: &pb::SearchReportsRequest) -> Result<Search, Error> {
    let mut fields = Fields::new();
    let text = fields.optional_text("query", &message.query, 200);
    let publish = range(&mut fields, "publish_from", message.publish_from.as_ref(), "publish_to", message.publish_to.as_ref());
    let register = range(&mut fields, "register_from", message.register_from.as_ref(), "register_to", message.register_to.as_ref());
    let tier: Tier = fields.optional_choice("tier", message.tier);
    let level: Level = fields.optional_choice("level", message.level);
    let state: State = fields.optional_choice("state", message.state);
    let number = fields.optional_text("incident_number", &message.incident_number, 40);
    let filter = Filter {
        publish,
        register,
        outlet: fields.optional_id("outlet_id", &message.outlet_id),
        tier: (tier != Tier::Unspecified).then(|| tier.as_str_name().to_owned()),
        level: (level != Level::Unspecified).then(|| level.as_str_name().to_owned()),
        placed: (state != State::Unspecified).then_some(state == State::Placed),
        body: fields.optional_id("body_id", &message.body_id),
        number: (!number.is_empty()).then_some(number),
        categories: fields.ids("category_ids", &message.category_ids, 0, 100),
    };
    let query = if text.is_empty() { (!filter.is_none()).then(Query::all) } else { Query::parse(&text) };
    if query.is_none() {
        fields.wrong("query", if text.is_empty() { "请填写检索词,或至少一个筛选条件" } else { "没有可检索的词" });
    }
    let (page, fingerprint) = (Page::<Key>::parse(message.page_size, &message.page_token)?, fingerprint(message));
    if page.after.is_some_and(|key| key.fingerprint != fingerprint) {
        fields.wrong("page_token", "不是这次检索的分页标记");
    }
    fields.check()?;
    let query = query.ok_or_else(|| Error::fault("a query without words was taken"))?;
    Ok(Search { query, filter, fingerprint, page })
}

/// A page's token holds for the search that it is of.
fn fingerprint(message: &pb::SearchReportsRequest) -> u64 {
    let asked = pb::SearchReportsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
    let digest = Sha256::digest(asked.encode_to_vec());
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

type Time<'a> = Option<&'a prost_types::Timestamp>;

fn range(fields: &mut Fields, from_field: &str, from: Time<'_>, to_field: &str, to: Time<'_>) -> Range {
    let range = Range { from: fields.optional_time(from_field, from), to: fields.optional_time(to_field, to) };
    if range.from.zip(range.to).is_some_and(|(from, to)| from >= to) {
        fields.wrong(to_field, "应晚于起始时间");
    }
    range
}

pub(crate) fn watch(message: &pb::WatchIncidentsRequest) -> Result<(String, Watching), Error> {
    let mut fields = Fields::new();
    let level: Level = fields.optional_choice("level", message.level);
    let body = fields.optional_id("body_id", &message.body_id);
    fields.check()?;
    Ok((message.resume_token.clone(), Watching { level: (level != Level::Unspecified).then(|| level.as_str_name().to_owned()), body }))
}

pub(crate) fn to_wire(hit: &Hit) -> pb::SearchHit {
    let sighting = &hit.report.sighting;
    let title = highlight::whole(&sighting.title, &hit.shown).map(|fragment| to_highlight(Field::Title, fragment));
    let excerpt = highlight::fragments(&sighting.excerpt, &hit.shown);
    let highlights = title.into_iter().chain(excerpt.into_iter().map(|fragment| to_highlight(Field::Excerpt, fragment))).collect();
    let brief = hit.brief.as_ref();
    pb::SearchHit {
        report: Some(report::grpc::to_fact(&hit.report)),
        rank: hit.rank,
        highlights,
        incident_number: brief.map(|brief| brief.number.clone()).unwrap_or_default(),
        incident_title: brief.map(|brief| brief.title.clone()).unwrap_or_default(),
        incident_level: brief.and_then(|brief| Level::from_str_name(&brief.level)).unwrap_or_default().into(),
    }
}

fn to_highlight(field: Field, fragment: Fragment) -> pb::Highlight {
    let number = |at: usize| i32::try_from(at).unwrap_or(i32::MAX);
    let ranges = fragment.ranges.into_iter().map(|(start, end)| pb::highlight::Range { start: number(start), end: number(end) });
    pb::Highlight { field: field.into(), text: fragment.text, start: number(fragment.start), ranges: ranges.collect() }
}

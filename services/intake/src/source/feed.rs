//! Feeds (订阅): RSS, Atom and JSON Feed, from their bytes to what they state. Who wrote an entry is not looked at.

use std::sync::{Arc, Mutex, PoisonError};

use feed_rs::{
    model::Entry,
    parser::{self, ParseFeedError, generate_id_from_uri_and_title},
};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use mail_parser::decoders::html::html_to_text;

use super::{
    address::page,
    dates,
    item::{Item, Stated},
};

/// Deeper nesting is made to break whoever reads it.
const DEEPEST: usize = 100;
/// Each takes a thousand bytes when it is read.
const MOST_ELEMENTS: usize = 100_000;

/// What a feed holds.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    pub items: Vec<Item>,
    /// Why entries could not be taken, each in words.
    pub refused: Vec<String>,
}

/// Reads a feed.
///
/// # Errors
/// In words: why it is none.
pub(crate) fn read(bytes: &[u8], address: &str, now: Timestamp) -> Result<Entries, String> {
    check(bytes)?;
    let unclear = Unclear::default();
    let parser = parser::Builder::new().base_uri(Some(address)).sanitize_content(false);
    // An entry without an id has none: what the parser would mint is another at every look.
    let parser = parser.id_generator(|_, _, _| String::new());
    let noting = unclear.clone();
    // In the type of the parser, by way of RFC 3339.
    let parser = parser.timestamp_parser(move |text| dates::read(text).unwrap_or_else(|| noting.note(text)).to_string().parse().ok());
    let feed = parser.build().parse(bytes).map_err(|e| in_words(&e))?;
    let mut entries = Entries::default();
    for (at, entry) in feed.entries.into_iter().enumerate() {
        match Item::receive(stated(entry, address, &unclear), now) {
            Ok(item) => entries.items.push(item),
            Err(why) => entries.refused.push(format!("第 {} 条: {why}", at + 1)),
        }
    }
    Ok(entries)
}

/// Words that tell no time for certain. The parser has room for moments alone: each stands as one of a year that nobody states.
#[derive(Clone, Debug, Default)]
struct Unclear(Arc<Mutex<Vec<String>>>);

impl Unclear {
    /// Its first moment.
    fn beginning() -> i64 {
        date(9000, 1, 1).to_zoned(TimeZone::UTC).map_or(i64::MAX, |first| first.timestamp().as_second())
    }

    fn note(&self, text: &str) -> Timestamp {
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        words.push(text.to_owned());
        i64::try_from(words.len()).ok().and_then(|at| Timestamp::from_second(Self::beginning() + at - 1).ok()).unwrap_or(Timestamp::MAX)
    }

    /// What a moment stands for: itself, or words.
    fn read(&self, moment: Timestamp) -> Result<Timestamp, String> {
        let Ok(at) = usize::try_from(moment.as_second() - Self::beginning()) else { return Ok(moment) };
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Err(words.get(at).cloned().unwrap_or_else(|| moment.to_string()))
    }
}

fn stated(entry: Entry, address: &str, unclear: &Unclear) -> Stated {
    let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate")).or(entry.links.first());
    // An id is an address, too, where it looks like one (guid, RSS 2.0).
    let url = link.map(|link| link.href.clone()).or_else(|| page(&entry.id).map(|_| entry.id.clone())).unwrap_or_default();
    let text = entry.summary.map(|text| text.content).or(entry.content.and_then(|content| content.body)).unwrap_or_default();
    let told = [entry.published, entry.updated].into_iter().flatten();
    let told: Vec<_> = told.filter_map(|time| Some(unclear.read(Timestamp::from_second(time.timestamp()).ok()?))).collect();
    let time = told.iter().find_map(|time| time.as_ref().ok().copied());
    let time_words = told.into_iter().find_map(Result::err).unwrap_or_default();
    // As the parser would have it.
    let named = entry.title.as_ref().filter(|_| entry.id.is_empty() && url.is_empty());
    let former_id = named.map(|title| generate_id_from_uri_and_title(address, title)).unwrap_or_default();
    let title = entry.title.map(|title| html_to_text(&title.content)).unwrap_or_default();
    Stated {
        external_id: entry.id,
        is_id_doubtful: true,
        former_id,
        title,
        text: html_to_text(&text),
        url,
        time,
        time_words,
        ..Stated::default()
    }
}

/// What is made to break whoever reads it: entities of its own, nesting without end, elements by the hundred thousand. No feed has these.
fn check(bytes: &[u8]) -> Result<(), String> {
    if [&[0xfe, 0xff][..], &[0xff, 0xfe], b"<\0", b"\0<"].iter().any(|mark| bytes.starts_with(mark)) {
        return Err("UTF-16 编码的订阅不予解析,请对方改用 UTF-8".to_owned());
    }
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        // Its nesting the parser limits.
        return few(bytes.iter().filter(|byte| **byte == b'{').count());
    }
    let entity = b"<!ENTITY";
    if bytes.windows(entity.len()).any(|found| found.eq_ignore_ascii_case(entity)) {
        return Err("内容自带实体定义(疑为实体炸弹),不予解析".to_owned());
    }
    let (mut depth, mut elements, mut rest) = (0_usize, 0, bytes);
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at + 1..];
        if let Some(inside) = rest.strip_prefix(b"![CDATA[") {
            rest = after(inside, b"]]>");
        } else if let Some(inside) = rest.strip_prefix(b"!--") {
            rest = after(inside, b"-->");
        } else if rest.first() == Some(&b'/') {
            depth = depth.saturating_sub(1);
        } else if rest.first().is_some_and(u8::is_ascii_alphabetic) {
            // One without an end is the last.
            let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
            let is_empty = end > 0 && rest.get(end - 1) == Some(&b'/');
            rest = &rest[end..];
            depth += usize::from(!is_empty);
            elements += 1;
            if depth > DEEPEST {
                return Err(format!("嵌套超过 {DEEPEST} 层,不予解析"));
            }
        }
    }
    few(elements)
}

fn few(elements: usize) -> Result<(), String> {
    if elements > MOST_ELEMENTS { Err(format!("内容有 {elements} 个元素,超过 {MOST_ELEMENTS} 个,不予解析")) } else { Ok(()) }
}

fn after<'a>(bytes: &'a [u8], end: &[u8]) -> &'a [u8] {
    bytes.windows(end.len()).position(|found| found == end).map_or(&[], |at| &bytes[at + end.len()..])
}

fn in_words(error: &ParseFeedError) -> String {
    match error {
        ParseFeedError::ParseError(_) => "不是 RSS、Atom 或 JSON Feed".to_owned(),
        ParseFeedError::IoError(_) => "内容没有读完".to_owned(),
        ParseFeedError::JsonSerde(error) => format!("JSON 有误({error})"),
        ParseFeedError::JsonUnsupportedVersion(version) => format!("不支持的 JSON Feed 版本 {version}"),
        ParseFeedError::XmlReader(error) => format!("XML 有误({error})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-10T09:00:00+08:00";

    fn items(text: &str) -> Vec<Item> {
        read(text.as_bytes(), "https://a.example/feed", NOW.parse().unwrap()).unwrap().items
    }

    #[test]
    fn rss_atom_and_json_feed_are_read_alike_and_authors_are_not() {
        let rss = r#"<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>台</title><item><title>停水&amp;通知</title>
            <link>https://a.example/1</link><author>someone@a.example</author><dc:creator>某甲</dc:creator><description>&lt;p&gt;河东&lt;b&gt;停水&lt;/b&gt;&lt;/p&gt;</description>
            <pubDate>Tue, 10 Nov 2026 08:00:00 +0800</pubDate></item></channel></rss>"#;
        let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>台</title><id>x</id><updated>2026-11-10T00:00:00Z</updated><entry><id>1</id>
            <title>停水&amp;通知</title><author><name>某甲</name></author><link href="https://a.example/1"/><published>2026-11-10T08:00:00+08:00</published>
            <summary type="html">&lt;p&gt;河东&lt;b&gt;停水&lt;/b&gt;&lt;/p&gt;</summary></entry></feed>"#;
        let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"台","items":[{"id":"1","url":"https://a.example/1","title":"停水&通知",
            "author":{"name":"某甲"},"content_html":"<p>河东<b>停水</b></p>","date_published":"2026-11-10T08:00:00+08:00"}]}"#;
        for text in [rss, atom, json] {
            let found = items(text);
            assert_eq!(found.len(), 1, "{text}");
            let item = &found[0];
            assert_eq!((item.title.as_str(), item.excerpt.as_str(), item.url.as_str()), ("停水&通知", "河东停水", "https://a.example/1"));
            assert_eq!(item.publish_time, "2026-11-10T08:00:00+08:00".parse().unwrap());
            assert!(!format!("{item:?}").contains("某甲"));
        }
    }

    #[test]
    fn an_entry_is_known_by_its_id_else_by_its_page_else_by_what_it_says_at_every_look() {
        let feed = |inside: &str| {
            let text = format!("<rss version=\"2.0\"><channel><title>台</title><item>{inside}</item></channel></rss>");
            items(&text).remove(0)
        };
        let bare = "<title>停水</title><description>河东</description>";
        assert_eq!(feed(bare).key, feed(bare).key);
        assert_ne!(feed(bare).key, feed("<title>停水</title><description>河西</description>").key);
        // It was known by its title alone, while the parser gave it an id: an id of that kind is looked for, too.
        let text = |inside: &str| format!("<rss version=\"2.0\"><channel><title>台</title><item>{inside}</item></channel></rss>");
        let minted = parser::Builder::new().base_uri(Some("https://a.example/feed")).build().parse(text(bare).as_bytes()).unwrap();
        let former = Item::receive(
            Stated { external_id: minted.entries[0].id.clone(), title: "停水".into(), ..Stated::default() },
            NOW.parse().unwrap(),
        );
        assert_eq!(feed(bare).page_key, Some(former.unwrap().key));
        let linked = feed("<title>停水</title><link>https://a.example/1</link>");
        let named = |guid: &str, title: &str| {
            feed(&format!("<title>{title}</title><link>https://a.example/1</link><guid isPermaLink=\"false\">{guid}</guid>"))
        };
        assert_eq!(named("g1", "停水").key, named("g1", "停水(更新)").key);
        assert_ne!(named("g1", "停水").key, named("g2", "停水").key);
        // Where only its page was known, that is what is looked for.
        assert_eq!((named("g1", "停水").page_key, linked.page_key), (Some(linked.key), None));
        let permanent = feed("<title>停水</title><guid>https://a.example/1</guid>");
        assert_eq!((permanent.url.as_str(), permanent.outlet_key.as_str()), ("https://a.example/1", "a.example"));
    }

    #[test]
    fn times_without_a_zone_are_civil_time_here_and_what_tells_none_for_certain_is_said() {
        let at = |time: &str| {
            let text = format!(
                "<rss version=\"2.0\"><channel><title>台</title><item><title>停水</title><pubDate>{time}</pubDate></item></channel></rss>"
            );
            items(&text).remove(0)
        };
        for time in ["2026-11-10 08:00:00", "Tue, 10 Nov 2026 08:00:00 CST", "2026年11月10日 08:00", "Tue, 10 Nov 2026 00:00:00 GMT"] {
            let item = at(time);
            assert_eq!((item.publish_time, item.doubt.as_str()), ("2026-11-10T08:00:00+08:00".parse().unwrap(), ""), "{time}");
        }
        for words in ["昨天 12:30", "3小时前", "soon"] {
            let item = at(words);
            assert_eq!((item.publish_time, item.stated_time.as_str()), (NOW.parse().unwrap(), words));
            assert!(item.doubt.contains(words) && item.doubt.contains("按收到时间登记"), "{}", item.doubt);
        }
        let both = "<rss version=\"2.0\" xmlns:a=\"http://www.w3.org/2005/Atom\"><channel><title>台</title><item><title>停水</title><pubDate>昨天</pubDate><a:updated>2026-11-10T08:00:00+08:00</a:updated></item></channel></rss>";
        assert_eq!(items(both)[0].doubt, "");
    }

    #[test]
    fn the_html_in_a_json_feed_is_no_nesting() {
        let html = "<br>".repeat(500);
        let text = format!(
            r#"{{"version":"https://jsonfeed.org/version/1.1","title":"台","items":[{{"id":"1","title":"停水","content_html":"{html}"}}]}}"#
        );
        assert_eq!(items(&text).len(), 1);
    }

    #[test]
    fn what_is_made_to_take_all_time_or_memory_is_refused_at_once() {
        let refused = |bytes: &[u8]| read(bytes, "https://a.example/feed", NOW.parse().unwrap()).unwrap_err();
        assert!(refused("<item/>".repeat(200_000).as_bytes()).contains("个元素"));
        assert!(refused(format!("{{\"items\":[{}]}}", "{},".repeat(200_000)).as_bytes()).contains("个元素"));
        assert!(refused(&[0xff, 0xfe, b'<', 0, b'r', 0]).contains("UTF-16"));
        // Linear, whatever is left open: quadratic it would take hours.
        assert!(!refused("<a</".repeat(2_000_000).as_bytes()).is_empty());
    }

    #[test]
    fn a_feed_in_gb2312_is_read() {
        let text = r#"<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>台</title><item><title>停水通知</title>
            <link>https://a.example/1</link></item></channel></rss>"#;
        let bytes: Vec<u8> = text
            .chars()
            .flat_map(|c| match c {
                '台' => vec![0xcc, 0xa8],
                '停' => vec![0xcd, 0xa3],
                '水' => vec![0xcb, 0xae],
                '通' => vec![0xcd, 0xa8],
                '知' => vec![0xd6, 0xaa],
                other => vec![other as u8],
            })
            .collect();
        let found = read(&bytes, "https://a.example/feed", NOW.parse().unwrap()).unwrap();
        assert_eq!(found.items[0].title, "停水通知");
    }

    #[test]
    fn entity_bombs_bottomless_nesting_and_what_is_no_feed_are_refused_in_words() {
        let bomb = r#"<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>"#;
        let deep = format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title><entry><content type=\"xhtml\">{}",
            "<div>".repeat(2_000_000)
        );
        let deep_json = format!("{{\"version\":{}", "[".repeat(1_000_000));
        for (text, word) in [
            (bomb, "实体"),
            (deep.as_str(), "嵌套"),
            (deep_json.as_str(), "JSON"),
            ("<html><body>404</body></html>", "不是 RSS"),
            ("", "不是 RSS"),
            ("<rss version=\"2.0\"><channel><item><title>没有", ""),
        ] {
            let told = read(text.as_bytes(), "https://a.example/feed", NOW.parse().unwrap());
            match told {
                Err(why) => assert!(why.contains(word), "{why}"),
                Ok(entries) => assert!(word.is_empty() && entries.items.len() <= 1, "{word}: {entries:?}"),
            }
        }
    }

    #[test]
    fn entries_without_anything_are_named_and_the_others_are_taken() {
        let text = r#"<rss version="2.0"><channel><title>台</title><item><guid>1</guid></item><item><title>停水</title><link>javascript:alert(1)</link></item></channel></rss>"#;
        let entries = read(text.as_bytes(), "https://a.example/feed", NOW.parse().unwrap()).unwrap();
        assert_eq!((entries.items.len(), entries.refused.len()), (1, 1), "{entries:?}");
        assert!(entries.refused[0].starts_with("第 1 条"));
    }
}

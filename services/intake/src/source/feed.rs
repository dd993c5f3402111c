//! Feeds (订阅): RSS, Atom and JSON Feed, from their bytes to what they state. Who wrote an entry is not looked at.

use feed_rs::{
    model::Entry,
    parser::{self, ParseFeedError},
};
use jiff::Timestamp;
use mail_parser::decoders::html::html_to_text;

use super::item::{Item, Stated};

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
    let feed = parser::Builder::new().base_uri(Some(address)).sanitize_content(false).build().parse(bytes).map_err(|e| in_words(&e))?;
    let mut entries = Entries::default();
    for (at, entry) in feed.entries.into_iter().enumerate() {
        match Item::receive(stated(entry), now) {
            Ok(item) => entries.items.push(item),
            Err(why) => entries.refused.push(format!("第 {} 条: {why}", at + 1)),
        }
    }
    Ok(entries)
}

fn stated(entry: Entry) -> Stated {
    let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate")).or(entry.links.first());
    let url = link.map(|link| link.href.clone()).unwrap_or_default();
    let text = entry.summary.map(|text| text.content).or(entry.content.and_then(|content| content.body)).unwrap_or_default();
    let time = entry.published.or(entry.updated).and_then(|time| Timestamp::from_second(time.timestamp()).ok());
    // Ids are often minted anew at every look: address and title tell better whether an entry is the same.
    let external_id = if url.is_empty() { entry.id } else { String::new() };
    let title = entry.title.map(|title| html_to_text(&title.content)).unwrap_or_default();
    Stated { external_id, title, text: html_to_text(&text), url, time, ..Stated::default() }
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

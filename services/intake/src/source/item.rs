//! An item as a source brings it (采集条目): made fit to keep, with what is doubtful about it said.

use chassis::LARGEST_COUNT;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    address::{host_of, page},
    cut,
};
use crate::writer::Sealed;

const LONGEST_TITLE: usize = 200;
/// Of a page no more is kept than what serves to judge it.
const LONGEST_EXCERPT: usize = 2_000;
const LONGEST_URL: usize = 2_000;
/// Clocks differ that much.
const FORGIVEN: SignedDuration = SignedDuration::from_mins(1);
/// 2000-01-01: what claims to be older was not dated.
const OLDEST: i64 = 946_684_800;

/// What a source says of an item, unchecked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stated {
    pub external_id: String,
    pub title: String,
    pub text: String,
    pub url: String,
    pub time: Option<Timestamp>,
    /// The words of a time that tell none for certain.
    pub time_words: String,
    /// Whether it may have been minted anew at this look: address and title may tell that an item is known.
    pub is_id_doubtful: bool,
    /// The id under which one that has neither id nor address may be known.
    pub former_id: String,
    pub spread: Option<Figures>,
    pub outlet_name: String,
    pub writer: Option<Sealed>,
    /// How much of the text is kept, where it is not the usual.
    pub most_text: Option<usize>,
    /// What else is doubtful.
    pub doubts: Vec<String>,
    /// SHA-256 of what was received; of what is stated here when none is given.
    pub evidence: Option<[u8; 32]>,
}

/// How far something had spread when somebody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    pub read_time: Timestamp,
    pub views: i64,
    pub comments: i64,
    pub reposts: i64,
}

/// An item that can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The same of the same source is the same item.
    pub key: Uuid,
    /// What it is known by, too, where ids are minted anew or missing: the page that it is, or its title in the feed.
    pub page_key: Option<Uuid>,
    pub external_id: String,
    pub title: String,
    pub excerpt: String,
    pub url: String,
    /// What tells its outlet: its address's host, else its name as the source has it; empty when neither is there.
    pub outlet_key: String,
    /// Its outlet's name as the source has it, which tells where the host does not.
    pub outlet_name: String,
    pub publish_time: Timestamp,
    /// The time as stated, however absurd; empty when none was.
    pub stated_time: String,
    pub doubt: String,
    pub evidence: [u8; 32],
    pub spread: Option<Figures>,
    pub writer: Option<[u8; 32]>,
    /// Who that is, sealed; only of one that does not wait for its outlet.
    pub seal: Option<Vec<u8>>,
    pub receive_time: Timestamp,
}

impl Item {
    /// Makes what a source states fit to keep. Refuses, in words, what has neither title nor text, and figures that are none.
    pub fn receive(stated: Stated, now: Timestamp) -> Result<Self, String> {
        let (said, told) = (clean(&stated.title), clean(&stated.text));
        let (title, excerpt) = match (said.is_empty(), told.is_empty()) {
            (true, true) => return Err("既无标题也无正文".to_owned()),
            (true, false) => (cut(told.lines().next().unwrap_or(&told), 50), told),
            (false, true) => (said.clone(), said),
            (false, false) => (said, told),
        };
        let mut doubts = stated.doubts;
        let address = page(&stated.url).filter(|url| url.as_str().len() <= LONGEST_URL);
        if address.is_none() && !stated.url.trim().is_empty() {
            doubts.push(format!("地址“{}”不是可用的 http(s) 地址,未收录", cut(&clean(&stated.url), 100)));
        }
        if let Some(figures) = stated.spread {
            check(figures, now)?;
        }
        let name = cut(&clean(&stated.outlet_name), 100);
        let host = address.as_ref().map(host_of).unwrap_or_default();
        let words = cut(&clean(&stated.time_words), 100);
        let (publish_time, doubt) = believable(stated.time, &words, now);
        doubts.extend(doubt);
        let url = address.map(String::from).unwrap_or_default();
        let stated_time = stated.time.map_or(words, |time| time.to_string());
        let evidence = stated.evidence.unwrap_or_else(|| digest(&[&title, &stated.text, &stated.url, &stated_time]));
        let key = key_of(&stated.external_id, &url, &title, &excerpt);
        let page_key = match stated.external_id.trim().is_empty() {
            false if stated.is_id_doubtful && !url.is_empty() => Some(key_of("", &url, &title, &excerpt)),
            true if !stated.former_id.is_empty() => Some(key_of(&stated.former_id, "", "", "")),
            _ => None,
        };
        let (writer, seal) = stated.writer.map(Sealed::apart).unzip();
        Ok(Self {
            key,
            page_key,
            external_id: cut(&clean(&stated.external_id), 500),
            title: cut(&title, LONGEST_TITLE),
            excerpt: cut(&excerpt, stated.most_text.unwrap_or(LONGEST_EXCERPT)),
            url,
            outlet_key: if host.is_empty() { name.clone() } else { host },
            outlet_name: name,
            publish_time,
            stated_time,
            doubt: doubts.join(";"),
            evidence,
            spread: stated.spread,
            writer,
            seal,
            receive_time: now,
        })
    }

    /// Says what else is doubtful about it.
    pub fn doubt_more(&mut self, doubt: Option<String>) {
        let doubts = [std::mem::take(&mut self.doubt)].into_iter().chain(doubt).filter(|doubt| !doubt.is_empty());
        self.doubt = doubts.collect::<Vec<_>>().join(";");
    }
}

/// What makes an item the same: its id; else its address and title; else all that it says.
fn key_of(external_id: &str, url: &str, title: &str, excerpt: &str) -> Uuid {
    let parts: [&str; 3] = if !external_id.trim().is_empty() {
        ["id", external_id.trim(), ""]
    } else if !url.is_empty() {
        ["page", url, title]
    } else {
        ["text", title, excerpt]
    };
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest(&parts)[..16]);
    Uuid::from_bytes(bytes)
}

/// SHA-256 over texts, each with its end.
pub(crate) fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}

/// The time to go by: the stated one unless nobody can believe it, and what is doubtful about it.
fn believable(stated: Option<Timestamp>, words: &str, now: Timestamp) -> (Timestamp, Option<String>) {
    let in_words = |time: Timestamp| chassis::clock::in_words(time);
    match stated {
        None if !words.is_empty() => (now, Some(format!("自称发布于“{words}”,不能确定是何时,按收到时间登记"))),
        None => (now, Some("未注明发布时间,按收到时间登记".to_owned())),
        Some(time) if time.duration_since(now) > FORGIVEN => {
            (now, Some(format!("自称发布于{},晚于收到时间,按收到时间登记", in_words(time))))
        }
        Some(time) if time.as_second() < OLDEST => (now, Some(format!("自称发布于{},不足采信,按收到时间登记", in_words(time)))),
        // Within the minute forgiven, the moment of reading.
        Some(time) => (time.min(now), None),
    }
}

/// That figures may be kept.
///
/// # Errors
/// In words.
pub(crate) fn check(figures: Figures, now: Timestamp) -> Result<(), String> {
    if [figures.views, figures.comments, figures.reposts].iter().any(|figure| *figure < 0) {
        return Err("传播数据不能为负数".to_owned());
    }
    if [figures.views, figures.comments, figures.reposts].iter().any(|figure| *figure > LARGEST_COUNT) {
        return Err("传播数据大得不足采信".to_owned());
    }
    if figures.read_time.duration_since(now) > FORGIVEN || figures.read_time.as_second() < OLDEST {
        return Err("传播数据的读取时间晚于现在,或过早".to_owned());
    }
    Ok(())
}

/// Text without what no text holds: control characters, marks that turn the direction of writing, blank lines in a row.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len().min(8192));
    let mut blank = 0;
    for line in text.lines() {
        let line: String = line.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !is_unprintable(*c)).collect();
        let line = line.trim();
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            cleaned.push_str(line);
            cleaned.push('\n');
        }
    }
    cleaned.trim().to_owned()
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-10T09:00:00+08:00".parse().unwrap()
    }

    fn received(stated: Stated) -> Item {
        Item::receive(stated, now()).unwrap()
    }

    #[test]
    fn a_time_that_nobody_can_believe_is_kept_as_stated_and_not_gone_by() {
        for (time, doubt) in [("2099-01-01T00:00:00Z", "晚于收到时间"), ("1970-01-01T00:00:00Z", "不足采信")] {
            let item = received(Stated { title: "题".into(), time: time.parse().ok(), ..Stated::default() });
            assert_eq!((item.publish_time, item.stated_time.as_str()), (now(), time));
            assert!(item.doubt.contains(doubt), "{}", item.doubt);
        }
        let item = received(Stated { title: "题".into(), time: "2026-11-10T08:00:00+08:00".parse().ok(), ..Stated::default() });
        assert_eq!((item.publish_time, item.doubt.as_str()), ("2026-11-10T08:00:00+08:00".parse().unwrap(), ""));
        let item = received(Stated { title: "题".into(), ..Stated::default() });
        assert!(item.doubt.contains("未注明") && item.stated_time.is_empty());
    }

    #[test]
    fn an_address_that_is_no_page_is_left_out_and_said() {
        let item = received(Stated { title: "题".into(), url: "javascript:alert(1)".into(), ..Stated::default() });
        assert_eq!((item.url.as_str(), item.outlet_key.as_str()), ("", ""));
        assert!(item.doubt.contains("javascript"), "{}", item.doubt);
    }

    #[test]
    fn long_and_broken_texts_are_cut_and_cleaned_and_nothing_at_all_is_refused() {
        let item = received(Stated {
            title: "长".repeat(999),
            text: format!("甲\u{0}\u{202e}乙\n\n\n\n{}", "丙".repeat(9999)),
            ..Stated::default()
        });
        assert_eq!((item.title.chars().count(), item.excerpt.chars().count()), (200, 2000));
        assert!(item.excerpt.starts_with("甲乙\n\n丙"), "{}", &item.excerpt[..20]);
        assert!(Item::receive(Stated { text: " \u{0} ".into(), ..Stated::default() }, now()).is_err());
    }

    #[test]
    fn an_item_is_the_same_by_its_id_or_by_address_and_title() {
        let page = |id: &str, url: &str, title: &str| {
            received(Stated { external_id: id.into(), url: url.into(), title: title.into(), ..Stated::default() }).key
        };
        assert_eq!(page("1", "http://a.example/1", "甲"), page("1", "http://a.example/2", "乙"));
        assert_ne!(page("", "http://a.example/1", "甲"), page("", "http://a.example/1", "乙"));
        assert_eq!(page("", "http://a.example/1", "甲"), page("", "HTTP://A.example:80/1", "甲"));
    }
}

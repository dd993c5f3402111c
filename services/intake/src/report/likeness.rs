//! When one sighting is another's repetition (重复、转载): pure. A letter repeats only what the same writer wrote: distinct writers of one text
//! count for 集中反映, 二(四).

use std::collections::HashSet;

use grouping::original_form;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::Sighting;

/// Shorter texts, but for signs and spaces, are alike by chance.
const SHORTEST: usize = 20;
/// Later than this the same words are of another event.
const WITHIN: SignedDuration = SignedDuration::from_hours(45 * 24);
/// Of two pieces at one address, at least so many of the pairs of characters of the shorter stand in the other when they are one piece:
/// a home page, or an application that gives all its pieces one address, has others in the same place.
const SAME_PIECE: f64 = 0.6;
/// Forms of outlets whose pieces have writers of their own.
const LETTERS: [&str; 2] = ["MEDIUM_LETTER", "MEDIUM_TELEPHONE"];

/// By what another sighting is known to be one of the same: nothing where nothing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    pub text: Option<[u8; 32]>,
    pub url: Option<[u8; 32]>,
}

impl Keys {
    /// The keys of a sighting in an outlet of a form.
    pub fn of(sighting: &Sighting, medium: &str) -> Self {
        let letter = LETTERS.contains(&medium) || sighting.received.is_some();
        if letter && sighting.writer.is_none() {
            // Who wrote it nobody knows: it may be another.
            return Self::default();
        }
        let whose = sighting.writer.as_ref().map_or(&b"media"[..], |writer| &writer[..]);
        let text = original_form(&sighting.excerpt);
        let text = (text.chars().count() >= SHORTEST).then(|| digest(&[whose, text.as_bytes()]));
        let by_url = !letter && !sighting.url.is_empty();
        Self { text, url: by_url.then(|| digest(&[sighting.outlet_id.as_bytes(), sighting.url.trim_end_matches('/').as_bytes()])) }
    }
}

/// Whether two pieces at one address are one, by title and text: the same title, or most of the shorter text in the other.
pub(crate) fn is_same_piece(one: (&str, &str), other: (&str, &str)) -> bool {
    let pairs = |text: &str| -> HashSet<(char, char)> {
        let chars: Vec<char> = text.chars().collect();
        chars.iter().copied().zip(chars.iter().copied().skip(1)).collect()
    };
    let (title, text) = (original_form(one.0), original_form(one.1));
    let (other_title, other_text) = (original_form(other.0), original_form(other.1));
    if (!title.is_empty() && title == other_title) || text == other_text {
        return true;
    }
    let (pairs_of, pairs_of_other) = (pairs(&text), pairs(&other_text));
    let fewer = pairs_of.len().min(pairs_of_other.len());
    #[allow(clippy::cast_precision_loss, reason = "few")]
    let share = pairs_of.intersection(&pairs_of_other).count() as f64 / fewer.max(1) as f64;
    share >= SAME_PIECE
}

/// Whether a sighting now repeats a report that was registered at a time and is in an incident, or in none yet.
pub(crate) fn repeats(sighting: &Sighting, registered: Timestamp, incident: Option<uuid::Uuid>, now: Timestamp) -> bool {
    let chosen_elsewhere = sighting.requested_incident.is_some_and(|chosen| incident != Some(chosen));
    !chosen_elsewhere && now.duration_since(registered) <= WITHIN
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const TEXT: &str = "锦绣家园旁边的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉。";

    fn sighting(text: &str) -> Sighting {
        Sighting {
            outlet_id: Uuid::nil(),
            external_id: None,
            title: "题".into(),
            excerpt: text.into(),
            url: String::new(),
            page: String::new(),
            publish_time: Timestamp::UNIX_EPOCH,
            sensitive: false,
            views: 0,
            comments: 0,
            reposts: 0,
            bodies: Vec::new(),
            requested_incident: None,
            received: None,
            writer: None,
            seal: None,
        }
    }

    fn key(text: &str) -> Option<[u8; 32]> {
        Keys::of(&sighting(text), "MEDIUM_WEB").text
    }

    #[test]
    fn pieces_at_one_address_are_one_when_the_title_or_most_of_the_text_is() {
        let piece = ("搅拌站扰民", TEXT);
        assert!(is_same_piece(piece, ("搅拌站扰民", "全文见网页。")), "one title");
        assert!(is_same_piece(piece, ("夜里的噪声", &format!("{TEXT}住户说,已经打过多次电话。"))), "more of one text");
        assert!(!is_same_piece(piece, ("自来水发黄", "河东片区的自来水又黄又浑,已经一个星期,居民用水困难。")));
        assert!(!is_same_piece(("", ""), piece), "nothing is like nothing");
    }

    #[test]
    fn width_signs_spaces_and_a_repost_s_first_words_make_no_other_text() {
        let known = key(TEXT);
        assert!(known.is_some());
        for same in [
            "锦绣家园旁边的混凝土搅拌站半夜生产 噪声大 灰尘多 没法睡觉",
            "【转载】锦绣家园旁边的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉!!",
            "转发微博:锦绣家园旁边的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉。",
        ] {
            assert_eq!(key(same), known, "{same}");
        }
        assert_ne!(key(&TEXT.replace("半夜", "白天")), known);
        assert_eq!(key("ABCdef1234567890,ghijklmn"), key("abcDEF1234567890 GHIJKLMN"));
        assert_eq!(key("停水了,怎么办?"), None);
    }

    #[test]
    fn a_letter_repeats_only_what_its_own_writer_wrote() {
        let of = |writer: Option<u8>| Keys::of(&Sighting { writer: writer.map(|w| [w; 32]), ..sighting(TEXT) }, "MEDIUM_LETTER");
        assert_eq!(of(Some(1)), of(Some(1)));
        assert_ne!(of(Some(1)), of(Some(2)));
        assert_ne!(of(Some(1)).text, key(TEXT));
        assert_eq!(of(None), Keys::default());
    }

    #[test]
    fn one_address_in_one_outlet_is_one_report() {
        let of = |outlet: u128, url: &str| {
            Keys::of(&Sighting { outlet_id: Uuid::from_u128(outlet), url: url.into(), ..sighting("短") }, "MEDIUM_WEB").url
        };
        assert_eq!(of(1, "https://a.example/1"), of(1, "https://a.example/1/"));
        assert_ne!(of(1, "https://a.example/1"), of(2, "https://a.example/1"));
        assert_eq!(of(1, ""), None);
    }

    #[test]
    fn what_is_old_and_what_a_person_puts_elsewhere_is_not_repeated() {
        let day = |days: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days);
        assert!(repeats(&sighting(TEXT), day(0), None, day(45)));
        assert!(!repeats(&sighting(TEXT), day(0), None, day(46)));
        let chosen = Sighting { requested_incident: Some(Uuid::max()), ..sighting(TEXT) };
        assert!(!repeats(&chosen, day(0), None, day(1)) && !repeats(&chosen, day(0), Some(Uuid::nil()), day(1)));
        assert!(repeats(&chosen, day(0), Some(Uuid::max()), day(1)));
    }
}

//! The places that a text names: "柳桥路", "锦绣家园", "双柳渡镇", and codes such as "A7县".

use super::words::Segment;

/// What ends the name of a place.
const ENDINGS: &[&str] = &[
    "省", "市", "县", "区", "镇", "乡", "村", "街道", "社区", "路", "街", "巷", "大道", "大街", "小区", "家园", "花园", "花苑", "嘉园", "公寓", "苑", "园",
    "城", "府", "湾", "里", "庄", "洼", "坊", "新村", "广场", "公园", "产业园", "工业园", "学校", "小学", "中学", "大学", "学院", "幼儿园", "医院", "市场", "车站", "站", "桥",
    "湖", "河", "水库", "片区", "国际", "山庄", "名城", "新城", "夜市", "大厦", "集团", "公司",
];
/// Generic words that seem to be names but are none.
const GENERIC: &[&str] = &["小区", "社区", "学校", "医院", "幼儿园", "公园", "广场", "市场", "公司", "我市", "本市", "全市", "我县", "本县", "全县", "城区", "市区", "县城", "农村", "新村", "街道", "片区", "大道", "街道办", "物业公司", "集团公司", "有限公司", "房地产公司", "开发商", "哪里", "这里", "那里", "家里", "屋里", "夜里", "城里", "村里", "心里", "手里"];

/// How wide a place is; two texts of different narrow places are of different matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// A district, a county, a town: its names exclude each other.
    District,
    /// A road, an estate, a school.
    Spot,
}

/// A place named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub name: String,
    pub reach: Reach,
}

/// The places among the segments of a sentence.
pub(super) fn places(segments: &[Segment<'_>]) -> Vec<Place> {
    let mut found = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let word = segment.word;
        if GENERIC.contains(&word) && !ENDINGS.contains(&word) {
            continue;
        }
        if let Some(ending) = ending_of(word) {
            let own = word.chars().count() > ending.chars().count();
            if own && !GENERIC.contains(&word) && word.chars().count() >= 3 {
                found.push(Place { name: word.to_owned(), reach: reach(ending) });
                continue;
            }
            if word == ending || GENERIC.contains(&word) {
                // "锦绣" + "家园", "a7" + "县"
                let before = at.checked_sub(1).and_then(|b| segments.get(b)).filter(|b| b.ends == segment.begins && is_namelike(b) && !GENERIC.contains(&b.word) && !ENDINGS.contains(&b.word));
                if let Some(before) = before {
                    found.push(Place { name: format!("{}{word}", before.word), reach: reach(ending) });
                }
            }
        }
    }
    found
}

fn ending_of(word: &str) -> Option<&'static str> {
    ENDINGS.iter().filter(|e| word.ends_with(**e)).max_by_key(|e| e.len()).copied()
}

fn reach(ending: &str) -> Reach {
    if matches!(ending, "市" | "县" | "区" | "镇" | "乡" | "村" | "洼" | "庄") { Reach::District } else { Reach::Spot }
}

fn is_namelike(segment: &Segment<'_>) -> bool {
    let word = segment.word;
    let code = word.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) && word.chars().all(|c| c.is_ascii_alphanumeric());
    code || (word.chars().count() >= 2 && word.chars().all(|c| !c.is_ascii()) && matches!(segment.tag.as_bytes().first(), Some(b'n' | b'x' | b'v' | b'a' | b'i' | b'z')))
}

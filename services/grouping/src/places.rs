//! The places that a text names: "柳桥路", "锦绣家园", "双柳渡镇".

use super::words::{Segment, is_known};

/// What ends the name of a road, an estate, a village: whatever stands before it is its name.
const SPOTS: &[&str] = &[
    "街道",
    "社区",
    "路",
    "街",
    "巷",
    "大道",
    "大街",
    "小区",
    "家园",
    "花园",
    "花苑",
    "嘉园",
    "公寓",
    "苑",
    "园",
    "城",
    "府",
    "湾",
    "里",
    "坊",
    "新村",
    "广场",
    "公园",
    "产业园",
    "工业园",
    "小学",
    "中学",
    "大学",
    "学院",
    "幼儿园",
    "片区",
    "国际",
    "山庄",
    "名城",
    "新城",
    "夜市",
    "大厦",
    "水库",
    "之城",
    "新区",
];
/// What ends a proper name only after one: "天顶集团", but not "热力公司".
const AFTER_NAMES: &[&str] = &["医院", "市场", "站", "桥", "湖", "河", "集团", "公司", "学校", "酒店"];
/// What ends the name of a town or village: such names exclude each other.
const DISTRICTS: &[&str] = &["市", "县", "区", "镇", "乡", "村", "洼", "庄"];
/// Words that look like a name and are none.
const GENERIC: &[&str] = &[
    "小区",
    "社区",
    "学校",
    "医院",
    "幼儿园",
    "公园",
    "广场",
    "市场",
    "公司",
    "城区",
    "市区",
    "县城",
    "农村",
    "新村",
    "街道",
    "片区",
    "大道",
    "街道办",
    "哪里",
    "这里",
    "那里",
    "家里",
    "屋里",
    "夜里",
    "城里",
    "村里",
    "心里",
    "手里",
    "公里",
    "邻里",
    "该小区",
    "本小区",
    "我小区",
    "全小区",
    "各小区",
    "老小区",
    "新小区",
    "山区",
    "地区",
    "景区",
    "辖区",
    "郊区",
    "灾区",
    "老区",
    "校区",
    "园区",
    "厂区",
    "开发区",
    "经开区",
    "高新区",
    "示范区",
    "风景区",
    "住宅区",
    "居民区",
    "生活区",
    "商业区",
    "工业区",
    "城市",
    "超市",
    "门市",
    "全市",
    "我市",
    "本市",
    "全县",
    "我县",
    "本县",
    "乡镇",
    "城镇",
    "集镇",
    "村庄",
    "全村",
    "本村",
    "我村",
    "自然村",
    "行政村",
    "道路",
    "公路",
    "马路",
    "铁路",
    "线路",
    "思路",
    "网路",
    "迷路",
    "大街",
    "小巷",
    "政府",
    "住宅小区",
    "业主小区",
];

/// A place named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub name: String,
    pub is_district: bool,
}

/// The places among the segments of a sentence.
pub(super) fn places(segments: &[Segment<'_>]) -> Vec<Place> {
    let mut found = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let word = segment.word;
        let Some(ending) = ending_of(word) else { continue };
        let is_district = DISTRICTS.contains(&ending);
        if word == ending {
            // "锦绣" + "家园"
            let before = at.checked_sub(1).and_then(|b| segments.get(b)).filter(|b| b.ends == segment.begins && names(b, ending));
            if let Some(before) = before {
                found.push(Place { name: format!("{}{word}", before.word), is_district });
            }
        } else if word.chars().count() >= 3 && !GENERIC.contains(&word) && is_proper(segment) {
            found.push(Place { name: word.to_owned(), is_district });
        }
    }
    found
}

fn ending_of(word: &str) -> Option<&'static str> {
    [SPOTS, AFTER_NAMES, DISTRICTS].into_iter().flatten().filter(|e| word.ends_with(**e)).max_by_key(|e| e.len()).copied()
}

/// Whether a segment can be the name before an ending.
fn names(segment: &Segment<'_>, ending: &str) -> bool {
    let word = segment.word;
    if word.chars().count() < 2 || !word.chars().all(|c| c.is_alphabetic()) || GENERIC.contains(&word) || ending_of(word) == Some(word) {
        return false;
    }
    is_proper(segment)
        || segment.tag.starts_with("nr")
        || (SPOTS.contains(&ending) && matches!(segment.tag.as_bytes().first(), Some(b'n' | b'v' | b'a' | b'i' | b'z')))
}

/// Whether a segment is a proper name: by its part of speech, or because no dictionary has it.
pub(super) fn is_proper(segment: &Segment<'_>) -> bool {
    let unknown = segment.word.chars().count() >= 3 && !is_known(segment.word);
    matches!(segment.tag, "ns" | "nt" | "nz") || (unknown && segment.tag.starts_with('n'))
}

/// Whether a word names a city, a county or a district: too wide to tell matters apart or together.
pub(super) fn is_wide(word: &str) -> bool {
    word.ends_with(['市', '县', '区', '省'])
}

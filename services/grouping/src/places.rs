//! The places that a text names: "柳桥路", "锦绣家园", "双柳渡镇".

use super::{
    stop::{is_particle, is_stop},
    words::{Segment, is_known},
};

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
    "华庭",
    "佳苑",
    "雅苑",
    "庭院",
    "公馆",
    "时代",
    "世家",
    "御园",
    "安置区",
    "新苑",
    "豪庭",
    "华府",
    "楼盘",
    "项目",
    "驾校",
    "学校",
    "美食城",
    "一小",
    "二小",
    "三小",
    "四小",
    "附小",
    "一中",
    "二中",
    "三中",
    "四中",
    "附中",
];
/// Endings that are left out as often as not.
const OPTIONAL: &[&str] = &["小区", "社区", "项目", "楼盘", "公司", "集团", "安置区", "学校", "驾校", "平台"];
/// Stands for a character that is written one way or another.
pub(super) const ANY: char = '?';
/// A name has at most so many parts before its ending.
const PARTS: usize = 3;
/// And so many characters.
const LONGEST: usize = 9;
/// What ends a proper name only after one: "天顶集团", but not "热力公司".
const AFTER_NAMES: &[&str] = &["医院", "市场", "站", "桥", "湖", "河", "集团", "公司", "酒店", "平台", "银行"];
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
    "有限公司",
    "责任公司",
    "有限责任公司",
    "股份有限公司",
    "开发公司",
    "物业公司",
    "公交公司",
    "自来水公司",
    "燃气公司",
    "公交线路",
    "公交车站",
    "公交站",
    "地铁站",
    "火车站",
    "汽车站",
    "高铁站",
    "加油站",
    "变电站",
    "派出所",
    "主干道",
    "人行道",
    "消防通道",
    "中小学",
    "小学校",
    "中小学校",
    "中学校",
    "民营企业",
    "建设项目",
    "备案项目",
    "整治项目",
    "这个项目",
    "该项目",
    "本项目",
    "整个小区",
    "其他小区",
    "周边小区",
    "附近小区",
    "居民小区",
    "安置小区",
    "进小区",
    "楼道里",
    "屋子里",
    "房子里",
    "手机里",
    "房间里",
    "城里",
    "车里",
    "平台",
    "网贷平台",
    "银行",
    "住宅小区",
    "业主小区",
];

/// A place named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub name: String,
    pub is_district: bool,
}

/// The places among the segments of a sentence, each with and without what stands before it and the last ending:
/// "万科魅力之城小区", "魅力之城小区", "魅力之城".
pub(super) fn places(segments: &[Segment<'_>]) -> Vec<Place> {
    let mut found = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let Some(ending) = ending_of(segment.word) else { continue };
        if GENERIC.contains(&segment.word) && segment.word != ending {
            continue;
        }
        let is_district = DISTRICTS.contains(&ending);
        // "天桥" and "变电站" are kinds of places; only a name before them makes a place.
        let kind = segment.word != ending && is_known(segment.word) && !matches!(segment.tag, "ns" | "nt" | "nz");
        let mut name = segment.word.to_owned();
        let own = usize::from(segment.word != ending && !kind);
        if !kind {
            tell(&name, ending, is_district, &mut found);
        }
        let mut next = segment;
        for (parts, before) in (own..PARTS).zip(segments.iter().take(at).rev()) {
            let adjoins = before.ends == next.begins && next.begins_whole();
            if !adjoins
                || !names(before, ending, parts == 0)
                || (kind && parts == 0 && !is_proper(before))
                || name.chars().count() + before.word.chars().count() > LONGEST
            {
                break;
            }
            name.insert_str(0, before.word);
            tell(&name, ending, is_district, &mut found);
            next = before;
        }
    }
    found
}

/// A name, and what remains of it without an ending that is often left out.
fn tell(name: &str, ending: &str, is_district: bool, found: &mut Vec<Place>) {
    let core = name.strip_suffix(ending).unwrap_or_default();
    if core.chars().count() < 2 || GENERIC.contains(&name) {
        return;
    }
    found.push(Place { name: name.to_owned(), is_district });
    if let [first, _, last] = name.chars().collect::<Vec<char>>().as_slice() {
        // "中茂城" is also written "中贸城".
        found.push(Place { name: format!("{first}{ANY}{last}"), is_district: false });
    }
    if OPTIONAL.contains(&ending) && !GENERIC.contains(&core) && ending_of(core) != Some(core) {
        found.push(Place { name: core.to_owned(), is_district: false });
        // "丽发新城小区", "丽发新城", "丽发小区": all are 丽发.
        if let Some(rest) = ending_of(core).and_then(|e| core.strip_suffix(e)).filter(|r| r.chars().count() >= 2) {
            found.push(Place { name: rest.to_owned(), is_district: false });
        }
    } else if SPOTS.contains(&ending) && core.chars().count() >= 2 && ending.chars().count() >= 2 {
        found.push(Place { name: core.to_owned(), is_district: false });
    }
}

fn ending_of(word: &str) -> Option<&'static str> {
    [SPOTS, AFTER_NAMES, DISTRICTS].into_iter().flatten().filter(|e| word.ends_with(**e)).max_by_key(|e| e.len()).copied()
}

/// Whether a segment can be of the name before an ending.
fn names(segment: &Segment<'_>, ending: &str, nearest: bool) -> bool {
    let word = segment.word;
    let one = word.chars().nth(1).is_none();
    if !word.chars().all(|c| c.is_alphabetic() && !c.is_ascii()) || GENERIC.contains(&word) || is_stop(word) || is_wide(word) {
        return false;
    }
    if ending_of(word).is_some() && !is_proper(segment) && ending_of(word) == Some(word) {
        // "之城" + "小区", but not "街道" + "小区".
        return nearest && !matches!(ending_of(word), Some("街道" | "社区" | "路" | "街" | "小区" | "镇" | "村" | "乡"));
    }
    if one {
        return !is_particle(word);
    }
    let first = segment.tag.as_bytes().first();
    is_proper(segment)
        || segment.tag.starts_with("nr")
        || (SPOTS.contains(&ending) && matches!(first, Some(b'n' | b'a' | b'i' | b'z' | b's' | b't' | b'j' | b'b' | b'x' | b'l')))
        || (nearest && SPOTS.contains(&ending) && matches!(first, Some(b'v' | b'd' | b'm')))
}

/// Whether a segment is a proper name: by its part of speech, or because no dictionary has it.
pub(super) fn is_proper(segment: &Segment<'_>) -> bool {
    let unknown = segment.word.chars().count() >= 2 && !is_known(segment.word);
    matches!(segment.tag, "ns" | "nt" | "nz") || (unknown && (segment.tag.starts_with('n') || segment.tag == "x"))
}

/// Whether a word names a city, a county or a district: too wide to tell matters apart or together.
pub(super) fn is_wide(word: &str) -> bool {
    word.ends_with(['市', '县', '区', '省'])
}

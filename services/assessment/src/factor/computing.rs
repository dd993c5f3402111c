//! Computing factors (系统计算): from what the reports of an incident add up to. Nothing of it is about who wrote them.

use serde_json::json;

use super::{Factor, Kind, Origin};

/// What the reports of an incident add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// 线索数.
    pub reports: i64,
    /// 重复、转载, which count with the reports in what follows.
    pub again: i64,
    /// 来信人数, within the rule's window.
    pub distinct_writers: i64,
    /// 标为敏感政务事件的线索.
    pub sensitive: i64,
    /// 发布平台级别, as the rule names it, with how many reports each.
    pub tiers: Vec<(String, i64)>,
    pub views: i64,
    pub comments: i64,
    pub reposts: i64,
}

/// The levels of platforms, the highest first.
const TIERS: [(&str, &str); 9] = [
    ("central", "中央媒体"),
    ("central_stationed", "中央驻疆媒体"),
    ("region", "自治区媒体"),
    ("city", "市级媒体"),
    ("county", "县级媒体"),
    ("commercial", "商业平台"),
    ("social", "社交平台"),
    ("mailbox", "领导信箱"),
    ("hotline", "热线"),
];

/// The four factors, as far as the reports tell of them.
pub(crate) fn computed(sums: &Sums) -> Vec<Factor> {
    if sums.reports == 0 {
        return Vec::new();
    }
    let mut factors = Vec::new();
    let mut add = |kind, text: String, method: &str, seen| {
        factors.push(Factor { kind, text, origin: Origin::Computed { method: method.to_owned(), seen } });
    };
    let Sums { reports, again, distinct_writers, sensitive, views, comments, reposts, .. } = sums;
    let nature = if *sensitive > 0 {
        format!("有{sensitive}条线索标为敏感政务事件")
    } else {
        "没有线索标为敏感政务事件".to_owned()
    };
    add(
        Kind::Nature,
        nature,
        "登记时由人标为敏感政务事件的线索数,重复、转载计入。",
        json!({"sensitive": sensitive, "report_count": reports}),
    );
    let writers = if *distinct_writers > 0 { format!(",来信人{distinct_writers}名") } else { String::new() };
    let repeats = if *again > 0 { format!(",另有重复、转载{again}条") } else { String::new() };
    let scale = format!("线索{reports}条{repeats}{writers}");
    let method = "本事件的线索数及重复、转载数,及规则所定天数内不同来信人的人数(只计人数)。";
    let seen = json!({"report_count": reports, "repeat_count": again, "distinct_writers": distinct_writers});
    add(Kind::Scale, scale, method, seen);
    let known = TIERS.iter().filter_map(|(slug, name)| Some((name, sums.tiers.iter().find(|(tier, _)| tier == slug)?.1)));
    let known: Vec<String> = known.map(|(name, count)| format!("{name}{count}条")).collect();
    if !known.is_empty() {
        let tiers: serde_json::Map<_, _> = sums.tiers.iter().map(|(tier, count)| (tier.clone(), json!(count))).collect();
        add(Kind::Platform, known.join("、"), "按线索来源的发布平台级别计数,重复、转载计入,由高到低。", json!({ "tiers": tiers }));
    }
    // A figure that nothing told is not told of.
    let figures = [("阅读", *views), ("评论", *comments), ("转发", *reposts)];
    let told: Vec<String> = figures.iter().filter(|(_, sum)| *sum > 0).map(|(name, sum)| format!("{name}{sum}次")).collect();
    if !told.is_empty() {
        let seen = json!({"view_count": views, "comment_count": comments, "repost_count": reposts});
        add(Kind::Influence, told.join(","), "各线索及其重复、转载最近登记的阅读、评论、转发数之和。", seen);
    }
    factors
}

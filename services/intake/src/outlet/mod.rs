//! Outlets (来源), 二: the papers, stations, sites, accounts and mailboxes that reports come from.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use uuid::Uuid;

/// An outlet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outlet {
    pub id: Uuid,
    pub name: String,
    /// Level as the contract names it, such as "TIER_CENTRAL".
    pub tier: String,
    /// Form as the contract names it, such as "MEDIUM_PAPER".
    pub medium: String,
    pub hosts: Vec<String>,
}

impl Outlet {
    /// Takes corrected host names. Refuses another level or form: reports were judged by what it was.
    pub fn correct(&mut self, tier: &str, medium: &str, hosts: Vec<String>) -> Result<(), Refusal> {
        if self.tier != tier || self.medium != medium {
            return Err(Refusal::exists("OUTLET_NAME_TAKEN", format!("已有名为“{}”的来源,级别或媒介不同。", self.name)));
        }
        self.hosts = hosts;
        Ok(())
    }
}

/// Levels in the order in which papers tell of them, as the contract names them, and in Chinese.
const TIERS: &[(&str, &str)] = &[
    ("TIER_CENTRAL", "中央媒体"),
    ("TIER_CENTRAL_STATIONED", "中央驻疆媒体"),
    ("TIER_REGION", "自治区媒体"),
    ("TIER_CITY", "市级媒体"),
    ("TIER_COUNTY", "县级媒体"),
    ("TIER_COMMERCIAL", "商业网站"),
    ("TIER_SOCIAL", "社交平台"),
    ("TIER_MAILBOX", "领导信箱"),
    ("TIER_HOTLINE", "热线"),
];

/// A level's place in the order, and its name in Chinese.
pub(crate) fn tier_in_words(tier: &str) -> (usize, &'static str) {
    TIERS.iter().enumerate().find(|(_, (name, _))| *name == tier).map_or((TIERS.len(), "其他"), |(rank, (_, words))| (rank, words))
}

/// A form's name in Chinese.
pub(crate) fn medium_in_words(medium: &str) -> &'static str {
    match medium {
        "MEDIUM_PAPER" => "纸质媒体",
        "MEDIUM_TELEVISION" => "电视",
        "MEDIUM_RADIO" => "广播",
        "MEDIUM_WEB" => "网络",
        "MEDIUM_SOCIAL" => "社交账号",
        "MEDIUM_LETTER" => "来信",
        "MEDIUM_TELEPHONE" => "来电",
        _ => "其他",
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("OUTLET_UNKNOWN", "来源没有登记。")
}

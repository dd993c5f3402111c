//! Outlets (来源), 二: the papers, stations, sites, accounts and mailboxes that reports come from.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use url::Host;
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

/// A host name as addresses have it: lower case, in ASCII (IDNA).
///
/// # Errors
/// In words: what is wrong with it.
pub(crate) fn host(text: &str) -> Result<String, String> {
    let wrong = || "应为主机名,如 www.example.cn,不含 http://、路径和端口".to_owned();
    let name = match Host::parse(text.trim().trim_end_matches('.')) {
        Ok(Host::Domain(name)) => name,
        Ok(ip) => return Ok(ip.to_string()),
        Err(_) => return Err(wrong()),
    };
    let is_label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    if name.contains('.') && name.len() <= 253 && name.split('.').all(is_label) { Ok(name) } else { Err(wrong()) }
}

pub(crate) fn host_taken(host: &str, outlet: &str) -> Refusal {
    Refusal::exists("OUTLET_HOST_TAKEN", format!("主机名 {host} 已属于“{outlet}”。同一主机名只能属于一个来源,请先改正。"))
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("OUTLET_UNKNOWN", "来源没有登记。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_is_kept_as_addresses_have_it_and_nothing_else_is_one() {
        for (text, name) in [
            ("WWW.Example.CN", "www.example.cn"),
            ("example.cn.", "example.cn"),
            ("托克逊.政务", "xn--74q982bzq8a.xn--zfr164b"),
            ("192.0.2.7", "192.0.2.7"),
        ] {
            assert_eq!(host(text).as_deref(), Ok(name), "{text}");
        }
        for text in
            ["https://example.cn", "example.cn/news", "example.cn:8080", "a b.cn", "example", "*.example.cn", "-a.cn", "a..cn", "甲", ""]
        {
            assert!(host(text).is_err(), "{text}");
        }
    }
}

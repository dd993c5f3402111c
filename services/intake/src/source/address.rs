//! Which addresses may be asked: http and https alone, and none in a private network unless the operator allows that host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// A page's address as it may be kept: http or https, with a host. Nothing when it is another.
pub(crate) fn page(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())).then_some(url)
}

/// A feed's address.
///
/// # Errors
/// In words: what is wrong with it.
pub(crate) fn feed(text: &str) -> Result<Url, String> {
    let url = page(text).ok_or("应为 http:// 或 https:// 开头的完整地址")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("地址中不得含用户名或口令".to_owned());
    }
    Ok(url)
}

/// A mailbox's address, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub user: String,
    pub host: String,
    pub port: u16,
    pub folder: String,
}

/// A mailbox's address: `imaps://user@host:993/folder`.
///
/// # Errors
/// In words: what is wrong with it.
pub(crate) fn mailbox(text: &str) -> Result<Mailbox, String> {
    let form = "应为 imaps://用户名@主机[:端口]/文件夹 这样的地址";
    let url = Url::parse(text.trim()).map_err(|_| form)?;
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_lowercase();
    if url.scheme() != "imaps" || host.is_empty() || url.username().is_empty() || url.query().is_some() || url.fragment().is_some() {
        return Err(form.to_owned());
    }
    if url.password().is_some() {
        return Err("地址中不得含口令: 口令放在密钥目录的文件里".to_owned());
    }
    let user = decoded(url.username()).ok_or(form)?;
    let folder = decoded(url.path().trim_start_matches('/')).ok_or(form)?;
    let folder = if folder.is_empty() { "INBOX".to_owned() } else { folder };
    if user.chars().chain(folder.chars()).any(|c| c.is_control() || !c.is_ascii()) {
        return Err("用户名与文件夹名只能是可见的 ASCII 字符(中文文件夹名写作修正的 UTF-7)".to_owned());
    }
    Ok(Mailbox { user, host, port: url.port().unwrap_or(993), folder })
}

/// Percent-encoded text, decoded.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'%' => {
                let digits = rest.get(..2)?;
                rest = &rest[2..];
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            byte => *byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// A host as it is compared: lower case, without the dot that may end a name and the brackets of an IPv6 address.
pub(crate) fn host_of(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.').to_lowercase(),
        Some(Host::Ipv4(ip)) => ip.to_string(),
        Some(Host::Ipv6(ip)) => ip.to_string(),
        None => String::new(),
    }
}

/// Whether an address belongs to everybody's internet: not this machine, not the office's own network, not a neighbour's.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = a == 0                                  // this network
        || a == 10 || (a == 172 && (16..32).contains(&b)) || (a == 192 && b == 168) // private
        || a == 127                                       // this machine
        || (a == 100 && (64..128).contains(&b))           // carrier-grade NAT, and a cloud's metadata
        || (a == 169 && b == 254)                         // link-local, and a cloud's metadata
        || (a == 192 && b == 0 && c == 0)                 // protocol assignments
        || (a == 192 && b == 0 && c == 2) || (a == 198 && b == 51 && c == 100) || (a == 203 && b == 0 && c == 113) // documentation
        || (a == 192 && b == 88 && c == 99)               // 6to4 relays
        || (a == 198 && (18..20).contains(&b))            // benchmarks
        || a >= 224; // multicast, reserved, broadcast
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // What carries an IPv4 address goes where that goes.
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match [a, b, c, d, e, f] {
        [0x64, 0xff9b, 0, 0, 0, 0] => return is_public_v4(embedded(g, h)), // NAT64
        [0x2002, high, low, ..] => return is_public_v4(embedded(high, low)), // 6to4
        _ => {}
    }
    // Global unicast is 2000::/3; of it, documentation, Teredo and benchmarks are not.
    (0x2000..0x4000).contains(&a) && !(a == 0x2001 && (b == 0xdb8 || b < 0x200)) && a != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_loopback_link_local_carrier_and_metadata_addresses_are_not_public_in_whatever_clothes() {
        let not = [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.100.100.200",
            "169.254.169.254",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "fec0::1",
        ];
        for ip in not {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "223.5.5.5", "2400:3200::1", "64:ff9b::101:101", "::ffff:1.1.1.1"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn a_mailbox_s_address_names_user_host_and_folder_and_no_password() {
        let found = mailbox("imaps://letters%40county.example@Mail.example/INBOX").unwrap();
        assert_eq!((found.user.as_str(), found.host.as_str(), found.port), ("letters@county.example", "mail.example", 993));
        assert_eq!(mailbox("imaps://u@[::1]:1993").map(|m| (m.host, m.port, m.folder)), Ok(("::1".into(), 1993, "INBOX".into())));
        for text in
            ["imap://u@mail.example/", "imaps://mail.example/", "imaps://u:p@mail.example/", "imaps://u@mail.example/a%0d%0ab", "甲"]
        {
            assert!(mailbox(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_web_address_is_none() {
        for text in ["javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/x", "data:text/html,x", "//a.example", "http://", "甲"]
        {
            assert!(page(text).is_none(), "{text}");
        }
        assert!(feed("https://user:secret@a.example/feed").is_err());
        assert_eq!(page("HTTP://A.Example.:80/x").map(|url| host_of(&url)).as_deref(), Some("a.example"));
        // Other ways to write 127.0.0.1 are read as that.
        for text in ["http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/"] {
            assert_eq!(page(text).map(|url| host_of(&url)).as_deref(), Some("127.0.0.1"), "{text}");
        }
    }
}

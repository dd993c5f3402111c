//! Signatures of webhooks, as Standard Webhooks has them: HMAC-SHA256 over id, time and body, by one of the keys that hold now.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

/// How far the sender's clock may differ; an older call is a repetition by somebody else.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// While keys change a call carries several signatures.
const MOST_SIGNATURES: usize = 10;
const LONGEST_ID: usize = 256;
/// What Standard Webhooks asks of a key, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What a call says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed<'a> {
    pub id: &'a str,
    pub timestamp: &'a str,
    pub signatures: &'a str,
    pub body: &'a [u8],
}

/// A key as the vendor gives it: "whsec_" and base64.
///
/// # Errors
/// In words.
pub(super) fn key(written: &str) -> Result<Vec<u8>, String> {
    let bytes = STANDARD.decode(written.strip_prefix("whsec_").unwrap_or(written)).map_err(|_| "签名密钥应为 whsec_ 加 base64")?;
    if KEY_BYTES.contains(&bytes.len()) { Ok(bytes) } else { Err("签名密钥应为 24 至 64 字节".to_owned()) }
}

impl Signed<'_> {
    /// Whether somebody who holds one of the keys made this call just now.
    ///
    /// # Errors
    /// In words: why not.
    pub fn check(&self, keys: &[Vec<u8>], now: Timestamp) -> Result<(), &'static str> {
        if self.id.is_empty() || self.id.len() > LONGEST_ID || self.id.contains('.') {
            return Err("webhook-id 缺失或无效");
        }
        let time = self.timestamp.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let time = time.ok_or("webhook-timestamp 缺失或无效")?;
        if time.duration_since(now).abs() > TOLERANCE {
            return Err("webhook-timestamp 与本机时间相差 5 分钟以上");
        }
        let given = self.signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).take(MOST_SIGNATURES);
        let given: Vec<Vec<u8>> = given.filter_map(|one| STANDARD.decode(one).ok()).collect();
        let holds = |key: &Vec<u8>, signature: &Vec<u8>| {
            Hmac::<Sha256>::new_from_slice(key).is_ok_and(|mut mac| {
                for part in [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", self.body] {
                    mac.update(part);
                }
                mac.verify_slice(signature).is_ok()
            })
        };
        if keys.iter().any(|key| given.iter().any(|signature| holds(key, signature))) { Ok(()) } else { Err("签名不符") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the standard.
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const CALL: Signed<'static> = Signed {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: "1614265330",
        signatures: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        body: br#"{"test": 2432232314}"#,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_example_of_the_standard_holds_within_five_minutes() {
        let keys = [key(KEY).unwrap()];
        assert_eq!(CALL.check(&keys, at(1_614_265_330)), Ok(()));
        assert_eq!(CALL.check(&keys, at(1_614_265_330 + 300)), Ok(()));
        assert!(CALL.check(&keys, at(1_614_265_330 + 301)).is_err());
        assert!(CALL.check(&keys, at(1_614_265_330 - 301)).is_err());
    }

    #[test]
    fn while_keys_change_either_holds_and_nothing_else_does() {
        let (old, new) = (key(KEY).unwrap(), vec![7; 32]);
        let now = at(1_614_265_330);
        let several = Signed { signatures: "v1,AAAA v1a,g0hM v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", ..CALL };
        assert_eq!(several.check(&[new.clone(), old.clone()], now), Ok(()));
        assert_eq!(CALL.check(std::slice::from_ref(&new), now), Err("签名不符"));
        let keys = [old];
        assert!(Signed { body: b"{}", ..CALL }.check(&keys, now).is_err());
        assert!(Signed { id: "msg_another", ..CALL }.check(&keys, now).is_err());
        assert!(Signed { timestamp: "1614265331", ..CALL }.check(&keys, now).is_err());
        assert!(Signed { signatures: "", ..CALL }.check(&keys, now).is_err());
        assert!(CALL.check(&[], now).is_err());
        for written in ["whsec_", "whsec_AAAA", "不是密钥"] {
            assert!(key(written).is_err(), "{written}");
        }
    }
}

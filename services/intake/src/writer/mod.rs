//! Writers (来信人): who wrote a letter, sealed so that the office can answer, masked wherever it is shown. It tells of no one but the
//! writer of this letter: nothing is looked up by it, and of those who publish nothing is kept.

pub(crate) mod commands;
pub(crate) mod grpc;
mod key;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use key::WriterKey;

/// Who wrote a letter.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// 姓名.
    pub name: String,
    /// 联系方式: a telephone number, an address.
    pub contact: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(***)")
    }
}

/// A writer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// Tells writers apart and no more.
    pub digest: [u8; 32],
    pub seal: Vec<u8>,
}

impl Sealed {
    /// The digest and the seal.
    pub fn apart(self) -> ([u8; 32], Vec<u8>) {
        (self.digest, self.seal)
    }
}

/// A writer's seal and the piece that is their letter: the report, or a repeated sighting of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub piece: Uuid,
    pub sealed: Sealed,
}

/// A letter whose writer is kept: the report that it is or repeats, and when it was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub report: Uuid,
    pub time: Timestamp,
    pub kept: Kept,
}

impl Identity {
    /// One of whom a name or a code alone is known.
    pub fn named(name: &str) -> Self {
        Self { name: name.trim().to_owned(), contact: String::new() }
    }

    /// By what one writer is known from another: how they are reached, else their name.
    fn known_by(&self) -> String {
        let is_number = self.contact.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '+'));
        let contact: String = self.contact.chars().filter(|c| !is_number || c.is_ascii_digit()).collect();
        if contact.trim().is_empty() { self.name.trim().to_owned() } else { contact.trim().to_lowercase() }
    }

    /// As it is shown: 张**, 138******78, w***@mail.example.
    #[must_use]
    pub fn masked(&self) -> Self {
        let name = match self.name.chars().next() {
            Some(first) => format!("{first}**"),
            None => String::new(),
        };
        Self { name, contact: masked_contact(&self.contact) }
    }
}

fn masked_contact(contact: &str) -> String {
    if let Some((_, host)) = contact.split_once('@') {
        return format!("{}***@{host}", contact.chars().take(1).collect::<String>());
    }
    let chars: Vec<char> = contact.chars().collect();
    // Of a short one nothing could be left out if its ends were shown.
    let (head, tail) = if chars.len() >= 8 { (3, 2) } else { (0, 0) };
    let shown = |at: usize| at < head || at >= chars.len() - tail;
    chars.iter().enumerate().map(|(at, c)| if shown(at) { *c } else { '*' }).collect()
}

/// Whether who wrote is kept of what appears in a medium: of letters and calls, to which an answer is owed.
pub(crate) fn is_kept_of(medium: &str) -> bool {
    matches!(medium, "MEDIUM_LETTER" | "MEDIUM_TELEPHONE")
}

pub(crate) fn not_kept() -> Refusal {
    Refusal::state("WRITER_NOT_KEPT", "只有来信和来电可以登记来信人;报道、网帖作者的身份不予保存。")
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("WRITER_UNKNOWN", "该线索没有登记来信人,或者其身份信息已经销毁。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_writer_shows_whom_one_means_and_does_not_tell_who_it_is() {
        for (name, contact, shown) in [
            ("张某某", "13812345678", ("张**", "138******78")),
            ("欧阳", "writer@mail.example", ("欧**", "w***@mail.example")),
            ("", "8321234", ("", "*******")),
            ("李", "", ("李**", "")),
        ] {
            let masked = Identity { name: name.into(), contact: contact.into() }.masked();
            assert_eq!((masked.name.as_str(), masked.contact.as_str()), shown);
        }
    }

    #[test]
    fn a_number_is_one_however_it_is_written_and_an_address_is_as_it_is() {
        let known_by = |contact: &str| Identity { name: "张某".into(), contact: contact.into() }.known_by();
        assert_eq!((known_by("138-1234 5678"), known_by(" A-b@Mail.example ")), ("13812345678".into(), "a-b@mail.example".into()));
        assert_eq!((known_by(""), known_by("-")), ("张某".into(), "张某".into()));
    }

    #[test]
    fn nobody_is_shown_by_debugging() {
        assert!(!format!("{:?}", Identity { name: "张某".into(), contact: "138".into() }).contains('张'));
    }
}

//! Mails (邮件) of a leader's mailbox: from the bytes of RFC 5322 to what they state. Of who wrote it a keyed digest alone is kept.

use chassis::Refusal;
use encoding_rs::GB18030;
use jiff::{SignedDuration, Timestamp};
use mail_parser::{Message, MessageParser, PartType};
use sha2::{Digest, Sha256};

use super::item::{Item, Stated, clean, digest};
use crate::WriterKey;

/// Larger ones are not letters.
pub(crate) const LARGEST: usize = 10 << 20;
/// A letter's text.
pub(super) const LONGEST_TEXT: usize = 20_000;
/// Mails within mails, however deep; more is made to break whoever reads it.
const MOST_NESTED: usize = 20;
const DEEPEST: usize = 5;
/// A mail is not longer under way.
const UNDER_WAY: SignedDuration = SignedDuration::from_hours(24);
const MANGLED: char = '\u{fffd}';

/// Reads a mail that came into its mailbox at some time, where the mailbox tells.
///
/// # Errors
/// In words: why it is no mail.
pub(super) fn read(bytes: &[u8], arrived: Option<Timestamp>, key: &WriterKey, now: Timestamp) -> Result<Item, String> {
    check(bytes)?;
    let (said, writer) = parse(bytes, key)?;
    // Chinese that came as it is, without its charset or under a wrong one.
    let said = if said.is_mangled() && std::str::from_utf8(bytes).is_err() {
        let (whole, _, broken) = GB18030.decode(bytes);
        let again = if broken { None } else { parse(whole.as_bytes(), key).ok().map(|(again, _)| again) };
        again.filter(|again| !again.is_mangled()).unwrap_or(said)
    } else {
        said
    };
    let mut doubts = Vec::new();
    if said.is_mangled() {
        doubts.push("编码有误,部分文字无法辨认".to_owned());
    }
    if said.left_out > 0 {
        doubts.push(format!("内嵌邮件过多,{} 封未展开", said.left_out));
    }
    let received = arrived.unwrap_or(now).min(now);
    let time = match (said.time, arrived) {
        (Some(time), Some(arrived)) if time.duration_since(arrived).abs() > UNDER_WAY && time <= received => {
            doubts.push("自称发信时间与邮箱收到时间相差一天以上,按收到时间登记".to_owned());
            Some(received)
        }
        (time, _) => time,
    };
    // Two mails without an id of their own are one when they are the same to the byte: who wrote them may differ.
    let id = if said.id.is_empty() { hex::encode(evidence(bytes)) } else { said.id.clone() };
    let stated = Stated {
        external_id: hex::encode(digest(&[&id, &said.subject, &said.text])),
        title: said.subject,
        text: said.text,
        time,
        writer,
        most_text: Some(LONGEST_TEXT),
        doubts,
        evidence: Some(evidence(bytes)),
        ..Stated::default()
    };
    let mut item = Item::receive(stated, received)?;
    // As stated, whatever is gone by.
    item.stated_time = said.time.map(|time| time.to_string()).unwrap_or_default();
    Ok(item)
}

/// SHA-256 of a mail as it came.
pub(super) fn evidence(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[derive(Default)]
struct Said {
    id: String,
    subject: String,
    text: String,
    time: Option<Timestamp>,
    left_out: usize,
}

impl Said {
    fn is_mangled(&self) -> bool {
        self.subject.contains(MANGLED) || self.text.contains(MANGLED)
    }
}

fn parse(bytes: &[u8], key: &WriterKey) -> Result<(Said, Option<[u8; 32]>), String> {
    let message = MessageParser::default().parse(bytes).ok_or("不是邮件: 没有邮件头")?;
    if message.from().is_none() && message.subject().is_none() && message.date().is_none() {
        return Err("不是邮件: 发件人、主题、日期一样也没有".to_owned());
    }
    let writer = message.from().and_then(|from| from.first()).and_then(|from| from.address()).map(str::to_lowercase);
    let mut said = Said {
        id: message.message_id().unwrap_or_default().to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        time: message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        ..Said::default()
    };
    let mut nested = 0;
    gather(&message, 0, &mut nested, &mut said);
    said.text = clean(&said.text);
    Ok((said, key.digest(&writer.unwrap_or_default())))
}

/// The text of a mail, and of the mails within it: what was forwarded is what the letter is about.
fn gather(message: &Message<'_>, depth: usize, nested: &mut usize, said: &mut Said) {
    for at in 0..message.text_body_count().min(MOST_NESTED) {
        if let Some(text) = message.body_text(at) {
            said.text.push_str(&text);
            said.text.push('\n');
        }
    }
    for part in message.attachments() {
        let PartType::Message(inner) = &part.body else { continue };
        *nested += 1;
        if depth >= DEEPEST || *nested > MOST_NESTED {
            said.left_out += 1;
            continue;
        }
        said.text.push_str(&format!("\n[内嵌邮件] {}\n", inner.subject().unwrap_or_default()));
        gather(inner, depth + 1, nested, said);
    }
}

/// Thousands of boundaries are no mail, but made to break whoever reads it.
fn check(bytes: &[u8]) -> Result<(), String> {
    const MOST_PARTS: usize = 200;
    let word = b"content-type:";
    let parts = bytes.windows(word.len()).filter(|found| found.eq_ignore_ascii_case(word)).take(MOST_PARTS + 1).count();
    if parts > MOST_PARTS {
        return Err(format!("内含部分超过 {MOST_PARTS} 个,不予解析"));
    }
    Ok(())
}

pub(super) fn malformed(why: &str) -> Refusal {
    Refusal::invalid("MAIL_MALFORMED", format!("邮件不能导入: {why}。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-10T09:00:00+08:00".parse().unwrap()
    }

    fn item(bytes: &[u8]) -> Item {
        read(bytes, None, &WriterKey::new([7; 32]), now()).unwrap()
    }

    fn in_gb18030(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    const HEAD: &str =
        "From: =?UTF-8?B?5p+Q55Sy?= <Writer@Mail.example>\r\nMessage-ID: <1@mail.example>\r\nDate: Tue, 10 Nov 2026 08:00:00 +0800\r\n";

    #[test]
    fn gbk_and_gb18030_are_read_however_they_are_declared() {
        let body = "河东片区停水。";
        let declared = |charset: &str| {
            let head = format!(
                "{HEAD}Subject: =?gb2312?B?zaPLrg==?=\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            );
            [head.into_bytes(), in_gb18030(body)].concat()
        };
        let bare = [format!("{HEAD}Subject: ").into_bytes(), in_gb18030("停水"), b"\r\n\r\n".to_vec(), in_gb18030(body)].concat();
        for mail in [declared("gbk"), declared("gb18030"), declared("GB2312"), declared("utf-8"), declared("x-unheard-of"), bare] {
            let item = item(&mail);
            assert_eq!(
                (item.title.as_str(), item.excerpt.as_str(), item.doubt.as_str()),
                ("停水", body, ""),
                "{}",
                String::from_utf8_lossy(&mail)
            );
        }
    }

    #[test]
    fn what_cannot_be_made_out_is_taken_and_said() {
        let mail = [format!("{HEAD}Subject: x\r\n\r\n").as_bytes(), &[b'a', 0xff, 0xff, 0xff, b'b']].concat();
        let item = item(&mail);
        assert!(item.doubt.contains("编码有误") && item.excerpt.contains('a'), "{item:?}");
    }

    #[test]
    fn a_mail_within_a_mail_is_read_and_bottomless_ones_are_not() {
        let inner = |text: &str| format!("From: a@b.example\r\nSubject: 内\r\n\r\n{text}");
        let wrap = |within: &str| {
            format!(
                "From: a@b.example\r\nSubject: 转\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n见附件\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n{within}\r\n--x--\r\n"
            )
        };
        let once = item(wrap(&inner("里面的信")).as_bytes());
        assert!(once.excerpt.contains("见附件") && once.excerpt.contains("里面的信"), "{}", once.excerpt);
        let mut deep = inner("底");
        for at in 0..60 {
            deep = wrap(&deep)
                .replace("boundary=x", &format!("boundary=x{at}"))
                .replace("--x\r\n", &format!("--x{at}\r\n"))
                .replace("--x--", &format!("--x{at}--"));
        }
        let told = read(deep.as_bytes(), None, &WriterKey::new([7; 32]), now());
        assert!(told.is_ok_and(|item| item.doubt.contains("内嵌邮件过多") || item.excerpt.contains("见附件")));
        let many = format!(
            "{HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n{}",
            "--x\r\nContent-Type: text/plain\r\n\r\na\r\n".repeat(5000)
        );
        assert!(read(many.as_bytes(), None, &WriterKey::new([7; 32]), now()).is_err_and(|why| why.contains("超过")));
    }

    #[test]
    fn a_forged_date_is_kept_as_stated_and_the_mailbox_s_time_is_gone_by() {
        let arrived: Timestamp = "2026-11-10T08:30:00+08:00".parse().unwrap();
        for forged in ["Tue, 10 Nov 2099 08:00:00 +0800", "Wed, 1 Jul 2026 08:00:00 +0800", "Thu, 1 Jan 1970 00:00:00 +0000"] {
            let mail = format!("From: a@b.example\r\nDate: {forged}\r\nSubject: x\r\n\r\ny");
            let item = read(mail.as_bytes(), Some(arrived), &WriterKey::new([7; 32]), now()).unwrap();
            assert_eq!((item.publish_time, item.receive_time), (arrived, arrived), "{forged}");
            assert!(!item.doubt.is_empty() && !item.stated_time.is_empty(), "{forged}: {item:?}");
        }
        let honest = item(format!("{HEAD}Subject: x\r\n\r\ny").as_bytes());
        assert_eq!((honest.publish_time, honest.doubt.as_str()), ("2026-11-10T08:00:00+08:00".parse().unwrap(), ""));
    }

    #[test]
    fn of_the_writer_a_keyed_digest_alone_is_kept() {
        let found = item(format!("{HEAD}Subject: x\r\n\r\ny").as_bytes());
        assert_eq!(found.writer, WriterKey::new([7; 32]).digest("writer@mail.example"));
        let shown = format!("{found:?}").to_lowercase();
        assert!(!shown.contains("writer@") && !shown.contains("某甲"), "{shown}");
    }

    #[test]
    fn what_is_no_mail_is_refused() {
        for bytes in [b"".as_slice(), b"\x89PNG\x00\x01", b"hello"] {
            assert!(read(bytes, None, &WriterKey::new([7; 32]), now()).is_err());
        }
    }
}

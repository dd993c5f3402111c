//! Mails (邮件) of a leader's mailbox: from the bytes of RFC 5322 to what they state. Who wrote it is kept sealed.

mod said;

use chassis::Refusal;
use encoding_rs::GB18030;
use jiff::{SignedDuration, Timestamp};
use mail_parser::{Address, Message, MessageParser};
use said::{Gathered, Part, Said, gather};
use sha2::{Digest, Sha256};

use super::{
    charset::MANGLED,
    item::{Item, Stated, clean, digest},
};
use crate::{WriterKey, writer::Identity};

/// Larger ones are not letters: of them the beginning is read.
pub(crate) const LARGEST: usize = 10 << 20;
/// A letter's text.
pub(super) const LONGEST_TEXT: usize = 20_000;
/// A mail is not longer under way.
const UNDER_WAY: SignedDuration = SignedDuration::from_hours(24);

/// Reads a mail that came into its mailbox at some time, where the mailbox tells.
///
/// # Errors
/// In words: why it is no mail.
pub(super) fn read(bytes: &[u8], arrived: Option<Timestamp>, key: &WriterKey, now: Timestamp) -> Result<Item, String> {
    let doubts = |said: &Said| (said.attachments > 0).then(|| format!("附件 {} 个未收录,见原邮件", said.attachments));
    receive(bytes, bytes, arrived, key, now, doubts)
}

/// The same of the beginning of one that is larger than what is read.
///
/// # Errors
/// In words: why it is no mail.
pub(super) fn read_beginning(
    bytes: &[u8],
    size: usize,
    arrived: Option<Timestamp>,
    key: &WriterKey,
    now: Timestamp,
) -> Result<Item, String> {
    let told = format!("邮件有 {} MB,只收录开头 {} MB 中的文字,附件未收录,见原邮件", size >> 20, bytes.len() >> 20);
    receive(bytes, head_of(bytes), arrived, key, now, |_| Some(told))
}

/// It is known by what all of it, or its head alone, says.
fn receive(
    bytes: &[u8],
    known_by: &[u8],
    arrived: Option<Timestamp>,
    key: &WriterKey,
    now: Timestamp,
    left: impl FnOnce(&Said) -> Option<String>,
) -> Result<Item, String> {
    check(bytes)?;
    let message = parse(bytes)?;
    let said = Said::of(&message);
    let mut doubts = Vec::new();
    if said.is_mangled() {
        doubts.push("编码有误,部分文字无法辨认".to_owned());
    }
    if said.left_out > 0 {
        doubts.push(format!("内嵌邮件过多,{} 封未展开", said.left_out));
    }
    doubts.extend(left(&said));
    let received = arrived.unwrap_or(now).min(now);
    let time = match (said.time, arrived) {
        (Some(time), Some(arrived)) if time.duration_since(arrived).abs() > UNDER_WAY && time <= received => {
            doubts.push("自称发信时间与邮箱收到时间相差一天以上,按收到时间登记".to_owned());
            Some(received)
        }
        (time, _) => time,
    };
    let from = message.from().and_then(Address::first);
    let writer = Identity {
        name: from.and_then(|from| from.name()).unwrap_or_default().to_owned(),
        contact: from.and_then(|from| from.address()).unwrap_or_default().to_owned(),
    };
    let stated = Stated {
        external_id: id_of(known_by)?,
        title: said.subject,
        text: said.text,
        time,
        writer: key.seal(&writer).map_err(|error| error.to_string())?,
        most_text: Some(LONGEST_TEXT),
        doubts,
        evidence: Some(evidence(known_by)),
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

/// Its head, with the line that ends it.
pub(super) fn head_of(bytes: &[u8]) -> &[u8] {
    let end = |mark: &[u8]| bytes.windows(mark.len()).position(|found| found == mark).map(|at| at + mark.len());
    end(b"\r\n\r\n").or_else(|| end(b"\n\n")).and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

fn parse(bytes: &[u8]) -> Result<Message<'_>, String> {
    let message = MessageParser::default().parse(bytes).ok_or("不是邮件: 没有邮件头")?;
    if message.from().is_none() && message.subject().is_none() && message.date().is_none() {
        return Err("不是邮件: 发件人、主题、日期一样也没有".to_owned());
    }
    Ok(message)
}

/// By what a mail is known: its own id, with what the parser makes of its subject and text. However well its words are read one day, it
/// stays the same.
fn id_of(bytes: &[u8]) -> Result<String, String> {
    let plain = |bytes: &[u8]| {
        let message = parse(bytes)?;
        let mut text = String::new();
        gather(&message, 0, &mut Gathered::default(), &mut |message, part| match part {
            Part::Subject => text.push_str(&format!("\n[内嵌邮件] {}\n", message.subject().unwrap_or_default())),
            Part::Text(at) => text.extend(message.body_text(at).into_iter().flat_map(|text| [text.into_owned(), "\n".to_owned()])),
        });
        let id = message.message_id().unwrap_or_default().to_owned();
        Ok::<_, String>((id, message.subject().unwrap_or_default().to_owned(), clean(&text)))
    };
    let is_mangled = |subject: &str, text: &str| subject.contains(MANGLED) || text.contains(MANGLED);
    let (mut id, mut subject, mut text) = plain(bytes)?;
    if is_mangled(&subject, &text) && std::str::from_utf8(bytes).is_err() {
        let (whole, _, broken) = GB18030.decode(bytes);
        let again = if broken { None } else { plain(whole.as_bytes()).ok() };
        if let Some(again) = again.filter(|(_, subject, text)| !is_mangled(subject, text)) {
            (id, subject, text) = again;
        }
    }
    // Two mails without an id of their own are one when they are the same to the byte: who wrote them may differ.
    let id = if id.is_empty() { hex::encode(evidence(bytes)) } else { id };
    Ok(hex::encode(digest(&[&id, &subject, &text])))
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
    use crate::writer::Sealed;

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
        for mail in [
            declared("gbk"),
            declared("us-ascii"),
            declared("iso-8859-1"),
            declared("gb18030"),
            declared("GB2312"),
            declared("utf-8"),
            declared("x-unheard-of"),
            bare,
        ] {
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
    fn bodies_in_base64_and_quoted_printable_are_read_under_a_wrong_charset_too() {
        let body = "河东片区停水三天。";
        let encoded = |bytes: &[u8], how: &str| match how {
            "base64" => ::base64::Engine::encode(&::base64::prelude::BASE64_STANDARD, bytes),
            _ => bytes.iter().map(|byte| format!("={byte:02X}")).collect(),
        };
        for how in ["base64", "quoted-printable"] {
            for declared in ["us-ascii", "utf-8", "gbk", "iso-8859-1", "x-unheard-of", ""] {
                for bytes in [in_gb18030(body), body.as_bytes().to_vec()] {
                    let kind =
                        if declared.is_empty() { String::new() } else { format!("Content-Type: text/plain; charset={declared}\r\n") };
                    let subject = format!("=?{}?B?{}?=", if declared.is_empty() { "x" } else { declared }, encoded(&bytes, "base64"));
                    let mail =
                        format!("{HEAD}Subject: {subject}\r\n{kind}Content-Transfer-Encoding: {how}\r\n\r\n{}\r\n", encoded(&bytes, how));
                    let item = item(mail.as_bytes());
                    assert_eq!((item.title.as_str(), item.excerpt.as_str(), item.doubt.as_str()), (body, body, ""), "{mail}");
                }
            }
        }
    }

    #[test]
    fn html_nested_mails_and_what_is_attached_are_read_or_said() {
        let mail = [
            b"From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>".to_vec(),
            in_gb18030("停水"),
            b"</p>\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\nSubject: ".to_vec(),
            in_gb18030("内"),
            b"\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n".to_vec(),
            in_gb18030("河东"),
            b"\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nabc\r\n--x--\r\n".to_vec(),
        ];
        let item = item(&mail.concat());
        assert_eq!(item.excerpt, "停水\n\n[内嵌邮件] 内\n河东");
        assert!(item.doubt.contains("附件 1 个未收录"), "{}", item.doubt);
    }

    #[test]
    fn of_a_mail_that_is_too_large_the_texts_at_its_beginning_are_read() {
        let head = format!("{HEAD}Subject: x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n");
        let text = "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n河东停水\r\n";
        let file = format!("--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{}", "QUJD".repeat(1000));
        let told = |bytes: &str| read_beginning(bytes.as_bytes(), 30 << 20, None, &WriterKey::new([7; 32]), now()).unwrap();
        let item = told(&format!("{head}{text}{file}"));
        assert_eq!(item.excerpt, "河东停水");
        assert!(item.doubt.contains("30 MB") && item.doubt.contains("附件未收录"), "{}", item.doubt);
        // It is known by its head, as it was when no more than that was read.
        assert_eq!(item.key, told(&head).key);
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
        let here = item(b"From: a@b.example\r\nDate: Tue, 10 Nov 2026 08:00:00 CST\r\nSubject: x\r\n\r\ny");
        assert_eq!(here.publish_time, "2026-11-10T08:00:00+08:00".parse().unwrap());
        let honest = item(format!("{HEAD}Subject: x\r\n\r\ny").as_bytes());
        assert_eq!((honest.publish_time, honest.doubt.as_str()), ("2026-11-10T08:00:00+08:00".parse().unwrap(), ""));
    }

    #[test]
    fn who_wrote_is_kept_sealed() {
        let found = item(format!("{HEAD}Subject: x\r\n\r\ny").as_bytes());
        let key = WriterKey::new([7; 32]);
        assert_eq!(found.writer, key.digest("writer@mail.example"));
        let sealed = Sealed { digest: found.writer.unwrap(), seal: found.seal.clone().unwrap() };
        let writer = key.open(&sealed).unwrap();
        assert_eq!((writer.name.as_str(), writer.contact.as_str()), ("某甲", "Writer@Mail.example"));
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

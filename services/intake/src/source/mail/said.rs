//! What a mail says: its subject and its texts, from their bytes, as what is declared of them may be wrong.

use jiff::Timestamp;
use mail_parser::{HeaderName, Message, MessagePart, MimeHeaders, PartType, decoders::html::html_to_text};

use super::super::{
    charset::{self, MANGLED, base64, quoted},
    dates,
    item::clean,
};

/// Mails within mails, however deep; more is made to break whoever reads it.
const MOST_NESTED: usize = 20;
const DEEPEST: usize = 5;

#[derive(Default)]
pub(super) struct Said {
    pub subject: String,
    pub text: String,
    pub time: Option<Timestamp>,
    /// Mails within it that were not opened.
    pub left_out: usize,
    pub attachments: usize,
}

impl Said {
    pub fn of(message: &Message<'_>) -> Self {
        let (mut gathered, mut text) = (Gathered::default(), String::new());
        gather(message, 0, &mut gathered, &mut |message, part| match part {
            Part::Subject => text.push_str(&format!("\n[内嵌邮件] {}\n", subject(message))),
            Part::Text(at) => {
                text.push_str(&words(message, at));
                text.push('\n');
            }
        });
        let date = raw_header(message, &HeaderName::Date).map(|raw| String::from_utf8_lossy(raw).into_owned());
        let parsed = || message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
        Self {
            subject: subject(message),
            text: clean(&text),
            time: date.and_then(|date| dates::read(&date)).or_else(parsed),
            left_out: gathered.left_out,
            attachments: gathered.attachments,
        }
    }

    pub fn is_mangled(&self) -> bool {
        self.subject.contains(MANGLED) || self.text.contains(MANGLED)
    }
}

#[derive(Default)]
pub(super) struct Gathered {
    nested: usize,
    left_out: usize,
    attachments: usize,
}

/// What of a mail is handed out.
pub(super) enum Part {
    /// The subject of a mail within a mail.
    Subject,
    /// The text with that number.
    Text(usize),
}

/// Hands out the texts of a mail, and of the mails within it: what was forwarded is what the letter is about.
pub(super) fn gather(message: &Message<'_>, depth: usize, gathered: &mut Gathered, take: &mut impl FnMut(&Message<'_>, Part)) {
    (0..message.text_body_count().min(MOST_NESTED)).for_each(|at| take(message, Part::Text(at)));
    for part in message.attachments() {
        let PartType::Message(inner) = &part.body else {
            gathered.attachments += usize::from(is_attached(part));
            continue;
        };
        gathered.nested += 1;
        if depth >= DEEPEST || gathered.nested > MOST_NESTED {
            gathered.left_out += 1;
            continue;
        }
        take(inner, Part::Subject);
        gather(inner, depth + 1, gathered, take);
    }
}

/// Whether a part is a file, rather than the same text in another form or a picture in it.
fn is_attached(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_some() || part.content_disposition().is_some_and(|how| how.is_attachment())
}

fn raw_header<'m>(message: &'m Message<'_>, name: &HeaderName<'_>) -> Option<&'m [u8]> {
    let header = message.root_part().headers.iter().rfind(|header| header.name == *name)?;
    message.raw_message.get(header.offset_start as usize..header.offset_end as usize)
}

fn subject(message: &Message<'_>) -> String {
    raw_header(message, &HeaderName::Subject).map(charset::header).unwrap_or_default()
}

/// The words of a text, from its bytes: what is declared of them may be wrong.
fn words(message: &Message<'_>, at: usize) -> String {
    let Some(part) = message.text_body.get(at).and_then(|at| message.parts.get(*at as usize)) else { return String::new() };
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let declared = part.content_type().and_then(|kind| kind.attribute("charset"));
    let encoding = part.content_transfer_encoding().unwrap_or_default().trim().to_ascii_lowercase();
    let text = match encoding.as_str() {
        "base64" => charset::words(&base64(raw), declared),
        "quoted-printable" => charset::words(&quoted(raw), declared),
        _ => charset::words(raw, declared),
    };
    if matches!(part.body, PartType::Html(_)) { html_to_text(&text) } else { text }
}

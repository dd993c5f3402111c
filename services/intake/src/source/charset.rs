//! Words out of bytes (字符集): what is declared of them is believed as far as they bear it out. Chinese senders declare GBK over
//! UTF-8, UTF-8 or US-ASCII over GBK, nothing at all, or put both into one letter.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::general_purpose::{GeneralPurpose, NO_PAD},
};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Stands where bytes cannot be made out.
pub(super) const MANGLED: char = '\u{fffd}';
/// No subject is longer.
const LONGEST_HEADER: usize = 8 << 10;
/// No charset has a longer name.
const LONGEST_NAME: usize = 40;

/// The words of a text, under a charset that is declared of it, or none.
pub(super) fn words(bytes: &[u8], declared: Option<&str>) -> String {
    let declared = declared.map(str::trim).filter(|name| !name.is_empty());
    // Its line ends are no single bytes.
    if declared.is_some_and(|name| name.to_ascii_lowercase().starts_with("utf-16")) {
        return line(bytes, declared);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if is_wide(text) => text.to_owned(),
        _ => bytes.split_inclusive(|byte| *byte == b'\n').map(|part| line(part, declared)).collect(),
    }
}

/// One line: a letter may quote another in another charset.
fn line(bytes: &[u8], declared: Option<&str>) -> String {
    let said = declared.and_then(|name| charset_decoder(name.as_bytes())).map(|decode| decode(bytes));
    let encoding = declared.and_then(|name| Encoding::for_label(name.as_bytes()));
    let gb = || GB18030.decode_without_bom_handling(bytes).0.into_owned();
    if let Ok(text) = std::str::from_utf8(bytes) {
        // ASCII may carry other writing in disguise, such as UTF-7; and what GBK, Big5 and the like say may be UTF-8 by chance.
        let believes = text.is_ascii() || encoding.is_some_and(|encoding| !encoding.is_single_byte() && encoding != UTF_8);
        let believed = said.filter(|said| believes && !is_wide(text) && !said.contains(MANGLED));
        return believed.unwrap_or_else(|| if is_chance(text) { gb() } else { text.to_owned() });
    }
    let believes_gb = match encoding {
        // Declared of everything by programs that know no better; nothing in it is wrong by its bytes.
        Some(encoding) if encoding.is_single_byte() && !is_ascii(declared) => is_chinese(bytes),
        Some(encoding) => encoding.is_single_byte() || [UTF_8, GBK, GB18030].contains(&encoding),
        None => true,
    };
    let in_order = if believes_gb { [Some(gb()), said] } else { [said, Some(gb())] };
    let lossy = String::from_utf8_lossy(bytes).into_owned();
    // Where none is without fault, the one with the fewest.
    in_order.into_iter().flatten().chain([lossy]).min_by_key(|text| text.matches(MANGLED).count()).unwrap_or_default()
}

/// Whether most of what is not ASCII took three bytes or more: nothing else than UTF-8 looks so.
fn is_wide(text: &str) -> bool {
    let (wide, narrow) = text
        .chars()
        .filter(|c| !c.is_ascii())
        .fold((0, 0), |(wide, narrow), c| if c.len_utf8() > 2 { (wide + 1, narrow) } else { (wide, narrow + 1) });
    wide > narrow
}

fn is_ascii(declared: Option<&str>) -> bool {
    declared.is_some_and(|name| ["us-ascii", "ascii", "ansi_x3.4-1968"].contains(&name.to_ascii_lowercase().as_str()))
}

/// Whether what is valid UTF-8 is so by chance, as 停水通知 in GBK is: all of it pairs up as common Chinese characters, which other writing
/// of two bytes a letter does not, but for a few Western letters.
fn is_chance(text: &str) -> bool {
    let (paired, high) = pairs(text.as_bytes());
    let is_western = text.chars().filter(|c| !c.is_ascii()).all(|c| ('\u{a0}'..='\u{17f}').contains(&c));
    paired > 0 && paired * 2 == high && !is_western && !is_wide(text)
}

/// Whether most bytes beyond ASCII pair up as common Chinese characters; those of Western letters stand alone.
fn is_chinese(bytes: &[u8]) -> bool {
    let (paired, high) = pairs(bytes);
    paired >= 2 && paired * 4 >= high
}

/// How many pairs of bytes are characters of GB 2312, and how many bytes are beyond ASCII.
fn pairs(bytes: &[u8]) -> (usize, usize) {
    let (mut paired, mut high, mut rest) = (0, 0, bytes);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if first.is_ascii() {
            continue;
        }
        high += 1;
        if let (0xa1..=0xf7, Some((0xa1..=0xfe, after))) = (first, rest.split_first()) {
            (paired, high, rest) = (paired + 1, high + 1, after);
        }
    }
    (paired, high)
}

/// The words of a header, with its encoded words (RFC 2047). Adjacent ones of one charset are put together first: a character may have
/// been cut in two.
pub(super) fn header(raw: &[u8]) -> String {
    let mut pieces: Vec<(Option<String>, Vec<u8>)> = Vec::new();
    let mut rest = raw.get(..LONGEST_HEADER).unwrap_or(raw);
    while !rest.is_empty() {
        let (charset, bytes, after) = match encoded_word(rest) {
            Some((charset, bytes, after)) => (Some(charset), bytes, after),
            None => {
                let next = rest.windows(2).skip(1).position(|two| two == b"=?").map_or(rest.len(), |at| at + 1);
                let plain = rest[..next].iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
                (None, plain, &rest[next..])
            }
        };
        rest = after;
        // The blank between two encoded words is none.
        if charset.is_some() && matches!(pieces.as_slice(), [.., (Some(_), _), (None, blank)] if blank.trim_ascii().is_empty()) {
            pieces.pop();
        }
        match pieces.last_mut() {
            Some((last, known)) if *last == charset => known.extend(bytes),
            _ => pieces.push((charset, bytes)),
        }
    }
    let text: String = pieces.iter().map(|(charset, bytes)| words(bytes, charset.as_deref())).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An encoded word at the beginning: its charset in lower case, its bytes, and what comes after.
fn encoded_word(raw: &[u8]) -> Option<(String, Vec<u8>, &[u8])> {
    let rest = raw.strip_prefix(b"=?")?;
    let end = rest.iter().take(LONGEST_NAME).position(|byte| *byte == b'?')?;
    let (charset, rest) = (std::str::from_utf8(&rest[..end]).ok()?, &rest[end + 1..]);
    let charset = charset.split('*').next().unwrap_or_default().to_ascii_lowercase();
    let (how, rest) = (rest.first()?, rest.get(1..)?.strip_prefix(b"?")?);
    let end = rest.windows(2).position(|two| two == b"?=")?;
    let data = &rest[..end];
    let bytes = match how {
        b'b' | b'B' => base64(data),
        b'q' | b'Q' => quoted(&data.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect::<Vec<_>>()),
        _ => return None,
    };
    Some((charset, bytes, &rest[end + 2..]))
}

/// Base64, whatever else stands in between, and wherever it ends.
pub(super) fn base64(data: &[u8]) -> Vec<u8> {
    let engine = GeneralPurpose::new(&STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));
    let mut bytes = Vec::with_capacity(data.len() / 4 * 3);
    for part in data.split(|byte| *byte == b'=') {
        let mut plain: Vec<u8> = part.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect();
        if plain.len() % 4 == 1 {
            plain.pop();
        }
        bytes.extend(engine.decode(&plain).unwrap_or_default());
    }
    bytes
}

/// Quoted-printable; what is not quite that stays as it is.
pub(super) fn quoted(data: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (mut bytes, mut rest) = (Vec::with_capacity(data.len()), data);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            bytes.push(*first);
            continue;
        }
        let blank = after.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r')).unwrap_or(after.len());
        if let (Some(high), Some(low)) = (digit(after.first()), digit(after.get(1))) {
            bytes.push((high << 4 | low) as u8);
            rest = &after[2..];
        } else if after.get(blank).is_none_or(|byte| *byte == b'\n') {
            rest = after.get(blank + 1..).unwrap_or_default();
        } else {
            bytes.push(b'=');
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "河东片区停水三天。";

    fn gbk(text: &str) -> Vec<u8> {
        encoding_rs::GBK.encode(text).0.into_owned()
    }

    #[test]
    fn chinese_is_made_out_whatever_charset_is_declared_of_it() {
        for declared in
            [None, Some("gbk"), Some("gb2312"), Some("GB18030"), Some("utf-8"), Some("us-ascii"), Some("iso-8859-1"), Some("x-no")]
        {
            assert_eq!(words(&gbk(TEXT), declared), TEXT, "{declared:?}");
            assert_eq!(words(TEXT.as_bytes(), declared), TEXT, "{declared:?}");
        }
    }

    #[test]
    fn a_letter_of_two_charsets_is_read_line_by_line() {
        let both = [gbk("停水通知\r\n"), "以下是转发:河西停电\r\n".as_bytes().to_vec(), gbk("特此转告")].concat();
        for declared in [None, Some("gbk"), Some("utf-8")] {
            assert_eq!(words(&both, declared), "停水通知\r\n以下是转发:河西停电\r\n特此转告", "{declared:?}");
        }
    }

    #[test]
    fn western_letters_other_charsets_and_what_gbk_shares_with_utf_8_stay_what_they_are() {
        assert_eq!(words(b"J\xf6rg gr\xfc\xdft", Some("iso-8859-1")), "Jörg grüßt");
        assert_eq!(words(&encoding_rs::BIG5.encode("停水").0, Some("big5")), "停水");
        // These are UTF-8 by chance.
        for declared in [None, Some("gbk"), Some("utf-8"), Some("us-ascii")] {
            assert_eq!(words(&gbk("停水通知"), declared), "停水通知", "{declared:?}");
            for text in ["Jörg grüßt", "отключение воды в районе", "سۇ توختىتىلدى", "café"] {
                assert_eq!(words(text.as_bytes(), declared.filter(|name| *name != "gbk")), text, "{declared:?}");
            }
        }
        assert_eq!(words("Jörg".as_bytes(), Some("utf-8")), "Jörg");
        assert_eq!(words(b"\xff\xfe\x5c\x50\x34\x6c".get(2..).unwrap(), Some("utf-16le")), "停水");
    }

    #[test]
    fn what_nobody_can_make_out_is_marked_and_the_rest_of_it_is_read() {
        let cut = [gbk(TEXT), vec![0xcd]].concat();
        let told = words(&cut, Some("gbk"));
        assert!(told.starts_with(TEXT) && told.contains(MANGLED), "{told}");
    }

    #[test]
    fn headers_are_made_out_alike_and_a_character_cut_in_two_is_put_together() {
        let encoded = |charset: &str, bytes: &[u8]| format!("=?{charset}?B?{}?=", base64::prelude::BASE64_STANDARD.encode(bytes));
        for charset in ["gbk", "gb2312", "utf-8", "us-ascii", "iso-8859-1", "x-no", "GBK*zh"] {
            assert_eq!(header(encoded(charset, &gbk(TEXT)).as_bytes()), TEXT, "{charset}");
            assert_eq!(header(encoded(charset, TEXT.as_bytes()).as_bytes()), TEXT, "{charset}");
        }
        let (one, two) = TEXT.as_bytes().split_at(10);
        let cut = format!(" 转发: {}\r\n {} x", encoded("utf-8", one), encoded("UTF-8", two));
        assert_eq!(header(cut.as_bytes()), format!("转发: {TEXT} x"));
        let whole = gbk(TEXT);
        let (one, two) = whole.split_at(5);
        assert_eq!(header(format!("{} {}", encoded("gbk", one), encoded("gbk", two)).as_bytes()), TEXT);
        assert_eq!(header(b"=?gbk?Q?=CD=A3_=CB=AE?="), "停 水");
        assert_eq!(header(&[b"Re: ".as_slice(), &gbk("停水")].concat()), "Re: 停水");
        for odd in ["=?", "=?gbk?B", "=?gbk?X?a?=", "a =? b", "=?gbk?B?!!!?="] {
            assert!(header(odd.as_bytes()).len() <= odd.len(), "{odd}");
        }
    }

    #[test]
    fn what_is_not_quite_base64_or_quoted_printable_is_read_as_far_as_it_goes() {
        assert_eq!(base64(b"5YGc5rC0\r\n5YGc!\n5rC0"), "停水停水".as_bytes());
        assert_eq!(base64(b"YQ==YQ==Y"), b"aa");
        assert_eq!(quoted(b"a=3Db=\r\nc=zz= \n=E5=81=9C="), [b"a=bc=zz".as_slice(), "停".as_bytes()].concat());
    }
}

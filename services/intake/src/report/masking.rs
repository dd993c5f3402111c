//! Masking (遮蔽): by what a writer can be reached or told, where a text says it. Units read texts so, and nobody searches by it.

/// A run of so many digits is a telephone number or one of an identity card.
const DIGITS: usize = 7;
/// So many of them stay, by which one sees what it was.
const SHOWN: usize = 3;
const MOBILE: usize = 11;
const MASK: char = '*';

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// Whether a run of digits tells of a person; a day such as 20261110 does not.
pub(crate) fn is_personal(digits: &[char]) -> bool {
    let is_day = digits.len() == 8 && matches!(digits, ['1', '9', ..] | ['2', '0', ..]);
    digits.len() >= DIGITS && digits.iter().all(|c| is_digit(*c)) && !is_day
}

/// The digits of a mobile telephone's number that is written in groups: "138-1234-5678", "138 1234 5678".
fn mobile(chars: &[char]) -> Option<Vec<usize>> {
    let mut digits = Vec::with_capacity(MOBILE);
    let mut before_was_digit = false;
    for (at, c) in chars.iter().enumerate() {
        if is_digit(*c) {
            digits.push(at);
        } else if !(before_was_digit && matches!(c, ' ' | '-' | '－' | '.')) {
            break;
        }
        before_was_digit = is_digit(*c);
    }
    (digits.len() == MOBILE && matches!(chars.first(), Some('1' | '１'))).then_some(digits)
}

/// Stands in the ground of a placement before the number of another incident that the report may be of.
pub(crate) const MAY_BE: &str = ";疑与 ";

/// Why a report was placed, as a unit reads it: without the number of another incident that it may be of, of which the unit knows nothing.
pub(crate) fn without_others(ground: &str) -> &str {
    ground.split_once(MAY_BE).map_or(ground, |(own, _)| own)
}

/// A text of the same length without such runs.
pub(crate) fn masked(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for begins in 0..chars.len() {
        if (begins == 0 || !is_digit(chars[begins - 1]))
            && let Some(digits) = mobile(&chars[begins..])
        {
            digits.into_iter().skip(SHOWN).for_each(|at| chars[begins + at] = MASK);
        }
    }
    for run in chars.chunk_by_mut(|a, b| is_digit(*a) == is_digit(*b)) {
        if is_personal(run) {
            run.iter_mut().skip(SHOWN).for_each(|c| *c = MASK);
        }
    }
    chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{masked, without_others};

    #[test]
    fn a_unit_reads_why_its_report_was_placed_and_of_no_other_incident() {
        assert_eq!(without_others("首条线索;疑与 2026-0003 为同一事件(相似度 0.61),请核:共同词 停水"), "首条线索");
        assert_eq!(without_others("同一地点 丽发新城"), "同一地点 丽发新城");
    }

    #[test]
    fn numbers_by_which_a_writer_is_reached_are_masked_and_all_else_stays() {
        for (text, shown) in [
            ("请回电13812345678,谢谢", "请回电138********,谢谢"),
            ("电话0995-8321234。", "电话0995-832****。"),
            ("身份证65212319800101123X", "身份证652**************X"),
            ("电话１３８１２３４５６７８", "电话１３８********"),
            ("20261110起停水,3路公交,第2026-0018号,1200元", "20261110起停水,3路公交,第2026-0018号,1200元"),
            ("打138-1234-5678或139 1234 5678", "打138-****-****或139 **** ****"),
            ("2026-11-10 08:30至2026-11-12", "2026-11-10 08:30至2026-11-12"),
            ("", ""),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}

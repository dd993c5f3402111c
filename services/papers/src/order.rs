//! The order of properties, as ISO/IEC 29500-1 has it. The library writes them in its own order, of which Word is tolerant by custom
//! and others need not be.

/// Elements that hold properties, and those in the order of the schema.
const ORDERS: &[(&str, &[&str])] = &[
    (
        "pPr",
        &[
            "pStyle",
            "keepNext",
            "keepLines",
            "pageBreakBefore",
            "framePr",
            "widowControl",
            "numPr",
            "pBdr",
            "shd",
            "tabs",
            "snapToGrid",
            "spacing",
            "ind",
            "jc",
            "textAlignment",
            "outlineLvl",
            "rPr",
            "sectPr",
        ],
    ),
    ("rPr", &["rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "spacing", "w", "kern", "position", "sz", "szCs", "lang"]),
    ("tblPr", &["tblStyle", "tblpPr", "tblW", "jc", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"]),
    ("tcPr", &["tcW", "gridSpan", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection", "vAlign"]),
    ("pBdr", &["top", "left", "bottom", "right", "between", "bar"]),
    ("tblBorders", &["top", "left", "bottom", "right", "insideH", "insideV"]),
    ("tblCellMar", &["top", "left", "bottom", "right"]),
    (
        "sectPr",
        &["headerReference", "footerReference", "type", "pgSz", "pgMar", "pgNumType", "cols", "titlePg", "textDirection", "docGrid"],
    ),
];

/// The same XML with its properties in order.
pub(crate) fn ordered(xml: &str) -> String {
    let mut done = String::with_capacity(xml.len());
    let mut rest = xml;
    while let Some((at, name, order)) = next_holder(rest) {
        let open = format!("<w:{name}>");
        let close = format!("</w:{name}>");
        let (before, from) = rest.split_at(at);
        let inner_and_after = from.strip_prefix(open.as_str()).and_then(|inner| inner.split_once(close.as_str()));
        let Some((inner, after)) = inner_and_after else { break };
        let mut children = children(inner);
        children.sort_by_key(|child| order.iter().position(|known| *known == local_name(child)).unwrap_or(order.len()));
        done.push_str(before);
        done.push_str(&open);
        done.extend(children.into_iter().map(ordered));
        done.push_str(&close);
        rest = after;
    }
    done.push_str(rest);
    done
}

/// Where the next element that holds properties begins. None holds one of its own name.
fn next_holder(xml: &str) -> Option<(usize, &'static str, &'static [&'static str])> {
    let mut from = 0;
    while let Some(at) = xml.get(from..)?.find("<w:").map(|found| from + found) {
        let known =
            ORDERS.iter().find(|(name, _)| xml.get(at + 3..).and_then(|tag| tag.strip_prefix(*name)).is_some_and(|t| t.starts_with('>')));
        if let Some((name, order)) = known {
            return Some((at, name, order));
        }
        from = at + 3;
    }
    None
}

/// The elements directly inside.
fn children(inner: &str) -> Vec<&str> {
    let (mut found, mut depth, mut begun, mut at) = (Vec::new(), 0_usize, 0, 0);
    while let Some(end) = inner.get(at..).and_then(|rest| rest.find('>')).map(|end| at + end + 1) {
        let tag = inner.get(at..end).unwrap_or_default().trim_start();
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !tag.ends_with("/>") {
            depth += 1;
        }
        if depth == 0 {
            found.push(inner.get(begun..end).unwrap_or_default());
            begun = end;
        }
        at = end;
    }
    found
}

/// "jc" of `<w:jc w:val="both" />`.
fn local_name(element: &str) -> &str {
    let name = element.strip_prefix("<w:").unwrap_or_default();
    name.split([' ', '>', '/']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_come_in_the_order_of_the_schema_and_nothing_is_lost() {
        let xml = r#"<w:p><w:pPr><w:rPr><w:sz w:val="1" /><w:rFonts /></w:rPr><w:jc w:val="both" /><w:odd /><w:pBdr><w:bottom /><w:top /></w:pBdr></w:pPr><w:r><w:rPr /><w:t>a</w:t></w:r></w:p>"#;
        let expected = r#"<w:p><w:pPr><w:pBdr><w:top /><w:bottom /></w:pBdr><w:jc w:val="both" /><w:rPr><w:rFonts /><w:sz w:val="1" /></w:rPr><w:odd /></w:pPr><w:r><w:rPr /><w:t>a</w:t></w:r></w:p>"#;
        assert_eq!(ordered(xml), expected);
    }
}

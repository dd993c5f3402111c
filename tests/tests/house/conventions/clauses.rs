//! Every clause of the text is carried out: by a test, a duty, a notice or a chain of the rule, or by an rpc that is there.

use prost_reflect::DescriptorPool;

use super::{none, root};

const NUMERALS: [&str; 9] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// The clauses of the text, by its own headings (一、 and (一)) and enumerations (一是), as the house cites them: 二(一), 四(一)一. Of
/// two that bear one number, the first is 甲, the second 乙.
fn clauses_of(text: &str) -> Vec<String> {
    let mut clauses: Vec<String> = Vec::new();
    let mut section = "";
    for line in text.lines() {
        if let Some((numeral, _)) = line.split_once('、')
            && let Some(numeral) = NUMERALS.iter().find(|known| **known == numeral)
        {
            section = numeral;
            continue;
        }
        let heading = line.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(numeral, _)| numeral);
        let items = NUMERALS.iter().filter(|n| [":", ";", "。"].iter().any(|before| line.contains(&format!("{before}{n}是"))));
        let items: Vec<&str> = items.copied().collect();
        match (section, heading) {
            ("", _) => {}
            (section, None) if items.is_empty() => clauses.push(section.to_owned()),
            (section, None) => clauses.extend(items.iter().map(|item| format!("{section}({item})"))),
            (section, Some(heading)) if items.is_empty() => clauses.push(format!("{section}({heading})")),
            (section, Some(heading)) => clauses.extend(items.iter().map(|item| format!("{section}({heading}){item}"))),
        }
    }
    // The paragraphs of 一 are one clause; two headings with one number are two.
    clauses.dedup_by(|next, before| next == before && !next.contains('('));
    let repeated: Vec<String> =
        clauses.iter().filter(|clause| clauses.iter().filter(|other| other == clause).count() > 1).cloned().collect();
    for clause in repeated {
        for ordinal in ["甲", "乙"] {
            if let Some(found) = clauses.iter_mut().find(|known| **known == clause) {
                found.push_str(ordinal);
            }
        }
    }
    clauses
}

fn text() -> String {
    std::fs::read_to_string(root().join("deploy/regulation/toksun-2023.txt")).unwrap()
}

#[test]
fn the_rule_lists_the_clauses_of_the_text_and_no_others() {
    let book = huiying::demo::shipped_rule().unwrap();
    let rule = book.rules().next().unwrap();
    let mut expected = clauses_of(&text());
    assert_eq!(expected.len(), 20, "{expected:?}");
    let mut listed: Vec<String> = rule.clauses().map(|(clause, _)| clause.to_owned()).filter(|clause| !clause.ends_with('号')).collect();
    expected.sort();
    listed.sort();
    assert_eq!(listed, expected);
}

#[test]
fn every_clause_of_the_text_is_cited_by_the_rule_or_carried_out_by_an_rpc() {
    let book = huiying::demo::shipped_rule().unwrap();
    let rule = book.rules().next().unwrap();
    let cited = rule.cited();
    let carried: Vec<&str> = rule.carried_out().map(|(clause, _)| clause).collect();
    let findings =
        clauses_of(&text()).into_iter().filter(|clause| !cited.contains(&clause.as_str()) && !carried.contains(&clause.as_str()));
    none("clauses that nothing carries out", findings.collect());
}

#[test]
fn every_rpc_that_carries_out_a_clause_is_in_the_contract() {
    let pool = DescriptorPool::decode(huiying_proto::DESCRIPTORS).unwrap();
    let book = huiying::demo::shipped_rule().unwrap();
    let rule = book.rules().next().unwrap();
    let mut findings = Vec::new();
    for (clause, rpcs) in rule.carried_out() {
        for rpc in rpcs {
            let (service, method) = rpc.split_once('/').unwrap();
            let known = pool.get_service_by_name(service).is_some_and(|service| service.methods().any(|known| known.name() == method));
            if !known {
                findings.push(format!("{clause}: {rpc}"));
            }
        }
    }
    none("rpcs of the rule that are not in the contract", findings);
}

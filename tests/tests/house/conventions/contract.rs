//! Rules over the contract: what its descriptors say, and what the services make of it.

use std::collections::BTreeSet;

use huiying::compose::SERVICES as COMPOSED;
use prost_reflect::{DescriptorPool, Kind, MethodDescriptor};

use super::{SERVICES, files, none};

fn pool() -> DescriptorPool {
    DescriptorPool::decode(huiying_proto::DESCRIPTORS).unwrap()
}

/// Every rpc of the seven services: service and method.
fn rpcs(pool: &DescriptorPool) -> Vec<(&'static str, MethodDescriptor)> {
    let mut all = Vec::new();
    for service in pool.services() {
        if let Some(name) = SERVICES.iter().find(|name| service.package_name() == format!("huiying.{name}.v1")) {
            all.extend(service.methods().map(|m| (*name, m)));
        }
    }
    assert!(all.len() > 80, "only {} rpcs", all.len());
    all
}

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

fn snake(name: &str) -> String {
    name.char_indices().fold(String::new(), |mut snake, (at, c)| {
        if c.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
        snake
    })
}

fn is_mutation(method: &MethodDescriptor) -> bool {
    method.input().get_field_by_name("request_id").is_some()
}

fn source_of(service: &str) -> String {
    files(&format!("services/{service}/src"), ".rs").into_iter().map(|(_, text)| text).collect()
}

#[test]
fn every_rpc_has_one_permission_row_and_no_row_names_an_rpc_that_is_not_there() {
    let pool = pool();
    let expected: BTreeSet<String> = rpcs(&pool).iter().map(|(_, m)| path(m)).collect();
    let rows: Vec<String> = COMPOSED.iter().flat_map(|(_, _, rows)| rows.iter().map(|row| row.method.to_owned())).collect();
    let found: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), found.len(), "a row stands twice");
    none("rpcs without a row", expected.difference(&found).cloned().collect());
    none("rows without an rpc", found.difference(&expected).cloned().collect());
}

#[test]
fn the_permission_table_is_the_one_that_was_agreed() {
    let mut table = String::new();
    for (_, _, rows) in COMPOSED {
        for row in rows {
            let roles: BTreeSet<&str> = row.roles.iter().map(|r| r.as_str_name().trim_start_matches("ROLE_")).collect();
            table.push_str(&format!("{}: {}\n", row.method, roles.into_iter().collect::<Vec<_>>().join(" ")));
        }
    }
    let kept = super::root().join("tests/permissions.txt");
    if std::fs::read_to_string(&kept).unwrap_or_default() != table {
        let found = super::root().join("target/permissions.txt");
        std::fs::write(&found, &table).unwrap();
        panic!("the permission table differs from tests/permissions.txt; the table as it is stands in target/permissions.txt");
    }
}

#[test]
fn every_mutation_carries_a_request_id_first_and_is_carried_out_as_a_command_and_every_other_as_a_query_or_a_stream() {
    let pool = pool();
    let mut findings = Vec::new();
    for (service, method) in rpcs(&pool) {
        // A service may have several, one a noun's own: the last handler of one ends with its file.
        let handlers: String =
            files(&format!("services/{service}/src"), "service.rs").into_iter().map(|(_, text)| text + "async fn ").collect();
        let name = snake(method.name());
        let Some(body) = handlers.split(&format!("async fn {name}(")).nth(1).map(|rest| rest.split("async fn ").next().unwrap_or_default())
        else {
            findings.push(format!("{service}: no handler {name}"));
            continue;
        };
        let reads = ["Get", "List", "Find", "Render", "Search", "Watch"].iter().any(|verb| method.name().starts_with(verb));
        if is_mutation(&method) {
            if method.input().get_field(1).is_none_or(|f| f.name() != "request_id" || f.kind() != Kind::String) {
                findings.push(format!("{}: request_id is not field 1", path(&method)));
            }
            if reads || !body.contains("rpc::command") {
                findings.push(format!("{}: a mutation that is no command", path(&method)));
            }
        } else if !reads || !body.contains(if method.is_server_streaming() { "rpc::watch" } else { "rpc::query" }) {
            findings.push(format!("{}: neither a query nor a command, nor a stream that is watched", path(&method)));
        }
        if !body.contains("commands::") {
            findings.push(format!("{}: no commands function", path(&method)));
        }
        if body.lines().filter(|l| !l.trim().is_empty()).count() > 9 {
            findings.push(format!("{}: the handler does more than parse, carry out, answer", path(&method)));
        }
    }
    none("commands and queries", findings);
}

#[test]
fn every_list_pages_by_an_opaque_token() {
    let pool = pool();
    let unpaged = ["ListDuties"];
    let findings = rpcs(&pool)
        .into_iter()
        .filter(|(_, m)| ["List", "Search"].iter().any(|verb| m.name().starts_with(verb)) && !unpaged.contains(&m.name()))
        .filter(|(_, m)| {
            let input = ["page_size", "page_token"].iter().all(|f| m.input().get_field_by_name(f).is_some());
            !input || m.output().get_field_by_name("next_page_token").is_none() || m.input().get_field_by_name("offset").is_some()
        })
        .map(|(_, m)| path(&m))
        .collect();
    none("AIP-158", findings);
}

#[test]
fn every_rpc_names_its_chinese_term_in_its_comment() {
    let pool = pool();
    let mut findings = Vec::new();
    for (_, method) in rpcs(&pool) {
        let file = method.parent_service().parent_file();
        let path_in_file = method.path();
        let comment = file
            .file_descriptor_proto()
            .source_code_info
            .as_ref()
            .and_then(|info| info.location.iter().find(|l| l.path == path_in_file))
            .and_then(|l| l.leading_comments.clone())
            .unwrap_or_default();
        if !comment.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
            findings.push(path(&method));
        }
    }
    none("the Chinese term opens the doc comment's second part", findings);
}

#[test]
fn every_fact_of_the_contract_is_emitted_by_its_service() {
    let pool = pool();
    let mut findings = Vec::new();
    for service in SERVICES {
        let source = source_of(service);
        let file = pool.files().find(|f| f.name() == format!("huiying/{service}/v1/events.proto")).unwrap();
        for message in file.messages() {
            if !source.contains(&format!("{} {{", message.name())) {
                findings.push(format!("{service}.{} is never emitted", message.name()));
            }
        }
    }
    none("facts", findings);
}

#[test]
fn every_reason_that_a_service_gives_is_in_its_enum_and_every_value_is_given() {
    let pool = pool();
    let house: BTreeSet<String> = values(&pool, "event");
    let mut findings = Vec::new();
    for service in SERVICES {
        let declared = values(&pool, service);
        let source = source_of(service);
        let mut given = BTreeSet::new();
        for call in ["not_found(", "state(", "denied(", "stale(", "exists(", "invalid("] {
            for rest in source.split(&format!("Refusal::{call}")).skip(1) {
                if let Some(reason) = rest.trim_start().strip_prefix('"').and_then(|r| r.split('"').next()) {
                    given.insert(reason.to_owned());
                }
            }
        }
        findings.extend(
            given.iter().filter(|r| !declared.contains(*r) && !house.contains(*r)).map(|r| format!("{service}: {r} is not declared")),
        );
        findings
            .extend(declared.iter().filter(|r| !source.contains(&format!("\"{r}\""))).map(|r| format!("{service}: {r} is never given")));
    }
    none("reasons", findings);
}

fn values(pool: &DescriptorPool, package: &str) -> BTreeSet<String> {
    let name = format!("huiying.{package}.v1.ErrorReason");
    let reasons = pool.get_enum_by_name(&name).unwrap();
    reasons.values().map(|v| v.name().trim_start_matches("ERROR_REASON_").to_owned()).filter(|v| v != "UNSPECIFIED").collect()
}

#[test]
fn the_rule_s_vocabulary_of_facts_is_the_contract_s() {
    let pool = pool();
    let mut findings = Vec::new();
    for (kind, fields) in regulation::vocabulary() {
        let (service, message) = kind.split_once('.').unwrap();
        let Some(descriptor) = pool.get_message_by_name(&format!("huiying.{service}.v1.{message}")) else {
            findings.push(format!("{kind} is no fact"));
            continue;
        };
        findings.extend(
            fields.iter().filter(|field| descriptor.get_field_by_name(field).is_none()).map(|field| format!("{kind} has no field {field}")),
        );
    }
    none("vocabulary", findings);
}

#[test]
fn the_rule_s_words_for_platforms_and_media_are_the_contract_s() {
    let pool = pool();
    let mut findings = Vec::new();
    for (field, words) in regulation::report_words() {
        let prefix = format!("{}_", field.to_uppercase());
        let (_, name) = field.split_at(1);
        let name = format!("huiying.intake.v1.Outlet.{}{name}", &prefix[..1]);
        let values = pool.get_enum_by_name(&name).unwrap_or_else(|| panic!("{field} is no enum of the contract"));
        let told: BTreeSet<String> = values.values().map(|v| v.name().trim_start_matches(&prefix).to_lowercase()).collect();
        let known: BTreeSet<String> = words.iter().map(|word| (*word).to_owned()).chain(["unspecified".to_owned()]).collect();
        findings.extend(told.symmetric_difference(&known).map(|word| format!("{field}: {word}")));
    }
    none("words of reports", findings);
}

//! Every rpc × every kind of caller, and every rpc × input that is no input: generated from the contract, so that an rpc
//! that nobody thought of fails here.

use std::{collections::HashMap, sync::Arc};

use chassis::testing::{House, Rig, reason, request_id};
use huiying::compose::{Parts, SERVICES};
use huiying_proto::directory::{
    BodyEntry, ImportDirectoryRequest, ListPersonsRequest, PersonEntry, PositionEntry, Role, body::Kind,
    directory_service_client::DirectoryServiceClient,
};
use huiying_tests::raw;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind as FieldKind, MethodDescriptor, Value};
use tonic::Code;
use uuid::Uuid;

const PERSONAL: [Role; 12] = [
    Role::Collector,
    Role::InformationOfficer,
    Role::UnitHandler,
    Role::UnitHead,
    Role::OfficeStaff,
    Role::OfficeHead,
    Role::LeaderInCharge,
    Role::PrincipalLeader,
    Role::Auditor,
    Role::SystemAdministrator,
    Role::SecurityAdministrator,
    Role::AuditAdministrator,
];
const PLATFORMS: [Role; 4] = [Role::System, Role::SuperiorPlatform, Role::SubordinatePlatform, Role::MonitoringVendor];

struct Whole {
    house: House,
    persons: HashMap<Role, Uuid>,
    methods: Vec<(&'static str, &'static [Role], MethodDescriptor)>,
}

async fn whole() -> Whole {
    let rig = Rig::of("2026-11-17 09:00", &SERVICES.map(|(name, migrator, _)| (name, migrator))).await;
    let parts = Parts {
        clock: rig.clock.clone(),
        book: huiying::demo::shipped_rule().unwrap(),
        database_url: rig.url.clone(),
        connections: 8,
        writer_key: [7; 32],
        office: "测试".into(),
        site_url: "http://localhost".into(),
        superior: None,
        papers: (None, None),
        sources: Default::default(),
    };
    let mut services = Vec::new();
    for (name, ..) in SERVICES {
        services.push(parts.service(name).await.unwrap());
    }
    let house = rig.serve(services, &[]).await;
    let persons = enroll(&house).await;
    let pool = DescriptorPool::decode(huiying_proto::DESCRIPTORS).unwrap();
    let methods = SERVICES
        .iter()
        .flat_map(|(_, _, rows)| rows.iter())
        .map(|row| {
            let (service, method) = row.method.trim_start_matches('/').split_once('/').unwrap();
            let service = pool.get_service_by_name(service).unwrap();
            (row.method, row.roles, service.methods().find(|m| m.name() == method).unwrap())
        })
        .collect();
    Whole { house, persons, methods }
}

/// One person a role, all in one unit.
async fn enroll(house: &House) -> HashMap<Role, Uuid> {
    let start_time = Some(chassis::wire_time(chassis::testing::moment("2020-01-01 00:00")));
    let code = |role: Role| role.as_str_name().to_lowercase().replace('_', "-");
    let position = |role: Role| PositionEntry {
        person_code: code(role),
        body_code: "unit".into(),
        title: "测试".into(),
        roles: vec![role.into()],
        start_time,
        end_time: None,
    };
    let request = ImportDirectoryRequest {
        request_id: request_id(),
        bodies: vec![BodyEntry { code: "unit".into(), name: "县某局".into(), kind: Kind::Unit.into(), parent_code: String::new() }],
        persons: PERSONAL.iter().map(|role| PersonEntry { code: code(*role), name: "某人".into() }).collect(),
        positions: PERSONAL.iter().map(|role| position(*role)).collect(),
        ..Default::default()
    };
    let mut directory = DirectoryServiceClient::new(house.channel.clone());
    directory.import_directory(house.ask_as_service("setup", &[Role::System], request)).await.unwrap();
    let list = ListPersonsRequest { page_size: 100, page_token: String::new() };
    let persons = directory.list_persons(house.ask_as_service("setup", &[Role::System], list)).await.unwrap().into_inner().persons;
    house.settle().await;
    PERSONAL.iter().map(|role| (*role, persons.iter().find(|p| p.code == code(*role)).unwrap().person_id.parse().unwrap())).collect()
}

impl Whole {
    /// Calls an rpc; of one that streams, the first answer is what it answers.
    async fn call(&self, method: &str, descriptor: &MethodDescriptor, request: tonic::Request<Vec<u8>>) -> Result<(), tonic::Status> {
        let channel = self.house.channel.clone();
        let answer = if descriptor.is_server_streaming() {
            raw::open(channel, method, request).await
        } else {
            raw::call(channel, method, request).await
        };
        answer.map(drop)
    }

    fn ask(&self, role: Role, bytes: Vec<u8>) -> tonic::Request<Vec<u8>> {
        match self.persons.get(&role) {
            Some(person) => self.house.ask(*person, bytes),
            None => self.house.ask_as_service("platform", &[role], bytes),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rpc_admits_the_roles_of_its_row_and_refuses_every_other_caller() {
    let whole = whole().await;
    let mut findings = Vec::new();
    for (method, roles, descriptor) in &whole.methods {
        let nobody = whole.call(method, descriptor, tonic::Request::new(Vec::new())).await.unwrap_err();
        if nobody.code() != Code::Unauthenticated {
            findings.push(format!("{method} without a token: {nobody:?}"));
        }
        for role in PERSONAL.into_iter().chain(PLATFORMS) {
            let outcome = whole.call(method, descriptor, whole.ask(role, Vec::new())).await;
            let (code, why) = outcome.as_ref().map_or_else(|s| (s.code(), reason(s)), |_| (Code::Ok, String::new()));
            let turned_away = code == Code::PermissionDenied && why == "PERMISSION_DENIED";
            if roles.contains(&role) == turned_away {
                findings.push(format!("{method} as {role:?}: {code:?} {why}"));
            }
            if matches!(code, Code::Internal | Code::Unknown | Code::Unimplemented | Code::Unavailable) {
                findings.push(format!("{method} as {role:?}: {code:?} {outcome:?}"));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rpc_answers_hostile_input_with_a_typed_refusal_in_chinese() {
    let whole = whole().await;
    let mut findings = Vec::new();
    for (method, roles, descriptor) in &whole.methods {
        let Some(role) = roles.iter().find(|r| **r != Role::System) else { continue };
        for (name, message) in hostile(descriptor) {
            let outcome = whole.call(method, descriptor, whole.ask(*role, message.encode_to_vec())).await;
            let Err(status) = outcome else {
                // A query that ignores what it was not asked is no fault; a mutation that takes nonsense is.
                if descriptor.input().get_field_by_name("request_id").is_some() {
                    findings.push(format!("{method} took {name}"));
                }
                continue;
            };
            use tonic_types::StatusExt;
            let details = status.get_error_details();
            let chinese = details
                .localized_message()
                .is_some_and(|m| m.locale == "zh-CN" && m.message.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
            let typed = details.error_info().is_some_and(|info| info.domain.ends_with("huiying") && !info.reason.is_empty());
            let sort = matches!(
                status.code(),
                Code::InvalidArgument | Code::NotFound | Code::PermissionDenied | Code::FailedPrecondition | Code::Aborted
            );
            if !(chinese && typed && sort) {
                findings.push(format!("{method} with {name}: {status:?}"));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_attempt_is_recorded_with_who_and_why() {
    let whole = whole().await;
    let method = "/huiying.publication.v1.PublicationService/ReleaseStatement";
    raw::call(whole.house.channel.clone(), method, whole.ask(Role::UnitHead, Vec::new())).await.unwrap_err();
    whole.house.settle().await;
    let token = whole.house.issuer.person(whole.persons[&Role::Auditor], whole.house.clock.now(), 60).unwrap();
    let auditor =
        huiying::client::Client::new(&huiying::client::Addresses::one(&whole.house.address), &token, huiying::client::Protocol::Grpc)
            .unwrap();
    let copy = huiying::ledger::copy(&auditor, "publication").await.unwrap();
    let refused = copy.records.iter().any(|sealed| {
        let record = huiying_proto::event::Record::decode(sealed.record.clone()).unwrap();
        let (actor, audit) = (record.actor.unwrap(), record.audit.unwrap());
        actor.person_id == whole.persons[&Role::UnitHead].to_string()
            && audit.action == method
            && audit.refusal_reason == "PERMISSION_DENIED"
    });
    assert!(refused);
}

/// Messages that no service should take: ids that are none, text beyond all measure, enums that do not exist, times to come.
fn hostile(method: &MethodDescriptor) -> Vec<(&'static str, DynamicMessage)> {
    let with = |fill: &dyn Fn(&FieldKind, &str) -> Option<Value>| {
        let mut message = DynamicMessage::new(method.input());
        for field in method.input().fields() {
            if field.is_list() || field.name() == "request_id" {
                continue;
            }
            if let Some(value) = fill(&field.kind(), field.name()) {
                message.set_field(&field, value);
            }
        }
        if let Some(field) = method.input().get_field_by_name("request_id") {
            message.set_field(&field, Value::String(request_id()));
        }
        message
    };
    let text =
        |value: String| Arc::new(move |kind: &FieldKind, _: &str| matches!(kind, FieldKind::String).then(|| Value::String(value.clone())));
    let unknown = Arc::new(|kind: &FieldKind, name: &str| match kind {
        FieldKind::String if name.ends_with("_id") => {
            Some(Value::String(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001).to_string()))
        }
        FieldKind::String if name == "etag" => Some(Value::String("1".into())),
        // A day without a roster is anybody's to register; one to come is nobody's.
        FieldKind::String if name == "register_date" => Some(Value::String("2099-01-01".into())),
        FieldKind::String if name.ends_with("_date") || name == "week_of" => Some(Value::String("2026-11-10".into())),
        FieldKind::String if name == "page_token" => None,
        FieldKind::String => Some(Value::String("0".repeat(64))),
        _ => None,
    });
    let numbers = Arc::new(|kind: &FieldKind, _: &str| match kind {
        FieldKind::Int32 => Some(Value::I32(-1)),
        FieldKind::Int64 => Some(Value::I64(-1)),
        FieldKind::Enum(_) => Some(Value::EnumNumber(9999)),
        _ => None,
    });
    vec![
        ("nothing at all", with(&|_, _| None)),
        ("nonsense for text and ids", with(&*text("不是标识\u{0}\u{202e}'; DROP TABLE report; --".into()))),
        ("text beyond all measure", with(&*text("长".repeat(100_000)))),
        ("ids of nothing", with(&*unknown)),
        ("negative numbers and unknown enums", with(&*numbers)),
    ]
}

//! Outlets, through the contract.

use crate::office::office;
use chassis::testing::{assert_refused, request_id};
use huiying_proto::{
    directory::Role,
    intake::{
        self as pb,
        outlet::{Medium, Tier},
    },
};
use tonic::Code;

#[tokio::test]
async fn an_outlet_registered_again_keeps_its_id_and_takes_corrected_host_names() {
    let office = office().await;
    let mut message = pb::RegisterOutletRequest {
        request_id: request_id(),
        name: "沙河论坛".into(),
        tier: Tier::Social.into(),
        medium: Medium::Social.into(),
        hosts: vec!["bbs.example".into()],
    };
    let first =
        office.client.clone().register_outlet(office.house.ask(office.staff, message.clone())).await.unwrap().into_inner().outlet.unwrap();
    message.request_id = request_id();
    message.hosts = vec!["BBS.shahe.example".into()];
    let second = office.client.clone().register_outlet(office.house.ask(office.staff, message)).await.unwrap().into_inner().outlet.unwrap();
    assert_eq!(
        (second.outlet_id.as_str(), second.hosts.as_slice()),
        (first.outlet_id.as_str(), ["bbs.shahe.example".to_owned()].as_slice())
    );
    assert_eq!(office.told::<pb::OutletRegistered>().await.len(), 4);
}

#[tokio::test]
async fn an_outlet_of_a_taken_name_with_another_level_or_form_is_refused() {
    let office = office().await;
    assert_refused(office.register_outlet("领导信箱", Tier::Hotline, Medium::Letter).await, Code::AlreadyExists, "OUTLET_NAME_TAKEN");
    assert_refused(office.register_outlet("领导信箱", Tier::Mailbox, Medium::Web).await, Code::AlreadyExists, "OUTLET_NAME_TAKEN");
}

#[tokio::test]
async fn two_who_register_one_name_at_once_get_one_outlet() {
    let office = office().await;
    let calls = (0..8).map(|_| office.register_outlet("同时登记", Tier::Social, Medium::Social));
    let mut ids = Vec::new();
    for outlet in join_all(calls).await {
        ids.push(outlet.unwrap().outlet_id);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

async fn join_all<F: Future + Send>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, output) in pinned.iter_mut().zip(&mut done).filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *output = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().map(Option::unwrap).collect()
}

#[tokio::test]
async fn outlets_are_listed_by_name_page_by_page() {
    let office = office().await;
    for name in ["甲", "乙", "丙"] {
        office.register_outlet(name, Tier::Social, Medium::Social).await.unwrap();
    }
    let (mut names, mut page_token) = (Vec::new(), String::new());
    loop {
        let message = pb::ListOutletsRequest { page_size: 2, page_token };
        let page = office.client.clone().list_outlets(office.house.ask(office.water_head, message)).await.unwrap().into_inner();
        assert!(page.outlets.len() <= 2);
        names.extend(page.outlets.into_iter().map(|o| o.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let mut once = names.clone();
    once.dedup();
    assert_eq!((once.len(), names.len()), (5, 5));
}

#[tokio::test]
async fn bad_outlets_and_strangers_are_refused() {
    let office = office().await;
    assert_refused(office.register_outlet("  ", Tier::Social, Medium::Social).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.register_outlet("名", Tier::Unspecified, Medium::Social).await, Code::InvalidArgument, "FIELDS_INVALID");
    let ask = office.house.ask(office.water_head, pb::RegisterOutletRequest::default());
    assert_refused(office.client.clone().register_outlet(ask).await, Code::PermissionDenied, "PERMISSION_DENIED");
    let ask = office.house.ask_as_service("import", &[Role::System], pb::RegisterOutletRequest::default());
    assert_refused(office.client.clone().register_outlet(ask).await, Code::InvalidArgument, "FIELDS_INVALID");
}

//! What waits for its outlet, and what people said of it: nothing of it is lost, and a wrong word is corrected.

use chassis::{
    testing::{assert_refused, moment, request_id},
    wire_time,
};
use huiying_proto::intake::{
    self as pb,
    outlet::{Medium, Tier},
    sighting_outcome::Outcome,
    source::Kind,
    waiting_item::State,
};
use tonic::{Code, Status};

use crate::{
    office::{BUS, Office, PLANT, WATER, sighting},
    site::{described, office_online, within},
};

fn item(id: &str, url: &str, outlet: &str, text: &str, read: Option<(&str, i64)>) -> pb::SourceItem {
    pb::SourceItem {
        external_id: id.into(),
        title: format!("标题{id}"),
        excerpt: text.into(),
        url: url.into(),
        outlet_name: outlet.into(),
        publish_time: Some(wire_time(moment("2026-11-10 08:00"))),
        spread: read.map(|(civil, views)| pb::SpreadFigures {
            read_time: Some(wire_time(moment(civil))),
            view_count: views,
            ..Default::default()
        }),
        ..Default::default()
    }
}

impl Office {
    /// A vendor or a spreadsheet whose items tell their outlets themselves.
    async fn of_many(&self, kind: Kind) -> pb::Source {
        let columns = pb::ColumnMapping { title: "标题".into(), text: "正文".into(), time: "时间".into(), ..Default::default() };
        let columns = (kind == Kind::Spreadsheet).then_some(columns);
        self.register_source(self.staff, pb::RegisterSourceRequest { columns, ..described(kind, "多家", "") }).await.unwrap()
    }

    async fn brought(&self, source: &pb::Source, sightings: Vec<pb::SourceItem>) -> Vec<Outcome> {
        let message = pb::PushSightingsRequest { request_id: request_id(), source_id: source.source_id.clone(), sightings };
        let answer = self.sources().push_sightings(self.house.ask(self.collector, message)).await.unwrap().into_inner();
        answer.outcomes.iter().map(pb::SightingOutcome::outcome).collect()
    }

    async fn outlet_at(&self, name: &str, hosts: &[&str]) -> Result<pb::Outlet, Status> {
        let message = pb::RegisterOutletRequest {
            request_id: request_id(),
            name: name.into(),
            tier: Tier::Commercial.into(),
            medium: Medium::Web.into(),
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        };
        Ok(self.client.clone().register_outlet(self.house.ask(self.staff, message)).await?.into_inner().outlet.unwrap())
    }

    async fn resolve(&self, key: &str, item: &str, outlet: &str) -> Result<i64, Status> {
        let message = pb::ResolveUnknownOutletRequest {
            request_id: request_id(),
            outlet_key: key.into(),
            waiting_item_id: item.into(),
            outlet_id: outlet.into(),
        };
        Ok(self.sources().resolve_unknown_outlet(self.house.ask(self.collector, message)).await?.into_inner().item_count)
    }

    async fn refused_items(&self) -> Vec<pb::WaitingItem> {
        let message = pb::ListRefusedItemsRequest::default();
        self.sources().list_refused_items(self.house.ask(self.staff, message)).await.unwrap().into_inner().items
    }

    async fn aliases(&self) -> Vec<pb::OutletAlias> {
        let message = pb::ListOutletAliasesRequest::default();
        self.sources().list_outlet_aliases(self.house.ask(self.staff, message)).await.unwrap().into_inner().aliases
    }

    async fn correct_alias(&self, alias: &pb::OutletAlias, outlet: &str) -> Result<pb::CorrectOutletAliasResponse, Status> {
        let message = pb::CorrectOutletAliasRequest {
            request_id: request_id(),
            outlet_key: alias.outlet_key.clone(),
            etag: alias.etag.clone(),
            outlet_id: outlet.into(),
            reason: "认错了".into(),
        };
        Ok(self.sources().correct_outlet_alias(self.house.ask(self.staff, message)).await?.into_inner())
    }

    async fn outlets_of_reports(&self) -> Vec<(String, String)> {
        let mut told: Vec<_> = self.all_reports().await.into_iter().map(|report| (report.title, report.outlet_name)).collect();
        told.sort();
        told
    }
}

#[tokio::test]
async fn what_is_refused_when_its_outlet_is_known_stays_with_the_reason_and_may_be_named_anew() {
    let office = office_online().await;
    let sheet = office.of_many(Kind::Spreadsheet).await;
    let site = office.outlet_at("某网", &["site.example"]).await.unwrap();
    // Someone typed another in under the same number.
    let typed = pb::RegisterReportRequest { external_id: "7".into(), ..sighting(&site.outlet_id, "公交改线", BUS) };
    office.register_by(office.staff, typed).await.unwrap();
    let rows = vec![item("7", "", "没听说过的网", PLANT, None), item("8", "", "没听说过的网", WATER, None)];
    assert_eq!(office.brought(&sheet, rows.clone()).await, [Outcome::Waiting, Outcome::Waiting]);
    office.resolve("没听说过的网", "", &site.outlet_id).await.unwrap();
    let refused = within(async || office.refused_items().await.pop()).await;
    assert_eq!((refused.title.as_str(), refused.state()), ("标题7", State::Refused));
    assert!(refused.refuse_reason.contains("编号已登记过"), "{refused:?}");
    assert_eq!(office.outlets_of_reports().await.len(), 2, "the other one went in");
    assert!(office.unknown_outlets().await.is_empty());
    office.shows("huiying_items_waiting", 1.0).await;
    // It is known all the same, and another outlet takes it in.
    assert_eq!(office.brought(&sheet, rows).await, [Outcome::Known, Outcome::Known]);
    assert_eq!(office.resolve("", &refused.waiting_item_id, &office.paper).await.unwrap(), 1);
    within(async || (office.outlets_of_reports().await.len() == 3).then_some(())).await;
    assert!(office.outlets_of_reports().await.contains(&("标题7".to_owned(), "X市日报".to_owned())));
    assert!(office.refused_items().await.is_empty());
}

#[tokio::test]
async fn of_two_rows_under_one_number_in_portions_that_come_together_one_is_registered_and_the_other_refused_by_name() {
    let office = office_online().await;
    let sheet = office.of_many(Kind::Spreadsheet).await;
    office.outlet_at("某网", &["site.example"]).await.unwrap();
    let portion = async |number: &str, text: &str| {
        let sightings = vec![item(number, "", "某网", text, None)];
        let message = pb::PushSightingsRequest { request_id: request_id(), source_id: sheet.source_id.clone(), sightings };
        loop {
            match office.sources().push_sightings(office.house.ask(office.collector, message.clone())).await {
                Ok(answer) => break answer.into_inner().outcomes.remove(0),
                Err(met) => assert_eq!(met.code(), Code::Aborted, "{met:?}"),
            }
        }
    };
    for (number, one, other) in [("1", PLANT, WATER), ("2", BUS, "县医院停车场收费过高,看病的群众意见很大,请物价部门核查。")]
    {
        let (one, other) = tokio::join!(portion(number, one), portion(number, other));
        let refused = if one.outcome() == Outcome::Registered { other } else { one };
        assert_eq!(refused.outcome(), Outcome::Refused, "{refused:?}");
        assert!(refused.message.contains("已登记过,内容不同"), "{refused:?}");
    }
    assert_eq!(office.all_reports().await.len(), 2);
}

#[tokio::test]
async fn readings_of_what_waits_are_kept_and_go_with_it() {
    let office = office_online().await;
    let vendor = office.of_many(Kind::Webhook).await;
    let at = "https://late.example/1";
    office.brought(&vendor, vec![item("1", at, "", PLANT, Some(("2026-11-10 08:30", 10)))]).await;
    office.house.at("2026-11-10 12:00").await;
    let later = |civil, views| vec![item("1", at, "", PLANT, Some((civil, views)))];
    assert_eq!(office.brought(&vendor, later("2026-11-10 11:00", 12_000)).await, [Outcome::Known]);
    assert_eq!(office.brought(&vendor, later("2026-11-10 10:00", 900)).await, [Outcome::Known]);
    office.outlet_at("迟登记的网", &["late.example"]).await.unwrap();
    let report = within(async || office.all_reports().await.pop()).await;
    assert_eq!(report.view_count, 12_000, "what was read last");
    let read = office.provenance(&report.report_id).await.spreads;
    assert_eq!(read.iter().map(|reading| reading.view_count).collect::<Vec<_>>(), [12_000, 900, 10]);
}

#[tokio::test]
async fn a_wrong_word_on_an_outlet_is_listed_with_who_said_it_and_corrected_or_taken_back() {
    let office = office_online().await;
    let vendor = office.of_many(Kind::Webhook).await;
    let (right, wrong) = (office.outlet_at("对的网", &[]).await.unwrap(), office.outlet_at("错的网", &[]).await.unwrap());
    office.brought(&vendor, vec![item("1", "https://x.example/1", "", PLANT, None)]).await;
    office.resolve("x.example", "", &wrong.outlet_id).await.unwrap();
    within(async || office.all_reports().await.pop()).await;
    let alias = office.aliases().await.remove(0);
    assert_eq!((alias.outlet_key.as_str(), alias.outlet_name.as_str()), ("x.example", "错的网"));
    assert_eq!((alias.person_id.as_str(), alias.decide_time.is_some()), (office.collector.to_string().as_str(), true));
    let corrected = office.correct_alias(&alias, &right.outlet_id).await.unwrap().alias.unwrap();
    assert_eq!((corrected.outlet_name.as_str(), corrected.person_id.as_str()), ("对的网", office.staff.to_string().as_str()));
    office.brought(&vendor, vec![item("2", "https://x.example/2", "", WATER, None)]).await;
    let told = |pairs: &[(&str, &str)]| pairs.iter().map(|(t, o)| ((*t).to_owned(), (*o).to_owned())).collect::<Vec<_>>();
    // What was registered keeps the outlet by which it was judged.
    assert_eq!(office.outlets_of_reports().await, told(&[("标题1", "错的网"), ("标题2", "对的网")]));
    assert_refused(office.correct_alias(&alias, "").await, Code::Aborted, "OUTLET_ALIAS_STALE");
    let nobody = office.house.new_id().to_string();
    assert_refused(office.correct_alias(&corrected, &nobody).await, Code::NotFound, "OUTLET_UNKNOWN");
    assert!(office.correct_alias(&corrected, "").await.unwrap().alias.is_none());
    assert_refused(office.correct_alias(&corrected, "").await, Code::NotFound, "OUTLET_ALIAS_UNKNOWN");
    assert_eq!(office.brought(&vendor, vec![item("3", "https://x.example/3", "", BUS, None)]).await, [Outcome::Waiting]);
    assert!(office.aliases().await.is_empty());
    let ledger = format!("{:?}", office.ledger().await);
    assert!(ledger.contains("“x.example”原认定为“错的网”,改认定为“对的网”:认错了"));
}

#[tokio::test]
async fn the_host_of_an_address_tells_before_the_name_that_the_source_gives() {
    let office = office_online().await;
    let vendor = office.of_many(Kind::Webhook).await;
    office.outlet_at("甲网", &["a-site.example"]).await.unwrap();
    office.outlet_at("乙网", &["b-site.example"]).await.unwrap();
    let items = vec![
        item("1", "https://a-site.example/1", "乙网", PLANT, None),
        item("2", "https://elsewhere.example/2", "乙网", WATER, None),
        item("3", "https://c-site.example/3", "丙网", BUS, None),
    ];
    assert_eq!(office.brought(&vendor, items).await, [Outcome::Registered, Outcome::Registered, Outcome::Waiting]);
    let reports = office.all_reports().await;
    let first = reports.iter().find(|report| report.title == "标题1").unwrap();
    let doubt = office.provenance(&first.report_id).await.provenance.unwrap().doubt;
    assert_eq!(doubt, "采集源称其来源为“乙网”,按地址登记为“甲网”");
    let waiting = office.unknown_outlets().await.remove(0);
    assert_eq!((waiting.outlet_key.as_str(), waiting.items[0].outlet_name.as_str()), ("c-site.example", "丙网"));
    // Registered by its name alone it is known, too.
    office.outlet_at("丙网", &[]).await.unwrap();
    within(async || (office.all_reports().await.len() == 3).then_some(())).await;
    let expected = [("标题1", "甲网"), ("标题2", "乙网"), ("标题3", "丙网")].map(|(t, o)| (t.to_owned(), o.to_owned()));
    assert_eq!(office.outlets_of_reports().await, expected);
}

#[tokio::test]
async fn a_host_is_a_host_name_and_one_outlets_alone() {
    let office = office_online().await;
    let outlet = office.outlet_at("甲网", &["WWW.Jia.example", "www.jia.example.", "托克逊.政务"]).await.unwrap();
    assert_eq!(outlet.hosts.len(), 2, "{outlet:?}");
    assert!(outlet.hosts[0] == "www.jia.example" && outlet.hosts[1].starts_with("xn--"), "{outlet:?}");
    for host in ["https://jia.example", "jia.example/news", "jia.example:80", "a b.example", "jia", ""] {
        assert_refused(office.outlet_at("乙网", &[host]).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
    let taken = office.outlet_at("乙网", &["www.jia.example"]).await;
    assert!(taken.as_ref().unwrap_err().message().contains("甲网"), "{taken:?}");
    assert_refused(taken, Code::AlreadyExists, "OUTLET_HOST_TAKEN");
    // Two at once: one has it.
    let (one, two) = tokio::join!(office.outlet_at("丙网", &["c.example"]), office.outlet_at("丁网", &["c.example"]));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    // What a person said a host is, it is.
    let vendor = office.of_many(Kind::Webhook).await;
    office.brought(&vendor, vec![item("1", "https://said.example/1", "", PLANT, None)]).await;
    office.resolve("said.example", "", &outlet.outlet_id).await.unwrap();
    assert_refused(office.outlet_at("戊网", &["said.example"]).await, Code::AlreadyExists, "OUTLET_HOST_TAKEN");
}

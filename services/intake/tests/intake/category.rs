//! Categories (诉求分类), through the contract: the machine suggests, a person decides.

use std::collections::HashSet;

use crate::office::{BUS, Office, PLANT, WATER, letter, office, sighting};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::intake::{self as pb, bulletin::Kind};
use tonic::{Code, Status};
use uuid::Uuid;

const NOISE: [&str; 3] = ["环境保护", "环境污染", "噪音污染"];
const TAP: [&str; 3] = ["城乡建设", "城市建设和市政管理", "自来水供应"];
const BUSES: [&str; 3] = ["城乡建设", "城市建设和市政管理", "公共汽车"];

fn leaf([first, second, third]: [&str; 3]) -> pb::Category {
    pb::Category { first_name: first.into(), second_name: second.into(), third_name: third.into(), ..Default::default() }
}

impl Office {
    async fn adopt(&self, by: Uuid, leaves: &[[&str; 3]]) -> Result<(i32, i32, i32), Status> {
        let message =
            pb::RegisterCategoriesRequest { request_id: request_id(), categories: leaves.iter().map(|names| leaf(*names)).collect() };
        let answer = self.client.clone().register_categories(self.house.ask(by, message)).await?.into_inner();
        self.house.settle().await;
        Ok((answer.added_count, answer.kept_count, answer.retired_count))
    }

    async fn categories(&self, page_size: i32, page_token: &str) -> pb::ListCategoriesResponse {
        let message = pb::ListCategoriesRequest { page_size, page_token: page_token.into() };
        self.client.clone().list_categories(self.house.ask(self.water_head, message)).await.unwrap().into_inner()
    }

    async fn category(&self, names: [&str; 3]) -> String {
        let all = self.categories(0, "").await.categories;
        all.into_iter().find(|category| category.third_name == names[2]).unwrap().category_id
    }

    async fn suggested(&self, by: Uuid, report: &str) -> Result<Vec<(String, f64)>, Status> {
        let message = pb::GetCategorySuggestionsRequest { report_id: report.into() };
        let answer = self.client.clone().get_category_suggestions(self.house.ask(by, message)).await?.into_inner();
        Ok(answer.suggestions.into_iter().map(|s| (s.category.unwrap().third_name, s.score)).collect())
    }

    async fn categorize(&self, by: Uuid, report: &str, category: &str) -> Result<pb::Report, Status> {
        let message = pb::CategorizeReportRequest { request_id: request_id(), report_id: report.into(), category_id: category.into() };
        Ok(self.client.clone().categorize_report(self.house.ask(by, message)).await?.into_inner().report.unwrap())
    }

    async fn of_categories(&self, categories: &[&str]) -> Vec<String> {
        let message = pb::SearchReportsRequest {
            query: "锦绣家园".into(),
            category_ids: categories.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        let answer = self.client.clone().search_reports(self.house.ask(self.staff, message)).await.unwrap().into_inner();
        answer.hits.into_iter().map(|hit| hit.report.unwrap().title).collect()
    }
}

#[tokio::test]
async fn a_report_is_suggested_a_category_as_it_is_placed_and_a_person_decides() {
    let office = office().await;
    assert_eq!(office.adopt(office.staff, &[NOISE, TAP, BUSES]).await.unwrap(), (3, 0, 0));
    let plant = office.placed(sighting(&office.paper, "搅拌站噪音扰民", PLANT)).await;
    let noise = office.category(NOISE).await;
    assert_eq!((plant.category_id.as_str(), plant.category_suggested), (noise.as_str(), true));
    assert_eq!(office.told::<pb::ReportPlaced>().await.remove(0).category_id, noise);
    let suggested = office.suggested(office.staff, &plant.report_id).await.unwrap();
    assert_eq!(suggested[0].0, "噪音污染");
    assert!(suggested.len() <= 3 && suggested[0].1 > 0.5 && suggested[0].1 <= 1.0, "{suggested:?}");
    // A person knows better.
    let tap = office.category(TAP).await;
    let decided = office.categorize(office.collector, &plant.report_id, &tap).await.unwrap();
    assert_eq!((decided.category_id.as_str(), decided.category_suggested), (tap.as_str(), false));
    let told = office.told::<pb::ReportCategorized>().await.remove(0);
    assert_eq!((told.incident_id, told.category.as_str()), (plant.incident_id.clone(), "城乡建设/城市建设和市政管理/自来水供应"));
    assert_eq!(told.person_id, office.collector.to_string());
    // It stays so wherever the report goes.
    let bus = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    office.move_report(&plant.report_id, &bus.incident_id).await.unwrap();
    let moved = office.report(office.staff, &plant.report_id).await.unwrap();
    assert_eq!((moved.category_id.as_str(), moved.category_suggested), (tap.as_str(), false));
    let unknown = office.categorize(office.staff, &plant.report_id, &Uuid::from_u128(7).to_string()).await;
    assert_refused(unknown, Code::NotFound, "CATEGORY_UNKNOWN");
    assert_refused(office.categorize(office.staff, &Uuid::from_u128(7).to_string(), &tap).await, Code::NotFound, "REPORT_UNKNOWN");
}

#[tokio::test]
async fn a_unit_is_suggested_nothing_of_what_it_may_not_see() {
    let office = office().await;
    office.adopt(office.staff, &[NOISE]).await.unwrap();
    let plant = office.placed(sighting(&office.paper, "搅拌站噪音扰民", PLANT)).await;
    assert_refused(office.suggested(office.water_head, &plant.report_id).await, Code::NotFound, "REPORT_UNKNOWN");
    let incident = office.incident(&plant.incident_id).await;
    office.name_bodies(&incident, &[office.water]).await.unwrap();
    assert_eq!(office.suggested(office.water_head, &plant.report_id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_table_nothing_is_suggested_and_reports_are_placed_all_the_same() {
    let office = office().await;
    let plant = office.placed(sighting(&office.paper, "搅拌站噪音扰民", PLANT)).await;
    assert_eq!((plant.category_id.as_str(), plant.category_suggested), ("", false));
    assert!(office.suggested(office.staff, &plant.report_id).await.unwrap().is_empty());
    // A table that comes later suggests for what comes after it, and for the asking.
    office.adopt(office.staff, &[NOISE]).await.unwrap();
    assert_eq!(office.suggested(office.staff, &plant.report_id).await.unwrap()[0].0, "噪音污染");
    assert!(office.placed(sighting(&office.paper, "另一处工地噪音扰民", "晨光小学旁工地夜间施工,噪音扰民。")).await.category_suggested);
}

#[tokio::test]
async fn another_table_keeps_the_names_that_it_has_and_retires_the_others() {
    let office = office().await;
    office.adopt(office.staff, &[NOISE, TAP, BUSES]).await.unwrap();
    let noise = office.category(NOISE).await;
    let plant = office.placed(sighting(&office.paper, "搅拌站噪音扰民", PLANT)).await;
    assert_eq!(office.adopt(office.head, &[BUSES, TAP, ["政法", "公安", "户籍管理"]]).await.unwrap(), (1, 2, 1));
    let first = office.categories(2, "").await;
    let rest = office.categories(2, &first.next_page_token).await;
    let all: Vec<_> = first.categories.into_iter().chain(rest.categories).map(|c| (c.third_name, c.retired)).collect();
    let expected = [("公共汽车", false), ("自来水供应", false), ("户籍管理", false), ("噪音污染", true)];
    assert_eq!(all, expected.map(|(name, retired)| (name.to_owned(), retired)));
    // What was categorized so stays; nothing new is.
    assert_eq!(office.report(office.staff, &plant.report_id).await.unwrap().category_id, noise);
    assert_refused(office.categorize(office.staff, &plant.report_id, &noise).await, Code::NotFound, "CATEGORY_UNKNOWN");
    assert_ne!(office.placed(sighting(&office.paper, "另一处工地噪音扰民", "晨光小学旁工地夜间施工,噪音扰民。")).await.category_id, noise);
    // It comes back under its id, and the same table again changes nothing.
    assert_eq!(office.adopt(office.head, &[NOISE]).await.unwrap(), (1, 0, 3));
    assert_eq!(office.category(NOISE).await, noise);
    assert_eq!(office.adopt(office.head, &[NOISE]).await.unwrap(), (0, 1, 0));
}

#[tokio::test]
async fn a_table_of_none_or_with_a_name_twice_or_missing_is_refused_whole() {
    let office = office().await;
    for leaves in [&[][..], &[NOISE, TAP, NOISE], &[NOISE, ["环境保护", "", "水污染"]]] {
        assert_refused(office.adopt(office.staff, leaves).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
    assert!(office.categories(0, "").await.categories.is_empty());
}

#[tokio::test]
async fn a_search_is_limited_to_categories() {
    let office = office().await;
    office.adopt(office.staff, &[NOISE, TAP, BUSES]).await.unwrap();
    office.placed(sighting(&office.paper, "锦绣家园噪音扰民", PLANT)).await;
    office.placed(sighting(&office.paper, "锦绣家园停水", "锦绣家园连续三天停水,自来水供应何时恢复?")).await;
    let (noise, tap, buses) = (office.category(NOISE).await, office.category(TAP).await, office.category(BUSES).await);
    assert_eq!(office.of_categories(&[]).await.len(), 2);
    assert_eq!(office.of_categories(&[&tap]).await, ["锦绣家园停水"]);
    assert_eq!(office.of_categories(&[&noise, &buses]).await, ["锦绣家园噪音扰民"]);
    assert!(office.of_categories(&[&buses]).await.is_empty());
}

#[tokio::test]
async fn every_report_of_a_category_is_found_page_by_page_whether_the_category_or_the_word_is_the_rarer() {
    let office = office().await;
    office.adopt(office.staff, &[NOISE, TAP, BUSES]).await.unwrap();
    // Of 1,100 letters all but one in twenty tell of tap water; one in fifty tells of a lamp.
    let (mut tap, mut bus, mut lamp) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut rows = Vec::new();
    for n in 0..1_100 {
        let id = format!("L{n}");
        let (of, said) = if n % 20 == 7 { (&mut bus, "公共汽车不来") } else { (&mut tap, "自来水供应不足") };
        of.insert(id.clone());
        let lit = if n % 50 == 3 { "路灯不亮" } else { "" };
        lamp.extend((!lit.is_empty()).then(|| id.clone()));
        rows.push(letter(n + 1, &id, &format!("某{n}"), &format!("第{n}封"), &format!("幸福小区{said}。{lit}"), "2026-11-09 08:00"));
    }
    for portion in rows.chunks(500) {
        office.import(portion.to_vec()).await.unwrap();
    }
    office.house.settle().await;
    let (water, buses) = (office.category(TAP).await, office.category(BUSES).await);
    for (word, category, expected) in [
        ("小区", &water, tap.clone()),
        ("小区", &buses, bus.clone()),
        ("路灯", &water, &tap & &lamp),
        ("路灯", &buses, &bus & &lamp),
        ("暖气", &water, HashSet::new()),
    ] {
        let mut message =
            pb::SearchReportsRequest { query: word.into(), category_ids: vec![category.clone()], page_size: 300, ..Default::default() };
        let mut found = Vec::new();
        loop {
            let answer = office.client.clone().search_reports(office.house.ask(office.staff, message.clone())).await.unwrap().into_inner();
            found.extend(answer.hits.into_iter().map(|hit| hit.report.unwrap().external_id));
            if answer.next_page_token.is_empty() {
                break;
            }
            message.page_token = answer.next_page_token;
        }
        assert_eq!(found.len(), expected.len(), "{word}");
        assert_eq!(HashSet::from_iter(found), expected, "{word}");
    }
}

#[tokio::test]
async fn the_register_and_the_bulletin_say_what_is_complained_of_and_what_nobody_confirmed() {
    let office = office().await;
    office.adopt(office.staff, &[NOISE, TAP, BUSES]).await.unwrap();
    office.placed(sighting(&office.paper, "锦绣家园搅拌站噪音扰民", PLANT)).await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.placed(sighting(&office.paper, "河东自来水又发黄", WATER)).await;
    office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    office.placed(sighting(&office.paper, "问候", "大家好。")).await;
    office.categorize(office.staff, &water.report_id, &office.category(TAP).await).await.unwrap();
    office.house.at("2026-11-10 18:00").await;
    let register = office.compile(office.collector, "2026-11-10").await.unwrap();
    for part in ["锦绣家园搅拌站噪音扰民(待研判;环境保护/噪音污染;", "河东自来水发黄(待研判;城乡建设/自来水供应;", "问候(待研判;线索 1 条"]
    {
        assert!(register.text.contains(part), "{part}: {}", register.text);
    }
    let bulletin = office.issue(Kind::Weekly, "", "2026-11-10").await.unwrap();
    let counts: Vec<_> =
        bulletin.spread.unwrap().by_category.into_iter().map(|c| (c.first_name, c.report_count, c.suggested_count)).collect();
    let expected = [("城乡建设", 3, 2), ("", 1, 0), ("环境保护", 1, 1)];
    assert_eq!(counts, expected.map(|(name, all, suggested)| (name.to_owned(), all, suggested)));
}

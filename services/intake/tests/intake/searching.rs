//! Searching reports, through the contract.

use crate::office::{BUS, Office, PLANT, WATER, letter, office, sighting};
use chassis::{
    testing::{assert_refused, moment},
    wire_time,
};
use huiying_proto::{
    assessment,
    directory::{Role, body::Kind},
    intake::{
        self as pb, SearchHit, SearchReportsRequest,
        highlight::Field,
        incident::Level,
        outlet::{Medium, Tier},
        report::State,
    },
};
use sqlx::Connection;
use tonic::{Code, Status};
use uuid::Uuid;

fn query(text: &str) -> SearchReportsRequest {
    SearchReportsRequest { query: text.into(), ..Default::default() }
}

impl Office {
    async fn search(&self, by: Uuid, message: SearchReportsRequest) -> Result<pb::SearchReportsResponse, Status> {
        Ok(self.client.clone().search_reports(self.house.ask(by, message)).await?.into_inner())
    }

    /// The titles of what a search finds, best first.
    pub async fn found(&self, message: SearchReportsRequest) -> Vec<String> {
        titles(self.search(self.staff, message).await.unwrap().hits)
    }

    /// Every page from one on.
    async fn pages(&self, mut message: SearchReportsRequest) -> Vec<Vec<SearchHit>> {
        let mut pages = Vec::new();
        loop {
            let answer = self.search(self.staff, message.clone()).await.unwrap();
            pages.push(answer.hits);
            if answer.next_page_token.is_empty() {
                return pages;
            }
            message.page_token = answer.next_page_token;
        }
    }
}

fn titles(hits: Vec<SearchHit>) -> Vec<String> {
    hits.into_iter().map(|hit| hit.report.unwrap().title).collect()
}

async fn county() -> Office {
    let office = office().await;
    for (title, text) in [("搅拌站扰民", PLANT), ("自来水发黄", WATER), ("公交改线", BUS)] {
        office.register_by(office.staff, sighting(&office.paper, title, text)).await.unwrap();
    }
    office.house.settle().await;
    office
}

#[tokio::test]
async fn words_phrases_codes_and_single_characters_are_found_and_particles_are_not_looked_for() {
    let office = county().await;
    for (text, title) in [
        ("混凝土", "搅拌站扰民"),
        ("半夜 噪声", "搅拌站扰民"),
        ("混凝土搅拌站", "搅拌站扰民"),
        ("搅拌", "搅拌站扰民"),
        ("向阳里小区", "自来水发黄"),
        ("水", "自来水发黄"),
        ("“不敢喝”", "自来水发黄"),
        ("攪拌站 噪聲", "搅拌站扰民"),
        ("３路", "公交改线"),
        ("文庙街的老人", "公交改线"),
    ] {
        assert_eq!(office.found(query(text)).await, [title], "{text}");
    }
    for nothing in ["混凝土 公交", "13路", "“噪声半夜”", "停电"] {
        assert_eq!(office.found(query(nothing)).await, [""; 0], "{nothing}");
    }
    assert_eq!(office.found(query("小区 -异味")).await, [""; 0]);
    assert_eq!(office.found(query("小区 -噪声")).await, ["自来水发黄"]);
    assert_refused(office.search(office.staff, query("的 了")).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.search(office.staff, query("-停水")).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn what_was_written_in_traditional_forms_is_found_by_simplified_ones_and_shown_as_it_was_written() {
    let office = office().await;
    office.register_by(office.staff, sighting(&office.paper, "攪拌站擾民", "錦繡家園旁邊的攪拌站半夜生產。")).await.unwrap();
    office.house.settle().await;
    for text in ["搅拌站", "攪拌站", "锦绣家园"] {
        assert_eq!(office.found(query(text)).await, ["攪拌站擾民"], "{text}");
    }
    let hit = office.search(office.staff, query("搅拌站")).await.unwrap().hits.remove(0);
    assert_eq!(hit.highlights[0].text, "攪拌站擾民");
    assert_eq!((hit.highlights[0].ranges[0].start, hit.highlights[0].ranges[0].end), (0, 3));
}

#[tokio::test]
async fn a_program_of_before_finds_the_months_of_what_this_one_indexed() {
    let office = county().await;
    let mut connection = sqlx::PgConnection::connect(&office.house.url).await.unwrap();
    let months: Vec<(String, i64, i64)> = sqlx::query_as("SELECT mark, first_place, last_place FROM intake.search_month ORDER BY mark")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(months, [("^p2026-11".to_owned(), 1, 3), ("^r2026-11".to_owned(), 1, 3)]);
}

#[tokio::test]
async fn a_title_counts_more_than_the_text_and_what_is_newer_more_than_what_is_old() {
    let office = office().await;
    let old = pb::RegisterReportRequest {
        publish_time: Some(wire_time(moment("2024-11-10 08:00"))),
        ..sighting(&office.paper, "供暖旧闻", "某小区供暖不足。")
    };
    for message in [old, sighting(&office.paper, "别的事", "某小区供暖不足。"), sighting(&office.paper, "供暖不足", "某小区反映。")]
    {
        office.register_by(office.staff, message).await.unwrap();
    }
    office.house.settle().await;
    assert_eq!(office.found(query("供暖")).await, ["供暖不足", "别的事", "供暖旧闻"]);
    let hits = office.search(office.staff, query("供暖")).await.unwrap().hits;
    assert!(hits.windows(2).all(|pair| pair[0].rank > pair[1].rank));
}

#[tokio::test]
async fn hits_are_told_as_ranges_of_characters_of_what_was_registered() {
    let office = office().await;
    let text = format!("{}住在Ａ3区的人说<b>停水</b>三天。", "前言".repeat(60));
    office.register_by(office.staff, sighting(&office.paper, "又停水了", &text)).await.unwrap();
    office.house.settle().await;
    let hit = office.search(office.staff, query("停水 a3区")).await.unwrap().hits.remove(0);
    let report = hit.report.unwrap();
    assert_eq!(report.excerpt, "");
    let text = office.report(office.staff, &report.report_id).await.unwrap().excerpt;
    let marked: Vec<(Field, String)> = hit
        .highlights
        .iter()
        .flat_map(|part| {
            let chars: Vec<char> = part.text.chars().collect();
            part.ranges.iter().map(move |range| (part.field(), chars[range.start as usize..range.end as usize].iter().collect()))
        })
        .collect();
    let expected = [(Field::Title, "停水"), (Field::Excerpt, "Ａ3区"), (Field::Excerpt, "停水")];
    assert_eq!(marked, expected.map(|(field, text)| (field, text.to_owned())));
    let part = &hit.highlights[1];
    let there: String = text.chars().skip(part.start as usize).take(part.text.chars().count()).collect();
    assert_eq!(there, part.text);
}

#[tokio::test]
async fn filters_leave_what_fits_them() {
    let office = county().await;
    let county_paper = office.register_outlet("县报", Tier::County, Medium::Paper).await.unwrap().outlet_id;
    let other = pb::RegisterReportRequest {
        publish_time: Some(wire_time(moment("2026-09-01 08:00"))),
        body_ids: vec![office.water.to_string()],
        ..sighting(&county_paper, "小区停水", "幸福小区停水两天,没有通知,物业说水管破裂。")
    };
    let placed = office.placed(other).await;
    let incident = office.incident(&placed.incident_id).await;
    let all = office.found(query("小区")).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let time = |civil: &str| Some(wire_time(moment(civil)));
    let unplaced = SearchReportsRequest { state: State::Registered.into(), ..query("小区") };
    for (message, expected) in [
        (SearchReportsRequest { outlet_id: county_paper.clone(), ..query("小区") }, vec!["小区停水"]),
        (SearchReportsRequest { tier: Tier::City.into(), ..query("小区") }, vec!["自来水发黄"]),
        (SearchReportsRequest { body_id: office.water.to_string(), ..query("小区") }, vec!["小区停水"]),
        (SearchReportsRequest { body_id: office.housing.to_string(), ..query("小区") }, vec![]),
        (SearchReportsRequest { publish_to: time("2026-09-02 00:00"), ..query("小区") }, vec!["小区停水"]),
        (SearchReportsRequest { publish_from: time("2026-09-01 09:00"), ..query("小区") }, vec!["自来水发黄"]),
        (SearchReportsRequest { publish_from: time("2026-09-01 07:00"), publish_to: time("2026-09-01 08:00"), ..query("小区") }, vec![]),
        (SearchReportsRequest { register_from: time("2026-11-10 09:00"), ..query("停水") }, vec!["小区停水"]),
        (SearchReportsRequest { register_from: time("2026-11-11 09:00"), ..query("停水") }, vec![]),
        (SearchReportsRequest { incident_number: incident.number.clone(), ..query("小区") }, vec!["小区停水"]),
        (SearchReportsRequest { incident_number: "2026-9999".into(), ..query("小区") }, vec![]),
        (SearchReportsRequest { level: Level::Important.into(), ..query("小区") }, vec![]),
        (unplaced, vec![]),
        // Without words, all that the filters leave, the newest first.
        (SearchReportsRequest { outlet_id: county_paper.clone(), ..query("") }, vec!["小区停水"]),
        (SearchReportsRequest { body_id: office.water.to_string(), ..query("") }, vec!["小区停水"]),
        (SearchReportsRequest { state: State::Registered.into(), ..query("") }, vec![]),
        (SearchReportsRequest { publish_to: time("2026-09-02 00:00"), ..query("") }, vec!["小区停水"]),
        (SearchReportsRequest { publish_from: time("2026-09-01 09:00"), tier: Tier::City.into(), ..query("小区") }, vec!["自来水发黄"]),
    ] {
        assert_eq!(office.found(message.clone()).await, expected, "{message:?}");
    }
    assert_refused(office.search(office.staff, query("")).await, Code::InvalidArgument, "FIELDS_INVALID");
    office.classify(&placed.incident_id, assessment::Level::Important).await;
    let hit =
        office.search(office.staff, SearchReportsRequest { level: Level::Important.into(), ..query("小区") }).await.unwrap().hits.remove(0);
    assert_eq!((hit.incident_number, hit.incident_level), (incident.number, i32::from(Level::Important)));
    let backwards =
        SearchReportsRequest { publish_from: time("2026-09-02 00:00"), publish_to: time("2026-09-01 00:00"), ..query("小区") };
    assert_refused(office.search(office.staff, backwards).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn what_was_reposted_is_found_by_where_it_was_reposted_too() {
    let office = office().await;
    let central = office.register_outlet("央视网", Tier::Central, Medium::Web).await.unwrap().outlet_id;
    let words = "沙河县河东片区自来水发黄浑浊,居民连日来买水做饭,盼望尽快查明原因。";
    let article = |outlet: &str| pb::RegisterReportRequest { excerpt: words.into(), ..sighting(outlet, "自来水发黄", words) };
    let first = office.placed(article(&office.paper)).await;
    for filter in [
        SearchReportsRequest { tier: Tier::Central.into(), ..query("自来水") },
        SearchReportsRequest { outlet_id: central.clone(), ..query("") },
    ] {
        assert!(office.found(filter).await.is_empty());
    }
    let again = office.placed(article(&central)).await;
    assert_eq!((&again.report_id, again.sighting_count), (&first.report_id, 2));
    office.placed(article(&central)).await;
    for filter in [
        SearchReportsRequest { tier: Tier::Central.into(), ..query("自来水") },
        SearchReportsRequest { tier: Tier::City.into(), ..query("发黄") },
        SearchReportsRequest { outlet_id: central.clone(), ..query("") },
        SearchReportsRequest { outlet_id: office.paper.clone(), ..query("") },
    ] {
        assert_eq!(office.found(filter.clone()).await, ["自来水发黄"], "{filter:?}");
    }
}

#[tokio::test]
async fn what_appeared_in_some_months_is_found_wherever_it_came_in_and_page_by_page() {
    let office = office().await;
    let months = ["2026-11", "2026-06", "2026-11", "2026-08", "2026-06", "2026-11"];
    for (portion, month) in months.iter().enumerate() {
        let row = |n: usize| {
            let id = portion * 10 + n;
            letter(n as i32 + 2, &format!("L{id}"), &format!("某{id}"), &format!("第{id}封"), "停水", &format!("{month}-0{} 08:00", n + 1))
        };
        office.import((0..5).map(row).collect()).await.unwrap();
    }
    let time = |civil: &str| Some(wire_time(moment(civil)));
    let within =
        |from: &str, to: &str| SearchReportsRequest { publish_from: time(from), publish_to: time(to), page_size: 2, ..query("停水") };
    for (from, to, count) in [
        ("2026-06-01 00:00", "2026-07-01 00:00", 10),
        ("2026-06-03 00:00", "2026-08-03 00:00", 8),
        ("2026-07-01 00:00", "2026-08-01 00:00", 0),
        ("2026-03-01 00:00", "2026-05-01 00:00", 0),
        ("2026-06-01 00:00", "2026-11-10 00:00", 30),
    ] {
        let hits: Vec<SearchHit> = office.pages(within(from, to)).await.into_iter().flatten().collect();
        let distinct: std::collections::HashSet<String> = hits.iter().map(|hit| hit.report.as_ref().unwrap().report_id.clone()).collect();
        assert_eq!((hits.len(), distinct.len()), (count, count), "{from} to {to}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_or_a_double_while_reports_come_in_and_a_token_is_of_one_search() {
    let office = office().await;
    for portion in 0..3 {
        let rows = (0..1000).map(|n| {
            let id = portion * 1000 + n;
            letter(id + 1, &format!("L{id}"), "某", &format!("第{id}封"), &"停水".repeat(1 + id as usize % 3), "2026-11-09 08:00")
        });
        office.import(rows.collect()).await.unwrap();
    }
    let message = SearchReportsRequest { page_size: 700, ..query("停水") };
    let first = office.search(office.staff, message.clone()).await.unwrap();
    office.import(vec![letter(1, "L-late", "某", "晚到", "停水停水", "2026-11-09 08:00")]).await.unwrap();
    let rest = SearchReportsRequest { page_token: first.next_page_token.clone(), ..message.clone() };
    let mut pages = vec![first.hits];
    pages.extend(office.pages(rest).await);
    let ids: Vec<String> = pages.concat().into_iter().map(|hit| hit.report.unwrap().report_id).collect();
    let distinct: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (3000, 3000));
    // The newest five hundred come first, by rank among themselves, then the next.
    let all = pages.concat();
    for window in all.chunks(500) {
        assert!(window.windows(2).all(|pair| pair[0].rank >= pair[1].rank));
    }
    assert_eq!(office.pages(message.clone()).await.concat().len(), 3001);
    let other = SearchReportsRequest { page_token: first.next_page_token, ..query("公交") };
    assert_refused(office.search(office.staff, other).await, Code::InvalidArgument, "FIELDS_INVALID");
    let nonsense = SearchReportsRequest { page_token: "不是".into(), ..query("公交") };
    assert_refused(office.search(office.staff, nonsense).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_unit_finds_what_involves_it_and_no_more_and_lists_the_same() {
    let office = county().await;
    let unit = |title: &str, text: &str, body: Uuid| pb::RegisterReportRequest {
        body_ids: vec![body.to_string()],
        ..sighting(&office.paper, title, text)
    };
    let ours = office.placed(unit("水费纠纷", "幸福家园小区水费算错,多收了三个月。", office.water)).await;
    office.placed(unit("电梯停运", "光明路小区电梯坏了半个月。", office.housing)).await;
    let found = |by: Uuid| {
        let office = &office;
        async move { titles(office.search(by, query("小区")).await.unwrap().hits) }
    };
    assert_eq!(found(office.water_head).await, ["水费纠纷"]);
    assert_eq!(found(office.officer).await, ["电梯停运"]);
    assert_eq!(found(office.staff).await.len(), 3);
    let listed = |by: Uuid| {
        let office = &office;
        async move { office.reports(by, "").await.unwrap().into_iter().map(|report| report.title).collect::<Vec<_>>() }
    };
    assert_eq!(listed(office.water_head).await, ["水费纠纷"]);
    let incident = office.incident(&ours.incident_id).await;
    office.name_bodies(&incident, &[office.housing]).await.unwrap();
    // At once, although the lists by unit follow by moments.
    assert_eq!(found(office.water_head).await, [""; 0]);
    assert_eq!(listed(office.water_head).await, [""; 0]);
    office.house.settle().await;
    assert_eq!(found(office.officer).await.len(), 2);
    assert_eq!(listed(office.officer).await.len(), 2);
    assert_eq!(office.incidents(office.officer).await.len(), 2);
    let nobody = office.house.body("qixiang", "县气象局", Kind::Unit).await;
    let stranger = office.house.person("李局长", nobody, &[Role::UnitHead]).await;
    assert_eq!(found(stranger).await, [""; 0]);
}

#[tokio::test]
async fn who_wrote_a_letter_is_not_found() {
    let office = office().await;
    office.import(vec![letter(1, "X1", "写信人王某某", "停水", "小区停水。", "2026-11-09 08:00")]).await.unwrap();
    assert_eq!(office.found(query("停水")).await, ["停水"]);
    for text in ["写信人", "王某某", "写信人王某某"] {
        assert_eq!(office.found(query(text)).await, [""; 0]);
    }
}

#[tokio::test]
async fn the_number_by_which_a_writer_is_reached_is_masked_from_the_unit_and_nobody_searches_by_it() {
    let office = office().await;
    let letter = pb::RegisterReportRequest {
        body_ids: vec![office.water.to_string()],
        ..sighting(&office.paper, "水费纠纷", "幸福家园小区水费算错,请回电13812345678。")
    };
    let report = office.placed(letter).await.report_id;
    let (masked, whole) = ("请回电138********。", "请回电13812345678。");
    for (by, seen) in [(office.water_head, masked), (office.staff, whole)] {
        assert!(office.report(by, &report).await.unwrap().excerpt.contains(seen));
        assert!(office.reports(by, "").await.unwrap()[0].excerpt.contains(seen));
        let hit = office.search(by, query("回电")).await.unwrap().hits.remove(0);
        assert!(hit.highlights.iter().any(|part| part.text.contains(seen)), "{hit:?}");
    }
    assert_refused(office.search(office.staff, query("13812345678")).await, Code::InvalidArgument, "FIELDS_INVALID");
}

//! Feeds, polled over real HTTP.

use crate::site::{Site, described, office_online, rss, say, within};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::intake::{
    self as pb,
    outlet::{Medium, Tier},
    source::{Kind, State},
};
use tonic::Code;

const AT: &str = "Tue, 10 Nov 2026 08:00:00 +0800";

#[tokio::test]
async fn a_feed_is_read_once_registered_and_its_entries_become_reports_of_its_outlet() {
    let office = office_online().await;
    let site =
        Site::new(|_, _| say(200, &[], rss(&[("河东停水", "https://a.example/1", AT), ("搅拌站扰民", "https://a.example/2", AT)]))).await;
    let message = pb::RegisterSourceRequest { outlet_id: office.paper.clone(), ..described(Kind::Feed, "日报", &site.at("/feed")) };
    let source = office.register_source(office.staff, message).await.unwrap();
    assert_eq!((source.state(), source.poll_seconds), (State::Active, 900));
    let source = office.looked_at(&source.source_id).await;
    assert_eq!((source.failure_count, source.last_error.as_str()), (0, ""));
    assert!(source.last_success_time.is_some());
    let mut reports = office.all_reports().await;
    reports.sort_by(|a, b| a.url.cmp(&b.url));
    assert_eq!(reports.len(), 2);
    let report = &reports[0];
    assert_eq!((report.title.as_str(), report.outlet_id.as_str(), report.tier()), ("河东停水", office.paper.as_str(), Tier::City));
    assert_eq!((report.url.as_str(), report.excerpt.as_str()), ("https://a.example/1", "河东停水的正文"));
    let origin = office.provenance(&report.report_id).await.provenance.unwrap();
    assert_eq!((origin.source_id.as_str(), origin.doubt.as_str(), origin.evidence_digest.len()), (source.source_id.as_str(), "", 64));
    office.house.settle().await;
    assert!(office.report(office.staff, &report.report_id).await.unwrap().state() == pb::report::State::Placed, "it finds its incident");
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again_and_what_was_taken_is_not_taken_again() {
    let office = office_online().await;
    let site = Site::new(|_, headers| match headers.get("if-none-match") {
        Some(tag) if tag == "\"v1\"" => say(304, &[], ""),
        _ => say(200, &[("etag", "\"v1\""), ("last-modified", AT)], rss(&[("甲", "https://a.example/1", AT)])),
    })
    .await;
    let message = pb::RegisterSourceRequest { outlet_id: office.paper.clone(), ..described(Kind::Feed, "日报", &site.at("/feed")) };
    let source = office.register_source(office.staff, message).await.unwrap();
    office.looked_at(&source.source_id).await;
    office.house.at("2026-11-10 09:16").await;
    let source = office.looked_at(&source.source_id).await;
    assert_eq!(source.failure_count, 0);
    let asked = site.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[0].1.get("if-none-match").is_none());
    assert_eq!((&asked[1].1["if-none-match"], &asked[1].1["if-modified-since"]), (&"\"v1\"".parse().unwrap(), &AT.parse().unwrap()));
    // The validator is lost, and the feed has one more, and a loop of the same: only what is new is taken.
    site.answers(|_, _| {
        let again: Vec<_> = (0..500).map(|_| ("甲", "https://a.example/1", AT)).collect();
        say(200, &[], rss(&[again.as_slice(), &[("乙", "https://a.example/2", AT)]].concat()))
    });
    office.house.at("2026-11-10 09:32").await;
    office.looked_at(&source.source_id).await;
    let mut titles: Vec<String> = office.all_reports().await.into_iter().map(|report| report.title).collect();
    titles.sort();
    assert_eq!(titles, ["乙", "甲"]);
}

#[tokio::test]
async fn times_that_lie_are_kept_as_stated_and_reports_go_by_the_time_of_reading() {
    let office = office_online().await;
    let site = Site::new(|_, _| {
        say(
            200,
            &[],
            rss(&[
                ("来自未来", "https://a.example/1", "Fri, 01 Jan 2099 00:00:00 GMT"),
                ("来自史前", "https://a.example/2", "Thu, 01 Jan 1970 00:00:00 GMT"),
                ("无时间", "https://a.example/3", "昨天"),
            ]),
        )
    })
    .await;
    let message = pb::RegisterSourceRequest { outlet_id: office.paper.clone(), ..described(Kind::Feed, "日报", &site.at("/feed")) };
    let source = office.register_source(office.staff, message).await.unwrap();
    office.looked_at(&source.source_id).await;
    let now = chassis::wire_time(office.house.clock.now());
    let reports = office.all_reports().await;
    assert_eq!(reports.len(), 3);
    for report in reports {
        assert_eq!(report.publish_time, Some(now), "{}", report.title);
        let origin = office.provenance(&report.report_id).await.provenance.unwrap();
        assert!(!origin.doubt.is_empty(), "{}", report.title);
        let stated = match report.title.as_str() {
            "来自未来" => "2099-01-01T00:00:00Z",
            "来自史前" => "1970-01-01T00:00:00Z",
            _ => "昨天",
        };
        assert_eq!(origin.stated_time, stated);
    }
}

#[tokio::test]
async fn a_source_that_fails_is_asked_ever_more_seldom_told_of_and_taken_up_again() {
    let office = office_online().await;
    let site = Site::new(|_, _| say(503, &[("retry-after", "7200")], "忙")).await;
    let message = pb::RegisterSourceRequest { outlet_id: office.paper.clone(), ..described(Kind::Feed, "日报", &site.at("/feed")) };
    let source = office.register_source(office.staff, message).await.unwrap();
    let failed = office.looked_at(&source.source_id).await;
    assert_eq!((failed.state(), failed.failure_count, failed.last_error.as_str()), (State::Active, 1, "对方答复 503"));
    let wait = failed.next_poll_time.unwrap().seconds - office.house.clock.now().as_second();
    assert_eq!(wait, 7200, "it asked for two hours");
    for at in ["2026-11-10 11:01", "2026-11-10 15:00"] {
        office.house.at(at).await;
        office.looked_at(&source.source_id).await;
    }
    let failing = office.source(&source.source_id).await;
    assert_eq!((failing.state(), failing.failure_count), (State::Failing, 3));
    office.shows("huiying_sources_failing", 1.0).await;
    site.answers(|_, _| say(200, &[], rss(&[("甲", "https://a.example/1", AT)])));
    office.house.at("2026-11-11 09:00").await;
    let well = office.looked_at(&source.source_id).await;
    assert_eq!((well.state(), well.failure_count, office.all_reports().await.len()), (State::Active, 0, 1));
    let told: Vec<State> = office.told::<pb::SourceStateChanged>().await.iter().map(pb::SourceStateChanged::state).collect();
    assert_eq!(told, [State::Failing, State::Active]);
    office.shows("huiying_sources_failing", 0.0).await;
}

#[tokio::test]
async fn hostile_feeds_each_fail_with_a_word_for_it_and_the_others_go_on() {
    let office = office_online().await;
    let site = Site::new(|path, _| match path {
        "/huge" => {
            let block = axum::body::Bytes::from(vec![b' '; 1 << 20]);
            let blocks = futures::stream::iter((0..200).map(move |_| Ok::<_, std::io::Error>(block.clone())));
            say(200, &[], axum::body::Body::from_stream(blocks))
        }
        "/huge-declared" => {
            let nothing = futures::stream::pending::<Result<axum::body::Bytes, std::io::Error>>();
            say(200, &[("content-length", "209715200")], axum::body::Body::from_stream(nothing))
        }
        "/round" => say(302, &[("location", "/round")], ""),
        "/inward" => say(302, &[("location", "http://127.0.0.1:1/feed")], ""),
        "/metadata" => say(302, &[("location", "http://169.254.169.254/latest/meta-data")], ""),
        "/file" => say(301, &[("location", "file:///etc/passwd")], ""),
        "/bomb" => {
            let mut bomb = String::from("<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a \"哈\">");
            for at in 1..20 {
                bomb.push_str(&format!("<!ENTITY a{at} \"{}\">", format!("&a{};", at - 1).repeat(10)));
            }
            say(200, &[], format!("{bomb}]><rss version=\"2.0\"><channel><title>&a19;</title></channel></rss>"))
        }
        "/html" => say(200, &[("content-type", "text/html")], "<html><body>维护中</body></html>"),
        "/good" => say(200, &[], rss(&[("甲", "https://a.example/1", AT)])),
        _ => say(404, &[], ""),
    })
    .await;
    let cases = [
        ("/huge", "超过 10 MB"),
        ("/huge-declared", "超过 10 MB"),
        ("/round", "转向超过 5 次"),
        ("/inward", "127.0.0.1 在内部网络"),
        ("/metadata", "169.254.169.254 在内部网络"),
        ("/file", "http"),
        ("/bomb", "实体"),
        ("/html", "不是 RSS"),
        ("/gone", "404"),
        ("/good", ""),
    ];
    let mut sources = Vec::new();
    for (path, _) in cases {
        let message = pb::RegisterSourceRequest { outlet_id: office.paper.clone(), ..described(Kind::Feed, path, &site.at(path)) };
        sources.push(office.register_source(office.staff, message).await.unwrap().source_id);
    }
    for ((path, word), id) in cases.iter().zip(&sources) {
        let source = office.looked_at(id).await;
        assert_eq!(source.last_error.is_empty(), word.is_empty(), "{path}: {}", source.last_error);
        assert!(source.last_error.contains(word), "{path}: {}", source.last_error);
    }
    assert_eq!(office.all_reports().await.len(), 1);
}

#[tokio::test]
async fn whoever_answers_too_slowly_is_left_and_the_others_go_on() {
    let office = office_online().await;
    let site = Site::new(|path, _| {
        if path == "/good" {
            return say(200, &[], rss(&[("甲", "https://a.example/1", AT)]));
        }
        let drops = futures::stream::unfold((), |()| async {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            Some((Ok::<_, std::io::Error>(axum::body::Bytes::from_static(b" ")), ()))
        });
        say(200, &[], axum::body::Body::from_stream(drops))
    })
    .await;
    let mut ids = Vec::new();
    for path in ["/slow", "/good"] {
        let message = pb::RegisterSourceRequest { outlet_id: office.paper.clone(), ..described(Kind::Feed, path, &site.at(path)) };
        ids.push(office.register_source(office.staff, message).await.unwrap().source_id);
    }
    let slow = office.looked_at(&ids[0]).await;
    assert_eq!(slow.last_error, "20 秒内没有取完");
    assert_eq!(office.looked_at(&ids[1]).await.last_error, "");
    assert_eq!(office.all_reports().await.len(), 1);
}

#[tokio::test]
async fn addresses_that_may_not_be_asked_are_refused_at_once_or_when_asked() {
    let office = office_online().await;
    for address in [
        "ftp://a.example/feed",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://127.0.0.1/feed",
        "http://2130706433/feed",
        "http://[::1]/feed",
        "http://[::ffff:10.0.0.1]/feed",
        "http://10.0.0.1/feed",
        "http://169.254.169.254/feed",
        "http://100.64.0.1/",
        "http://user:secret@a.example/feed",
        "http://x.localhost/feed",
        "甲",
        "",
    ] {
        let told = office.register_source(office.staff, described(Kind::Feed, "日报", address)).await;
        assert_refused(told, Code::InvalidArgument, "SOURCE_ADDRESS_REFUSED");
    }
    assert!(office.told::<pb::SourceRegistered>().await.is_empty());
}

#[tokio::test]
async fn what_no_registered_outlet_stands_for_waits_for_a_person_and_is_never_guessed() {
    let office = office_online().await;
    let site = Site::new(|_, _| {
        say(
            200,
            &[],
            rss(&[
                ("甲", "https://known.example/1", AT),
                ("乙", "https://unknown.example/1", AT),
                ("丙", "https://unknown.example/2", AT),
                ("丁", "https://two.example/1", AT),
                ("戊", "javascript:alert(1)", AT),
            ]),
        )
    })
    .await;
    let register = |name: &str, hosts: &[&str]| pb::RegisterOutletRequest {
        request_id: request_id(),
        name: name.into(),
        tier: Tier::Commercial.into(),
        medium: Medium::Web.into(),
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
    };
    let mut client = office.client.clone();
    for message in [register("已知网", &["known.example"]), register("two.example", &[]), register("其二", &["two.example"])] {
        client.register_outlet(office.house.ask(office.staff, message)).await.unwrap();
    }
    let source = office.register_source(office.staff, described(Kind::Feed, "聚合", &site.at("/feed"))).await.unwrap();
    let source = office.looked_at(&source.source_id).await;
    assert_eq!(source.last_error, "");
    let titles = async || office.all_reports().await.into_iter().map(|report| (report.title, report.outlet_name)).collect::<Vec<_>>();
    assert_eq!(titles().await, [("甲".to_owned(), "已知网".to_owned())]);
    let unknown = office.unknown_outlets().await;
    let keys: Vec<(&str, i64)> = unknown.iter().map(|outlet| (outlet.outlet_key.as_str(), outlet.item_count)).collect();
    assert_eq!(keys, [("", 1), ("two.example", 1), ("unknown.example", 2)]);
    assert_eq!(unknown[2].items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["丙", "乙"]);
    // The same again adds nothing to the queue.
    office.house.at("2026-11-10 09:16").await;
    office.looked_at(&source.source_id).await;
    assert_eq!(office.unknown_outlets().await.iter().map(|outlet| outlet.item_count).sum::<i64>(), 4);
    office.shows("huiying_items_waiting", 4.0).await;
    // One is registered with its host, one is said to be a registered one, one item is named by itself.
    client.register_outlet(office.house.ask(office.staff, register("新网", &["unknown.example"]))).await.unwrap();
    let resolve = |key: &str, item: &str, outlet: &str| {
        let message = pb::ResolveUnknownOutletRequest {
            request_id: request_id(),
            outlet_key: key.into(),
            waiting_item_id: item.into(),
            outlet_id: outlet.into(),
        };
        let (mut sources, ask) = (office.sources(), office.house.ask(office.collector, message));
        async move { sources.resolve_unknown_outlet(ask).await }
    };
    let resolved = resolve("two.example", "", &office.paper).await.unwrap().into_inner();
    assert_eq!((resolved.item_count, resolved.outlet.unwrap().outlet_id), (1, office.paper.clone()));
    resolve("", &unknown[0].items[0].waiting_item_id, &office.paper).await.unwrap();
    within(async || (titles().await.len() == 5).then_some(())).await;
    assert!(office.unknown_outlets().await.is_empty());
    let mut told = titles().await;
    told.sort();
    let expected = [("丁", "X市日报"), ("丙", "新网"), ("乙", "新网"), ("戊", "X市日报"), ("甲", "已知网")];
    assert_eq!(told, expected.map(|(title, outlet)| (title.to_owned(), outlet.to_owned())));
    // From now on they are known.
    office.house.at("2026-11-10 09:40").await;
    office.looked_at(&source.source_id).await;
    assert_eq!((titles().await.len(), office.unknown_outlets().await.len()), (5, 0));
    assert_refused(resolve("two.example", "", &office.paper).await, Code::NotFound, "UNKNOWN_OUTLET_GONE");
    assert_refused(resolve("nobody.example", "", &office.paper).await, Code::NotFound, "UNKNOWN_OUTLET_GONE");
    assert_refused(resolve("a", &office.paper, &office.paper).await, Code::InvalidArgument, "FIELDS_INVALID");
}

/// A feed of items as they stand, each with what is inside.
fn feed_of(items: &[&str]) -> String {
    let items: String = items.iter().map(|inside| format!("<item>{inside}</item>")).collect();
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>台</title>{items}</channel></rss>")
}

#[tokio::test]
async fn an_item_is_known_at_every_look_by_its_id_its_page_or_what_it_says() {
    let office = office_online().await;
    let (page, when) = ("<link>https://a.example/list</link>", format!("<pubDate>{AT}</pubDate>"));
    let bare = "<title>没有地址也没有编号</title><description>河东停水</description>";
    let at_first = feed_of(&[&format!("<title>通知</title>{page}{when}<description>一</description>"), bare]);
    let site = Site::new(move |_, _| say(200, &[], at_first.clone())).await;
    let message = pb::RegisterSourceRequest { outlet_id: office.paper.clone(), ..described(Kind::Feed, "日报", &site.at("/feed")) };
    let source = office.register_source(office.staff, message).await.unwrap();
    office.looked_at(&source.source_id).await;
    let seen = async || {
        let mut seen: Vec<_> = office.all_reports().await.into_iter().map(|report| (report.title, report.sighting_count)).collect();
        seen.sort();
        seen
    };
    let two = [("没有地址也没有编号".to_owned(), 1), ("通知".to_owned(), 1)];
    assert_eq!(seen().await, two);
    // The same item has an id now; then another at every look; then its title is another under the same id.
    let named = |guid: &str, title: &str, when: &str, text: &str| {
        format!("<title>{title}</title>{page}{when}<guid isPermaLink=\"false\">{guid}</guid><description>{text}</description>")
    };
    for (at, notice) in [
        ("09:16", named("g1", "通知", &when, "一")),
        ("09:32", named("g2", "通知", &when, "一,阅读 12 次")),
        ("09:48", named("g3", "通知", "", "一")),
        ("10:04", named("g1", "通知(更新)", &when, "一")),
    ] {
        site.answers(move |_, _| say(200, &[], feed_of(&[&notice, bare])));
        office.house.at(&format!("2026-11-10 {at}")).await;
        office.looked_at(&source.source_id).await;
        assert_eq!(seen().await, two, "{at}");
    }
    // Another one on the same page is another, beside it or after it.
    let (first, second) = (named("g1", "通知", &when, "一"), named("h1", "通知", "", "河西的锅炉房今晚检修,暖气停一夜,请各户备好衣被。"));
    site.answers(move |_, _| say(200, &[], feed_of(&[&first, &second])));
    office.house.at("2026-11-10 10:20").await;
    office.looked_at(&source.source_id).await;
    let third = named("k1", "通知", "<pubDate>Tue, 10 Nov 2026 10:30:00 +0800</pubDate>", "3路公交明天改线,不再经过文庙街。");
    site.answers(move |_, _| say(200, &[], feed_of(&[&third])));
    office.house.at("2026-11-10 10:36").await;
    office.looked_at(&source.source_id).await;
    let told = seen().await;
    assert_eq!(told.iter().map(|(_, count)| count).sum::<i64>(), 4, "{told:?}");
}

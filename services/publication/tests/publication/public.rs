//! What the public reads over plain HTTP: the Atom feed and a page a release.

use crate::office::{Office, SITE_URL, office};
use atom_syndication::Feed;
use axum::{
    body::Bytes,
    http::{HeaderMap, Method, Request, StatusCode},
};
use chassis::testing::moment;
use http_body_util::{BodyExt, Empty};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

async fn get(office: &Office, method: Method, path: &str, tag: Option<&str>) -> (StatusCode, HeaderMap, String) {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let mut request = Request::builder().method(method).uri(format!("{}{path}", office.house.address));
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    let response = client.request(request.body(Empty::new()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    (head.status, head.headers, String::from_utf8(body).unwrap())
}

async fn feed(office: &Office) -> Feed {
    let (status, headers, body) = get(office, Method::GET, "/feed.atom", None).await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, "application/atom+xml; charset=utf-8"));
    Feed::read_from(body.as_bytes()).unwrap()
}

#[tokio::test]
async fn the_feed_gives_back_the_exact_bytes_of_every_release() {
    let office = office().await;
    let texts = [
        ("  标题前后有空格  ", "  首行缩进\n\n  第二段 "),
        ("<b>标题</b> & \"引号\" 'x' ]]>", "a < b && c > d ]]> <![CDATA[x]]> &lt; &#13; &nbsp;"),
        ("标题\t制表", "\r\n行首回车换行\r单独回车\n换行\r\r\n\t尾\r"),
        ("😀 组合 e\u{301} \u{3000}", "\u{2028}行分隔\u{2029}段分隔\u{feff}\u{a0}不断行\u{10ffff}"),
        ("<!-- -->", "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"),
    ];
    for (title, text) in texts {
        let release = office.released(title, text).await;
        let feed = feed(&office).await;
        let entry = &feed.entries[0];
        assert_eq!((entry.title.value.as_str(), entry.title.r#type), (title, atom_syndication::TextType::Text));
        let content = entry.content.as_ref().unwrap();
        assert_eq!((content.value.as_deref(), content.content_type.as_deref()), (Some(text), Some("text")));
        assert_eq!(entry.id, format!("urn:uuid:{}", release.release_id));
    }
}

#[tokio::test]
async fn a_release_is_in_the_feed_at_once_with_its_time_and_links() {
    let office = office().await;
    let empty = feed(&office).await;
    assert!(empty.entries.is_empty());
    let approved = office.approved("通报", "正文").await;
    assert!(feed(&office).await.entries.is_empty(), "what is approved is not yet published");
    office.house.at("2026-11-10 17:45").await;
    let release = office.release(office.staff, &approved).await.unwrap();
    let feed = feed(&office).await;
    assert_eq!((feed.title.value.as_str(), feed.authors[0].name.as_str()), ("沙河县人民政府办公室政务舆情回应", "沙河县人民政府办公室"));
    assert_eq!((feed.id.as_str(), feed.links[0].rel.as_str()), (format!("{SITE_URL}/feed.atom").as_str(), "self"));
    let entry = &feed.entries[0];
    for time in [feed.updated, entry.updated, entry.published.unwrap()] {
        assert_eq!(time.to_rfc3339(), "2026-11-10T17:45:00+08:00");
        assert_eq!(time.timestamp(), moment("2026-11-10 17:45").as_second());
    }
    assert_eq!(entry.links[0].href, format!("{SITE_URL}/releases/{}", release.release_id));
}

#[tokio::test]
async fn the_feed_holds_the_newest_fifty_newest_first() {
    let office = office().await;
    for number in 0..52 {
        office.released(&format!("第 {number} 号"), "正文").await;
    }
    let titles: Vec<String> = feed(&office).await.entries.into_iter().map(|entry| entry.title.value).collect();
    assert_eq!(titles, (2..52).rev().map(|number| format!("第 {number} 号")).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_has_the_newest_feed_gets_it_no_second_time() {
    let office = office().await;
    let release = office.released("通报", "正文").await;
    for path in ["/feed.atom".to_owned(), format!("/releases/{}", release.release_id)] {
        let (status, headers, _) = get(&office, Method::GET, &path, None).await;
        assert_eq!((status, headers["cache-control"].to_str().unwrap()), (StatusCode::OK, "no-cache"));
        let tag = headers["etag"].to_str().unwrap();
        for given in [tag.to_owned(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let (status, headers, body) = get(&office, Method::GET, &path, Some(&given)).await;
            assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
            assert_eq!((headers["etag"].to_str().unwrap(), headers["cache-control"].to_str().unwrap()), (tag, "no-cache"));
        }
        let (status, ..) = get(&office, Method::GET, &path, Some("\"other\"")).await;
        assert_eq!(status, StatusCode::OK);
        let (status, headers, body) = get(&office, Method::HEAD, &path, None).await;
        assert_eq!((status, headers["etag"].to_str().unwrap(), body.as_str()), (StatusCode::OK, tag, ""));
    }
    let (_, headers, _) = get(&office, Method::GET, "/feed.atom", None).await;
    office.released("又一通报", "正文").await;
    let (status, ..) = get(&office, Method::GET, "/feed.atom", headers["etag"].to_str().ok()).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_releases_page_shows_the_text_and_runs_nothing() {
    let office = office().await;
    let release = office.released("<script>alert(1)</script>", " 甲 & 乙\r\n\"丙\" <img src=x onerror=alert(1)>").await;
    let (status, headers, page) = get(&office, Method::GET, &format!("/releases/{}", release.release_id), None).await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(page.contains("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>"), "{page}");
    assert!(page.contains("<article> 甲 &amp; 乙&#13;\n&quot;丙&quot; &lt;img src=x onerror=alert(1)&gt;</article>"), "{page}");
    assert!(page.contains("2026年11月10日 09:00"), "{page}");
}

#[tokio::test]
async fn what_was_not_released_has_no_page() {
    let office = office().await;
    let approved = office.approved("通报", "未发布的正文").await;
    for id in [approved.statement_id.as_str(), "nonsense", "%00", "%2e%2e%2ffeed.atom"] {
        let (status, _, page) = get(&office, Method::GET, &format!("/releases/{id}"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(page.contains("没有这条发布") && !page.contains("未发布的正文"));
    }
    let (status, ..) = get(&office, Method::POST, "/feed.atom", None).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn many_readers_at_once_leave_the_office_its_connections() {
    let office = office().await;
    office.released("通报", "正文").await;
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let address = office.house.address.clone();
        readers.spawn(async move { chassis::probe::http_get(&address, "/feed.atom").await.unwrap().0 });
    }
    office.released("又一通报", "正文").await;
    assert!(readers.join_all().await.into_iter().all(|status| status == 200));
}

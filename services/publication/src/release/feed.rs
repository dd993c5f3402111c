//! The public Atom feed: releases, newest first, such that a parser gives back the exact bytes.

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Link, Person, Text};
use chassis::{Error, clock::zone};
use jiff::Timestamp;

use super::Release;
use crate::Site;

/// Renders the feed.
pub(super) fn render(site: &Site, releases: &[Release]) -> Result<String, Error> {
    let updated = releases.iter().map(|release| release.time).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let address = site.address("/feed.atom");
    let feed = Feed {
        title: Text::plain(format!("{}政务舆情回应", site.name)),
        id: address.clone(),
        updated: date(updated)?,
        authors: vec![Person { name: site.name.clone(), ..Person::default() }],
        links: vec![Link { href: address, rel: "self".into(), mime_type: Some("application/atom+xml".into()), ..Link::default() }],
        entries: releases.iter().map(|release| entry(site, release)).collect::<Result<_, _>>()?,
        lang: Some("zh-CN".into()),
        ..Feed::default()
    };
    let bytes = feed.write_to(Vec::new()).map_err(Error::fault)?;
    // A parser turns a bare carriage return into a line feed (XML 1.0, 2.11); written as a reference it stays what it is.
    String::from_utf8(bytes).map(|xml| xml.replace('\r', "&#13;")).map_err(Error::fault)
}

fn entry(site: &Site, release: &Release) -> Result<Entry, Error> {
    let time = date(release.time)?;
    let page =
        Link { href: site.release_address(release.id), rel: "alternate".into(), mime_type: Some("text/html".into()), ..Link::default() };
    Ok(Entry {
        title: Text::plain(release.text.title.clone()),
        id: format!("urn:uuid:{}", release.id),
        updated: time,
        published: Some(time),
        links: vec![page],
        content: Some(Content { value: Some(release.text.body.clone()), content_type: Some("text".into()), ..Content::default() }),
        ..Entry::default()
    })
}

fn date(time: Timestamp) -> Result<FixedDateTime, Error> {
    time.to_zoned(zone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().parse().map_err(Error::fault)
}

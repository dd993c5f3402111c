//! The public page of one release: plain HTML that shows the exact text.

use chassis::clock::zone;

use super::Release;
use crate::Site;

/// Renders the page of a release.
pub(super) fn render(site: &Site, release: &Release) -> String {
    let time = release.time.to_zoned(zone());
    let (title, body, publisher) = (escape(&release.text.title), escape(&release.text.body), escape(&site.name));
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} - {publisher}</title>\n\
         <style>body{{max-width:42em;margin:2em auto;padding:0 1em}}h1,article{{white-space:pre-wrap;overflow-wrap:anywhere}}</style></head>\n\
         <body>\n<h1>{title}</h1>\n<p>{publisher} <time datetime=\"{}\">{}</time></p>\n<article>{body}</article>\n</body>\n</html>\n",
        time.strftime("%Y-%m-%dT%H:%M:%S%:z"),
        time.strftime("%Y年%-m月%-d日 %H:%M"),
    )
}

/// Renders the page that says there is no such release.
pub(super) fn render_missing(site: &Site) -> String {
    let publisher = escape(&site.name);
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\"><title>没有这条发布 - {publisher}</title></head>\n\
         <body><p>没有这条发布。</p></body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\r' => escaped.push_str("&#13;"),
            other => escaped.push(other),
        }
    }
    escaped
}

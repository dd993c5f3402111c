//! 表格导入, 四(一)一: a spreadsheet of a source whose columns are on record. However long it is, a few portions are in memory; the same
//! file again adds nothing, and one that was broken off goes on where it was.

use std::path::{Path, PathBuf};

use calamine::Data;
use futures::{StreamExt, TryStreamExt};
use huiying_proto::intake::{self as pb, ColumnMapping, PushSightingsRequest, Source, SourceItem, sighting_outcome::Outcome, source::Kind};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use prost::Message;
use tokio::{io::AsyncReadExt, sync::mpsc};
use tonic::Code;

use super::{
    Unreadable,
    rows::{self, Looked},
    sheet::{moment, words},
};
use crate::{Failure, client::Client};

/// Rows in one call.
const PORTION: usize = 500;
/// Portions that are read, and not yet sent.
const AHEAD: usize = 4;
/// Calls under way: while one is committed, the next is on its way.
const AT_ONCE: usize = 2;
/// How often a call is sent that met another.
const MOST_TRIES: usize = 5;
const LONGEST_TEXT: usize = 20_000;
/// Of a mail beyond 10 MB the beginning is handed in: its texts stand before what is attached.
const LARGEST_MAIL: u64 = 10 << 20;
const BEGINNING: u64 = 1 << 20;
/// Rows that are named when they are refused; of the others the number is told.
const MOST_NAMED: usize = 1_000;

/// What became of a spreadsheet.
#[derive(Debug, Default)]
pub struct Taken {
    /// Rows that became reports now.
    pub registered: usize,
    /// Rows that repeat a report, and are counted with it.
    pub folded: usize,
    /// Rows taken before.
    pub known: usize,
    /// Rows that wait until somebody names their outlet.
    pub waiting: usize,
    /// Rows that did not go in.
    pub refused: usize,
    /// The first thousand of those: row number and reason.
    pub named: Vec<Unreadable>,
}

struct Portion {
    at: usize,
    /// Row numbers of what is sent.
    rows: Vec<i32>,
    sightings: Vec<SourceItem>,
    unreadable: Vec<Unreadable>,
}

/// Imports a spreadsheet (xlsx, csv in UTF-8 or GB18030) of a source, by its name.
///
/// # Errors
/// When there is no such source, the file is no spreadsheet or lacks a column, or the service refuses a whole call.
pub async fn import_mapped(client: &Client, source: &str, path: &Path) -> Result<Taken, Failure> {
    let source = find(client, source).await?;
    let columns = source.columns.clone().filter(|_| source.kind() == Kind::Spreadsheet);
    let columns = columns.ok_or_else(|| Failure(format!("采集源“{}”不是表格,没有列映射", source.name)))?;
    let (send, mut portions) = mpsc::channel(AHEAD);
    let key = hex::encode(columns.encode_to_vec());
    let file = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || rows::look(&file)).await.map_err(Failure::new)??;
    // A copy that was written at another time tells of other readings.
    let (digest, read_time) = (looked.digest.clone(), read_time(path)?);
    let reading = tokio::task::spawn_blocking({
        let path = path.to_owned();
        move || read(&path, &looked, &columns, read_time, &send)
    });
    let style = ProgressStyle::with_template("  导入表格 {spinner} {pos} 行  {per_sec}  已用 {elapsed}").map_err(Failure::new)?;
    let bar = ProgressBar::new_spinner().with_style(style);
    let portions = futures::stream::poll_fn(move |context| portions.poll_recv(context));
    let sent = portions.map(|portion| {
        // The same portion of the same file is the same request, however often it is sent.
        let request_id =
            chassis::rpc::request_id(&["sheet", &digest, &key, &read_time.to_string(), &source.source_id, &portion.at.to_string()]);
        push(client, request_id, source.source_id.clone(), portion)
    });
    let taken = sent
        .buffer_unordered(AT_ONCE)
        .try_fold(Taken::default(), |mut taken, (count, part)| {
            bar.inc(count as u64);
            taken.add(part);
            std::future::ready(Ok(taken))
        })
        .await;
    bar.finish_and_clear();
    let mut taken = taken?;
    reading.await.map_err(Failure::new)??;
    taken.named.sort_by_key(|row| row.row);
    Ok(taken)
}

impl Taken {
    fn add(&mut self, other: Self) {
        self.registered += other.registered;
        self.folded += other.folded;
        self.known += other.known;
        self.waiting += other.waiting;
        self.refused += other.refused;
        let room = MOST_NAMED.saturating_sub(self.named.len());
        self.named.extend(other.named.into_iter().take(room));
    }
}

async fn push(client: &Client, request_id: String, source_id: String, portion: Portion) -> Result<(usize, Taken), Failure> {
    let Portion { rows, sightings, unreadable, .. } = portion;
    let count = rows.len() + unreadable.len();
    let mut taken = Taken { refused: unreadable.len(), named: unreadable, ..Taken::default() };
    if sightings.is_empty() {
        return Ok((count, taken));
    }
    let request = PushSightingsRequest { request_id, source_id, sightings };
    let mut tries = 1;
    let answer = loop {
        match client.sources()?.push_sightings(request.clone()).await {
            // Another portion brought the same at the same moment.
            Err(status) if status.code() == Code::Aborted && tries < MOST_TRIES => tries += 1,
            answer => break answer?.into_inner(),
        }
    };
    for (row, outcome) in rows.into_iter().zip(answer.outcomes) {
        match outcome.outcome() {
            Outcome::Registered => taken.registered += 1,
            Outcome::Folded => taken.folded += 1,
            Outcome::Known => taken.known += 1,
            Outcome::Waiting => taken.waiting += 1,
            Outcome::Refused | Outcome::Unspecified => {
                taken.refused += 1;
                taken.named.push(Unreadable { row, reason: outcome.message });
            }
        }
    }
    Ok((count, taken))
}

/// A source by its name.
///
/// # Errors
/// When there is none of that name.
async fn find(client: &Client, name: &str) -> Result<Source, Failure> {
    let mut page_token = String::new();
    loop {
        let page = client.sources()?.list_sources(pb::ListSourcesRequest { page_size: 1000, page_token }).await?.into_inner();
        if let Some(found) = page.sources.into_iter().find(|source| source.name == name) {
            return Ok(found);
        }
        if page.next_page_token.is_empty() {
            return Err(Failure(format!("没有登记名为“{name}”的采集源")));
        }
        page_token = page.next_page_token;
    }
}

/// Reads rows, and hands them on in portions. Whoever takes them may have gone away.
fn read(path: &Path, looked: &Looked, columns: &ColumnMapping, read_time: Timestamp, send: &mpsc::Sender<Portion>) -> Result<(), Failure> {
    let mut places: Option<Places> = None;
    let empty = |at| Portion { at, rows: Vec::new(), sightings: Vec::new(), unreadable: Vec::new() };
    let mut portion = empty(0);
    rows::each(path, looked, |row, read| {
        let Some(places) = &places else {
            if read.as_ref().is_ok_and(|cells| is_blank(cells)) {
                return Ok(());
            }
            places = Some(Places::find(&read.map_err(|why| Failure(format!("表头读不出: {why}")))?, columns)?);
            return Ok(());
        };
        let sighting = match read {
            Err(why) => Err(why),
            Ok(cells) if is_blank(&cells) => return Ok(()),
            Ok(cells) => places.sighting(&cells, read_time),
        };
        match sighting {
            Ok(sighting) => {
                portion.rows.push(row);
                portion.sightings.push(sighting);
            }
            Err(reason) => portion.unreadable.push(Unreadable { row, reason }),
        }
        if portion.rows.len() + portion.unreadable.len() >= PORTION {
            let next = empty(portion.at + 1);
            send.blocking_send(std::mem::replace(&mut portion, next)).map_err(|_| Failure::new("导入中断"))?;
        }
        Ok(())
    })?;
    if places.is_none() {
        return Err(Failure::new("表格是空的"));
    }
    send.blocking_send(portion).map_err(|_| Failure::new("导入中断"))
}

fn is_blank(cells: &[Data]) -> bool {
    cells.iter().all(|cell| cell.to_string().trim().is_empty())
}

/// When the figures were read: when the file was written. The same file tells the same, however often it is sent.
fn read_time(path: &Path) -> Result<Timestamp, Failure> {
    let written = std::fs::metadata(path)?.modified()?;
    Timestamp::try_from(written).map_err(Failure::new)
}

/// Where each column is.
struct Places {
    title: usize,
    text: usize,
    time: usize,
    external_id: Option<usize>,
    outlet: Option<usize>,
    url: Option<usize>,
    views: Option<usize>,
    comments: Option<usize>,
    reposts: Option<usize>,
    writer: Option<usize>,
}

impl Places {
    /// # Errors
    /// The columns that are missing, and those that are there.
    fn find(heading: &[Data], columns: &ColumnMapping) -> Result<Self, Failure> {
        let heading: Vec<String> = heading.iter().map(|cell| cell.to_string().trim().trim_start_matches('\u{feff}').to_owned()).collect();
        let mut missing = Vec::new();
        let mut place = |name: &str| {
            let found = heading.iter().position(|found| found.eq_ignore_ascii_case(name));
            if found.is_none() && !name.is_empty() {
                missing.push(name.to_owned());
            }
            found.filter(|_| !name.is_empty())
        };
        let needed = [place(&columns.title), place(&columns.text), place(&columns.time)];
        let (external_id, outlet, url) = (place(&columns.external_id), place(&columns.outlet), place(&columns.url));
        let (views, comments, reposts) = (place(&columns.view_count), place(&columns.comment_count), place(&columns.repost_count));
        let writer = place(&columns.writer);
        let [Some(title), Some(text), Some(time)] = needed else { return Err(lacks(&missing, &heading)) };
        if missing.is_empty() {
            Ok(Self { title, text, time, external_id, outlet, url, views, comments, reposts, writer })
        } else {
            Err(lacks(&missing, &heading))
        }
    }

    /// # Errors
    /// Why the row cannot be read.
    fn sighting(&self, cells: &[Data], read_time: Timestamp) -> Result<SourceItem, String> {
        let maybe = |place: Option<usize>, name| match place.and_then(|at| cells.get(at)) {
            None | Some(Data::Empty) => Ok(String::new()),
            Some(_) => words(cells, place.unwrap_or(usize::MAX), name)
                .or_else(|why| if why.contains("公式错误") { Err(why) } else { Ok(String::new()) }),
        };
        let figure = |place, name| maybe(place, name).and_then(|text| figure(&text, name));
        let counts = (figure(self.views, "阅读数")?, figure(self.comments, "评论数")?, figure(self.reposts, "转发数")?);
        let spread = (counts != (None, None, None)).then(|| pb::SpreadFigures {
            read_time: Some(chassis::wire_time(read_time)),
            view_count: counts.0.unwrap_or(0),
            comment_count: counts.1.unwrap_or(0),
            repost_count: counts.2.unwrap_or(0),
        });
        Ok(SourceItem {
            external_id: maybe(self.external_id, "编号")?,
            title: words(cells, self.title, "标题")?.chars().take(200).collect(),
            excerpt: words(cells, self.text, "正文")?.chars().take(LONGEST_TEXT).collect(),
            url: maybe(self.url, "地址")?,
            publish_time: Some(chassis::wire_time(moment(cells.get(self.time), "时间")?)),
            spread,
            outlet_name: maybe(self.outlet, "来源")?,
            writer: maybe(self.writer, "写信人")?,
        })
    }
}

fn lacks(missing: &[String], heading: &[String]) -> Failure {
    Failure(format!("表头缺少列: {};现有列: {}", missing.join("、"), heading.join("、")))
}

/// A figure as people and platforms write it: 1200, 1,200, 1.2万.
fn figure(text: &str, name: &str) -> Result<Option<i64>, String> {
    let plain = text.replace([',', ','], "");
    let plain = plain.trim().trim_end_matches('+');
    if plain.is_empty() || plain == "-" {
        return Ok(None);
    }
    let (number, scale) = match (plain.strip_suffix('万'), plain.strip_suffix('亿')) {
        (Some(number), _) => (number, 1e4),
        (_, Some(number)) => (number, 1e8),
        _ => (plain, 1.0),
    };
    let count = number.trim().parse::<f64>().ok().map(|number| (number * scale).round()).filter(|count| (0.0..9e15).contains(count));
    count.map(|count| Some(count as i64)).ok_or_else(|| format!("{name}“{}”不是数", text.chars().take(20).collect::<String>()))
}

/// Imports mails from files (.eml) into a mailbox, by its name: of each file what became of it.
///
/// # Errors
/// When there is no such source.
pub async fn import_mails(
    client: &Client,
    source: &str,
    files: &[PathBuf],
) -> Result<Vec<(PathBuf, Result<pb::SightingOutcome, Failure>)>, Failure> {
    let source = find(client, source).await?;
    let mut outcomes = Vec::with_capacity(files.len());
    for file in files {
        outcomes.push((file.clone(), import_mail(client, &source.source_id, file).await));
    }
    Ok(outcomes)
}

async fn import_mail(client: &Client, source: &str, file: &Path) -> Result<pb::SightingOutcome, Failure> {
    let whole = tokio::fs::metadata(file).await?.len();
    let (size, given) = if whole > LARGEST_MAIL { (i64::try_from(whole).map_err(Failure::new)?, BEGINNING) } else { (0, LARGEST_MAIL + 1) };
    let mut mail = Vec::new();
    tokio::fs::File::open(file).await?.take(given).read_to_end(&mut mail).await?;
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&mail));
    let request_id = chassis::rpc::request_id(&["mail", &digest, &size.to_string(), source]);
    let request = pb::ImportMailRequest { request_id, source_id: source.to_owned(), mail, non_classified: true, size };
    client.sources()?.import_mail(request).await?.into_inner().outcome.ok_or_else(|| Failure::new("服务没有答复结果"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_people_and_platforms_write_them() {
        for (text, count) in
            [("1200", Some(1200)), ("1,200", Some(1200)), ("1.2万", Some(12_000)), ("10万+", Some(100_000)), ("", None), ("-", None)]
        {
            assert_eq!(figure(text, "阅读数"), Ok(count), "{text}");
        }
        for text in ["很多", "-3", "NaN", "1e99"] {
            assert!(figure(text, "阅读数").is_err(), "{text}");
        }
    }
}

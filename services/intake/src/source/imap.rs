//! Mailboxes over IMAP with TLS (邮箱): looked at without a trace. The folder is examined, not selected, and mails are peeked at, so
//! that whoever else reads them finds them as they were.
//!
//! How far it was read is a UID, which holds for one UIDVALIDITY; when that changes all is read anew, and what is known adds nothing.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use async_imap::{Client, Session, error::Error as ImapError, types::Fetch};
use futures::TryStreamExt;
use jiff::Timestamp;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use super::{
    Cursor, Source, address,
    fetch::Failed,
    item::{Item, Stated},
    mail,
    outside::Outside,
    poller::Brought,
};
use crate::WriterKey;

/// Mails in one look, and bytes; what is left is asked for at once.
const MOST_MAILS: usize = 50;
const MOST_BYTES: usize = 30 << 20;
/// Of a mail that is too large, so much is read: its texts stand before what is attached.
const BEGINNING: usize = 1 << 20;
/// What a server may send in one look, whatever it was asked.
const LARGEST_LOOK: usize = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(60);
/// Reading ends so early when something was read: it goes on at the next look.
const ENOUGH: Duration = Duration::from_secs(45);
const FAREWELL: Duration = Duration::from_secs(5);

/// Looks at a mailbox.
pub(super) async fn look(outside: &Outside, key: &WriterKey, source: &Source, now: Timestamp) -> Result<Brought, Failed> {
    match tokio::time::timeout(PATIENCE, read(outside, key, source, now)).await {
        Ok(read) => read.map_err(Failed::from),
        Err(_) => Err(format!("{} 秒内没有读完", PATIENCE.as_secs()).into()),
    }
}

type Mailbox = Session<Metered>;

async fn read(outside: &Outside, key: &WriterKey, source: &Source, now: Timestamp) -> Result<Brought, String> {
    let place = address::mailbox(&source.description.address)?;
    let name = source.description.secret_names.first().ok_or("没有给出口令文件名")?;
    let password = outside.secret(name).await?;
    let stream = Metered { stream: outside.connect_tls(&place.host, place.port).await?, left: LARGEST_LOOK };
    let mut client = Client::new(stream);
    client.read_response().await.map_err(|_| "对方不是 IMAP 服务器")?.ok_or("对方没有问候就断开")?;
    // Why it was refused is the server's secret or ours.
    let mut session = client.login(&place.user, password.expose()).await.map_err(|(error, _)| match error {
        ImapError::No(_) | ImapError::Bad(_) => "用户名或口令不被接受(163、126、QQ 等邮箱须先开通 IMAP,口令用其授权码)".to_owned(),
        error => in_words("不能登录", &error),
    })?;
    introduce(&mut session).await;
    let folder = session.examine(&place.folder).await.map_err(|error| in_words("打不开文件夹", &error))?;
    let validity = i64::from(folder.uid_validity.ok_or("文件夹没有 UIDVALIDITY")?);
    let last = if validity == source.cursor.uid_validity { source.cursor.last_uid } else { 0 };
    let found = session.uid_search(format!("UID {}:*", last + 1)).await.map_err(|error| in_words("不能检索", &error))?;
    let mut uids: Vec<u32> = found.into_iter().filter(|uid| i64::from(*uid) > last).collect();
    uids.sort_unstable();
    let (mut items, mut refused, mut bytes, mut reached) = (Vec::new(), Vec::new(), 0, last);
    let late = tokio::time::sleep(ENOUGH);
    tokio::pin!(late);
    for uid in uids.iter().take(MOST_MAILS) {
        if bytes > MOST_BYTES {
            break;
        }
        let taken = tokio::select! {
            taken = take(&mut session, *uid, key, now) => taken,
            // What was read so far is not read again.
            () = &mut late, if reached > last => break,
        };
        match taken {
            Ok(Some((Ok(item), size))) => {
                items.push(item);
                bytes += size;
            }
            Ok(Some((Err(why), _))) => refused.push(format!("邮件 UID {uid}: {why}")),
            // One that was taken away meanwhile is not there.
            Ok(None) => {}
            // That one the server does not give; the others it may. A person is told where to look for it.
            Err(error @ (ImapError::No(_) | ImapError::Bad(_))) => {
                let (title, why) = (format!("取不到的邮件(UID {uid})"), in_words("取不到邮件", &error));
                let stated = Stated { external_id: format!("{validity}:{uid}"), title, doubts: vec![why], ..Stated::default() };
                items.push(Item::receive(stated, now)?);
            }
            Err(error) if reached > last => {
                refused.push(in_words("没有读完", &error));
                break;
            }
            Err(error) => return Err(in_words("取不到邮件", &error)),
        }
        reached = i64::from(*uid);
    }
    let more = uids.last().is_some_and(|newest| i64::from(*newest) > reached);
    // Whoever does not take a farewell has told all the same.
    drop(tokio::time::timeout(FAREWELL, session.logout()).await);
    let cursor = Cursor { uid_validity: validity, last_uid: reached, ..Cursor::default() };
    Ok(Brought { items, refused, cursor, more })
}

/// A mail. One that is too large, or that nobody can read, is taken as what can be told of it.
async fn take(
    session: &mut Mailbox,
    uid: u32,
    key: &WriterKey,
    now: Timestamp,
) -> Result<Option<(Result<Item, String>, usize)>, ImapError> {
    let Some(told) = fetch(session, uid, "(UID RFC822.SIZE INTERNALDATE)").await? else { return Ok(None) };
    let size = usize::try_from(told.size.unwrap_or(u32::MAX)).unwrap_or(usize::MAX);
    let arrived = told.internal_date().and_then(|date| Timestamp::from_second(date.timestamp()).ok());
    let too_large = size > mail::LARGEST;
    let wanted = if too_large { format!("(UID BODY.PEEK[]<0.{BEGINNING}>)") } else { "(UID BODY.PEEK[])".to_owned() };
    let Some(fetched) = fetch(session, uid, &wanted).await? else { return Ok(None) };
    let bytes = fetched.body().unwrap_or_default();
    let read = if too_large { mail::read_beginning(bytes, size, arrived, key, now) } else { mail::read(bytes, arrived, key, now) };
    let item = match read {
        Ok(item) => item,
        Err(why) => {
            // Known by its bytes: another may have its number one day.
            let (title, evidence) =
                (format!("无法读出的邮件(UID {uid})"), mail::evidence(if too_large { mail::head_of(bytes) } else { bytes }));
            let external_id = hex::encode(evidence);
            let stated = Stated { external_id, title, time: arrived, doubts: vec![why], evidence: Some(evidence), ..Stated::default() };
            match Item::receive(stated, now) {
                Ok(item) => item,
                Err(why) => return Ok(Some((Err(why), bytes.len()))),
            }
        }
    };
    Ok(Some((Ok(item), bytes.len())))
}

/// Says who asks (RFC 2971), where the server has a use for it: 163 and 126 open no folder to a stranger.
async fn introduce(session: &mut Mailbox) {
    if session.capabilities().await.is_ok_and(|able| able.has_str("ID")) {
        // Whatever it thinks of it, the folder's opening tells.
        drop(session.id([("name", Some("huiying")), ("version", Some("1"))]).await);
    }
}

async fn fetch(session: &mut Mailbox, uid: u32, what: &str) -> Result<Option<Fetch>, ImapError> {
    let answers: Vec<Fetch> = session.uid_fetch(uid.to_string(), what).await?.try_collect().await?;
    Ok(answers.into_iter().find(|answer| answer.uid == Some(uid)))
}

fn in_words(what: &str, error: &ImapError) -> String {
    match error {
        ImapError::Io(error) if error.kind() == io::ErrorKind::QuotaExceeded => {
            format!("{what}: 对方发来的超过 {} MB", LARGEST_LOOK >> 20)
        }
        ImapError::Io(error) => format!("{what}: 连接中断({})", error.kind()),
        ImapError::No(told) | ImapError::Bad(told) => format!("{what}: 对方答复 {told}"),
        _ => format!("{what}: 答复不合 IMAP"),
    }
}

/// A connection on which no more than so much is read.
#[derive(Debug)]
struct Metered {
    stream: TlsStream<TcpStream>,
    left: usize,
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.left = self.left.saturating_sub(buffer.filled().len() - before);
        polled
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

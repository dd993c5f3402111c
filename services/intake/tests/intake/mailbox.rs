//! Leader mailboxes: over IMAP against a real server, and mails as files.

use crate::dovecot::Dovecot;
use crate::office::Office;
use crate::site::{described, office_beyond, office_online};
use chassis::testing::{assert_refused, moment, request_id};
use huiying_proto::intake::{self as pb, outlet::Tier, sighting_outcome::Outcome, source::Kind};
use prost::Message;
use tonic::{Code, Status};

fn mail(id: &str, date: &str, subject: &str, text: &str) -> Vec<u8> {
    format!(
        "From: =?UTF-8?B?5p+Q55Sy?= <writer{id}@mail.example>\r\nTo: letters@county.example\r\nMessage-ID: <{id}@mail.example>\r\nDate: {date}\r\n\
         Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

fn in_gbk(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

async fn mailbox(office: &Office, name: &str, address: &str, secret: &str) -> Result<pb::Source, Status> {
    let message = pb::RegisterSourceRequest {
        outlet_id: office.mailbox.clone(),
        secret_names: vec![secret.into()],
        poll_seconds: 60,
        ..described(Kind::Mailbox, name, address)
    };
    office.register_source(office.staff, message).await
}

#[tokio::test]
async fn a_mailbox_is_read_without_a_trace_and_each_mail_becomes_one_letter_whatever_happens() {
    let Some(server) = Dovecot::start() else { return };
    let office =
        office_beyond(&[("mailbox.password", "correct-horse"), ("wrong.password", "battery-staple")], Some(server.authority())).await;
    let honest = "Tue, 10 Nov 2026 08:00:00 +0800";
    server.deliver("1", &mail("1", honest, "停水", "河东片区停水。"), moment("2026-11-10 08:01"));
    server.deliver("2", &[&mail("2", honest, "x", "")[..], &in_gbk("搅拌站扰民。")].concat(), moment("2026-11-10 08:02"));
    server.deliver("3", &mail("3", "Thu, 10 Nov 2050 08:00:00 +0800", "来自未来", "正文"), moment("2026-11-10 08:03"));
    server.deliver("4", b"\x00\xff\xfe not a mail at all", moment("2026-11-10 08:04"));
    server.deliver("5", &mail("5", honest, "大信", &"长".repeat(4 << 20)), moment("2026-11-10 08:05"));
    let source = mailbox(&office, "信箱", &server.at("localhost"), "mailbox.password").await.unwrap();
    let source = office.looked_at(&source.source_id).await;
    assert_eq!((source.last_error.as_str(), source.failure_count), ("", 0));
    let mut reports = office.all_reports().await;
    reports.sort_by_key(|report| report.publish_time.unwrap().seconds);
    let titles: Vec<&str> = reports.iter().map(|report| report.title.as_str()).collect();
    assert_eq!(reports.len(), 5, "{titles:?}");
    let by_title = |title: &str| reports.iter().find(|report| report.title == title).unwrap_or_else(|| panic!("{title}: {titles:?}"));
    assert_eq!((by_title("停水").excerpt.as_str(), by_title("停水").tier()), ("河东片区停水。", Tier::Mailbox));
    assert_eq!(by_title("x").excerpt, "搅拌站扰民。");
    let forged = by_title("来自未来");
    assert_eq!(forged.publish_time, Some(chassis::wire_time(moment("2026-11-10 08:03"))));
    let origin = office.provenance(&forged.report_id).await.provenance.unwrap();
    assert_eq!((origin.receive_time, origin.stated_time.as_str()), (forged.publish_time, "2050-11-10T00:00:00Z"));
    let doubt = async |title: &str| office.provenance(&by_title(title).report_id).await.provenance.unwrap().doubt;
    assert!(!doubt("来自未来").await.is_empty());
    // Of one that is too large its beginning is read.
    assert_eq!(by_title("大信").excerpt.chars().count(), 20_000);
    assert!(doubt("大信").await.contains("只收录开头 1 MB"), "{}", doubt("大信").await);
    assert!(titles.iter().any(|title| title.contains("无法读出的邮件")), "{titles:?}");
    // Whoever else reads the mailbox finds it as it was.
    assert!(server.flags().iter().all(String::is_empty), "{:?}", server.flags());
    // A look later one more is there; and later still the server forgets its UIDs.
    server.deliver("6", &mail("6", honest, "新信", "又停水。"), moment("2026-11-10 08:59"));
    office.house.at("2026-11-10 09:02").await;
    office.looked_at(&source.source_id).await;
    assert_eq!(office.all_reports().await.len(), 6);
    server.forget_uids();
    office.house.at("2026-11-10 09:04").await;
    let source = office.looked_at(&source.source_id).await;
    assert_eq!((source.last_error.as_str(), office.all_reports().await.len()), ("", 6));
    // A wrong password, and a certificate that is another host's, are told of without a word of the secret.
    let wrong = mailbox(&office, "口令不对", &server.at("localhost"), "wrong.password").await.unwrap();
    let told = office.looked_at(&wrong.source_id).await.last_error;
    assert!(told.starts_with("用户名或口令不被接受") && told.contains("授权码"), "{told}");
    let missing = mailbox(&office, "没有口令", &server.at("localhost"), "missing.password").await.unwrap();
    assert!(office.looked_at(&missing.source_id).await.last_error.contains("读不到密钥文件 missing.password"));
    for record in office.ledger().await {
        let shown = String::from_utf8_lossy(&record.encode_to_vec()).to_lowercase();
        for secret in ["correct-horse", "battery-staple", "writer1@", "某甲"] {
            assert!(!shown.contains(secret), "{secret}: {record:?}");
        }
    }
}

#[tokio::test]
async fn a_mailbox_whose_certificate_is_not_trusted_is_not_logged_into() {
    let Some(server) = Dovecot::start() else { return };
    let office = office_beyond(&[("mailbox.password", "correct-horse")], None).await;
    let source = mailbox(&office, "信箱", &server.at("localhost"), "mailbox.password").await.unwrap();
    let told = office.looked_at(&source.source_id).await.last_error;
    assert!(told.contains("证书"), "{told}");
    let private = mailbox(&office, "内网", &server.at("127.0.0.1"), "mailbox.password").await;
    assert_refused(private, Code::InvalidArgument, "SOURCE_ADDRESS_REFUSED");
    for address in ["imap://u@localhost/", "imaps://u:secret@localhost/", "imaps://localhost/", "https://localhost/"] {
        assert_refused(mailbox(&office, "甲", address, "mailbox.password").await, Code::InvalidArgument, "SOURCE_ADDRESS_REFUSED");
    }
    assert_refused(mailbox(&office, "甲", &server.at("localhost"), "../etc/passwd").await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn mails_as_files_are_imported_once_and_their_writers_are_counted_and_nothing_more() {
    let office = office_online().await;
    let message = pb::RegisterSourceRequest { outlet_id: office.mailbox.clone(), ..described(Kind::Mailbox, "来信文件", "") };
    let source = office.register_source(office.staff, message).await.unwrap();
    assert_eq!(source.poll_seconds, 0);
    let import = |bytes: Vec<u8>, non_classified| {
        let message =
            pb::ImportMailRequest { request_id: request_id(), source_id: source.source_id.clone(), mail: bytes, non_classified, size: 0 };
        let (mut sources, ask) = (office.sources(), office.house.ask(office.collector, message));
        async move { sources.import_mail(ask).await.map(|answer| answer.into_inner().outcome.unwrap()) }
    };
    let honest = "Tue, 10 Nov 2026 08:00:00 +0800";
    let text = "锦绣家园旁边的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉。";
    let first = import(mail("1", honest, "搅拌站", text), true).await.unwrap();
    assert_eq!((first.outcome(), first.message.as_str()), (Outcome::Registered, ""));
    let writers = office.reveal(office.staff, &request_id(), &first.report_id).await.unwrap();
    assert!(writers.len() == 1 && writers[0].contact.contains('@'), "whom to answer: {writers:?}");
    let again = import(mail("1", honest, "搅拌站", text), true).await.unwrap();
    assert_eq!((again.outcome(), &again.report_id), (Outcome::Known, &first.report_id));
    // The same id on another letter does not make it the same.
    let other = String::from_utf8(mail("2", honest, "搅拌站", text)).unwrap().replace("<2@", "<1@").replace("没法睡觉", "没法睡觉了");
    assert_eq!(import(other.into_bytes(), true).await.unwrap().outcome(), Outcome::Registered);
    office.house.settle().await;
    let incident = office.incidents(office.staff).await.remove(0);
    assert_eq!((incident.report_count, incident.distinct_writer_count), (2, 2));
    assert_refused(import(b"not a mail".to_vec(), true).await, Code::InvalidArgument, "MAIL_MALFORMED");
    assert_refused(import(Vec::new(), true).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(import(vec![b'a'; (10 << 20) + 1], true).await, Code::InvalidArgument, "FIELDS_INVALID");
    let large = |size| {
        let mail = mail("4", honest, "大信", "河西停电,已经两天。");
        let message =
            pb::ImportMailRequest { request_id: request_id(), source_id: source.source_id.clone(), mail, non_classified: true, size };
        let (mut sources, ask) = (office.sources(), office.house.ask(office.collector, message));
        async move { sources.import_mail(ask).await.map(|answer| answer.into_inner().outcome.unwrap()) }
    };
    let beginning = large(30 << 20).await.unwrap();
    assert_eq!(beginning.outcome(), Outcome::Registered);
    assert!(beginning.message.contains("30 MB"), "{beginning:?}");
    assert_refused(large(1).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(import(mail("3", honest, "x", "y"), false).await, Code::FailedPrecondition, "NON_CLASSIFIED_NOT_CONFIRMED");
    for record in office.ledger().await {
        assert!(!String::from_utf8_lossy(&record.encode_to_vec()).contains("writer"), "{record:?}");
    }
}

#[tokio::test]
async fn a_secret_is_sent_to_no_other_host_than_the_one_it_was_given_for() {
    let office = office_online().await;
    let source = mailbox(&office, "信箱", "imaps://letters@mail.county.example/INBOX", "mailbox.password").await.unwrap();
    let update = |etag: &str, address: &str, secret: &str| {
        let message = pb::UpdateSourceRequest {
            request_id: request_id(),
            source_id: source.source_id.clone(),
            etag: etag.into(),
            address: address.into(),
            outlet_id: office.mailbox.clone(),
            secret_names: vec![secret.into()],
            ..Default::default()
        };
        let (mut sources, ask) = (office.sources(), office.house.ask(office.staff, message));
        async move { sources.update_source(ask).await.map(|answer| answer.into_inner().source.unwrap()) }
    };
    let elsewhere = "imaps://letters@mail.stranger.example/INBOX";
    let refused = update(&source.etag, elsewhere, "mailbox.password").await;
    assert!(refused.as_ref().unwrap_err().message().contains("mail.county.example"), "{refused:?}");
    assert_refused(refused, Code::FailedPrecondition, "SOURCE_SECRET_BOUND");
    // Nor by way of a source of another name, nor after it was out of use for a while.
    let another = mailbox(&office, "另一个", elsewhere, "mailbox.password").await;
    assert_refused(another, Code::FailedPrecondition, "SOURCE_SECRET_BOUND");
    let moved = update(&source.etag, elsewhere, "stranger.password").await.unwrap();
    assert_refused(update(&moved.etag, elsewhere, "mailbox.password").await, Code::FailedPrecondition, "SOURCE_SECRET_BOUND");
    // Another folder on the same host is fine; a vendor's signing secret is sent nowhere.
    let back = update(&moved.etag, "imaps://letters@MAIL.county.example:1993/Archive", "mailbox.password").await.unwrap();
    assert_eq!(back.secret_names, ["mailbox.password"]);
    let vendor = pb::RegisterSourceRequest { secret_names: vec!["mailbox.password".into()], ..described(Kind::Webhook, "监测商", "") };
    assert_refused(office.register_source(office.staff, vendor).await, Code::FailedPrecondition, "SOURCE_SECRET_BOUND");
}

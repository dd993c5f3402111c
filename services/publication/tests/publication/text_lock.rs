//! The text lock, 三(三), 四(三): between approval and release not one byte changes, whoever tries.

use crate::office::{Office, State, office};
use chassis::testing::{assert_refused, reason};
use huiying_proto::publication as pb;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use tonic::{Code, Status};
use uuid::Uuid;

/// Texts as awkward as the contract lets them be.
fn texts(most: usize) -> Vec<(String, String)> {
    let awkward = "[ \t\u{a0}\u{3000}\u{2028}\u{feff}]{0,3}[a-z汉字<>&\"';\\]\\[\u{301}😀\u{10ffff}]{1,12}[ \t&#;x]{0,6}";
    let text = "([ \t]{0,2}\r?\n?\r?[<>&汉a-c\\]😀\"' \u{2028}]{0,9}){1,8}x[\r\n\t ]{0,4}";
    let mut runner = TestRunner::deterministic();
    (0..most).map(|_| (awkward, text).new_tree(&mut runner).unwrap().current()).collect()
}

/// Every text that differs from this one in one byte: changed, taken out, or put in; as long as it is text.
fn neighbours(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    for at in 0..=bytes.len() {
        let (before, after) = bytes.split_at(at);
        all.push([before, b" ", after].concat());
        if let Some((byte, rest)) = after.split_first() {
            all.push([before, rest].concat());
            all.push([before, &[byte ^ 1], rest].concat());
        }
    }
    let texts = all.into_iter().filter_map(|bytes| String::from_utf8(bytes).ok());
    texts.filter(|other| other != text && !other.contains('\0')).collect()
}

async fn database(office: &Office) -> PgConnection {
    PgConnection::connect(&office.house.url).await.unwrap()
}

async fn constraint_of(outcome: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) -> String {
    match outcome {
        Err(sqlx::Error::Database(error)) => error.constraint().unwrap_or_default().to_owned(),
        other => panic!("the database let it pass: {other:?}"),
    }
}

#[tokio::test]
async fn what_is_approved_released_and_listed_is_byte_for_byte_what_was_written() {
    let office = office().await;
    for (title, text) in texts(40) {
        let draft = office.draft(&title, &text).await;
        assert_eq!((&draft.title, &draft.text), (&title, &text));
        let release = office.released(&title, &text).await;
        assert_eq!((&release.title, &release.text), (&title, &text));
        assert_eq!(release.text_sha256, hex::encode(Sha256::digest(format!("{title}\n{text}"))));
        let listed = office.releases(office.staff, "").await;
        assert_eq!(listed[0], release);
    }
}

#[tokio::test]
async fn the_database_itself_refuses_every_change_of_one_byte_to_an_approved_text() {
    let office = office().await;
    let approved = office.approved("通报 a", " 水质\r\n合格<b>&amp;\t").await;
    let id: Uuid = approved.statement_id.parse().unwrap();
    let mut database = database(&office).await;
    for other in neighbours(&approved.text) {
        let changed = sqlx::query("UPDATE publication.statement SET text = $2 WHERE statement_id = $1").bind(id).bind(&other);
        assert_eq!(constraint_of(changed.execute(&mut database).await).await, "statement_digest_of_text");
        let digest = hex::encode(Sha256::digest(format!("{}\n{other}", approved.title)));
        let changed = sqlx::query("UPDATE publication.statement SET text = $2, text_sha256 = $3 WHERE statement_id = $1");
        let changed = changed.bind(id).bind(&other).bind(&digest).execute(&mut database).await;
        assert_eq!(constraint_of(changed).await, "statement_approved_text");
    }
    for other in neighbours(&approved.title).iter().filter(|title| !title.contains(['\n', '\r'])) {
        let changed = sqlx::query("UPDATE publication.statement SET title = $2 WHERE statement_id = $1").bind(id).bind(other);
        assert_eq!(constraint_of(changed.execute(&mut database).await).await, "statement_digest_of_text");
    }
    office.release(office.staff, &approved).await.unwrap();
}

#[tokio::test]
async fn without_the_databases_checks_the_release_still_refuses_every_change_of_one_byte() {
    let office = office().await;
    let approved = office.approved("通报 a", " 水质\r\n合格<b>\t").await;
    let id: Uuid = approved.statement_id.parse().unwrap();
    let mut database = database(&office).await;
    for check in ["statement_digest_of_text", "statement_approved_text", "statement_title_one_line"] {
        let sql = format!("ALTER TABLE publication.statement DROP CONSTRAINT {check}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut database).await.unwrap();
    }
    let titles = neighbours(&approved.title).into_iter().map(|title| (title, approved.text.clone()));
    let texts = neighbours(&approved.text).into_iter().map(|text| (approved.title.clone(), text));
    for (title, text) in titles.chain(texts) {
        // The stored digest is falsified with it in every other case.
        for falsified in [approved.text_sha256.clone(), hex::encode(Sha256::digest(format!("{title}\n{text}")))] {
            let change = sqlx::query("UPDATE publication.statement SET title = $2, text = $3, text_sha256 = $4 WHERE statement_id = $1");
            change.bind(id).bind(&title).bind(&text).bind(&falsified).execute(&mut database).await.unwrap();
            assert_refused(office.release(office.staff, &approved).await, Code::FailedPrecondition, "TEXT_DIFFERS");
        }
    }
    let restore = sqlx::query("UPDATE publication.statement SET title = $2, text = $3, text_sha256 = $4 WHERE statement_id = $1");
    let restore = restore.bind(id).bind(&approved.title).bind(&approved.text).bind(&approved.text_sha256);
    restore.execute(&mut database).await.unwrap();
    office.release(office.staff, &approved).await.unwrap();
}

#[tokio::test]
async fn a_text_changed_after_the_review_is_not_approved_by_the_digest_that_was_read() {
    let office = office().await;
    let reviewed = office.reviewed("通报", "水质合格").await;
    let mut database = database(&office).await;
    let id: Uuid = reviewed.statement_id.parse().unwrap();
    let digest = hex::encode(Sha256::digest("通报\n水质不合格"));
    let change = sqlx::query("UPDATE publication.statement SET text = '水质不合格', text_sha256 = $2 WHERE statement_id = $1");
    change.bind(id).bind(digest).execute(&mut database).await.unwrap();
    assert_refused(office.approve(office.principal, &reviewed).await, Code::FailedPrecondition, "TEXT_DIFFERS");
}

#[tokio::test]
async fn a_released_text_and_its_approval_no_longer_change_in_the_database() {
    let office = office().await;
    let release = office.released("通报", "正文").await;
    let mut database = database(&office).await;
    let changed = sqlx::query("UPDATE publication.release SET text = '别的正文'").execute(&mut database).await;
    assert_eq!(constraint_of(changed).await, "release_digest_of_text");
    let digest = hex::encode(Sha256::digest("通报\n别的正文"));
    let changed =
        sqlx::query("UPDATE publication.release SET text = '别的正文', text_sha256 = $1").bind(&digest).execute(&mut database).await;
    assert_eq!(constraint_of(changed).await, "release_approved_text");
    let changed = sqlx::query("UPDATE publication.statement SET text = '别的正文', text_sha256 = $1, approved_sha256 = $1").bind(&digest);
    assert_eq!(constraint_of(changed.execute(&mut database).await).await, "release_approved_text");
    let (_, page) = office.house.get(&format!("/releases/{}", release.release_id)).await;
    assert!(page.contains("<article>正文</article>"));
}

#[tokio::test]
async fn four_eyes_hold_in_the_database_too() {
    let office = office().await;
    office.approved("通报", "正文").await;
    let mut database = database(&office).await;
    let changed = sqlx::query("UPDATE publication.statement SET review_person_id = author_person_id").execute(&mut database).await;
    assert_eq!(constraint_of(changed).await, "statement_review_four_eyes");
    let changed = sqlx::query("UPDATE publication.statement SET approve_person_id = review_person_id").execute(&mut database).await;
    assert_eq!(constraint_of(changed).await, "statement_approve_four_eyes");
}

/// Exactly one of two won, and the other was told why.
fn one_won(first: &Result<pb::Statement, Status>, second: &Result<pb::Statement, Status>) -> bool {
    let told = |lost: &Result<pb::Statement, Status>| {
        lost.as_ref().is_err_and(|s| ["STATEMENT_STALE", "STATEMENT_STATE"].contains(&reason(s).as_str()))
    };
    (first.is_ok() && told(second)) || (second.is_ok() && told(first))
}

#[tokio::test]
async fn of_an_approval_and_a_revision_at_the_same_moment_exactly_one_wins() {
    let office = office().await;
    for round in 0..20 {
        let reviewed = office.reviewed("通报", "正文").await;
        // The way to a revision leads through a return: both race for the version that both people saw.
        let revision = async {
            if round % 2 == 1 {
                tokio::task::yield_now().await;
            }
            let returned = office.send_back(office.head, &reviewed, "须改").await?;
            office.revise(office.staff, &returned, "通报", "改后的正文").await
        };
        let (approval, revision) = tokio::join!(office.approve(office.principal, &reviewed), revision);
        assert!(one_won(&approval, &revision), "{approval:?} {revision:?}");
        let now = office.get(office.staff, &reviewed.statement_id).await.unwrap();
        let (state, text) = if approval.is_ok() { (State::Approved, "正文") } else { (State::Draft, "改后的正文") };
        assert_eq!((now.state(), now.text.as_str()), (state, text));
        assert!(office.revise(office.staff, &reviewed, "通报", "别的").await.is_err());
    }
}

#[tokio::test]
async fn of_a_submission_and_a_revision_at_the_same_moment_exactly_one_wins() {
    let office = office().await;
    for _ in 0..20 {
        let draft = office.draft("通报", "正文").await;
        let (submission, revision) =
            tokio::join!(office.submit(office.staff, &draft), office.revise(office.staff, &draft, "通报", "改后的正文"));
        assert!(one_won(&submission, &revision), "{submission:?} {revision:?}");
        let now = office.get(office.staff, &draft.statement_id).await.unwrap();
        let (state, text) = if submission.is_ok() { (State::Submitted, "正文") } else { (State::Draft, "改后的正文") };
        assert_eq!((now.state(), now.text.as_str()), (state, text));
    }
}

#[tokio::test]
async fn of_many_approvals_at_the_same_moment_one_counts() {
    let office = office().await;
    let reviewed = office.reviewed("通报", "正文").await;
    let all = futures_all((0..8).map(|_| office.approve(office.principal, &reviewed))).await;
    assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(office.told::<pb::StatementApproved>().await.len(), 1);
}

async fn futures_all<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        for (one, output) in &mut running {
            if output.is_none()
                && let std::task::Poll::Ready(done) = one.as_mut().poll(context)
            {
                *output = Some(done);
            }
        }
        if running.iter().all(|(_, output)| output.is_some()) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

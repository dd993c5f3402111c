//! Papers are handed out whole, with their digest; a converter cannot hang a call, outlive it or read this process's secrets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use chassis::{Converter, Error, Press, Sheet, Sort};
use huiying_proto::paper::paper::Format;
use sha2::{Digest, Sha256};

fn sheet(docx: &[u8]) -> impl FnOnce(&()) -> Result<Sheet, Infallible> + Send + 'static {
    let sheet = ("周报2026年第1期".into(), docx.to_vec(), vec!["图".into()]);
    move |()| Ok(sheet)
}

/// A press whose converter is a shell script; $1 is the file, $2 the folder, $3 what the test gives it.
fn press(script: &str, given: &Path) -> Press<()> {
    let given = given.to_string_lossy();
    let command = ["sh", "-c", script, "sh", "{file}", "{folder}", &given].map(str::to_owned).to_vec();
    Press::new((), Converter::new(command, Duration::from_secs(2)))
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("press-{name}"));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (Sort, &'static str) {
    match outcome.unwrap_err() {
        Error::Refused(refusal) => (refusal.sort, refusal.reason),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_paper_is_handed_out_with_its_name_its_type_and_its_digest() {
    let paper = Press::<()>::default().print(Format::Docx, sheet(b"docx")).await.unwrap();
    assert_eq!((paper.content.as_slice(), paper.file_name.as_str()), (b"docx".as_slice(), "周报2026年第1期.docx"));
    assert_eq!((paper.sha256, paper.left_out), (hex::encode(Sha256::digest(b"docx")), vec!["图".to_owned()]));
    let given = scratch("pdf");
    let paper = press(r#"sed s/docx/pdf/ "$1" >"$2/paper.pdf""#, &given).print(Format::Pdf, sheet(b"docx")).await.unwrap();
    assert_eq!((paper.content.as_slice(), paper.file_name.as_str()), (b"pdf".as_slice(), "周报2026年第1期.pdf"));
    assert_eq!((paper.media_type.as_str(), paper.sha256), ("application/pdf", hex::encode(Sha256::digest(b"pdf"))));
}

#[tokio::test]
async fn without_a_converter_a_pdf_is_refused_and_the_refusal_says_what_to_configure() {
    let outcome = Press::new((), Converter::new(Vec::new(), Duration::from_secs(2))).print(Format::Pdf, sheet(b"docx")).await;
    assert!(outcome.as_ref().unwrap_err().to_string().contains("converter"), "{outcome:?}");
    assert_eq!(refused(outcome), (Sort::State, "CONVERTER_MISSING"));
}

#[tokio::test]
async fn a_converter_that_hangs_is_ended_in_its_time_with_whatever_it_started() {
    let given = scratch("hang").join("alive");
    fs::write(&given, "0").unwrap();
    // A child of its own goes on counting, as LibreOffice's does.
    let script = r#"(n=0; while :; do n=$((n+1)); echo $n >"$3"; sleep 0.1; done) & wait"#;
    let begun = Instant::now();
    assert_eq!(refused(press(script, &given).print(Format::Pdf, sheet(b"docx")).await), (Sort::Deadline, "CONVERTER_TIMED_OUT"));
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    tokio::time::sleep(Duration::from_millis(300)).await;
    let counted = fs::read_to_string(&given).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(fs::read_to_string(&given).unwrap(), counted, "its child still counts");
    assert_ne!(counted, "0");
}

#[tokio::test]
async fn a_converter_that_fails_makes_nothing_or_is_not_there_is_an_error() {
    let given = scratch("fail");
    for script in ["echo broken >&2; exit 3", "exit 0", r#": >"$2/paper.pdf""#] {
        let outcome = press(script, &given).print(Format::Pdf, sheet(b"docx")).await;
        assert_eq!(refused(outcome), (Sort::Unavailable, "CONVERTER_FAILED"), "{script}");
    }
    let absent = Converter::new(vec!["/nonexistent/soffice".into()], Duration::from_secs(2));
    assert_eq!(refused(Press::new((), absent).print(Format::Pdf, sheet(b"docx")).await), (Sort::Unavailable, "CONVERTER_FAILED"));
}

#[tokio::test]
async fn a_converter_sees_its_own_folder_and_nothing_of_this_process_s_settings() {
    let given = scratch("environment").join("seen");
    let script = r#"env >"$3"; pwd >>"$3"; stat -c %a "$2" >>"$3"; cp "$1" "$2/paper.pdf""#;
    press(script, &given).print(Format::Pdf, sheet(b"docx")).await.unwrap();
    let seen = fs::read_to_string(&given).unwrap();
    let names: Vec<&str> = seen.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    assert!(!names.contains(&"DATABASE_URL") && !names.contains(&"CARGO_MANIFEST_DIR"), "{names:?}");
    assert!(seen.contains("\n700"), "the folder is private: {seen}");
    let folder = seen.lines().find_map(|line| line.strip_prefix("HOME=")).unwrap();
    assert!(!Path::new(folder).exists(), "the folder with the paper is gone");
}

#[tokio::test]
async fn no_paper_is_larger_than_an_answer_may_be_and_one_that_cannot_be_made_is_a_fault() {
    let large = vec![0; (3 << 20) + 1];
    assert_eq!(refused(Press::<()>::default().print(Format::Docx, sheet(&large)).await), (Sort::Exhausted, "PAPER_TOO_LARGE"));
    let outcome = Press::<()>::default().print(Format::Docx, |()| Err::<Sheet, _>("no parts")).await;
    assert!(matches!(outcome, Err(Error::Fault(_))), "{outcome:?}");
}

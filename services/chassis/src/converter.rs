//! Converts a file by a program of the operator's, such as LibreOffice: in a folder of its own, without this process's settings and
//! secrets, in a limited time, and few at once. Whatever it started ends with it.

use std::{
    ffi::OsStr,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use huiying_proto::event::ErrorReason;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{process::Command, sync::Semaphore};

use crate::error::{Error, Refusal, Sort};

/// Conversions at once; each may take hundreds of megabytes.
const AT_ONCE: usize = 2;
/// What a converter makes is not read beyond this.
const LARGEST: u64 = 64 << 20;
/// So much of what a failed one said goes to the log.
const SAID: usize = 2_000;

/// A program that converts a file, ready to run.
#[derive(Clone, Debug)]
pub struct Converter {
    command: Arc<[String]>,
    limit: Duration,
    free: Arc<Semaphore>,
}

impl Converter {
    /// From a command and its arguments, in which "{file}" stands for the file to convert and "{folder}" for the folder that takes
    /// the result, named as the file but for its ending. Nothing when the command is empty.
    #[must_use]
    pub fn new(command: Vec<String>, limit: Duration) -> Option<Self> {
        (!command.is_empty()).then(|| Self { command: command.into(), limit, free: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Converts a file, from one ending to another.
    ///
    /// # Errors
    /// OVERLOADED when others keep it busy for all of the time, CONVERTER_TIMED_OUT, CONVERTER_FAILED.
    pub async fn convert(&self, file: Vec<u8>, from: &str, to: &str) -> Result<Vec<u8>, Error> {
        let begun = Instant::now();
        let busy = || Refusal::house(Sort::Exhausted, ErrorReason::Overloaded, "正在转换的文件过多,请稍后再试。");
        let _permit = tokio::time::timeout(self.limit, self.free.acquire()).await.map_err(|_| busy())?.map_err(Error::fault)?;
        let folder = tempfile::Builder::new().prefix("huiying-").permissions(PermissionsExt::from_mode(0o700)).tempdir();
        let folder = folder.map_err(|error| {
            tracing::warn!(%error, "converter has no folder to work in");
            failed()
        })?;
        let source = folder.path().join(format!("paper.{from}"));
        tokio::fs::write(&source, file).await.map_err(Error::fault)?;
        let left = self.limit.saturating_sub(begun.elapsed());
        let status = match tokio::time::timeout(left, self.run(&source, folder.path())).await {
            Ok(ran) => ran?,
            Err(_) => {
                tracing::warn!(program = self.command.first(), limit = ?self.limit, "converter ended: over its time");
                let message = format!("转换程序在 {} 秒内没有完成,已终止;请稍后再试,或先取 DOCX。", self.limit.as_secs());
                return Err(Refusal::house(Sort::Deadline, ErrorReason::ConverterTimedOut, message).into());
            }
        };
        let result = folder.path().join(format!("paper.{to}"));
        let size = tokio::fs::metadata(&result).await.map(|about| about.len()).unwrap_or_default();
        if !status.success() || size == 0 || size > LARGEST {
            let said = tokio::fs::read(folder.path().join("said")).await.unwrap_or_default();
            let said = String::from_utf8_lossy(said.get(..SAID.min(said.len())).unwrap_or_default()).into_owned();
            tracing::warn!(program = self.command.first(), %status, size, said, "converter failed");
            return Err(failed().into());
        }
        tokio::fs::read(&result).await.map_err(Error::fault)
    }

    async fn run(&self, file: &Path, folder: &Path) -> Result<ExitStatus, Error> {
        let [program, arguments @ ..] = &*self.command else { return Err(failed().into()) };
        let fill = |argument: &String| argument.replace("{file}", &file.to_string_lossy()).replace("{folder}", &folder.to_string_lossy());
        let said = std::fs::File::create(folder.join("said")).map_err(Error::fault)?;
        let mut command = Command::new(program);
        command.args(arguments.iter().map(fill)).current_dir(folder).env_clear();
        for (name, value) in std::env::vars_os().filter(|(name, _)| is_passed_on(name)) {
            command.env(name, value);
        }
        command.env("HOME", folder).env("TMPDIR", folder).env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).process_group(0).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| {
            tracing::warn!(program, %error, "converter not started");
            Error::from(Refusal::house(
                Sort::Unavailable,
                ErrorReason::ConverterFailed,
                "转换程序无法启动,请联系运维检查 papers.converter。",
            ))
        })?;
        let _group = Group::of(child.id());
        child.wait().await.map_err(Error::fault)
    }
}

fn failed() -> Refusal {
    Refusal::house(Sort::Unavailable, ErrorReason::ConverterFailed, "转换程序未能生成文件,请稍后再试,或先取 DOCX;如仍不行,请联系运维。")
}

/// Where programs and fonts are. Nothing else of the environment: it may hold secrets.
fn is_passed_on(name: &OsStr) -> bool {
    ["PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_DATA_DIRS"].iter().any(|known| name == *known)
}

/// The program and whatever it started, ended when this is dropped: a deadline drops the call.
struct Group(Option<Pid>);

impl Group {
    fn of(leader: Option<u32>) -> Self {
        Self(leader.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0
            && let Err(error) = kill_process_group(group, Signal::KILL)
            && error != rustix::io::Errno::SRCH
        {
            tracing::warn!(%error, "converter's processes not ended");
        }
    }
}

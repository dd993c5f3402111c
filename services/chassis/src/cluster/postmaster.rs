//! What `postmaster.pid` says, and whether it is still true.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal};

use super::{
    POLL,
    error::{ClusterError, IoContext as _},
};

const PID_FILE: &str = "postmaster.pid";
const LEAVE: Duration = Duration::from_secs(2);

/// A server that runs.
pub(super) struct Running {
    pub(super) pid: u32,
    pub(super) socket_dir: PathBuf,
}

/// The server that runs on `data` and takes connections.
pub(super) fn running(data: &Path) -> Option<Running> {
    let file = fs::read_to_string(data.join(PID_FILE)).ok()?;
    // pid, data directory, start time, port, first socket directory, …
    let lines: Vec<&str> = file.lines().collect();
    let pid = lines.first()?.trim().parse().ok()?;
    runs(pid, data).then_some(Running { pid, socket_dir: PathBuf::from(lines.get(4).copied().unwrap_or_default()) })
}

/// Whether `pid` is a postmaster of `data`: its working directory is its data directory. A zombie has none.
pub(super) fn runs(pid: u32, data: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|directory| data.canonicalize().is_ok_and(|data| data == directory))
}

/// Whether the postmaster `pid` is gone, or goes within a moment: one that was killed takes its time.
pub(super) fn goes(pid: u32, data: &Path) -> bool {
    let begun = Instant::now();
    while runs(pid, data) {
        if begun.elapsed() > LEAVE {
            return false;
        }
        sleep(POLL);
    }
    true
}

/// Whether the postmaster `pid` says that it accepts connections.
pub(super) fn is_ready(data: &Path, pid: u32) -> bool {
    let Ok(file) = fs::read_to_string(data.join(PID_FILE)) else {
        return false;
    };
    let mut lines = file.lines();
    lines.next().is_some_and(|first| first.trim() == pid.to_string()) && lines.nth(6).is_some_and(|status| status.trim() == "ready")
}

/// The major version that wrote `data`; `None` before it is initialised.
pub(super) fn version(data: &Path) -> Result<Option<u32>, ClusterError> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).during("读取", &path),
    }
}

/// Removes the lock files that a dead server has left: where another process has got its number since, or a zombie still
/// holds it, PostgreSQL would take it for a living one. That no orphan still uses the data PostgreSQL checks by its shared
/// memory, file or no file.
pub(super) fn forget(data: &Path, socket_lock: &Path) -> Result<(), ClusterError> {
    let names_data = |lock: String| lock.lines().nth(1).is_some_and(|line| Path::new(line) == data);
    for lock in [&*data.join(PID_FILE), socket_lock] {
        if fs::read_to_string(lock).is_ok_and(names_data) {
            fs::remove_file(lock).during("删除", lock)?;
        }
    }
    Ok(())
}

/// Sends `signal` to `pid`; one that has just gone is no error.
pub(super) fn signal(pid: u32, signal: Signal) -> io::Result<()> {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return Ok(());
    };
    match rustix::process::kill_process(pid, signal) {
        Err(rustix::io::Errno::SRCH) | Ok(()) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

//! The steps of a start.

use std::{
    fs::{self, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::fs::OFlags;

use super::{
    DATA, Options, POLL, SUPERUSER,
    account::Account,
    binaries::{self, Binaries},
    error::{ClusterError, IoContext as _},
    postmaster,
};

const NEW_DATA: &str = "cluster.new";
const LOG: &str = "server.log";
pub(super) const SOCKET_LOCK: &str = ".s.PGSQL.5432.lock";
/// `sockaddr_un` holds 107 bytes; some clients append to the path.
const SOCKET_PATH_LIMIT: usize = 100;
/// Recovery after a crash counts too.
const START_LIMIT: Duration = Duration::from_secs(120);
/// How long the processes of a killed server may hold its shared memory.
const ORPHAN_LIMIT: Duration = Duration::from_secs(20);

/// Refuses a directory that holds something else: as root its owner is about to change.
pub(super) fn refuse_foreign(home: &Path) -> Result<(), ClusterError> {
    let mut empty = true;
    for entry in fs::read_dir(home).during("读取", home)? {
        let name = entry.during("读取", home)?.file_name();
        if [DATA, NEW_DATA, LOG].iter().any(|own| name == *own) {
            return Ok(());
        }
        empty = false;
    }
    if empty { Ok(()) } else { Err(ClusterError::NotOurs { data_dir: home.to_owned() }) }
}

/// Initialises beside and renames, so that an `initdb` cut off half-way leaves nothing that looks finished.
pub(super) fn initialise(home: &Path, account: &Account, binaries: &Binaries, durable: bool) -> Result<(), ClusterError> {
    let new = home.join(NEW_DATA);
    if new.exists() {
        fs::remove_dir_all(&new).during("删除", &new)?;
    }
    let mut initdb = binaries.command("initdb", account, home);
    initdb.arg("-D").arg(&new).args(["-U", SUPERUSER, "--encoding=UTF8", "--locale=C", "--auth=trust"]);
    if !durable {
        initdb.arg("--no-sync");
    }
    binaries::output(initdb, "initdb")?;
    let data = home.join(DATA);
    fs::rename(&new, &data).during("改名", &data)
}

pub(super) fn settings(options: &Options, socket_dir: &Path) -> Vec<(String, String)> {
    let socket_dir = format!("\"{}\"", socket_dir.display());
    let mut settings = vec![
        ("listen_addresses", ""),
        ("unix_socket_directories", &*socket_dir),
        ("unix_socket_permissions", "0700"),
        ("max_connections", "300"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("logging_collector", "off"),
        ("log_checkpoints", "off"),
    ];
    if !options.durable {
        settings.extend([("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")]);
    }
    let ours = settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    ours.chain(options.settings.iter().cloned()).collect()
}

pub(super) fn socket_dir(options: &Options, home: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    let fits = |dir: &Path| dir.join(SOCKET_LOCK).as_os_str().len() < SOCKET_PATH_LIMIT;
    let chosen = match &options.socket_dir {
        Some(dir) => std::path::absolute(dir).during("定位", dir)?,
        None if fits(home) => return Ok(home.to_owned()),
        None => {
            // FNV-1a: the same directory at every start.
            let name = home.as_os_str().as_encoded_bytes();
            let hash = name.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
            PathBuf::from(format!("/tmp/{SUPERUSER}-{hash:016x}"))
        }
    };
    if !fits(&chosen) {
        return Err(ClusterError::SocketPathTooLong { socket_dir: chosen, limit: SOCKET_PATH_LIMIT - SOCKET_LOCK.len() - 2 });
    }
    account.socket_dir(&chosen)?;
    Ok(chosen)
}

/// Spawns the server and waits for it, again while the processes of a killed one still hold its shared memory.
pub(super) fn launch(mut server: Command, home: &Path, data: &Path) -> Result<Child, ClusterError> {
    let path = home.join(LOG);
    // The directory is another account's, and this one may be root.
    let no_links = OFlags::NOFOLLOW.bits().cast_signed();
    let begun = Instant::now();
    loop {
        let mut log =
            OpenOptions::new().create(true).append(true).read(true).mode(0o600).custom_flags(no_links).open(&path).during("打开", &path)?;
        let start_of_log = log.seek(SeekFrom::End(0)).during("读取", &path)?;
        let copies = [log.try_clone().during("打开", &path)?, log.try_clone().during("打开", &path)?];
        let [out, err] = copies.map(Stdio::from);
        let mut child = server.stdin(Stdio::null()).stdout(out).stderr(err).spawn().during("运行", data)?;
        let gone = loop {
            if child.try_wait().during("等待", data)?.is_some() {
                break true;
            }
            if postmaster::is_ready(data, child.id()) {
                return Ok(child);
            }
            if begun.elapsed() > START_LIMIT {
                break false;
            }
            sleep(POLL);
        };
        let mut said = Vec::new();
        log.seek(SeekFrom::Start(start_of_log)).and_then(|_| log.read_to_end(&mut said)).during("读取", &path)?;
        let said = String::from_utf8_lossy(&said).trim_end().to_owned();
        if !gone {
            child.kill().and_then(|()| child.wait()).during("停止", data)?;
            return Err(ClusterError::NotReady { seconds: START_LIMIT.as_secs(), log: path, said });
        }
        if !said.contains("shared memory block") || begun.elapsed() > ORPHAN_LIMIT {
            return Err(ClusterError::Exited { log: path, said });
        }
        sleep(POLL * 10);
    }
}

//! A private PostgreSQL cluster: found, initialised, started, stopped, and started again after a crash.
//!
//! The server listens on a unix socket alone, trusts who can reach that socket (its owner and root), and never
//! runs as root. Everything lies in one directory: `cluster/` (PostgreSQL's own data), `server.log`, the socket.
//! The calls block; in async code put them in `tokio::task::spawn_blocking`.

mod account;
mod binaries;
mod error;
mod postmaster;
mod start;

use std::{
    fmt::Write as _,
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{Mutex, MutexGuard, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::Signal;

pub use self::error::ClusterError;
use self::{account::Account, binaries::Binaries, error::IoContext as _};

/// The superuser that [`Cluster::start`] creates.
pub const SUPERUSER: &str = "huiying";

const DATA: &str = "cluster";
const POLL: Duration = Duration::from_millis(10);
const FAST_STOP_LIMIT: Duration = Duration::from_secs(30);
const IMMEDIATE_STOP_LIMIT: Duration = Duration::from_secs(10);

/// How to start a [`Cluster`].
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The directory of this cluster alone; made when absent. As root, not under a directory that only root enters.
    pub data_dir: PathBuf,
    /// Where the socket goes: by default `data_dir`, or a directory of `/tmp` when that path is too long for a socket.
    pub socket_dir: Option<PathBuf>,
    /// Where `initdb` and `postgres` are: by default `PATH`, then the newest of the system's packages.
    pub bin_dir: Option<PathBuf>,
    /// Whether a committed transaction survives the machine (fsync); without it, only the process.
    pub durable: bool,
    /// Settings of `postgresql.conf`, which win over those of this module.
    pub settings: Vec<(String, String)>,
}

/// A running PostgreSQL server. It stops when this value is dropped, unless [`Cluster::detach`]ed.
#[derive(Debug)]
pub struct Cluster {
    data: PathBuf,
    socket_dir: PathBuf,
    client: PathBuf,
    pid: u32,
    server: Mutex<Server>,
    detached: bool,
}

#[derive(Debug)]
enum Server {
    Child(Child),
    Attached,
}

impl Cluster {
    /// Starts the server on `options.data_dir`, initialising it when it is empty, and waits until it accepts connections.
    ///
    /// # Errors
    /// Says in Chinese what failed and what to do. A server that already runs there is an error: see [`Cluster::attach`].
    pub fn start(options: Options) -> Result<Self, ClusterError> {
        let home = std::path::absolute(&options.data_dir).during("定位", &options.data_dir)?;
        fs::create_dir_all(&home).during("创建", &home)?;
        let home = home.canonicalize().during("定位", &home)?;
        let lock = File::open(&home).during("打开", &home)?;
        lock.lock().during("锁定", &home)?;

        let data = home.join(DATA);
        start::refuse_foreign(&home)?;
        if let Some(running) = postmaster::running(&data)
            && !postmaster::goes(running.pid, &data)
        {
            return Err(ClusterError::AlreadyRunning { pid: running.pid, data_dir: home });
        }
        let account = Account::of_server(&data)?;
        account.reach(&home)?;
        account.own(&home, &data)?;
        let binaries = Binaries::find(options.bin_dir.as_deref(), postmaster::version(&data)?)?;
        if !data.join("PG_VERSION").exists() {
            start::initialise(&home, &account, &binaries, options.durable)?;
        }
        let socket_dir = start::socket_dir(&options, &home, &account)?;
        postmaster::forget(&data, &socket_dir.join(start::SOCKET_LOCK))?;

        let mut server = binaries.command("postgres", &account, &home);
        server.arg("-D").arg(&data).arg("-p").arg("5432").process_group(0);
        for (name, value) in start::settings(&options, &socket_dir) {
            server.arg("-c").arg(format!("{name}={value}"));
        }
        let child = start::launch(server, &home, &data)?;
        let client = binaries.client();
        Ok(Self { data, socket_dir, client, pid: child.id(), server: Mutex::new(Server::Child(child)), detached: false })
    }

    /// Takes over the server that already runs on `data_dir`, whoever started it; `None` when none does.
    ///
    /// # Errors
    /// When the directory can't be looked at.
    pub fn attach(data_dir: &Path) -> Result<Option<Self>, ClusterError> {
        if !data_dir.exists() {
            return Ok(None);
        }
        let home = data_dir.canonicalize().during("定位", data_dir)?;
        // Waits for a start that is under way.
        let lock = File::open(&home).during("打开", &home)?;
        lock.lock().during("锁定", &home)?;
        let data = home.join(DATA);
        let Some(running) = postmaster::running(&data) else {
            return Ok(None);
        };
        let client = Binaries::find(None, postmaster::version(&data)?)?.client();
        Ok(Some(Self {
            data,
            socket_dir: running.socket_dir,
            client,
            pid: running.pid,
            server: Mutex::new(Server::Attached),
            detached: false,
        }))
    }

    /// Leaves the server running.
    pub fn detach(mut self) {
        self.detached = true;
    }

    /// The connection URL of `database` for `user`: `postgres://user@localhost/db?host=/run/dir`.
    #[must_use]
    pub fn url(&self, database: &str, user: &str) -> String {
        let host = self.socket_dir.to_string_lossy();
        format!("postgres://{}@localhost/{}?host={}", encode(user), encode(database), encode(&host))
    }

    /// The process id of the postmaster.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The directory that holds the socket.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Whether the postmaster still lives.
    #[must_use]
    pub fn is_running(&self) -> bool {
        match &mut *self.server() {
            Server::Child(child) => matches!(child.try_wait(), Ok(None)),
            Server::Attached => postmaster::runs(self.pid, &self.data),
        }
    }

    /// Creates `database`, owned by the superuser, unless it exists.
    ///
    /// # Errors
    /// With what the server said.
    pub fn create_database(&self, database: &str) -> Result<(), ClusterError> {
        let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{}'", database.replace('\'', "''"));
        if self.query(&exists)?.is_empty() {
            let create = format!("CREATE DATABASE \"{}\"", database.replace('"', "\"\""));
            if let Err(refused) = self.query(&create)
                && self.query(&exists)?.is_empty()
            {
                return Err(refused);
            }
        }
        Ok(())
    }

    /// Kills the postmaster as a crash would (SIGKILL): for tests of faults.
    ///
    /// # Errors
    /// When the signal can't be sent.
    pub fn kill(&self) -> Result<(), ClusterError> {
        self.signal(Signal::KILL)?;
        match &mut *self.server() {
            Server::Child(child) => child.wait().map(drop).during("等待", &self.data),
            Server::Attached if postmaster::goes(self.pid, &self.data) => Ok(()),
            Server::Attached => Err(ClusterError::WillNotStop { pid: self.pid }),
        }
    }

    /// Stops the server: ends its sessions, writes a checkpoint, and waits for it to be gone.
    ///
    /// # Errors
    /// When it outlives every signal.
    pub fn stop(self) -> Result<(), ClusterError> {
        self.shut_down()
    }

    fn shut_down(&self) -> Result<(), ClusterError> {
        for (signal, limit) in [(Signal::INT, FAST_STOP_LIMIT), (Signal::QUIT, IMMEDIATE_STOP_LIMIT), (Signal::KILL, IMMEDIATE_STOP_LIMIT)]
        {
            if !self.is_running() {
                return Ok(());
            }
            self.signal(signal)?;
            let begun = Instant::now();
            while begun.elapsed() < limit {
                if !self.is_running() {
                    return Ok(());
                }
                sleep(POLL);
            }
        }
        Err(ClusterError::WillNotStop { pid: self.pid })
    }

    /// Signals the postmaster and no other process that has got its number since.
    fn signal(&self, signal: Signal) -> Result<(), ClusterError> {
        let mut server = self.server();
        let alive = match &mut *server {
            Server::Child(child) => matches!(child.try_wait(), Ok(None)),
            Server::Attached => postmaster::runs(self.pid, &self.data),
        };
        if alive { postmaster::signal(self.pid, signal).during("停止", &self.data) } else { Ok(()) }
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn query(&self, statement: &str) -> Result<String, ClusterError> {
        let mut psql = Command::new(&self.client);
        binaries::without_client_settings(&mut psql);
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, "-d", &self.url("postgres", SUPERUSER)]);
        binaries::output(psql, "psql")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !self.detached {
            // Nobody is left to tell; the next start recovers.
            let _ = self.shut_down();
        }
    }
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

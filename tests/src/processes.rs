//! Services as processes of their own: started with a real configuration, killed for real.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use chassis::{
    cluster::{Cluster, Options},
    token::Issuer,
};
use huiying::{client::Addresses, compose::SERVICES};
use huiying_proto::directory::Role;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A year from the clock's start: no token of a test runs out.
const YEAR: i64 = 365 * 86_400;

/// The binary, as `tests/run.sh` builds it.
pub fn huiying() -> PathBuf {
    let own = std::env::current_exe().unwrap(); // target/…/load, or target/…/deps/story-…
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join("huiying")).find(|file| file.is_file());
    found.expect("huiying is not built: run the tests with tests/run.sh, or `cargo build -p huiying` first")
}

fn free_port() -> u16 {
    // Below the ports that outgoing connections take, one of which might be this one before the process listens.
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let nth = std::process::id().wrapping_mul(41).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + u16::try_from(nth % 12_000).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// An office whose services are processes of their own, on a private cluster.
pub struct Office {
    pub dir: PathBuf,
    pub issuer: Issuer,
    pub addresses: Addresses,
    ports: HashMap<&'static str, u16>,
    children: HashMap<&'static str, Child>,
    clock: Option<PathBuf>,
    settings: Vec<String>,
    database: String,
    superior: Option<(String, String)>,
    name: String,
}

/// A private cluster for one test, in a folder of its own; durable, as people will be killed with it.
pub fn cluster(name: &str) -> (Cluster, PathBuf) {
    let dir = std::env::temp_dir().join(format!("huiying-{name}-{}", std::process::id()));
    let cluster = Cluster::start(Options { data_dir: dir.join("postgres"), durable: true, ..Options::default() }).unwrap();
    (cluster, dir)
}

/// The fields of a process's `stat` after its name: the state comes first.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// Clock ticks that a process has been busy, and its children that have ended.
pub fn ticks(pid: u32) -> u64 {
    stat(pid).map_or(0, |fields| fields[11..15].iter().map(|field| field.parse::<u64>().unwrap()).sum())
}

/// Clock ticks that a process and its children have been busy.
pub fn ticks_of_family(pid: u32) -> u64 {
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let children = all.filter(|child| stat(*child).is_some_and(|fields| fields[1] == pid.to_string()));
    ticks(pid) + children.map(ticks).sum::<u64>()
}

impl Office {
    /// Prepares an office's database and configuration; nothing runs yet.
    pub async fn prepare(
        cluster: &Cluster,
        dir: &Path,
        name: &str,
        clock: Option<&Path>,
        start: Timestamp,
        superior: Option<(String, String)>,
    ) -> Self {
        let dir = dir.join(name);
        std::fs::create_dir_all(&dir).unwrap();
        let mut connection = PgConnection::connect(&cluster.url("postgres", "huiying")).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"))).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let database = cluster.url(name, "huiying_SERVICE").replace("SERVICE", "{service}");
        huiying::compose::make_schemas(&cluster.url(name, "huiying")).await.unwrap();
        let names: Vec<&'static str> = SERVICES.iter().map(|(name, ..)| *name).collect();
        huiying::compose::migrate(&database, &names).await.unwrap();
        let issuer = Issuer::generate(name).unwrap();
        let (key, _) = chassis::token::generate_keys().unwrap();
        std::fs::write(dir.join("issuer.pub"), issuer.public_pem()).unwrap();
        std::fs::write(dir.join("service.jwt"), issuer.service(name, &[Role::System], start, 10 * YEAR).unwrap()).unwrap();
        std::fs::write(dir.join("checkpoint.key"), key).unwrap();
        let ports: HashMap<&'static str, u16> = names.iter().map(|name| (*name, free_port())).collect();
        let addresses =
            Addresses::each(ports.iter().map(|(name, port)| ((*name).to_owned(), format!("http://127.0.0.1:{port}"))).collect());
        let clock = clock.map(Path::to_owned);
        let office = Self {
            dir,
            issuer,
            addresses,
            ports,
            children: HashMap::new(),
            clock,
            settings: Vec::new(),
            database,
            superior,
            name: name.to_owned(),
        };
        office.write_config();
        office
    }

    /// All services on one port: `start("all")` starts them, or `start` one of them alone.
    pub fn in_one_process(mut self) -> Self {
        let port = free_port();
        self.ports = SERVICES.iter().map(|(name, ..)| (*name, port)).chain([("all", port)]).collect();
        self.addresses = Addresses::one(&format!("http://127.0.0.1:{port}"));
        self.write_config();
        self
    }

    fn write_config(&self) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy");
        let clock = self.clock.as_ref().map(|file| format!("clock_file = \"{}\"\n", file.display())).unwrap_or_default();
        let peers: String = self
            .ports
            .iter()
            .filter(|(name, _)| **name != "all")
            .map(|(name, port)| format!("{name} = \"http://127.0.0.1:{port}\"\n"))
            .collect();
        let superior =
            self.superior.as_ref().map(|(url, token)| format!("[superior]\nurl = \"{url}\"\ntoken = \"{token}\"\n")).unwrap_or_default();
        let text = format!(
            r#"{clock}[office]
name = "{name}"
site_url = "http://127.0.0.1"
[database]
url = "{database}"
connections = 8
[identity]
service_token = {{ file = "{dir}/service.jwt" }}
[[identity.issuers]]
name = "{name}"
public_key = {{ file = "{dir}/issuer.pub" }}
[regulation]
base = "{root}/regulation/toksun.yaml"
overlays = ["{root}/regulation/national.yaml"]
calendars = ["{root}/calendar/2026.yaml"]
[keys]
writer = "{writer}"
checkpoint = {{ file = "{dir}/checkpoint.key" }}
[log]
level = "warn"
[peers]
{peers}{superior}"#,
            name = self.name,
            database = self.database,
            dir = self.dir.display(),
            root = root.display(),
            writer = "5a".repeat(32),
        );
        std::fs::write(self.dir.join("huiying.toml"), text).unwrap();
    }

    /// Configures those that are started from now on, such as "log.json=true".
    pub fn set(&mut self, settings: &[String]) {
        self.settings.extend_from_slice(settings);
    }

    /// Starts one service.
    pub fn start(&mut self, service: &'static str) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.dir.join(format!("{service}.log"))).unwrap();
        let child = Command::new(huiying())
            .args(["serve", service, "--config"])
            .arg(self.dir.join("huiying.toml"))
            .arg("--set")
            .arg(format!("listen=127.0.0.1:{}", self.ports[service]))
            .args(self.settings.iter().flat_map(|setting| ["--set", setting]))
            .env_remove("HUIYING_FAULTS") // the test's own: to the service, a key that it does not know
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.children.insert(service, child);
    }

    /// Starts all of them, and waits until they are calm.
    pub async fn start_all(&mut self) {
        for (service, ..) in SERVICES {
            self.start(service);
        }
        self.settle().await;
    }

    /// Starts those again that ended by themselves, as whoever runs them does: one that finds no store at its start ends.
    pub fn revive(&mut self) {
        let ended = |child: &mut Child| child.try_wait().unwrap().is_some();
        let ended: Vec<&'static str> = self.children.iter_mut().filter_map(|(service, child)| ended(child).then_some(*service)).collect();
        ended.into_iter().for_each(|service| self.start(service));
    }

    /// `kill -9`.
    pub fn kill(&mut self, service: &'static str) {
        let mut child = self.children.remove(service).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Ends one in order, as `docker stop` does.
    pub fn stop(&mut self, service: &'static str) {
        let mut child = self.children.remove(service).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM).unwrap();
        assert!(child.wait().unwrap().success(), "{service} did not stop in order\n{}", self.logs());
    }

    /// The process of a running one.
    pub fn pid(&self, service: &str) -> u32 {
        self.children[service].id()
    }

    /// What a running one holds in memory.
    pub fn resident_kib(&self, service: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid(service))).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// `kill -9` of whatever runs.
    pub fn kill_all(&mut self) {
        for (_, mut child) in self.children.drain() {
            drop(child.kill());
            drop(child.wait());
        }
    }

    pub async fn settle(&self) {
        if let Err(problem) = chassis::probe::settle(&self.addresses.all(), &chassis::tls::Trust::Plain, Duration::from_secs(120)).await {
            panic!("{problem}\n{}", self.logs());
        }
    }

    /// The last lines of every service's log.
    pub fn logs(&self) -> String {
        SERVICES
            .iter()
            .map(|(service, ..)| *service)
            .chain(["all"])
            .map(|service| {
                let text = std::fs::read_to_string(self.dir.join(format!("{service}.log"))).unwrap_or_default();
                let lines: Vec<&str> = text.lines().rev().take(5).collect();
                format!("{service}:\n{}\n", lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
            })
            .collect()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.kill_all();
    }
}

//! Runs a command against a private PostgreSQL cluster, or keeps one running for a developer.

use std::{
    env,
    ffi::OsString,
    fmt::Display,
    io::IsTerminal as _,
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{ExitCode, ExitStatus},
};

use chassis::cluster::{Cluster, ClusterError, Options, SUPERUSER};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

const DATABASE: &str = "huiying";
const USAGE: &str = "\
private-postgres run   --data DIR [OPTIONS] -- COMMAND [ARGUMENT…]
    starts the cluster in DIR, runs COMMAND with DATABASE_URL set, stops the cluster, exits with COMMAND's code;
    a cluster that already runs in DIR is used and left running
private-postgres start --data DIR [OPTIONS]    starts the cluster unless it runs, leaves it running, prints its URL
private-postgres stop  --data DIR              stops the cluster if it runs
OPTIONS: --durable           a committed transaction survives the machine (fsync)
         --socket DIR        where the socket goes
         --bin DIR           where initdb and postgres are
         --set NAME=VALUE    a setting of postgresql.conf";

/// What the command line asks for.
struct Order {
    verb: String,
    options: Options,
    command: Vec<OsString>,
}

impl Order {
    fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter();
        let verb = arguments.next().and_then(|verb| verb.into_string().ok()).ok_or("缺少子命令")?;
        let mut options = Options::default();
        let mut command = Vec::new();
        while let Some(flag) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{} 之后缺少值", flag.display()));
            match flag.to_str() {
                Some("--data") => options.data_dir = value()?.into(),
                Some("--socket") => options.socket_dir = Some(PathBuf::from(value()?)),
                Some("--bin") => options.bin_dir = Some(PathBuf::from(value()?)),
                Some("--durable") => options.durable = true,
                Some("--set") => {
                    let setting = value()?.into_string().map_err(|_| "--set 的值不是 UTF-8")?;
                    let (name, value) = setting.split_once('=').ok_or("--set 的值应为 NAME=VALUE")?;
                    options.settings.push((name.to_owned(), value.to_owned()));
                }
                Some("--") => command = arguments.by_ref().collect(),
                _ => return Err(format!("不认识的参数:{}", flag.display())),
            }
        }
        if !["run", "start", "stop"].contains(&verb.as_str()) {
            return Err(format!("不认识的子命令:{verb}"));
        }
        if options.data_dir.as_os_str().is_empty() {
            return Err("缺少 --data DIR".to_owned());
        }
        if command.is_empty() == (verb == "run") {
            return Err("run 需要 -- 之后的命令,其他子命令不接受它".to_owned());
        }
        Ok(Self { verb, options, command })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let order = match Order::parse(env::args_os().skip(1)) {
        Ok(order) => order,
        Err(mistake) => {
            eprintln!("{mistake}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = match order.verb.as_str() {
        "run" => run(order.options, &order.command).await,
        "start" => start(order.options),
        _ => stop(&order.options),
    };
    done.unwrap_or_else(|reason| {
        eprintln!("private-postgres: {reason}");
        ExitCode::FAILURE
    })
}

/// The running cluster, and whether it ran before.
fn cluster(options: Options) -> Result<(Cluster, bool), ClusterError> {
    let (cluster, ran) = match Cluster::attach(&options.data_dir)? {
        Some(running) => (running, true),
        None => (Cluster::start(options)?, false),
    };
    match cluster.create_database(DATABASE) {
        Err(refused) if ran => {
            cluster.detach();
            Err(refused)
        }
        done => done.map(|()| (cluster, ran)),
    }
}

fn start(options: Options) -> Result<ExitCode, Box<dyn Display>> {
    let (cluster, _) = cluster(options).map_err(boxed)?;
    println!("{}", cluster.url(DATABASE, SUPERUSER));
    cluster.detach();
    Ok(ExitCode::SUCCESS)
}

fn stop(options: &Options) -> Result<ExitCode, Box<dyn Display>> {
    if let Some(cluster) = Cluster::attach(&options.data_dir).map_err(boxed)? {
        cluster.stop().map_err(boxed)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn run(options: Options, command: &[OsString]) -> Result<ExitCode, Box<dyn Display>> {
    // Before the start, so that a signal during it is kept for the command.
    let mut signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let [Ok(interrupt), Ok(terminate), Ok(hang_up)] = &mut signals else {
        return Err(boxed("无法接收信号"));
    };

    let (cluster, ran) = cluster(options).map_err(boxed)?;
    let child = Command::new(&command[0]).args(&command[1..]).env("DATABASE_URL", cluster.url(DATABASE, SUPERUSER)).spawn();
    let ended = match child {
        Err(error) => Err(format!("无法运行 {}:{error}", command[0].display())),
        Ok(mut child) => loop {
            tokio::select! {
                ended = child.wait() => break ended.map_err(|error| error.to_string()),
                // A terminal has sent it to the command itself.
                _ = interrupt.recv() => if !std::io::stdin().is_terminal() { forward(&child, Signal::INT) },
                _ = terminate.recv() => forward(&child, Signal::TERM),
                _ = hang_up.recv() => forward(&child, Signal::HUP),
            }
        },
    };
    if ran {
        cluster.detach();
    } else {
        cluster.stop().map_err(boxed)?;
    }
    ended.map(code).map_err(boxed)
}

fn forward(child: &Child, signal: Signal) {
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) {
        // It may have ended in this moment.
        let _ = kill_process(pid, signal);
    }
}

/// As a shell tells it: 128 and the signal's number.
fn code(ended: ExitStatus) -> ExitCode {
    let code = ended.code().or_else(|| ended.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn boxed(reason: impl Display + 'static) -> Box<dyn Display> {
    Box::new(reason)
}

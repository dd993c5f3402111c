//! Where PostgreSQL's programs are, and how they are run.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    account::Account,
    error::{ClusterError, IoContext as _},
};

/// The oldest PostgreSQL whose SQL this system keeps to.
const MINIMUM: u32 = 14;

/// The programs of one PostgreSQL installation.
pub(super) struct Binaries {
    dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// Finds an installation: in `dir` alone if given, else in `PATH`, then the newest of the system's packages. Data that
    /// exist have a major `version`, which must match.
    pub(super) fn find(dir: Option<&Path>, version: Option<u32>) -> Result<Self, ClusterError> {
        let found = match dir {
            Some(dir) => vec![dir.to_owned()],
            None => env::split_paths(&env::var_os("PATH").unwrap_or_default()).chain(packages()).collect(),
        };
        let found: Vec<Self> = found.into_iter().filter_map(Self::at).collect();
        match version {
            Some(wanted) if !found.is_empty() => {
                let majors: Vec<String> = found.iter().map(|each| each.major.to_string()).collect();
                let other = ClusterError::OtherVersion { wanted, found: majors.join("、") };
                found.into_iter().find(|each| each.major == wanted).ok_or(other)
            }
            _ => found.into_iter().next().ok_or(ClusterError::NoServer { minimum: MINIMUM }),
        }
    }

    fn at(dir: PathBuf) -> Option<Self> {
        if !dir.join("postgres").is_file() || !dir.join("initdb").is_file() {
            return None;
        }
        // postgres (PostgreSQL) 15.18 (Debian …), or 18beta1
        let said = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let digits = said.split(')').nth(1)?.trim_start();
        let major = digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        (major >= MINIMUM).then_some(Self { dir, major })
    }

    /// Prepares `program` to run as `account`, in its own directory and without the caller's client settings.
    pub(super) fn command(&self, program: &str, account: &Account, home: &Path) -> Command {
        let mut command = Command::new(self.dir.join(program));
        without_client_settings(&mut command);
        command.current_dir(home).env("LC_ALL", "C");
        account.run(&mut command);
        command
    }

    /// Where `psql` is.
    pub(super) fn client(&self) -> PathBuf {
        let beside = self.dir.join("psql");
        if beside.is_file() { beside } else { PathBuf::from("psql") }
    }
}

/// The `bin` directories of Debian's, Red Hat's and PostgreSQL's own packages, newest first.
fn packages() -> Vec<PathBuf> {
    let versions = |root: &str, prefix: &str| -> Vec<(u32, PathBuf)> {
        let entries = fs::read_dir(root).into_iter().flatten().flatten();
        let major = |name: &str| name.strip_prefix(prefix)?.parse().ok();
        entries.filter_map(|entry| Some((major(entry.file_name().to_str()?)?, entry.path().join("bin")))).collect()
    };
    let mut found = versions("/usr/lib/postgresql", "");
    found.extend(versions("/usr", "pgsql-"));
    found.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    found.into_iter().map(|(_, dir)| dir).chain([PathBuf::from("/usr/local/pgsql/bin")]).collect()
}

/// Keeps `PGPORT`, `PGDATA`, `PGOPTIONS` and their kin from reaching `command`.
pub(super) fn without_client_settings(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
}

/// Runs `command` to its end and gives what it wrote.
pub(super) fn output(mut command: Command, program: &'static str) -> Result<String, ClusterError> {
    let path = PathBuf::from(command.get_program());
    let done = command.output().during("运行", &path)?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).trim_end().to_owned());
    }
    Err(ClusterError::Program { program, said: String::from_utf8_lossy(&done.stderr).trim_end().to_owned() })
}

//! Whom the server runs as: never root.

use std::{
    fs, io,
    os::unix::{
        fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown, lchown},
        process::CommandExt as _,
    },
    path::Path,
    process::Command,
};

use super::error::{ClusterError, IoContext as _};

/// The account of the server: the caller's, or another one when the caller is root.
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// Whether the caller is root and so becomes this account.
    switch: bool,
}

impl Account {
    /// The account for the server on `data`: as root, the owner of the existing data, else `postgres`, else `nobody`.
    pub(super) fn of_server(data: &Path) -> Result<Self, ClusterError> {
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        if uid != 0 {
            return Ok(Self { name: uid.to_string(), uid, gid, switch: false });
        }
        if let Ok(owner) = fs::metadata(data)
            && owner.uid() != 0
        {
            return Ok(Self { name: owner.uid().to_string(), uid: owner.uid(), gid: owner.gid(), switch: true });
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let account = |name: &str| {
            let fields: Vec<&str> = accounts.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name)?;
            let (uid, gid) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
            Some(Self { name: name.to_owned(), uid, gid, switch: true })
        };
        account("postgres").or_else(|| account("nobody")).ok_or(ClusterError::NoAccount)
    }

    /// Has `command` run as this account.
    pub(super) fn run(&self, command: &mut Command) {
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Makes this account the owner of the cluster's directory, and of data that root has copied there.
    pub(super) fn own(&self, home: &Path, data: &Path) -> Result<(), ClusterError> {
        self.give(home)?;
        fs::set_permissions(home, fs::Permissions::from_mode(0o700)).during("设置权限于", home)?;
        if self.switch && fs::metadata(data).is_ok_and(|owner| owner.uid() == 0) {
            give_tree(data, self.uid, self.gid).during("更改属主于", data)?;
        }
        Ok(())
    }

    /// Makes this account the owner of `path`.
    pub(super) fn give(&self, path: &Path) -> Result<(), ClusterError> {
        if self.switch { chown(path, Some(self.uid), Some(self.gid)).during("更改属主于", path) } else { Ok(()) }
    }

    /// Refuses a directory below one that this account can't enter.
    pub(super) fn reach(&self, home: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        for directory in home.ancestors().skip(1) {
            let owner = fs::metadata(directory).during("读取", directory)?;
            let enter = match (owner.uid() == self.uid, owner.gid() == self.gid) {
                (true, _) => 0o100,
                (_, true) => 0o010,
                _ => 0o001,
            };
            if owner.mode() & enter == 0 {
                return Err(ClusterError::Unreachable { directory: directory.to_owned(), account: self.name.clone() });
            }
        }
        Ok(())
    }

    /// Makes the directory of the socket; one that exists must belong to this account, to the caller, or be the system's.
    pub(super) fn socket_dir(&self, path: &Path) -> Result<(), ClusterError> {
        match fs::DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self.give(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let found = fs::symlink_metadata(path).during("读取", path)?;
                if found.is_dir() && [0, self.uid].contains(&found.uid()) {
                    Ok(())
                } else {
                    Err(ClusterError::SocketDirNotOurs { socket_dir: path.to_owned() })
                }
            }
            Err(error) => Err(error).during("创建", path),
        }
    }
}

fn give_tree(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
    lchown(path, Some(uid), Some(gid))?;
    if fs::symlink_metadata(path)?.is_dir() {
        for entry in fs::read_dir(path)? {
            give_tree(&entry?.path(), uid, gid)?;
        }
    }
    Ok(())
}

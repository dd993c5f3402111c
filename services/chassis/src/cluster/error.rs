//! What can go wrong with a private cluster, and what the operator does about it.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a private PostgreSQL cluster can't be started or stopped; the text tells an operator what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// No server binaries of a version that serves.
    #[error("未找到 PostgreSQL {minimum} 或更新版本的服务程序,请安装 postgresql(apt-get install postgresql),或指明其 bin 目录")]
    NoServer {
        /// The oldest version that serves.
        minimum: u32,
    },
    /// The data were written by another major version.
    #[error("数据目录由 PostgreSQL {wanted} 建立,本机只有 {found}:请安装 postgresql-{wanted},或换一个数据目录")]
    OtherVersion {
        /// The version of the data.
        wanted: u32,
        /// The versions on this machine.
        found: String,
    },
    /// Root, and no account to run the server as.
    #[error("PostgreSQL 不能以 root 运行,而本机没有 postgres 或 nobody 用户:请先创建(useradd --system postgres)")]
    NoAccount,
    /// A directory on the way that the server's account can't enter.
    #[error("运行 PostgreSQL 的用户 {account} 进不了 {directory}:请把数据目录放到别处(例如 /var/lib/huiying)")]
    Unreachable {
        /// The directory that is closed.
        directory: PathBuf,
        /// The server's account.
        account: String,
    },
    /// A directory that holds other things.
    #[error("{data_dir} 里已有别的文件,不像本程序建立的数据目录:请换一个空目录")]
    NotOurs {
        /// The directory.
        data_dir: PathBuf,
    },
    /// A server runs there already.
    #[error("{data_dir} 上已有 PostgreSQL 在运行(进程 {pid}):可先停止它(private-postgres stop --data {data_dir})")]
    AlreadyRunning {
        /// Its postmaster.
        pid: u32,
        /// The directory.
        data_dir: PathBuf,
    },
    /// A unix socket's path has a limit.
    #[error("套接字目录 {socket_dir} 的路径太长(最多 {limit} 字节):请换一个短的")]
    SocketPathTooLong {
        /// The directory.
        socket_dir: PathBuf,
        /// The longest that serves.
        limit: usize,
    },
    /// A socket directory of someone else.
    #[error("套接字目录 {socket_dir} 属于别的用户:请删除它,或换一个目录")]
    SocketDirNotOurs {
        /// The directory.
        socket_dir: PathBuf,
    },
    /// The server ended while starting.
    #[error("PostgreSQL 启动失败,日志在 {log}:\n{said}")]
    Exited {
        /// The whole log.
        log: PathBuf,
        /// What this start wrote to it.
        said: String,
    },
    /// The server did not get ready.
    #[error("PostgreSQL 在 {seconds} 秒内没有就绪,已停止它,日志在 {log}:\n{said}")]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// The whole log.
        log: PathBuf,
        /// What this start wrote to it.
        said: String,
    },
    /// The server outlives its signals.
    #[error("PostgreSQL(进程 {pid})停不下来:请查看磁盘是否有故障")]
    WillNotStop {
        /// Its postmaster.
        pid: u32,
    },
    /// A program of PostgreSQL failed.
    #[error("{program} 失败:\n{said}")]
    Program {
        /// The program.
        program: &'static str,
        /// What it wrote to standard error.
        said: String,
    },
    /// The system refused.
    #[error("无法{action} {path}:{source}")]
    Io {
        /// What was tried (动词).
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Names what was being done, and to what, when the system refused.
pub(super) trait IoContext<T> {
    fn during(self, action: &'static str, path: &Path) -> Result<T, ClusterError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn during(self, action: &'static str, path: &Path) -> Result<T, ClusterError> {
        self.map_err(|source| ClusterError::Io { action, path: path.to_owned(), source })
    }
}

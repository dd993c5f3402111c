//! A real IMAP server (Dovecot), started by a test as an unprivileged user with a configuration, a certificate and mails of its own.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, SystemTime},
};

use chassis::testing::request_id;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// Nobody, where the tests run as root.
const NOBODY: u32 = 65_534;

pub struct Dovecot {
    pub folder: PathBuf,
    pub port: u16,
    process: Child,
}

impl Dovecot {
    /// Starts one with a user "letters" whose password is "correct-horse"; nothing where Dovecot is not installed.
    pub fn start() -> Option<Self> {
        let program =
            ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/usr/bin/dovecot"].into_iter().find(|file| Path::new(file).exists());
        let Some(program) = program else {
            eprintln!("SKIPPED: Dovecot is not installed (apt-get install dovecot-imapd); nothing of IMAP was tested");
            return None;
        };
        let folder = std::env::temp_dir().join(format!("dovecot-{}", request_id()));
        for part in ["", "run", "state", "mail/new", "mail/cur", "mail/tmp"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        let root = text(&["-u"]) == "0";
        let (user, group) = if root { ("nobody".to_owned(), "nogroup".to_owned()) } else { (text(&["-un"]), text(&["-gn"])) };
        certify(&folder);
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(folder.join("dovecot.conf"), configuration(&folder, port, &user, &group)).unwrap();
        if root {
            give(&folder);
        }
        let mut command = Command::new(program);
        command.arg("-F").arg("-c").arg(folder.join("dovecot.conf")).stdout(Stdio::null()).stderr(Stdio::null());
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let process = command.spawn().unwrap();
        let started = Self { folder, port, process };
        for _ in 0..500 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(started);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("Dovecot did not start: {}", fs::read_to_string(started.folder.join("log")).unwrap_or_default());
    }

    /// The authority of its certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// The address of its mailbox, by a host's name.
    pub fn at(&self, host: &str) -> String {
        format!("imaps://letters@{host}:{}/INBOX", self.port)
    }

    /// A mail comes in at a moment.
    pub fn deliver(&self, name: &str, mail: &[u8], at: jiff::Timestamp) {
        let (draft, file) = (self.folder.join("mail/tmp").join(name), self.folder.join("mail/new").join(name));
        fs::write(&draft, mail).unwrap();
        fs::set_permissions(&draft, fs::Permissions::from_mode(0o666)).unwrap();
        let opened = fs::File::options().write(true).open(&draft).unwrap();
        opened.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(at.as_second().try_into().unwrap())).unwrap();
        fs::rename(draft, file).unwrap();
    }

    /// The flags of its mails, as their files bear them.
    pub fn flags(&self) -> Vec<String> {
        let files = ["new", "cur"].map(|part| fs::read_dir(self.folder.join("mail").join(part)).unwrap());
        let names = files.into_iter().flatten().map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
        names.map(|name| name.split_once(":2,").map(|(_, flags)| flags.to_owned()).unwrap_or_default()).collect()
    }

    /// It forgets which UIDs it gave, as after a restored backup.
    pub fn forget_uids(&self) {
        for file in fs::read_dir(self.folder.join("mail")).unwrap() {
            let file = file.unwrap().path();
            if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dovecot")) {
                fs::remove_file(file).unwrap();
            }
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its children end with it.
        drop(Command::new("kill").arg(self.process.id().to_string()).status());
        drop(self.process.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn text(arguments: &[&str]) -> String {
    String::from_utf8(Command::new("id").args(arguments).output().unwrap().stdout).unwrap().trim().to_owned()
}

fn give(path: &Path) {
    std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path()));
    }
}

fn certify(folder: &Path) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    fs::write(folder.join("authority.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let (issuer, own) = (Issuer::new(params, key), KeyPair::generate().unwrap());
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&own, &issuer).unwrap();
    fs::write(folder.join("certificate.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), own.serialize_pem()).unwrap();
}

fn configuration(folder: &Path, port: u16, user: &str, group: &str) -> String {
    let at = folder.display();
    format!(
        "base_dir = {at}/run
state_dir = {at}/state
log_path = {at}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{at}/certificate.pem
ssl_key = <{at}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{at}/mail
passdb {{
  driver = static
  args = password={{PLAIN}}correct-horse
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={at}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"
    )
}

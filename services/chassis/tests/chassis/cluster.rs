//! The private cluster, on real PostgreSQL.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, process::Command};

use chassis::cluster::{Cluster, ClusterError, Options, SUPERUSER};
use rustix::process::{Pid, Signal, kill_process};

/// A directory that goes away with its test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let place = std::env::temp_dir().join(format!("huiying-cluster-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        Self(place)
    }

    fn options(&self) -> Options {
        Options { data_dir: self.0.clone(), ..Options::default() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn ask(cluster: &Cluster, database: &str, statement: &str) -> String {
    let url = cluster.url(database, SUPERUSER);
    let said = Command::new("psql").args(["-XAtq", "-c", statement, "-d", &url]).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_cluster_starts_from_nothing_and_keeps_its_data_through_a_stop() {
    let place = Place::new("keeps");
    let cluster = Cluster::start(place.options()).unwrap();
    cluster.create_database("回应 \"库\"").unwrap();
    cluster.create_database("回应 \"库\"").unwrap();
    ask(&cluster, "回应 \"库\"", "CREATE TABLE letter AS SELECT '来信' AS text");
    assert_eq!(ask(&cluster, "postgres", "SHOW server_encoding"), "UTF8");
    assert_eq!(ask(&cluster, "postgres", "SHOW listen_addresses"), "");
    assert_eq!(ask(&cluster, "postgres", "SHOW fsync"), "off");
    cluster.stop().unwrap();

    let cluster = Cluster::start(Options { durable: true, ..place.options() }).unwrap();
    assert_eq!(ask(&cluster, "回应 \"库\"", "SELECT text FROM letter"), "来信");
    assert_eq!(ask(&cluster, "postgres", "SHOW fsync"), "on");
}

#[test]
fn a_killed_cluster_starts_again() {
    let place = Place::new("killed");
    let mut cluster = Cluster::start(Options { durable: true, ..place.options() }).unwrap();
    ask(&cluster, "postgres", "CREATE TABLE count (n int)");
    for n in 1..=3 {
        ask(&cluster, "postgres", &format!("INSERT INTO count VALUES ({n})"));
        cluster.kill().unwrap();
        assert!(!cluster.is_running());
        assert!(place.0.join("cluster/postmaster.pid").exists());
        cluster = Cluster::start(Options { durable: true, ..place.options() }).unwrap();
        assert_eq!(ask(&cluster, "postgres", "SELECT count(*) FROM count"), n.to_string());
    }
}

#[test]
fn a_cluster_killed_by_another_starts_again_while_its_zombie_is_held() {
    let place = Place::new("zombie");
    let killed = Cluster::start(place.options()).unwrap();
    kill_process(Pid::from_raw(i32::try_from(killed.pid()).unwrap()).unwrap(), Signal::KILL).unwrap();
    let again = Cluster::start(place.options()).unwrap();
    drop(killed);
    assert!(again.is_running());
    assert_eq!(ask(&again, "postgres", "SELECT 1"), "1");
}

#[test]
fn a_second_start_is_refused_and_an_attached_cluster_can_be_stopped() {
    let place = Place::new("second");
    assert!(Cluster::attach(&place.0).unwrap().is_none());
    let cluster = Cluster::start(place.options()).unwrap();
    let (pid, url) = (cluster.pid(), cluster.url("postgres", SUPERUSER));
    let refused = Cluster::start(place.options()).unwrap_err();
    assert!(matches!(refused, ClusterError::AlreadyRunning { pid: running, .. } if running == pid), "{refused}");
    cluster.detach();

    let attached = Cluster::attach(&place.0).unwrap().unwrap();
    assert_eq!((attached.pid(), attached.url("postgres", SUPERUSER)), (pid, url));
    attached.stop().unwrap();
    assert!(Cluster::attach(&place.0).unwrap().is_none());
}

#[test]
fn a_dropped_cluster_stops() {
    let place = Place::new("dropped");
    drop(Cluster::start(place.options()).unwrap());
    assert!(!place.0.join("cluster/postmaster.pid").exists());
}

#[test]
fn a_setting_of_the_caller_wins() {
    let place = Place::new("setting");
    let settings = vec![("max_connections".to_owned(), "17".to_owned())];
    let cluster = Cluster::start(Options { settings, ..place.options() }).unwrap();
    assert_eq!(ask(&cluster, "postgres", "SHOW max_connections"), "17");
}

#[test]
fn a_long_directory_gets_a_short_socket() {
    let place = Place::new(&"长".repeat(40));
    let cluster = Cluster::start(place.options()).unwrap();
    assert!(cluster.socket_dir().as_os_str().len() < 60, "{}", cluster.socket_dir().display());
    assert_eq!(ask(&cluster, "postgres", "SELECT 1"), "1");
    let socket_dir = cluster.socket_dir().to_owned();
    cluster.stop().unwrap();
    fs::remove_dir(socket_dir).unwrap();
}

#[test]
fn an_initdb_cut_off_half_way_is_begun_anew() {
    let place = Place::new("cut-off");
    fs::create_dir_all(place.0.join("cluster.new")).unwrap();
    fs::write(place.0.join("cluster.new/PG_VERSION"), "15\n").unwrap();
    assert!(Cluster::start(place.options()).unwrap().is_running());
}

#[test]
fn a_directory_of_other_things_is_refused_untouched() {
    let place = Place::new("foreign");
    fs::create_dir_all(&place.0).unwrap();
    fs::write(place.0.join("thesis.txt"), "mine").unwrap();
    let refused = Cluster::start(place.options()).unwrap_err();
    assert!(matches!(refused, ClusterError::NotOurs { .. }), "{refused}");
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 1);
}

#[test]
fn data_of_another_version_name_it() {
    let place = Place::new("version");
    fs::create_dir_all(place.0.join("cluster")).unwrap();
    fs::write(place.0.join("cluster/PG_VERSION"), "13\n").unwrap();
    let refused = Cluster::start(place.options()).unwrap_err();
    assert!(refused.to_string().contains("postgresql-13"), "{refused}");
}

#[test]
fn a_server_that_refuses_its_settings_tells_its_log() {
    let place = Place::new("refuses");
    let settings = vec![("work_mem".to_owned(), "rather a lot".to_owned())];
    let refused = Cluster::start(Options { settings, ..place.options() }).unwrap_err();
    assert!(refused.to_string().contains("rather a lot"), "{refused}");
}

#[test]
fn a_directory_without_binaries_says_what_to_install() {
    let place = Place::new("binaries");
    let refused = Cluster::start(Options { bin_dir: Some("/nowhere".into()), ..place.options() }).unwrap_err();
    assert!(refused.to_string().contains("apt-get install postgresql"), "{refused}");
}

#[test]
fn a_directory_that_the_servers_account_cannot_enter_is_named() {
    if !rustix::process::geteuid().is_root() {
        return; // The caller's own account runs the server.
    }
    let place = Place::new("closed");
    fs::create_dir_all(&place.0).unwrap();
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o700)).unwrap();
    let refused = Cluster::start(Options { data_dir: place.0.join("data"), ..Options::default() }).unwrap_err();
    assert!(matches!(&refused, ClusterError::Unreachable { directory, .. } if *directory == place.0), "{refused}");
}

//! A store that goes away without a word: nothing is refused, nothing is closed, nothing answers.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use chassis::{
    Db, DbOptions, Service,
    testing::{House, Rig},
};
use huiying_proto::event::{GetCheckpointRequest, StreamEventsRequest, feed_service_client::FeedServiceClient};
use sqlx::migrate::Migrator;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};
use tonic::Code;

/// Stands between a service and its store, and can be shut so that bytes no longer pass in either direction.
struct Valve {
    folder: PathBuf,
    open: Arc<watch::Sender<bool>>,
}

const SOCKET: &str = ".s.PGSQL.5432";

impl Valve {
    fn before(store: &Path) -> Self {
        let folder = std::env::temp_dir().join(format!("valve-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&folder).unwrap();
        let listener = UnixListener::bind(folder.join(SOCKET)).unwrap();
        let open = Arc::new(watch::Sender::new(true));
        let (store, gate) = (store.join(SOCKET), open.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (mut passes, store, gate) = (gate.subscribe(), store.clone(), gate.clone());
                tokio::spawn(async move {
                    passes.wait_for(|open| *open).await.unwrap();
                    let far = UnixStream::connect(store).await.unwrap();
                    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                    tokio::join!(pass(near_in, far_out, gate.subscribe()), pass(far_in, near_out, gate.subscribe()));
                });
            }
        });
        Self { folder, open }
    }
}

impl Drop for Valve {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut passes: watch::Receiver<bool>) {
    let mut bytes = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        passes.wait_for(|open| *open).await.unwrap();
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// A bare service whose store is behind a valve.
async fn behind_a_valve() -> (House, Valve) {
    let rig = Rig::new("2026-11-10 09:00").await;
    drop(rig.db("intake", &Migrator::DEFAULT).await);
    let (database, folder) = rig.url.split_once("?host=").unwrap();
    let valve = Valve::before(Path::new(&folder.replace("%2F", "/")));
    let url = format!("{database}?host={}", valve.folder.display().to_string().replace('/', "%2F"));
    let db = Db::open("intake", &DbOptions { url, connections: 8 }, rig.clock.clone()).await.unwrap();
    let service = Service { db, permissions: &[], routes: Box::new(|_| ()), consumers: vec![], tasks: vec![], check: None, http: None };
    (rig.serve(vec![service], &[]).await, valve)
}

async fn checkpoint(house: &House) -> Result<(), Code> {
    let request =
        house.ask_as_service("test", &[huiying_proto::directory::Role::System], GetCheckpointRequest { service_name: "intake".into() });
    FeedServiceClient::new(house.channel.clone()).get_checkpoint(request).await.map(drop).map_err(|status| status.code())
}

#[tokio::test]
async fn while_the_store_is_silent_calls_are_refused_soon_and_it_heals_by_itself() {
    let (house, valve) = behind_a_valve().await;
    checkpoint(&house).await.unwrap();

    valve.open.send_replace(false);
    let start = Instant::now();
    assert_eq!(checkpoint(&house).await, Err(Code::Unavailable));
    assert!(start.elapsed() < Duration::from_secs(5), "the first waited {:?}", start.elapsed());
    let start = Instant::now();
    assert_eq!(checkpoint(&house).await, Err(Code::Unavailable));
    assert!(start.elapsed() < Duration::from_secs(1), "the second waited {:?}", start.elapsed());

    valve.open.send_replace(true);
    let start = Instant::now();
    while checkpoint(&house).await.is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "it did not heal");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_follower_of_a_service_whose_store_is_silent_is_told_and_comes_again() {
    let (house, valve) = behind_a_valve().await;
    let request = StreamEventsRequest { service_name: "intake".into(), after_position: 0, follow: true };
    let request = house.ask_as_service("test", &[huiying_proto::directory::Role::System], request);
    let mut stream = FeedServiceClient::new(house.channel.clone()).stream_events(request).await.unwrap().into_inner();

    valve.open.send_replace(false);
    let ended = tokio::time::timeout(Duration::from_secs(6), stream.message()).await.expect("it hangs");
    assert_eq!(ended.unwrap_err().code(), Code::Unavailable);
    valve.open.send_replace(true);
}

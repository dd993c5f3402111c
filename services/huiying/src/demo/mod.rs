//! `huiying demo`: a private PostgreSQL, all services on one port, a second huiying that plays the city, and the story.

mod lossy;

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use chassis::{
    Clock, ServeOptions,
    cluster::{Cluster, Options},
    ledger::CheckpointKey,
    peers::{Peers, connect},
    tls::Trust,
    token::{Issuer, Verifier},
};
use huiying_proto::directory::Role;
use jiff::SignedDuration;
use papers::chart::Font;
use regulation::RuleBook;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub use lossy::LossyWay;

use crate::{
    Failure,
    client::{Addresses, Protocol},
    compose::{self, Parts, SERVICES},
    import::{self, Letters},
    story::{self, Stage, Telling},
};

/// How the demo is asked for.
#[derive(Debug, Default)]
pub struct DemoOptions {
    /// A spreadsheet of letters instead of the sample.
    pub letters: Option<PathBuf>,
    /// Whether to stay and serve when the story is told.
    pub keep: bool,
    /// Where to keep the private cluster; a temporary folder otherwise.
    pub data: Option<PathBuf>,
    /// Where to listen.
    pub listen: Option<String>,
}

const YEAR: i64 = 365 * 86_400;

/// An office served in this process.
#[derive(Debug)]
pub struct Office {
    /// Its address.
    pub address: String,
    /// Signs the tokens of its people.
    pub issuer: Issuer,
    stop: CancellationToken,
    serving: JoinHandle<Result<(), Failure>>,
}

impl Office {
    /// Ends it in order.
    ///
    /// # Errors
    /// What serving ended with.
    pub async fn end(self) -> Result<(), Failure> {
        self.stop.cancel();
        self.serving.await.map_err(Failure::new)?
    }
}

/// What an office of the demo is like.
#[derive(Debug)]
pub struct OfficePlan<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its database's URL for the administrator, and for a service's role with "{service}".
    pub urls: (String, String),
    /// Where to listen.
    pub listen: &'a str,
    /// Its clock.
    pub clock: Clock,
    /// The written rule in its versions.
    pub book: Arc<RuleBook>,
    /// The platform above it: address and token.
    pub superior: Option<disposal::Superior>,
}

/// Makes an office's schemas and serves all its services on one port.
///
/// # Errors
/// When the store cannot be prepared or the port is taken.
pub async fn open_office(plan: OfficePlan<'_>) -> Result<Office, Failure> {
    let names: Vec<&str> = SERVICES.iter().map(|(name, ..)| *name).collect();
    compose::make_schemas(&plan.urls.0).await?;
    compose::migrate(&plan.urls.1, &names).await?;
    let listener = TcpListener::bind(plan.listen).await.map_err(|e| Failure(format!("不能监听 {}: {e}", plan.listen)))?;
    let address = format!("http://{}", listener.local_addr()?);
    let issuer = Issuer::generate("demo")?;
    let token = issuer.service("huiying", &[Role::System], plan.clock.now(), 10 * YEAR)?;
    let parts = Parts {
        clock: plan.clock,
        book: plan.book,
        database_url: plan.urls.1,
        connections: 12,
        writer_key: rand::random(),
        office: plan.name.to_owned(),
        site_url: address.clone(),
        superior: plan.superior,
        papers: (font(), None),
        sources: intake::OutsideOptions::default(),
    };
    let stop = CancellationToken::new();
    let options = ServeOptions {
        listener,
        verifier: Verifier::new(&[("demo".to_owned(), issuer.public_pem().to_owned())])?,
        tls: None,
        peers: Peers::new(Some(&address), &HashMap::new(), &token, &Trust::Plain)?,
        checkpoint_key: Some(CheckpointKey::generate("shahe")),
        stop: stop.clone(),
        drain: std::time::Duration::ZERO,
    };
    let serving = tokio::spawn(async move { parts.serve(&names, options).await });
    let office = Office { address, issuer, stop, serving };
    let addresses = [office.address.clone()];
    if let Err(problem) = chassis::probe::settle(&addresses, &Trust::Plain, Duration::from_secs(60)).await {
        let cause = if office.serving.is_finished() { office.serving.await.map_err(Failure::new)?.err() } else { None };
        return Err(cause.unwrap_or(Failure(problem)));
    }
    Ok(office)
}

/// Where free Chinese fonts lie on common systems: charts are drawn with the first that is there, and left out where none is.
const FONTS: [&str; 4] = [
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
];

fn font() -> Option<Font> {
    FONTS.iter().find_map(|place| Font::read(std::fs::read(place).ok()?))
}

/// The rule that ships: the county's, the national clocks beside it, the calendar.
///
/// # Errors
/// Never, as long as the shipped files are sound; a test parses them.
pub fn shipped_rule() -> Result<Arc<RuleBook>, Failure> {
    let base = ("toksun.yaml".to_owned(), include_str!("../../../../deploy/regulation/toksun.yaml").to_owned());
    let overlay = ("national.yaml".to_owned(), include_str!("../../../../deploy/regulation/national.yaml").to_owned());
    let calendar = ("2026.yaml".to_owned(), include_str!("../../../../deploy/calendar/2026.yaml").to_owned());
    Ok(Arc::new(compose::parse_rule(&base, &[overlay], &[calendar])?.into()))
}

/// Runs the demo.
///
/// # Errors
/// The step that failed, and why.
pub async fn run(options: DemoOptions) -> Result<(), Failure> {
    let letters = match &options.letters {
        Some(path) => import::read(path)?,
        None => story::sample_letters()?,
    };
    let temporary = options.data.is_none();
    let data = options.data.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("huiying-demo-{}", std::process::id())));
    println!("回应 Huiying 演示 · 机构、人员、来信均为虚构(用 --letters 导入真实表格除外)");
    println!("私有 PostgreSQL 数据目录: {}", data.display());
    let cluster = Cluster::start(Options { data_dir: data.join("postgres"), durable: true, ..Options::default() })?;
    let told = tell(&options, &cluster, letters).await;
    cluster.stop()?;
    if temporary && told.is_ok() && !options.keep {
        std::fs::remove_dir_all(&data)?;
    }
    told
}

async fn tell(options: &DemoOptions, cluster: &Cluster, letters: Letters) -> Result<(), Failure> {
    let clock = Clock::manual(story::begin()?);
    for database in ["county", "city"] {
        create_database(&cluster.url("postgres", "huiying"), database).await?;
    }
    let urls =
        |database: &str| (cluster.url(database, "huiying"), cluster.url(database, "huiying_SERVICE").replace("SERVICE", "{service}"));
    let city = open_office(OfficePlan {
        name: "X市政府办公室",
        urls: urls("city"),
        listen: "127.0.0.1:0",
        clock: clock.clone(),
        book: shipped_rule()?,
        superior: None,
    })
    .await?;
    // The way to the city loses the first receipt: the report must be there once all the same.
    let way = LossyWay::open(&city.address).await?;
    let platform_token = city.issuer.service("shahe", &[Role::SubordinatePlatform], clock.now(), YEAR)?;
    let listen =
        options.listen.clone().unwrap_or_else(|| if options.keep { "127.0.0.1:7700".to_owned() } else { "127.0.0.1:0".to_owned() });
    let county = open_office(OfficePlan {
        name: story::PUBLIC_NAME,
        urls: urls("county"),
        listen: &listen,
        clock: clock.clone(),
        book: shipped_rule()?,
        superior: Some(disposal::Superior { channel: connect(&way.address, &Trust::Plain)?, token: platform_token }),
    })
    .await?;
    println!("七个服务同一端口: {}(gRPC、gRPC-Web、健康检查、反射 v1/v1alpha;公众订阅 {}/feed.atom)", county.address, county.address);
    let stage = Stage {
        clock: clock.clone(),
        county: Addresses::one(&county.address),
        city: Addresses::one(&city.address),
        issuer: county.issuer.clone(),
        city_issuer: city.issuer.clone(),
        letters,
        principal_protocol: Protocol::GrpcWeb,
        receipt_lost: true,
    };
    let mut telling = Telling::aloud();
    let played = story::play(&stage, &mut telling).await;
    match &played {
        Ok(_) => telling.summary(),
        Err(failure) => return Err(Failure(format!("“{}”未能完成: {failure}", telling.current_act()))),
    }
    if options.keep {
        keep(&clock, &county).await?;
    }
    county.end().await?;
    city.end().await
}

async fn create_database(admin_url: &str, name: &str) -> Result<(), Failure> {
    use sqlx::Connection;
    let mut connection = sqlx::PgConnection::connect(admin_url).await?;
    let found: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1").bind(name).fetch_optional(&mut connection).await?;
    if found.is_some() {
        return Err(Failure(format!("数据目录里已有演示库 {name};请换一个 --data 目录,或删去旧的")));
    }
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Stays: the clock runs on from where the story left it.
async fn keep(clock: &Clock, county: &Office) -> Result<(), Failure> {
    let setup = county.issuer.service("setup", &[Role::System, Role::Auditor], clock.now(), YEAR)?;
    println!("\n继续运行,Ctrl-C 结束。演示时钟从 {} 起照常走。", chassis::clock::in_words(clock.now()));
    println!("  健康状况: curl {}/healthz", county.address);
    println!("  公众订阅: curl {}/feed.atom", county.address);
    println!("  令牌(系统): export TOKEN={setup}");
    println!(
        "  列人员: buf curl --protocol grpc --http2-prior-knowledge -H \"authorization: Bearer $TOKEN\" {}/huiying.directory.v1.DirectoryService/ListPersons",
        county.address
    );
    let people = story::tokens(county, clock.now()).await?;
    for (who, token) in people {
        println!("  {who}: {token}");
    }
    let ticking = clock.clone();
    let tick = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let next = ticking.now().saturating_add(SignedDuration::from_secs(1));
            if next.is_err() || next.is_ok_and(|next| ticking.set(next).is_err()) {
                return;
            }
        }
    });
    compose::wait_for_signal().await;
    tick.abort();
    Ok(())
}

//! Puts services together: which there are, what each needs, and how a process serves some of them.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chassis::{
    Clock, Converter, Db, DbOptions, Permission, Press, ServeOptions, Service,
    ledger::CheckpointKey,
    peers::{Peers, connect},
    serve,
    tls::{Tls, TlsFiles, Trust},
    token::Verifier,
};
use intake::{Outside, WriterKey};
use papers::{Stationery, chart::Font};
use regulation::{Difference, Rule, RuleBook, RuleError, Source};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection, migrate::Migrator};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use crate::{
    Failure,
    config::{self, Config, RuleFiles, Superior},
};

/// Every service: its name, schema and permission table.
pub const SERVICES: [(&str, &Migrator, &[Permission]); 7] = [
    (directory::NAME, &directory::MIGRATOR, directory::PERMISSIONS),
    (intake::NAME, &intake::MIGRATOR, intake::PERMISSIONS),
    (assessment::NAME, &assessment::MIGRATOR, assessment::PERMISSIONS),
    (disposal::NAME, &disposal::MIGRATOR, disposal::PERMISSIONS),
    (publication::NAME, &publication::MIGRATOR, publication::PERMISSIONS),
    (accountability::NAME, &accountability::MIGRATOR, accountability::PERMISSIONS),
    (notification::NAME, &notification::MIGRATOR, notification::PERMISSIONS),
];

/// What services are made of.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The clock.
    pub clock: Clock,
    /// The written rule in its versions.
    pub book: Arc<RuleBook>,
    /// Connection URL; "{service}" stands for the service's name.
    pub database_url: String,
    /// Connections a service at the most.
    pub connections: u32,
    /// The key of the digests that tell letter-writers apart.
    pub writer_key: [u8; 32],
    /// The office's name.
    pub office: String,
    /// The public address of its releases.
    pub site_url: String,
    /// The superior platform: the way to it, and its token.
    pub superior: Option<disposal::Superior>,
    /// The font of charts, and the converter to PDF.
    pub papers: (Option<Font>, Option<Converter>),
    /// What intake may ask of the outside.
    pub sources: intake::OutsideOptions,
}

impl Parts {
    /// Makes one service.
    ///
    /// # Errors
    /// When there is no such service, its store cannot be reached, has another schema or belongs to another deployment.
    pub async fn service(&self, name: &str) -> Result<Service, Failure> {
        let (name, migrator, _) = SERVICES.iter().find(|(known, ..)| *known == name).ok_or_else(|| unknown(name))?;
        let options = DbOptions { url: url_of(&self.database_url, name), connections: self.connections };
        let db = Db::open(name, &options, self.clock.clone()).await?;
        let fingerprint = Sha256::new().chain_update("huiying deployment").chain_update(self.writer_key).finalize();
        db.check(migrator, &fingerprint).await?;
        let book = &self.book;
        let (font, converter) = self.papers.clone();
        let press = Press::new(Stationery { office: self.office.clone(), font }, converter);
        Ok(match *name {
            directory::NAME => directory::service(&db),
            intake::NAME => intake::service(&db, book, WriterKey::new(self.writer_key), press, Outside::new(&self.sources)?),
            assessment::NAME => assessment::service(&db, book),
            disposal::NAME => {
                disposal::service(&db, disposal::Office { name: self.office.clone(), superior: self.superior.clone() }, press)
            }
            publication::NAME => {
                publication::service(&db, book, publication::Site { name: self.office.clone(), url: self.site_url.clone() }, press)
            }
            accountability::NAME => accountability::service(&db, book, press),
            notification::NAME => notification::service(&db, book),
            other => return Err(unknown(other)),
        })
    }

    /// Serves some services on a port until told to stop.
    ///
    /// # Errors
    /// When a store is not migrated or not reachable, or the port fails.
    pub async fn serve(&self, names: &[&str], options: ServeOptions) -> Result<(), Failure> {
        let mut services = Vec::with_capacity(names.len());
        for name in names {
            services.push(self.service(name).await?);
        }
        Ok(serve(options, services).await?)
    }
}

fn unknown(name: &str) -> Failure {
    let known: Vec<&str> = SERVICES.iter().map(|(name, ..)| *name).collect();
    Failure(format!("没有名为 {name} 的服务;可用: all {}", known.join(" ")))
}

fn url_of(template: &str, service: &str) -> String {
    template.replace("{service}", service)
}

/// The names that a command line asks for; "all" is all of them.
///
/// # Errors
/// When one is unknown.
pub fn names(asked: &[String]) -> Result<Vec<&'static str>, Failure> {
    if asked.iter().any(|name| name == "all") {
        return Ok(SERVICES.iter().map(|(name, ..)| *name).collect());
    }
    asked.iter().map(|asked| SERVICES.iter().map(|(name, ..)| *name).find(|name| name == asked).ok_or_else(|| unknown(asked))).collect()
}

/// The name under which a process of these services is known to who gathers figures and traces.
#[must_use]
pub fn process_name(names: &[&str]) -> String {
    match names {
        [one] => format!("huiying-{one}"),
        _ => "huiying".to_owned(),
    }
}

/// Makes a role and a schema for each service, which no other role may use. Running twice changes nothing.
///
/// # Errors
/// When the store cannot be reached or the role may not do that.
pub async fn make_schemas(admin_url: &str) -> Result<(), Failure> {
    let mut connection = PgConnection::connect(admin_url).await?;
    for (name, ..) in SERVICES {
        let role: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_roles WHERE rolname = $1")
            .bind(format!("huiying_{name}"))
            .fetch_optional(&mut connection)
            .await?;
        if role.is_none() {
            sqlx::query(AssertSqlSafe(format!("CREATE ROLE huiying_{name} LOGIN"))).execute(&mut connection).await?;
        }
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {name} AUTHORIZATION huiying_{name}")))
            .execute(&mut connection)
            .await?;
    }
    Ok(connection.close().await?)
}

/// Migrates the schemas of some services.
///
/// # Errors
/// When one fails.
pub async fn migrate(template: &str, names: &[&str]) -> Result<(), Failure> {
    for (name, migrator, _) in SERVICES.iter().filter(|(name, ..)| names.contains(name)) {
        chassis::migrate(name, &url_of(template, name), migrator).await?;
    }
    Ok(())
}

/// Reads and parses the rule in all its versions.
///
/// # Errors
/// Every error of every file, a line each.
pub fn rule_book(files: &RuleFiles) -> Result<Arc<RuleBook>, Failure> {
    let others = files.later.iter().map(rule).collect::<Result<_, _>>()?;
    Ok(Arc::new(RuleBook::new(rule(files)?, others)?))
}

/// Reads and parses the files of one version of the rule.
///
/// # Errors
/// Every error of every file, a line each.
pub fn rule(files: &RuleFiles) -> Result<Rule, Failure> {
    let read_all = |paths: &[PathBuf]| paths.iter().map(|path| read_rule(path)).collect::<Result<Vec<_>, _>>();
    parse_rule(&read_rule(&files.base)?, &read_all(&files.overlays)?, &read_all(&files.calendars)?)
}

/// Compares two rule files.
///
/// # Errors
/// When one cannot be read, or is not YAML.
pub fn rule_difference(before: &Path, after: &Path) -> Result<Vec<Difference>, Failure> {
    let (before, after) = (read_rule(before)?, read_rule(after)?);
    regulation::difference(borrow(&before), borrow(&after)).map_err(|errors| in_lines(&errors))
}

fn read_rule(path: &Path) -> Result<NamedText, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure(format!("读不到规则文件 {}: {e}", path.display())))?;
    Ok((path.display().to_string(), text))
}

type NamedText = (String, String);

fn borrow((name, text): &NamedText) -> Source<'_> {
    Source { name, text }
}

fn in_lines(errors: &[RuleError]) -> Failure {
    Failure(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// Parses rule texts, each with a name for its errors.
///
/// # Errors
/// Every error of every text, a line each.
pub fn parse_rule(base: &NamedText, overlays: &[NamedText], calendars: &[NamedText]) -> Result<Rule, Failure> {
    let (overlays, calendars): (Vec<_>, Vec<_>) = (overlays.iter().map(borrow).collect(), calendars.iter().map(borrow).collect());
    Rule::parse(borrow(base), &overlays, &calendars).map_err(|errors| in_lines(&errors))
}

/// `huiying serve`: from a configuration to an orderly end on SIGTERM or SIGINT.
///
/// # Errors
/// When the configuration does not hold, a store is not reachable, or the port is taken.
pub async fn run(config: Config, asked: &[String]) -> Result<(), Failure> {
    let names = names(asked)?;
    let clock = match &config.clock_file {
        Some(path) => Clock::file(path.clone())?,
        None => Clock::system(),
    };
    let writer_key = hex::decode(config.keys.writer.expose()).ok().and_then(|bytes| bytes.try_into().ok());
    let parts = Parts {
        clock,
        book: rule_book(&config.regulation)?,
        database_url: config.database.url.expose().to_owned(),
        connections: config.database.connections,
        writer_key: writer_key.ok_or_else(|| Failure::new("配置有误: keys.writer 应为 64 位十六进制"))?,
        office: config.office.name.clone(),
        site_url: config.office.site_url.clone(),
        superior: config.superior.as_ref().map(superior).transpose()?,
        papers: papers(&config.papers)?,
        sources: config.sources,
    };
    let tls = house_tls(config.tls, &names)?;
    if let Some(tls) = &tls {
        tls.check()?;
    }
    let (own, trust) = itself(tls.clone());
    let listener = TcpListener::bind(&config.listen).await.map_err(|e| Failure(format!("不能监听 {}: {e}", config.listen)))?;
    let address = listener.local_addr()?;
    let issuers: Vec<(String, String)> =
        config.identity.issuers.iter().map(|i| (i.name.clone(), i.public_key.expose().to_owned())).collect();
    let checkpoint_key =
        config.keys.checkpoint.as_ref().map(|key| CheckpointKey::from_pem(&config.office.name, key.expose())).transpose()?;
    let default = config.peers.get("default").cloned().unwrap_or_else(|| format!("{own}:{}", address.port()));
    let others: HashMap<String, String> = config.peers.into_iter().filter(|(name, _)| name != "default").collect();
    let stop = CancellationToken::new();
    let verifier = Verifier::new(&issuers)?;
    if !verifier.accepts(config.identity.service_token.expose(), parts.clock.now()) {
        return Err(Failure::new(
            "配置有误: identity.service_token 不被 identity.issuers 认可(签发者、密钥不符,或已过期);请用 huiying token service 重新签发",
        ));
    }
    let options = ServeOptions {
        listener,
        verifier,
        tls,
        peers: Peers::new(Some(&default), &others, config.identity.service_token.expose(), &trust)?,
        checkpoint_key,
        stop: stop.clone(),
        drain: Duration::from_secs(config.drain_seconds),
    };
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("收到停止信号");
        stop.cancel();
    });
    tracing::info!(%address, services = names.join(" "), rule = parts.book.at(parts.clock.now()).version(), "serving");
    parts.serve(&names, options).await
}

/// Certificate, key and authority; "{service}" in their paths stands for the service, the first if there are several.
pub(crate) fn house_tls(files: Option<TlsFiles>, names: &[&str]) -> Result<Option<Arc<Tls>>, Failure> {
    let Some(files) = files else { return Ok(None) };
    let service = names.first().copied().unwrap_or_default();
    let of_service = |path: &Path| PathBuf::from(url_of(&path.to_string_lossy(), service));
    let files =
        TlsFiles { certificate: of_service(&files.certificate), key: of_service(&files.key), authority: of_service(&files.authority) };
    Ok(Some(Tls::load(files)?))
}

/// Where a process calls itself, and whom it trusts then.
fn itself(tls: Option<Arc<Tls>>) -> (&'static str, Trust) {
    tls.map_or(("http://127.0.0.1", Trust::Plain), |tls| ("https://localhost", Trust::House(tls)))
}

/// The way to the superior platform.
///
/// # Errors
/// When its address or the authority of its certificate does not hold.
pub fn superior(written: &Superior) -> Result<disposal::Superior, Failure> {
    let trust = written.authority.as_deref().map(Trust::authority).transpose()?.unwrap_or_default();
    Ok(disposal::Superior { channel: connect(&written.url, &trust)?, token: written.token.expose().to_owned() })
}

/// The font of charts, and the converter to PDF; each only where it is configured.
///
/// # Errors
/// When the font cannot be read, is none, or has no Chinese characters.
pub fn papers(written: &config::Papers) -> Result<(Option<Font>, Option<Converter>), Failure> {
    let font = |path: &PathBuf| {
        let bytes = std::fs::read(path).map_err(|e| Failure(format!("读不到字体文件 {}: {e}", path.display())))?;
        Font::read(bytes).ok_or_else(|| Failure(format!("配置有误: papers.font {} 不是含中文的 TrueType 或 OpenType 字体", path.display())))
    };
    let converter = Converter::new(written.converter.clone(), Duration::from_secs(written.converter_seconds));
    Ok((written.font.as_ref().map(font).transpose()?, converter))
}

/// Asks what this configuration serves whether it can answer calls.
///
/// # Errors
/// When it does not answer, or says that it cannot.
pub async fn ready(config: &Config, asked: &[String]) -> Result<(), Failure> {
    let port = config.listen.rsplit_once(':').map_or("7700", |(_, port)| port);
    let (own, trust) = itself(house_tls(config.tls.clone(), &names(asked)?)?);
    let channel = connect(&format!("{own}:{port}"), &trust)?;
    let mut request = tonic::Request::new(HealthCheckRequest::default());
    request.set_timeout(Duration::from_secs(3));
    let answer = HealthClient::new(channel).check(request).await.map_err(|status| Failure(format!("没有应答: {}", status.message())))?;
    match answer.into_inner().status() {
        ServingStatus::Serving => Ok(()),
        status => Err(Failure(format!("不能应答: {}", status.as_str_name()))),
    }
}

/// Waits for SIGTERM or SIGINT.
pub async fn wait_for_signal() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

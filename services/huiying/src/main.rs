//! `huiying`: serves the services of a county office, and carries the tools of the people who run them.

mod imports;
mod regulation;

use std::{path::PathBuf, process::ExitCode, sync::LazyLock};

use chassis::{Clock, config, telemetry, tls::Trust, token::Issuer};
use clap::{Args, Parser, Subcommand};
use huiying::{
    Failure, certs,
    client::{Addresses, Client, Protocol},
    compose,
    config::Config,
    demo::{self, DemoOptions},
    import, ledger,
};
use huiying_proto::directory::Role;

/// The package's version and the commit that it was built from, which the image's build says.
static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{} ({})", env!("CARGO_PKG_VERSION"), option_env!("HUIYING_COMMIT").unwrap_or("unknown commit")));

/// 回应: 县级政府办公室政务舆情处置系统
#[derive(Parser)]
#[command(name = "huiying", version = VERSION.as_str(), about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 运行服务: all,或 directory intake assessment disposal publication accountability notification 中的若干
    Serve {
        /// 服务名
        #[arg(required = true)]
        services: Vec<String>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// 演示: 私有 PostgreSQL,七个服务,一个虚构的县,从来信到问责
    Demo {
        /// 来信表格(xlsx、csv);不给则用自带的虚构样本
        #[arg(long)]
        letters: Option<PathBuf>,
        /// 演完后继续运行,并说明如何调用
        #[arg(long)]
        keep: bool,
        /// 数据目录;不给则用临时目录
        #[arg(long)]
        data: Option<PathBuf>,
        /// 监听地址
        #[arg(long)]
        listen: Option<String>,
    },
    /// 升级数据库结构;可重复运行
    Migrate {
        /// 服务名;不给则全部
        services: Vec<String>,
        /// 连接地址,{service} 代表服务名
        #[arg(long, env = "HUIYING_DATABASE__URL", hide_env_values = true)]
        database_url: String,
        /// 管理员连接地址: 先为每个服务建角色与模式
        #[arg(long, env = "HUIYING_ADMIN_URL", hide_env_values = true)]
        admin_url: Option<String>,
    },
    /// 导入来信表格;给出采集源时,按其列映射导入任意表格
    Import(imports::ImportArgs),
    /// 导入邮件文件(.eml)
    ImportMail(imports::ImportMailArgs),
    /// 登记机构、人员与职务: 一行一个职务的表格,列见运维手册;全部登记或全部不登记
    People {
        /// 表格文件
        file: PathBuf,
        #[command(flatten)]
        caller: CallerArgs,
    },
    /// 登记分类体系: 一行一个三级分类的表格(一级分类、二级分类、三级分类);整表更替,表中不再有的类别停用
    Categories {
        /// 表格文件
        file: PathBuf,
        #[command(flatten)]
        caller: CallerArgs,
    },
    /// 账本: 复制、验证
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// 规则: 检查、比对、说明、回放
    Regulation {
        #[command(subcommand)]
        command: regulation::RegulationCommand,
    },
    /// 为各服务、入口、数据库、运维签发证书;颁发机构已有则沿用,其余重新签发,运行中的服务自行换用
    Certs {
        #[command(flatten)]
        certs: CertsArgs,
    },
    /// 首次部署: 缺什么生成什么——证书、令牌与检查点的签发密钥、服务令牌、写信人摘要密钥;已有的不动
    Secrets {
        #[command(flatten)]
        certs: CertsArgs,
        /// 令牌签发者名称,与服务配置一致
        #[arg(long, default_value = "huiying")]
        issuer: String,
    },
    /// 询问运行中的服务能否应答(容器健康检查用);能则退出码为 0
    Ready {
        /// 服务名,与 serve 相同
        #[arg(required = true)]
        services: Vec<String>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// 签发令牌,或生成签发密钥
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
}

#[derive(Args)]
struct CertsArgs {
    /// 写到何处: 每个持有者一个目录
    #[arg(long)]
    out: PathBuf,
    /// 入口对外的主机名或地址,可多次给出
    #[arg(long)]
    host: Vec<String>,
    /// 证书有效天数
    #[arg(long, default_value_t = 397)]
    days: u16,
}

#[derive(Args)]
struct ConfigArgs {
    /// 配置文件(TOML)
    #[arg(long, short)]
    config: Option<PathBuf>,
    /// 覆盖配置项,如 --set database.connections=20
    #[arg(long = "set", value_name = "键=值")]
    set: Vec<String>,
}

impl ConfigArgs {
    fn load(&self) -> Result<Config, Failure> {
        Ok(config::load(self.config.as_deref(), "HUIYING", &self.set)?)
    }
}

#[derive(Args)]
pub(crate) struct CallerArgs {
    /// 服务地址
    #[arg(long, default_value = "http://127.0.0.1:7700")]
    address: String,
    /// 信任的证书颁发机构(PEM);地址以 https 开头时须给出
    #[arg(long)]
    authority: Option<PathBuf>,
    /// 令牌文件
    #[arg(long)]
    token_file: PathBuf,
}

impl CallerArgs {
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let token =
            std::fs::read_to_string(&self.token_file).map_err(|e| Failure(format!("读不到令牌文件 {}: {e}", self.token_file.display())))?;
        let trust = self.authority.as_deref().map(Trust::authority).transpose()?.unwrap_or_default();
        Client::new(&Addresses::one(&self.address).trusting(trust), token.trim(), Protocol::Grpc)
    }
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// 从运行中的服务逐条验证
    Verify {
        /// 服务名
        service: String,
        #[command(flatten)]
        caller: CallerArgs,
    },
    /// 复制到文件
    Copy {
        /// 服务名
        service: String,
        /// 写到何处
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        caller: CallerArgs,
    },
    /// 把各服务账本签过名的检查点存到数据库之外;比所存更短的不存
    Keep {
        /// 存到何处
        #[arg(long)]
        out: PathBuf,
        /// 每隔若干秒存一次,直到停止;不给则只存一次
        #[arg(long)]
        every: Option<u64>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// 逐条验证各服务账本,并与所存检查点核对: 恢复之后缺什么,由此得知
    Check {
        /// 检查点存在何处
        #[arg(long)]
        checkpoints: PathBuf,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// 验证文件副本
    VerifyCopy {
        /// 文件
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// 生成签发密钥对
    Keys {
        /// 写到何处: issuer.key 与 issuer.pub
        #[arg(long)]
        out: PathBuf,
    },
    /// 为人员签发
    Person {
        /// 人员标识
        id: uuid::Uuid,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// 为服务或平台签发
    Service {
        /// 名称
        name: String,
        /// 角色,如 ROLE_SYSTEM
        #[arg(long, required = true)]
        role: Vec<String>,
        #[command(flatten)]
        signer: SignerArgs,
    },
}

#[derive(Args)]
struct SignerArgs {
    /// 签发者名称,与服务配置一致
    #[arg(long, default_value = "huiying")]
    issuer: String,
    /// 签发私钥
    #[arg(long)]
    key: PathBuf,
    /// 有效天数
    #[arg(long, default_value_t = 1)]
    days: i64,
}

impl SignerArgs {
    fn issuer(&self) -> Result<Issuer, Failure> {
        Ok(Issuer::from_pem(
            &self.issuer,
            &std::fs::read_to_string(&self.key).map_err(|e| Failure(format!("读不到 {}: {e}", self.key.display())))?,
        )?)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("huiying: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve { services, config } => {
            let config = config.load()?;
            let name = compose::process_name(&compose::names(&services)?);
            let _telemetry = telemetry::start(&name, &config.log.level, config.log.json, config.log.otlp.as_deref()).map_err(Failure)?;
            compose::run(config, &services).await
        }
        Command::Demo { letters, keep, data, listen } => {
            let _telemetry = telemetry::start("huiying", "error", false, None).map_err(Failure)?;
            demo::run(DemoOptions { letters, keep, data, listen }).await
        }
        Command::Migrate { services, database_url, admin_url } => {
            if let Some(admin_url) = admin_url {
                compose::make_schemas(&admin_url).await?;
            }
            let names = if services.is_empty() { compose::names(&["all".to_owned()])? } else { compose::names(&services)? };
            compose::migrate(&database_url, &names).await?;
            println!("已升级: {}", names.join(" "));
            Ok(())
        }
        Command::Certs { certs: CertsArgs { out, host, days } } => certs::certs(&out, &host, days, Clock::system().now()),
        Command::Secrets { certs: CertsArgs { out, host, days }, issuer } => {
            certs::secrets(&out, &host, days, &issuer, Clock::system().now())
        }
        Command::Ready { services, config } => {
            let config = config.load()?;
            compose::ready(&config, &services).await
        }
        Command::Import(args) => args.run().await,
        Command::ImportMail(args) => args.run().await,
        Command::People { file, caller } => {
            let enrolled = import::enroll(&caller.client()?, &file).await?;
            println!("登记或变更 {} 项,已在册 {} 项", enrolled.changed, enrolled.unchanged);
            for (code, name, id) in enrolled.people {
                println!("  {id}  {code}  {name}");
            }
            Ok(())
        }
        Command::Categories { file, caller } => {
            let table = import::register_categories(&caller.client()?, import::read_categories(&file)?).await?;
            println!("新增 {} 类,已有 {} 类,停用 {} 类", table.added_count, table.kept_count, table.retired_count);
            Ok(())
        }
        Command::Ledger { command } => ledger_command(command).await,
        Command::Regulation { command } => regulation::run(command).await,
        Command::Token { command } => token_command(command),
    }
}

async fn ledger_command(command: LedgerCommand) -> Result<(), Failure> {
    let (name, copy) = match command {
        LedgerCommand::Verify { service, caller } => (service.clone(), ledger::copy(&caller.client()?, &service).await?),
        LedgerCommand::VerifyCopy { file } => (file.display().to_string(), ledger::load(&file)?),
        LedgerCommand::Copy { service, out, caller } => {
            let copy = ledger::copy(&caller.client()?, &service).await?;
            ledger::save(&copy, &out)?;
            println!("{service}: {} 条,已写入 {}", copy.records.len(), out.display());
            return Ok(());
        }
        LedgerCommand::Keep { out, every, config } => return keep(&ledger::Keeper::new(config.load()?, &out)?, every).await,
        LedgerCommand::Check { checkpoints, config } => {
            println!("{}", ledger::Keeper::new(config.load()?, &checkpoints)?.check().await?);
            return Ok(());
        }
    };
    let count = ledger::verify(&copy).map_err(|flaw| Failure(format!("{name}: {flaw}")))?;
    println!("{name}: {count} 条,完整");
    if !copy.checkpoint.note.is_empty() {
        println!("{}", copy.checkpoint.note);
    }
    Ok(())
}

async fn keep(keeper: &ledger::Keeper, every: Option<u64>) -> Result<(), Failure> {
    let Some(every) = every else { return keeper.keep().await };
    loop {
        if let Err(failure) = keeper.keep().await {
            eprintln!("huiying: {failure}");
        }
        tokio::select! {
            () = compose::wait_for_signal() => return Ok(()),
            () = tokio::time::sleep(std::time::Duration::from_secs(every)) => {}
        }
    }
}

fn token_command(command: TokenCommand) -> Result<(), Failure> {
    let now = chassis::Clock::system().now();
    match command {
        TokenCommand::Keys { out } => {
            let (private, public) = chassis::token::generate_keys()?;
            std::fs::create_dir_all(&out)?;
            chassis::token::write_private(&out.join("issuer.key"), &private)?;
            std::fs::write(out.join("issuer.pub"), public)?;
            println!("已写入 {0}/issuer.key(私钥,仅签发者可读)与 {0}/issuer.pub", out.display());
        }
        TokenCommand::Person { id, signer } => println!("{}", signer.issuer()?.person(id, now, signer.days * 86_400)?),
        TokenCommand::Service { name, role, signer } => {
            let roles: Option<Vec<Role>> = role.iter().map(|r| Role::from_str_name(r)).collect();
            let roles = roles.ok_or_else(|| Failure::new("未知的角色;应如 ROLE_SYSTEM"))?;
            println!("{}", signer.issuer()?.service(&name, &roles, now, signer.days * 86_400)?);
        }
    }
    Ok(())
}

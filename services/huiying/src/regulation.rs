//! `huiying regulation`: checks a rule, compares two, explains what is owed, replays the past under a draft.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use huiying::{Failure, compose, config::RuleFiles, explain, replay};
use jiff::civil::Date;

use crate::CallerArgs;

#[derive(Subcommand)]
pub(crate) enum RegulationCommand {
    /// 检查规则文件,逐条列出错误与警告
    Check {
        /// 本县规则
        base: PathBuf,
        #[command(flatten)]
        beside: BesideArgs,
        /// 制度原文: 核对规则所列条款的文字
        #[arg(long)]
        text: Option<PathBuf>,
        /// 有警告即不通过
        #[arg(long)]
        strict: bool,
    },
    /// 比对两份规则文件,逐项列出增、删、改
    Diff {
        /// 原规则
        before: PathBuf,
        /// 新规则
        after: PathBuf,
    },
    /// 说明一个事件的责任时限: 谁、何时之前、依据哪条、怎样算出
    Explain {
        /// 事件编号(如 2026-0001)或标识
        incident: String,
        #[command(flatten)]
        caller: CallerArgs,
    },
    /// 回放: 按规则草案重算往事,列出级别、责任、逾期和各单位考核指标的不同;什么也不改动
    Replay(ReplayArgs),
}

#[derive(Args)]
pub(crate) struct BesideArgs {
    /// 并行适用的规则
    #[arg(long)]
    overlay: Vec<PathBuf>,
    /// 日历
    #[arg(long)]
    calendar: Vec<PathBuf>,
}

impl BesideArgs {
    fn files(&self, base: PathBuf) -> RuleFiles {
        RuleFiles { base, overlays: self.overlay.clone(), calendars: self.calendar.clone(), later: Vec::new() }
    }

    /// One version or several, the earliest first, all with the same files beside them.
    fn versions(&self, mut bases: impl Iterator<Item = PathBuf>) -> Option<RuleFiles> {
        let first = self.files(bases.next()?);
        Some(RuleFiles { later: bases.map(|base| self.files(base)).collect(), ..first })
    }
}

#[derive(Args)]
#[command(group = ArgGroup::new("from_where").required(true).args(["ledger", "token_file"]))]
#[command(group = ArgGroup::new("which_rule").required(true).args(["rule", "config"]))]
pub(crate) struct ReplayArgs {
    /// 规则草案,适用于全期;给出多份则是先后的版本,最早的在前,其余各自施行日期起适用
    #[arg(long)]
    rule: Vec<PathBuf>,
    #[command(flatten)]
    beside: BesideArgs,
    /// 配置文件(TOML): 按其中 [regulation] 及各 [[regulation.later]] 的版本回放
    #[arg(long, conflicts_with_all = ["overlay", "calendar"])]
    config: Option<PathBuf>,
    /// 原规则: 考核原得分所用的公式;不给则用草案的公式
    #[arg(long)]
    before: Option<PathBuf>,
    /// 账本副本的目录(huiying ledger copy 所写,每个服务一份)
    #[arg(long)]
    ledger: Option<PathBuf>,
    /// 服务地址: 不用副本而直接读账本
    #[arg(long, default_value = "http://127.0.0.1:7700")]
    address: String,
    /// 信任的证书颁发机构(PEM);地址以 https 开头时须给出
    #[arg(long)]
    authority: Option<PathBuf>,
    /// 令牌文件
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// 从哪天的事件起,如 2026-01-01
    #[arg(long)]
    from: Date,
    /// 到哪天的事件止
    #[arg(long)]
    to: Date,
}

pub(crate) async fn run(command: RegulationCommand) -> Result<(), Failure> {
    match command {
        RegulationCommand::Check { base, beside, text, strict } => check(&beside.files(base), text, strict),
        RegulationCommand::Diff { before, after } => {
            let differences = compose::rule_difference(&before, &after)?;
            for difference in &differences {
                println!("{difference}");
            }
            println!("{}", if differences.is_empty() { "两份规则没有不同".to_owned() } else { format!("共 {} 处不同", differences.len()) });
            Ok(())
        }
        RegulationCommand::Explain { incident, caller } => {
            println!("{}", explain::explain(&caller.client()?, &incident).await?);
            Ok(())
        }
        RegulationCommand::Replay(args) => replay(args).await,
    }
}

fn check(files: &RuleFiles, text: Option<PathBuf>, strict: bool) -> Result<(), Failure> {
    let rule = compose::rule(files)?;
    let read = |path: PathBuf| std::fs::read_to_string(&path).map_err(|e| Failure(format!("读不到制度原文 {}: {e}", path.display())));
    let text = text.map(read).transpose()?;
    let warnings = rule.warnings(text.as_deref());
    for warning in &warnings {
        println!("警告 {warning}");
    }
    if strict && !warnings.is_empty() {
        return Err(Failure(format!("{} 有 {} 处警告", rule.name(), warnings.len())));
    }
    println!("{} 有效,版本 {}", rule.name(), rule.version());
    Ok(())
}

async fn replay(args: ReplayArgs) -> Result<(), Failure> {
    let files = match &args.config {
        Some(config) => RuleFiles::of_config(config)?,
        None => args.beside.versions(args.rule.into_iter()).ok_or_else(|| Failure::new("请给出 --rule,或 --config"))?,
    };
    let book = compose::rule_book(&files)?;
    let before = args.before.map(|base| RuleFiles { base, later: Vec::new(), ..files }).as_ref().map(compose::rule_book).transpose()?;
    let copies = match (args.ledger, args.token_file) {
        (Some(dir), _) => replay::load(&dir)?,
        (None, Some(token_file)) => {
            replay::fetch(&CallerArgs { address: args.address, authority: args.authority, token_file }.client()?).await?
        }
        (None, None) => return Err(Failure::new("请给出 --ledger,或 --token-file")),
    };
    let past = replay::gather(&copies, &book)?;
    let period = args.from..=args.to;
    let replayed = past.replay(&book, before.as_deref(), &period);
    print!("{}", replay::in_chinese(&replayed, &book, before.as_deref(), &period, &past.names));
    match (replayed.failures.len(), replayed.unappraised.len()) {
        (0, 0) => Ok(()),
        (failures, 0) => Err(Failure(format!("{failures} 件按此规则算不出"))),
        (failures, units) => Err(Failure(format!("{failures} 件、{units} 个单位的考核按此规则算不出"))),
    }
}

//! `huiying import` and `huiying import-mail`: spreadsheets and mails as files.

use std::path::PathBuf;

use clap::Args;
use huiying::{Failure, import};
use huiying_proto::intake::{SightingOutcome, sighting_outcome::Outcome};

use crate::CallerArgs;

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// 表格文件
    file: PathBuf,
    /// 来源名称
    #[arg(long, default_value = "领导信箱")]
    outlet: String,
    /// 采集源名称(表格类)
    #[arg(long, conflicts_with = "outlet")]
    source: Option<String>,
    #[command(flatten)]
    caller: CallerArgs,
}

impl ImportArgs {
    pub async fn run(self) -> Result<(), Failure> {
        let client = self.caller.client()?;
        let refused = match self.source {
            Some(source) => {
                let taken = import::import_mapped(&client, &source, &self.file).await?;
                let import::Taken { registered, folded, known, waiting, refused, named } = taken;
                println!("登记 {registered} 条,重复并计 {folded} 条,已在册 {known} 条,待认来源 {waiting} 条,未导入 {refused} 行");
                named
            }
            None => {
                let outlet = import::outlet(&client, &self.outlet).await?;
                let imported = import::import(&client, &outlet.outlet_id, &self.file).await?;
                let import::Imported { registered, folded, known, ref refused } = imported;
                println!("登记 {registered} 封,重复并计 {folded} 封,已在册 {known} 封,未导入 {} 行", refused.len());
                imported.refused
            }
        };
        for row in refused {
            println!("  第 {} 行: {}", row.row, row.reason);
        }
        Ok(())
    }
}

#[derive(Args)]
pub(crate) struct ImportMailArgs {
    /// 邮件文件
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 采集源名称(邮箱类)
    #[arg(long)]
    source: String,
    #[command(flatten)]
    caller: CallerArgs,
}

impl ImportMailArgs {
    pub async fn run(self) -> Result<(), Failure> {
        let mut failed = 0;
        for (file, outcome) in import::import_mails(&self.caller.client()?, &self.source, &self.files).await? {
            match outcome {
                Ok(outcome) => println!("{}: {}", file.display(), in_words(&outcome)),
                Err(failure) => {
                    failed += 1;
                    println!("{}: 未导入: {failure}", file.display());
                }
            }
        }
        if failed == 0 { Ok(()) } else { Err(Failure(format!("{failed} 封未导入"))) }
    }
}

fn in_words(outcome: &SightingOutcome) -> String {
    let doubt = if outcome.message.is_empty() { String::new() } else { format!("(存疑: {})", outcome.message) };
    match outcome.outcome() {
        Outcome::Folded => format!("与在册线索重复,并计 {}", outcome.report_id),
        Outcome::Known => format!("已在册 {}", outcome.report_id),
        Outcome::Waiting => "待认来源".to_owned(),
        Outcome::Registered | Outcome::Refused | Outcome::Unspecified => format!("已登记 {}{doubt}", outcome.report_id),
    }
}

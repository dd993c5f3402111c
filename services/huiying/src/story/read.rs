//! 每日阅看: every unit's information officer ticks what was read, but the one who is away (五(一)).

use chassis::clock::civil_day;
use huiying_proto::intake::RecordReadingRequest;

use super::{Play, fresh, sample};
use crate::Failure;

/// Its information officer is away.
const SILENT: &str = "chengguan";
const OFFICER: &str = "information_officer";

impl Play<'_> {
    /// The day's reading of every unit.
    pub(super) async fn read_the_day(&mut self) -> Result<(), Failure> {
        let now = self.stage.clock.now();
        let mut count = 0;
        for person in sample::people()?.people {
            let position = person.positions.iter().find(|p| p.body != SILENT && p.roles.iter().any(|role| role == OFFICER));
            let Some(position) = position else { continue };
            let request = RecordReadingRequest {
                request_id: fresh(),
                body_id: self.cast.body(&position.body)?,
                reading_date: civil_day(now).to_string(),
                papers: true,
                web: true,
                broadcast: true,
                ..Default::default()
            };
            self.by(&person.key)?.intake()?.record_reading(request).await?;
            count += 1;
        }
        self.tell.line(now, "五(一)", "各单位信息员", format!("看报、看网、看新闻并登记,共 {count} 家;县城管局信息员外出,未登记"));
        self.settle().await
    }
}

//! The use case of the register's entry as a paper (线索登记表), 四(一)一.

use chassis::{Ctx, Error, Press};
use huiying_proto::{intake as pb, paper::paper::Format};
use papers::{Paper, Stationery};
use uuid::Uuid;

use super::{store::reading, unknown};
use crate::{category, incident, transfer, visible::visible};

/// Returns the register's entry of a report as a paper; 线索登记表. Refuses what the caller may not see.
pub(crate) async fn render(
    ctx: &Ctx,
    press: &Press<Stationery>,
    (id, format): (Uuid, Format),
) -> Result<pb::RenderRegisterEntryResponse, Error> {
    let (visible, mut connection) = (visible(ctx), ctx.read().await?);
    let registrar = reading::registrar(&mut connection, id).await?;
    let report = reading::find(&mut connection, id, visible.as_deref()).await?.ok_or_else(unknown)?.seen(visible.as_deref());
    let incident = match &report.placed {
        Some(placed) => incident::store::find(&mut connection, placed.incident, visible.as_deref()).await?,
        None => None,
    };
    let transfers = transfer::store::of_reports(&mut connection, &[id]).await?;
    let category = match report.category {
        Some(is) => category::store::named(&mut connection, is.category).await?.map(|category| is.in_words(&category)),
        None => None,
    };
    drop(connection);
    let paper = report.by(registrar).paper(incident.as_ref(), category.unwrap_or_default(), &transfers, &ctx.roster);
    let printed = press.print(format, move |stock| paper.paper(stock.office()).map(Paper::into_parts)).await?;
    Ok(pb::RenderRegisterEntryResponse { paper: Some(printed) })
}

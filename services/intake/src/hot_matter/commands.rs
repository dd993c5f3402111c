//! The use case of listing hot matters (热点事件), 二(四).

use chassis::{Ctx, Error, Page};
use huiying_proto::intake as pb;

use super::{Place, Window, grpc::to_wire, store};

/// 热点事件.
pub(crate) struct List {
    pub days: i64,
    pub page: Page<Place>,
}

/// Lists the incidents that are reported most now, the hottest first.
pub(crate) async fn list(ctx: &Ctx, query: List) -> Result<pb::ListHotMattersResponse, Error> {
    let page = query.page;
    let window = Window { days: query.days, until: page.after.as_ref().map_or(ctx.now, |place| place.until) };
    let found = store::hottest(&mut *ctx.read().await?, window, page.after.as_ref(), page.limit()).await?;
    let place = |matter: &super::HotMatter| Place {
        until: window.until,
        heat: matter.counts.heat(),
        incident: matter.incident.id,
        rank: matter.rank,
    };
    let (hot_matters, next_page_token) = page.answer(&found, place, |matter| to_wire(matter, window.days));
    Ok(pb::ListHotMattersResponse {
        hot_matters,
        next_page_token,
        window_start_time: Some(chassis::wire_time(window.since())),
        window_end_time: Some(chassis::wire_time(window.until)),
    })
}

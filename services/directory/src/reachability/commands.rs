//! Use cases of reachability.

use chassis::{Audit, Committed, Ctx, Error, Page};
use huiying_proto::directory as pb;
use uuid::Uuid;

use super::{ReachabilityTest, Tested, grpc::to_wire, store};
use crate::{body, person, position};

/// Records whether an information officer answered; 信息员在线抽查, 五(二).
pub(crate) async fn record(ctx: &Ctx, tested: Tested) -> Result<Committed<pb::RecordReachabilityTestResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    person::store::find(tx.conn(), tested.officer).await?.ok_or_else(person::unknown)?;
    body::store::find(tx.conn(), tested.body).await?.ok_or_else(body::unknown)?;
    let positions = position::store::all(tx.conn()).await?;
    let test = ReachabilityTest::record(tx.id(), tested, &positions, by, ctx.now)?;
    store::insert(tx.conn(), &test).await?;
    let wire = to_wire(&test);
    tx.emit(pb::ReachabilityTested {
        reachability_test_id: wire.reachability_test_id.clone(),
        officer_person_id: wire.officer_person_id.clone(),
        body_id: wire.body_id.clone(),
        test_time: wire.test_time,
        reached: wire.reached,
        answer_minutes: wire.answer_minutes,
        person_id: wire.person_id.clone(),
    });
    let audit = Audit::of("reachability_test", test.id).clause("五(二)");
    tx.commit(audit, pb::RecordReachabilityTestResponse { reachability_test: Some(wire) }).await
}

/// Lists tests of information officers, newest entry first; 在线抽查列表, 五(二).
pub(crate) async fn list(ctx: &Ctx, (body, page): (Option<Uuid>, Page<Uuid>)) -> Result<pb::ListReachabilityTestsResponse, Error> {
    let tests = store::page(&mut *ctx.read().await?, body, page.after, page.limit()).await?;
    let (reachability_tests, next_page_token) = page.answer(&tests, |t| t.id, to_wire);
    Ok(pb::ListReachabilityTestsResponse { reachability_tests, next_page_token })
}

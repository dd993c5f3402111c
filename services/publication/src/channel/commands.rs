//! Use cases of the channel.

use chassis::{Audit, Committed, Ctx, Error, Page};
use huiying_proto::publication as pb;

use super::{Channel, grpc::to_wire, store};

/// 渠道登记, 三(三).
pub(crate) struct Register {
    pub name: String,
    pub url: String,
}

/// 渠道登记: registers a channel, or corrects the address of the one that has the name.
pub(crate) async fn register(ctx: &Ctx, command: Register) -> Result<Committed<pb::RegisterChannelResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let mut channel = Channel { id: tx.id(), name: command.name.clone(), url: command.url.clone() };
    let mut changed = store::insert(tx.conn(), &channel).await?;
    if !changed {
        // The name is there, be it since this very moment. Channels are never taken away.
        channel = store::lock(tx.conn(), &command.name).await?.ok_or_else(|| Error::fault("a channel vanished"))?;
        changed = channel.correct(&command.name, command.url)?;
        if changed {
            store::save(tx.conn(), &channel).await?;
        }
    }
    if changed {
        tx.emit(pb::ChannelRegistered { channel: Some(to_wire(&channel)) });
    }
    let audit = Audit::of("channel", channel.id).clause("三(三)");
    tx.commit(audit, pb::RegisterChannelResponse { channel: Some(to_wire(&channel)) }).await
}

/// 渠道名录: lists channels by name.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListChannelsResponse, Error> {
    let channels = store::list(&mut *ctx.read().await?, &page).await?;
    let (channels, next_page_token) = page.answer(&channels, |channel| channel.name.clone(), to_wire);
    Ok(pb::ListChannelsResponse { channels, next_page_token })
}

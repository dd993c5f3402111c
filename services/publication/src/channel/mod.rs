//! The channel (发布渠道): a way out to the public.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use uuid::Uuid;

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Channel {
    pub id: Uuid,
    pub name: String,
    pub url: String,
}

impl Channel {
    /// Corrects its address; true when it was another. Refuses a name that only resembles its own.
    pub fn correct(&mut self, name: &str, url: String) -> Result<bool, Refusal> {
        if self.name != name {
            return Err(Refusal::exists("CHANNEL_NAME_TAKEN", format!("已有名为“{}”的发布渠道(不分大小写)。", self.name)));
        }
        let differs = self.url != url;
        self.url = url;
        Ok(differs)
    }
}

/// Refuses unless all the channels are known.
pub(crate) fn must_be_known(channels: &[Uuid], known: &[Uuid]) -> Result<(), Refusal> {
    match channels.iter().find(|channel| !known.contains(channel)) {
        Some(unknown) => Err(Refusal::not_found("CHANNEL_UNKNOWN", "没有这个发布渠道。").with("channel_id", unknown)),
        None => Ok(()),
    }
}

//! Channels: from the wire and to it.

use chassis::{Error, Fields, Page};
use huiying_proto::publication as pb;

use super::{Channel, commands::Register};

const LONGEST_NAME: usize = 100;
const LONGEST_URL: usize = 500;

pub(crate) fn register(message: &pb::RegisterChannelRequest) -> Result<Register, Error> {
    let mut fields = Fields::new();
    let name = fields.text("name", &message.name, LONGEST_NAME);
    let url = fields.optional_text("url", &message.url, LONGEST_URL);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !url.is_empty() && (!is_web || url.contains(char::is_whitespace)) {
        fields.wrong("url", "不是有效的网址(应以 https:// 或 http:// 开头)");
    }
    fields.check().map(|()| Register { name, url })
}

pub(crate) fn list(message: &pb::ListChannelsRequest) -> Result<Page<String>, Error> {
    Page::parse(message.page_size, &message.page_token)
}

pub(crate) fn to_wire(channel: &Channel) -> pb::Channel {
    pb::Channel { channel_id: channel.id.to_string(), name: channel.name.clone(), url: channel.url.clone() }
}

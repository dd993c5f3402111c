//! Bodies: to the wire.

use chassis::wire_id;
use huiying_proto::directory as pb;

use super::Body;

pub(crate) fn to_wire(body: &Body) -> pb::Body {
    pb::Body {
        body_id: body.id.to_string(),
        code: body.code.clone(),
        name: body.name.clone(),
        kind: pb::body::Kind::from_str_name(&body.kind).unwrap_or_default().into(),
        parent_body_id: wire_id(body.parent),
    }
}

//! Bodies (机构), 一: groups, offices, sections, units.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use std::collections::HashMap;

use chassis::Refusal;
use uuid::Uuid;

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Body {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    /// The kind as the contract names it, such as "KIND_UNIT".
    pub kind: String,
    pub parent: Option<Uuid>,
}

/// No such body.
pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("BODY_UNKNOWN", "没有这个机构。")
}

/// Orders bodies so that each comes after the one above it, given those that are known. Refuses one that lies above itself.
pub(crate) fn parents_first(known: &[Body], bodies: &mut Vec<Body>) -> Result<(), Refusal> {
    let parents: HashMap<Uuid, Option<Uuid>> = known.iter().chain(bodies.iter()).map(|body| (body.id, body.parent)).collect();
    let mut placed = Vec::with_capacity(bodies.len());
    for body in bodies.drain(..) {
        let depth = depth(&parents, body.id).ok_or_else(|| {
            Refusal::invalid("BODY_ABOVE_ITSELF", format!("机构“{}”不能是自己的上级。", body.name)).with("code", &body.code)
        })?;
        placed.push((depth, body));
    }
    placed.sort_by_key(|(depth, _)| *depth);
    bodies.extend(placed.into_iter().map(|(_, body)| body));
    Ok(())
}

/// How many bodies lie above one; none when it lies above itself.
fn depth(parents: &HashMap<Uuid, Option<Uuid>>, body: Uuid) -> Option<usize> {
    let mut depth = 0;
    let mut above = parents.get(&body).copied().flatten();
    while let Some(parent) = above {
        depth += 1;
        if depth > parents.len() {
            return None;
        }
        above = parents.get(&parent).copied().flatten();
    }
    Some(depth)
}

//! People: to the wire.

use huiying_proto::directory as pb;

use super::Person;

pub(crate) fn to_wire(person: &Person) -> pb::Person {
    pb::Person { person_id: person.id.to_string(), code: person.code.clone(), name: person.name.clone() }
}

//! Reads a fact without knowing its type: the descriptors tell its fields.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, ReflectMessage, SerializeOptions};
use serde_json::{Map, Value};

/// Why a fact cannot be read.
#[derive(Debug)]
pub enum FactError {
    /// The contract has no such type.
    Unknown(String),
    /// The bytes are not of that type.
    Malformed(String),
}

impl std::fmt::Display for FactError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "unknown fact type {name}"),
            Self::Malformed(what) => write!(f, "malformed fact: {what}"),
        }
    }
}

impl std::error::Error for FactError {}

static POOL: LazyLock<Option<DescriptorPool>> = LazyLock::new(|| DescriptorPool::decode(crate::DESCRIPTORS).ok());

/// "huiying.intake.v1.IncidentOpened" as the rule names it: "intake.IncidentOpened".
#[must_use]
pub fn fact_kind(type_name: &str) -> String {
    type_name.strip_prefix("huiying.").unwrap_or(type_name).replace(".v1.", ".")
}

/// The fields of a fact as JSON: proto field names, enums by name, times as RFC 3339, defaults included.
///
/// # Errors
/// When the contract has no such type, or the bytes are not of it.
pub fn fact_fields(type_name: &str, payload: &[u8]) -> Result<Map<String, Value>, FactError> {
    let message = decode(type_name, payload)?;
    let options = SerializeOptions::new().use_proto_field_name(true).skip_default_fields(false).stringify_64_bit_integers(false);
    let value = message.serialize_with_options(serde_json::value::Serializer, &options).map_err(|e| FactError::Malformed(e.to_string()))?;
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(FactError::Malformed(other.to_string())),
    }
}

/// The incident that a fact concerns: its field of that name; empty when it has none.
#[must_use]
pub fn incident_of(type_name: &str, payload: &[u8]) -> String {
    let Some(pool) = POOL.as_ref() else { return String::new() };
    let has_field = pool.get_message_by_name(type_name).is_some_and(|m| m.get_field_by_name("incident_id").is_some());
    if !has_field {
        return String::new();
    }
    let Ok(message) = decode(type_name, payload) else { return String::new() };
    message.get_field_by_name("incident_id").and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A message from its JSON, by the contract's names of fields (or their camel case). What the message has no field for is passed over.
///
/// # Errors
/// When a field is not what the contract says.
pub fn from_json<M: Message + Name + Default>(json: Value) -> Result<M, FactError> {
    let unknown = || FactError::Unknown(M::full_name());
    let descriptor = POOL.as_ref().and_then(|pool| pool.get_message_by_name(&M::full_name())).ok_or_else(unknown)?;
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let message = DynamicMessage::deserialize_with_options(descriptor, json, &options).map_err(|e| FactError::Malformed(e.to_string()))?;
    M::decode(message.encode_to_vec().as_slice()).map_err(|e| FactError::Malformed(e.to_string()))
}

/// A message as JSON, by the contract's names of fields.
///
/// # Errors
/// When the contract has no such type.
pub fn to_json<M: Message + Name>(message: &M) -> Result<String, FactError> {
    let message = decode(&M::full_name(), &message.encode_to_vec())?;
    let options = SerializeOptions::new().use_proto_field_name(true).stringify_64_bit_integers(false);
    let value = message.serialize_with_options(serde_json::value::Serializer, &options).map_err(|e| FactError::Malformed(e.to_string()))?;
    Ok(value.to_string())
}

fn decode(type_name: &str, payload: &[u8]) -> Result<DynamicMessage, FactError> {
    let unknown = || FactError::Unknown(type_name.to_owned());
    let descriptor = POOL.as_ref().and_then(|pool| pool.get_message_by_name(type_name)).ok_or_else(unknown)?;
    let message = DynamicMessage::decode(descriptor, payload).map_err(|e| FactError::Malformed(e.to_string()))?;
    debug_assert_eq!(message.descriptor().full_name(), type_name);
    Ok(message)
}

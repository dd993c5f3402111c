//! Configuration: one TOML file, the environment over it, flags over both. Unknown keys are refused; secrets print as ***.

use std::{fmt, path::Path};

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use toml::{Table, Value};

/// A secret: never printed. In the file either the value itself or `{ file = "path" }`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Value(String),
            InFile(InFile),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct InFile {
            file: String,
        }
        match Written::deserialize(deserializer)? {
            Written::Value(value) => Ok(Self(value)),
            Written::InFile(InFile { file }) => std::fs::read_to_string(&file)
                .map(|text| Self(text.trim().to_owned()))
                .map_err(|e| serde::de::Error::custom(format!("读不到密钥文件 {file}: {e}"))),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("配置有误: {0}")]
pub struct ConfigError(String);

/// Loads a configuration. `PREFIX_A__B=value` in the environment and `a.b=value` in flags name the key `b` of table `a`. An empty
/// variable is one that is not set: compose files cannot leave one out.
///
/// # Errors
/// When the file cannot be read, a key is unknown or a value does not fit; values of secrets are not in the message.
pub fn load<T: DeserializeOwned>(file: Option<&Path>, prefix: &str, flags: &[String]) -> Result<T, ConfigError> {
    let mut table = match file {
        None => Table::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|e| ConfigError(format!("读不到 {}: {e}", path.display())))?;
            text.parse::<Table>().map_err(|e| ConfigError(format!("{}: {}", path.display(), e.message())))?
        }
    };
    let start = format!("{prefix}_");
    let mut variables: Vec<(String, String)> =
        std::env::vars().filter_map(|(k, v)| Some((k.strip_prefix(&start)?.to_lowercase(), v))).filter(|(_, v)| !v.is_empty()).collect();
    variables.sort();
    for (key, value) in variables {
        put(&mut table, &key.split("__").collect::<Vec<_>>(), &value)?;
    }
    for flag in flags {
        let (key, value) = flag.split_once('=').ok_or_else(|| ConfigError(format!("--set 应写作 键=值: {flag}")))?;
        put(&mut table, &key.split('.').collect::<Vec<_>>(), value)?;
    }
    Value::Table(table).try_into().map_err(|e: toml::de::Error| ConfigError(e.message().to_owned()))
}

fn put(table: &mut Table, path: &[&str], value: &str) -> Result<(), ConfigError> {
    match path {
        [] => Ok(()),
        [key] => {
            // "true", "8" and "[…]" are what they look like; everything else is a string.
            let parsed = format!("v = {value}").parse::<Table>().ok().and_then(|mut t| t.remove("v"));
            table.insert((*key).to_owned(), parsed.unwrap_or_else(|| Value::String(value.to_owned())));
            Ok(())
        }
        [key, rest @ ..] => match table.entry((*key).to_owned()).or_insert_with(|| Value::Table(Table::new())) {
            Value::Table(inner) => put(inner, rest, value),
            _ => Err(ConfigError(format!("{key} 不是一组配置"))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        listen: String,
        database: Database,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Database {
        url: Secret,
        connections: u32,
    }

    #[test]
    fn flags_stand_over_the_file_and_secrets_are_not_printed() {
        let flags = ["listen=0.0.0.0:1", "database.url=postgres://u:secret@h/d", "database.connections=8"].map(str::to_owned);
        let sample: Sample = load(None, "HUIYING_TEST_NONE", &flags).expect("loads");
        assert_eq!((sample.listen.as_str(), sample.database.connections), ("0.0.0.0:1", 8));
        assert_eq!(sample.database.url.expose(), "postgres://u:secret@h/d");
        assert!(!format!("{sample:?}").contains("secret"));
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let flags = ["listen=a", "database.url=x", "database.connections=8", "databse.url=y"].map(str::to_owned);
        let error = load::<Sample>(None, "HUIYING_TEST_NONE", &flags).expect_err("is refused");
        assert!(error.to_string().contains("databse"), "{error}");
    }
}

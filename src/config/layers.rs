use std::{ffi::OsString, fs, path::Path};

use toml::{Table, Value};

use super::{Config, ConfigError, bad};

const PREFIX: &str = "REPLYDESK_";

/// Layers of settings, each laid over the last. Only what the defaults name can be set, and only
/// to a value of the same type.
pub(super) struct Layers {
    defaults: Table,
    pub(super) table: Table,
    given: Vec<String>,
}

impl Layers {
    /// # Panics
    /// When the compiled-in text is no TOML, which a test would have told.
    #[expect(clippy::expect_used, reason = "the text is compiled in, and tested")]
    pub(super) fn defaults() -> Self {
        let defaults: Table = Config::default_toml().parse().expect("the default settings are TOML");
        Self { table: defaults.clone(), defaults, given: Vec::new() }
    }

    pub(super) fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let wrong = |what: String| ConfigError::File(path.to_owned(), what);
        let text = fs::read_to_string(path).map_err(|error| wrong(error.kind().to_string()))?;
        // the parser's own message quotes the line, and the line may hold a password
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let upto = error.span().and_then(|span| text.get(..span.start)).unwrap_or(&text);
            wrong(format!("line {} is not TOML", upto.matches('\n').count() + 1))
        })?;
        for (section, settings) in table {
            if !self.defaults.contains_key(&section) {
                return Err(ConfigError::Unknown(section));
            }
            let Value::Table(settings) = settings else {
                return Err(bad(section, "must be a section"));
            };
            for (key, value) in settings {
                self.set(&section, &key, value)?;
            }
        }
        Ok(())
    }

    pub(super) fn add_environment(
        &mut self,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<(), ConfigError> {
        for (name, raw) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            let rest = &name[PREFIX.len()..];
            if matches!(rest, "CONFIG" | "BIN") || rest.starts_with("TEST_") {
                continue;
            }
            let unknown = || ConfigError::Unknown(name.to_owned());
            let (section, key) = rest.split_once("__").ok_or_else(unknown)?;
            let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
            let default = self.default(&section, &key).ok_or_else(unknown)?;
            let wrong = |what| bad(format!("{section}.{key}"), what);
            let raw = raw.to_str().ok_or_else(|| wrong("must be UTF-8"))?;
            let value = coerce(default, raw).ok_or_else(|| wrong(kind(default)))?;
            self.set(&section, &key, value)?;
        }
        Ok(())
    }

    /// Replaces `url` by the content of the file that `url_file` names; only `url` goes on from here.
    pub(super) fn read_secret(&mut self, section: &str) -> Result<(), ConfigError> {
        let setting = format!("{section}.url_file");
        let Some(Value::Table(settings)) = self.table.get_mut(section) else { return Ok(()) };
        let path = match settings.remove("url_file") {
            Some(Value::String(path)) if !path.is_empty() => path,
            _ => return Ok(()),
        };
        if self.given.contains(&format!("{section}.url")) {
            return Err(bad(setting, format!("must not be given beside {section}.url")));
        }
        let content = fs::read_to_string(path)
            .map_err(|error| bad(&setting, format!("names a file that cannot be read: {}", error.kind())))?;
        if content.trim().is_empty() {
            return Err(bad(setting, "names an empty file"));
        }
        settings.insert("url".to_owned(), Value::String(content.trim().to_owned()));
        Ok(())
    }

    fn default(&self, section: &str, key: &str) -> Option<&Value> {
        self.defaults.get(section)?.get(key)
    }

    fn set(&mut self, section: &str, key: &str, value: Value) -> Result<(), ConfigError> {
        let setting = format!("{section}.{key}");
        let Some(default) = self.default(section, key) else {
            return Err(ConfigError::Unknown(setting));
        };
        if !fits(default, &value) {
            return Err(bad(setting, kind(default)));
        }
        if let Some(Value::Table(settings)) = self.table.get_mut(section) {
            settings.insert(key.to_owned(), value);
        }
        self.given.push(setting);
        Ok(())
    }
}

/// A list takes the type of its default's first element; an empty default is a list of texts.
fn numeric(list: &[Value]) -> bool {
    list.first().is_some_and(Value::is_integer)
}

fn fits(default: &Value, value: &Value) -> bool {
    match (default, value) {
        (Value::Array(default), Value::Array(list)) if numeric(default) => list.iter().all(Value::is_integer),
        (Value::Array(_), Value::Array(list)) => list.iter().all(Value::is_str),
        _ => default.same_type(value),
    }
}

fn kind(default: &Value) -> &'static str {
    match default {
        Value::Integer(_) => "must be a whole number",
        Value::Boolean(_) => "must be true or false",
        Value::Array(list) if numeric(list) => "must be a list of whole numbers",
        Value::Array(_) => "must be a list of texts",
        _ => "must be a text",
    }
}

fn coerce(default: &Value, raw: &str) -> Option<Value> {
    let list = || raw.split(',').map(str::trim).filter(|part| !part.is_empty());
    let number = |raw: &str| raw.parse().ok().map(Value::Integer);
    match default {
        Value::Integer(_) => number(raw.trim()),
        Value::Boolean(_) => raw.trim().parse().ok().map(Value::Boolean),
        Value::Array(default) if numeric(default) => {
            list().map(number).collect::<Option<_>>().map(Value::Array)
        }
        Value::Array(_) => Some(Value::Array(list().map(Value::from).collect())),
        _ => Some(Value::from(raw)),
    }
}

//! Configuration files: TOML read into typed values. Every error names the file, the line and what is expected.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file that cannot be used, in words for the technician.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    pub file: PathBuf,
    /// From 1; none when the file as a whole is meant.
    pub line: Option<usize>,
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl ConfigError {
    pub fn new(file: &Path, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            message: message.into(),
        }
    }

    /// An error about the entry at `path` of `text`, or about the nearest one around it.
    pub fn at(file: &Path, text: &str, path: &str, message: impl Into<String>) -> Self {
        Self {
            line: line_of(text, path),
            ..Self::new(file, message)
        }
    }
}

/// The text of `file`.
///
/// # Errors
/// When it cannot be read.
pub fn read(file: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(file).map_err(|error| ConfigError::new(file, format!("cannot be read: {error}")))
}

/// `text` as a `T`; `file` is only named.
///
/// # Errors
/// The first key or value that does not fit: where it stands and what is expected.
pub fn parse<T: DeserializeOwned>(file: &Path, text: &str) -> Result<T, ConfigError> {
    let described = |error: &toml::de::Error, path: Option<String>| {
        let line = error.span().map(|span| line_at(text, span.start));
        let mut message = error.message().trim_end().to_owned();
        if let Some(path) = path.filter(|path| path != ".") {
            message = format!("{path}: {message}");
        }
        ConfigError {
            line,
            ..ConfigError::new(file, message)
        }
    };
    let document = toml::Deserializer::parse(text).map_err(|error| described(&error, None))?;
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = error.path().to_string();
        described(error.inner(), Some(path))
    })
}

/// The line on which the entry at the dotted `path` stands, or the nearest entry around it that exists.
///
/// A step into an array is an index or the `id` of one of its tables: `window.3.serves` is the key `serves` of the
/// `[[window]]` whose `id` is `3`. A name may hold dots itself.
pub fn line_of(text: &str, path: &str) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let steps: Vec<&str> = path.split('.').collect();
    let found = in_table(root.get_ref(), &steps)?;
    Some(line_at(text, found))
}

fn in_table(table: &DeTable<'_>, steps: &[&str]) -> Option<usize> {
    for taken in (1..=steps.len()).rev() {
        let name = steps[..taken].join(".");
        if let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == name.as_str()) {
            return Some(in_value(value, &steps[taken..]).unwrap_or(key.span().start));
        }
    }
    None
}

fn in_value(value: &Spanned<DeValue<'_>>, steps: &[&str]) -> Option<usize> {
    if steps.is_empty() {
        return None;
    }
    match value.get_ref() {
        DeValue::Table(table) => in_table(table, steps),
        DeValue::Array(items) => (1..=steps.len()).rev().find_map(|taken| {
            let name = steps[..taken].join(".");
            let (_, item) = items
                .iter()
                .enumerate()
                .find(|(index, item)| has_id(item, &name) || name.parse() == Ok(*index) && id_of(item).is_none())?;
            let inside = in_value(item, &steps[taken..]);
            Some(inside.unwrap_or_else(|| first_of(item)))
        }),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            None
        }
    }
}

fn id_of<'a>(item: &'a Spanned<DeValue<'_>>) -> Option<&'a str> {
    item.get_ref().get("id").and_then(|id| id.get_ref().as_str())
}

fn has_id(item: &Spanned<DeValue<'_>>, name: &str) -> bool {
    id_of(item) == Some(name)
}

/// Where an item of an array begins; a table's `id` says it better than its header.
fn first_of(item: &Spanned<DeValue<'_>>) -> usize {
    match item.get_ref().get("id") {
        Some(id) => id.span().start,
        None => item.span().start,
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id = \"a\"\n\n[rules]\nrecalls_max = 3\n\n[[window]]\nid = \"1\"\n\n[[window]]\nid = \"3\"\nserves = [\n\"x\"]\n";

    #[test]
    fn an_entry_is_found_by_its_path() {
        assert_eq!(line_of(TEXT, "id"), Some(1));
        assert_eq!(line_of(TEXT, "rules.recalls_max"), Some(4));
        assert_eq!(line_of(TEXT, "rules.rates.elder70"), Some(3), "the nearest around it");
        assert_eq!(line_of(TEXT, "window.3.serves"), Some(11));
        assert_eq!(line_of(TEXT, "window.3.zone"), Some(10));
        assert_eq!(line_of(TEXT, "nothing"), None);
    }
}

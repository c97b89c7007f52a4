//! The configuration of a rule set: which labels there are, and for what.

use crate::diagnostics::Diagnostic;
use crate::source::Sources;
use cordon_model::limits::RULE_FILE_BYTES_MAX;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Label → the entity types that it may be set on.
pub(crate) type Labels = BTreeMap<String, Vec<Arc<str>>>;

/// Keys that a rule set may configure; rules themselves read `labels` alone.
const KEYS: [&str; 9] = [
    "labels",
    "feature_flags",
    "analytics",
    "webhooks",
    "acl",
    "ui_config",
    "actions",
    "authorized_keys",
    "example",
];

/// Reads and merges the configuration files, in the order of their paths.
pub(crate) fn read(sources: &Sources, found: &mut Vec<Diagnostic>) -> Labels {
    let mut merged = Map::new();
    let mut last = "config.yaml";
    for (path, bytes) in sources.configs() {
        last = path;
        match read_file(bytes) {
            Ok(map) => merge(path, &mut merged, map, &mut Vec::new(), found),
            Err(message) => {
                found.push(Diagnostic::of_file(
                    path,
                    "config",
                    message,
                    "a configuration file is a YAML mapping",
                ));
            }
        }
    }
    for key in merged.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let message = format!("invalid top-level config key `{key}`");
        found.push(Diagnostic::of_file(last, "config", message, format!("known keys: {}", KEYS.join(", "))));
    }
    check(&FEATURE_FLAGS, merged.get("feature_flags"), "feature_flags", last, found);
    check(&ANALYTICS, merged.get("analytics"), "analytics", last, found);
    labels(merged.get("labels"), last, found)
}

/// What a value of the configuration looks like.
enum Shape {
    Text,
    Whole,
    /// A number from 0 to 1.
    Share,
    Texts,
    /// Any names, each with one shape.
    Each(&'static Shape),
    /// Known names alone.
    Fields(&'static [(&'static str, Shape)]),
}

static FEATURE_FLAGS: Shape = Shape::Fields(&[(
    "percentage_flags",
    Shape::Each(&Shape::Fields(&[("value", Shape::Share), ("description", Shape::Text)])),
)]);
static ANALYTICS: Shape = Shape::Fields(&[
    ("filtered_labels", Shape::Texts),
    ("monitored_labels", Shape::Texts),
    ("monitored_counters", Shape::Each(&Shape::Fields(&[("threshold", Shape::Whole)]))),
]);

impl Shape {
    const fn hint(&self) -> &'static str {
        match self {
            Self::Text => "write a text",
            Self::Whole => "write a whole number",
            Self::Share => "write a number from 0.0 to 1.0",
            Self::Texts => "write a list of texts",
            Self::Each(_) | Self::Fields(_) => "write a mapping",
        }
    }

    fn fits(&self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Whole => value.is_i64() || value.is_u64(),
            Self::Share => value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)),
            Self::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            Self::Each(_) | Self::Fields(_) => value.is_object(),
        }
    }
}

/// Tells every value below `place` that has another shape, by its dotted path.
fn check(shape: &Shape, value: Option<&Value>, place: &str, path: &str, found: &mut Vec<Diagnostic>) {
    let Some(value) = value.filter(|value| !value.is_null()) else { return };
    if !shape.fits(value) {
        let message = format!("invalid config value at {place}");
        found.push(Diagnostic::of_file(path, "config", message, shape.hint()));
        return;
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        match shape {
            Shape::Each(shape) => check(shape, Some(inner), &place, path, found),
            Shape::Fields(fields) => match fields.iter().find(|(field, _)| field == name) {
                Some((_, shape)) => check(shape, Some(inner), &place, path, found),
                None => {
                    let known: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
                    let message = format!("invalid config value at {place}");
                    let hint = format!("known here: {}", known.join(", "));
                    found.push(Diagnostic::of_file(path, "config", message, hint));
                }
            },
            _ => {}
        }
    }
}

fn read_file(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    if bytes.len() > RULE_FILE_BYTES_MAX {
        return Err(format!("file is larger than {RULE_FILE_BYTES_MAX} bytes"));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("file is not UTF-8: byte {} does not fit", error.valid_up_to()))?;
    // A file without content configures nothing.
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Map::new());
    }
    match serde_saphyr::from_str::<Value>(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err("file is not a mapping".into()),
        Err(error) => Err(format!("file is not YAML: {}", error.to_string().lines().next().unwrap_or(""))),
    }
}

fn merge(
    path: &str,
    into: &mut Map<String, Value>,
    from: Map<String, Value>,
    keys: &mut Vec<String>,
    found: &mut Vec<Diagnostic>,
) {
    for (key, value) in from {
        keys.push(key.clone());
        match (into.get_mut(&key), value) {
            (Some(Value::Object(own)), Value::Object(more)) => merge(path, own, more, keys, found),
            (Some(Value::Array(own)), Value::Array(more)) => own.extend(more),
            (Some(own), value) if *own != value => {
                let message = format!("`{}` has another value in another configuration file", keys.join("."));
                found.push(Diagnostic::of_file(path, "config", message, "keep one of them"));
            }
            (Some(_), _) => {}
            (None, value) => {
                into.insert(key, value);
            }
        }
        keys.pop();
    }
}

fn labels(value: Option<&Value>, path: &str, found: &mut Vec<Diagnostic>) -> Labels {
    let mut labels = Labels::new();
    let mut refuse = |place: &str, hint: &str| {
        found.push(Diagnostic::of_file(
            path,
            "config",
            format!("invalid config value at labels{place}"),
            hint,
        ));
    };
    let entries = match value {
        None | Some(Value::Null) => return labels,
        Some(Value::Object(entries)) => entries,
        Some(_) => {
            refuse("", "name: {valid_for: [EntityType], connotation: neutral, description: text}");
            return labels;
        }
    };
    for (name, entry) in entries {
        // Names that older rule sets use for something else.
        if matches!(name.as_str(), "positive" | "negative") {
            continue;
        }
        let Value::Object(fields) = entry else {
            refuse(&format!(".{name}"), "a label is a mapping with `valid_for`");
            continue;
        };
        for (field, value) in fields {
            let is_sound = match field.as_str() {
                "valid_for" => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
                "connotation" => matches!(value.as_str(), Some("positive" | "negative" | "neutral")),
                "description" => value.is_string(),
                _ => false,
            };
            if !is_sound {
                refuse(
                    &format!(".{name}.{field}"),
                    "valid_for: a list of entity types; connotation: positive, negative or neutral; description: text",
                );
            }
        }
        let valid_for = fields.get("valid_for").and_then(Value::as_array).into_iter().flatten();
        labels.insert(name.clone(), valid_for.filter_map(Value::as_str).map(Arc::from).collect());
    }
    labels
}

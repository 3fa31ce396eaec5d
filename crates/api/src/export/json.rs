//! For programs.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat};
use forum::account::export::{Export, Is, Part, UNSHOWN, Value};
use serde_json::{Map, json};

use super::Form;

/// What the file says it is, and in which version: one with another number is
/// read otherwise.
const FORMAT: &str = "mukalma-own-data";
const VERSION: u32 = 1;

/// The file as JSON, written as its parts come.
pub(super) struct Json {
    made_at: String,
    any: bool,
}

impl Json {
    pub(super) fn new(export: &Export) -> Self {
        let made_at = export.begun_at();
        Self {
            made_at: made_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            any: false,
        }
    }
}

impl Form for Json {
    fn begin(&mut self, out: &mut String) {
        let made_at = &self.made_at;
        // Writing into a text cannot fail.
        let _ = write!(
            out,
            "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"madeAt\":\"{made_at}\",\"sections\":{{"
        );
    }

    fn part(&mut self, part: &Part, out: &mut String) {
        if part.first {
            let comma = if self.any { "," } else { "" };
            let _ = write!(out, "{comma}\n\"{}\":[", part.section.name);
            self.any = true;
        }
        for (n, row) in part.rows.iter().enumerate() {
            let fields = part.section.fields.iter().zip(row);
            let row: Map<String, serde_json::Value> = fields
                .map(|(field, value)| (field.name.to_owned(), as_json(field.is, value)))
                .collect();
            let comma = if n > 0 || !part.first { "," } else { "" };
            let _ = write!(out, "{comma}\n{}", serde_json::Value::Object(row));
        }
        if part.last {
            out.push(']');
        }
    }

    fn end(&mut self, out: &mut String) {
        let unshown = UNSHOWN.iter();
        let unshown: Vec<serde_json::Value> = unshown
            .map(|(table, column, why)| {
                json!({ "what": format!("{table}.{column}"), "why": why.code() })
            })
            .collect();
        let unshown = serde_json::Value::Array(unshown);
        let _ = writeln!(out, "}},\n\"heldNotShown\":{unshown}}}");
    }
}

fn as_json(is: Is, value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Id(id) => json!(id),
        Value::Number(micros) if is == Is::Moment => json!(moment(*micros)),
        Value::Number(number) => json!(number),
        Value::Flag(flag) => json!(flag),
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => json!(hex(bytes)),
    }
}

/// A moment as it is written everywhere.
pub(super) fn moment(micros: i64) -> String {
    let moment = DateTime::from_timestamp_micros(micros);
    moment.map_or(String::new(), |moment| {
        moment.to_rfc3339_opts(SecondsFormat::Micros, true)
    })
}

/// Bytes as pairs of hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

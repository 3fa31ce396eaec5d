//! The two printed forms of the settings: what there is, and what holds.

use std::fmt::Write as _;

use super::{Loaded, SETTINGS, Setting};

/// Describes every setting, as Markdown.
pub fn reference() -> String {
    let mut out = String::from(
        "# Configuration\n\n\
         A value comes from the first of these that has one: a flag, an environment variable, `mukalma.toml`, \
         the default. An empty variable counts as not set. Every setting can also be given as `--set KEY=VALUE`.\n",
    );
    let mut section = None;
    for setting in SETTINGS {
        let here = setting
            .key
            .split_once('.')
            .map_or("", |(section, _)| section);
        if section != Some(here) {
            section = Some(here);
            let title = if here.is_empty() {
                "Server".to_owned()
            } else {
                format!("`[{here}]`")
            };
            let _ = write!(
                out,
                "\n## {title}\n\n\
                 | Key | Variable, flag | Default | Allowed | Description |\n\
                 |---|---|---|---|---|\n"
            );
        }
        let _ = writeln!(out, "{}", row(setting));
    }
    out
}

fn row(setting: &Setting) -> String {
    let flag = setting
        .flag
        .map_or_else(String::new, |flag| format!(", `{flag}`"));
    let default = match setting.default {
        "" => "none".to_owned(),
        default if default.contains("{data_dir}") => {
            format!(
                "`{}` (follows `data_dir`)",
                default.replace("{data_dir}", "data")
            )
        }
        default => format!("`{default}`"),
    };
    let description: Vec<_> = setting.description.iter().map(|line| line.trim()).collect();
    format!(
        "| `{}` | `{}`{flag} | {default} | {}: {} | {} |",
        setting.key,
        setting.variable(),
        setting.kind.name(),
        setting.kind.allowed(),
        description.join(" "),
    )
}

/// The value of every setting and where it came from; what is secret is
/// masked.
pub fn print(loaded: &Loaded) -> String {
    let value_of = |value: &str| {
        if value.is_empty() {
            "(none)".to_owned()
        } else {
            value.to_owned()
        }
    };
    let rows: Vec<_> = loaded
        .effective
        .iter()
        .map(|one| (one.key, value_of(&one.value), one.origin.as_str()))
        .collect();
    let key_width = rows.iter().map(|(key, ..)| key.len()).max().unwrap_or(0);
    let value_width = rows
        .iter()
        .map(|(_, value, _)| value.chars().count())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for (key, value, origin) in rows {
        let _ = writeln!(out, "{key:key_width$} = {value:value_width$}  # {origin}");
    }
    out
}

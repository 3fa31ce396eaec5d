//! The printed forms of the settings: what there is, what holds, and by what
//! rules the forum goes.

use std::fmt::Write as _;

use super::{Loaded, SETTINGS, Setting};

/// The sections and settings that are rules of the forum: who is let in, by when
/// somebody answers, how it is moderated, what is kept, and from when on figures are
/// shown. None of them is secret.
pub(super) const RULES: &[&str] = &[
    "registration",
    "clocks",
    "moderation",
    "retention",
    "statistics",
    "webhook.log_days",
];

/// Whether a setting is one of the forum's rules.
pub(super) fn is_rule(key: &str) -> bool {
    let section = key.split_once('.').map_or("", |(section, _)| section);
    RULES.iter().any(|rule| *rule == key || *rule == section)
}

/// By what rules the forum goes: their names and values, for the audit log.
pub fn rules(loaded: &Loaded) -> String {
    let rules = loaded.effective.iter().filter(|one| is_rule(one.key));
    let rules: Vec<_> = rules
        .map(|one| format!("{}={}", one.key, one.value))
        .collect();
    rules.join(" ")
}

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

//! To be read.

use std::fmt::Write as _;

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::people::Language;
use forum::account::export::{Export, Field, Is, Part, UNSHOWN, Value};
use sha2::{Digest as _, Sha256};

use super::Form;
use super::json::{hex, moment};
use super::words::{self, Said};

const STYLE: &str = include_str!("export.css");

/// What the file may load, where a browser shows it as it came: its one style.
pub(super) fn policy() -> HeaderValue {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        STANDARD.encode(Sha256::digest(STYLE))
    );
    HeaderValue::try_from(policy).expect("base64 is plain ASCII")
}

/// The file as a page, written as its parts come.
pub(super) struct Html {
    made_at: String,
    language: Language,
}

impl Html {
    pub(super) fn new(export: &Export, language: Language) -> Self {
        Self {
            made_at: moment(export.begun_at().timestamp_micros()),
            language,
        }
    }

    fn say(&self, said: Said) -> String {
        escape(said.in_language(self.language))
    }
}

impl Form for Html {
    fn begin(&mut self, out: &mut String) {
        let (lang, dir) = match self.language {
            Language::En => ("en", "ltr"),
            Language::Ur => ("ur", "rtl"),
        };
        let (title, about) = (self.say(words::TITLE), self.say(words::ABOUT));
        let made_at = &self.made_at;
        // Writing into a text cannot fail.
        let _ = writeln!(
            out,
            "<!doctype html>\n<html lang=\"{lang}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n\
             <h1>{title}</h1>\n<p>{about} <time datetime=\"{made_at}\"><bdi>{made_at}</bdi></time></p>\n\
             </header>\n<main>"
        );
    }

    fn part(&mut self, part: &Part, out: &mut String) {
        let section = part.section;
        let name = self.say(words::section(section.name));
        if part.first {
            let _ = writeln!(
                out,
                "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{name}</h2>",
                section.name
            );
            if part.rows.is_empty() {
                let none = self.say(words::NONE);
                let _ = writeln!(out, "<p class=\"none\">{none}</p>\n</section>");
                return;
            }
            let _ = write!(
                out,
                "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{}\">\n\
                 <table>\n<thead><tr>",
                section.name
            );
            for field in section.fields {
                let name = self.say(words::field(field.name));
                let _ = write!(out, "<th scope=\"col\">{name}</th>");
            }
            out.push_str("</tr></thead>\n<tbody>\n");
        }
        for row in &part.rows {
            out.push_str("<tr>");
            for (field, value) in section.fields.iter().zip(row) {
                self.cell(*field, value, out);
            }
            out.push_str("</tr>\n");
        }
        if part.last {
            out.push_str("</tbody>\n</table>\n</div>\n</section>\n");
        }
    }

    fn end(&mut self, out: &mut String) {
        let title = self.say(words::UNSHOWN);
        let _ = writeln!(
            out,
            "<section aria-labelledby=\"unshown\">\n<h2 id=\"unshown\">{title}</h2>\n<ul>"
        );
        for (table, column, why) in UNSHOWN {
            let why = self.say(words::why(*why));
            let _ = writeln!(out, "<li><code>{table}.{column}</code>: {why}</li>");
        }
        out.push_str("</ul>\n</section>\n</main>\n</body>\n</html>\n");
    }
}

impl Html {
    fn cell(&self, field: Field, value: &Value, out: &mut String) {
        let _ = match value {
            Value::Null => write!(out, "<td></td>"),
            Value::Id(id) => write!(out, "<td><code>{id}</code></td>"),
            Value::Number(micros) if field.is == Is::Moment => {
                let at = moment(*micros);
                write!(
                    out,
                    "<td><time datetime=\"{at}\"><bdi>{at}</bdi></time></td>"
                )
            }
            Value::Number(number) => write!(out, "<td>{number}</td>"),
            Value::Flag(flag) => {
                let said = self.say(if *flag { words::YES } else { words::NO });
                write!(out, "<td>{said}</td>")
            }
            Value::Text(text) => {
                let text = escape(text);
                if field.is == Is::Words {
                    write!(out, "<td dir=\"auto\">{text}</td>")
                } else {
                    write!(out, "<td><bdi>{text}</bdi></td>")
                }
            }
            Value::Bytes(bytes) => {
                let hex = hex(bytes);
                write!(out, "<td><code>{hex}</code></td>")
            }
        };
    }
}

/// A text as HTML shows it, whatever stands in it.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

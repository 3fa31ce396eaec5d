//! The page of figures: tables, with a chart of each agency beside its own.

use std::fmt::Write as _;

use axum::http::HeaderValue;
use domain::people::Language;
use domain::statistics::StatisticsBy;
use forum::statistics::Sums;
use forum::statistics::dictionary::{self, FIGURES, OUTCOMES, Said};

use super::{Shown, chart, path, words};
use crate::pages::{STYLE, escape, hash_of};

/// The page in a language, and what it may load.
pub(super) fn page(shown: &Shown, language: Language) -> (String, HeaderValue) {
    let style = format!("{STYLE}{}", include_str!("table.css"));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash_of(&style)
    );
    let policy = HeaderValue::try_from(policy).expect("base64 is plain ASCII");
    let mut html = Html {
        shown,
        language,
        out: String::new(),
    };
    html.all(&style);
    (html.out, policy)
}

struct Html<'a> {
    shown: &'a Shown,
    language: Language,
    out: String,
}

impl Html<'_> {
    fn say(&self, what: Said) -> String {
        escape(what.in_language(self.language))
    }

    fn put(&mut self, html: std::fmt::Arguments<'_>) {
        self.out.write_fmt(html).expect("a String takes any text");
        self.out.push('\n');
    }

    fn all(&mut self, style: &str) {
        let (lang, dir, other, tongue) = match self.language {
            Language::En => ("en", "ltr", Language::Ur, "ur"),
            Language::Ur => ("ur", "rtl", Language::En, "en"),
        };
        let (title, name) = (self.say(words::TITLE), escape(&self.shown.name));
        let (skip, switch) = (self.say(words::SKIP), self.say(words::OTHER));
        let about = self.say(words::ABOUT);
        self.put(format_args!(
            "<!doctype html>\n<html lang=\"{lang}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} · {name}</title>\n<style>{style}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">{skip}</a>\n<header><h1>{title}</h1>\n\
             <p>{name} · <a href=\"{}\" lang=\"{tongue}\" hreflang=\"{tongue}\">{switch}</a></p></header>\n\
             <main id=\"main\">\n<p>{about}</p>",
            path(other)
        ));
        match &self.shown.published.edition {
            None => {
                let none = self.say(words::NONE_YET);
                self.put(format_args!("<p>{none}</p>"));
            }
            Some(edition) => {
                let (as_of, month) = (self.say(words::AS_OF), escape(&edition.month));
                self.put(format_args!("<p>{as_of} <bdi>{month}</bdi></p>"));
            }
        }
        self.files();
        for (by, title) in [
            (StatisticsBy::Agency, words::AGENCIES),
            (StatisticsBy::Category, words::CATEGORIES),
            (StatisticsBy::Region, words::REGIONS),
            (StatisticsBy::Month, words::MONTHS),
        ] {
            self.table_by(by, title);
            if by == StatisticsBy::Agency {
                self.agencies();
            }
        }
        self.meanings();
        self.put(format_args!("</main>\n</body>\n</html>"));
    }

    fn files(&mut self) {
        let title = self.say(words::FILES);
        self.put(format_args!("<section>\n<h2>{title}</h2>\n<ul>"));
        for (path, what) in [
            ("/statistics.csv", words::AS_CSV),
            ("/statistics.xlsx", words::AS_XLSX),
            ("/statistics/dictionary.csv", words::DICTIONARY_CSV),
        ] {
            let what = self.say(what);
            self.put(format_args!(
                "<li><a href=\"{path}\" download>{what}</a></li>"
            ));
        }
        self.put(format_args!("</ul>\n</section>"));
    }

    /// The sums of all months.
    fn table_by(&mut self, by: StatisticsBy, title: Said) {
        let shown = self.shown;
        let sums = shown.sums(by);
        if sums.is_empty() {
            return;
        }
        let head = if by == StatisticsBy::Month {
            words::MONTH
        } else {
            words::NAME
        };
        let title = self.say(title);
        self.put(format_args!("<section>\n<h2>{title}</h2>"));
        let rows = sums.iter().map(|(code, sums)| {
            let name = shown.called(by, code, self.language);
            let none = || words::NO_CODE.in_language(self.language).to_owned();
            (if name.is_empty() { none() } else { name }, sums)
        });
        let rows: Vec<(String, &Sums)> = rows.collect();
        self.table(&title, head, &rows);
        self.put(format_args!("</section>"));
    }

    fn table(&mut self, caption: &str, head: Said, rows: &[(String, &Sums)]) {
        let head = self.say(head);
        self.put(format_args!(
            "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n\
             <caption>{caption}</caption>\n<thead><tr><th scope=\"col\">{head}</th>"
        ));
        for one in FIGURES {
            let label = self.say(one.label);
            self.put(format_args!("<th scope=\"col\">{label}</th>"));
        }
        self.put(format_args!("</tr></thead>\n<tbody>"));
        for (name, sums) in rows {
            let name = escape(name);
            self.put(format_args!("<tr><th scope=\"row\"><bdi>{name}</bdi></th>"));
            for value in dictionary::figures(sums) {
                match value {
                    Some(value) => self.put(format_args!("<td>{value}</td>")),
                    None => self.put(format_args!("<td></td>")),
                }
            }
            self.put(format_args!("</tr>"));
        }
        self.put(format_args!("</tbody>\n</table>\n</div>"));
    }

    /// Each agency: its chart, the same as a table, and what its answers came
    /// to.
    fn agencies(&mut self) {
        let (shown, language) = (self.shown, self.language);
        for (code, sums) in shown.sums(StatisticsBy::Agency) {
            let name = escape(&shown.called(StatisticsBy::Agency, code, language));
            let (path, what) = (chart::path(code, language), self.say(words::CHART));
            let said = escape(&chart::described(shown, code, language));
            self.put(format_args!(
                "<section>\n<h3>{name}</h3>\n<figure><img src=\"{}\" width=\"720\" height=\"260\" \
                 alt=\"{what}. {said}\"></figure>",
                escape(&path)
            ));
            let months = shown.months(StatisticsBy::Agency, code).into_iter();
            let months: Vec<(String, &Sums)> = months
                .map(|(month, sums)| (month.to_owned(), sums))
                .collect();
            self.table(&name, words::MONTH, &months);
            self.outcomes(&name, &sums);
            self.put(format_args!("</section>"));
        }
    }

    fn outcomes(&mut self, name: &str, sums: &Sums) {
        let Some(outcomes) = sums.outcomes() else {
            return;
        };
        let (caption, head) = (self.say(words::OUTCOMES), self.say(words::OUTCOME));
        self.put(format_args!(
            "<table>\n<caption>{name}: {caption}</caption>\n<thead><tr><th scope=\"col\">{head}</th>"
        ));
        for one in OUTCOMES {
            let label = self.say(one.label);
            self.put(format_args!("<th scope=\"col\">{label}</th>"));
        }
        self.put(format_args!("</tr></thead>\n<tbody>"));
        for one in outcomes {
            let called = self.say(dictionary::outcome(one.outcome));
            self.put(format_args!(
                "<tr><th scope=\"row\">{called}</th><td>{}</td>",
                one.answers
            ));
            for (_, count) in one.verdicts {
                self.put(format_args!("<td>{count}</td>"));
            }
            self.put(format_args!("</tr>"));
        }
        self.put(format_args!("</tbody>\n</table>"));
    }

    fn meanings(&mut self) {
        let title = self.say(words::MEANINGS);
        self.put(format_args!("<section>\n<h2>{title}</h2>\n<dl>"));
        for one in FIGURES.iter().chain(&OUTCOMES) {
            let (label, meaning) = (self.say(one.label), self.say(one.meaning));
            self.put(format_args!("<dt>{label}</dt><dd>{meaning}</dd>"));
        }
        self.put(format_args!("</dl>\n</section>"));
    }
}

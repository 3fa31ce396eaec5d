//! The answer clock of an agency as a chart: what came and what was answered in
//! each of the last twelve months of the edition.

use std::fmt::Write as _;

use chrono::{Months, NaiveDate};
use domain::people::Language;
use domain::statistics::{StatisticsBy, month_of};
use forum::statistics::dictionary::FIGURES;

use super::{Shown, words};
use crate::pages::escape;

const MONTHS: u32 = 12;
const WIDTH: u64 = 720;
const HEIGHT: u64 = 260;
/// Where the bars stand, and how high the highest is.
const FLOOR: u64 = 210;
const TALL: u64 = 150;
/// How wide a month is.
const STEP: u64 = WIDTH / MONTHS as u64;
const BAR: u64 = 20;

/// Where the chart of an agency is.
pub(super) fn path(code: &str, language: Language) -> String {
    match language {
        Language::En => format!("/statistics/agency/{code}.svg"),
        Language::Ur => format!("/statistics/ur/agency/{code}.svg"),
    }
}

/// A month, and what came and was answered in it, where that is shown.
type Point = (String, Option<(u64, u64)>);

/// What the chart shows.
fn points(shown: &Shown, code: &str) -> Vec<Point> {
    let months = shown.months(StatisticsBy::Agency, code);
    let edition = shown.published.edition.as_ref();
    let last = edition.and_then(|edition| format!("{}-01", edition.month).parse().ok());
    let last: NaiveDate = last.unwrap_or_default();
    let before = (0..MONTHS).rev();
    let all = before.filter_map(|back| last.checked_sub_months(Months::new(back)));
    all.map(|first| {
        let month = month_of(first);
        let sums = months.get(month.as_str());
        let shown = sums.map(|sums| (sums.received, sums.answered));
        (month, shown)
    })
    .collect()
}

/// What the chart says in words.
pub(super) fn described(shown: &Shown, code: &str, language: Language) -> String {
    let [received, answered] = labels(language);
    let comma = if language == Language::Ur { "،" } else { "," };
    let points = points(shown, code).into_iter();
    let said = points.map(|(month, of)| match of {
        None => format!("{month}: {}", words::NO_FIGURES.in_language(language)),
        Some((came, done)) => format!("{month}: {received} {came}{comma} {answered} {done}"),
    });
    let stop = if language == Language::Ur {
        "۔ "
    } else {
        ". "
    };
    format!("{}{}", said.collect::<Vec<_>>().join(stop), stop.trim())
}

fn labels(language: Language) -> [&'static str; 2] {
    [0, 3].map(|at: usize| FIGURES[at].label.in_language(language))
}

/// The chart, with its title and what it shows in words.
pub(super) fn chart(shown: &Shown, code: &str, language: Language) -> String {
    let name = shown.called(StatisticsBy::Agency, code, language);
    let title = format!("{name}: {}", words::CHART.in_language(language));
    let (tongue, direction) = match language {
        Language::En => ("en", "ltr"),
        Language::Ur => ("ur", "rtl"),
    };
    let points = points(shown, code);
    let highest = points
        .iter()
        .filter_map(|(_, of)| *of)
        .map(|(came, _)| came);
    let highest = highest.max().unwrap_or_default().max(1);
    let mut bars = String::new();
    for (at, (month, of)) in (0_u64..).zip(&points) {
        let middle = at * STEP + STEP / 2;
        let mut bar = |x: u64, value: u64, fill: &str| {
            let tall = (value * TALL / highest).min(TALL);
            let (y, label) = (FLOOR - tall, FLOOR - tall - 4);
            let centre = x + BAR / 2;
            writeln!(
                bars,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{BAR}\" height=\"{tall}\" fill=\"{fill}\" \
                 stroke=\"#123b63\"/><text x=\"{centre}\" y=\"{label}\">{value}</text>"
            )
            .expect("a String takes any text");
        };
        // Told apart by more than their colours: one is empty, one is full.
        if let Some((came, done)) = of {
            bar(middle - BAR, *came, "#ffffff");
            bar(middle, *done, "#123b63");
        }
        writeln!(
            bars,
            "<text x=\"{middle}\" y=\"{}\">{month}</text>",
            FLOOR + 16
        )
        .expect("a String takes any text");
    }
    let [received, answered] = labels(language);
    let (title, desc) = (escape(&title), escape(&described(shown, code, language)));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" lang=\"{tongue}\" xml:lang=\"{tongue}\" \
         direction=\"{direction}\" aria-labelledby=\"title desc\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\">\n<title id=\"title\">{title}</title>\n\
         <desc id=\"desc\">{desc}</desc>\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n\
         <g font-family=\"sans-serif\" font-size=\"11\" text-anchor=\"middle\" fill=\"#111111\" aria-hidden=\"true\">\n\
         <text x=\"{}\" y=\"24\" font-size=\"14\">{title}</text>\n{bars}\
         <path d=\"M0 {FLOOR}H{WIDTH}\" stroke=\"#111111\"/>\n\
         <rect x=\"180\" y=\"238\" width=\"12\" height=\"12\" fill=\"#ffffff\" stroke=\"#123b63\"/>\
         <text x=\"240\" y=\"248\">{}</text>\n\
         <rect x=\"400\" y=\"238\" width=\"12\" height=\"12\" fill=\"#123b63\" stroke=\"#123b63\"/>\
         <text x=\"470\" y=\"248\">{}</text>\n</g>\n</svg>\n",
        WIDTH / 2,
        escape(received),
        escape(answered),
    )
}

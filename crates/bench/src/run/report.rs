//! The table of a run, for people and as JSON.

use serde::Serialize;

/// What a measurement must not pass, and what it should reach.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Limit {
    pub(super) must: f64,
    pub(super) aim: f64,
}

/// One line of the table.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub(super) what: String,
    pub(super) database: &'static str,
    /// CPU seconds a thousand requests (or deliveries) of the floor.
    pub(super) floor: Option<f64>,
    /// The same of the server; none where something else is measured.
    pub(super) ours: Option<f64>,
    /// What is held against the limit: a ratio, or a number of `unit`.
    pub(super) measured: f64,
    pub(super) unit: &'static str,
    pub(super) limit: Limit,
    /// Times to answer in milliseconds, the middle and one in a hundred: of
    /// the floor, then of the server.
    pub(super) times: Vec<[f64; 2]>,
}

impl Line {
    pub(super) fn passes(&self) -> bool {
        self.measured <= self.limit.must
    }

    fn verdict(&self) -> &'static str {
        if self.measured <= self.limit.aim {
            "aim"
        } else if self.passes() {
            "must"
        } else {
            "FAILS"
        }
    }

    fn cells(&self) -> [String; 9] {
        let cpu = |seconds: Option<f64>| seconds.map_or(String::new(), |cpu| format!("{cpu:.4}"));
        let times = |at: usize| {
            self.times
                .get(at)
                .map_or(String::new(), |[p50, p99]| format!("{p50:.1}/{p99:.1}"))
        };
        [
            self.what.clone(),
            self.database.to_owned(),
            cpu(self.floor),
            cpu(self.ours),
            format!("{:.2}{}", self.measured, self.unit),
            format!("{}", self.limit.must),
            format!("{}", self.limit.aim),
            format!("{} | {}", times(0), times(1)),
            self.verdict().to_owned(),
        ]
    }
}

/// The table as text, columns aligned.
pub(super) fn table(lines: &[Line]) -> String {
    let head = [
        "workload",
        "database",
        "floor CPU",
        "ours CPU",
        "measured",
        "must",
        "aim",
        "p50/p99 ms: floor | ours",
        "reaches",
    ]
    .map(str::to_owned);
    let rows: Vec<[String; 9]> = std::iter::once(head)
        .chain(lines.iter().map(Line::cells))
        .collect();
    let widths: Vec<usize> = (0..9)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in &rows {
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let gap = if at == 0 { "" } else { "  " };
            // Names stand left, numbers right.
            let cell = if at < 2 {
                format!("{gap}{cell:<width$}")
            } else {
                format!("{gap}{cell:>width$}")
            };
            text.push_str(&cell);
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text.push_str(
        "CPU: seconds per 1,000 requests (watch: deliveries), server and database together.\n",
    );
    text
}

/// The value in the middle; of an even number, the lower of the two.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values
        .get(values.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_not_moved_by_one_bad_round() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn a_line_that_was_not_measured_does_not_pass() {
        let line = Line {
            what: "w1".to_owned(),
            database: "sqlite",
            floor: None,
            ours: None,
            measured: f64::NAN,
            unit: "x",
            limit: Limit {
                must: 2.0,
                aim: 1.5,
            },
            times: Vec::new(),
        };
        assert!(!line.passes());
        assert_eq!(line.verdict(), "FAILS");
    }
}

//! The tables of the report before anything of them is kept back, and what is told
//! of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::cells::kept_back;
use super::{COUNT, Figure, REST, Section, TIMES};
use crate::statistics::percentile;

/// Where a figure stands in its table: its key and its measure.
type Place = (String, String);

/// What of a table there is a total of that may be known: another table tells it, or
/// the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Total {
    /// Each figure stands for itself.
    Each,
    /// All keys of a measure come to one.
    OfMeasure,
    /// All measures of a key come to one.
    OfKey,
}

const fn total(section: Section) -> Total {
    match section {
        Section::Acts
        | Section::Reversals
        | Section::Decisions
        | Section::FirstLooks
        | Section::Demands => Total::Each,
        Section::ActsByCategory
        | Section::ActsByConstituency
        | Section::ReversalsByCategory
        | Section::ReversalsByConstituency
        | Section::FlagsByConstituency
        | Section::FlagsByCategory
        | Section::DecisionsByCategory
        | Section::DecisionsByConstituency
        | Section::Appeals
        | Section::AppealsByCategory
        | Section::AppealsByConstituency => Total::OfMeasure,
        Section::Flags => Total::OfKey,
    }
}

/// What is counted in one place.
#[derive(Debug, Clone, Default)]
struct Cell {
    times: u64,
    /// How many of them took so many whole hours, where that is told.
    hours: BTreeMap<u16, u64>,
}

/// The parts of each total. A total stands under the place of its parts without what
/// these differ in.
#[derive(Debug, Default)]
pub(super) struct Tables(BTreeMap<(Section, Place), BTreeMap<Place, Cell>>);

impl Tables {
    /// Counts something so many times.
    pub(super) fn add(&mut self, section: Section, key: &str, measure: &str, times: u64) {
        if times > 0 {
            self.cell(section, key, measure).times += times;
        }
    }

    /// Counts one case, and how long it took where that is told.
    pub(super) fn add_case(
        &mut self,
        section: Section,
        key: &str,
        measure: &str,
        took: Option<TimeDelta>,
    ) {
        let cell = self.cell(section, key, measure);
        cell.times += 1;
        if let Some(took) = took {
            let hours = u16::try_from(took.num_hours().max(0)).unwrap_or(u16::MAX);
            *cell.hours.entry(hours).or_default() += 1;
        }
    }

    fn cell(&mut self, section: Section, key: &str, measure: &str) -> &mut Cell {
        let of = match total(section) {
            Total::Each => (key, measure),
            Total::OfMeasure => ("", measure),
            Total::OfKey => (key, ""),
        };
        let owned = |(key, measure): (&str, &str)| (key.to_owned(), measure.to_owned());
        let parts = self.0.entry((section, owned(of))).or_default();
        parts.entry(owned((key, measure))).or_default()
    }

    /// What is told of them, in the order of sections, keys and measures.
    pub(super) fn figures(&self, least: u64) -> Vec<Figure> {
        let totals = self.0.iter();
        let told = totals.flat_map(|((section, _), parts)| figures(*section, parts, least));
        let mut told: Vec<Figure> = told.collect();
        told.sort_by(|a, b| (a.section, &a.key, &a.measure).cmp(&(b.section, &b.key, &b.measure)));
        told
    }
}

/// What is told of the parts of a total.
fn figures(section: Section, parts: &BTreeMap<Place, Cell>, least: u64) -> Vec<Figure> {
    let of = total(section);
    let back = match of {
        Total::Each => BTreeSet::new(),
        Total::OfMeasure | Total::OfKey => {
            kept_back(parts.iter().map(|(place, cell)| (place, cell.times)), least)
        }
    };
    let shown = parts.iter().filter(|(place, _)| !back.contains(place));
    let mut figures: Vec<Figure> = shown
        .flat_map(|(place, cell)| cell.figures(section, place, least))
        .collect();
    if let Some((key, measure)) = back.first() {
        let rest = back.iter().filter_map(|place| parts.get(*place));
        let rest: u64 = rest.map(|cell| cell.times).sum();
        let (key, measure) = match of {
            Total::OfKey => (key.as_str(), REST),
            Total::Each | Total::OfMeasure => (REST, measure.as_str()),
        };
        figures.push(Figure {
            section,
            key: key.to_owned(),
            measure: measure.to_owned(),
            value: told(section, rest, least),
        });
    }
    figures
}

impl Cell {
    /// How many they are, and how long they took: both, or neither.
    fn figures(&self, section: Section, (key, measure): &Place, least: u64) -> Vec<Figure> {
        let value = told(section, self.times, least);
        let figure = |measure: String, value: Option<u64>| Figure {
            section,
            key: key.clone(),
            measure,
            value,
        };
        let mut figures = vec![figure(measure.clone(), value)];
        if self.hours.is_empty() {
            return figures;
        }
        for (percent, name) in TIMES {
            let hours = value.and(percentile(&self.hours, percent));
            let named = if measure == COUNT {
                name.to_owned()
            } else {
                format!("{measure}_{name}")
            };
            figures.push(figure(named, hours.map(u64::from)));
        }
        figures
    }
}

/// How many are told.
pub(super) fn told(section: Section, value: u64, least: u64) -> Option<u64> {
    // Demands name nobody, and each of them is everybody's business.
    if matches!(section, Section::Acts | Section::Demands) {
        return Some(value);
    }
    let least = least.max(1);
    let nearest = (value + least / 2) / least * least;
    (value >= least).then_some(nearest)
}

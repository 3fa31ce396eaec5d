//! What an edition of the figures takes over from what is counted.
//!
//! Everyone is shown copies of the figures, one a month. Whoever lays one
//! beside the other, or beside the figures that they are part of, may not see
//! what became of fewer than so many concerns. So concerns are taken over only
//! together with others of their cell, and the rest stays as it was shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::ThreadId;

/// One figure of a table: concerns of a month under one key, such as an
/// agency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The month: `2025-11`.
    pub month: String,
    /// By what figures are put together in this table.
    pub key: String,
}

/// What is shown of a concern, and in which cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<R> {
    /// The cell.
    pub cell: Cell,
    /// What is shown.
    pub of: R,
}

/// A table, concern by concern.
pub type Table<R> = BTreeMap<ThreadId, Placed<R>>;

/// Beside what a table is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nobody is shown what it is made of.
    Nothing,
    /// Everyone is shown the months' sums of what it is made of.
    Total,
}

/// The next edition of a table, after the one before and what there is to take
/// over now. In it
///
/// - each cell has no concern, or at least so many;
/// - each cell differs from the one before in no concern, or in at least so
///   many;
/// - where the sums of what there is to take over are shown as well, each month
///   differs from them in no concern, or in at least so many, or shows nothing.
///
/// where concerns that everyone reads (`open`) count as none: whoever knows them
/// takes them off. What cannot be taken over stays as it was, for the next edition
/// to try.
pub fn take_over<R: Clone + Eq>(
    before: &Table<R>,
    now: &Table<R>,
    beside: Beside,
    (open, least): (&BTreeSet<ThreadId>, usize),
) -> Table<R> {
    let mut taking = Taking {
        before: before.iter().map(|(id, one)| (*id, one)).collect(),
        wanted: now.iter().map(|(id, one)| (*id, one)).collect(),
        now,
        held: BTreeSet::new(),
        open,
        least,
    };
    // Where so many were fewer once, nothing is kept of what was shown then.
    let few = taking.few(&taking.before);
    taking.before.retain(|id, _| !few.contains(id));
    while taking.hold_few() || taking.withdraw_few() || taking.hide_lag(beside) {}
    let shown = taking.shown().into_iter();
    shown.map(|(id, one)| (id, one.clone())).collect()
}

type Refs<'a, R> = BTreeMap<ThreadId, &'a Placed<R>>;

/// Each step holds a concern back, or no longer wants one: so there is an end.
struct Taking<'a, R> {
    /// What was shown.
    before: Refs<'a, R>,
    /// What there is to take over.
    now: &'a Table<R>,
    /// What of it is still to be taken over.
    wanted: Refs<'a, R>,
    /// Concerns that stay as they were shown.
    held: BTreeSet<ThreadId>,
    /// Concerns that everyone reads: they hide none of the others.
    open: &'a BTreeSet<ThreadId>,
    least: usize,
}

impl<'a, R: Eq> Taking<'a, R> {
    /// Whether these tell of a concern that not everyone reads, and hide it
    /// among too few.
    fn are_few(&self, ids: &BTreeSet<ThreadId>) -> bool {
        let hidden = ids.iter().filter(|id| !self.open.contains(id)).count();
        (1..self.least).contains(&hidden)
    }

    /// What would be shown.
    fn shown(&self) -> Refs<'a, R> {
        let held = self.before.iter().filter(|(id, _)| self.held.contains(id));
        let taken = self.wanted.iter().filter(|(id, _)| !self.held.contains(id));
        held.chain(taken).map(|(id, one)| (*id, *one)).collect()
    }

    /// The concerns of cells of fewer than so many.
    fn few(&self, shown: &Refs<'a, R>) -> BTreeSet<ThreadId> {
        let cells = cells(shown).into_values();
        let few = cells.filter(|ids| self.are_few(ids));
        few.flatten().collect()
    }

    /// The concerns that each cell would change by.
    fn changes(&self) -> BTreeMap<&'a Cell, BTreeSet<ThreadId>> {
        let mut changes: BTreeMap<&Cell, BTreeSet<ThreadId>> = BTreeMap::new();
        for id in self.before.keys().chain(self.wanted.keys()) {
            let (was, is) = (self.before.get(id), self.wanted.get(id));
            if was != is && !self.held.contains(id) {
                for one in was.iter().chain(is.iter()) {
                    changes.entry(&one.cell).or_default().insert(*id);
                }
            }
        }
        changes
    }

    /// Holds back what a cell would change by too few of. What moves from cell
    /// to cell moves in both or in none.
    fn hold_few(&mut self) -> bool {
        let changes = self.changes().into_values();
        let few: Vec<ThreadId> = changes.filter(|ids| self.are_few(ids)).flatten().collect();
        self.held.extend(&few);
        !few.is_empty()
    }

    /// Withdraws the cells that too few would be left in.
    fn withdraw_few(&mut self) -> bool {
        let few = self.few(&self.shown());
        self.withdraw(&few);
        !few.is_empty()
    }

    fn withdraw(&mut self, ids: &BTreeSet<ThreadId>) {
        for id in ids {
            self.held.remove(id);
            if self.wanted.remove(id).is_none() {
                self.before.remove(id);
            }
        }
    }

    /// In each month that differs by too few from the sum beside it, holds back
    /// the smallest change as well, or withdraws the smallest cell.
    fn hide_lag(&mut self, beside: Beside) -> bool {
        if beside == Beside::Nothing {
            return false;
        }
        let shown = self.shown();
        let mut lag: BTreeMap<&str, BTreeSet<ThreadId>> = BTreeMap::new();
        for id in shown.keys().chain(self.now.keys()) {
            let (was, is) = (shown.get(id).copied(), self.now.get(id));
            if was != is {
                for one in was.iter().chain(is.iter()) {
                    lag.entry(&one.cell.month).or_default().insert(*id);
                }
            }
        }
        lag.retain(|_, ids| self.are_few(ids));
        let smallest = |cells: &BTreeMap<&Cell, BTreeSet<ThreadId>>, month: &str| {
            let of_month = cells.iter().filter(|(cell, _)| cell.month == month);
            let least = of_month.min_by_key(|(cell, ids)| (ids.len(), **cell));
            least.map(|(_, ids)| ids.clone())
        };
        let (changes, cells) = (self.changes(), cells(&shown));
        let mut hidden = false;
        for month in lag.keys() {
            if let Some(ids) = smallest(&changes, month) {
                self.held.extend(ids);
                hidden = true;
            } else if let Some(ids) = smallest(&cells, month) {
                self.withdraw(&ids);
                hidden = true;
            }
        }
        hidden
    }
}

/// The concerns of each cell.
fn cells<'a, R>(shown: &Refs<'a, R>) -> BTreeMap<&'a Cell, BTreeSet<ThreadId>> {
    let mut cells: BTreeMap<&Cell, BTreeSet<ThreadId>> = BTreeMap::new();
    for (id, one) in shown {
        cells.entry(&one.cell).or_default().insert(*id);
    }
    cells
}

#[cfg(test)]
mod tests;

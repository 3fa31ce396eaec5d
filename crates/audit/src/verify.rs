//! Proving that a log says what it said.

use std::collections::HashMap;

use crate::entry::{Entry, Opening, Recorded, commit};
use crate::merkle::{Frontier, Hash, leaf};
use crate::note::{Checkpoint, NoteError, PublicKey};

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The how manieth it is, from 0.
    pub index: i64,
    /// Its body.
    pub body: String,
    /// The hash that was kept with it.
    pub leaf: Vec<u8>,
    /// What of its commitments can still be opened.
    pub openings: Vec<Opening>,
}

/// The state of the log as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub size: i64,
    /// What is needed to append.
    pub frontier: Vec<u8>,
    /// The checkpoint of this state; empty before the first entry.
    pub note: String,
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An entry is not there, or not in its place.
    #[error("entry {0} is missing, or another stands in its place")]
    Missing(u64),
    /// An entry is not what was hashed when it was written.
    #[error("entry {0} was changed")]
    Changed(u64),
    /// An opening does not open what it should.
    #[error("whom entry {0} means was changed")]
    Opening(u64),
    /// More people are erased than entries tell of, or fewer: somebody was put back.
    #[error("whom {0} commitments mean was erased, and entries tell of {1}")]
    Erased(u64, u64),
    /// Something opens an entry that is not there.
    #[error("something says whom entry {0} means, and there is no such entry")]
    Stray(i64),
    /// There are heads beside the log's own.
    #[error("beside the log's head there are others: {0}")]
    Heads(u64),
    /// The state that is kept does not fit the entries.
    #[error("the log's head does not fit its {0} entries")]
    Head(u64),
    /// The checkpoint of the newest state is not in order.
    #[error("the newest checkpoint is not in order: {0}")]
    Note(NoteError),
    /// The newest checkpoint was signed for other entries.
    #[error("the newest checkpoint was signed for other entries")]
    Signed,
    /// A checkpoint that was kept outside was signed for other entries.
    #[error("the checkpoint of {0} entries that was kept outside was signed for other entries")]
    Outside(u64),
    /// Outside there is a checkpoint of more entries than there are.
    #[error("{0} entries were there when a checkpoint was kept outside: some are gone")]
    Shorter(u64),
    /// An entry of the public record does not say what it said.
    #[error("entry {0} of the public record was changed")]
    RecordChanged(String),
    /// An entry of the public record is not there.
    #[error("entry {0} of the public record is gone")]
    RecordGone(String),
    /// An entry of the public record that no act wrote.
    #[error("entry {0} of the public record was put in by hand")]
    RecordAdded(String),
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// So many entries were read.
    pub entries: u64,
    /// So many of their commitments can no longer be opened.
    pub erased: u64,
    /// So many checkpoints from outside were compared.
    pub outside: usize,
    /// So many entries of the public record say what they said.
    pub recorded: u64,
    /// So many entries of the public record may be older than the commitments to
    /// it.
    pub unrecorded: u64,
    /// What is wrong, at most [`FAULTS_MAX`] of it.
    pub faults: Vec<Fault>,
}

/// The act of an entry that tells of people who were erased: as its detail, how
/// many commitments that were opened before.
pub const ERASE: &str = "erase";

/// The act of an entry that tells of an act of moderation, with what it wrote
/// into the public record.
pub const MODERATE: &str = "moderate";

/// So many faults are told of.
pub const FAULTS_MAX: usize = 100;

/// A log on its way through the check, entry by entry.
#[derive(Debug)]
pub struct Check<'k> {
    key: &'k PublicKey,
    tree: Frontier,
    /// Of growing size.
    outside: Vec<Checkpoint>,
    compared: usize,
    erased: u64,
    told: u64,
    /// What the record has to say, by its entries' ids.
    record: HashMap<String, String>,
    recorded: u64,
    unrecorded: u64,
    /// Whether acts were written down before they committed to the record.
    older: bool,
    faults: Vec<Fault>,
}

impl<'k> Check<'k> {
    /// Begins with the checkpoints that were kept outside, in any order.
    pub fn new(key: &'k PublicKey, mut outside: Vec<Checkpoint>) -> Self {
        outside.sort_by_key(|checkpoint| checkpoint.size);
        Self {
            key,
            tree: Frontier::default(),
            outside,
            compared: 0,
            erased: 0,
            told: 0,
            record: HashMap::new(),
            recorded: 0,
            unrecorded: 0,
            older: false,
            faults: Vec::new(),
        }
    }

    /// Reads the next entry.
    pub fn entry(&mut self, stored: &StoredEntry) {
        let index = self.tree.size();
        self.compare();
        let entry = Entry::of_body(&stored.body);
        if u64::try_from(stored.index) != Ok(index) {
            self.fault(Fault::Missing(index));
        }
        let hash: Hash = leaf(stored.body.as_bytes());
        let named = entry.as_ref().is_some_and(|entry| entry.index == index);
        if stored.leaf != hash || !named {
            self.fault(Fault::Changed(index));
        }
        if let Some(entry) = entry {
            self.openings(index, &entry, &stored.openings);
            let erased = entry.detail.filter(|_| entry.act == ERASE);
            let erased = erased.and_then(|number| number.parse().ok());
            self.told = self.told.saturating_add(erased.unwrap_or(0));
            self.older |= entry.act == MODERATE && entry.record.is_none();
            if let Some(Recorded { id, hash }) = entry.record {
                self.record.insert(id, hash);
            }
        }
        self.tree.push(hash);
    }

    /// Reads an entry of the public record, after all of the log's.
    pub fn record(&mut self, found: Recorded) {
        match self.record.remove(&found.id) {
            Some(hash) if hash == found.hash => self.recorded += 1,
            Some(_) => self.fault(Fault::RecordChanged(found.id)),
            None if self.older => self.unrecorded += 1,
            None => self.fault(Fault::RecordAdded(found.id)),
        }
    }

    /// Hears of an opening that is of no entry.
    pub fn stray(&mut self, entry: i64) {
        self.fault(Fault::Stray(entry));
    }

    /// Hears how many heads there are beside the log's own.
    pub fn heads(&mut self, others: u64) {
        if others > 0 {
            self.fault(Fault::Heads(others));
        }
    }

    fn openings(&mut self, index: u64, entry: &Entry, openings: &[Opening]) {
        let commitments: Vec<_> = entry.commitments().collect();
        let mut opened = vec![false; commitments.len()];
        for opening in openings {
            let place = usize::try_from(opening.place).unwrap_or(usize::MAX);
            let fits = commitments
                .get(place)
                .is_some_and(|one| **one == commit(&opening.salt, &opening.account));
            match opened.get_mut(place) {
                Some(known) if fits && !*known => *known = true,
                _ => self.fault(Fault::Opening(index)),
            }
        }
        let closed = opened.iter().filter(|known| !**known).count();
        self.erased += u64::try_from(closed).unwrap_or(u64::MAX);
    }

    /// Compares with what was kept outside of the entries until here.
    fn compare(&mut self) {
        while let Some(checkpoint) = self.outside.get(self.compared)
            && checkpoint.size == self.tree.size()
        {
            if checkpoint.root != self.tree.root() {
                self.fault(Fault::Outside(checkpoint.size));
            }
            self.compared += 1;
        }
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        }
    }

    /// Ends with the state that is kept.
    pub fn finish(mut self, head: &Head) -> Report {
        self.compare();
        if self.erased != self.told {
            self.fault(Fault::Erased(self.erased, self.told));
        }
        let mut gone: Vec<String> = std::mem::take(&mut self.record).into_keys().collect();
        gone.sort_unstable();
        for id in gone {
            self.fault(Fault::RecordGone(id));
        }
        let size = self.tree.size();
        let outside = self.compared;
        if let Some(longer) = self.outside.last().filter(|one| one.size > size) {
            self.fault(Fault::Shorter(longer.size));
        }
        if u64::try_from(head.size) != Ok(size) || head.frontier != self.tree.to_bytes() {
            self.fault(Fault::Head(size));
        }
        if size > 0 || !head.note.is_empty() {
            let root = self.tree.root();
            match self.key.read_own(&head.note) {
                Ok(signed) if signed == (Checkpoint { size, root }) => {}
                Ok(_) => self.fault(Fault::Signed),
                Err(error) => self.fault(Fault::Note(error)),
            }
        }
        Report {
            entries: size,
            erased: self.erased,
            outside,
            recorded: self.recorded,
            unrecorded: self.unrecorded,
            faults: self.faults,
        }
    }
}

#[cfg(test)]
mod tests;

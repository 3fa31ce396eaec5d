//! What is kept for those who come for the same: by the item, and by the id
//! under which they asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::lock;
use crate::reader::Item;

/// Most frames kept for one result: one for each of the operation ids that were
/// used last, for many clients use the same.
const FRAMES: usize = 4;

/// What was made of a payload for those who use an id.
pub(crate) struct ById<T>(Mutex<Vec<(Box<str>, T)>>);

impl<T> Default for ById<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> ById<T> {
    /// What was made for an id, or is made now.
    pub(crate) fn get(&self, id: &str, build: impl FnOnce() -> Option<T>) -> Option<T> {
        let mut kept = lock(&self.0);
        if let Some(index) = kept.iter().position(|(known, _)| &**known == id) {
            // The ids of many stay before those of one.
            let last = kept.len() - 1;
            kept.swap(index, last);
            return Some(kept[last].1.clone());
        }
        let made = build()?;
        if kept.len() == FRAMES {
            kept.remove(0);
        }
        kept.push((id.into(), made.clone()));
        Some(made)
    }
}

/// A few values by item, the newest of them.
pub(crate) struct Recent<T> {
    values: VecDeque<Kept<T>>,
}

struct Kept<T> {
    place: Place,
    /// Up to where the stream was known to change what it told before, when
    /// the value was made.
    rewritten: i64,
    value: Arc<T>,
}

/// Where an item stands: epoch, position, and whether it is an event.
type Place = (i64, i64, bool);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self {
            values: VecDeque::new(),
        }
    }
}

impl<T> Recent<T> {
    /// The value of an item, made if it is not there or if what was made is
    /// out of date. One older than all of `keep` kept values is made but not
    /// kept.
    pub(crate) fn get(
        &mut self,
        item: Item,
        rewritten: i64,
        keep: usize,
        make: impl FnOnce() -> Arc<T>,
    ) -> Arc<T> {
        let at = item.position();
        let place = (at.epoch, at.pos, matches!(item, Item::Event(_)));
        let after = self.values.iter().rposition(|kept| kept.place <= place);
        if let Some(kept) = after.map(|index| &mut self.values[index])
            && kept.place == place
        {
            if kept.rewritten < rewritten && at.pos < rewritten {
                kept.value = make();
                kept.rewritten = rewritten;
            }
            return Arc::clone(&kept.value);
        }
        let mut index = after.map_or(0, |index| index + 1);
        let value = make();
        while self.values.len() >= keep {
            if index == 0 {
                return value;
            }
            self.values.pop_front();
            index -= 1;
        }
        let kept = Kept {
            place,
            rewritten,
            value: Arc::clone(&value),
        };
        self.values.insert(index, kept);
        value
    }
}

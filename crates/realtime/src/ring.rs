//! The newest events of one stream, and how far it is known to reach.

use std::collections::VecDeque;

use domain::event::{Event, Position, StreamHead};

/// What a cursor finds in a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peek {
    /// The next event.
    Event(Event),
    /// The next event is older than the ring: it is in the table, at most
    /// `until`.
    Older { until: i64 },
    /// There is nothing after the cursor.
    Wait,
    /// The cursor does not belong to what the ring knows.
    Doubt,
}

/// What came of adding an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It follows the newest, or was there already.
    Fits,
    /// The stream has another epoch than the ring.
    OtherEpoch,
    /// Events are missing before it.
    Gap,
}

/// A bounded run of consecutive events that ends at the head.
#[derive(Debug)]
pub(crate) struct Ring {
    capacity: usize,
    /// `None` until the log was read for the first time.
    head: Option<StreamHead>,
    /// Cursors below it would meet a gap and are sent to the head.
    broken_below: i64,
    /// The newest position known to change what earlier events tell.
    rewritten: i64,
    events: VecDeque<Event>,
}

impl Ring {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            head: None,
            broken_below: 0,
            rewritten: 0,
            events: VecDeque::new(),
        }
    }

    /// How far the stream is known to reach.
    pub(crate) fn head(&self) -> Option<StreamHead> {
        self.head
    }

    /// The newest position known to change what earlier events tell: what was
    /// made of those before it is known is out of date.
    pub(crate) fn rewritten(&self) -> i64 {
        self.rewritten
    }

    /// Finds what comes after a cursor.
    ///
    /// A cursor before the first event of a stream that had no row yet takes
    /// the epoch the stream has by now: all of its events are news to it.
    pub(crate) fn peek(&self, cursor: &mut Position) -> Peek {
        let Some(StreamHead { epoch, head, floor }) = self.head else {
            return Peek::Doubt;
        };
        let removed = cursor.pos < floor.max(self.broken_below);
        if cursor.epoch == 0 && cursor.pos == 0 && !removed {
            cursor.epoch = epoch;
        }
        if cursor.epoch != epoch || removed || cursor.pos > head {
            return Peek::Doubt;
        }
        let behind = usize::try_from(head - cursor.pos).unwrap_or(usize::MAX);
        match self.events.len().checked_sub(behind) {
            _ if behind == 0 => Peek::Wait,
            Some(index) => Peek::Event(self.events[index]),
            None => Peek::Older { until: head },
        }
    }

    /// Adds an event at the end.
    pub(crate) fn append(&mut self, event: Event) -> Appended {
        let Some(known) = &mut self.head else {
            return Appended::OtherEpoch;
        };
        if *known == NO_ROW {
            known.epoch = event.at.epoch;
        }
        if event.at.epoch != known.epoch {
            return Appended::OtherEpoch;
        }
        if event.at.pos <= known.head {
            return Appended::Fits;
        }
        if event.at.pos != known.head + 1 {
            return Appended::Gap;
        }
        known.head = event.at.pos;
        if event.kind.rewrites() {
            self.rewritten = event.at.pos;
        }
        if self.events.len() == self.capacity {
            self.events.pop_front();
        }
        self.events.push_back(event);
        Appended::Fits
    }

    /// Takes over what the log says of itself. True if the events up to
    /// `head` are to be loaded; otherwise the ring agrees with it.
    pub(crate) fn settle(&mut self, head: StreamHead) -> bool {
        let Some(known) = self.head else {
            self.skip_to(head);
            return false;
        };
        if known == NO_ROW && head.epoch != 0 {
            // The stream's first event came after we looked: not another
            // life, but the beginning of this one.
            self.head = Some(StreamHead { head: 0, ..head });
            return self.reach(head);
        }
        if head.epoch != known.epoch || head.head < known.head {
            self.start_over(head);
            return false;
        }
        self.head = Some(StreamHead {
            floor: head.floor,
            ..known
        });
        self.reach(head)
    }

    /// Skips to the head, leaving older events to the table.
    pub(crate) fn skip_to(&mut self, head: StreamHead) {
        self.events.clear();
        self.head = Some(head);
        // What was skipped may have been anything.
        self.rewritten = head.head;
    }

    /// Skips to the head because events before it are missing.
    pub(crate) fn give_up_below(&mut self, head: StreamHead) {
        self.skip_to(head);
        self.broken_below = head.head;
    }

    fn start_over(&mut self, head: StreamHead) {
        self.skip_to(head);
        self.broken_below = 0;
    }

    fn reach(&mut self, head: StreamHead) -> bool {
        let Some(known) = self.head else { return false };
        let missing = head.head - known.head;
        if usize::try_from(missing).is_ok_and(|missing| missing > self.capacity) {
            self.skip_to(head);
            return false;
        }
        missing > 0
    }
}

/// What stands for a stream without a row.
pub(crate) const NO_ROW: StreamHead = StreamHead {
    epoch: 0,
    head: 0,
    floor: 0,
};

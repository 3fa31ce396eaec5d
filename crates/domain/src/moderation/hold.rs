//! Why something is held, and since when it waits for a moderator: of what is
//! written down of it anyway.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use super::{ReasonCode, ReviewStep};
use crate::code::codes;
use crate::concern::State;

codes! {
    /// Why something is held.
    pub enum HoldReason {
        /// It is among the first that a new account wrote.
        FirstPost = "FIRST_POST",
        /// A new account wrote nearly what new accounts wrote before.
        NearDuplicate = "NEAR_DUPLICATE",
        /// Enough members flagged it.
        Flagged = "FLAGGED",
        /// A concern that a moderator looks at before anybody else does.
        FirstLook = "FIRST_LOOK",
        /// A moderator gave it back to its author, who is to mend it.
        Returned = "RETURNED",
        /// A moderator holds it, or left it held.
        Moderator = "MODERATOR",
    }
}

/// Why something is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// Since when it waits for a moderator to look; `None` where none is to.
    pub since: Option<DateTime<Utc>>,
}

/// What is known of something that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traces {
    /// Whether it is a post; else a thread's own text.
    pub of_post: bool,
    /// Where the concern stands whose own text it is.
    pub concern: Option<State>,
    /// Since when it stands there, or else when it was written.
    pub began: DateTime<Utc>,
    /// For which reason it was held or given back last, by the record.
    pub act: Option<ReasonCode>,
    /// Whether its author sent it again since it was given back to him, where it is
    /// no concern.
    pub again: bool,
    /// What the forum noticed that held it, or that a moderator holds it, and when, if
    /// nobody decided on that yet.
    pub step: Option<(ReviewStep, DateTime<Utc>)>,
}

impl Traces {
    /// Why it is held.
    pub fn hold(self) -> Hold {
        let (reason, since) = match (self.concern, self.act, self.step) {
            (Some(State::Submitted), ..) => (HoldReason::FirstLook, Some(self.began)),
            (Some(State::Returned), ..) => (HoldReason::Returned, None),
            (_, Some(ReasonCode::ToMend), _) if !self.again => (HoldReason::Returned, None),
            (.., Some((ReviewStep::HeldByModerator, at))) => (HoldReason::Moderator, Some(at)),
            (_, Some(ReasonCode::Flagged), step) => (HoldReason::Flagged, step.map(|(_, at)| at)),
            // Of what nobody read before it was held the record has nothing.
            (_, None | Some(ReasonCode::Unread), Some((step, at))) => match step {
                ReviewStep::NearDuplicate => (HoldReason::NearDuplicate, Some(at)),
                _ => (HoldReason::FirstPost, Some(at)),
            },
            (None, None | Some(ReasonCode::ToMend), _) if !self.of_post => {
                (HoldReason::FirstPost, Some(self.began))
            }
            _ => (HoldReason::Moderator, None),
        };
        Hold { reason, since }
    }
}

//! What can come of a use case instead of its result.

use chrono::NaiveDate;
use domain::commitment::IllegalAct;
use domain::concern::{IllegalMove, OutcomeError};
use domain::moderation::{ModAct, StrikeError};
use domain::policy::{Denial, DutyConflict, Refusal};
use domain::screen::Span;
use domain::text::TextError;
use storage::StorageError;

/// Why a use case has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something the person can mend, shown as `userErrors`.
    #[error("{} problem(s)", .0.len())]
    Problems(Vec<UserProblem>),
    /// The database cannot serve now.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// Too many attempts or too long a queue; try again after so many
    /// seconds.
    #[error("try again in {seconds} s")]
    Busy {
        /// How long to wait.
        seconds: u64,
    },
    /// A fault of ours. Never shown; the kind is logged.
    #[error("internal: {0}")]
    Internal(&'static str),
}

/// A problem and where in the input it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserProblem {
    /// The path of the input field, outermost first; empty if it is of none.
    pub field: Vec<&'static str>,
    /// What is wrong.
    pub problem: Problem,
}

/// What a person can cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The text cannot be accepted.
    Text(TextError),
    /// The value names nothing known; with the query that lists what is.
    Unknown(&'static str),
    /// A blank of a template that nothing is known to fill.
    UnknownPlaceholder {
        /// What stands between the braces.
        name: String,
    },
    /// The value is not acceptable for another reason.
    Invalid(&'static str),
    /// There is no such object, as far as this person may know.
    NotFound,
    /// Policy refuses.
    Denied(Denial),
    /// The concern does not stand where this move is possible.
    IllegalMove(IllegalMove),
    /// The key was used for another input.
    IdempotencyKeyReused,
    /// The value is taken by another.
    Taken,
    /// The concern must say whom it is about ("not sure" counts).
    AboutRequired,
    /// The outcome's data is not acceptable.
    Outcome(OutcomeError),
    /// A date that must lie ahead lies before this day.
    NotAhead(NaiveDate),
    /// A date lies after the last day that is possible.
    TooFar(NaiveDate),
    /// The commitment does not stand where this is possible.
    IllegalAct(IllegalAct),
    /// The duties do not go together.
    Duties(DutyConflict),
    /// Login or password are wrong, or the account cannot sign in. One answer
    /// for all of them.
    SignInFailed,
    /// The password is too short or too easy to guess.
    WeakPassword {
        /// The least number of characters.
        min: usize,
    },
    /// A code is wrong, used or over.
    BadCode,
    /// The forum takes no registrations in this way.
    RegistrationClosed,
    /// The document cannot be trusted; why, in the words of whoever read it.
    Document(String),
    /// The concern was sent on so often that a moderator looks who is
    /// responsible.
    ReferredTooOften {
        /// The limit.
        max: u32,
    },
    /// The text holds personal information, which its author has not confirmed:
    /// where, in Unicode scalar values of the text as it was sent.
    PersonalInformation(Vec<Span>),
    /// The same person flagged it before.
    AlreadyFlagged,
    /// The same is proposed, or stands, already.
    AlreadyProposed,
    /// The text was changed since it was read.
    Changed,
    /// The text was changed since it was judged: what.
    Edited(Box<crate::moderation::Changed>),
    /// Another moderator decided before; what, as a code.
    AlreadyDecided(&'static str),
    /// The reason does not fit the act.
    Unfit(ModAct),
    /// A part of a text that cannot be struck out.
    BadSpan {
        /// Its place in the list.
        index: usize,
        /// Why.
        why: StrikeError,
    },
    /// Everyone in this thread waits after he spoke.
    TooSoon {
        /// How many seconds are left.
        seconds: i64,
    },
    /// The author appealed against it before.
    AlreadyAppealed,
    /// A second officer of the agency has to approve the answer.
    SecondOfficerRequired,
    /// The same account wrote the same text lately.
    Duplicate,
    /// The text holds more links than its author may set.
    TooManyLinks {
        /// The limit.
        max: u32,
    },
    /// Its author wrote as much as he may for now.
    Paced {
        /// The limit.
        max: u32,
        /// Within how many hours.
        hours: u32,
        /// In how many minutes he may write again.
        minutes: u64,
    },
    /// A limit on how many is reached.
    TooMany {
        /// The limit.
        max: usize,
    },
}

impl Error {
    /// A problem of one input field.
    pub fn at(field: &'static str, problem: Problem) -> Self {
        Self::Problems(vec![UserProblem {
            field: vec![field],
            problem,
        }])
    }

    /// A problem of the whole input.
    pub fn whole(problem: Problem) -> Self {
        Self::Problems(vec![UserProblem {
            field: Vec::new(),
            problem,
        }])
    }

    /// What stands for both "there is none" and "not for you".
    pub fn not_found() -> Self {
        Self::whole(Problem::NotFound)
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(why) => Self::Unavailable(why),
            StorageError::Taken => Self::whole(Problem::Taken),
            StorageError::Corrupt(what) => Self::Internal(what),
            StorageError::Refused(_) => Self::Internal("a statement was refused"),
            StorageError::Address(_) => Self::Internal("the database's address"),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::whole(problem)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Hidden => Self::NotFound,
            Refusal::Denied(denial) => Self::Denied(denial),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::whole(refusal.into())
    }
}

impl From<IllegalMove> for Error {
    fn from(illegal: IllegalMove) -> Self {
        Self::whole(Problem::IllegalMove(illegal))
    }
}

/// Gathers the problems of an input, so that all are named at once.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<UserProblem>);

impl Problems {
    /// Takes a parsed value, or its problem.
    pub(crate) fn take<T>(
        &mut self,
        field: &'static str,
        parsed: Result<T, TextError>,
    ) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, Problem::Text(error));
                None
            }
        }
    }

    /// Adds a problem.
    pub(crate) fn add(&mut self, field: &'static str, problem: Problem) {
        self.0.push(UserProblem {
            field: vec![field],
            problem,
        });
    }

    /// Adds a problem if the condition does not hold.
    pub(crate) fn require(&mut self, holds: bool, field: &'static str, problem: Problem) {
        if !holds {
            self.add(field, problem);
        }
    }

    /// An error if there is any.
    pub(crate) fn none(self) -> Result<(), Error> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Problems(self.0))
        }
    }
}

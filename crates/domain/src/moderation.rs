//! Moderation: what members flag, what moderators do about it, and by which
//! reasons.

mod fingerprint;
mod tenure;
#[cfg(test)]
mod tests;

pub use fingerprint::Fingerprint;
pub use tenure::{History, PostingRule, PostingRules, REMOVED_DAYS, Tenure};

use uuid::Uuid;

use crate::code::codes;
use crate::id::{PostId, ThreadId};
use crate::thread::ModerationStatus;

codes! {
    /// What a member says is wrong with a thread or a post.
    pub enum FlagReason {
        /// Advertising, or the same again and again.
        Spam = "SPAM",
        /// It insults, threatens or hates.
        Abuse = "ABUSE",
        /// It names or shows a private person.
        PersonalInformation = "PERSONAL_INFORMATION",
        /// Somebody is in danger by it, or says that he is.
        Danger = "DANGER",
        /// It is of something else.
        OffTopic = "OFF_TOPIC",
        /// It says what is not true.
        FalseStatement = "FALSE_STATEMENT",
        /// Something else, which the note says.
        Other = "OTHER",
    }
}

codes! {
    /// What a moderator decides on what was flagged.
    pub enum Decision {
        /// The flags are right.
        Agree = "AGREE",
        /// They are not.
        Disagree = "DISAGREE",
        /// Another moderator is to decide.
        Defer = "DEFER",
    }
}

codes! {
    /// What happened to something in the moderators' queue.
    pub enum ReviewStep {
        /// The first flag brought it there.
        Opened = "OPENED",
        /// Its score passed the threshold: the forum held what was flagged.
        HeldByForum = "HELD_BY_FORUM",
        /// The forum held it: a first post of a new account.
        FirstPost = "FIRST_POST",
        /// The forum held it: a new account wrote nearly what new accounts wrote
        /// before.
        NearDuplicate = "NEAR_DUPLICATE",
        /// New accounts wrote much in the thread within a short time.
        Burst = "BURST",
        /// A moderator took it.
        Claimed = "CLAIMED",
        /// He put it back.
        Released = "RELEASED",
        /// A moderator left it to another.
        Deferred = "DEFERRED",
        /// It was decided.
        Decided = "DECIDED",
    }
}

codes! {
    /// What a moderator does to a thread or a post.
    pub enum ModAct {
        /// Keeps it from its audience until it is looked at.
        Hold = "HOLD",
        /// Lets what is held appear.
        Release = "RELEASE",
        /// Gives what is held back to its author, to mend it.
        Return = "RETURN",
        /// Folds it away.
        Minimize = "MINIMIZE",
        /// Takes it away from its audience.
        Remove = "REMOVE",
        /// Brings back what was folded or taken away.
        Restore = "RESTORE",
        /// Closes a thread to speaking.
        Lock = "LOCK",
        /// Opens it again.
        Unlock = "UNLOCK",
    }
}

codes! {
    /// Why a moderator acts, out of a closed list.
    pub enum ReasonCode {
        /// Advertising, or the same again and again.
        Spam = "SPAM",
        /// It insults, threatens or hates.
        Abuse = "ABUSE",
        /// It names or shows a private person.
        PersonalInformation = "PERSONAL_INFORMATION",
        /// Somebody is in danger by it.
        Danger = "DANGER",
        /// It is of something else.
        OffTopic = "OFF_TOPIC",
        /// It says what is not true.
        FalseStatement = "FALSE_STATEMENT",
        /// The same stands elsewhere.
        Duplicate = "DUPLICATE",
        /// A conversation that must cool down.
        Heated = "HEATED",
        /// Enough members flagged it; only the forum itself gives this reason.
        Flagged = "FLAGGED",
        /// It was looked at, and nothing is wrong with it.
        Reviewed = "REVIEWED",
        /// What was done before was a mistake.
        Mistaken = "MISTAKEN",
        /// Its author mended it.
        Mended = "MENDED",
        /// Its author is to mend it.
        ToMend = "TO_MEND",
    }
}

/// What is flagged or moderated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A thread, by the text it begins with.
    Thread(ThreadId),
    /// A post.
    Post(PostId),
}

impl From<Subject> for Uuid {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Thread(id) => id.0,
            Subject::Post(id) => id.0,
        }
    }
}

/// How a thread or a post stands towards moderation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    /// Its status.
    pub status: ModerationStatus,
    /// Whether it is closed to speaking; only a thread can be.
    pub locked: bool,
}

impl ModAct {
    /// How something stands after the act; `None` where it cannot be done, or
    /// would change nothing.
    pub const fn apply(self, from: Stands) -> Option<Stands> {
        use ModerationStatus::{Held, Minimized, Removed, Visible};
        let status = match (self, from.status) {
            (Self::Hold, Visible | Minimized) | (Self::Return, Held) => Held,
            (Self::Release, Held) | (Self::Restore, Minimized | Removed) => Visible,
            (Self::Minimize, Visible) => Minimized,
            (Self::Remove, Visible | Minimized | Held) => Removed,
            (Self::Lock, status) if !from.locked => {
                return Some(Stands {
                    status,
                    locked: true,
                });
            }
            (Self::Unlock, status) if from.locked => {
                return Some(Stands {
                    status,
                    locked: false,
                });
            }
            _ => return None,
        };
        Some(Stands { status, ..from })
    }

    /// The acts that this one takes back.
    pub const fn reverses(self) -> &'static [Self] {
        match self {
            Self::Release => &[Self::Hold],
            Self::Restore => &[Self::Minimize, Self::Remove],
            Self::Unlock => &[Self::Lock],
            Self::Hold | Self::Return | Self::Minimize | Self::Remove | Self::Lock => &[],
        }
    }

    /// The reasons that fit the act when a moderator does it.
    pub const fn reasons(self) -> &'static [ReasonCode] {
        use ReasonCode::{
            Abuse, Danger, Duplicate, FalseStatement, Heated, Mended, Mistaken, OffTopic,
            PersonalInformation, Reviewed, Spam, ToMend,
        };
        match self {
            Self::Hold => &[
                Spam,
                Abuse,
                PersonalInformation,
                Danger,
                OffTopic,
                FalseStatement,
            ],
            // What is only beside the point is folded away, not taken away.
            Self::Minimize => &[Spam, Abuse, OffTopic, Duplicate],
            Self::Remove => &[Spam, Abuse, PersonalInformation, Danger, FalseStatement],
            Self::Lock => &[Spam, Abuse, OffTopic, Duplicate, Heated],
            Self::Release | Self::Restore | Self::Unlock => &[Reviewed, Mistaken, Mended],
            Self::Return => &[ToMend],
        }
    }

    /// Whether a reason fits the act when a moderator does it.
    pub fn takes(self, reason: ReasonCode) -> bool {
        self.reasons().contains(&reason)
    }
}

/// What flagging somebody did before came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// How many of his flags moderators agreed with.
    pub agreed: u32,
    /// How many they did not.
    pub disagreed: u32,
}

/// What a flag of somebody without a record weighs, in thousandths.
pub const ONE: i64 = 1_000;

impl Record {
    /// What his next flag weighs, in thousandths of a newcomer's: above 0,
    /// below 2,000.
    ///
    /// Twice the rule of succession, 2 (a + 1) / (a + d + 2): a newcomer's is 1;
    /// it grows with each flag that was right and shrinks with each that was
    /// not, and a single one never decides.
    pub fn weight(self) -> i64 {
        let agreed = i64::from(self.agreed) + 1;
        let all = i64::from(self.agreed) + i64::from(self.disagreed) + 2;
        (2 * ONE * agreed / all).max(1)
    }
}

/// What a flag adds to a score. Those who belong together count once, as the
/// weightiest of them: `before` is what that was until now.
pub fn adds(weight: i64, before: Option<i64>) -> i64 {
    (weight - before.unwrap_or(0)).max(0)
}

codes! {
    /// What is wrong with who moderates, for everybody to see.
    pub enum Warning {
        /// The moderators are of fewer than two organizations.
        FewerThanTwoOrganizations = "FEWER_THAN_TWO_ORGANIZATIONS",
        /// No woman moderates.
        NoWoman = "NO_WOMAN",
        /// Nobody under 30 moderates.
        NobodyUnderThirty = "NOBODY_UNDER_THIRTY",
    }
}

/// Who moderates, in numbers. How many are women or young is attested for all
/// of them together: it never belongs to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bench {
    /// Of how many organizations they are.
    pub organizations: usize,
    /// How many are women.
    pub women: u32,
    /// How many are under 30.
    pub under_thirty: u32,
}

impl Bench {
    /// What is to be warned of.
    pub fn warnings(self) -> Vec<Warning> {
        Warning::ALL
            .iter()
            .copied()
            .filter(|warning| match warning {
                Warning::FewerThanTwoOrganizations => self.organizations < 2,
                Warning::NoWoman => self.women == 0,
                Warning::NobodyUnderThirty => self.under_thirty == 0,
            })
            .collect()
    }
}

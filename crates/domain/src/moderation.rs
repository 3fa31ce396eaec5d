//! Moderation: what members flag, what moderators do about it, and by which
//! reasons.

mod fingerprint;
mod hold;
mod redact;
mod sanction;
mod tenure;

#[cfg(test)]
mod tests;

pub use fingerprint::{Fingerprint, Wording};
pub use hold::{Hold, HoldReason, Traces};
pub use redact::{RedactedKind, Strike, StrikeError, places, strike_out};
pub use sanction::{
    Curb, SanctionDecision, SanctionKind, SanctionReach, SanctionScope, Sanctions, Terms,
    TermsError,
};
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
        /// Not now: it waits on, and nobody has it in hand.
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
        /// A moderator holds it.
        HeldByModerator = "HELD_BY_MODERATOR",
        /// New accounts wrote much in the thread within a short time.
        Burst = "BURST",
        /// The same stands in several threads, or a new account raised nearly what
        /// new accounts wrote before. It is not held by it.
        Repeated = "REPEATED",
        /// A moderator took it.
        Claimed = "CLAIMED",
        /// He put it back.
        Released = "RELEASED",
        /// A moderator left it for later.
        Deferred = "DEFERRED",
        /// It was decided.
        Decided = "DECIDED",
        /// It came back: what was decided did not say what becomes of what is held.
        Reopened = "REOPENED",
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
        /// Strikes out parts of a text. What stood there is kept sealed for as
        /// long as its author may appeal, and then destroyed.
        Redact = "REDACT",
        /// Puts back what was struck out.
        Unredact = "UNREDACT",
        /// Ends the conversation in a thread that is no concern.
        Close = "CLOSE",
        /// Takes it up again.
        Reopen = "REOPEN",
        /// Names a thread among those to be read first.
        Pin = "PIN",
        /// Names it there no more.
        Unpin = "UNPIN",
        /// Has everyone in a thread wait after he spoke.
        SlowMode = "SLOW_MODE",
        /// Has nobody wait any more.
        NormalMode = "NORMAL_MODE",
        /// Takes a post to another thread with the same readers.
        Move = "MOVE",
        /// Takes posts out of a thread, into a new one with the same readers.
        Split = "SPLIT",
        /// Takes all posts of a thread that is no concern to another with the same
        /// readers, and ends its conversation.
        Merge = "MERGE",
        /// Takes posts back to where they stood.
        MoveBack = "MOVE_BACK",
        /// Leaves what was done as it is, on appeal.
        Uphold = "UPHOLD",
        /// Says on appeal that what was done was wrong.
        Overturn = "OVERTURN",
        /// Warns whoever wrote it.
        Warn = "WARN",
        /// Silences him.
        Silence = "SILENCE",
        /// Suspends him.
        Suspend = "SUSPEND",
        /// Bans him.
        Ban = "BAN",
        /// Takes a sanction back.
        Lift = "LIFT",
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
        /// Nobody looked yet at what its author changed it into; only the forum itself
        /// gives this reason.
        Unread = "UNREAD",
        /// It was looked at, and nothing is wrong with it.
        Reviewed = "REVIEWED",
        /// What was done before was a mistake.
        Mistaken = "MISTAKEN",
        /// Its author mended it.
        Mended = "MENDED",
        /// Its author is to mend it.
        ToMend = "TO_MEND",
        /// What was to be said is said.
        Settled = "SETTLED",
        /// Everyone should read it first.
        Important = "IMPORTANT",
        /// Its author appealed, and was right; only an appeal gives this reason.
        Appealed = "APPEALED",
        /// An authority demanded it by law; only the register gives this reason.
        LegalOrder = "LEGAL_ORDER",
    }
}

codes! {
    /// What comes of an appeal.
    pub enum AppealOutcome {
        /// What was done stands.
        Upheld = "UPHELD",
        /// It was wrong, and is taken back.
        Overturned = "OVERTURNED",
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is turned on and off by acts of its own"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    /// Its status.
    pub status: ModerationStatus,
    /// Whether it is closed to speaking; this and the others, only a thread can
    /// be.
    pub locked: bool,
    /// Whether its conversation was ended.
    pub ended: bool,
    /// Whether it is to be read first.
    pub pinned: bool,
    /// Whether everyone waits after he spoke.
    pub slow: bool,
}

impl Stands {
    /// How a post stands that is only in this status.
    pub const fn in_status(status: ModerationStatus) -> Self {
        Self {
            status,
            locked: false,
            ended: false,
            pinned: false,
            slow: false,
        }
    }
}

impl ReviewStep {
    /// Whether it says by whom something is held.
    pub const fn holds(self) -> bool {
        match self {
            Self::HeldByForum | Self::FirstPost | Self::NearDuplicate | Self::HeldByModerator => {
                true
            }
            Self::Opened
            | Self::Burst
            | Self::Repeated
            | Self::Claimed
            | Self::Released
            | Self::Deferred
            | Self::Decided
            | Self::Reopened => false,
        }
    }
}

impl ModAct {
    /// How something stands after the act; `None` where it cannot be done, or
    /// would change nothing. What does something else than change how it stands
    /// has a way of its own.
    pub const fn apply(self, from: Stands) -> Option<Stands> {
        use ModerationStatus::{Held, Minimized, Removed, Visible};
        let mut to = from;
        match (self, from.status) {
            (Self::Hold, Visible | Minimized) | (Self::Return, Held) => to.status = Held,
            (Self::Release, Held) | (Self::Restore, Minimized | Removed) => to.status = Visible,
            (Self::Minimize, Visible) => to.status = Minimized,
            (Self::Remove, Visible | Minimized | Held) => to.status = Removed,
            (Self::Lock, _) if !from.locked => to.locked = true,
            (Self::Unlock, _) if from.locked => to.locked = false,
            (Self::Close, _) if !from.ended => to.ended = true,
            (Self::Reopen, _) if from.ended => to.ended = false,
            (Self::Pin, _) if !from.pinned => to.pinned = true,
            (Self::Unpin, _) if from.pinned => to.pinned = false,
            (Self::SlowMode, _) if !from.slow => to.slow = true,
            (Self::NormalMode, _) if from.slow => to.slow = false,
            _ => return None,
        }
        Some(to)
    }

    /// Whether it is done to threads, and to no post.
    pub const fn is_of_threads(self) -> bool {
        match self {
            Self::Return
            | Self::Lock
            | Self::Unlock
            | Self::Close
            | Self::Reopen
            | Self::Pin
            | Self::Unpin
            | Self::SlowMode
            | Self::NormalMode
            | Self::Merge => true,
            Self::Hold
            | Self::Release
            | Self::Minimize
            | Self::Remove
            | Self::Restore
            | Self::Redact
            | Self::Unredact
            | Self::Move
            | Self::Split
            | Self::MoveBack
            | Self::Uphold
            | Self::Overturn
            | Self::Warn
            | Self::Silence
            | Self::Suspend
            | Self::Ban
            | Self::Lift => false,
        }
    }

    /// Whether it is done to whoever wrote something, and not to what he wrote.
    pub const fn is_sanction(self) -> bool {
        match self {
            Self::Warn | Self::Silence | Self::Suspend | Self::Ban | Self::Lift => true,
            Self::Hold
            | Self::Release
            | Self::Return
            | Self::Minimize
            | Self::Remove
            | Self::Restore
            | Self::Lock
            | Self::Unlock
            | Self::Redact
            | Self::Unredact
            | Self::Close
            | Self::Reopen
            | Self::Pin
            | Self::Unpin
            | Self::SlowMode
            | Self::NormalMode
            | Self::Move
            | Self::Split
            | Self::Merge
            | Self::MoveBack
            | Self::Uphold
            | Self::Overturn => false,
        }
    }

    /// Whether it takes more to say than what is done and why: it has a way of its
    /// own to be done.
    pub const fn asks_for_more(self) -> bool {
        matches!(self, Self::Redact | Self::Move | Self::Split | Self::Merge)
    }

    /// Whether it says what came of an appeal.
    pub const fn is_of_appeals(self) -> bool {
        matches!(self, Self::Uphold | Self::Overturn)
    }

    /// Whether whoever knew the text that it is about would know of somebody what is
    /// for him and the moderators to know.
    pub const fn is_personal(self) -> bool {
        self.is_sanction() || self.is_of_appeals()
    }

    /// The acts that this one takes back.
    pub const fn reverses(self) -> &'static [Self] {
        match self {
            Self::Release => &[Self::Hold],
            Self::Restore => &[Self::Minimize, Self::Remove],
            Self::Unlock => &[Self::Lock],
            Self::Lift => &[Self::Warn, Self::Silence, Self::Suspend, Self::Ban],
            Self::Unredact => &[Self::Redact],
            Self::Reopen => &[Self::Close],
            Self::Unpin => &[Self::Pin],
            Self::NormalMode => &[Self::SlowMode],
            Self::MoveBack => &[Self::Move, Self::Split, Self::Merge],
            Self::Hold
            | Self::Return
            | Self::Minimize
            | Self::Remove
            | Self::Lock
            | Self::Redact
            | Self::Close
            | Self::Pin
            | Self::SlowMode
            | Self::Move
            | Self::Split
            | Self::Merge
            | Self::Uphold
            | Self::Overturn
            | Self::Warn
            | Self::Silence
            | Self::Suspend
            | Self::Ban => &[],
        }
    }

    /// The act that takes this one back; `None` where none does.
    pub fn taken_back_by(self) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|act| act.reverses().contains(&self))
    }

    /// Whether the author of what it is done to may appeal: it takes something
    /// from him, and can be taken back.
    pub fn is_appealable(self) -> bool {
        self != Self::Pin && self.taken_back_by().is_some()
    }

    /// The reasons that fit the act when a moderator does it.
    pub const fn reasons(self) -> &'static [ReasonCode] {
        use ReasonCode::{
            Abuse, Danger, Duplicate, FalseStatement, Heated, Important, Mended, Mistaken,
            OffTopic, PersonalInformation, Reviewed, Settled, Spam, ToMend,
        };
        match self {
            Self::Hold | Self::Warn => &[
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
            // Being beside the point is warned of, and no more.
            Self::Silence | Self::Suspend | Self::Ban => {
                &[Spam, Abuse, PersonalInformation, Danger, FalseStatement]
            }
            Self::Release
            | Self::Restore
            | Self::Unlock
            | Self::Unredact
            | Self::Reopen
            | Self::Unpin
            | Self::NormalMode
            | Self::MoveBack
            | Self::Lift => &[Reviewed, Mistaken, Mended],
            Self::Return => &[ToMend],
            Self::Redact => &[PersonalInformation, Danger, Abuse, FalseStatement],
            Self::Close => &[Settled, Duplicate, OffTopic],
            Self::Pin => &[Important],
            Self::SlowMode => &[Heated, Spam],
            Self::Move | Self::Split | Self::Merge => &[OffTopic, Duplicate, Heated],
            Self::Uphold | Self::Overturn => &[],
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

//! Enums of moderation.

use async_graphql::Enum;

mirror! {
    /// What a member says is wrong with a thread or a post.
    FlagReason of domain::moderation::FlagReason {
        /// Advertising, or the same again and again.
        Spam,
        /// It insults, threatens or hates.
        Abuse,
        /// It names or shows a private person.
        PersonalInformation,
        /// Somebody is in danger by it, or says that he is.
        Danger,
        /// It is of something else.
        OffTopic,
        /// It says what is not true.
        FalseStatement,
        /// Something else, which the note says.
        Other,
    }
}

mirror! {
    /// What a moderator decides on what was flagged.
    ReviewDecision of domain::moderation::Decision {
        /// The flags are right.
        Agree,
        /// They are not: what they held appears again.
        Disagree,
        /// Another moderator is to decide.
        Defer,
    }
}

mirror! {
    /// What happened to something in the moderators' queue.
    ReviewStepKind of domain::moderation::ReviewStep {
        /// The first flag brought it there.
        Opened,
        /// Its score passed the threshold: the forum held what was flagged.
        HeldByForum,
        /// A moderator took it.
        Claimed,
        /// He put it back.
        Released,
        /// A moderator left it to another.
        Deferred,
        /// It was decided.
        Decided,
    }
}

mirror! {
    /// What a moderator does to a thread or a post.
    ModerationAct of domain::moderation::ModAct {
        /// Keeps it from its audience until it is looked at.
        Hold,
        /// Lets what is held appear.
        Release,
        /// Gives what is held back to its author, to mend it.
        Return,
        /// Folds it away.
        Minimize,
        /// Takes it away from its audience.
        Remove,
        /// Brings back what was folded or taken away.
        Restore,
        /// Closes a thread to speaking.
        Lock,
        /// Opens it again.
        Unlock,
        /// Warns whoever wrote it.
        Warn,
        /// Silences whoever wrote it.
        Silence,
        /// Suspends whoever wrote it.
        Suspend,
        /// Bans whoever wrote it.
        Ban,
        /// Takes a sanction back.
        Lift,
    }
}

mirror! {
    /// What is done to whoever wrote something.
    SanctionKind of domain::moderation::SanctionKind {
        /// He is told that it must not be.
        Warn,
        /// He reads, but does not speak, endorse or flag.
        Silence,
        /// The same, and he follows nothing there and is told of nothing. Out of
        /// everything, he is as a visitor, but for his own account.
        Suspend,
        /// He is as a visitor, but for his own account, without an end.
        Ban,
    }
}

mirror! {
    /// How far a sanction reaches, by what it is for.
    SanctionScope of domain::moderation::SanctionReach {
        /// The thread in which it was written.
        Thread,
        /// The category under which that thread is filed, with those under it.
        Category,
        /// The whole forum.
        Everything,
    }
}

mirror! {
    /// What a second moderator decides on a sanction.
    SanctionDecision of domain::moderation::SanctionDecision {
        /// It takes effect.
        Approve,
        /// It does not.
        Reject,
    }
}

mirror! {
    /// Why a moderator acts.
    ModerationReason of domain::moderation::ReasonCode {
        /// Advertising, or the same again and again.
        Spam,
        /// It insults, threatens or hates.
        Abuse,
        /// It names or shows a private person.
        PersonalInformation,
        /// Somebody is in danger by it.
        Danger,
        /// It is of something else.
        OffTopic,
        /// It says what is not true.
        FalseStatement,
        /// The same stands elsewhere.
        Duplicate,
        /// A conversation that must cool down.
        Heated,
        /// Enough members flagged it; only the forum itself gives this reason.
        Flagged,
        /// It was looked at, and nothing is wrong with it.
        Reviewed,
        /// What was done before was a mistake.
        Mistaken,
        /// Its author mended it.
        Mended,
        /// Its author is to mend it.
        ToMend,
    }
}

mirror! {
    /// What is wrong with who moderates.
    ModerationWarning of domain::moderation::Warning {
        /// The moderators are of fewer than two organizations.
        FewerThanTwoOrganizations,
        /// No woman moderates.
        NoWoman,
        /// Nobody under 30 moderates.
        NobodyUnderThirty,
    }
}

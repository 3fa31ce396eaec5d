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
        /// The forum held it: a first post of a new account.
        FirstPost,
        /// The forum held it: a new account wrote nearly what new accounts wrote
        /// before.
        NearDuplicate,
        /// New accounts wrote much in the thread within a short time.
        Burst,
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
    /// How long and how well somebody has spoken here.
    Tenure of domain::moderation::Tenure {
        /// He is new, or much of what he wrote was removed lately.
        Newcomer,
        /// Moderators have seen some of what he writes.
        Known,
        /// He has spoken here for long, or holds a duty or an office.
        Established,
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

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
        /// Not now: it waits on, and nobody has it in hand.
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
        /// A moderator holds it, for the reason that stands with it.
        HeldByModerator,
        /// New accounts wrote much in the thread within a short time.
        Burst,
        /// The same stands in several threads, or a new account raised nearly what
        /// new accounts wrote before. It is not held by it.
        Repeated,
        /// A moderator took it.
        Claimed,
        /// He put it back.
        Released,
        /// A moderator left it for later.
        Deferred,
        /// It was decided.
        Decided,
        /// It came back: what was decided did not say what becomes of what is held.
        Reopened,
    }
}

mirror! {
    /// Why something is held.
    HoldReason of domain::moderation::HoldReason {
        /// It is among the first that a new account wrote.
        FirstPost,
        /// A new account wrote nearly what new accounts wrote before.
        NearDuplicate,
        /// Enough members flagged it.
        Flagged,
        /// A concern that a moderator looks at before anybody else does.
        FirstLook,
        /// A moderator gave it back to its author, who is to mend it: `statusReason`
        /// says what.
        Returned,
        /// A moderator holds it: `moderation` says why.
        Moderator,
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
        /// Strikes parts out of a text: with the mutation `redact`. What stood there
        /// is kept sealed for as long as its author may appeal, and then destroyed.
        Redact,
        /// Puts back what was struck out last.
        Unredact,
        /// Ends the conversation in a thread that is no concern.
        Close,
        /// Takes it up again.
        Reopen,
        /// Names a thread among those to be read first.
        Pin,
        /// Names it there no more.
        Unpin,
        /// Has everyone in a thread wait after he spoke; how many `seconds` is said
        /// with it.
        SlowMode,
        /// Has nobody wait any more.
        NormalMode,
        /// Takes a post to another thread with the same readers: with the mutation
        /// `movePosts`.
        Move,
        /// Takes posts out of a thread, into a new one with the same readers: with
        /// the mutation `splitThread`.
        Split,
        /// Takes all posts of a thread that is no concern to another with the same
        /// readers, and ends its conversation: with the mutation `mergeThreads`.
        Merge,
        /// Takes posts back to where they stood before they were moved, split off
        /// or merged: of a post, that one; of a thread, all that were merged.
        MoveBack,
        /// Leaves what was done as it is: with the mutation `decideAppeal`.
        Uphold,
        /// Says that what was done was wrong: with the mutation `decideAppeal`.
        Overturn,
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
        /// Nobody looked yet at what its author changed it into; only the forum itself
        /// gives this reason.
        Unread,
        /// It was looked at, and nothing is wrong with it.
        Reviewed,
        /// What was done before was a mistake.
        Mistaken,
        /// Its author mended it.
        Mended,
        /// Its author is to mend it.
        ToMend,
        /// What was to be said is said.
        Settled,
        /// Everyone should read it first.
        Important,
        /// Its author appealed, and was right; only an appeal gives this reason.
        Appealed,
        /// An authority demanded it by law: removed by order.
        LegalOrder,
    }
}

mirror! {
    /// What comes of an appeal.
    AppealOutcome of domain::moderation::AppealOutcome {
        /// What was done stands.
        Upheld,
        /// It was wrong, and is taken back.
        Overturned,
    }
}

mirror! {
    /// What kind of thing is struck out of a text.
    RedactedKind of domain::moderation::RedactedKind {
        /// The number of an identity card.
        Cnic,
        /// The number of a bank account.
        Iban,
        /// An address for mail.
        Email,
        /// A telephone number.
        Phone,
        /// Where somebody is, in degrees or as a link to a map.
        Coordinates,
        /// Where somebody lives or works.
        Address,
        /// The number of a vehicle.
        NumberPlate,
        /// The name of a person.
        Name,
        /// What tells of a case so much that somebody can be found by it.
        CaseDetail,
        /// An insult or a threat.
        Abuse,
        /// Something else.
        Other,
    }
}

mirror! {
    /// What was done with a part of a text.
    TextChangeKind of forum::moderation::ChangeKind {
        /// It stands there as before.
        Kept,
        /// It was taken out.
        Removed,
        /// It was put in.
        Added,
    }
}

mirror! {
    /// Which of a thread's texts; a post has only its body.
    TextPart of forum::moderation::TextPart {
        /// Its title.
        Title,
        /// Its text.
        Body,
    }
}

mirror! {
    /// What an authority demands by law.
    LegalDemandKind of domain::legal::DemandKind {
        /// That a thread or post is taken away from its audience.
        TakeDown,
        /// That something the forum keeps is handed over.
        Disclose,
        /// That something the forum keeps is not erased meanwhile.
        Preserve,
    }
}

mirror! {
    /// By what an authority demands it.
    LegalInstrument of domain::legal::Instrument {
        /// An order of a court.
        CourtOrder,
        /// A notice for which a law gives an authority the power.
        StatutoryNotice,
        /// A request of a police force.
        PoliceRequest,
        /// A request of another authority.
        AuthorityRequest,
        /// Something else, which the scope says.
        Other,
    }
}

mirror! {
    /// What becomes of a demand by law.
    LegalDemandStatus of domain::legal::DemandStatus {
        /// It is registered, and nobody approved it yet.
        Registered,
        /// One approved it.
        ApprovedOnce,
        /// Two approved it: it is complied with.
        Complied,
        /// It was refused.
        Refused,
        /// It was complied with, and holds no longer.
        Lifted,
    }
}

mirror! {
    /// What is decided on a demand by law.
    LegalDecision of domain::legal::DemandDecision {
        /// It is to be complied with.
        Approve,
        /// It is not.
        Refuse,
        /// It was complied with, and holds no longer: the order fell, or its time is
        /// over. For administrators.
        Lift,
    }
}

mirror! {
    /// A table of the report of moderation.
    TransparencySection of domain::transparency::Section {
        /// Acts by what was done and why. The record shows each of them.
        Acts,
        /// Acts by category.
        ActsByCategory,
        /// Acts by whom the authors of what was acted on speak for.
        ActsByConstituency,
        /// Acts that were taken back.
        Reversals,
        /// Acts that were taken back, by category.
        ReversalsByCategory,
        /// Acts that were taken back, by whom the authors of what was acted on
        /// speak for.
        ReversalsByConstituency,
        /// Flags by what they said and what was decided.
        Flags,
        /// Flags by whom the flaggers speak for.
        FlagsByConstituency,
        /// Flags by category.
        FlagsByCategory,
        /// What was decided on what was flagged, and how long it took.
        Decisions,
        /// Decisions, and how long they took, by category.
        DecisionsByCategory,
        /// Decisions, and how long they took, by whom the authors of what was
        /// decided on speak for.
        DecisionsByConstituency,
        /// Appeals by what they were against, and how long they took.
        Appeals,
        /// Appeals, and how long they took, by category.
        AppealsByCategory,
        /// Appeals, and how long they took, by whom those speak for who appealed.
        AppealsByConstituency,
        /// Whether what was sent or held was looked at first in time.
        FirstLooks,
        /// What authorities demanded by law, and what became of it.
        Demands,
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

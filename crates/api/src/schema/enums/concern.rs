//! The codes of a concern's life.

use async_graphql::Enum;

mirror! {
    /// Where a concern stands in its life.
    ConcernState of domain::concern::State {
        /// Waits for a moderator.
        Submitted,
        /// Given back to its author, with a reason.
        Returned,
        /// Released, and before nobody yet.
        Open,
        /// Before an agency or office.
        Assigned,
        /// The office said that it has it.
        Acknowledged,
        /// The office works on it.
        InProgress,
        /// The office asked the raiser something.
        ClarificationRequested,
        /// The raiser did not say; can be reopened.
        Dormant,
        /// The office answered; the raiser has not said whether it helped.
        Answered,
        /// The answer was accepted, or nobody spoke against it in time.
        Closed,
        /// The raiser does not accept the answer.
        Disputed,
        /// Another officer, or oversight, looks at it again.
        InReview,
        /// The raiser took it back.
        Withdrawn,
    }
}

mirror! {
    /// A move in a concern's life.
    ConcernMove of domain::concern::MoveKind {
        /// A moderator lets it appear.
        Release,
        /// A moderator gives it back.
        Return,
        /// The author sends it again.
        Resubmit,
        /// The router or a moderator puts it before an agency.
        Assign,
        /// The office sends it on to another.
        Refer,
        /// The office says that it has it.
        Acknowledge,
        /// The office begins.
        Start,
        /// The office asks the raiser.
        RequestClarification,
        /// The raiser says.
        Clarify,
        /// The raiser did not say in time.
        GoDormant,
        /// The raiser says after all.
        Reopen,
        /// The office, or the reviewer, answers.
        Answer,
        /// The raiser accepts the answer.
        Accept,
        /// The raiser said nothing in time: closed, unconfirmed.
        Lapse,
        /// The raiser does not accept the answer.
        Dispute,
        /// A dispute is put before a reviewer.
        Review,
        /// The raiser takes it back.
        Withdraw,
    }
}

mirror! {
    /// What a clock runs for.
    ClockFor of domain::clock::ClockFor {
        /// A moderator looks at what was sent.
        Release,
        /// The office says that it has the concern.
        Acknowledge,
        /// The office answers.
        Answer,
        /// Somebody else looks at a disputed answer again.
        Review,
        /// The raiser says what was asked; else the concern goes dormant.
        Clarify,
        /// The raiser judges the answer; else the concern is closed,
        /// unconfirmed.
        Verdict,
    }
}

mirror! {
    /// How late a concern is.
    Lateness of domain::clock::Lateness {
        /// It is not.
        OnTime,
        /// The day is past.
        Overdue,
        /// So is the day after which silence is called by its name.
        VeryOverdue,
    }
}

mirror! {
    /// Who is expected to act.
    Expected of domain::clock::Expected {
        /// A moderator.
        Moderator,
        /// The office.
        Office,
        /// The raiser.
        Raiser,
    }
}

mirror! {
    /// Whom a concern waits for.
    Blocker of domain::desk::Blocker {
        /// A moderator: to release it, or to put it before somebody.
        Moderator,
        /// The office that it is before.
        Office,
        /// The oversight body that it is before.
        Oversight,
        /// The raiser.
        Raiser,
    }
}

mirror! {
    /// Which side acted.
    TimelineSide of domain::timeline::Side {
        /// Whoever raised the concern.
        Raiser,
        /// An office, for which one of its officers acted.
        Office,
        /// A moderator.
        Moderator,
        /// A convenor.
        Convenor,
        /// The forum itself: its router, or a clock.
        Forum,
    }
}

mirror! {
    /// What came of a concern.
    OutcomeKind of domain::concern::OutcomeKind {
        /// What was wrong is right.
        Resolved,
        /// Some of it is.
        PartiallyResolved,
        /// Something will be done, by a date.
        ActionPlanned,
        /// Nothing more will be done, for a reason.
        NoFurtherAction,
        /// Another body is responsible.
        NotResponsible,
        /// It is dealt with in another concern.
        Duplicate,
        /// The law forbids to say.
        CannotDisclose,
        /// A court has it.
        SubJudice,
    }
}

mirror! {
    /// What goes on paper to an agency that does not answer here.
    LetterKind of domain::letter::LetterKind {
        /// A letter that asks what is done.
        Letter,
        /// An application under the law on the right to information.
        RightToInformation,
    }
}

mirror! {
    /// Where a commitment stands.
    CommitmentState of domain::commitment::CommitmentState {
        /// It is to be done, and there is time.
        Open,
        /// The office says that it is done; the concerned side has not said so.
        ReportedDone,
        /// The concerned side says that it is not done.
        Contested,
        /// Its day is over, and nobody but the office says that it was kept.
        Lapsed,
        /// It was kept, in time or late: see lapsedAt.
        Kept,
        /// The office took it back.
        Withdrawn,
    }
}

mirror! {
    /// What is done to a commitment.
    CommitmentAct of domain::commitment::CommitmentAct {
        /// An office commits itself.
        Make,
        /// The office says how far it is.
        Report,
        /// The office says that it is done.
        ReportDone,
        /// The concerned side says that it was kept.
        Confirm,
        /// The concerned side says that it is not done.
        Contest,
        /// Who keeps the process decides that it was kept.
        DecideKept,
        /// Who keeps the process decides that it was not: it is to be done as
        /// before.
        DecideNotKept,
        /// The office names a later day.
        Postpone,
        /// Its day is over.
        Lapse,
        /// The office takes it back.
        Withdraw,
    }
}

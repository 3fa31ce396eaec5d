//! The domain's codes as GraphQL enums.

use async_graphql::Enum;

/// Mirrors an enum of the domain, both ways.
macro_rules! mirror {
    ($(#[$meta:meta])* $name:ident of $remote:ty { $($(#[$vmeta:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl From<$remote> for $name {
            fn from(value: $remote) -> Self {
                match value { $(<$remote>::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $remote {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

mod concern;
mod moderation;
mod screen;

pub use concern::{
    Blocker, ClockFor, CommitmentAct, CommitmentState, ConcernMove, ConcernState, Expected,
    Lateness, LetterKind, OutcomeKind, TimelineSide,
};
pub(crate) use mirror;
pub use moderation::{
    AppealOutcome, FlagReason, HoldReason, LegalDecision, LegalDemandKind, LegalDemandStatus,
    LegalInstrument, ModerationAct, ModerationReason, ModerationWarning, RedactedKind,
    ReviewDecision, ReviewStepKind, SanctionDecision, SanctionKind, SanctionScope, Tenure,
    TextChangeKind, TextPart, TransparencySection,
};
pub use screen::PersonalKind;

mirror! {
    /// Who a person speaks for.
    Constituency of domain::people::Constituency {
        /// Civil-society organizations and their members.
        CivilSociety,
        /// Young people; vouched for, not self-declared.
        Youth,
        /// Academia and international experts.
        Expert,
        /// Holders of an office of an agency; vouched for, not self-declared.
        Official,
    }
}

mirror! {
    /// What a person is trusted to do besides speaking.
    Duty of domain::people::Duty {
        /// Releases, redacts, minimizes, locks, merges.
        Moderator,
        /// Together with another custodian, may open a sealed identity.
        Custodian,
        /// Runs dialogues, gathers findings.
        Convenor,
        /// Accredits, edits reference data, runs the server.
        Administrator,
    }
}

mirror! {
    /// By what figures are put together.
    StatisticsBy of domain::statistics::StatisticsBy {
        /// By the agency that a concern is, or was last, before.
        Agency,
        /// By its category.
        Category,
        /// By its region.
        Region,
        /// By the month in which it came to the agency.
        Month,
    }
}

mirror! {
    /// Why somebody is told of what happens.
    NotificationReason of domain::notice::NoticeReason {
        /// You are expected to act, or your time for it ends soon.
        Due,
        /// It happened in a thread that you raised.
        Own,
        /// It waits for an office that you hold.
        Work,
        /// It happened in a thread that you follow, or were brought into.
        Followed,
        /// It is about your account: moderators decided something about you.
        Account,
    }
}

mirror! {
    /// Whether mail tells of something, and when.
    MailFrequency of domain::notice::MailFrequency {
        /// No mail does: so it is until you set it otherwise.
        Off,
        /// At once; what follows soon after waits for the next mail.
        Immediate,
        /// In the morning.
        Daily,
        /// On Monday morning.
        Weekly,
    }
}

mirror! {
    /// What of a thread somebody wants to be told, live and by mail.
    ThreadNotifications of domain::notice::ThreadNotices {
        /// Everything.
        All,
        /// How it goes on, but not each post.
        Progress,
        /// Nothing but what you are expected to do.
        Muted,
    }
}

mirror! {
    /// Where an account stands.
    Standing of domain::people::Standing {
        /// Waits for an administrator's approval; cannot sign in yet.
        Pending,
        /// Was approved, or needed no approval. Sanctions stand apart from this.
        Active,
        /// Its owner deleted it; what is left of it goes within minutes.
        Deleted,
    }
}

mirror! {
    /// What becomes of what somebody wrote who deletes his account. What he wrote
    /// for an office is the office's.
    OwnWords of domain::own_data::OwnWords {
        /// It stays, under "a former member".
        Keep,
        /// It goes. A mark stands in place of what somebody answered.
        Erase,
    }
}

mirror! {
    /// What stays of whoever deleted his account.
    StayingKind of domain::own_data::Staying {
        /// What he wrote, without a name.
        Words,
        /// A mark in place of each text that somebody answered.
        Marks,
        /// Whom he spoke for, beside what he wrote.
        Constituency,
        /// How his concerns went through their offices.
        Timelines,
        /// What he wrote for an office.
        OfficeWords,
        /// What moderators did with what he wrote, and what he did as one.
        ModerationRecord,
        /// How many flagged something, him included.
        FlagCounts,
        /// Entries of the audit log, which commit to somebody nobody can name.
        AuditLog,
        /// Figures that were published.
        Statistics,
        /// A keyed hash of the login.
        Login,
        /// For a week, hashes of the keys of his last mutations.
        Keys,
        /// Copies of the database that were made before.
        Copies,
    }
}

mirror! {
    /// How far an organization, an agency or a person's place in one is
    /// accepted.
    Accreditation of domain::people::Accreditation {
        /// Asked for, not decided.
        Requested,
        /// Accepted.
        Approved,
        /// Refused, with a reason.
        Rejected,
        /// Accepted once, taken back for now.
        Suspended,
    }
}

mirror! {
    /// Whether an agency takes part.
    Participation of domain::people::Participation {
        /// In the directory only.
        Listed,
        /// Asked to join.
        Invited,
        /// Answers; clocks and public figures run.
        Answering,
    }
}

mirror! {
    /// What kind of body an agency is.
    AgencyKind of domain::people::AgencyKind {
        /// Police, investigation, customs and the like.
        LawEnforcement,
        /// A ministry, department or authority.
        Government,
        /// A commission or ombudsperson that watches over the others.
        Oversight,
    }
}

mirror! {
    /// How an author appears.
    Voice of domain::people::Voice {
        /// Under his account's name.
        Named,
        /// Sealed to the custodians.
        Confidential,
        /// No link kept.
        Anonymous,
    }
}

mirror! {
    /// What a partner app's token is good for. A scope only ever narrows what
    /// the one it acts for may do.
    AccessScope of domain::partner::AccessScope {
        /// `threads:read`: to read threads and posts.
        ThreadsRead,
        /// `threads:write`: to begin threads and speak in them, for a person
        /// who allowed it.
        ThreadsWrite,
        /// `events:read`: to be told of what happens in threads, as it
        /// happens; takes `threads:read` besides.
        EventsRead,
        /// `stats:read`: to read statistics.
        StatsRead,
    }
}

mirror! {
    /// A language of the forum.
    Language of domain::people::Language {
        /// English.
        En,
        /// Urdu.
        Ur,
    }
}

mirror! {
    /// What a conversation is for.
    ThreadKind of domain::thread::ThreadKind {
        /// Something is wrong; tracked until it is answered.
        Concern,
        /// Somebody asks; also an official of civil society.
        Question,
        /// An open conversation.
        Discussion,
        /// A proposal for what should be done.
        Proposal,
    }
}

mirror! {
    /// Who may read a thread.
    Audience of domain::thread::Audience {
        /// Everyone.
        Public,
        /// Signed-in members.
        Members,
        /// Those vouched into a circle.
        Circle,
        /// Civil society, youth, experts and moderators.
        Caucus,
        /// Officials of agencies that answer, and moderators.
        Officials,
        /// The raiser's side, the assigned office, the moderator on it,
        /// oversight where it owns it, those invited.
        Confidential,
    }
}

mirror! {
    /// How moderation stands on a thread or a post.
    ModerationStatus of domain::thread::ModerationStatus {
        /// Waits for a moderator; seen by its author and moderators.
        Held,
        /// Seen by the whole audience.
        Visible,
        /// Folded away; seen by everyone who opens it.
        Minimized,
        /// Taken away; seen by its author and moderators.
        Removed,
    }
}

mirror! {
    /// What a concern complains of.
    AboutKind of domain::thread::AboutKind {
        /// How things are done.
        Practice,
        /// What someone did.
        Conduct,
        /// The raiser is not sure; treated as CONDUCT.
        NotSure,
    }
}

mirror! {
    /// What the law already has of a matter.
    Proceedings of domain::thread::Proceedings {
        /// Nothing.
        None,
        /// A first information report.
        Fir,
        /// An investigation.
        Investigation,
        /// A trial.
        Court,
        /// A judgement.
        Decided,
    }
}

mirror! {
    /// What may be done with a text in findings and reports.
    Reuse of domain::thread::Reuse {
        /// It may be quoted.
        Quote,
        /// It may be told in other words.
        Paraphrase,
        /// It may only be counted.
        CountOnly,
    }
}

mirror! {
    /// What a person named in a confidential thread is there as.
    ParticipantRole of domain::thread::ParticipantRole {
        /// Invited to read and speak.
        Invited,
        /// Of the raiser's side.
        RaisersSide,
    }
}

mirror! {
    /// What the raiser makes of an outcome.
    VerdictKind of domain::thread::VerdictKind {
        /// It helped.
        ReliefGranted,
        /// It helped in part.
        Partial,
        /// It did not help: the answer is disputed.
        NotGranted,
    }
}

mirror! {
    /// What of a confidential concern was opened.
    Opened of domain::thread::Opened {
        /// The thread with its issue text.
        Thread,
        /// The sealed case facts.
        Facts,
        /// Nothing yet: a moderator took it over, and may open both.
        Claim,
    }
}

mirror! {
    /// Something to know before sending.
    AudienceNotice of forum::thread::Notice {
        /// This is neither an FIR nor a right-to-information request.
        NotAnFir,
        /// The law has the matter: speak to your lawyer first.
        SpeakToYourLawyerFirst,
        /// Nobody who answers is responsible yet; a moderator will look for
        /// one.
        NobodyAnswersYet,
        /// Case facts stay sealed; public text names no private person.
        NameNoPrivatePerson,
        /// Whoever the concern is about does not read its facts.
        ComplainedAboutDoesNotRead,
    }
}

mirror! {
    /// Who may make an account.
    RegistrationMode of domain::people::RegistrationMode {
        /// Everybody.
        Open,
        /// Everybody may ask; an administrator approves.
        Approval,
        /// Whoever holds an invitation.
        Invitation,
        /// Nobody.
        Closed,
    }
}

mirror! {
    /// What kind of problem it is, for programs. Codes never change once
    /// released.
    UserErrorCode of forum::UserErrorCode {
        /// The value is not acceptable.
        Invalid,
        /// The text is shorter than it may be.
        TooShort,
        /// The text is longer than it may be.
        TooLong,
        /// The text holds nothing that a reader could see.
        Blank,
        /// The text holds characters that it must not.
        BadCharacters,
        /// The value names nothing known.
        Unknown,
        /// There is no such object, as far as this person may know.
        NotFound,
        /// The person may not do this.
        Forbidden,
        /// The concern, thread or post does not stand where this is possible; it may be
        /// done already.
        IllegalMove,
        /// Whoever is complained about, or decides on what is his own, may not.
        ConflictOfInterest,
        /// The thread is locked.
        Locked,
        /// The key was used for another input.
        IdempotencyKeyReused,
        /// The value is taken by another.
        Taken,
        /// The concern must say whom it is about.
        AboutRequired,
        /// Signing in failed, whatever the reason.
        SignInFailed,
        /// The password is too short or too easy to guess.
        WeakPassword,
        /// A code is wrong, used or over.
        BadCode,
        /// The forum takes no registrations in this way.
        RegistrationClosed,
        /// The document cannot be read, does not fit the schema, or asks for
        /// too much.
        InvalidDocument,
        /// The text was changed since it was judged.
        VersionConflict,
        /// Another moderator decided before.
        AlreadyDecided,
        /// A limit on how many is reached.
        TooMany,
        /// It is too soon to speak again in this thread.
        TooSoon,
        /// The author appealed against it before.
        AlreadyAppealed,
        /// The same person flagged it before.
        AlreadyFlagged,
        /// The same is proposed, or holds, already.
        AlreadyProposed,
        /// The same account wrote the same text within the last 24 hours.
        Duplicate,
        /// The text says who or where somebody is: see `spans`. It is accepted
        /// with `confirm`.
        PersonalInformation,
        /// A date that must lie ahead does not.
        NotAhead,
        /// A second officer of the agency has to approve the answer.
        SecondOfficerRequired,
    }
}

/// Which way a list is sorted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderDirection {
    /// From the least up.
    Asc,
    /// From the greatest down.
    Desc,
}

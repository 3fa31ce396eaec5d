//! Threads and posts: what they are, who may read them, how they stand.

use crate::code::codes;

codes! {
    /// What a conversation is for.
    pub enum ThreadKind {
        /// Something is wrong; tracked until it is answered.
        Concern = "CONCERN",
        /// Somebody asks; also an official of civil society.
        Question = "QUESTION",
        /// An open conversation.
        Discussion = "DISCUSSION",
        /// A proposal for what should be done.
        Proposal = "PROPOSAL",
    }
}

codes! {
    /// Who may read a thread.
    pub enum Audience {
        /// Everyone.
        Public = "PUBLIC",
        /// Signed-in members.
        Members = "MEMBERS",
        /// Those vouched into a circle.
        Circle = "CIRCLE",
        /// Civil society, youth, experts and moderators.
        Caucus = "CAUCUS",
        /// Officials of ANSWERING agencies, and moderators.
        Officials = "OFFICIALS",
        /// The raiser's side, the assigned office, the moderator who claimed
        /// it, oversight where it owns it, those invited.
        Confidential = "CONFIDENTIAL",
    }
}

impl Audience {
    /// Those to which one may belong by being named in the thread. To be named
    /// in another says nothing.
    pub const NAMING: [Self; 2] = [Self::Circle, Self::Confidential];
}

codes! {
    /// How moderation stands on a thread or a post. Separate from a
    /// concern's state and from the audience.
    pub enum ModerationStatus {
        /// Waits for a moderator; seen by its author and moderators.
        Held = "HELD",
        /// Seen by the whole audience.
        Visible = "VISIBLE",
        /// Folded away; seen by everyone who opens it.
        Minimized = "MINIMIZED",
        /// Taken away; seen by its author (with the reason) and moderators.
        Removed = "REMOVED",
    }
}

impl ModerationStatus {
    /// Whether the whole audience may read it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Visible | Self::Minimized)
    }
}

codes! {
    /// What a concern complains of.
    pub enum AboutKind {
        /// How things are done.
        Practice = "PRACTICE",
        /// What someone did.
        Conduct = "CONDUCT",
        /// The raiser is not sure; treated as CONDUCT.
        NotSure = "NOT_SURE",
    }
}

codes! {
    /// What the law already has of a matter.
    pub enum Proceedings {
        /// Nothing.
        None = "NONE",
        /// A first information report.
        Fir = "FIR",
        /// An investigation.
        Investigation = "INVESTIGATION",
        /// A trial.
        Court = "COURT",
        /// A judgement.
        Decided = "DECIDED",
    }
}

codes! {
    /// What may be done with a text in findings and reports.
    pub enum Reuse {
        /// It may be quoted.
        Quote = "QUOTE",
        /// It may be told in other words.
        Paraphrase = "PARAPHRASE",
        /// It may only be counted.
        CountOnly = "COUNT_ONLY",
    }
}

impl Reuse {
    /// What holds where the author says nothing.
    pub const fn default_for(audience: Audience) -> Self {
        match audience {
            Audience::Public => Self::Paraphrase,
            Audience::Members
            | Audience::Circle
            | Audience::Caucus
            | Audience::Officials
            | Audience::Confidential => Self::CountOnly,
        }
    }
}

codes! {
    /// What a person named in a confidential thread is there as.
    pub enum ParticipantRole {
        /// Invited to read and speak.
        Invited = "INVITED",
        /// Of the raiser's side.
        RaisersSide = "RAISERS_SIDE",
    }
}

codes! {
    /// What the raiser makes of an outcome.
    pub enum VerdictKind {
        /// It helped.
        ReliefGranted = "RELIEF_GRANTED",
        /// It helped in part.
        Partial = "PARTIAL",
        /// It did not help.
        NotGranted = "NOT_GRANTED",
    }
}

codes! {
    /// What of a confidential concern was opened.
    pub enum Opened {
        /// The thread with its issue text.
        Thread = "THREAD",
        /// The sealed case facts.
        Facts = "FACTS",
        /// Nothing yet: a moderator took it over.
        Claim = "CLAIM",
    }
}

/// Themes whose concerns must say whom they are about ("not sure" counts).
pub const THEMES_REQUIRING_ABOUT: &[&str] = &[
    "FALSE_IMPLICATION",
    "OFFICIAL_COMPLICITY",
    "VICTIM_TREATMENT",
    "RETALIATION",
];

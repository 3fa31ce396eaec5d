//! What may be asked of the policy, and how it says no.

use crate::id::{AccountId, AgencyId, CircleId, OrganizationId, PersonaId};
use crate::legal::DemandFacts;
use crate::partner::AccessScope;
use crate::people::Constituency;
use crate::thread::{AboutKind, Audience, ThreadKind};

use super::commitment::Bound;
use super::facts::{Moderated, PostFacts, RetaliationFacts, Revised, ThreadFacts};
use super::sanction::Proposer;

/// Something an actor wants to do, with the facts it is decided on.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// Read a thread.
    ViewThread(&'a ThreadFacts),
    /// Read a post in a thread.
    ViewPost(&'a ThreadFacts, &'a PostFacts),
    /// Be told of what happens in a thread, as it happens.
    Watch(&'a ThreadFacts),
    /// Be told of what happens in all threads that everyone may read.
    WatchFeed,
    /// Read figures of concerns.
    ViewStatistics,
    /// Open the sealed case facts, or affected groups that are never shown
    /// beside a name.
    ViewCaseFacts(&'a ThreadFacts),
    /// Read who opened a confidential concern.
    ViewAccessLedger(&'a ThreadFacts),
    /// Read who takes part in a confidential or circle thread by name.
    ViewParticipants(&'a ThreadFacts),
    /// Begin a thread.
    RaiseThread(NewThread<'a>),
    /// Change the texts of a thread.
    EditThread(&'a ThreadFacts),
    /// Speak in a thread.
    AddPost(&'a ThreadFacts),
    /// Change the text of a post.
    EditPost(&'a ThreadFacts, &'a PostFacts),
    /// Read what a thread's own text, or a post, was before its author changed it.
    ViewRevisions(&'a ThreadFacts, Option<&'a PostFacts>, Revised),
    /// Say "this concerns me too", or take it back.
    Endorse(&'a ThreadFacts),
    /// Be told of what happens in a thread, or no longer.
    Follow(&'a ThreadFacts),
    /// Bring somebody into a confidential or circle thread, or send him away.
    Invite(&'a ThreadFacts),
    /// Take a confidential thread as the moderator on it.
    Claim(&'a ThreadFacts),
    /// Let a held thread appear.
    Release(&'a ThreadFacts),
    /// Give a held thread back to its author, with a reason.
    Return(&'a ThreadFacts),
    /// Send a returned thread again.
    Resubmit(&'a ThreadFacts),
    /// Put a concern before an agency.
    Assign(&'a ThreadFacts, AgencyId),
    /// Send an assigned concern on to another agency.
    Refer(&'a ThreadFacts, AgencyId),
    /// Say that the office has the concern, ask back, begin, answer.
    Answer(&'a ThreadFacts),
    /// Review a disputed answer that was given by this persona.
    Review(&'a ThreadFacts, PersonaId),
    /// Read the drafts of an answer in the agency that answers.
    ViewDrafts(&'a ThreadFacts),
    /// Approve an answer that this persona wrote, or one to whose dispute this
    /// persona's led.
    Approve(&'a ThreadFacts, PersonaId),
    /// Take an assigned concern from the desk, put it back, or step back from
    /// it.
    Take(&'a ThreadFacts),
    /// Say that somebody is made to suffer for a concern.
    ReportRetaliation(&'a ThreadFacts),
    /// Read a report of retaliation.
    ViewRetaliation(&'a ThreadFacts, RetaliationFacts),
    /// Decide on one: whether the agency's access stays frozen.
    DecideRetaliation(&'a ThreadFacts, RetaliationFacts),
    /// Commit one's office to something.
    Commit(&'a ThreadFacts),
    /// Report on what this office committed itself to, postpone it, take it
    /// back.
    CarryOut(&'a ThreadFacts, Bound),
    /// Decide whether a commitment of this agency was kept.
    DecideCommitment(&'a ThreadFacts, AgencyId),
    /// Have the letter made that goes on paper to this agency.
    WriteLetter(&'a ThreadFacts, AgencyId),
    /// Record that a letter was sent, or what came back.
    RecordLetter(&'a ThreadFacts),
    /// Say that something is wrong with a thread, or with a post in it.
    Flag(&'a ThreadFacts, Option<&'a PostFacts>),
    /// Read in words why something was done to a thread's own text, or to a post.
    ViewReasons(&'a ThreadFacts, Option<&'a PostFacts>),
    /// Ask others to look again at what was done to a thread's own text, or to a
    /// post.
    Appeal(&'a ThreadFacts, Option<&'a PostFacts>),
    /// Decide on an appeal; whether it was oneself who did what it is against, or
    /// agreed to it.
    DecideAppeal(&'a ThreadFacts, Moderated, bool),
    /// Enter into the register what an authority demands by law.
    RegisterDemand,
    /// See that register.
    ViewDemands,
    /// Approve or refuse a demand.
    DecideDemand(DemandFacts),
    /// Say that a demand holds no longer.
    LiftDemand(DemandFacts),
    /// See what was flagged, with its flags.
    ViewReviewable(&'a ThreadFacts, Moderated),
    /// Take what was flagged in hand; hold, release, minimize, remove, lock.
    Moderate(&'a ThreadFacts, Moderated),
    /// Decide on what was flagged; whether it was oneself who flagged it.
    DecideReviewable(&'a ThreadFacts, Moderated, bool),
    /// Take what stands in the first thread to the second.
    Relocate(&'a ThreadFacts, &'a ThreadFacts),
    /// Take what was moved from the first thread back to the second.
    PutBack(&'a ThreadFacts, &'a ThreadFacts),
    /// Warn whoever wrote something, or propose a heavier sanction of him.
    Sanction(&'a ThreadFacts, Moderated),
    /// Decide on a sanction that somebody else proposed.
    DecideSanction(&'a ThreadFacts, Moderated, Proposer),
    /// Take back one that this account proposed.
    LiftSanction(&'a ThreadFacts, Moderated, Option<AccountId>),
    /// See the desk of one's own agency.
    ViewDesk,
    /// Read the templates of this agency's answers.
    ViewTemplates(AgencyId),
    /// Write them, and retire them.
    WriteTemplates(AgencyId),
    /// See what waits for the moderators.
    ViewModeration,
    /// Judge the answer and what was committed, answer a question back,
    /// dispute.
    Judge(&'a ThreadFacts),
    /// Take a concern back.
    Withdraw(&'a ThreadFacts),
    /// See one's own sessions, change one's own password and the like.
    ManageOwnAccount,
    /// Ask for an organization's accreditation.
    RequestAccreditation,
    /// Decide on accreditations, participation, offices, duties, invitations
    /// and approvals.
    Administer,
    /// Vouch that an account speaks for its constituency.
    Vouch(AccountId, Constituency),
    /// Read who belongs to an organization or asked to.
    ViewMembers(OrganizationId),
    /// Decide on an account's place in an organization.
    DecideMember(OrganizationId, AccountId),
    /// Send an account out of a vouched room.
    RemoveFromCircle(AccountId),
    /// See an organization's partner apps, make them, give them new secrets
    /// and revoke them.
    ManageClients(OrganizationId),
    /// Let a partner app act for oneself.
    AllowClient,
    /// See, make and change an organization's webhooks.
    ManageWebhooks(OrganizationId),
}

/// What is asked for when a thread is begun.
#[derive(Debug, Clone, Copy)]
pub struct NewThread<'a> {
    /// What it is for.
    pub kind: ThreadKind,
    /// Who may read it.
    pub audience: Audience,
    /// The circle, where that is the audience.
    pub circle: Option<CircleId>,
    /// The code of its category.
    pub category: Option<&'a str>,
    /// What a concern complains of, if it does.
    pub about: Option<AboutKind>,
    /// Whether the forum is a demonstration.
    pub demonstration: bool,
}

/// Why an action is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The object is, for this actor, not there at all.
    #[error("not found")]
    Hidden,
    /// The actor sees the object but may not do this.
    #[error("{0}")]
    Denied(Denial),
}

/// Why an actor may not do what he asked for, in words he may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denial {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignInRequired,
    /// The constituency is not vouched for yet.
    #[error("somebody must vouch for you first")]
    NotVouched,
    /// The account is silenced there.
    #[error("this account may read but not speak here for now")]
    Silenced,
    /// The account is suspended there, or banned.
    #[error("this account is suspended here")]
    Suspended,
    /// It takes another constituency.
    #[error("this is not for your constituency")]
    WrongConstituency,
    /// It takes a duty that the actor does not have.
    #[error("this takes a duty that you do not have")]
    DutyRequired,
    /// Only the author may.
    #[error("only the author may do this")]
    NotTheAuthor,
    /// Nobody moderates or judges what is his own.
    #[error("nobody decides on what he wrote, did or flagged himself")]
    OwnAct,
    /// Nobody moderates what somebody of his own organization wrote.
    #[error("nobody moderates what his own organization wrote")]
    OwnOrganization,
    /// Two of one constituency are no mixed panel.
    #[error("two moderators of different constituencies decide on this")]
    SameConstituency,
    /// Whoever proposed it is no moderator of it any more.
    #[error("whoever proposed this may not decide on it any more")]
    ProposerUnfit,
    /// Only the assigned office may.
    #[error("only the assigned office may do this")]
    NotAssigned,
    /// The officer stepped back from the concern.
    #[error("whoever stepped back from a concern does not act on it")]
    Recused,
    /// The officer's agency was suspended, or does not take part.
    #[error("this agency does not answer here now")]
    AgencyDoesNotAnswer,
    /// The agency or office is complained about.
    #[error("whoever is complained about does not decide")]
    ConflictOfInterest,
    /// A moderator locked the thread.
    #[error("the thread is locked")]
    Locked,
    /// A moderator ended the conversation.
    #[error("this conversation is closed")]
    Closed,
    /// The thread does not stand where this is possible: held, removed.
    #[error("this is not possible as it stands now; it may be done already")]
    WrongStatus,
    /// Others may read what stands in the one thread than in the other.
    #[error("both threads must have the same readers")]
    OtherReaders,
    /// The thread is no concern.
    #[error("this is only for concerns")]
    NotAConcern,
    /// Concerns about someone's conduct wait for protected voices.
    #[error("concerns about what someone did are not accepted here until authors can be protected")]
    ConductNotAccepted,
    /// No partner app does this.
    #[error("this is not for partner apps")]
    NotForApps,
    /// The app's token is not good for it.
    #[error("the token lacks the scope {0}")]
    ScopeRequired(AccessScope),
}

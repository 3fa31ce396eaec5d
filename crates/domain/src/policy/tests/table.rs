//! The printed permission table: who may do what, as a diff can be read.

use std::fmt::Write as _;

use uuid::Uuid;

use super::super::{
    Action, Bound, Denial, Moderated, NewThread, Proposer, Refusal, RetaliationFacts, Revised,
    ThreadFacts, decide,
};
use super::cast::{
    ASSIGNED, CATEGORY, CIRCLE, COMPLAINED, DESK, MYSELF, ORGANIZATION, OTHER_ORGANIZATION,
    OVERSIGHT, RAISER, SELF, SOMEBODY, Subject, about, everybody, post, the,
};
use crate::id::AccountId;
use crate::legal::DemandFacts;
use crate::people::{Actor, Constituency};
use crate::thread::{AboutKind, Audience, ModerationStatus, ThreadKind};

const LEGEND: &str = "\
A group of letters per audience, one for each moderation status: VISIBLE,
MINIMIZED, HELD, REMOVED; of the post for what is done with one, else of the
thread. To raise, one for each kind: CONCERN, QUESTION, DISCUSSION, PROPOSAL.
`if` begins what differs where a concern complains of the agency, where the
thread is locked, where he stepped back from it, or where retaliation was
reported of the agency. `as` names somebody of
whom everything holds that is not printed.

  +  may                       .  hidden: for him it is not there at all
  s  signs in first            a  is not the author
  v  is not vouched for        o  does not decide on his own
  q  is silenced               n  is not assigned
  c  is of another constituency  i  is complained about
  d  has not the duty          l  finds it locked
  w  finds it held or removed  k  finds it no concern
  p  waits for protected voices  x  is an app, or one without the scope
  r  stepped back from it      u  is of an agency that does not answer
  g  is of the author's organization  t  is suspended
  m  is of the proposer's constituency  f  finds the proposer unfit
  e  finds it closed
";

/// A report of retaliation by people of the agency that the concern is before,
/// and the same brought to whoever looks.
const RETALIATION: RetaliationFacts = RetaliationFacts {
    reporter: RAISER,
    agency: ASSIGNED,
    moderators: [Some(SOMEBODY), None],
    oversight: Some(OVERSIGHT),
    overseen: true,
};
const BROUGHT: RetaliationFacts = RetaliationFacts {
    moderators: [Some(SOMEBODY), Some(SELF)],
    ..RETALIATION
};

const ALONE: RetaliationFacts = RetaliationFacts {
    overseen: false,
    ..BROUGHT
};

/// Something that somebody else wrote, he himself, and a colleague of his.
const ELSEWHERE: Moderated = Moderated {
    author: SOMEBODY,
    organization: Some(OTHER_ORGANIZATION),
};
const OWN: Moderated = Moderated {
    author: SELF,
    organization: None,
};
const COLLEAGUE: Moderated = Moderated {
    author: SOMEBODY,
    organization: Some(ORGANIZATION),
};

/// A text that somebody else wrote, and the same written for an office.
const REVISED: Revised = Revised {
    author: SOMEBODY,
    organization: Some(OTHER_ORGANIZATION),
    agency: None,
    moved: false,
};
const OF_AN_OFFICE: Revised = Revised {
    organization: None,
    agency: Some(ASSIGNED),
    ..REVISED
};

/// Somebody else who proposed a sanction, he himself, and somebody who may not
/// any more.
const PROPOSER: Proposer = Proposer {
    account: Some(AccountId(Uuid::from_u128(11))),
    constituency: Some(Constituency::Youth),
    fit: true,
};
const HIMSELF: Proposer = Proposer {
    account: Some(MYSELF),
    ..PROPOSER
};
const PEER: Proposer = Proposer {
    constituency: Some(Constituency::CivilSociety),
    ..PROPOSER
};
const UNFIT: Proposer = Proposer {
    fit: false,
    ..PROPOSER
};

/// The order of the letters.
const STATUSES: [ModerationStatus; 4] = [
    ModerationStatus::Visible,
    ModerationStatus::Minimized,
    ModerationStatus::Held,
    ModerationStatus::Removed,
];

fn letter(decision: Result<(), Refusal>) -> char {
    match decision {
        Ok(()) => '+',
        Err(Refusal::Hidden) => '.',
        Err(Refusal::Denied(denial)) => match denial {
            Denial::SignInRequired => 's',
            Denial::NotVouched => 'v',
            Denial::Silenced => 'q',
            Denial::Suspended => 't',
            Denial::SameConstituency => 'm',
            Denial::ProposerUnfit => 'f',
            Denial::WrongConstituency => 'c',
            Denial::DutyRequired => 'd',
            Denial::NotTheAuthor => 'a',
            Denial::OwnAct => 'o',
            Denial::OwnOrganization => 'g',
            Denial::NotAssigned => 'n',
            Denial::Recused => 'r',
            Denial::AgencyDoesNotAnswer => 'u',
            Denial::ConflictOfInterest => 'i',
            Denial::Locked => 'l',
            Denial::Closed => 'e',
            Denial::WrongStatus => 'w',
            Denial::OtherReaders => 'h',
            Denial::NotAConcern => 'k',
            Denial::ConductNotAccepted => 'p',
            Denial::NotForApps | Denial::ScopeRequired(_) => 'x',
        },
    }
}

/// Whom commitments bind.
const BOUND: Bound = Bound {
    agency: ASSIGNED,
    office: DESK,
};

/// What is done in or to a thread, and how it is told in the table.
struct Deed {
    name: &'static str,
    act: fn(&Actor, ThreadFacts, ModerationStatus) -> Result<(), Refusal>,
}

macro_rules! deeds {
    ($($name:literal: |$thread:ident| $action:expr),+ $(,)?) => {
        [$(Deed {
            name: $name,
            act: |actor, mut thread, status| {
                thread.status = status;
                let $thread = &thread;
                decide(actor, &$action)
            },
        }),+]
    };
}

/// What is done with a post of his own or of somebody else, in a thread that
/// is VISIBLE.
macro_rules! post_deeds {
    ($($name:literal: $action:ident by $author:expr),+ $(,)?) => {
        [$(Deed {
            name: $name,
            act: |actor, thread, status| {
                let author = actor.personas.first().copied().filter(|_| $author == SELF);
                let post = post(author.unwrap_or(SOMEBODY), status);
                decide(actor, &Action::$action(&thread, &post))
            },
        }),+]
    };
}

fn deeds() -> Vec<Deed> {
    let mut all = Vec::new();
    all.extend(deeds! {
        "ViewThread": |thread| Action::ViewThread(thread),
        "Watch": |thread| Action::Watch(thread),
    });
    all.extend(post_deeds! {
        "ViewPost of his own": ViewPost by SELF,
        "ViewPost of another": ViewPost by SOMEBODY,
    });
    all.extend(deeds! {
        "ViewCaseFacts": |thread| Action::ViewCaseFacts(thread),
        "ViewAccessLedger": |thread| Action::ViewAccessLedger(thread),
        "ViewParticipants": |thread| Action::ViewParticipants(thread),
        "EditThread": |thread| Action::EditThread(thread),
        "AddPost": |thread| Action::AddPost(thread),
    });
    all.extend(post_deeds! {
        "EditPost of his own": EditPost by SELF,
        "EditPost of another": EditPost by SOMEBODY,
    });
    all.extend(deeds! {
        "ViewRevisions": |thread| Action::ViewRevisions(thread, None, REVISED),
        "ViewRevisions of his own": |thread| Action::ViewRevisions(
            thread, None, Revised { author: SELF, ..REVISED }
        ),
        "ViewRevisions, his organization's": |thread| Action::ViewRevisions(
            thread, None, Revised { organization: Some(ORGANIZATION), ..REVISED }
        ),
        "ViewRevisions of an office": |thread| Action::ViewRevisions(thread, None, OF_AN_OFFICE),
        "Endorse": |thread| Action::Endorse(thread),
        "Follow": |thread| Action::Follow(thread),
        "Invite": |thread| Action::Invite(thread),
        "Claim": |thread| Action::Claim(thread),
        "Release": |thread| Action::Release(thread),
        "Return": |thread| Action::Return(thread),
        "Resubmit": |thread| Action::Resubmit(thread),
        "Assign to an agency": |thread| Action::Assign(thread, ASSIGNED),
        "Assign to the complained about": |thread| Action::Assign(thread, COMPLAINED),
        "Refer to an agency": |thread| Action::Refer(thread, ASSIGNED),
        "Refer to the complained about": |thread| Action::Refer(thread, COMPLAINED),
        "Answer": |thread| Action::Answer(thread),
        "Review an answer of another": |thread| Action::Review(thread, SOMEBODY),
        "ViewDrafts": |thread| Action::ViewDrafts(thread),
        "Approve an answer of another": |thread| Action::Approve(thread, SOMEBODY),
        "Approve an answer of his own": |thread| Action::Approve(thread, SELF),
        "Take": |thread| Action::Take(thread),
        "ReportRetaliation": |thread| Action::ReportRetaliation(thread),
        "ViewRetaliation": |thread| Action::ViewRetaliation(thread, RETALIATION),
        "ViewRetaliation brought to him": |thread| Action::ViewRetaliation(thread, BROUGHT),
        "DecideRetaliation": |thread| Action::DecideRetaliation(thread, RETALIATION),
        "DecideRetaliation brought to him": |thread| Action::DecideRetaliation(thread, BROUGHT),
        "DecideRetaliation, none oversees": |thread| Action::DecideRetaliation(thread, ALONE),
        "Commit": |thread| Action::Commit(thread),
        "CarryOut of the assigned office": |thread| Action::CarryOut(thread, BOUND),
        "DecideCommitment of the agency": |thread| Action::DecideCommitment(thread, ASSIGNED),
        "DecideCommitment of oversight": |thread| Action::DecideCommitment(thread, OVERSIGHT),
        "WriteLetter to an agency": |thread| Action::WriteLetter(thread, ASSIGNED),
        "WriteLetter, complained about": |thread| Action::WriteLetter(thread, COMPLAINED),
        "RecordLetter": |thread| Action::RecordLetter(thread),
        "Flag": |thread| Action::Flag(thread, None),
        "ViewReasons": |thread| Action::ViewReasons(thread, None),
        "ViewReviewable": |thread| Action::ViewReviewable(thread, ELSEWHERE),
        "ViewReviewable of his own": |thread| Action::ViewReviewable(thread, OWN),
        "Moderate": |thread| Action::Moderate(thread, ELSEWHERE),
        "Moderate his own": |thread| Action::Moderate(thread, OWN),
        "Moderate his organization's": |thread| Action::Moderate(thread, COLLEAGUE),
        "DecideReviewable": |thread| Action::DecideReviewable(thread, ELSEWHERE, false),
        "DecideReviewable he flagged": |thread| Action::DecideReviewable(thread, ELSEWHERE, true),
        "Relocate to one like it": |thread| Action::Relocate(thread, thread),
        "PutBack to one like it": |thread| Action::PutBack(thread, thread),
        "Appeal": |thread| Action::Appeal(thread, None),
        "DecideAppeal": |thread| Action::DecideAppeal(thread, ELSEWHERE, false),
        "DecideAppeal against his own act": |thread| Action::DecideAppeal(thread, ELSEWHERE, true),
        "Sanction": |thread| Action::Sanction(thread, ELSEWHERE),
        "Sanction his organization's": |thread| Action::Sanction(thread, COLLEAGUE),
        "DecideSanction": |thread| Action::DecideSanction(thread, ELSEWHERE, PROPOSER),
        "DecideSanction he proposed": |thread| Action::DecideSanction(thread, ELSEWHERE, HIMSELF),
        "DecideSanction a peer proposed": |thread| Action::DecideSanction(thread, ELSEWHERE, PEER),
        "DecideSanction of who left": |thread| Action::DecideSanction(thread, ELSEWHERE, UNFIT),
        "DecideSanction of himself": |thread| Action::DecideSanction(thread, OWN, PROPOSER),
        "LiftSanction": |thread| Action::LiftSanction(thread, ELSEWHERE, PROPOSER.account),
        "LiftSanction he proposed": |thread| Action::LiftSanction(thread, ELSEWHERE, Some(MYSELF)),
        "Judge": |thread| Action::Judge(thread),
        "Withdraw": |thread| Action::Withdraw(thread),
    });
    all
}

/// Holds the table to every action: a new one does not compile here before
/// it has a line in [`deeds`] or in [`without_thread`], and what is done in a
/// thread one in `law::deeds`.
const fn _is_in_the_table(action: &Action<'_>) {
    match action {
        Action::ViewThread(_)
        | Action::Watch(_)
        | Action::ViewPost(..)
        | Action::ViewCaseFacts(_)
        | Action::ViewAccessLedger(_)
        | Action::ViewParticipants(_)
        | Action::RaiseThread(_)
        | Action::EditThread(_)
        | Action::AddPost(_)
        | Action::EditPost(..)
        | Action::ViewRevisions(..)
        | Action::Endorse(_)
        | Action::Follow(_)
        | Action::Invite(_)
        | Action::Claim(_)
        | Action::Release(_)
        | Action::Return(_)
        | Action::Resubmit(_)
        | Action::Assign(..)
        | Action::Refer(..)
        | Action::Answer(_)
        | Action::Review(..)
        | Action::ViewDrafts(_)
        | Action::Approve(..)
        | Action::Take(_)
        | Action::ReportRetaliation(_)
        | Action::ViewRetaliation(..)
        | Action::DecideRetaliation(..)
        | Action::Commit(_)
        | Action::CarryOut(..)
        | Action::DecideCommitment(..)
        | Action::WriteLetter(..)
        | Action::RecordLetter(_)
        | Action::Flag(..)
        | Action::ViewReasons(..)
        | Action::ViewReviewable(..)
        | Action::Moderate(..)
        | Action::DecideReviewable(..)
        | Action::Relocate(..)
        | Action::PutBack(..)
        | Action::Appeal(..)
        | Action::DecideAppeal(..)
        | Action::RegisterDemand
        | Action::ViewDemands
        | Action::DecideDemand(_)
        | Action::LiftDemand(_)
        | Action::Sanction(..)
        | Action::DecideSanction(..)
        | Action::LiftSanction(..)
        | Action::ViewDesk
        | Action::ViewTemplates(_)
        | Action::WriteTemplates(_)
        | Action::ViewModeration
        | Action::Judge(_)
        | Action::Withdraw(_)
        | Action::ManageOwnAccount
        | Action::RequestAccreditation
        | Action::Administer
        | Action::Vouch(..)
        | Action::ViewMembers(_)
        | Action::DecideMember(..)
        | Action::RemoveFromCircle(_)
        | Action::ManageClients(_)
        | Action::AllowClient
        | Action::WatchFeed
        | Action::ViewStatistics
        | Action::ManageWebhooks(_) => {}
    }
}

/// Changes how a thread stands.
type Twist = fn(ThreadFacts) -> ThreadFacts;

/// The ways in which a thread may differ from one that complains of nobody.
const TWISTS: [(&str, Twist); 7] = [
    ("PRACTICE", |thread| about(thread, AboutKind::Practice)),
    ("CONDUCT", |thread| about(thread, AboutKind::Conduct)),
    ("NOT_SURE", |thread| about(thread, AboutKind::NotSure)),
    ("locked", |thread| ThreadFacts {
        locked: true,
        ..thread
    }),
    ("he stepped back", |thread| ThreadFacts {
        recused: vec![SELF],
        ..thread
    }),
    ("no moderator is on it", |thread| ThreadFacts {
        claimed_by: None,
        wants_moderator: true,
        ..thread
    }),
    ("frozen for the agency", |thread| ThreadFacts {
        frozen: vec![ASSIGNED],
        ..thread
    }),
];

/// One line's letters for every audience.
fn letters(subject: &Subject, twist: Twist, deed: &Deed) -> String {
    row(|audience| {
        STATUSES
            .iter()
            .map(|status| {
                let thread = twist(subject.thread(audience, ModerationStatus::Visible));
                letter((deed.act)(&subject.actor, thread, *status))
            })
            .collect()
    })
}

fn row(cell: impl Fn(Audience) -> String) -> String {
    let cells: Vec<String> = Audience::ALL
        .iter()
        .map(|audience| format!("{:width$}", cell(*audience), width = audience.code().len()))
        .collect();
    cells.join(" ").trim_end().to_owned()
}

fn line(name: &str, letters: &str) -> String {
    format!("  {name:34}{letters}\n")
}

/// Everything that a subject may and may not, one block of lines a deed.
fn blocks(subject: &Subject) -> Vec<String> {
    let mut all: Vec<String> = deeds().iter().map(|deed| block(subject, deed)).collect();
    all.push(raising(subject));
    all.extend(without_thread(subject));
    all
}

fn block(subject: &Subject, deed: &Deed) -> String {
    let plain = letters(subject, |thread| thread, deed);
    let mut out = line(deed.name, &plain);
    let mut twisted: Vec<(String, String)> = Vec::new();
    for (name, twist) in TWISTS {
        let letters = letters(subject, twist, deed);
        if letters == plain {
            continue;
        }
        match twisted.iter_mut().find(|(_, known)| *known == letters) {
            Some((names, _)) => write!(names, ", {name}").unwrap(),
            None => twisted.push((format!("  if {name}"), letters)),
        }
    }
    for (name, letters) in &twisted {
        out.push_str(&line(name, letters));
    }
    out
}

fn raising(subject: &Subject) -> String {
    let raise = |about, demonstration, kinds: &[ThreadKind]| {
        row(|audience| {
            let circle = (audience == Audience::Circle).then_some(CIRCLE);
            kinds
                .iter()
                .map(|kind| {
                    let new = NewThread {
                        kind: *kind,
                        audience,
                        circle,
                        category: Some(CATEGORY),
                        about,
                        demonstration,
                    };
                    letter(decide(&subject.actor, &Action::RaiseThread(new)))
                })
                .collect()
        })
    };
    let concern = &ThreadKind::ALL[..1];
    let conduct = |demonstration| raise(Some(AboutKind::Conduct), demonstration, concern);
    line("RaiseThread", &raise(None, false, ThreadKind::ALL))
        + &line("  if CONDUCT", &conduct(false))
        + &line("  if CONDUCT, demonstration", &conduct(true))
}

/// A demand that somebody else registered.
fn demand(approver: Option<AccountId>) -> DemandFacts {
    DemandFacts {
        registrar: Some(AccountId(Uuid::from_u128(12))),
        approver,
        author: None,
    }
}

fn without_thread(subject: &Subject) -> Vec<String> {
    let one = |name: &str, action: Action<'_>| {
        line(name, &letter(decide(&subject.actor, &action)).to_string())
    };
    let mut all = vec![
        one("ManageOwnAccount", Action::ManageOwnAccount),
        one("RequestAccreditation", Action::RequestAccreditation),
        one("Administer", Action::Administer),
        one("AllowClient", Action::AllowClient),
        one("WatchFeed", Action::WatchFeed),
        one("ViewDesk", Action::ViewDesk),
        one("ViewModeration", Action::ViewModeration),
        one("RegisterDemand", Action::RegisterDemand),
        one("ViewDemands", Action::ViewDemands),
        one("DecideDemand", Action::DecideDemand(demand(None))),
        one(
            "DecideDemand approved by himself",
            Action::DecideDemand(demand(Some(MYSELF))),
        ),
        one(
            "DecideDemand about what he wrote",
            Action::DecideDemand(DemandFacts {
                author: Some(SELF),
                ..demand(None)
            }),
        ),
        one("LiftDemand", Action::LiftDemand(demand(None))),
        one(
            "LiftDemand about what he wrote",
            Action::LiftDemand(DemandFacts {
                author: Some(SELF),
                ..demand(None)
            }),
        ),
        one("ViewStatistics", Action::ViewStatistics),
    ];
    for (whose, agency) in [
        ("the assigned agency", ASSIGNED),
        ("the oversight body", OVERSIGHT),
    ] {
        let name = format!("ViewTemplates of {whose}");
        all.push(one(&name, Action::ViewTemplates(agency)));
        let name = format!("WriteTemplates of {whose}");
        all.push(one(&name, Action::WriteTemplates(agency)));
    }
    let other = AccountId(Uuid::from_u128(11));
    all.extend(Constituency::ALL.iter().map(|constituency| {
        one(
            &format!("Vouch for {constituency}"),
            Action::Vouch(other, *constituency),
        )
    }));
    all.push(one(
        "Vouch for himself",
        Action::Vouch(MYSELF, Constituency::Youth),
    ));
    for (whose, organization) in [("his own", ORGANIZATION), ("another", OTHER_ORGANIZATION)] {
        let name = format!("ViewMembers of {whose}");
        all.push(one(&name, Action::ViewMembers(organization)));
        let name = format!("DecideMember of {whose}");
        all.push(one(&name, Action::DecideMember(organization, other)));
        let name = format!("ManageClients of {whose}");
        all.push(one(&name, Action::ManageClients(organization)));
        let name = format!("ManageWebhooks of {whose}");
        all.push(one(&name, Action::ManageWebhooks(organization)));
    }
    all.push(one(
        "DecideMember on himself",
        Action::DecideMember(ORGANIZATION, MYSELF),
    ));
    all.push(one(
        "RemoveFromCircle another",
        Action::RemoveFromCircle(other),
    ));
    all.push(one(
        "RemoveFromCircle himself",
        Action::RemoveFromCircle(MYSELF),
    ));
    all
}

fn write_subject(out: &mut String, subject: &Subject) {
    let known = subject
        .like
        .map_or_else(Vec::new, |name| blocks(&the(name)));
    let mut differing = blocks(subject);
    if !known.is_empty() {
        let mut at = 0..;
        differing.retain(|block| at.next().is_some_and(|at| known[at] != *block));
    }
    match subject.like {
        None => writeln!(out, "\n{}", subject.name).unwrap(),
        Some(like) => writeln!(out, "\n{}: as {like}", subject.name).unwrap(),
    }
    if !differing.is_empty() {
        out.push_str(&line("", &row(|audience| audience.code().to_owned())));
    }
    out.extend(differing);
}

#[test]
fn the_permission_table() {
    let mut table = LEGEND.to_owned();
    for subject in everybody() {
        write_subject(&mut table, &subject);
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("permissions", table);
    });
}

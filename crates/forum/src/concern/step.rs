//! One move, as the timeline keeps it.

use domain::concern::{Assignment, Concern, Move};
use domain::event::EventKind;
use domain::id::{AccountId, MoveId, ResponseId, ThreadId};
use domain::thread::VerdictKind;
use domain::timeline::{EntryKind, Side};
use storage::Tx;
use storage::audit_log::Audited;
use storage::concern::Entry;

use crate::{Error, Forum};

/// On whose part a move is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The raiser's.
    Raiser,
    /// This office's.
    Office(Assignment),
    /// That of a moderator with this account.
    Moderator(Option<AccountId>),
    /// The forum's own: its router's, or a clock's.
    Forum,
}

/// What goes with a move.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    /// A reason, a question, an answer.
    pub(crate) note: Option<String>,
    /// The office's answer.
    pub(crate) response: Option<ResponseId>,
    /// The raiser's judgement.
    pub(crate) verdict: Option<VerdictKind>,
}

/// A move that is made, with what the timeline keeps of it.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// The id of its entry, drawn outside the transaction.
    pub(crate) id: MoveId,
    /// The move.
    pub(crate) mv: Move,
    /// On whose part.
    pub(crate) by: By,
    said: Said,
}

impl Step {
    /// A move of which nothing is said.
    pub(crate) fn new(id: MoveId, mv: Move, by: By) -> Self {
        Self {
            id,
            mv,
            by,
            said: Said::default(),
        }
    }

    /// The same with what is said.
    pub(crate) fn saying(self, said: Said) -> Self {
        Self { said, ..self }
    }

    /// Makes the move and adds it to the timeline of a concern whose row is
    /// locked. Saving the concern, and telling, are left to the caller.
    pub(crate) async fn make(
        &self,
        tx: &Tx,
        thread: ThreadId,
        concern: Concern,
    ) -> Result<(Concern, EventKind), Error> {
        let (next, event) = concern.apply(self.mv, tx.now())?;
        let (side, office) = match self.by {
            By::Raiser => (Side::Raiser, None),
            By::Office(office) => (Side::Office, Some(office)),
            By::Moderator(account) => {
                let audited = Audited::new("moveConcern", account).of(thread);
                tx.audit(audited.saying(self.mv.kind().code()));
                (Side::Moderator, None)
            }
            By::Forum => (Side::Forum, None),
        };
        let to = match self.mv {
            Move::Assign(to) | Move::Refer(to) | Move::Review(to) => Some(to),
            _ => None,
        };
        tx.insert_entry(&Entry {
            id: self.id,
            thread,
            kind: EntryKind::Move(self.mv.kind()),
            side,
            agency: office.map(|one| one.agency),
            office: office.and_then(|one| one.office),
            state: next.state,
            to,
            response: self.said.response,
            verdict: self.said.verdict,
            level: None,
            commitment: None,
            note: self.said.note.clone(),
            at: tx.now(),
        })
        .await?;
        Ok((next, event))
    }
}

impl Forum {
    /// An id for an entry of a timeline. It says nothing of when it was made:
    /// the raiser may have a protected voice.
    pub(crate) fn new_entry_id(&self) -> MoveId {
        domain::id::unordered(self.random()).into()
    }
}

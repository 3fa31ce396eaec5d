//! Who reads of a sanction: whoever it is of, and the moderators.

use chrono::{DateTime, Utc};
use domain::id::SanctionId;
use domain::policy::{self, Action, Proposer, Scope, ThreadFacts};
use domain::thread::Opened;
use storage::sanction::{DeskOf, Sanction, SanctionPlace, Which};
use storage::thread::Slice;

use crate::thread::View;
use crate::{Error, Forum, Viewer};

/// Which sanctions the moderators are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SanctionFilter {
    /// Those that wait for a second moderator.
    Waiting,
    /// Those that stand; of warnings none.
    Standing,
}

/// A sanction as a moderator sees it: for what it is, but not whose account it
/// is of.
#[derive(Debug, Clone)]
pub struct SeenSanction {
    /// The sanction.
    pub sanction: Sanction,
    /// When it lapses if nobody decides.
    pub lapses_at: DateTime<Utc>,
    /// Whether it stands.
    pub stands: bool,
    /// Whether the viewer may decide on it.
    pub may_decide: bool,
    /// Whether the viewer may take it back.
    pub may_lift: bool,
}

/// A sanction, as whoever is sanctioned reads it.
#[derive(Debug, Clone)]
pub struct OwnSanction {
    /// The sanction.
    pub sanction: Sanction,
    /// Whether it stands.
    pub stands: bool,
    /// From when on nobody appeals against it any more; none once that is past.
    pub appeal_until: Option<DateTime<Utc>>,
}

impl Forum {
    /// The sanctions of the viewer that took effect, the newest first. He reads
    /// them whatever else he may not.
    pub async fn own_sanctions(&self, viewer: &Viewer) -> Result<Vec<OwnSanction>, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let now = self.now();
        let all = self.store.read().sanctions_of(account).await?.into_iter();
        let own = |sanction: Sanction| OwnSanction {
            stands: sanction.stands(now),
            // Of a sanction the record does not tell at once.
            appeal_until: sanction
                .decided_at
                .map(|at| self.appeal_ends(self.appears_at(at, false)))
                .filter(|end| *end > now),
            sanction,
        };
        Ok(all.map(own).collect())
    }

    /// The sanctions of those kinds for what the viewer sees and did not write,
    /// the newest first. As many statements for all as for one.
    pub async fn sanctions(
        &self,
        viewer: &Viewer,
        filter: SanctionFilter,
        slice: Slice<SanctionPlace>,
    ) -> Result<Vec<SeenSanction>, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let scope = policy::scope(&viewer.actor);
        let of = self.which_of(viewer, filter, &scope);
        let read = self.store.read();
        let found = read.sanctions(&viewer.actor, of, slice).await?;
        self.seen_sanctions(viewer, found).await
    }

    /// How many such there are.
    pub async fn sanction_count(
        &self,
        viewer: &Viewer,
        filter: SanctionFilter,
    ) -> Result<i64, Error> {
        policy::decide(&viewer.actor, &Action::ViewModeration)?;
        let scope = policy::scope(&viewer.actor);
        let of = self.which_of(viewer, filter, &scope);
        Ok(self.store.read().sanction_count(of).await?)
    }

    /// One of them, whatever came of it, if the viewer may see it.
    pub async fn sanction(
        &self,
        viewer: &Viewer,
        id: SanctionId,
    ) -> Result<Option<SeenSanction>, Error> {
        let read = self.store.read();
        let found = read.sanction(id).await?;
        let thread = found.as_ref().map_or(id.0.into(), |one| one.thread);
        let facts = read.thread_facts(&viewer.actor, thread).await?;
        let Some((sanction, facts)) = found.zip(facts) else {
            return Ok(None);
        };
        let view = Action::ViewReviewable(&facts, sanction.moderated());
        if policy::decide(&viewer.actor, &view).is_err() {
            return Ok(None);
        }
        let proposer = read.proposer(sanction.proposer, self.now()).await?;
        let seen = self.seen_sanctions(viewer, vec![(sanction, proposer, facts)]);
        Ok(seen.await?.pop())
    }

    fn which_of<'a>(
        &self,
        viewer: &'a Viewer,
        filter: SanctionFilter,
        scope: &'a Scope,
    ) -> DeskOf<'a> {
        let now = self.now();
        DeskOf {
            scope,
            not_of: &viewer.personas,
            which: match filter {
                SanctionFilter::Waiting => Which::Waiting(now - self.proposal_time()),
                SanctionFilter::Standing => Which::Standing,
            },
            now,
        }
    }

    async fn seen_sanctions(
        &self,
        viewer: &Viewer,
        found: Vec<(Sanction, Proposer, ThreadFacts)>,
    ) -> Result<Vec<SeenSanction>, Error> {
        let threads: Vec<&ThreadFacts> = found.iter().map(|(_, _, facts)| facts).collect();
        self.note_openings(viewer, &threads, Opened::Thread).await?;
        // What is read here may be held there, or removed.
        let hidden = found.iter().filter(|(one, ..)| !one.status.is_open());
        let views = hidden.filter_map(|(one, ..)| View::judged(viewer, one.subject()));
        self.note(viewer, &[], views).await?;
        let now = self.now();
        let seen = |(sanction, proposer, facts): (Sanction, Proposer, ThreadFacts)| {
            let moderated = sanction.moderated();
            let may = |action| policy::decide(&viewer.actor, &action).is_ok();
            let lapses_at = self.lapses_at(&sanction);
            let waits = sanction.decision.is_none() && lapses_at > now;
            let stands = sanction.stands(now);
            SeenSanction {
                may_decide: waits && may(Action::DecideSanction(&facts, moderated, proposer)),
                may_lift: stands && may(Action::LiftSanction(&facts, moderated, proposer.account)),
                lapses_at,
                stands,
                sanction,
            }
        };
        Ok(found.into_iter().map(seen).collect())
    }
}

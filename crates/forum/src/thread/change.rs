//! What authors and members do to a thread besides speaking.

use domain::event::EventKind;
use domain::id::{PersonaId, ThreadId};
use domain::moderation::Wording;
use domain::policy::{self, Action};
use domain::text::{Facts, IssueText, Title};
use domain::thread::{Audience, ParticipantRole};
use storage::thread::Switch;

use crate::error::Problems;
use crate::once::{Once, Written};
use crate::posting::{Said, is_judged};
use crate::thread::{tell, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

/// New texts for a thread. What is `None` stays.
#[derive(Debug, Clone)]
pub struct EditThread {
    /// The thread.
    pub thread: ThreadId,
    /// The title.
    pub title: Option<String>,
    /// The issue text.
    pub body: Option<String>,
    /// The sealed case facts.
    pub facts: Option<String>,
}

/// Somebody to bring into a confidential or circle thread.
#[derive(Debug, Clone, Copy)]
pub struct Invite {
    /// The thread.
    pub thread: ThreadId,
    /// Whom, by the persona that content shows.
    pub persona: PersonaId,
    /// As what.
    pub role: ParticipantRole,
}

impl Forum {
    /// Replaces the texts of a thread; what was there stays as a revision.
    pub async fn edit_thread(
        &self,
        viewer: &Viewer,
        input: &EditThread,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let mut problems = Problems::default();
        let title = input
            .title
            .as_deref()
            .and_then(|text| problems.take("title", Title::parse(text)));
        let body = input
            .body
            .as_deref()
            .and_then(|text| problems.take("body", IssueText::parse(text)));
        let facts = input
            .facts
            .as_deref()
            .and_then(|text| problems.take("facts", Facts::parse(text)));
        problems.none()?;
        let texts = [("title", &input.title), ("body", &input.body)];
        let texts = texts
            .into_iter()
            .filter_map(|(field, text)| Some((field, text.as_deref()?)));
        let screened = once.screen(texts);
        let said = input.body.as_deref().map(|body| Said::of("body", body));
        let id = input.thread;
        self.act(viewer, "editThread", once, id, id, async |tx, thread| {
            policy::decide(&viewer.actor, &Action::EditThread(&thread.facts))?;
            screened.pass()?;
            if let Some(said) = said
                .as_ref()
                .filter(|_| is_judged(thread.facts.kind, thread.facts.audience))
            {
                self.judge_edit(&tx, viewer, said, &thread.body).await?;
            }
            let title = title.as_ref().map_or(thread.title.as_str(), Title::as_str);
            let body = body
                .as_ref()
                .map_or(thread.body.as_str(), IssueText::as_str);
            // What says the same as before is no change.
            let changed = title != thread.title || body != thread.body;
            if !changed && facts.is_none() {
                return Ok(());
            }
            if changed {
                // What few are to read is compared with nothing.
                let few = Audience::NAMING.contains(&thread.facts.audience);
                let wording = Wording::of(body).filter(|_| !few);
                tx.replace_thread_texts(&thread, self.today(), (title, body), wording)
                    .await?;
            }
            if let Some(facts) = &facts {
                tx.replace_case_facts(id, facts.as_str()).await?;
            }
            tell(&tx, &thread.facts, EventKind::ThreadChanged, None);
            Ok(())
        })
        .await
    }

    /// Says "this concerns me too", or takes it back. Done twice, it changes
    /// nothing.
    pub async fn endorse_thread(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        on: Switch,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let operation = match on {
            Switch::On => "endorseThread",
            Switch::Off => "unendorseThread",
        };
        self.act(viewer, operation, once, id, id, async |tx, thread| {
            policy::decide(&viewer.actor, &Action::Endorse(&thread.facts))?;
            let account = viewer
                .account
                .ok_or(Error::Internal("a member without account"))?;
            if tx.set_endorsement(id, account, on).await? {
                tell(&tx, &thread.facts, EventKind::EndorsementsChanged, None);
            }
            Ok(())
        })
        .await
    }

    /// Follows a thread, or no longer.
    pub async fn follow_thread(
        &self,
        viewer: &Viewer,
        id: ThreadId,
        on: Switch,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let operation = match on {
            Switch::On => "followThread",
            Switch::Off => "unfollowThread",
        };
        self.act(viewer, operation, once, id, id, async |tx, thread| {
            policy::decide(&viewer.actor, &Action::Follow(&thread.facts))?;
            let persona = viewer.speaks_as.ok_or(Error::Internal("no persona"))?;
            tx.set_follow(id, persona, on).await?;
            Ok(())
        })
        .await
    }

    /// Brings somebody into a confidential or circle thread, or sends him
    /// away.
    pub async fn invite(
        &self,
        viewer: &Viewer,
        input: Invite,
        on: Switch,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let Invite {
            thread: id,
            persona,
            role,
        } = input;
        let operation = match on {
            Switch::On => "inviteToThread",
            Switch::Off => "uninviteFromThread",
        };
        self.act(viewer, operation, once, id, id, async |tx, thread| {
            policy::decide(&viewer.actor, &Action::Invite(&thread.facts))?;
            let guest = tx.account_of_persona(persona).await?;
            let guest = guest.ok_or_else(|| Error::at("persona", Problem::NotFound))?;
            // Whoever is on it by his duty would stay when that ends.
            if on == Switch::On && viewer.account == Some(guest) {
                let problem = Problem::Invalid("you are on it already");
                return Err(Error::at("persona", problem));
            }
            let changed = match on {
                Switch::On => tx.insert_participant(id, persona, role).await?,
                Switch::Off => tx.delete_participant(id, persona).await?,
            };
            if changed {
                // Whom a raiser asks to his own concern is his.
                if !policy::is_raiser(&viewer.actor, &thread.facts) {
                    tx.audit(viewer.audited(operation).of(id).about([guest]));
                }
                tell(&tx, &thread.facts, EventKind::ParticipantsChanged, None);
                tell_persona(&tx, persona, id, EventKind::ParticipantsChanged, None).await?;
            }
            Ok(())
        })
        .await
    }
}

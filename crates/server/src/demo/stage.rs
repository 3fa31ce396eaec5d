//! What people of the demonstration do, each act some minutes after the one
//! before.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};
use domain::id::{AccountId, AgencyId, CircleId, ThreadId};
use domain::people::Language;
use domain::thread::{
    AboutKind, Audience, ModerationStatus, ParticipantRole, Proceedings, ThreadKind, VerdictKind,
};
use forum::answer::{GiveVerdict, OutcomeInput, Respond};
use forum::concern::ConcernAct;
use forum::post::AddPost;
use forum::thread::{Invite, RaiseThread};
use forum::views::thread::Switch;
use forum::{Clock as _, Error, Forum, Once, Viewer};

use super::cast::{MODERATOR, MODERATOR_2};
use super::passages::Passage;
use super::timeline::Timeline;

/// A thread of the demonstration, as it is begun.
pub(super) struct Opening {
    /// Who begins it, by login.
    pub(super) by: &'static str,
    pub(super) kind: ThreadKind,
    pub(super) audience: Audience,
    pub(super) title: &'static str,
    /// What of the report it is about.
    pub(super) passage: Passage,
    /// What is said to the passage.
    pub(super) text: &'static str,
    pub(super) facts: Option<&'static str>,
    pub(super) category: Option<&'static str>,
    pub(super) region: Option<&'static str>,
    pub(super) themes: &'static [&'static str],
    pub(super) groups: &'static [&'static str],
    /// The agency it complains of, by code, and of what.
    pub(super) about: Option<(&'static str, AboutKind)>,
    /// The circle, by code.
    pub(super) circle: Option<&'static str>,
    pub(super) proceedings: Proceedings,
}

/// The forum, its time, who is there, and what was begun.
pub(super) struct Stage {
    pub(super) forum: Forum,
    time: Arc<Timeline>,
    viewers: BTreeMap<&'static str, Arc<Viewer>>,
    threads: BTreeMap<&'static str, ThreadId>,
}

impl Stage {
    pub(super) fn new(
        forum: Forum,
        time: Arc<Timeline>,
        viewers: BTreeMap<&'static str, Arc<Viewer>>,
    ) -> Self {
        Self {
            forum,
            time,
            viewers,
            threads: BTreeMap::new(),
        }
    }

    /// Goes on to the morning of a day, counted from 0.
    pub(super) fn day(&self, number: i64) {
        self.time.day(number);
    }

    /// Lets time pass.
    pub(super) fn pass(&self, time: TimeDelta) {
        self.time.pass(time);
    }

    /// The date so many days from the story's now.
    pub(super) fn in_days(&self, days: u64) -> NaiveDate {
        let today = self.time.now().date_naive();
        today.checked_add_days(Days::new(days)).unwrap_or(today)
    }

    /// Brings somebody in.
    pub(super) fn enter(&mut self, login: &'static str, viewer: Arc<Viewer>) {
        self.viewers.insert(login, viewer);
    }

    /// Somebody who is there.
    pub(super) fn viewer(&self, login: &str) -> Arc<Viewer> {
        let viewer = self
            .viewers
            .get(login)
            .expect("whoever acts was brought in");
        Arc::clone(viewer)
    }

    pub(super) fn account(&self, login: &str) -> Result<AccountId, Error> {
        self.viewer(login)
            .account
            .ok_or(Error::Internal("an account"))
    }

    pub(super) fn agency(&self, code: &str) -> Result<AgencyId, Error> {
        let directory = self.forum.directory();
        let agency = directory.agency_by_code(code);
        agency
            .map(|one| one.id)
            .ok_or(Error::Internal("an agency of the reference data"))
    }

    fn circle(&self, code: &str) -> Result<CircleId, Error> {
        let directory = self.forum.directory();
        let circle = directory.circles.iter().find(|one| one.code == code);
        circle
            .map(|one| one.id)
            .ok_or(Error::Internal("a circle of the demonstration"))
    }

    fn thread(&self, opening: &Opening) -> ThreadId {
        *self
            .threads
            .get(opening.title)
            .expect("a thread is begun before it goes on")
    }

    /// Looks again at what people may do now.
    pub(super) async fn refresh(&mut self, logins: &[&'static str]) -> Result<(), Error> {
        for login in logins {
            let viewer = self.forum.viewer_of_account(self.account(login)?).await?;
            self.enter(
                login,
                viewer.ok_or(Error::Internal("an account that was there"))?,
            );
        }
        Ok(())
    }

    /// Begins a thread. Somebody's first is released by the moderator some
    /// hours later; the moderator's own by the second one.
    pub(super) async fn raise(&mut self, opening: &'static Opening) -> Result<(), Error> {
        let (thread, held) = self.raise_only(opening).await?;
        if held {
            self.pass(TimeDelta::hours(3));
            let releases = if opening.by == MODERATOR {
                MODERATOR_2
            } else {
                MODERATOR
            };
            let releases = self.viewer(releases);
            self.forum
                .release_thread(&releases, thread, None, &Once::default())
                .await?;
            self.refresh(&[opening.by]).await?;
        }
        Ok(())
    }

    /// Begins a thread, and says whether it is held.
    pub(super) async fn raise_only(
        &mut self,
        opening: &'static Opening,
    ) -> Result<(ThreadId, bool), Error> {
        self.pass(TimeDelta::minutes(35));
        let viewer = self.viewer(opening.by);
        let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        let about = opening
            .about
            .map(|(code, _)| self.agency(code))
            .transpose()?;
        let input = RaiseThread {
            kind: opening.kind,
            title: opening.title.to_owned(),
            body: format!("{}\n\n{}", opening.passage.quoted(), opening.text),
            facts: opening.facts.map(str::to_owned),
            language: Some(language_of(opening.text)),
            category: opening.category.map(str::to_owned),
            region: opening.region.map(str::to_owned),
            themes: owned(opening.themes),
            groups: owned(opening.groups),
            audience: Some(opening.audience),
            circle: opening.circle.map(|code| self.circle(code)).transpose()?,
            about_agency: about,
            about_office: None,
            about_kind: opening.about.map(|(_, kind)| kind),
            proceedings: opening.proceedings,
            reuse: None,
            on_behalf_of: None,
        };
        let (written, _) = self
            .forum
            .raise_thread(&viewer, &input, &Once::default())
            .await?;
        let id = written.id(|id| id.0).into();
        self.threads.insert(opening.title, id);
        let begun = self.forum.thread(&viewer, id).await?;
        let held = begun.is_some_and(|one| one.facts.status == ModerationStatus::Held);
        Ok((id, held))
    }

    /// Speaks in a thread.
    pub(super) async fn say(&self, to: &Opening, login: &str, text: &str) -> Result<(), Error> {
        self.pass(TimeDelta::minutes(50));
        let input = AddPost {
            thread: self.thread(to),
            body: text.to_owned(),
            language: Some(language_of(text)),
            reuse: None,
        };
        self.forum
            .add_post(&self.viewer(login), input, &Once::default())
            .await?;
        Ok(())
    }

    /// Each says that the thread concerns him too.
    pub(super) async fn endorse(&self, thread: &Opening, logins: &[&str]) -> Result<(), Error> {
        for login in logins {
            self.pass(TimeDelta::minutes(5));
            let (id, once) = (self.thread(thread), Once::default());
            self.forum
                .endorse_thread(&self.viewer(login), id, Switch::On, &once)
                .await?;
        }
        Ok(())
    }

    /// Makes a move of the officer or the raiser.
    pub(super) async fn makes(
        &self,
        thread: &Opening,
        login: &str,
        act: ConcernAct,
    ) -> Result<(), Error> {
        self.pass(TimeDelta::minutes(20));
        let (id, once) = (self.thread(thread), Once::default());
        self.forum
            .move_concern(&self.viewer(login), id, &act, &once)
            .await?;
        Ok(())
    }

    /// Answers a concern.
    pub(super) async fn respond(
        &self,
        to: &Opening,
        login: &str,
        outcome: OutcomeInput,
        text: &str,
    ) -> Result<(), Error> {
        self.pass(TimeDelta::minutes(30));
        let input = Respond {
            thread: self.thread(to),
            body: text.to_owned(),
            language: Some(language_of(text)),
            outcome,
        };
        self.forum
            .respond_to_concern(&self.viewer(login), &input, &Once::default())
            .await?;
        Ok(())
    }

    /// The raiser judges the answer.
    pub(super) async fn judge(
        &self,
        thread: &Opening,
        verdict: VerdictKind,
        comment: &str,
    ) -> Result<(), Error> {
        self.pass(TimeDelta::minutes(15));
        let input = GiveVerdict {
            thread: self.thread(thread),
            verdict,
            comment: Some(comment.to_owned()),
        };
        self.forum
            .give_verdict(&self.viewer(thread.by), &input, &Once::default())
            .await?;
        Ok(())
    }

    /// The raiser brings somebody into a confidential thread.
    pub(super) async fn invite(&self, to: &Opening, guest: &str) -> Result<(), Error> {
        self.pass(TimeDelta::minutes(10));
        let persona = self
            .viewer(guest)
            .speaks_as
            .ok_or(Error::Internal("a persona"))?;
        let input = Invite {
            thread: self.thread(to),
            persona,
            role: ParticipantRole::Invited,
        };
        let raiser = self.viewer(to.by);
        self.forum
            .invite(&raiser, input, Switch::On, &Once::default())
            .await?;
        Ok(())
    }

    /// Opens a concern and its sealed facts, which the ledger notes.
    pub(super) async fn open_facts(&self, thread: &Opening, login: &str) -> Result<(), Error> {
        self.pass(TimeDelta::minutes(5));
        let viewer = self.viewer(login);
        let seen = self.forum.thread(&viewer, self.thread(thread)).await?;
        let seen = seen.ok_or_else(Error::not_found)?;
        self.forum.case_facts(&viewer, &seen.facts).await?;
        Ok(())
    }
}

/// The language of a text: that of its first letter.
fn language_of(text: &str) -> Language {
    match text.chars().find(|c| c.is_alphabetic()) {
        Some('\u{0600}'..='\u{06FF}') => Language::Ur,
        _ => Language::En,
    }
}

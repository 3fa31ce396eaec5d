//! What is read once for all objects of a list, whatever their number.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::{AgencyId, ThreadId};
use domain::moderation::Subject;
use domain::people::Voice;
use domain::policy::{Revised, ThreadFacts};
use domain::thread::{ModerationStatus, Opened};
use forum::Problem;
use forum::revision::{Edited, revised};
use forum::thread::SeenParticipant;
use forum::views::answer::Response;
use forum::views::concern::Entry;
use forum::views::post::{Post, PostPlace};
use forum::views::template::Template;
use forum::views::thread::Thread as ThreadView;
use tokio::sync::OnceCell;

use crate::schema::caller::{Caller, read};
use crate::schema::commitment::Commitment;
use crate::schema::hold::{Holds, held_among};
use crate::schema::letter::Letter;
use crate::schema::modlog::Acts;
use crate::schema::page::{Window, slice};
use crate::schema::revision::Revision;
use crate::schema::thread::Thread;

type Result<T> = async_graphql::Result<T>;

/// What was read of several objects together, by the object's id.
///
/// The first resolver that asks for something reads it for every object of
/// the list, in one statement; the others wait for it and take their own.
#[derive(Debug)]
struct Many<K, T>(OnceCell<HashMap<K, Vec<T>>>);

impl<K, T> Default for Many<K, T> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

impl<K: Eq + Hash, T: Clone> Many<K, T> {
    /// Of what was read already.
    fn known(found: impl IntoIterator<Item = (K, T)>) -> Self {
        Self(OnceCell::new_with(Some(gathered(found))))
    }

    /// What is of one of them.
    async fn of<F>(&self, one: K, load: impl FnOnce() -> F) -> Result<Vec<T>>
    where
        F: Future<Output = Result<Vec<(K, T)>>>,
    {
        let loading = self.0.get_or_try_init(async || {
            let found = load().await?;
            Ok::<_, async_graphql::Error>(gathered(found))
        });
        Ok(loading.await?.get(&one).cloned().unwrap_or_default())
    }
}

fn gathered<K: Eq + Hash, T>(found: impl IntoIterator<Item = (K, T)>) -> HashMap<K, Vec<T>> {
    let mut many: HashMap<K, Vec<T>> = HashMap::new();
    for (key, one) in found {
        many.entry(key).or_default().push(one);
    }
    many
}

/// The objects of one list that have something to be read together.
#[derive(Debug)]
pub(crate) struct Together<K, T> {
    ids: Vec<K>,
    many: Many<K, T>,
}

impl<K: Copy + Eq + Hash, T: Clone> Together<K, T> {
    /// Of these objects.
    pub(crate) fn new(ids: impl IntoIterator<Item = K>) -> Arc<Self> {
        Arc::new(Self {
            ids: ids.into_iter().collect(),
            many: Many::default(),
        })
    }

    /// What is of one of them, read by a statement for all.
    pub(crate) async fn of<'a, F>(
        &'a self,
        one: K,
        load: impl FnOnce(&'a [K]) -> F,
    ) -> Result<Vec<T>>
    where
        F: Future<Output = Result<Vec<(K, T)>>>,
    {
        self.many.of(one, || load(&self.ids)).await
    }
}

/// The same, for what is asked for in several ways, each of which is read by
/// itself.
#[derive(Debug)]
pub(crate) struct TogetherBy<W, K, T> {
    ids: Vec<K>,
    many: Mutex<HashMap<W, Arc<Many<K, T>>>>,
}

impl<W: Copy + Eq + Hash, K: Copy + Eq + Hash, T: Clone> TogetherBy<W, K, T> {
    /// Of these objects.
    pub(crate) fn new(ids: impl IntoIterator<Item = K>) -> Arc<Self> {
        Arc::new(Self {
            ids: ids.into_iter().collect(),
            many: Mutex::default(),
        })
    }

    /// Of what was read already for all of them, wanted so.
    pub(crate) fn known(wanted: W, found: impl IntoIterator<Item = (K, T)>) -> Arc<Self> {
        let many = Many::known(found);
        let ids = many.0.get().into_iter().flat_map(HashMap::keys);
        Arc::new(Self {
            ids: ids.copied().collect(),
            many: Mutex::new(HashMap::from([(wanted, Arc::new(many))])),
        })
    }

    /// What is of one of them, read by a statement for all that is wanted so.
    pub(crate) async fn of<'a, F>(
        &'a self,
        wanted: W,
        one: K,
        load: impl FnOnce(&'a [K]) -> F,
    ) -> Result<Vec<T>>
    where
        F: Future<Output = Result<Vec<(K, T)>>>,
    {
        let many = {
            let mut many = self.many.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(many.entry(wanted).or_default())
        };
        many.of(one, || load(&self.ids)).await
    }
}

/// The threads of one list, and what was read for them together.
#[derive(Debug)]
pub(crate) struct Batch {
    threads: Vec<(ThreadFacts, Voice)>,
    posts: Mutex<HashMap<Window, Arc<Many<ThreadId, Post>>>>,
    timelines: Mutex<HashMap<Window, Arc<Many<ThreadId, Entry>>>>,
    responses: Many<ThreadId, Response>,
    commitments: Many<ThreadId, Commitment>,
    letters: Many<ThreadId, Letter>,
    templates: Many<AgencyId, Template>,
    themes: Many<ThreadId, String>,
    groups: Many<ThreadId, String>,
    shortlisted: Many<ThreadId, ()>,
    flagged: Many<Subject, ()>,
    participants: Many<ThreadId, Arc<SeenParticipant>>,
    /// What keeps the caller from speaking in them.
    silent: Many<ThreadId, Problem>,
    /// What moderators did to their own texts.
    pub(crate) acts: Arc<Acts>,
    /// Why their own texts are held.
    pub(crate) holds: Arc<Holds>,
    /// Whose own texts were changed.
    edited: Vec<(ThreadId, Revised)>,
    revisions: Many<ThreadId, Revision>,
    /// The threads that these were merged into or split from.
    related: Vec<ThreadId>,
    others: Many<ThreadId, Thread>,
    opened: OnceCell<()>,
}

impl Batch {
    /// A batch whose openings are noted once a confidential text is read.
    pub(crate) fn listed(views: &[ThreadView]) -> Arc<Self> {
        Self::of(views, OnceCell::new())
    }

    /// A batch of a thread whose opening the forum noted when it read it.
    pub(crate) fn alone(view: &ThreadView) -> Arc<Self> {
        Self::of(std::slice::from_ref(view), OnceCell::new_with(Some(())))
    }

    /// The same, where only what policy decides on is known of it.
    pub(crate) fn noted(facts: ThreadFacts, voice: Voice) -> Arc<Self> {
        let opened = OnceCell::new_with(Some(()));
        Self::new(vec![(facts, voice)], Vec::new(), Vec::new(), opened)
    }

    fn of(views: &[ThreadView], opened: OnceCell<()>) -> Arc<Self> {
        let threads = views
            .iter()
            .map(|one| (one.facts.clone(), one.author.voice));
        let related = views
            .iter()
            .flat_map(|one| [one.merged_into, one.split_from]);
        let related = related.flatten().collect();
        let edited = views.iter().filter(|one| one.edited_at.is_some());
        let edited = edited.map(|one| (one.facts.id, revised(&one.author)));
        Self::new(threads.collect(), edited.collect(), related, opened)
    }

    fn new(
        threads: Vec<(ThreadFacts, Voice)>,
        edited: Vec<(ThreadId, Revised)>,
        related: Vec<ThreadId>,
        opened: OnceCell<()>,
    ) -> Arc<Self> {
        let acts = Together::new(threads.iter().map(|(facts, _)| Subject::Thread(facts.id)));
        let holds = held_among(threads.iter().map(|(facts, _)| {
            let held = facts.status == ModerationStatus::Held;
            (Subject::Thread(facts.id), held)
        }));
        Arc::new(Self {
            threads,
            acts,
            holds,
            posts: Mutex::default(),
            timelines: Mutex::default(),
            responses: Many::default(),
            commitments: Many::default(),
            letters: Many::default(),
            templates: Many::default(),
            themes: Many::default(),
            groups: Many::default(),
            shortlisted: Many::default(),
            flagged: Many::default(),
            participants: Many::default(),
            silent: Many::default(),
            edited,
            revisions: Many::default(),
            related,
            others: Many::default(),
            opened,
        })
    }

    fn ids(&self) -> Vec<ThreadId> {
        self.threads.iter().map(|(facts, _)| facts.id).collect()
    }

    /// Whether it is of one thread alone.
    pub(crate) fn is_single(&self) -> bool {
        self.threads.len() == 1
    }

    /// One thread's posts in a window, one more than its size.
    pub(crate) async fn posts(
        &self,
        caller: &Caller,
        thread: ThreadId,
        window: Window,
    ) -> Result<Vec<Post>> {
        let place = |place: crate::schema::page::Place| PostPlace {
            micros: place.micros,
            id: place.id,
        };
        let slice = slice(window, false, place);
        if self.is_single() || window.after.is_some() || window.before.is_some() {
            return read(
                caller,
                caller.forum.posts(&caller.viewer, thread, slice).await,
            );
        }
        let many = {
            let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(posts.entry(window).or_default())
        };
        let load = async || {
            let ids = self.ids();
            let all = caller
                .forum
                .posts_of_many(&caller.viewer, &ids, slice)
                .await;
            let of = |post: Post| (post.thread, post);
            Ok(read(caller, all)?.into_iter().map(of).collect())
        };
        many.of(thread, load).await
    }

    /// One concern's timeline in a window, one more than its size.
    pub(crate) async fn timeline(
        &self,
        caller: &Caller,
        thread: &ThreadFacts,
        window: Window,
    ) -> Result<Vec<Entry>> {
        let slice = slice(window, false, |place| place.id);
        if self.is_single() || window.after.is_some() || window.before.is_some() {
            let entries = caller
                .forum
                .timelines(&caller.viewer, &[thread], slice)
                .await;
            return read(caller, entries);
        }
        let many = {
            let mut all = self
                .timelines
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(window).or_default())
        };
        let load = async || {
            let threads: Vec<&ThreadFacts> = self.threads.iter().map(|(facts, _)| facts).collect();
            let all = caller
                .forum
                .timelines(&caller.viewer, &threads, slice)
                .await;
            let of = |entry: Entry| (entry.thread, entry);
            Ok(read(caller, all)?.into_iter().map(of).collect())
        };
        many.of(thread.id, load).await
    }

    /// One thread's responses.
    pub(crate) async fn responses(
        &self,
        caller: &Caller,
        thread: ThreadId,
    ) -> Result<Vec<Response>> {
        let load = async || {
            let all = read(caller, caller.forum.responses(&self.ids()).await)?;
            let of = |response: Response| (response.thread, response);
            Ok(all.into_iter().map(of).collect())
        };
        self.responses.of(thread, load).await
    }

    /// One concern's commitments.
    pub(crate) async fn commitments(
        &self,
        caller: &Caller,
        thread: ThreadId,
    ) -> Result<Vec<Commitment>> {
        let load = async || {
            let all = read(caller, caller.forum.commitments(&self.ids()).await)?;
            let facts = self.threads.iter().map(|(facts, _)| facts.clone());
            let all = Commitment::together(all, facts.collect());
            Ok(all.into_iter().map(|one| (one.thread_id(), one)).collect())
        };
        self.commitments.of(thread, load).await
    }

    /// The letters about one concern.
    pub(crate) async fn letters(&self, caller: &Caller, thread: ThreadId) -> Result<Vec<Letter>> {
        let load = async || {
            let all = read(caller, caller.forum.letters(&self.ids()).await)?;
            let of = |one: forum::views::letter::Letter| (one.thread, Letter::from(one));
            Ok(all.into_iter().map(of).collect())
        };
        self.letters.of(thread, load).await
    }

    /// The templates of an agency's: the viewer's own, the same for all of the
    /// list that is before it.
    pub(crate) async fn templates(
        &self,
        caller: &Caller,
        agency: AgencyId,
    ) -> Result<Vec<Template>> {
        let load = async || {
            let all = read(caller, caller.forum.templates(&caller.viewer, agency).await)?;
            Ok(all.into_iter().map(|one| (one.agency, one)).collect())
        };
        self.templates.of(agency, load).await
    }

    /// The codes of one thread's themes.
    pub(crate) async fn themes(&self, caller: &Caller, thread: ThreadId) -> Result<Vec<String>> {
        let load = async || read(caller, caller.forum.themes_of(&self.ids()).await);
        self.themes.of(thread, load).await
    }

    /// The codes of the groups one thread affects, as far as they are shown.
    pub(crate) async fn groups(&self, caller: &Caller, thread: ThreadId) -> Result<Vec<String>> {
        let load = async || {
            let shown = caller.forum.groups_shown(&caller.viewer, &self.threads);
            read(caller, shown.await)
        };
        self.groups.of(thread, load).await
    }

    /// Whether one thread is on the caller's shortlist.
    pub(crate) async fn shortlisted(&self, caller: &Caller, thread: ThreadId) -> Result<bool> {
        let load = async || {
            let all = caller.forum.shortlisted(&caller.viewer, &self.ids()).await;
            Ok(read(caller, all)?.into_iter().map(|id| (id, ())).collect())
        };
        Ok(!self.shortlisted.of(thread, load).await?.is_empty())
    }

    /// Whether the caller flagged the text of one thread.
    pub(crate) async fn flagged(&self, caller: &Caller, thread: ThreadId) -> Result<bool> {
        let load = async || {
            let all = self.ids().into_iter().map(Subject::Thread);
            flagged_among(caller, &all.collect::<Vec<_>>()).await
        };
        let flagged = self.flagged.of(Subject::Thread(thread), load);
        Ok(!flagged.await?.is_empty())
    }

    /// Who takes part in one thread by name, for a viewer who may know it.
    pub(crate) async fn participants(
        &self,
        caller: &Caller,
        thread: ThreadId,
    ) -> Result<Vec<Arc<SeenParticipant>>> {
        let load = async || {
            let threads: Vec<&ThreadFacts> = self.threads.iter().map(|(facts, _)| facts).collect();
            let all = caller.forum.participants(&caller.viewer, &threads).await;
            let all = read(caller, all)?.into_iter();
            Ok(all.map(|one| (one.thread, Arc::new(one))).collect())
        };
        self.participants.of(thread, load).await
    }

    /// Why the caller may not speak in one thread now; nothing where he may.
    pub(crate) async fn kept_from_speaking(
        &self,
        caller: &Caller,
        thread: ThreadId,
    ) -> Result<Vec<Problem>> {
        let load = async || {
            let threads: Vec<&ThreadFacts> = self.threads.iter().map(|(facts, _)| facts).collect();
            let kept = caller.forum.kept_from_speaking(&caller.viewer, &threads);
            read(caller, kept.await)
        };
        self.silent.of(thread, load).await
    }

    /// What one thread's own text was before, as far as the viewer is shown it.
    pub(crate) async fn revisions(
        &self,
        caller: &Caller,
        thread: ThreadId,
    ) -> Result<Vec<Revision>> {
        let load = async || {
            let texts: Vec<Edited<'_>> = self.edited().collect();
            let all = caller.forum.revisions(&caller.viewer, &texts).await;
            let all = read(caller, all)?.into_iter();
            Ok(all
                .map(|(text, one)| (text.thread.id, one.into()))
                .collect())
        };
        self.revisions.of(thread, load).await
    }

    /// The threads' own texts that were changed.
    fn edited(&self) -> impl Iterator<Item = Edited<'_>> {
        self.edited.iter().filter_map(move |(id, revised)| {
            let mut threads = self.threads.iter();
            let (thread, _) = threads.find(|(facts, _)| facts.id == *id)?;
            Some(Edited {
                thread,
                post: None,
                revised: *revised,
            })
        })
    }

    /// A thread that one of these was merged into or split from, if the viewer
    /// sees it.
    pub(crate) async fn other(&self, caller: &Caller, id: ThreadId) -> Result<Option<Thread>> {
        let load = async || {
            let found = caller.forum.threads_by_id(&caller.viewer, &self.related);
            let found = read(caller, found.await)?.into_iter().flatten().collect();
            let found = Thread::listed(found).into_iter();
            Ok(found.map(|one| (one.view.facts.id, one)).collect())
        };
        let found = self.others.of(id, load).await?;
        Ok(found.into_iter().next())
    }

    /// Notes in the access ledger that the texts of the list's confidential
    /// threads were opened.
    pub(crate) async fn opened(&self, caller: &Caller) -> Result<()> {
        self.opened
            .get_or_try_init(async || {
                let facts: Vec<&ThreadFacts> =
                    self.threads.iter().map(|(facts, _)| facts).collect();
                let noted = caller
                    .forum
                    .note_openings(&caller.viewer, &facts, Opened::Thread)
                    .await;
                read(caller, noted)
            })
            .await
            .copied()
    }
}

/// Those of these that the caller flagged.
pub(crate) async fn flagged_among(
    caller: &Caller,
    subjects: &[Subject],
) -> Result<Vec<(Subject, ())>> {
    let all = caller.forum.flagged(&caller.viewer, subjects).await;
    Ok(read(caller, all)?
        .into_iter()
        .map(|one| (one, ()))
        .collect())
}

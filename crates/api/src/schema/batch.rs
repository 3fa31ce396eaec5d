//! What is read once for all threads of a list, whatever their number.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::ThreadId;
use domain::people::Voice;
use domain::policy::ThreadFacts;
use domain::thread::Opened;
use forum::views::answer::Response;
use forum::views::post::{Post, PostPlace};
use tokio::sync::OnceCell;

use crate::schema::caller::{Caller, read};
use crate::schema::page::{Window, slice};

type Many<T> = HashMap<ThreadId, Vec<T>>;
type Result<T> = async_graphql::Result<T>;

/// The threads of one list, and what was read for them together.
///
/// The first resolver that asks for something reads it for every thread of
/// the list, in one statement; the others wait for it and take their own.
#[derive(Debug)]
pub(crate) struct Batch {
    threads: Vec<(ThreadFacts, Voice)>,
    posts: Mutex<HashMap<Window, Arc<OnceCell<Many<Post>>>>>,
    responses: OnceCell<Many<Response>>,
    themes: OnceCell<Many<String>>,
    groups: OnceCell<Many<String>>,
    opened: OnceCell<()>,
}

impl Batch {
    /// A batch whose openings are noted once a confidential text is read.
    pub(crate) fn listed(threads: Vec<(ThreadFacts, Voice)>) -> Arc<Self> {
        Self::new(threads, OnceCell::new())
    }

    /// A batch whose openings the forum noted when it read the threads.
    pub(crate) fn noted(threads: Vec<(ThreadFacts, Voice)>) -> Arc<Self> {
        Self::new(threads, OnceCell::new_with(Some(())))
    }

    fn new(threads: Vec<(ThreadFacts, Voice)>, opened: OnceCell<()>) -> Arc<Self> {
        Arc::new(Self {
            threads,
            posts: Mutex::default(),
            responses: OnceCell::new(),
            themes: OnceCell::new(),
            groups: OnceCell::new(),
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
        let cell = {
            let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(posts.entry(window).or_default())
        };
        let many = cell
            .get_or_try_init(async || {
                let ids = self.ids();
                let all = caller
                    .forum
                    .posts_of_many(&caller.viewer, &ids, slice)
                    .await;
                Ok::<_, async_graphql::Error>(by_thread(read(caller, all)?, |post| post.thread))
            })
            .await?;
        Ok(many.get(&thread).cloned().unwrap_or_default())
    }

    /// One thread's responses.
    pub(crate) async fn responses(
        &self,
        caller: &Caller,
        thread: ThreadId,
    ) -> Result<Vec<Response>> {
        let many = self
            .responses
            .get_or_try_init(async || {
                let all = read(caller, caller.forum.responses(&self.ids()).await)?;
                Ok::<_, async_graphql::Error>(by_thread(all, |response| response.thread))
            })
            .await?;
        Ok(many.get(&thread).cloned().unwrap_or_default())
    }

    /// The codes of one thread's themes.
    pub(crate) async fn themes(&self, caller: &Caller, thread: ThreadId) -> Result<Vec<String>> {
        let many = self
            .themes
            .get_or_try_init(async || {
                let all = read(caller, caller.forum.themes_of(&self.ids()).await)?;
                Ok::<_, async_graphql::Error>(pairs(all))
            })
            .await?;
        Ok(many.get(&thread).cloned().unwrap_or_default())
    }

    /// The codes of the groups one thread affects, as far as they are shown.
    pub(crate) async fn groups(&self, caller: &Caller, thread: ThreadId) -> Result<Vec<String>> {
        let many = self
            .groups
            .get_or_try_init(async || {
                let all = caller
                    .forum
                    .groups_shown(&caller.viewer, &self.threads)
                    .await;
                Ok::<_, async_graphql::Error>(pairs(read(caller, all)?))
            })
            .await?;
        Ok(many.get(&thread).cloned().unwrap_or_default())
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

fn by_thread<T>(all: Vec<T>, thread: impl Fn(&T) -> ThreadId) -> Many<T> {
    let mut many: Many<T> = HashMap::new();
    for one in all {
        many.entry(thread(&one)).or_default().push(one);
    }
    many
}

fn pairs(all: Vec<(ThreadId, String)>) -> Many<String> {
    let mut many: Many<String> = HashMap::new();
    for (thread, code) in all {
        many.entry(thread).or_default().push(code);
    }
    many
}

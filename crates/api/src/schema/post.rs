//! Posts.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::id::ThreadId;
use domain::moderation::Subject;
use domain::policy::{Action, ThreadFacts, decide};
use door::directive::{On, cost, depends, list_size, names};
use door::fault::Fault;
use forum::moderation::version_of;
use forum::post::PostWithin;
use forum::views::post as view;

use crate::schema::author::Author;
use crate::schema::batch::{Together, flagged_among};
use crate::schema::caller::{Caller, caller, read, reasons};
use crate::schema::connection::connection;
use crate::schema::enums::{Language, ModerationStatus, Reuse};
use crate::schema::global_id::{Kind, encode};
use crate::schema::hold::{Hold, Holds, held_among, hold_of};
use crate::schema::modlog::{Acts, ModlogEntry, acts_on};
use crate::schema::page::{List, Page, Place, Window, seal};
use crate::schema::revision::{Revision, Revisions, changed_among, revisions_of};
use crate::schema::thread::Thread;
use crate::schema::user_error::UserError;

/// One contribution in a thread.
#[derive(Debug, Clone)]
pub struct Post {
    view: view::Post,
    /// What policy decides by of the thread that it stands in.
    within: Arc<ThreadFacts>,
    /// What moderators did to it, and to those that are read with it; `None`
    /// among the posts of several threads.
    acts: Option<Arc<Acts>>,
    /// The same of why they are held.
    holds: Option<Arc<Holds>>,
    /// The same of which the viewer flagged.
    flagged: Option<Arc<Together<Subject, ()>>>,
    /// The same of what they were before; `None` also where none was changed.
    revisions: Option<Arc<Revisions>>,
}

impl Post {
    /// A post that was read by itself.
    pub(crate) fn alone((view, within): PostWithin) -> Self {
        let acts = Some(Together::new([Subject::Post(view.facts.id)]));
        let holds = Some(held_among([held(&view)]));
        let flagged = Some(Together::new([Subject::Post(view.facts.id)]));
        let revisions = changed_among([&view]);
        Self {
            view,
            within,
            acts,
            holds,
            flagged,
            revisions,
        }
    }

    /// To change its text.
    fn edit(&self) -> Action<'_> {
        Action::EditPost(&self.within, &self.view.facts)
    }

    /// To say that something is wrong with it.
    fn flag(&self) -> Action<'_> {
        Action::Flag(&self.within, Some(&self.view.facts))
    }
}

/// A post, and whether it is held.
fn held(view: &view::Post) -> (Subject, bool) {
    let held = view.facts.status == domain::thread::ModerationStatus::Held;
    (Subject::Post(view.facts.id), held)
}

/// One contribution in a thread.
#[Object(serial)]
impl Post {
    /// The id of this post.
    #[graphql(directive = depends::apply(On::Thread))]
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Post, self.view.facts.id)
    }

    /// The text, in markdown.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn body(&self) -> &str {
        &self.view.body
    }

    /// The text as sanitized HTML; every block finds its own direction.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(2))]
    async fn body_html(&self) -> String {
        forum::markdown::to_html(&self.view.body)
    }

    /// The language of the text.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn language(&self) -> Language {
        self.view.language.into()
    }

    /// Who wrote it.
    #[graphql(directive = depends::apply(On::Directory))]
    async fn author(&self) -> Author {
        Author(self.view.author.clone())
    }

    /// How moderation stands on it.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn status(&self) -> ModerationStatus {
        self.view.facts.status.into()
    }

    /// Which text it is: the same text is the same version. A moderator names the
    /// one that he judged.
    #[graphql(directive = depends::apply(On::Thread), directive = cost::apply(1))]
    async fn version(&self) -> String {
        version_of(None, &self.view.body)
    }

    /// What moderators did to it and why, the newest first, at most 50: for its
    /// author and for moderators, of one thread at a time. The author may `appeal`
    /// against an entry.
    #[graphql(
        directive = list_size::apply(5, names(&[]), names(&[])),
        directive = cost::apply(5)
    )]
    async fn moderation(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ModlogEntry>> {
        let Some(acts) = &self.acts else {
            let why = "Ask what was done to posts one thread at a time.";
            return Err(Fault::BadUserInput.because(why));
        };
        acts_on(caller(ctx), acts, Subject::Post(self.view.facts.id)).await
    }

    /// Why it is held and by when moderators look at it: for its author and for
    /// moderators, of one thread at a time. Null where it is not held.
    #[graphql(directive = cost::apply(5))]
    async fn hold(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Hold>> {
        let Some(holds) = &self.holds else {
            let why = "Ask why posts are held one thread at a time.";
            return Err(Fault::BadUserInput.because(why));
        };
        hold_of(caller(ctx), holds, Subject::Post(self.view.facts.id)).await
    }

    /// What may be done with the text in findings and reports.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn reuse(&self) -> Reuse {
        self.view.reuse.into()
    }

    /// When it was written.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn created_at(&self) -> DateTime<Utc> {
        self.view.created_at
    }

    /// When its text was last changed.
    #[graphql(directive = depends::apply(On::Thread))]
    async fn edited_at(&self) -> Option<DateTime<Utc>> {
        self.view.edited_at
    }

    /// The texts that it was before its author changed it, the newest first, at most
    /// 50, and 200 of a page: for its author, for whoever may moderate it, and where it
    /// was written for an office for whoever began the thread; empty for whoever else
    /// asks. Of one thread at a time. Nothing of what was struck out is in them.
    #[graphql(
        directive = list_size::apply(10, names(&[]), names(&[])),
        directive = cost::apply(1)
    )]
    async fn revisions(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Revision>> {
        if self.acts.is_none() {
            let why = "Ask what posts were before one thread at a time.";
            return Err(Fault::BadUserInput.because(why));
        }
        let Some(revisions) = &self.revisions else {
            return Ok(Vec::new());
        };
        revisions_of(caller(ctx), revisions, &self.within, &self.view).await
    }

    /// The thread it stands in.
    #[graphql(directive = cost::apply(5))]
    async fn thread(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thread>> {
        let caller = caller(ctx);
        let thread = read(
            caller,
            caller.forum.thread(&caller.viewer, self.view.thread).await,
        )?;
        Ok(thread.map(|thread| Thread::alone(caller, thread)))
    }

    /// Whether the viewer may change the text.
    async fn viewer_can_edit(&self, ctx: &Context<'_>) -> bool {
        decide(&caller(ctx).viewer.actor, &self.edit()).is_ok()
    }

    /// Why the viewer may not change the text: what `editPost` would answer, whatever
    /// it says. Empty where he may.
    #[graphql(directive = list_size::apply(1, names(&[]), names(&[])))]
    async fn viewer_cannot_edit_reasons(&self, ctx: &Context<'_>) -> Vec<UserError> {
        reasons(caller(ctx), &self.edit())
    }

    /// Whether the viewer flagged it; nobody else is told, and no app. Of one thread at
    /// a time.
    #[graphql(directive = cost::apply(1))]
    async fn viewer_has_flagged(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let Some(flagged) = &self.flagged else {
            let why = "Ask what the viewer flagged one thread at a time.";
            return Err(Fault::BadUserInput.because(why));
        };
        let caller = caller(ctx);
        let own = Subject::Post(self.view.facts.id);
        let found = flagged.of(own, |all| flagged_among(caller, all)).await?;
        Ok(!found.is_empty())
    }

    /// Whether the viewer may flag it, if he did not yet: see `viewerHasFlagged`.
    async fn viewer_can_flag(&self, ctx: &Context<'_>) -> bool {
        decide(&caller(ctx).viewer.actor, &self.flag()).is_ok()
    }

    /// Why the viewer may not flag it: what `flag` would answer. Empty where he may;
    /// that he flagged it already, or flags too often, it tells only then.
    #[graphql(directive = list_size::apply(1, names(&[]), names(&[])))]
    async fn viewer_cannot_flag_reasons(&self, ctx: &Context<'_>) -> Vec<UserError> {
        reasons(caller(ctx), &self.flag())
    }
}

/// What a thread's posts are counted by.
#[derive(Debug, Clone, Copy)]
pub struct PostTotal(pub ThreadId);

impl PostTotal {
    async fn count(&self, caller: &Caller) -> async_graphql::Result<i64> {
        read(
            caller,
            caller.forum.post_count(&caller.viewer, self.0).await,
        )
    }
}

impl PostConnection {
    /// A page of a thread's posts, of one more row than it shows.
    pub(crate) fn page(
        rows: Vec<view::Post>,
        window: Window,
        thread: &ThreadFacts,
        is_only_thread: bool,
    ) -> Self {
        let within = Arc::new(thread.clone());
        let subjects = || rows.iter().map(|post| Subject::Post(post.facts.id));
        let acts = is_only_thread.then(|| Together::new(subjects()));
        let flagged = is_only_thread.then(|| Together::new(subjects()));
        let holds = is_only_thread.then(|| held_among(rows.iter().map(held)));
        let revisions = is_only_thread.then(|| changed_among(&rows)).flatten();
        let cut = Page::cut(rows, window, |post| {
            let place = Place {
                micros: post.created_at.timestamp_micros(),
                id: post.facts.id.into(),
            };
            seal(List::Posts, place)
        });
        let items = cut.items.into_iter().map(|(at, post)| {
            let post = Post {
                view: post,
                within: Arc::clone(&within),
                acts: acts.clone(),
                holds: holds.clone(),
                flagged: flagged.clone(),
                revisions: revisions.clone(),
            };
            (at, post)
        });
        Self::new(items.collect(), cut.info, PostTotal(thread.id))
    }
}

connection! {
    /// Posts of a thread.
    PostConnection, PostEdge, Post, PostTotal
}

//! Speaking in a thread.

use domain::event::EventKind;
use domain::id::{PostId, ThreadId};
use domain::people::Language;
use domain::policy::{self, Action, PostFacts, ThreadFacts};
use domain::text::PostBody;
use domain::thread::{ModerationStatus, Reuse};
use storage::post::{NewPost, Post, PostPlace};
use storage::thread::{Counted, Slice};

use crate::error::Problems;
use crate::once::{Once, Written, claimed, reused};
use crate::thread::tell;
use crate::{Error, Forum, Problem, Viewer};

/// What is said in a thread, as it was typed.
#[derive(Debug, Clone)]
pub struct AddPost {
    /// The thread.
    pub thread: ThreadId,
    /// The text, in markdown.
    pub body: String,
    /// Its language.
    pub language: Option<Language>,
    /// What may be done with the text.
    pub reuse: Option<Reuse>,
}

/// A new text for a post.
#[derive(Debug, Clone)]
pub struct EditPost {
    /// The post.
    pub post: PostId,
    /// The text.
    pub body: String,
}

impl Forum {
    /// The posts of a thread that the viewer sees.
    pub async fn posts(
        &self,
        viewer: &Viewer,
        thread: ThreadId,
        slice: Slice<PostPlace>,
    ) -> Result<Vec<Post>, Error> {
        let scope = policy::post_scope(&viewer.actor);
        let posts = self.store.read().posts(thread, &scope, slice).await?;
        self.note_held_posts(viewer, &posts).await?;
        Ok(posts)
    }

    /// The first or last posts of each of several threads that the viewer
    /// sees. One statement whatever their number.
    pub async fn posts_of_many(
        &self,
        viewer: &Viewer,
        threads: &[ThreadId],
        slice: Slice<PostPlace>,
    ) -> Result<Vec<Post>, Error> {
        let scope = policy::post_scope(&viewer.actor);
        let read = self.store.read();
        let posts = read.posts_of_many(threads, &scope, slice).await?;
        self.note_held_posts(viewer, &posts).await?;
        Ok(posts)
    }

    /// How many posts of a thread that the viewer sees he may read.
    pub async fn post_count(&self, viewer: &Viewer, thread: ThreadId) -> Result<i64, Error> {
        let scope = policy::post_scope(&viewer.actor);
        Ok(self.store.read().post_count(thread, &scope).await?)
    }

    /// One post; `None` if there is none that the viewer may see. As many
    /// statements for a hidden post as for none: the thread is asked for in
    /// any case.
    pub async fn post(&self, viewer: &Viewer, id: PostId) -> Result<Option<Post>, Error> {
        let conn = self.store.read();
        let post = conn.post(id).await?;
        let thread = post
            .as_ref()
            .map_or(ThreadId(id.into()), |post| post.thread);
        let facts = conn.thread_facts(&viewer.actor, thread).await?;
        let seen = post.zip(facts).filter(|(post, facts)| {
            let action = Action::ViewPost(facts, &post.facts);
            policy::decide(&viewer.actor, &action).is_ok()
        });
        let seen: Option<Post> = seen.map(|(post, _)| post);
        self.note_held_posts(viewer, seen.as_slice()).await?;
        Ok(seen)
    }

    /// Speaks in a thread.
    pub async fn add_post(
        &self,
        viewer: &Viewer,
        input: AddPost,
        once: &Once,
    ) -> Result<Written<Post>, Error> {
        let mut problems = Problems::default();
        let body = problems.take("body", PostBody::parse(&input.body));
        problems.none()?;
        let screened = once.screen([("body", input.body.as_str())]);
        let Some(body) = body.map(PostBody::into_string) else {
            return Err(Error::Internal("a text neither accepted nor refused"));
        };
        let Some(author) = &viewer.author else {
            return Err(Error::whole(crate::Problem::Denied(
                policy::Denial::SignInRequired,
            )));
        };
        let id: PostId = self.new_id();
        let claim = self.claim(viewer, "addPost", once, id.into())?;
        let now = self.now();
        let mut new = NewPost {
            id,
            thread: input.thread,
            persona: author.persona,
            body,
            language: input.language.or(viewer.language).unwrap_or(Language::En),
            status: ModerationStatus::Visible,
            reuse: Reuse::CountOnly,
        };
        let names = [author.persona.0, input.thread.0];
        let written = self
            .store
            .write_together(names, now, async |tx| {
                let counted = tx
                    .count_post(&viewer.actor, input.thread, claim.as_ref())
                    .await?;
                let facts: ThreadFacts = match counted {
                    Counted::Post(facts) => facts,
                    Counted::NoThread => return Err(Error::not_found()),
                    Counted::Done(before) => return Ok(Written::Before(before)),
                    Counted::Reused => return Err(reused()),
                };
                policy::decide(&viewer.actor, &Action::AddPost(&facts))?;
                if policy::is_paced(&viewer.actor, &facts)
                    && let Some((at, pace)) =
                        tx.spoke_lately(facts.id, &viewer.actor.personas).await?
                {
                    let seconds = pace - (tx.now() - at).num_seconds();
                    return Err(Error::whole(Problem::TooSoon { seconds }));
                }
                screened.pass()?;
                let reuse = input.reuse.unwrap_or(Reuse::default_for(facts.audience));
                tx.insert_post(&NewPost {
                    reuse,
                    ..new.clone()
                })
                .await?;
                tell(&tx, &facts, EventKind::PostAdded, Some(id.into()));
                Ok::<_, Error>(Written::Now(reuse))
            })
            .await?;
        Ok(match written {
            Written::Before(before) => Written::Before(before),
            Written::Now(reuse) => {
                new.reuse = reuse;
                Written::Now(Post {
                    facts: PostFacts {
                        id,
                        author: new.persona,
                        status: new.status,
                    },
                    thread: new.thread,
                    body: new.body,
                    language: new.language,
                    status_reason: None,
                    reuse,
                    created_at: now,
                    edited_at: None,
                    author: author.clone(),
                })
            }
        })
    }

    /// Replaces the text of a post; what was there stays as a revision.
    pub async fn edit_post(
        &self,
        viewer: &Viewer,
        input: &EditPost,
        once: &Once,
    ) -> Result<Written<PostId>, Error> {
        let mut problems = Problems::default();
        let body = problems.take("body", PostBody::parse(&input.body));
        problems.none()?;
        let screened = once.screen([("body", input.body.as_str())]);
        let id = input.post;
        let claim = self.claim(viewer, "editPost", once, id.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let post = tx.post(id).await?;
                let thread = post
                    .as_ref()
                    .map_or(ThreadId(id.into()), |post| post.thread);
                let facts = tx.thread_facts(&viewer.actor, thread).await?;
                let (post, facts) = post.zip(facts).ok_or_else(Error::not_found)?;
                policy::decide(&viewer.actor, &Action::EditPost(&facts, &post.facts))?;
                screened.pass()?;
                if let Some(body) = &body {
                    tx.replace_post_body(&post, body.as_str()).await?;
                }
                tell(&tx, &facts, EventKind::PostEdited, Some(id.into()));
                Ok::<_, Error>(Written::Now(id))
            })
            .await
    }
}

//! Speaking in a thread.

use std::sync::Arc;

use domain::event::EventKind;
use domain::id::{PostId, ReviewableId, ThreadId};
use domain::moderation::{Fingerprint, ReviewStep, Subject, Tenure, Wording};
use domain::people::Language;
use domain::policy::{self, Action, PostFacts, ThreadFacts};
use domain::text::PostBody;
use domain::thread::{ModerationStatus, Reuse};
use storage::Tx;
use storage::idempotency::Claim;
use storage::post::{NewPost, Post, PostPlace};
use storage::posting::Sought;
use storage::thread::{Counted, Slice};
use uuid::Uuid;

use crate::error::Problems;
use crate::moderation::{Compared, Drawn, Unread, sought};
use crate::once::{Once, Written, claimed, reused};
use crate::posting::Said;
use crate::screen::Screened;
use crate::thread::{Happened, tell};
use crate::{Error, Forum, Problem, Viewer};

/// A post, and what policy decides by of the thread that it stands in.
pub type PostWithin = (Post, Arc<ThreadFacts>);

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

/// A post on its way into a thread.
#[derive(Debug, Clone, Copy)]
struct Draft<'a> {
    new: &'a NewPost,
    reuse: Option<Reuse>,
    claim: Option<&'a Claim>,
    screened: &'a Screened,
    said: Said<'a>,
    /// What is looked for in other threads.
    sought: Option<Sought<'a>>,
}

/// What came of it.
struct Spoken {
    within: ThreadFacts,
    reuse: Reuse,
    status: ModerationStatus,
}

impl Draft<'_> {
    /// The facts of the thread, where the viewer may say this in it, and in how many
    /// others it stands; or the post that was written under the same key before.
    fn allowed(
        &self,
        viewer: &Viewer,
        counted: Counted,
    ) -> Result<Result<(ThreadFacts, i64), Uuid>, Error> {
        let (facts, elsewhere) = match counted {
            Counted::Post(facts, elsewhere) => (facts, elsewhere),
            Counted::NoThread => return Err(Error::not_found()),
            Counted::Done(before) => return Ok(Err(before)),
            Counted::Reused => return Err(reused()),
        };
        policy::decide(&viewer.actor, &Action::AddPost(&facts))?;
        self.screened.pass()?;
        Ok(Ok((facts, elsewhere)))
    }

    fn reuse_in(&self, facts: &ThreadFacts) -> Reuse {
        self.reuse.unwrap_or(Reuse::default_for(facts.audience))
    }
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
    /// any case. Whoever is given it reads of its thread what stands in it, so it is
    /// noted as the thread's opening is.
    pub async fn post(&self, viewer: &Viewer, id: PostId) -> Result<Option<PostWithin>, Error> {
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
        let Some((post, facts)) = seen else {
            return Ok(None);
        };
        self.note_post(viewer, &facts, &post).await?;
        Ok(Some((post, Arc::new(facts))))
    }

    /// As [`Self::post`], of the post that an event is about, which is read once for
    /// all who are told of it: `None` if it is in another thread by now.
    pub async fn post_in(
        &self,
        viewer: &Viewer,
        happened: &Happened,
        id: PostId,
    ) -> Result<Option<PostWithin>, Error> {
        let load = async || self.store.read().post(id).await;
        let post = happened.post.get_or_try_init(load).await?;
        let thread = &happened.thread;
        let seen = post.clone().filter(|post| {
            let action = Action::ViewPost(thread, &post.facts);
            post.facts.id == id
                && post.thread == thread.id
                && policy::decide(&viewer.actor, &action).is_ok()
        });
        if let Some(post) = &seen {
            self.note_post(viewer, thread, post).await?;
        }
        Ok(seen.map(|post| (post, Arc::clone(thread))))
    }

    /// Why the viewer may not speak now in those of these threads in which he may not:
    /// what [`Self::add_post`] would answer, whatever he says. What somebody new wrote
    /// so far is counted only there. One statement where he might have to wait, and
    /// none elsewhere.
    pub async fn kept_from_speaking(
        &self,
        viewer: &Viewer,
        threads: &[&ThreadFacts],
    ) -> Result<Vec<(ThreadId, Problem)>, Error> {
        let (mut kept, mut free) = (Vec::new(), Vec::new());
        for thread in threads {
            match policy::decide(&viewer.actor, &Action::AddPost(thread)) {
                Ok(()) => free.push(*thread),
                Err(refusal) => kept.push((thread.id, refusal.into())),
            }
        }
        let slow = free.iter().filter(|one| policy::is_paced(viewer, one));
        let slow: Vec<ThreadId> = slow.map(|thread| thread.id).collect();
        let waits = if slow.is_empty() {
            Vec::new()
        } else {
            let read = self.store.read();
            read.waits(&slow, &viewer.personas, self.now()).await?
        };
        let paced = self.within_pace(viewer).err();
        kept.extend(free.into_iter().filter_map(|thread| {
            let wait = waits.iter().find(|(id, _)| *id == thread.id);
            let wait = wait.map(|(_, seconds)| Problem::TooSoon { seconds: *seconds });
            Some((thread.id, wait.or_else(|| paced.clone())?))
        }));
        Ok(kept)
    }

    /// Speaks in a thread.
    pub async fn add_post(
        &self,
        viewer: &Viewer,
        input: AddPost,
        once: &Once,
    ) -> Result<Written<PostWithin>, Error> {
        let mut problems = Problems::default();
        let body = problems.take("body", PostBody::parse(&input.body));
        problems.none()?;
        let screened = once.screen([("body", input.body.as_str())]);
        let Some(body) = body.map(PostBody::into_string) else {
            return Err(Error::Internal("a text neither accepted nor refused"));
        };
        let Some(author) = &viewer.author else {
            policy::speaker(&viewer.actor)?;
            return Err(Error::Internal("a speaker without an author"));
        };
        let id: PostId = self.new_id();
        let claim = self.claim(viewer, "addPost", once, id.into())?;
        let now = self.now();
        let mut new = NewPost {
            id,
            thread: input.thread,
            persona: author.persona,
            said: Wording::of(&body),
            body,
            language: input.language.or(viewer.language).unwrap_or(Language::En),
            status: ModerationStatus::Visible,
            reuse: Reuse::CountOnly,
            fingerprint: None,
        };
        let draft = Draft {
            new: &new,
            reuse: input.reuse,
            claim: claim.as_ref(),
            screened: &screened,
            said: Said::of("body", &new.body),
            sought: new.said.map(|said| sought(viewer, said, now)),
        };
        let drawn = self.draw_unread();
        let written = if viewer.established {
            let names = [author.persona.0, input.thread.0];
            self.store
                .write_together(names, now, async |tx| {
                    self.speak(&tx, viewer, &draft, &drawn).await
                })
                .await?
        } else {
            self.store
                .write(now, async |tx| {
                    self.speak_new(&tx, viewer, &draft, &drawn).await
                })
                .await?
        };
        Ok(match written {
            Written::Before(before) => Written::Before(before),
            Written::Now(spoken) => {
                self.count_established(viewer);
                (new.reuse, new.status) = (spoken.reuse, spoken.status);
                let post = Post {
                    facts: PostFacts {
                        id,
                        author: new.persona,
                        status: new.status,
                    },
                    thread: new.thread,
                    body: new.body,
                    language: new.language,
                    status_reason: None,
                    reuse: new.reuse,
                    created_at: now,
                    edited_at: None,
                    author: author.clone(),
                };
                Written::Now((post, Arc::new(spoken.within)))
            }
        })
    }

    /// Writes what an established member says.
    async fn speak(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        draft: &Draft<'_>,
        drawn: &Unread,
    ) -> Result<Written<Spoken>, Error> {
        let Draft {
            new, claim, sought, ..
        } = *draft;
        let counted = tx
            .count_post(&viewer.actor, new.thread, claim, sought.as_ref())
            .await?;
        let (facts, elsewhere) = match draft.allowed(viewer, counted)? {
            Ok(allowed) => allowed,
            Err(before) => return Ok(Written::Before(before)),
        };
        at_pace(tx, viewer, &facts).await?;
        self.judge_established(viewer, &draft.said)?;
        let reuse = draft.reuse_in(&facts);
        let compared = policy::waits_unread(&facts, new.persona);
        let post = NewPost {
            reuse,
            said: new.said.filter(|_| compared),
            ..new.clone()
        };
        tx.insert_post(&post).await?;
        tell(tx, &facts, EventKind::PostAdded, Some(new.id.into()));
        if compared && self.is_repeated(tx, sought.as_ref(), elsewhere).await? {
            self.put_unread(tx, viewer, &post, ReviewStep::Repeated, drawn)
                .await?;
        }
        Ok(Written::Now(Spoken {
            within: facts,
            reuse,
            status: new.status,
        }))
    }

    /// Writes what somebody else says: it may have to wait for a moderator, and
    /// then nobody else hears of it.
    async fn speak_new(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        draft: &Draft<'_>,
        drawn: &Unread,
    ) -> Result<Written<Spoken>, Error> {
        let Draft {
            new, claim, sought, ..
        } = *draft;
        let counted = tx.expect_post(&viewer.actor, new.thread, claim).await?;
        let (facts, _) = match draft.allowed(viewer, counted)? {
            Ok(allowed) => allowed,
            Err(before) => return Ok(Written::Before(before)),
        };
        at_pace(tx, viewer, &facts).await?;
        let judged = self.judge(tx, viewer, &draft.said).await?;
        let compared = policy::waits_unread(&facts, new.persona);
        let fingerprint = Fingerprint::of(&new.body);
        let waits = if compared {
            let text = Compared {
                object: new.id.into(),
                audience: facts.audience,
                says: fingerprint,
                said: None,
            };
            self.waits_for(tx, viewer, judged, text).await?
        } else {
            None
        };
        let newcomer = compared && judged.tenure == Tenure::Newcomer;
        let reuse = draft.reuse_in(&facts);
        let post = NewPost {
            reuse,
            status: waits.map_or(new.status, |_| ModerationStatus::Held),
            fingerprint: newcomer.then_some(fingerprint),
            said: new.said.filter(|_| compared),
            ..new.clone()
        };
        tx.insert_post(&post).await?;
        if waits.is_none() {
            tx.count_shown(post.thread).await?;
            tell(tx, &facts, EventKind::PostAdded, Some(post.id.into()));
        }
        // Looked for with the account locked: what it says elsewhere at once counts.
        let repeated = match sought.as_ref().filter(|_| compared && waits.is_none()) {
            Some(sought) => {
                let elsewhere = tx.elsewhere(sought, facts.id, facts.audience).await?;
                self.is_repeated(tx, Some(sought), elsewhere).await?
            }
            None => false,
        };
        if let Some(cause) = waits.or(repeated.then_some(ReviewStep::Repeated)) {
            self.put_unread(tx, viewer, &post, cause, drawn).await?;
        }
        if newcomer {
            self.look_for_burst(tx, viewer, &facts, drawn).await?;
        }
        Ok(Written::Now(Spoken {
            within: facts,
            reuse,
            status: post.status,
        }))
    }

    /// Replaces the text of a post; what was there stays as a revision. What somebody
    /// new changes it into may have to wait for a moderator.
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
        let Some(body) = body.map(PostBody::into_string) else {
            return Err(Error::Internal("a text neither accepted nor refused"));
        };
        let said = Said::of("body", &body);
        let id = input.post;
        let claim = self.claim(viewer, "editPost", once, id.into())?;
        let fresh: ReviewableId = self.new_id();
        let drawn = self.draw();
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                // Nobody moves it meanwhile. What may have to be held is locked after
                // its thread, as by moderators.
                let post = if viewer.established {
                    tx.post_for_update(id).await?
                } else {
                    tx.post(id).await?
                };
                let thread = post
                    .as_ref()
                    .map_or(ThreadId(id.into()), |post| post.thread);
                let facts = tx.thread_facts(&viewer.actor, thread).await?;
                let (post, facts) = post.zip(facts).ok_or_else(Error::not_found)?;
                policy::decide(&viewer.actor, &Action::EditPost(&facts, &post.facts))?;
                screened.pass()?;
                // What says the same as before is no change.
                if body == post.body {
                    return Ok(Written::Now(id));
                }
                if viewer.established {
                    self.judge_edit(&tx, viewer, &said, &post.body).await?;
                    let compared = policy::waits_unread(&facts, post.facts.author);
                    let wording = Wording::of(&body).filter(|_| compared);
                    tx.replace_post_body(&post, self.today(), &body, wording)
                        .await?;
                    tell(&tx, &facts, EventKind::PostEdited, Some(id.into()));
                } else {
                    self.edit_new(&tx, viewer, id, (&said, &body), (fresh, &drawn))
                        .await?;
                }
                Ok::<_, Error>(Written::Now(id))
            })
            .await
    }

    /// Replaces what somebody said who is not established: where a post that said
    /// this would wait for a moderator, this one does from now on.
    async fn edit_new(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        id: PostId,
        (said, body): (&Said<'_>, &str),
        drawn: (ReviewableId, &Drawn),
    ) -> Result<(), Error> {
        let found = self.there(tx, viewer, Subject::Post(id)).await?;
        let (post, facts) = found.post_in_thread().ok_or_else(Error::not_found)?;
        // Something may have become of it before it was locked.
        policy::decide(&viewer.actor, &Action::EditPost(facts, &post.facts))?;
        let judged = self.judge_edit(tx, viewer, said, &post.body).await?;
        let compared = policy::waits_unread(facts, post.facts.author);
        let wording = Wording::of(body).filter(|_| compared);
        let waits = if compared {
            let text = Compared {
                object: id.into(),
                audience: facts.audience,
                says: Fingerprint::of(body),
                said: Some(Fingerprint::of(&post.body)),
            };
            self.waits_for(tx, viewer, judged, text).await?
        } else {
            None
        };
        tx.replace_post_body(post, self.today(), body, wording)
            .await?;
        if let Some(cause) = waits {
            return self.hold_changed(tx, &found, body, cause, drawn).await;
        }
        tell(tx, facts, EventKind::PostEdited, Some(id.into()));
        // A correction that leaves the words as they were was judged before.
        let changed = wording.filter(|wording| Wording::of(&post.body) != Some(*wording));
        if let Some(wording) = changed {
            self.look_for_repeats(tx, viewer, &found, (wording, body), drawn)
                .await?;
        }
        Ok(())
    }
}

/// Has whoever speaks in a slow thread wait after he spoke.
async fn at_pace(tx: &Tx, viewer: &Viewer, facts: &ThreadFacts) -> Result<(), Error> {
    if policy::is_paced(&viewer.actor, facts) {
        let waits = tx.waits(&[facts.id], &viewer.personas, tx.now()).await?;
        if let Some((_, seconds)) = waits.first() {
            return Err(Problem::TooSoon { seconds: *seconds }.into());
        }
    }
    Ok(())
}

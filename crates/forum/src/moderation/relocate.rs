//! Moving posts to another thread, splitting them off, merging threads, and taking
//! posts back to where they stood.

use domain::event::EventKind;
use domain::id::{ModlogId, PostId, ThreadId};
use domain::moderation::{ModAct, ReasonCode, Subject};
use domain::people::{Actor, Language};
use domain::policy::{self, Action, Moderating, Scope, ThreadFacts};
use domain::text::{Reason, Title};
use domain::thread::{ModerationStatus, Proceedings, Reuse, ThreadKind};
use storage::Tx;
use storage::post::Post;
use storage::relocation::{Moving, Taken};
use storage::thread::{Due, NewThread, Switch, Thread};

use super::act::Deed;
use super::{Drawn, Found, Moderator, moderated, takes, thread_moderated};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::thread::{address, facts_of, tell, tell_of_post, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

/// So many posts are moved at once, at most.
const MOVED_MAX: usize = 50;

/// Posts to move to another thread, as it was typed.
#[derive(Debug, Clone)]
pub struct MovePosts {
    /// The thread in which they stand.
    pub from: ThreadId,
    /// The posts.
    pub posts: Vec<PostId>,
    /// The thread to take them to.
    pub to: ThreadId,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for their authors.
    pub reason: String,
}

/// Posts to split off into a new thread, as it was typed.
#[derive(Debug, Clone)]
pub struct SplitThread {
    /// The thread in which they stand.
    pub from: ThreadId,
    /// The posts.
    pub posts: Vec<PostId>,
    /// What the new thread is called.
    pub title: String,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for their authors.
    pub reason: String,
}

/// Threads to merge, as it was typed.
#[derive(Debug, Clone)]
pub struct MergeThreads {
    /// The thread whose conversation ends.
    pub from: ThreadId,
    /// The thread that takes its posts.
    pub into: ThreadId,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for who raised it.
    pub reason: String,
}

/// Posts that are taken from one thread to another, and the act by which they are.
struct Move<'a> {
    from: &'a ThreadFacts,
    to: &'a ThreadFacts,
    posts: &'a [Post],
    deed: Deed<'a>,
    /// For each post.
    drawn: &'a [Drawn],
}

impl Forum {
    /// Takes posts to another thread that the same people read.
    pub async fn move_posts(
        &self,
        viewer: &Viewer,
        input: &MovePosts,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let mut problems = Problems::default();
        let reason = reason_of(&mut problems, &input.reason);
        let ids = some_posts(&mut problems, &input.posts);
        apart(&mut problems, "toThreadId", input.from, input.to);
        problems.none()?;
        takes(ModAct::Move, input.code)?;
        let claim = self.claim(viewer, "movePosts", once, input.to.into())?;
        let drawn: Vec<Drawn> = ids.iter().map(|_| self.draw()).collect();
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let (from, to) = both(&tx, viewer, input.from, input.to).await?;
                let posts = taken(&tx, viewer, &from.facts, &ids).await?;
                let by = self.author_of_moves(&tx, viewer, &drawn).await?;
                let deed = Deed::new(ModAct::Move, input.code, reason.as_deref(), Some(by));
                let moved = Move {
                    from: &from.facts,
                    to: &to.facts,
                    posts: &posts,
                    deed,
                    drawn: &drawn,
                };
                self.carry_over(&tx, &moved).await?;
                Ok::<_, Error>(Written::Now(input.to))
            })
            .await
    }

    /// Takes posts out of a thread, into a new one that the same people read. It
    /// is a discussion, and whoever wrote the first of them has raised it.
    pub async fn split_thread(
        &self,
        viewer: &Viewer,
        input: &SplitThread,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let mut problems = Problems::default();
        let reason = reason_of(&mut problems, &input.reason);
        let ids = some_posts(&mut problems, &input.posts);
        let title = problems.take("title", Title::parse(&input.title));
        problems.none()?;
        let Some(title) = title.map(Title::into_string) else {
            return Err(Error::Internal("a text neither accepted nor refused"));
        };
        takes(ModAct::Split, input.code)?;
        let screened = once.screen([("title", &*input.title)]);
        let id: ThreadId = self.new_id();
        let reference = self.new_reference();
        let claim = self.claim(viewer, "splitThread", once, id.into())?;
        let drawn: Vec<Drawn> = ids.iter().map(|_| self.draw()).collect();
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let from = tx.thread_for_update(&viewer.actor, input.from).await?;
                let from = from.ok_or_else(Error::not_found)?;
                // Whoever does not see it is told nothing of its posts.
                policy::decide(&viewer.actor, &Action::ViewThread(&from.facts))?;
                let posts = taken(&tx, viewer, &from.facts, &ids).await?;
                let new = split_off(&from, &posts, id, &reference, &title)?;
                let to = facts_of(&new);
                policy::decide(&viewer.actor, &Action::Relocate(&from.facts, &to))?;
                screened.pass()?;
                let by = self.author_of_moves(&tx, viewer, &drawn).await?;
                tx.insert_thread(&new).await?;
                tx.set_split_from(id, input.from).await?;
                tx.set_follow(id, new.persona, Switch::On).await?;
                tell(&tx, &to, EventKind::ThreadOpened, None);
                let moved = Move {
                    from: &from.facts,
                    to: &to,
                    posts: &posts,
                    deed: Deed::new(ModAct::Split, input.code, reason.as_deref(), Some(by)),
                    drawn: &drawn,
                };
                self.carry_over(&tx, &moved).await?;
                Ok::<_, Error>(Written::Now(id))
            })
            .await
    }

    /// Takes all posts of a thread that is no concern to another that the same
    /// people read, and ends its conversation. Whoever wrote one of them himself
    /// leaves it to another.
    pub async fn merge_threads(
        &self,
        viewer: &Viewer,
        input: &MergeThreads,
        once: &Once,
    ) -> Result<Written<ThreadId>, Error> {
        let mut problems = Problems::default();
        let reason = reason_of(&mut problems, &input.reason);
        apart(&mut problems, "intoThreadId", input.from, input.into);
        problems.none()?;
        takes(ModAct::Merge, input.code)?;
        let claim = self.claim(viewer, "mergeThreads", once, input.into.into())?;
        let drawn = self.draw();
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let (from, to) = both(&tx, viewer, input.from, input.into).await?;
                let subject = thread_moderated(&from);
                policy::decide(&viewer.actor, &Action::Moderate(&from.facts, subject))?;
                if from.facts.kind == ThreadKind::Concern {
                    let why = "a concern ends by its own moves";
                    return Err(Error::at("threadId", Problem::Invalid(why)));
                }
                if from.merged_into.is_some() {
                    let why = "this thread was merged into another";
                    return Err(Error::at("threadId", Problem::Invalid(why)));
                }
                let max = self.settings.moderation.merged_posts_max;
                let posts = tx.post_count(from.facts.id, &Scope::everything()).await?;
                if posts > i64::from(max) {
                    let max = max as usize;
                    return Err(Error::at("threadId", Problem::TooMany { max }));
                }
                let (here, there) = (from.facts.id, to.facts.id);
                let moving = tx.posts_moving(here, there, Taken::All).await?;
                none_of_his_own(&viewer.actor, &from.facts, &moving)?;
                let by = Some(self.number_of(&tx, viewer, &drawn).await?);
                let deed = Deed::new(ModAct::Merge, input.code, reason.as_deref(), by);
                let found = Found {
                    thread: from,
                    post: None,
                };
                self.merge(&tx, &found, (&to.facts, &moving), deed, &drawn)
                    .await?;
                Ok::<_, Error>(Written::Now(input.into))
            })
            .await
    }

    async fn merge(
        &self,
        tx: &Tx,
        found: &Found,
        (to, moving): (&ThreadFacts, &[Moving]),
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let from = &found.thread.facts;
        self.record(tx, from, found.subject(), deed, drawn).await?;
        tx.note_relocation_of_all(drawn.entry, from.id, to.id)
            .await?;
        tx.relocate(from.id, to.id, Taken::All).await?;
        tx.set_merged_into(from.id, Some(to.id)).await?;
        self.set_ended(tx, found, true).await?;
        tell(tx, to, EventKind::ThreadModerated, None);
        tell_authors(tx, moving, to.id);
        self.tell_rewritten(tx, found).await
    }

    /// Ends a thread's conversation, or takes it up again.
    async fn set_ended(&self, tx: &Tx, found: &Found, ended: bool) -> Result<(), Error> {
        let mut stands = found.stands();
        stands.ended = ended;
        let thread = &found.thread;
        let reason = thread.status_reason.as_deref();
        tx.save_thread_stands(thread.facts.id, stands, reason, thread.slow_seconds)
            .await?;
        Ok(())
    }

    /// Takes posts from one thread to another: each is an act of its own, which its
    /// author is told.
    async fn carry_over(&self, tx: &Tx, moved: &Move<'_>) -> Result<(), Error> {
        let Move { from, to, .. } = *moved;
        let ids: Vec<PostId> = moved.posts.iter().map(|post| post.facts.id).collect();
        tx.relocate(from.id, to.id, Taken::These(&ids)).await?;
        let mut entries = Vec::with_capacity(ids.len());
        for (post, drawn) in moved.posts.iter().zip(moved.drawn) {
            let id = post.facts.id;
            self.record(tx, to, Subject::Post(id), moved.deed, drawn)
                .await?;
            entries.push((drawn.entry, id));
            self.tell_moved(tx, post, from, to).await?;
        }
        tx.note_relocations(&entries, from.id, to.id).await?;
        tell_both(tx, (from, to), moved.posts);
        Ok(())
    }

    /// Tells those who watch the thread that a post left, and its author.
    async fn tell_moved(
        &self,
        tx: &Tx,
        post: &Post,
        from: &ThreadFacts,
        to: &ThreadFacts,
    ) -> Result<(), Error> {
        let object = Some(post.facts.id.into());
        let shown = post.facts.status.is_open();
        tell_of_post(tx, from, EventKind::PostModerated, (post.facts.id, shown));
        tell_persona(
            tx,
            post.facts.author,
            to.id,
            EventKind::PostModerated,
            object,
        )
        .await
    }

    /// Takes back what was moved, where it still stands where it was moved to.
    pub(super) async fn move_back(
        &self,
        tx: &Tx,
        found: &Found,
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let here = &found.thread.facts;
        let gone = || {
            let why = "nothing was moved here that could be taken back";
            Error::at("act", Problem::Invalid(why))
        };
        let entry = match (deed.reverses, found.post_id()) {
            (Some(known), _) => Some(known),
            (None, Some(post)) => tx.last_relocation(post).await?,
            (None, None) => tx.still_done(deed.act, here.id, None).await?,
        };
        let entry = entry.ok_or_else(gone)?;
        let other = self.way_back(tx, found, entry, deed.actor).await?;
        let other = other.ok_or_else(gone)?;
        // On appeal it is known what is taken back, and somebody else did it.
        let himself = deed.actor.filter(|_| deed.reverses.is_none());
        let deed = Deed {
            reverses: Some(entry),
            ..deed
        };
        if let Some(post) = &found.post {
            tx.relocate(here.id, other.id, Taken::These(&[post.facts.id]))
                .await?;
            self.record(tx, &other, found.subject(), deed, drawn)
                .await?;
            self.tell_moved(tx, post, here, &other).await?;
            tell_both(tx, (here, &other), std::slice::from_ref(post));
            return Ok(());
        }
        let taken = Taken::BroughtBy(entry);
        let moving = tx.posts_moving(other.id, here.id, taken).await?;
        if let Some(actor) = himself {
            none_of_his_own(actor, &other, &moving)?;
        }
        tx.relocate(other.id, here.id, taken).await?;
        tx.set_merged_into(here.id, None).await?;
        // It may have been closed before.
        let closed = tx.still_done(ModAct::Reopen, here.id, None).await?;
        self.set_ended(tx, found, closed.is_some()).await?;
        self.record(tx, here, found.subject(), deed, drawn).await?;
        tell(tx, &other, EventKind::ThreadModerated, None);
        tell_authors(tx, &moving, here.id);
        self.tell_rewritten(tx, found).await
    }

    /// The other thread of what an act moved and is to be taken back: of a post,
    /// where it stood; of a thread, the one that took its posts. `None` if it
    /// cannot: because that was taken back already, was moved on, or whoever
    /// decides may not. The other thread's row is locked.
    pub(super) async fn way_back(
        &self,
        tx: &Tx,
        found: &Found,
        entry: ModlogId,
        actor: Option<&Actor>,
    ) -> Result<Option<ThreadFacts>, Error> {
        let here = &found.thread.facts;
        let known = if let Some(post) = found.post_id() {
            tx.taken_from(entry, post).await?
        } else {
            let last = tx.still_done(ModAct::MoveBack, here.id, None).await?;
            found.thread.merged_into.filter(|_| last == Some(entry))
        };
        let (Some(other), Some(actor)) = (known, actor) else {
            return Ok(None);
        };
        let Some(other) = tx.thread_for_update(actor, other).await? else {
            return Ok(None);
        };
        let (from, to) = match found.post {
            Some(_) => (here, &other.facts),
            None => (&other.facts, here),
        };
        let may = policy::decide(actor, &Action::PutBack(from, to)).is_ok();
        // What was merged on stands elsewhere, and nothing stands in what was.
        let may = may && other.merged_into.is_none();
        // Out of what is down by order nothing appears elsewhere.
        let may = may && !tx.is_down_by_order(Subject::Thread(from.id)).await?;
        Ok(may.then_some(other.facts))
    }

    /// The number of who moves, by what was drawn for the first.
    async fn author_of_moves(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        drawn: &[Drawn],
    ) -> Result<Moderator, Error> {
        let first = drawn.first().ok_or(Error::Internal("no post is moved"))?;
        self.number_of(tx, viewer, first).await
    }
}

fn reason_of(problems: &mut Problems, reason: &str) -> Option<String> {
    let reason = problems.take("text", Reason::parse(reason));
    reason.map(Reason::into_string)
}

/// The posts that are named, each once.
fn some_posts(problems: &mut Problems, posts: &[PostId]) -> Vec<PostId> {
    let mut ids = posts.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let none = Problem::Invalid("name at least one post");
    problems.require(!ids.is_empty(), "postIds", none);
    let max = MOVED_MAX;
    problems.require(posts.len() <= max, "postIds", Problem::TooMany { max });
    ids
}

fn apart(problems: &mut Problems, field: &'static str, from: ThreadId, to: ThreadId) {
    let same = Problem::Invalid("a thread is not moved to itself");
    problems.require(from != to, field, same);
}

/// Both threads, if what stands in the first may be taken to the second. Their
/// rows are locked.
async fn both(
    tx: &Tx,
    viewer: &Viewer,
    from: ThreadId,
    to: ThreadId,
) -> Result<(Thread, Thread), Error> {
    let found = tx.threads_for_update(&viewer.actor, &[from, to]).await?;
    let find = |id| found.iter().find(|one| one.facts.id == id).cloned();
    let (Some(from), Some(to)) = (find(from), find(to)) else {
        return Err(Error::not_found());
    };
    policy::decide(&viewer.actor, &Action::Relocate(&from.facts, &to.facts))?;
    Ok((from, to))
}

/// Refuses to take a whole conversation elsewhere of which the actor, or somebody
/// of his own organization, wrote a part: what he may not move alone he moves with
/// nothing else either.
fn none_of_his_own(actor: &Actor, from: &ThreadFacts, moving: &[Moving]) -> Result<(), Error> {
    let moderating = Moderating::new(actor);
    let mut subjects = moving
        .iter()
        .map(|one| moderated(one.author, one.organization));
    if let Some(own) = subjects.find(|subject| !moderating.may(from, *subject)) {
        policy::decide(actor, &Action::Moderate(from, own))?;
    }
    Ok(())
}

/// Tells those who watch two threads that posts went from one to the other, if they saw
/// any of them.
fn tell_both(tx: &Tx, threads: (&ThreadFacts, &ThreadFacts), posts: &[Post]) {
    if posts.iter().any(|post| post.facts.status.is_open()) {
        tell(tx, threads.0, EventKind::ThreadModerated, None);
        tell(tx, threads.1, EventKind::ThreadModerated, None);
    }
}

/// Tells each author of what he wrote that it was taken to another thread. No
/// statement for it: the events of a transaction are written together.
fn tell_authors(tx: &Tx, moved: &[Moving], to: ThreadId) {
    for one in moved {
        let (kind, object) = (EventKind::PostModerated, Some(one.post.into()));
        address(tx, one.known, one.author, to, kind, object);
    }
}

/// The posts to take out of a thread, in the order of reading: all of those that
/// were named, each of which the viewer may moderate.
async fn taken(
    tx: &Tx,
    viewer: &Viewer,
    from: &ThreadFacts,
    ids: &[PostId],
) -> Result<Vec<Post>, Error> {
    let scope = policy::post_scope(&viewer.actor);
    let posts = tx.posts_among(from.id, ids, &scope).await?;
    if posts.len() < ids.len() {
        return Err(Error::at("postIds", Problem::NotFound));
    }
    for post in &posts {
        let subject = moderated(post.author.persona, post.author.organization);
        policy::decide(&viewer.actor, &Action::Moderate(from, subject))?;
    }
    Ok(posts)
}

/// The thread that posts are split off into.
fn split_off(
    from: &Thread,
    posts: &[Post],
    id: ThreadId,
    reference: &str,
    title: &str,
) -> Result<NewThread, Error> {
    let facts = &from.facts;
    // Nobody learns by it who wrote what others do not read.
    let mut shown = posts.iter().filter(|post| post.facts.status.is_open());
    let why = "one of the posts must be read by everyone";
    let first = shown.next();
    let first = first.ok_or_else(|| Error::at("postIds", Problem::Invalid(why)))?;
    let body = match first.language {
        Language::En => "Moderators took these posts out of another conversation.",
        Language::Ur => "ناظمین نے یہ پیغامات ایک اور گفتگو سے الگ کیے ہیں۔",
    };
    Ok(NewThread {
        id,
        reference: reference.to_owned(),
        kind: ThreadKind::Discussion,
        audience: facts.audience,
        circle: None,
        status: ModerationStatus::Visible,
        title: title.to_owned(),
        body: body.to_owned(),
        case_facts: None,
        language: first.language,
        category: from.category.clone(),
        region: from.region.clone(),
        themes: Vec::new(),
        groups: Vec::new(),
        proceedings: Proceedings::None,
        reuse: Reuse::default_for(facts.audience),
        persona: first.author.persona,
        about_agency: None,
        about_office: None,
        about_kind: None,
        oversight_agency: None,
        wants_moderator: false,
        concern: None,
        due: Due::default(),
        on_behalf: None,
        fingerprint: None,
        said: None,
    })
}

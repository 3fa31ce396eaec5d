//! The two interpreters of what an actor may see agree: `policy::decide` and
//! the SQL that `storage` makes of the same predicate.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{PostId, ThreadId};
use domain::partner::AccessScope;
use domain::people::Actor;
use domain::policy::{Action, Scope, decide, facts_scope, post_scope, scope};
use domain::thread::ModerationStatus;
use mukalma_tests::TestDatabase;
use storage::Store;
use storage::post::PostPlace;
use storage::thread::{Counted, Slice, ThreadFilter, ThreadOrder, ThreadPlace, Wanted};

use super::rows::at;
use super::world::{Random, World};

const THREADS: usize = 500;
const ACTORS: usize = 120;

const ALL: u32 = 100_000;

const fn whole<P>() -> Slice<P> {
    Slice {
        after: None,
        before: None,
        descending: false,
        backward: false,
        limit: ALL,
    }
}

async fn listed(store: &Store, actor: &Actor, scope: &Scope) -> BTreeSet<ThreadId> {
    let filter = ThreadFilter::default();
    let slice: Slice<ThreadPlace> = whole();
    let order = ThreadOrder::CreatedAt;
    let threads = store
        .read()
        .threads(actor, scope, &filter, order, slice, Wanted::ALL)
        .await
        .unwrap();
    let ids: BTreeSet<ThreadId> = threads.iter().map(|thread| thread.facts.id).collect();
    assert_eq!(ids.len(), threads.len(), "a thread is listed twice");
    let count = store.read().thread_count(scope, &filter).await.unwrap();
    assert_eq!(
        usize::try_from(count).unwrap(),
        ids.len(),
        "the count for {actor:?}"
    );
    ids
}

#[tokio::test]
async fn a_list_holds_what_may_be_viewed_and_nothing_else() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(1);
    let world = World::write(&store, &mut random, THREADS).await;
    let mut sizes = BTreeSet::new();
    for n in 0..ACTORS {
        let actor = if n == 0 {
            Actor::visitor()
        } else {
            world.actor(&mut random)
        };
        let listed = listed(&store, &actor, &scope(&actor)).await;
        for thread in &world.threads {
            let seen = decide(&actor, &Action::ViewThread(thread)).is_ok();
            assert_eq!(
                listed.contains(&thread.id),
                seen,
                "{actor:?} and {thread:?}"
            );
        }
        sizes.insert(listed.len());
    }
    assert!(
        sizes.len() > 20,
        "the actors differ in what they see: {sizes:?}"
    );
}

#[tokio::test]
async fn any_predicate_over_threads_holds_in_both_interpreters_or_in_none() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(2);
    let world = World::write(&store, &mut random, THREADS).await;
    let (mut none, mut every) = (0, 0);
    for n in 0..400 {
        let actor = world.actor(&mut random);
        let scope = match n % 4 {
            0 => facts_scope(&actor),
            levels => world.scope(&mut random, levels),
        };
        let listed = listed(&store, &actor, &scope).await;
        for thread in &world.threads {
            let holds = scope.holds(thread, None);
            assert_eq!(
                listed.contains(&thread.id),
                holds,
                "{scope:?} and {thread:?}"
            );
        }
        none += usize::from(listed.is_empty());
        every += usize::from(listed.len() == THREADS);
    }
    assert!(
        none + every < 200,
        "most predicates tell threads apart: {none}, {every}"
    );
}

#[tokio::test]
async fn facts_that_are_read_back_decide_as_those_that_were_written() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(3);
    let world = World::write(&store, &mut random, 200).await;
    let ids: Vec<ThreadId> = world.threads.iter().map(|thread| thread.id).collect();
    let mut for_all = BTreeMap::new();
    for id in &ids {
        for_all.insert(
            *id,
            store
                .read()
                .thread_facts_for_all(*id)
                .await
                .unwrap()
                .unwrap(),
        );
    }
    for _ in 0..60 {
        let actor = world.actor(&mut random);
        let read = store
            .read()
            .threads_by_id(&actor, &ids, storage::thread::Wanted::ALL)
            .await
            .unwrap();
        let read: BTreeMap<_, _> = read
            .into_iter()
            .map(|one| (one.facts.id, one.facts))
            .collect();
        for written in &world.threads {
            for facts in [&read[&written.id], &for_all[&written.id].0] {
                for (act, same) in [
                    (Action::ViewThread(written), Action::ViewThread(facts)),
                    (Action::ViewCaseFacts(written), Action::ViewCaseFacts(facts)),
                    (Action::AddPost(written), Action::AddPost(facts)),
                    (Action::Answer(written), Action::Answer(facts)),
                    (Action::Release(written), Action::Release(facts)),
                ] {
                    assert_eq!(
                        decide(&actor, &act),
                        decide(&actor, &same),
                        "{actor:?} {act:?}"
                    );
                }
            }
        }
        let one = random.pick(&ids);
        let alone = store.read().thread_facts(&actor, one).await.unwrap();
        assert_eq!(alone.as_ref(), Some(&read[&one]));
        let counted = store.write(at(0), |tx| {
            let actor = actor.clone();
            async move { tx.count_post(&actor, one, None, None).await }
        });
        let alone = alone.map_or(Counted::NoThread, |facts| Counted::Post(facts, 0));
        assert_eq!(counted.await.unwrap(), alone);
    }
}

#[tokio::test]
async fn a_thread_shows_the_posts_that_may_be_viewed_and_counts_no_others() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(4);
    let world = World::write(&store, &mut random, 120).await;
    let ids: Vec<ThreadId> = world.threads.iter().map(|thread| thread.id).collect();
    for _ in 0..60 {
        let actor = world.actor(&mut random);
        let scope = post_scope(&actor);
        let slice: Slice<PostPlace> = whole();
        let mut of_many: BTreeMap<ThreadId, Vec<PostId>> = BTreeMap::new();
        for post in store
            .read()
            .posts_of_many(&ids, &scope, slice)
            .await
            .unwrap()
        {
            of_many.entry(post.thread).or_default().push(post.facts.id);
        }
        for thread in &world.threads {
            let seen: Vec<PostId> = world.posts[&thread.id]
                .iter()
                .filter(|post| scope.holds(thread, Some(post)))
                .map(|post| post.id)
                .collect();
            if decide(&actor, &Action::ViewThread(thread)).is_ok() {
                let decided = world.posts[&thread.id]
                    .iter()
                    .filter(|post| decide(&actor, &Action::ViewPost(thread, post)).is_ok())
                    .map(|post| post.id);
                assert_eq!(decided.collect::<Vec<_>>(), seen, "{actor:?} in {thread:?}");
            }
            let shown = of_many.remove(&thread.id).unwrap_or_default();
            assert_eq!(shown, seen, "{actor:?} in {thread:?}");
        }
        let one = random.pick(&ids);
        let shown = store.read().posts(one, &scope, slice).await.unwrap();
        let count = store.read().post_count(one, &scope).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), shown.len());
        let seen = world.posts[&one].iter().filter(|post| {
            let open = matches!(
                post.status,
                ModerationStatus::Visible | ModerationStatus::Minimized
            );
            let own = actor.personas.contains(&post.author);
            // By an app, what is open and nothing else, and that with its scope.
            match &actor.through {
                None => open || own || actor.has(domain::people::Duty::Moderator),
                Some(through) => open && through.scopes.hold(AccessScope::ThreadsRead),
            }
        });
        let seen: Vec<PostId> = seen.map(|post| post.id).collect();
        assert_eq!(
            shown.iter().map(|post| post.facts.id).collect::<Vec<_>>(),
            seen
        );
    }
}

//! Pages: forward they are the whole list, backward the whole list reversed,
//! without a gap or a repeat, however many rows tie.

use domain::id::{PostId, ThreadId};
use domain::people::Actor;
use domain::policy::Scope;
use mukalma_tests::TestDatabase;
use storage::Store;
use storage::post::{Post, PostPlace};
use storage::thread::{Slice, Thread, ThreadFilter, ThreadOrder, ThreadPlace, Wanted};

use super::world::{Random, World};

const ORDERS: [ThreadOrder; 2] = [ThreadOrder::CreatedAt, ThreadOrder::LastActivityAt];

fn place(thread: &Thread, order: ThreadOrder) -> ThreadPlace {
    let micros = match order {
        ThreadOrder::CreatedAt => thread.created_at.timestamp_micros(),
        ThreadOrder::LastActivityAt => thread.last_activity_at.timestamp_micros(),
        ThreadOrder::DeskOn => panic!("desks have cases of their own"),
    };
    ThreadPlace {
        micros,
        id: thread.facts.id.0,
    }
}

async fn threads(
    store: &Store,
    scope: &Scope,
    order: ThreadOrder,
    slice: Slice<ThreadPlace>,
) -> Vec<Thread> {
    let filter = ThreadFilter::default();
    store
        .read()
        .threads(&Actor::visitor(), scope, &filter, order, slice, Wanted::ALL)
        .await
        .unwrap()
}

/// Which way a list is sorted and read.
const WAYS: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

#[tokio::test]
async fn pages_of_threads_join_to_the_whole_list() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(5);
    let world = World::write(&store, &mut random, 150).await;
    for order in ORDERS {
        for (descending, backward) in WAYS {
            let scope = world.scope(&mut random, 2);
            let first = Slice {
                after: None,
                before: None,
                descending,
                backward,
                limit: 1_000,
            };
            let whole = threads(&store, &scope, order, first).await;
            let places: Vec<ThreadPlace> = whole.iter().map(|one| place(one, order)).collect();
            assert!(sorted(
                places.iter().map(|at| (at.micros, at.id)),
                descending != backward
            ));

            let mut joined: Vec<ThreadPlace> = Vec::new();
            loop {
                let limit = u32::try_from(random.below(9)).unwrap() + 1;
                let last = joined.last().copied();
                let (after, before) = if backward { (None, last) } else { (last, None) };
                let slice = Slice {
                    after,
                    before,
                    limit,
                    ..first
                };
                let page = threads(&store, &scope, order, slice).await;
                if page.is_empty() {
                    break;
                }
                joined.extend(page.iter().map(|one| place(one, order)));
            }
            assert_eq!(
                joined, places,
                "{order:?}, descending {descending}, backward {backward}"
            );
        }
    }
}

#[tokio::test]
async fn a_list_read_backward_is_the_list_reversed() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(6);
    let world = World::write(&store, &mut random, 80).await;
    let everything = Scope::everything();
    let ids = |list: Vec<Thread>| -> Vec<ThreadId> {
        list.into_iter().map(|thread| thread.facts.id).collect()
    };
    for order in ORDERS {
        for descending in [false, true] {
            let slice = Slice {
                after: None,
                before: None,
                descending,
                backward: false,
                limit: 1_000,
            };
            let forward = ids(threads(&store, &everything, order, slice).await);
            let slice = Slice {
                backward: true,
                ..slice
            };
            let mut backward = ids(threads(&store, &everything, order, slice).await);
            backward.reverse();
            assert_eq!(forward, backward);
            assert_eq!(forward.len(), 80);
            if order == ThreadOrder::CreatedAt && !descending {
                assert_eq!(forward, world.raised);
            }
        }
    }
}

#[tokio::test]
async fn a_page_between_two_places_holds_what_lies_between() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(7);
    World::write(&store, &mut random, 60).await;
    let everything = Scope::everything();
    for (descending, backward) in WAYS {
        let order = random.pick(&ORDERS);
        let first = Slice {
            after: None,
            before: None,
            descending,
            backward: false,
            limit: 1_000,
        };
        let whole: Vec<ThreadPlace> = threads(&store, &everything, order, first)
            .await
            .iter()
            .map(|one| place(one, order))
            .collect();
        for _ in 0..20 {
            let (from, to) = (random.below(60), random.below(60));
            let slice = Slice {
                after: Some(whole[from]),
                before: Some(whole[to]),
                backward,
                ..first
            };
            let mut page: Vec<ThreadPlace> = threads(&store, &everything, order, slice)
                .await
                .iter()
                .map(|one| place(one, order))
                .collect();
            if backward {
                page.reverse();
            }
            let between = whole.get(from + 1..to).unwrap_or_default();
            assert_eq!(page, between);
        }
    }
}

#[tokio::test]
async fn pages_of_posts_join_to_the_whole_thread() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(8);
    let world = World::write(&store, &mut random, 40).await;
    let everything = Scope::everything();
    let place = |post: &Post| PostPlace {
        micros: post.created_at.timestamp_micros(),
        id: post.facts.id.0,
    };
    for (thread, written) in &world.posts {
        for (descending, backward) in WAYS {
            let mut expected: Vec<PostId> = written.iter().map(|post| post.id).collect();
            if descending != backward {
                expected.reverse();
            }
            let mut joined: Vec<Post> = Vec::new();
            loop {
                let limit = u32::try_from(random.below(3)).unwrap() + 1;
                let last = joined.last().map(place);
                let (after, before) = if backward { (None, last) } else { (last, None) };
                let slice = Slice {
                    after,
                    before,
                    descending,
                    backward,
                    limit,
                };
                let page = store
                    .read()
                    .posts(*thread, &everything, slice)
                    .await
                    .unwrap();
                if page.is_empty() {
                    break;
                }
                joined.extend(page);
            }
            let joined: Vec<PostId> = joined.iter().map(|post| post.facts.id).collect();
            assert_eq!(joined, expected);
        }
    }
}

#[tokio::test]
async fn the_first_posts_of_many_threads_are_the_first_of_each() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let mut random = Random::new(9);
    let world = World::write(&store, &mut random, 40).await;
    let ids: Vec<ThreadId> = world.threads.iter().map(|thread| thread.id).collect();
    let everything = Scope::everything();
    for (descending, backward) in WAYS {
        let slice = Slice {
            after: None,
            before: None,
            descending,
            backward,
            limit: 3,
        };
        let of_many = store
            .read()
            .posts_of_many(&ids, &everything, slice)
            .await
            .unwrap();
        let mut expected = Vec::new();
        for id in &ids {
            expected.extend(store.read().posts(*id, &everything, slice).await.unwrap());
        }
        // Threads come in any order; the posts of one stay together.
        let mut of_many = of_many;
        of_many.sort_by_key(|post| ids.iter().position(|id| *id == post.thread));
        assert_eq!(of_many, expected);
    }
}

fn sorted(places: impl Iterator<Item = (i64, uuid::Uuid)>, descending: bool) -> bool {
    let places: Vec<_> = places.collect();
    places
        .windows(2)
        .all(|pair| (pair[0] > pair[1]) == descending && pair[0] != pair[1])
}

//! Acts that are done once.

use futures_util::future::{join, join_all};
use mukalma_tests::TestDatabase;
use storage::idempotency::{Claim, Claimed};
use storage::retention::OVER;
use storage::{StorageError, Store};
use uuid::Uuid;

use super::rows::at;

fn claim(key: u8, result: u128) -> Claim {
    Claim {
        key_hash: vec![key; 32],
        operation: "addPost",
        input_hash: vec![1; 32],
        result: Uuid::from_u128(result),
        expires_at: at(100),
    }
}

async fn make(store: &Store, seconds: i64, claim: Claim) -> Claimed {
    store
        .write(at(seconds), |tx| {
            let claim = claim.clone();
            async move { tx.claim(&claim).await }
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_repeated_act_gets_the_first_ones_result() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    assert_eq!(make(&store, 0, claim(1, 10)).await, Claimed::New);
    assert_eq!(
        make(&store, 1, claim(1, 20)).await,
        Claimed::Done(Uuid::from_u128(10))
    );
    assert_eq!(make(&store, 1, claim(2, 20)).await, Claimed::New);
}

#[tokio::test]
async fn a_key_stands_for_one_operation_and_one_input() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    make(&store, 0, claim(1, 10)).await;
    let other_input = Claim {
        input_hash: vec![2; 32],
        ..claim(1, 20)
    };
    assert_eq!(make(&store, 1, other_input).await, Claimed::Reused);
    let other_operation = Claim {
        operation: "editPost",
        ..claim(1, 20)
    };
    assert_eq!(make(&store, 1, other_operation).await, Claimed::Reused);
    assert_eq!(
        make(&store, 1, claim(1, 20)).await,
        Claimed::Done(Uuid::from_u128(10))
    );
}

#[tokio::test]
async fn a_key_whose_time_is_over_is_free_again() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    make(&store, 0, claim(1, 10)).await;
    let last = make(&store, 100, claim(1, 20)).await;
    assert_eq!(last, Claimed::Done(Uuid::from_u128(10)));
    let later = Claim {
        expires_at: at(300),
        input_hash: vec![2; 32],
        ..claim(1, 20)
    };
    assert_eq!(make(&store, 101, later.clone()).await, Claimed::New);
    assert_eq!(
        make(&store, 102, later).await,
        Claimed::Done(Uuid::from_u128(20))
    );
}

#[tokio::test]
async fn a_write_that_is_rolled_back_leaves_its_key_free() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    let failed = store.write(at(0), |tx| async move {
        assert_eq!(tx.claim(&claim(1, 10)).await?, Claimed::New);
        Err::<(), _>(StorageError::Taken)
    });
    failed.await.unwrap_err();
    assert_eq!(make(&store, 0, claim(1, 20)).await, Claimed::New);
}

#[tokio::test]
async fn of_two_who_claim_a_key_at_once_one_is_new_and_the_other_gets_its_result() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    for key in 0..10 {
        let claims = join(
            make(&store, 0, claim(key, 10)),
            make(&store, 0, claim(key, 20)),
        )
        .await;
        let expected = match claims.0 {
            Claimed::New => (Claimed::New, Claimed::Done(Uuid::from_u128(10))),
            _ => (Claimed::Done(Uuid::from_u128(20)), Claimed::New),
        };
        assert_eq!(claims, expected);
    }
}

#[tokio::test]
async fn of_two_who_claim_an_expired_key_at_once_one_is_new() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    for key in 0..10 {
        make(&store, 0, claim(key, 1)).await;
        let again = |result| Claim {
            expires_at: at(500),
            ..claim(key, result)
        };
        let claims = join_all([10, 20].map(|result| make(&store, 200, again(result)))).await;
        let new = claims.iter().filter(|one| **one == Claimed::New).count();
        assert_eq!(new, 1, "{claims:?}");
    }
}

#[tokio::test]
async fn keys_are_forgotten_after_their_time_a_few_at_once() {
    let database = TestDatabase::new().await;
    let store = database.open().await;
    for key in 0..5 {
        make(&store, 0, claim(key, 10)).await;
    }
    make(
        &store,
        0,
        Claim {
            expires_at: at(1_000),
            ..claim(9, 90)
        },
    )
    .await;
    let keys = OVER.iter().find(|line| line.table == "idempotency");
    let keys = *keys.unwrap();
    let forget = async |seconds| {
        store
            .write(at(seconds), |tx| async move {
                tx.forget_over(keys, at(seconds), 3).await
            })
            .await
            .unwrap()
    };
    assert_eq!(forget(100).await, 0);
    assert_eq!(forget(101).await, 3);
    assert_eq!(forget(101).await, 2);
    assert_eq!(forget(101).await, 0);
    assert_eq!(
        make(&store, 101, claim(9, 1)).await,
        Claimed::Done(Uuid::from_u128(90))
    );
}

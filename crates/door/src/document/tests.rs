//! Documents are read once, and what is kept answers as the first time did.

use async_graphql::Variables;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Admits, Ask, Hash, Prepared, Refusal, Trusted};
use crate::fault::Fault;
use crate::front::Serve;
use crate::front::sample::Sample;

async fn prepare(sample: &Sample, body: &Value) -> Result<Prepared, Refusal> {
    let ask = Ask::from_json(body.to_string().as_bytes())?;
    sample.documents().prepare(ask, Admits::Any).await
}

async fn fits(sample: &Sample, query: &str, variables: Value) -> bool {
    let body = json!({"query": query, "variables": variables});
    match prepare(sample, &body).await {
        Ok(_) => true,
        Err(refusal) => {
            assert_eq!(refusal.fault(), Fault::BadUserInput, "{refusal:?}");
            false
        }
    }
}

#[tokio::test]
async fn the_second_time_the_kept_document_answers() {
    let sample = Sample::new();
    let body = json!({"query": "query($n: Int) { threads(first: $n) { nodes { title } } }"});
    let first = prepare(&sample, &body).await.unwrap();
    let second = prepare(&sample, &body).await.unwrap();
    assert!(std::ptr::eq(first.document(), second.document()));
}

#[tokio::test]
async fn variables_are_held_to_their_types_on_a_miss_and_on_a_hit() {
    let sample = Sample::new();
    let filter = "query($v: Filter!) { search(filter: $v) }";
    let which = "query($v: Which!) { pick(which: $v) }";
    let ids = "query($v: [ID!]!) { nodes(ids: $v) { title } }";
    let int = "query($v: Int) { threads(first: $v) { totalCount } }";
    let float = "query($v: Float) { ratio(of: $v) }";
    let flag = "query($v: Boolean!) { thread { title @include(if: $v) } }";
    let default = "query($v: Boolean! = true) { ratio(yes: $v) }";
    let text = "mutation($v: String!) { add(text: $v) }";
    for (query, value, expected) in [
        (filter, json!({"kind": "POLL"}), true),
        (
            filter,
            json!({"kind": "POLL", "text": null, "least": 1}),
            true,
        ),
        (
            filter,
            json!({"kind": "POLL", "both": [{"kind": "CONCERN"}]}),
            true,
        ),
        (
            filter,
            json!({"kind": "POLL", "both": {"kind": "CONCERN"}}),
            true,
        ),
        (filter, json!({}), false),
        (filter, json!([]), false),
        (filter, json!("POLL"), false),
        (filter, json!(null), false),
        (filter, json!({"kind": null}), false),
        (filter, json!({"kind": "NOPE"}), false),
        (filter, json!({"kind": "poll"}), false),
        (filter, json!({"kind": 1}), false),
        (filter, json!({"kind": "POLL", "text": 1}), false),
        (filter, json!({"kind": "POLL", "least": null}), false),
        (filter, json!({"kind": "POLL", "nope": 1}), false),
        (
            filter,
            json!({"kind": "POLL", "both": [{"kind": "NOPE"}]}),
            false,
        ),
        (filter, json!({"kind": "POLL", "both": [null]}), false),
        (which, json!({"id": "a"}), true),
        (which, json!({"reference": "a"}), true),
        (which, json!({}), false),
        (which, json!({"id": null}), false),
        (which, json!({"id": "a", "reference": "b"}), false),
        (which, json!({"id": "a", "reference": null}), false),
        (ids, json!(["a", 1]), true),
        (ids, json!("a"), true),
        (ids, json!([]), true),
        (ids, json!([null]), false),
        (ids, json!([1.5]), false),
        (ids, json!([true]), false),
        (ids, json!([["a"]]), false),
        (int, json!(5), true),
        (int, json!(null), true),
        (int, json!(5.0), false),
        (int, json!("5"), false),
        (int, json!(true), false),
        (int, json!(2_147_483_648_u64), false),
        (int, json!(u64::MAX), false),
        (float, json!(5), true),
        (float, json!(5.5), true),
        (float, json!("5"), false),
        (flag, json!(true), true),
        (flag, json!("true"), false),
        (flag, json!(1), false),
        (default, json!(null), false),
        (text, json!("a"), true),
        (text, json!(1), false),
        (text, json!({}), false),
    ] {
        for pass in ["miss or hit", "hit"] {
            let fit = fits(&sample, query, json!({"v": value})).await;
            assert_eq!(fit, expected, "{pass}: {query} {value}");
        }
    }
    for (query, expected) in [(filter, false), (int, true), (default, true), (text, false)] {
        assert_eq!(fits(&sample, query, json!({})).await, expected, "{query}");
    }
    assert_eq!(sample.ran(), 0);
}

#[tokio::test]
async fn a_variable_inside_a_literal_is_checked_with_the_rest_of_it() {
    let sample = Sample::new();
    let query = "query($k: Kind!, $w: ID) {
        search(filter: {kind: $k, both: [{kind: $k}]}) pick(which: {id: $w}) }";
    let good = json!({"k": "POLL", "w": "a"});
    assert!(fits(&sample, query, good.clone()).await);
    // One of the fields must be given, which only the value can tell.
    assert!(!fits(&sample, query, json!({"k": "POLL", "w": null})).await);
    assert!(fits(&sample, query, good).await);
    let unknown = "query($k: Kind!) { search(filter: {kind: $k, nope: 1}) }";
    assert!(!fits(&sample, unknown, json!({"k": "POLL"})).await);
    assert_eq!(sample.ran(), 0);
}

#[tokio::test]
async fn undeclared_variables_are_dropped() {
    let sample = Sample::new();
    let body = json!({"query": "{ __typename }", "variables": {"x": [1, 2]}});
    let prepared = prepare(&sample, &body).await.unwrap();
    assert_eq!(*prepared.variables(), Variables::default());
}

#[tokio::test]
async fn a_persisted_query_is_found_by_its_hash_once_it_was_sent() {
    let sample = Sample::new();
    // printf '{ __typename }' | sha256sum
    let hash = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";
    let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
    let alone = json!({"extensions": extensions});
    let missing = prepare(&sample, &alone).await.unwrap_err();
    assert_eq!(missing.fault(), Fault::PersistedQueryNotFound);

    let both = json!({"query": "{ __typename }", "extensions": extensions});
    let sent = prepare(&sample, &both).await.unwrap();
    let found = prepare(&sample, &alone).await.unwrap();
    assert!(std::ptr::eq(sent.document(), found.document()));

    let other = json!({"query": "{ __typename  }", "extensions": extensions});
    let mismatch = prepare(&sample, &other).await.unwrap_err();
    assert_eq!(mismatch.fault(), Fault::BadUserInput);
    for (version, hash) in [(2, hash), (1, "7f"), (1, &"g".repeat(64)), (1, "")] {
        let extensions = json!({"persistedQuery": {"version": version, "sha256Hash": hash}});
        let refusal = prepare(&sample, &json!({"extensions": extensions})).await;
        assert_eq!(refusal.unwrap_err().fault(), Fault::BadUserInput);
    }
}

#[tokio::test]
async fn the_cost_is_what_the_schema_says() {
    let sample = Sample::new();
    let query = "query($n: Int = 5, $ids: [ID!]!) {
        threads(first: $n) { totalCount nodes { title agency { name } ...F } }
        nodes(ids: $ids) { title }
        search(filter: {kind: POLL})
    }
    fragment F on Thread { threads(last: 3) { ...P } }
    fragment P on Page { nodes { title } }";
    // A thread of the list: itself, its agency, and a page of three.
    let each = 1 + 1 + (1 + 3);
    for (variables, expected) in [
        (json!({"ids": []}), 1 + 5 * each + 50),
        (json!({"n": 0, "ids": ["a", "b"]}), 1 + 2 + 50),
        (json!({"n": 100, "ids": "a"}), 1 + 100 * each + 1 + 50),
    ] {
        let body = json!({"query": query, "variables": variables});
        let cost = prepare(&sample, &body).await.map(|it| it.cost());
        assert_eq!(cost.unwrap(), expected, "{variables}");
    }
}

/// Trusts one document.
#[derive(Debug)]
struct One(Hash, &'static str);

#[async_trait::async_trait]
impl Trusted for One {
    fn knows(&self, hash: &Hash) -> bool {
        *hash == self.0
    }

    async fn text(&self, hash: &Hash) -> Result<Option<String>, Fault> {
        Ok(self.knows(hash).then(|| self.1.to_owned()))
    }
}

#[tokio::test]
async fn a_caller_may_be_held_to_trusted_documents_while_others_are_not() {
    let text = "{ __typename }";
    let hash: Hash = Sha256::digest(text).into();
    let sample = Sample::new().trusting(One(hash, text));
    let outcome = async |ask: Ask, admits| {
        let prepared = sample.documents().prepare(ask, admits).await;
        prepared.map(|one| one.cost()).map_err(|it| it.fault())
    };
    let sent = |text: &str| Ask {
        query: Some(text.to_owned()),
        ..Ask::default()
    };
    let persisted = |hash| Ask {
        persisted: Some(hash),
        ..Ask::default()
    };
    let trusted = |hash| Ask {
        trusted: Some(hash),
        ..Ask::default()
    };
    let other = "{ a: __typename }";
    let other_hash: Hash = Sha256::digest(other).into();
    // Known to the cache, but not trusted.
    outcome(sent(other), Admits::Any).await.unwrap();
    for admits in [Admits::Any, Admits::Trusted] {
        for ask in [sent(text), persisted(hash), trusted(hash)] {
            outcome(ask, admits).await.unwrap();
        }
        let unknown = outcome(trusted(other_hash), admits).await.unwrap_err();
        assert_eq!(unknown, Fault::PersistedQueryNotFound);
    }
    outcome(persisted(other_hash), Admits::Any).await.unwrap();
    let refused = outcome(persisted(other_hash), Admits::Trusted).await;
    assert_eq!(refused.unwrap_err(), Fault::PersistedQueryNotFound);
    let refused = outcome(sent(other), Admits::Trusted).await;
    assert_eq!(refused.unwrap_err(), Fault::Forbidden);
}

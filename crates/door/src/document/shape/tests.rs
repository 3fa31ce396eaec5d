//! Null stands where a field failed, and as far above as the schema has no null.

use async_graphql::{
    EmptyMutation, EmptySubscription, Interface, Object, Result, Schema, SchemaBuilder,
    ValidationMode,
};
use serde_json::{Value, json};

use crate::document::{Admits, Ask, CACHE_BYTES, Documents, Strict};
use crate::fault::Fault;
use crate::guard::{Limits, SchemaTable};

struct Query;
struct Item;

struct Leaf;

#[Object]
impl Leaf {
    async fn name(&self) -> &'static str {
        "a name"
    }

    async fn fine(&self) -> i32 {
        1
    }
}

#[derive(Interface)]
#[graphql(field(name = "fine", ty = "i32"))]
enum Node {
    Item(Item),
    Leaf(Leaf),
}

#[Object]
impl Query {
    async fn may(&self) -> Result<Option<i32>> {
        Err(Fault::NotFound.into())
    }

    async fn must(&self) -> Result<i32> {
        Err(Fault::NotFound.into())
    }

    async fn fine(&self) -> i32 {
        tokio::task::yield_now().await;
        1
    }

    async fn item(&self) -> Option<Item> {
        Some(Item)
    }

    async fn sure(&self) -> Item {
        Item
    }

    async fn items(&self) -> Option<Vec<Item>> {
        Some(vec![Item, Item])
    }

    async fn gaps(&self) -> Vec<Option<Item>> {
        vec![None, Some(Item), None]
    }

    async fn node(&self) -> Option<Node> {
        Some(Node::Item(Item))
    }

    async fn leaf(&self) -> Node {
        Node::Leaf(Leaf)
    }
}

#[Object]
impl Item {
    async fn may(&self) -> Result<Option<i32>> {
        Err(Fault::NotFound.into())
    }

    async fn must(&self) -> Result<i32> {
        Err(Fault::NotFound.into())
    }

    async fn fine(&self) -> i32 {
        1
    }

    async fn leaf(&self) -> Leaf {
        Leaf
    }

    async fn below(&self) -> Option<Item> {
        Some(Item)
    }
}

fn build() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query, EmptyMutation, EmptySubscription)
}

async fn data(query: &str) -> Value {
    let schema = build().validation_mode(ValidationMode::Fast).finish();
    let table = SchemaTable::from_sdl(&schema.sdl()).unwrap();
    let documents = Documents::new(table, Limits::default(), CACHE_BYTES, Strict::new(build()));
    let ask = json!({ "query": query }).to_string();
    let ask = Ask::from_json(ask.as_bytes()).unwrap();
    let prepared = documents.prepare(ask, Admits::Any).await.unwrap();
    let shape = prepared.shape();
    let mut response = schema.execute(prepared.into_request()).await;
    shape.give(&mut response, documents.table());
    response.data.into_json().unwrap()
}

#[tokio::test]
async fn null_stands_where_a_field_failed_or_above_it() {
    for (query, expected) in [
        ("{ may }", json!({ "may": null })),
        ("{ other: may fine }", json!({ "other": null, "fine": 1 })),
        ("{ fine must }", json!(null)),
        (
            "{ fine item { may } }",
            json!({ "fine": 1, "item": { "may": null } }),
        ),
        ("{ fine item { must } }", json!({ "fine": 1, "item": null })),
        ("{ item { must may fine } }", json!({ "item": null })),
        ("{ item { may must fine } }", json!({ "item": null })),
        ("{ fine sure { must } }", json!(null)),
        (
            "{ sure { fine may } }",
            json!({ "sure": { "fine": 1, "may": null } }),
        ),
        (
            "{ item { fine below { must } } }",
            json!({ "item": { "fine": 1, "below": null } }),
        ),
        (
            "{ item { below { below { may } leaf { name } } } }",
            json!({ "item": { "below": { "below": { "may": null }, "leaf": { "name": "a name" } } } }),
        ),
        (
            "{ fine items { fine must } }",
            json!({ "fine": 1, "items": null }),
        ),
        (
            "{ items { fine may } }",
            json!({ "items": [{ "fine": 1, "may": null }, { "fine": 1, "may": null }] }),
        ),
        (
            "{ gaps { must may } }",
            json!({ "gaps": [null, null, null] }),
        ),
        (
            "{ gaps { may } }",
            json!({ "gaps": [null, { "may": null }, null] }),
        ),
        (
            "{ node { ... on Item { may } } }",
            json!({ "node": { "may": null } }),
        ),
        (
            "{ node { ... on Item { fine must } } }",
            json!({ "node": null }),
        ),
        (
            "{ ...F } fragment F on Query { item { ...G } } fragment G on Item { must }",
            json!({ "item": null }),
        ),
        (
            "{ item { fine } item { may } }",
            json!({ "item": { "fine": 1, "may": null } }),
        ),
    ] {
        assert_eq!(data(query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn an_object_of_which_nothing_is_answered_is_one_all_the_same() {
    for (query, expected) in [
        ("{ fine @skip(if: true) }", json!({})),
        (
            "{ fine sure { fine @include(if: false) } }",
            json!({ "fine": 1, "sure": {} }),
        ),
        (
            "{ sure { ...F @skip(if: true) } } fragment F on Item { fine }",
            json!({ "sure": {} }),
        ),
        (
            "{ sure { ...F } } fragment F on Item { fine @skip(if: true) }",
            json!({ "sure": {} }),
        ),
        (
            "{ gaps { fine @skip(if: true) } }",
            json!({ "gaps": [null, {}, null] }),
        ),
        ("{ leaf { ... on Item { may } } }", json!({ "leaf": {} })),
        (
            "{ leaf { ... on Leaf { name } } }",
            json!({ "leaf": { "name": "a name" } }),
        ),
        (
            "{ leaf { ... on Node { fine } } }",
            json!({ "leaf": { "fine": 1 } }),
        ),
        (
            "{ item { leaf { name @skip(if: true) } below { may @skip(if: true) fine } } }",
            json!({ "item": { "leaf": {}, "below": { "fine": 1 } } }),
        ),
        (
            "{ node { ... on Item { must @skip(if: true) may } } }",
            json!({ "node": { "may": null } }),
        ),
    ] {
        assert_eq!(data(query).await, expected, "{query}");
    }
}

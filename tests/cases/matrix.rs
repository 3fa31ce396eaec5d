//! Everything that can be asked, by everybody, of a thread for every audience:
//! over HTTP, over a websocket, and by `node(id)`. What comes of it is printed
//! and compared; a field of the schema without a line fails.

mod asks;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use mukalma_tests::Client;
use serde_json::{Value, json};

use asks::{ON_THREADS, OTHERS, Of, QUERIES, SUBSCRIPTIONS};
use world::{AUDIENCES, EVERYBODY, World, sign_in};

const LEGEND: &str = "\
+  done, or seen              .  NOT_FOUND, or nothing to be seen
s  UNAUTHENTICATED            f  FORBIDDEN
i  CONFLICT_OF_INTEREST       m  ILLEGAL_MOVE
w  SIGN_IN_FAILED, BAD_CODE   x  INVALID, TAKEN
";

/// The variables that a selection uses, declared, and their values.
fn operation(kind: &str, selection: &str, named: &BTreeMap<&str, Value>) -> Value {
    let mut declared = Vec::new();
    let mut variables = json!({});
    for (name, value) in named {
        if selection.contains(&format!("${name}")) {
            let of = match *name {
                "reference" | "cursor" => "String!",
                _ => "ID!",
            };
            declared.push(format!("${name}: {of}"));
            variables[*name] = value.clone();
        }
    }
    let declared = if declared.is_empty() {
        String::new()
    } else {
        format!("({})", declared.join(", "))
    };
    json!({ "query": format!("{kind}{declared} {{ {selection} }}"), "variables": variables })
}

/// A mutation with an input of which words such as `$id` stand for names.
fn mutation(name: &str, input: &str, named: &BTreeMap<&str, Value>) -> Value {
    let mut input: Value = serde_json::from_str(input).expect("an input");
    for value in input.as_object_mut().expect("an object").values_mut() {
        let name = value.as_str().and_then(|text| text.strip_prefix('$'));
        if let Some(known) = name.and_then(|name| named.get(name)) {
            *value = known.clone();
        }
    }
    let of = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query =
        format!("mutation($input: {of}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
    json!({ "query": query, "variables": { "input": input } })
}

/// What came of an operation: the first code of its errors, whatever part of
/// the answer says it; else that it was done.
fn code(answer: &Value) -> String {
    let top = answer["errors"][0]["extensions"]["code"].as_str();
    let payloads = answer["data"].as_object().into_iter().flatten();
    let mut below = payloads.filter_map(|(_, payload)| payload["userErrors"][0]["code"].as_str());
    top.or_else(|| below.next()).unwrap_or("+").to_owned()
}

fn letter(code: &str) -> &str {
    match code {
        "NOT_FOUND" => ".",
        "UNAUTHENTICATED" => "s",
        "FORBIDDEN" => "f",
        "CONFLICT_OF_INTEREST" => "i",
        "ILLEGAL_MOVE" => "m",
        "SIGN_IN_FAILED" | "BAD_CODE" => "w",
        "INVALID" | "TAKEN" => "x",
        other => other,
    }
}

/// Whether a query showed anything of what it was asked for.
fn shown(of: Of, answer: &Value, named: &BTreeMap<&str, Value>) -> String {
    let code = code(answer);
    if code != "+" {
        return code;
    }
    let empty = |value: &Value| value.is_null() || *value == json!([]);
    let shows = match of {
        Of::Thread => {
            let id = named["id"].as_str().expect("an id");
            let fields = answer["data"].as_object().expect("data");
            let with = |value: &Value| value.to_string().contains(id);
            let all = fields.values().filter(|value| with(value)).count();
            assert!(all == 0 || all == fields.len(), "{answer}");
            all > 0
        }
        Of::Forum => answer["data"]
            .as_object()
            .is_some_and(|fields| fields.values().any(|value| !empty(value))),
    };
    if shows { "+" } else { "." }.to_owned()
}

/// The answer over a websocket, as it would be over HTTP.
async fn over_websocket(client: &Client, body: &Value) -> Value {
    client.subscribe(body).await.answer().await
}

async fn over_http(client: &Client, body: &Value) -> Value {
    client.post(body.to_string().into_bytes()).await.body
}

/// A table's line: what came of it for everybody.
fn line(out: &mut String, name: &str, cells: &[String]) {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| format!("{:<9}", letter(cell)))
        .collect();
    let line = format!("{name:24}{}", cells.join(" "));
    writeln!(out, "{}", line.trim_end()).expect("a text");
}

fn head(out: &mut String, of: &str) {
    line(out, of, &EVERYBODY.map(str::to_owned));
}

/// What can be asked and done about a thread for one audience.
async fn about(audience: &str) -> String {
    let world = World::new().await;
    let mut out = LEGEND.to_owned();
    head(&mut out, audience);
    let named = world.thread(audience).await;
    for (name, of, selection) in QUERIES {
        if matches!(of, Of::Forum) {
            continue;
        }
        let body = operation("query", selection, &named);
        let mut cells = Vec::new();
        for login in EVERYBODY {
            let client = &world.people[login];
            let [http, socket] = [
                over_http(client, &body).await,
                over_websocket(client, &body).await,
            ];
            assert_eq!(code(&http), code(&socket), "{login}: {name}");
            assert_eq!(http["data"], socket["data"], "{login}: {name}");
            cells.push(shown(*of, &http, &named));
        }
        line(&mut out, name, &cells);
    }
    let (name, selection) = SUBSCRIPTIONS[0];
    let body = operation("subscription", selection, &named);
    let mut cells = Vec::new();
    for login in EVERYBODY {
        cells.push(code(&over_websocket(&world.people[login], &body).await));
    }
    line(&mut out, name, &cells);
    let mut nothing = named.clone();
    for name in ["id", "post"] {
        nothing.insert(name, world.forum.thread_id_of_nothing());
    }
    let mut untouched = None;
    for (name, input) in ON_THREADS {
        let mut cells = Vec::new();
        for login in EVERYBODY {
            // One on which something was done is not asked about again.
            let named = match untouched.take() {
                Some(named) => named,
                None => world.thread(audience).await,
            };
            let (client, body) = (&world.people[login], mutation(name, input, &named));
            // Before: who sends a thread on may see it no more.
            let asked = operation("query", "thread(id: $id) { id }", &named);
            let seen = !over_http(client, &asked).await["data"]["thread"].is_null();
            let done = code(&over_http(client, &body).await);
            if !seen {
                let nothing = code(&over_http(client, &mutation(name, input, &nothing)).await);
                assert_eq!(done, nothing, "{login}: {name} of what is not there");
            }
            if done != "+" {
                let socket = code(&over_websocket(client, &body).await);
                assert_eq!(done, socket, "{login}: {name} over a websocket");
                untouched = Some(named);
            }
            cells.push(done);
        }
        line(&mut out, name, &cells);
    }
    out
}

/// Compares a table with the one that was accepted.
macro_rules! tables {
    ($($test:ident: $audience:literal),+ $(,)?) => {
        $(#[tokio::test]
        async fn $test() {
            assert!(AUDIENCES.contains(&$audience));
            let table = about($audience).await;
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(concat!("matrix_", $audience), table);
            });
        })+
    };
}

tables! {
    what_is_public: "PUBLIC",
    what_is_for_members: "MEMBERS",
    what_is_for_a_circle: "CIRCLE",
    what_is_for_a_caucus: "CAUCUS",
    what_is_for_officials: "OFFICIALS",
    what_is_confidential: "CONFIDENTIAL",
}

#[tokio::test]
async fn what_is_of_no_thread() {
    let world = World::new().await;
    let mut out = LEGEND.to_owned();
    head(&mut out, "OF NO THREAD");
    let named = world.thread("MEMBERS").await;
    for (name, of, selection) in QUERIES {
        if matches!(of, Of::Thread) {
            continue;
        }
        let body = operation("query", selection, &named);
        let mut cells = Vec::new();
        for login in EVERYBODY {
            let client = &world.people[login];
            let http = shown(*of, &over_http(client, &body).await, &named);
            let socket = shown(*of, &over_websocket(client, &body).await, &named);
            assert_eq!(http, socket, "{login}: {name}");
            cells.push(http);
        }
        line(&mut out, name, &cells);
    }
    let public = world.thread("PUBLIC").await;
    for (name, selection) in &SUBSCRIPTIONS[1..] {
        let mut cells = Vec::new();
        for login in EVERYBODY {
            let client = &world.people[login];
            let follow = mutation("followThread", r#"{"threadId": "$id"}"#, &public);
            over_http(client, &follow).await;
            let mut watch = client
                .subscribe(&operation("subscription", selection, &public))
                .await;
            let post = json!({ "threadId": public["id"], "body": "To whoever follows." });
            world.people["ally"].done("addPost", post, "").await;
            cells.push(code(&watch.answer().await));
        }
        line(&mut out, name, &cells);
    }
    for (name, input) in OTHERS {
        let mut cells = Vec::new();
        for login in EVERYBODY {
            let client = sign_in(&world.forum, login).await;
            cells.push(code(
                &over_http(&client, &mutation(name, input, &named)).await,
            ));
        }
        line(&mut out, name, &cells);
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("matrix_of_no_thread", out);
    });
}

#[test]
fn every_field_has_a_line() {
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for definition in parse_schema(api::schema::sdl()).unwrap().definitions {
        if let TypeSystemDefinition::Type(definition) = definition
            && let TypeKind::Object(object) = definition.node.kind
        {
            let names = object
                .fields
                .iter()
                .map(|one| one.node.name.node.to_string());
            fields.insert(definition.node.name.node.to_string(), names.collect());
        }
    }
    let mutations = ON_THREADS.iter().chain(OTHERS).map(|(name, _)| *name);
    let queries = QUERIES.iter().map(|(name, ..)| *name);
    let subscriptions = SUBSCRIPTIONS.iter().map(|(name, _)| *name);
    let set = |names: Vec<&str>| {
        names
            .into_iter()
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(set(mutations.collect()), fields["Mutation"]);
    assert_eq!(set(queries.collect()), fields["Query"]);
    assert_eq!(set(subscriptions.collect()), fields["Subscription"]);
}

/// Sorting, filtering and counting tell nothing of what one may not see: a list
/// holds what `thread(id)` shows and fits the filter, and counts no more.
#[tokio::test]
async fn nothing_is_sorted_filtered_or_counted_that_may_not_be_seen() {
    let world = World::new().await;
    let mut all = Vec::new();
    for audience in AUDIENCES {
        all.push((audience, world.thread(audience).await["id"].clone()));
    }
    let document = "query($filter: ThreadFilter, $order: ThreadOrder!) { \
        threads(first: 100, filter: $filter, orderBy: $order) { totalCount nodes { id audience } } }";
    for login in EVERYBODY {
        let client = &world.people[login];
        let mut seen = BTreeSet::new();
        for (audience, id) in &all {
            let body = operation(
                "query",
                "thread(id: $id) { id }",
                &BTreeMap::from([("id", id.clone())]),
            );
            if over_http(client, &body).await["data"]["thread"] != Value::Null {
                seen.insert((id.as_str().unwrap().to_owned(), *audience));
            }
        }
        for field in ["CREATED_AT", "LAST_ACTIVITY_AT"] {
            for direction in ["ASC", "DESC"] {
                for wanted in [None].into_iter().chain(AUDIENCES.map(Some)) {
                    let filter = match wanted {
                        None => json!({}),
                        Some(audience) => json!({ "audience": audience }),
                    };
                    let order = json!({ "field": field, "direction": direction });
                    let variables = json!({ "filter": filter, "order": order });
                    let list = client.run(document, variables).await["threads"].take();
                    let nodes = list["nodes"].as_array().unwrap();
                    assert_eq!(list["totalCount"], nodes.len(), "{login} {wanted:?}");
                    let listed: BTreeSet<&str> =
                        nodes.iter().filter_map(|one| one["id"].as_str()).collect();
                    for (audience, id) in &all {
                        let id = id.as_str().unwrap();
                        let expected = seen.contains(&(id.to_owned(), *audience))
                            && wanted.is_none_or(|wanted| wanted == *audience);
                        assert_eq!(
                            listed.contains(id),
                            expected,
                            "{login} {audience} {wanted:?}"
                        );
                    }
                }
            }
        }
    }
}

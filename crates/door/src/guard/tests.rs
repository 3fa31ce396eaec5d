//! The guard's limits, each just kept and just broken, and what it knows of the
//! schema.

use std::fmt::Write as _;

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;

use super::corpus::{Hostile, corpus};
use super::walk::Walk;
use super::{Limits, SchemaTable, measure, measure_by, read};
use crate::directive::On;
use crate::document::{Admits, Ask};
use crate::fault::Fault;
use crate::front::Serve;
use crate::front::sample::Sample;

fn table() -> SchemaTable {
    SchemaTable::from_sdl(&Sample::new().sdl()).unwrap()
}

/// Why a text is refused, if it is.
fn refused(table: &SchemaTable, text: &str) -> Option<(Fault, String)> {
    let limits = Limits::default();
    let found = match read(text, &limits) {
        Ok(document) => measure(&document, table, &limits)
            .and_then(|measures| measures.operations[0].cost(&Variables::default(), &limits))
            .err()
            .map(Into::into),
        Err(error) => Some(error),
    };
    found.map(|error| (Fault::of(&error).unwrap(), error.message))
}

fn nested(field: &str, levels: usize) -> String {
    let mut text = String::from("title");
    for _ in 1..levels {
        text = format!("{field} {{ {text} }}");
    }
    format!("{{ {text} }}")
}

fn listed(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(" ")
}

/// A fragment that spreads the next `fan` times, and so on.
fn chain(length: usize, fan: usize) -> String {
    let mut text = String::from("{ ...F0 }");
    for at in 0..length {
        let next = at + 1;
        let spreads = format!("...F{next} ").repeat(fan);
        write!(text, " fragment F{at} on Query {{ {spreads} }}").unwrap();
    }
    write!(text, " fragment F{length} on Query {{ __typename }}").unwrap();
    text
}

#[test]
fn each_limit_holds_at_its_figure_and_not_before() {
    let table = table();
    let first = |count: usize| format!("{{ threads(first: {count}) {{ totalCount }} }}");
    let ids = |count: usize| {
        let ids = "\"a\" ".repeat(count);
        format!("{{ nodes(ids: [{ids}]) {{ title }} }}")
    };
    let aliases = |count| {
        let aliases = listed(count, |at| format!("a{at}: title"));
        format!("{{ thread {{ {aliases} }} }}")
    };
    let spread_aliases = |count| {
        let spreads = "...F ".repeat(count);
        format!("{{ thread {{ {spreads} }} }} fragment F on Thread {{ a: title }}")
    };
    let directives = |count| format!("{{ thread {{ title {} }} }}", "@a ".repeat(count));
    let roots = |count| format!("{{ {} }}", "__typename ".repeat(count));
    let deep = |levels: usize| {
        let (open, close) = ("{both: ".repeat(levels), "}".repeat(levels));
        format!("{{ search(filter: {open}1{close}) }}")
    };
    let default = |count: usize| {
        let list = "1 ".repeat(count);
        format!("query($a: [Int] = [{list}]) {{ __typename }}")
    };
    let bytes = |count: usize| format!("{{ title }}#{}", "x".repeat(count - 10));
    let tokens = |count: usize| format!("{{ thread {{ {} }} }}", "title ".repeat(count - 5));
    let wide = |count: usize| {
        let spreads = "...F ".repeat(count / 100 - 1);
        let fields = "title ".repeat(98);
        // Each spread is one selection and 98 below it; the fragment itself and
        // the two roots come on top.
        format!("{{ thread {{ {spreads} }} }} fragment F on Thread {{ {fields} }}")
    };
    let cost = |count: usize| {
        format!("{{ thread {{ threads(first: {count}) {{ nodes {{ related {{ title }} }} }} }} }}")
    };
    let cases: [(&str, String, String); 14] = [
        ("depth", nested("thread", 10), nested("thread", 11)),
        ("aliases", aliases(15), aliases(16)),
        ("spread aliases", spread_aliases(15), spread_aliases(16)),
        ("directives", directives(50), directives(51)),
        ("root fields", roots(10), roots(11)),
        ("first", first(100), first(101)),
        ("ids", ids(100), ids(101)),
        ("default", default(100), default(101)),
        ("values", deep(10), deep(11)),
        ("bytes", bytes(16 * 1024), bytes(16 * 1024 + 1)),
        ("tokens", tokens(1_000), tokens(1_001)),
        ("selections", wide(4_900), wide(5_200)),
        ("nesting", chain(30, 1), chain(31, 1)),
        ("cost", cost(90), cost(91)),
    ];
    for (limit, kept, broken) in cases {
        assert_eq!(refused(&table, &kept), None, "{limit}");
        let broken = refused(&table, &broken).map(|(fault, _)| fault);
        assert_eq!(broken, Some(Fault::QueryTooComplex), "{limit}");
    }
}

#[test]
fn a_chain_of_fragments_costs_no_more_than_its_text() {
    let table = table();
    let limits = Limits::default();
    for (length, fan) in [(12, 2), (26, 2), (60, 2), (20, 8)] {
        let text = chain(length, fan);
        assert!(text.len() < limits.document_bytes);
        let document = parse_query(&text).unwrap();
        let operation = document.operations.iter().next().unwrap().1;
        let mut walk = Walk::new(&document, &table, &limits);
        let measure = walk.operation(OperationType::Query, &operation.node.selection_set);
        assert!(measure.is_err(), "{length} × {fan}");
        let selections = (length * fan + 2) as u64;
        assert!(walk.visited <= selections, "{} visited", walk.visited);
    }
}

#[test]
fn a_fragment_that_nothing_spreads_is_measured_too() {
    let text = format!("{{ __typename }} {}", chain(20, 2).replace("{ ...F0 }", ""));
    let (fault, _) = refused(&table(), &text).unwrap();
    assert_eq!(fault, Fault::QueryTooComplex);
}

#[test]
fn a_fragment_that_spreads_itself_is_refused() {
    for text in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { thread { ...B } } fragment B on Thread { related { ...C } }
         fragment C on Thread { ... on Thread { ...B } }",
        "{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }",
    ] {
        let (fault, message) = refused(&table(), text).unwrap();
        assert_eq!(fault, Fault::BadUserInput);
        assert!(message.contains("spreads itself"), "{message}");
    }
}

#[test]
fn a_subscription_selects_one_field() {
    let table = table();
    let one = "subscription { events { cursor } }";
    let two = "subscription { a: events { cursor } b: events { cursor } }";
    assert_eq!(refused(&table, one), None);
    assert_eq!(refused(&table, two).unwrap().0, Fault::BadUserInput);
}

/// What the usual tools ask of a schema, with lists and exclamation marks nine
/// deep, as the newest do.
pub(super) fn introspection() -> String {
    let mut of = String::from("kind name");
    for _ in 0..9 {
        of = format!("kind name ofType {{ {of} }}");
    }
    format!(
        "query IntrospectionQuery {{ __schema {{ description
            queryType {{ name kind }} mutationType {{ name kind }} subscriptionType {{ name kind }}
            types {{ ...FullType }}
            directives {{ name description isRepeatable locations
                args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
        fragment FullType on __Type {{ kind name description specifiedByURL isOneOf
            fields(includeDeprecated: true) {{ name description
                args(includeDeprecated: true) {{ ...InputValue }}
                type {{ ...TypeRef }} isDeprecated deprecationReason }}
            inputFields(includeDeprecated: true) {{ ...InputValue }}
            interfaces {{ ...TypeRef }}
            enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
            possibleTypes {{ ...TypeRef }} }}
        fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue
            isDeprecated deprecationReason }}
        fragment TypeRef on __Type {{ {of} }}"
    )
}

#[test]
fn the_introspection_of_the_usual_tools_passes() {
    assert_eq!(refused(&table(), &introspection()), None);
}

#[test]
fn introspection_that_multiplies_is_refused() {
    let table = table();
    let mut fields = String::from("name");
    for _ in 0..3 {
        fields = format!("fields {{ type {{ {fields} }} }}");
    }
    let mut of = String::from("name");
    for _ in 0..14 {
        of = format!("ofType {{ {of} }}");
    }
    let types = listed(6, |at| {
        format!("a{at}: types {{ fields {{ type {{ name }} args {{ name }} }} }}")
    });
    for text in [
        format!("{{ __schema {{ types {{ {fields} }} }} }}"),
        format!("{{ __type(name: \"Thread\") {{ {of} }} }}"),
        format!(
            "{{ a: __schema {{ {types} }} b: __schema {{ {types} }} c: __schema {{ {types} }} }}"
        ),
    ] {
        let (fault, _) = refused(&table, &text).unwrap();
        assert_eq!(fault, Fault::QueryTooComplex, "{text}");
    }
}

#[test]
fn the_schemas_text_carries_what_the_guard_counts() {
    let sdl = Sample::new().sdl();
    for line in [
        "@cost(weight: 50)",
        "@listSize(assumedSize: 20, slicingArguments: [\"first\", \"last\"], sizedFields: [\"edges\", \"nodes\"])",
        "@depends(on: THREAD)",
        "name: String! @depends(on: DIRECTORY)",
        "directive @listSize(",
    ] {
        assert!(sdl.contains(line), "{line} in\n{sdl}");
    }
    let table = SchemaTable::from_sdl(&sdl).unwrap();
    let query = table.root(OperationType::Query).unwrap();
    assert_eq!(query.field("search").unwrap().weight, 50);
    assert_eq!(query.field("thread").unwrap().weight, 1);
    assert_eq!(query.field("ratio").unwrap().weight, 0);
    let threads = query.field("threads").unwrap().list.as_ref().unwrap();
    assert_eq!((threads.assumed, threads.sized.len()), (20, 2));
    assert!(query.field("thread").unwrap().list.is_none());
}

#[test]
fn a_directive_with_unknown_arguments_is_an_error() {
    for field in [
        "@cost(weight: -1)",
        "@cost",
        "@depends(on: NOBODY)",
        "@listSize(assumedSize: 1)",
    ] {
        let sdl = format!("schema {{ query: Q }} type Q {{ a: Int {field} }}");
        assert!(SchemaTable::from_sdl(&sdl).is_err(), "{field}");
    }
}

#[test]
fn the_strongest_field_says_how_widely_an_answer_is_shared() {
    let table = table();
    for (text, expected) in [
        ("{ thread { title __typename } }", On::Thread),
        (
            "{ thread { title ...F } } fragment F on Thread { agency { name } }",
            On::Directory,
        ),
        (
            "{ thread { title ...F } } fragment F on Thread { ... { followed } }",
            On::Viewer,
        ),
        ("{ thread { agency { viewerCanAnswer } } }", On::Viewer),
        ("{ threads { nodes { title } totalCount } }", On::Thread),
        // Nothing is said about this one, and about a mutation nothing can be.
        ("{ pick(which: {id: \"a\"}) }", On::Viewer),
        ("mutation { __typename }", On::Viewer),
        ("{ nope }", On::Viewer),
        ("{ __schema { types { name } } }", On::Thread),
        // The interface says thread; one of its types depends on the directory.
        ("subscription { events { cursor } }", On::Directory),
        (
            "subscription { events { ... on Added { cursor text } } }",
            On::Thread,
        ),
        ("{ ...A } fragment A on Query { ...A }", On::Viewer),
    ] {
        let document = parse_query(text).unwrap();
        assert_eq!(table.share_class(&document, None), expected, "{text}");
    }
    let document = parse_query("query A { thread { title } } query B { defect }").unwrap();
    assert_eq!(table.share_class(&document, Some("A")), On::Thread);
    assert_eq!(table.share_class(&document, Some("B")), On::Viewer);
    assert_eq!(table.share_class(&document, None), On::Viewer);
}

#[tokio::test]
async fn every_hostile_request_is_refused_and_no_resolver_runs() {
    let sample = Sample::new();
    let corpus = corpus(&[]);
    assert!(corpus.len() >= 2_000, "{}", corpus.len());
    for Hostile {
        family,
        number,
        body,
    } in corpus
    {
        let refusal = match Ask::from_json(body.as_bytes()) {
            Ok(ask) => sample
                .documents()
                .prepare(ask, Admits::Any)
                .await
                .map(drop)
                .err(),
            Err(refusal) => Some(refusal),
        };
        let start: String = body.chars().take(300).collect();
        let Some(refusal) = refusal else {
            panic!("{family} {number} passed: {start}");
        };
        let fault = refusal.fault();
        assert!(
            matches!(fault, Fault::QueryTooComplex | Fault::BadUserInput),
            "{family} {number}: {fault:?}: {start}"
        );
    }
    assert_eq!(sample.ran(), 0);
}

#[test]
fn a_hostile_request_is_looked_at_no_more_than_its_text_is_long() {
    let (table, limits) = (table(), Limits::default());
    for Hostile {
        family,
        number,
        body,
    } in corpus(&[])
    {
        let Ok(Ask {
            query: Some(text), ..
        }) = Ask::from_json(body.as_bytes())
        else {
            continue;
        };
        let Ok(document) = read(&text, &limits) else {
            continue;
        };
        let mut walk = Walk::new(&document, &table, &limits);
        // Refused or not: what was looked at until then counts.
        drop(measure_by(&mut walk, &document, &limits));
        let visited = walk.visited;
        // A selection is at least one token, and a fragment is measured once
        // for each way in which lists around it are sized: two here.
        let most = 2 * limits.tokens as u64;
        assert!(visited <= most, "{family} {number}: {visited}");
    }
}

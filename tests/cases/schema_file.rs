//! The schema file, and what every element of it must have.

use std::sync::LazyLock;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, ServiceDocument, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

const FILE: &str = include_str!("../../schema.graphql");

#[test]
fn the_schema_file_is_what_the_server_serves() {
    assert!(api::schema::sdl() == FILE, "run `cargo xtask schema`");
}

#[test]
fn every_element_of_the_schema_is_described() {
    let mut bare = Vec::new();
    for definition in definitions() {
        let name = definition.name.node.to_string();
        let mut look = |described: bool, path: String| {
            if !described {
                bare.push(path);
            }
        };
        look(definition.description.is_some(), name.clone());
        let fields = match &definition.kind {
            TypeKind::Object(object) => object.fields.as_slice(),
            TypeKind::Interface(interface) => interface.fields.as_slice(),
            TypeKind::Enum(values) => {
                for value in &values.values {
                    let value = &value.node;
                    look(
                        value.description.is_some(),
                        format!("{name}.{}", value.value.node),
                    );
                }
                &[]
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    let field = &field.node;
                    look(
                        field.description.is_some(),
                        format!("{name}.{}", field.name.node),
                    );
                }
                &[]
            }
            TypeKind::Scalar | TypeKind::Union(_) => &[],
        };
        for field in fields {
            let field = &field.node;
            let path = format!("{name}.{}", field.name.node);
            look(field.description.is_some(), path.clone());
            for argument in &field.arguments {
                let argument = &argument.node;
                look(
                    argument.description.is_some(),
                    format!("{path}({})", argument.name.node),
                );
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

/// The type's name without what says whether it is a list or must be there.
fn named(of: &Type) -> String {
    match &of.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(of) => named(of),
    }
}

fn definitions() -> impl Iterator<Item = &'static TypeDefinition> {
    static READ: LazyLock<ServiceDocument> =
        LazyLock::new(|| parse_schema(FILE).expect("the schema file is read"));
    READ.definitions.iter().filter_map(|one| match one {
        TypeSystemDefinition::Type(definition) => Some(&definition.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    })
}

fn fields_of(name: &str) -> Vec<&'static FieldDefinition> {
    let definition = definitions().find(|one| one.name.node == name);
    match definition.map(|one| &one.kind) {
        Some(TypeKind::Object(object)) => object.fields.iter().map(|one| &one.node).collect(),
        _ => panic!("{name} is an object"),
    }
}

#[test]
fn every_type_with_an_id_is_a_node() {
    for definition in definitions() {
        if let TypeKind::Object(object) = &definition.kind {
            let has_id = object.fields.iter().any(|one| one.node.name.node == "id");
            let is_node = object.implements.iter().any(|one| one.node == "Node");
            assert_eq!(has_id, is_node, "{}", definition.name.node);
        }
    }
}

/// So that a client knows both types from the mutation's name.
#[test]
fn every_mutation_takes_an_input_and_gives_a_payload_named_after_it() {
    for mutation in fields_of("Mutation") {
        let name = mutation.name.node.to_string();
        let types = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let [input] = mutation.arguments.as_slice() else {
            panic!("{name} takes one argument");
        };
        let of = input.node.ty.node.to_string();
        assert_eq!(input.node.name.node, "input", "{name}");
        assert_eq!(of, format!("{types}Input!"), "{name}");
        let key = definitions().any(|one| match &one.kind {
            TypeKind::InputObject(object) => {
                one.name.node == named(&input.node.ty.node)
                    && object.fields.iter().any(|field| {
                        field.node.name.node == "clientMutationId"
                            && field.node.ty.node.to_string() == "String"
                    })
            }
            _ => false,
        });
        assert!(key, "{name} takes a clientMutationId");
        let payload = mutation.ty.node.to_string();
        assert_eq!(payload, format!("{types}Payload!"), "{name}");
        let mut changed = 0;
        let mut said = Vec::new();
        for field in fields_of(&named(&mutation.ty.node)) {
            let of = field.ty.node.to_string();
            match field.name.node.as_str() {
                "userErrors" | "clientMutationId" | "query" => said.push(of),
                other => {
                    assert!(!of.ends_with('!'), "{name}.{other} may be null");
                    changed += 1;
                }
            }
        }
        said.sort_unstable();
        assert_eq!(said, ["Query!", "String", "[UserError!]!"], "{name}");
        assert!(changed > 0, "{name} says what changed");
    }
}

#[test]
fn every_connection_has_edges_nodes_page_info_and_a_count() {
    let connections: Vec<String> = definitions()
        .map(|one| one.name.node.to_string())
        .filter(|name| name.ends_with("Connection"))
        .collect();
    assert!(!connections.is_empty());
    for name in connections {
        let mut fields: Vec<String> = fields_of(&name)
            .iter()
            .map(|field| field.name.node.to_string())
            .collect();
        fields.sort_unstable();
        assert_eq!(
            fields,
            ["edges", "nodes", "pageInfo", "totalCount"],
            "{name}"
        );
    }
    for root in definitions() {
        let TypeKind::Object(object) = &root.kind else {
            continue;
        };
        for field in &object.fields {
            let of = named(&field.node.ty.node);
            if of.ends_with("Connection") {
                let mut arguments: Vec<&str> = field
                    .node
                    .arguments
                    .iter()
                    .map(|one| one.node.name.node.as_str())
                    .collect();
                arguments.retain(|name| !["filter", "orderBy"].contains(name));
                arguments.sort_unstable();
                assert_eq!(
                    arguments,
                    ["after", "before", "first", "last"],
                    "{}",
                    field.node.name.node
                );
            }
        }
    }
}

#[test]
fn every_live_payload_has_a_cursor() {
    for subscription in fields_of("Subscription") {
        let name = subscription.name.node.to_string();
        assert!(
            subscription
                .arguments
                .iter()
                .any(|one| one.node.name.node == "after"),
            "{name}"
        );
        assert_eq!(named(&subscription.ty.node), "LiveEvent", "{name}");
    }
    let mut events = 0;
    for definition in definitions() {
        if let TypeKind::Object(object) = &definition.kind
            && object.implements.iter().any(|one| one.node == "LiveEvent")
        {
            let cursor = object
                .fields
                .iter()
                .find(|field| field.node.name.node == "cursor");
            let cursor = cursor.map(|field| field.node.ty.node.to_string());
            assert_eq!(
                cursor.as_deref(),
                Some("String!"),
                "{}",
                definition.name.node
            );
            events += 1;
        }
    }
    assert!(events > 10);
}

/// Names are words of the forum or of GraphQL, not of Rust.
#[test]
fn no_name_of_the_schema_comes_from_the_code() {
    for definition in definitions() {
        let name = definition.name.node.to_string();
        let of_code = [
            "Option", "Vec", "Arc", "Merged", "Secret", "Result", "Written", "Forum",
        ];
        assert!(name.starts_with(|c: char| c.is_ascii_uppercase()), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        // A client's secret is called so by OAuth.
        let words = name.replace("ClientSecret", "");
        assert!(!of_code.iter().any(|part| words.contains(part)), "{name}");
        if matches!(definition.kind, TypeKind::InputObject(_)) {
            assert!(
                ["Input", "Filter", "Order"]
                    .iter()
                    .any(|end| name.ends_with(end)),
                "{name}"
            );
        }
    }
}

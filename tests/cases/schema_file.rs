//! The schema file, and what every element of it must have.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

const FILE: &str = include_str!("../../schema.graphql");

#[test]
fn the_schema_file_is_what_the_server_serves() {
    assert!(api::schema::sdl() == FILE, "run `cargo xtask schema`");
}

#[test]
fn every_element_of_the_schema_is_described() {
    let mut bare = Vec::new();
    for definition in parse_schema(FILE)
        .expect("the schema file is read")
        .definitions
    {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let definition = definition.node;
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

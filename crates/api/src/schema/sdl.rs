//! The schema in its own language.

use std::fmt::Write as _;

use async_graphql::Value;
use futures_util::FutureExt as _;

use super::builder;

/// The schema in its own language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    let schema = builder().finish();
    let mut text = schema.sdl_with_options(options);
    // The library writes the arguments of directives without what describes
    // them; an introspection has it, which waits for nothing.
    let question = "{ __schema { directives { name args { name description } } } }";
    if let Some(answer) = schema.execute(question).now_or_never() {
        for directive in list(member(member(&answer.data, "__schema"), "directives")) {
            describe(&mut text, directive);
        }
    }
    text
}

/// Writes the descriptions of a directive's arguments into its definition.
fn describe(text: &mut String, directive: &Value) {
    let start = format!("directive @{}(", string(member(directive, "name")));
    let Some(from) = text.find(&start).map(|at| at + start.len()) else {
        return;
    };
    let Some(to) = text[from..].find(") ").map(|length| from + length) else {
        return;
    };
    let mut described = String::new();
    for (argument, written) in list(member(directive, "args")).zip(text[from..to].split(", ")) {
        match string(member(argument, "description")) {
            "" => {}
            words => _ = write!(described, "\n\t\"\"\"\n\t{words}\n\t\"\"\""),
        }
        _ = write!(described, "\n\t{written}");
    }
    if described.contains("\"\"\"") {
        text.replace_range(from..to, &format!("{described}\n"));
    }
}

fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    match value {
        Value::Object(members) => members.get(name).unwrap_or(&Value::Null),
        _ => &Value::Null,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::List(items) => items.iter(),
        _ => [].iter(),
    }
}

fn string(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        _ => "",
    }
}

//! Which variable of a subscription only says where to go on from.

use async_graphql::Name;
use async_graphql::parser::types::{Directive, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Positioned, Variables};
use async_graphql_value::Value;

/// The name of the argument that says where to go on from.
const AFTER: &str = "after";

/// The variable that an operation's root field takes its `after` from, if it
/// serves nothing else: two subscriptions that differ only in it are one.
pub(super) fn cursor_variable(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
) -> Option<String> {
    let operation = document
        .operations
        .iter()
        .find(|(name, _)| operation.is_none() || name.map(Name::as_str) == operation)
        .map(|(_, operation)| &operation.node)?;
    let [root] = operation.selection_set.node.items.as_slice() else {
        return None;
    };
    let Selection::Field(root) = &root.node else {
        return None;
    };
    let Value::Variable(name) = &root.node.get_argument(AFTER)?.node else {
        return None;
    };
    let fragments = document
        .fragments
        .values()
        .map(|fragment| &fragment.node.selection_set.node);
    let uses: usize = fragments
        .chain([&operation.selection_set.node])
        .map(|set| uses_in_set(set, name))
        .sum::<usize>()
        + uses_in_directives(&operation.directives, name);
    (uses == 1 && variables.contains_key(name)).then(|| name.to_string())
}

fn uses_in_set(set: &SelectionSet, name: &Name) -> usize {
    let uses = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => {
            let field = &field.node;
            field
                .arguments
                .iter()
                .map(|(_, value)| uses_in(&value.node, name))
                .sum::<usize>()
                + uses_in_directives(&field.directives, name)
                + uses_in_set(&field.selection_set.node, name)
        }
        Selection::FragmentSpread(spread) => uses_in_directives(&spread.node.directives, name),
        Selection::InlineFragment(inline) => {
            uses_in_directives(&inline.node.directives, name)
                + uses_in_set(&inline.node.selection_set.node, name)
        }
    };
    set.items.iter().map(uses).sum()
}

fn uses_in_directives(directives: &[Positioned<Directive>], name: &Name) -> usize {
    directives
        .iter()
        .flat_map(|directive| &directive.node.arguments)
        .map(|(_, value)| uses_in(&value.node, name))
        .sum()
}

fn uses_in(value: &Value, name: &Name) -> usize {
    match value {
        Value::Variable(one) => usize::from(one == name),
        Value::List(values) => values.iter().map(|value| uses_in(value, name)).sum(),
        Value::Object(fields) => fields.values().map(|value| uses_in(value, name)).sum(),
        _ => 0,
    }
}

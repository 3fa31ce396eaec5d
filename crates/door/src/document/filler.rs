//! An object of which nothing is answered is an object all the same.
//!
//! Where `@skip`, `@include` or the types of fragments leave no field of an
//! object, its value is `{}` (GraphQL, section 6.3); async-graphql 7.2 tells null,
//! as if there were nothing, even where the schema has no null. So what may come
//! to nothing is asked for its type, too, under a name that no client can use,
//! and that is taken out of the answer again.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value};

use crate::guard::{SchemaTable, TypeRule};

/// Names that begin so are not for clients (GraphQL, section 2.1.9).
const FILLER: &str = "__filler";

/// Fills what may come to nothing; whether there is any.
pub(super) fn fill(document: &mut ExecutableDocument, table: &SchemaTable) -> bool {
    let mut looking = Looking {
        document,
        table,
        places: HashSet::new(),
    };
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        looking.look(&operation.selection_set.node, table.root(operation.ty));
    }
    for fragment in document.fragments.values() {
        let on = &fragment.node.type_condition.node.on.node;
        looking.look(&fragment.node.selection_set.node, table.of(on));
    }
    let places = looking.places;
    if places.is_empty() {
        return false;
    }
    match &mut document.operations {
        DocumentOperations::Single(one) => fill_below(&mut one.node.selection_set.node, &places),
        DocumentOperations::Multiple(all) => {
            for one in all.values_mut() {
                fill_below(&mut one.node.selection_set.node, &places);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        fill_below(&mut fragment.node.selection_set.node, &places);
    }
    true
}

/// Takes out of an answer what was filled in.
pub(super) fn empty(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.shift_remove(FILLER);
            fields.values_mut().for_each(empty);
        }
        Value::List(items) => items.iter_mut().for_each(empty),
        _ => {}
    }
}

/// A search for selections that may come to nothing.
struct Looking<'a> {
    document: &'a ExecutableDocument,
    table: &'a SchemaTable,
    places: HashSet<Pos>,
}

impl Looking<'_> {
    fn look(&mut self, set: &SelectionSet, of: Option<&TypeRule>) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let below = &field.node.selection_set;
                    let rule = of.and_then(|of| of.field(&field.node.name.node));
                    // The schema about itself has no types that leave anything open.
                    let Some(rule) = rule.filter(|_| !below.node.items.is_empty()) else {
                        continue;
                    };
                    if !self.is_sure(&below.node, &rule.of) {
                        self.places.insert(below.pos);
                    }
                    self.look(&below.node, self.table.of(&rule.of));
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let of = on.map_or(of, |on| self.table.of(&on.node.on.node));
                    self.look(&inline.node.selection_set.node, of);
                }
                // It is looked at by itself.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// Whether something is answered of whatever object of a type.
    fn is_sure(&self, set: &SelectionSet, of: &Name) -> bool {
        set.items.iter().any(|item| match &item.node {
            Selection::Field(field) => is_always(&field.node.directives),
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref();
                is_always(&inline.node.directives)
                    && on.is_none_or(|on| on.node.on.node == *of)
                    && self.is_sure(&inline.node.selection_set.node, of)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = self.document.fragments.get(name);
                is_always(&spread.node.directives)
                    && fragment.is_some_and(|fragment| {
                        fragment.node.type_condition.node.on.node == *of
                            && self.is_sure(&fragment.node.selection_set.node, of)
                    })
            }
        })
    }
}

/// Nothing that is always there has a directive: we have no others.
fn is_always(directives: &[Positioned<Directive>]) -> bool {
    directives.is_empty()
}

fn fill_below(set: &mut SelectionSet, places: &HashSet<Pos>) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => {
                let below = &mut field.node.selection_set;
                fill_below(&mut below.node, places);
                if places.contains(&below.pos) {
                    below.node.items.push(filler(below.pos));
                }
            }
            Selection::InlineFragment(inline) => {
                fill_below(&mut inline.node.selection_set.node, places);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn filler(place: Pos) -> Positioned<Selection> {
    let named = |name| Positioned::new(Name::new(name), place);
    let field = Field {
        alias: Some(named(FILLER)),
        name: named("__typename"),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet::default(), place),
    };
    Positioned::new(Selection::Field(Positioned::new(field, place)), place)
}

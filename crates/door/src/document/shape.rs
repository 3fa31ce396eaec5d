//! The shape of an answer, which is that of its question.
//!
//! async-graphql 7.2 executes fields at once, and tells those at the root in the
//! order in which they end. A field whose resolver failed it leaves out, and an
//! object in which none succeeded, or none was asked for, it tells as null. All of
//! it is mended here, before an answer is written.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationType, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Response, Value};

use super::{Document, Prepared, filler};
use crate::guard::{SchemaTable, TypeRule};

/// What an operation asks, kept beside its execution.
#[derive(Debug)]
pub struct Shape {
    document: Arc<Document>,
    operation: Option<String>,
    kind: OperationType,
    order: Vec<Name>,
}

impl Shape {
    pub(super) fn of(prepared: &Prepared) -> Self {
        let fields = prepared.root_selected().into_iter();
        Self {
            document: Arc::clone(&prepared.document),
            operation: prepared.operation_name.clone(),
            kind: prepared.kind,
            order: fields
                .map(|field| field.response_key().node.clone())
                .collect(),
        }
    }

    /// Gives an answer this shape: its fields at the root are in the order of
    /// the question, and null stands where one failed (GraphQL, section 6.4.4),
    /// or as far above it as the schema has no null. An object of which nothing is
    /// answered is one all the same.
    pub fn give(&self, response: &mut Response, table: &SchemaTable) {
        if !response.errors.is_empty() {
            self.tell_nulls(response, table);
        } else if response.data == Value::Null {
            response.data = Value::Object(IndexMap::new());
        }
        if self.document.filled {
            filler::empty(&mut response.data);
        }
        if let Value::Object(fields) = &mut response.data
            && fields.len() > 1
        {
            let place = |key: &Name| self.order.iter().position(|one| one == key);
            fields.sort_by(|one, _, other, _| place(one).cmp(&place(other)));
        }
    }

    fn tell_nulls(&self, response: &mut Response, table: &SchemaTable) {
        let parsed = &self.document.parsed;
        let (Some(root), Some(selected)) = (
            table.root(self.kind),
            super::selected(parsed, self.operation.as_deref()),
        ) else {
            return;
        };
        let mut telling = Telling {
            parsed,
            table,
            told: Vec::new(),
        };
        for error in &response.errors {
            // An error without a path is about the whole request, and has no data. (A
            // field asked of an interface itself has none either: ours never fail.)
            if error.path.is_empty() || telling.is_told(&error.path) {
                continue;
            }
            let asked = Asked::from([(Some(root), selected)]);
            if telling.object(&asked, &mut response.data, &error.path, 0) {
                response.data = Value::Null;
                return;
            }
        }
    }
}

/// What is selected of an object, maybe in several places of the document, each
/// with the type that its fields are of.
type Asked<'a> = Vec<(Option<&'a TypeRule>, &'a SelectionSet)>;

/// The telling of an answer's errors in its data.
struct Telling<'a> {
    parsed: &'a ExecutableDocument,
    table: &'a SchemaTable,
    /// The places that are null by an error: of what else failed below them
    /// nothing is told.
    told: Vec<Vec<PathSegment>>,
}

impl<'a> Telling<'a> {
    fn is_told(&self, path: &[PathSegment]) -> bool {
        self.told.iter().any(|place| path.starts_with(place))
    }

    /// Below what failed itself nothing else did.
    fn remember(&mut self, path: &[PathSegment], depth: usize) {
        if depth < path.len() {
            self.told.push(path[..depth].to_vec());
        }
    }

    /// Tells in an object what failed at the end of a path, of which `depth`
    /// segments lead to it; whether the object itself has to be null for it.
    fn object(
        &mut self,
        asked: &Asked<'a>,
        value: &mut Value,
        path: &[PathSegment],
        depth: usize,
    ) -> bool {
        let Some(PathSegment::Field(key)) = path.get(depth) else {
            return false;
        };
        let Some((ty, below)) = self.field(asked, key) else {
            return false;
        };
        // None of its fields succeeded.
        if *value == Value::Null {
            *value = Value::Object(IndexMap::new());
        }
        let Value::Object(fields) = value else {
            return false;
        };
        let depth = depth + 1;
        let failed = match fields.get_mut(key.as_str()) {
            Some(inner) if depth < path.len() => self.value(ty, &below, inner, path, depth),
            _ => true,
        };
        if failed && ty.nullable {
            fields.insert(Name::new(key), Value::Null);
            self.remember(path, depth);
        }
        failed && !ty.nullable
    }

    /// The same in a value of any type.
    fn value(
        &mut self,
        ty: &Type,
        asked: &Asked<'a>,
        value: &mut Value,
        path: &[PathSegment],
        depth: usize,
    ) -> bool {
        let BaseType::List(item) = &ty.base else {
            return self.object(asked, value, path, depth);
        };
        let (Value::List(items), Some(PathSegment::Index(at))) = (value, path.get(depth)) else {
            return true;
        };
        let Some(inner) = items.get_mut(*at) else {
            return true;
        };
        let depth = depth + 1;
        let failed = depth == path.len() || self.value(item, asked, inner, path, depth);
        if failed && item.nullable {
            *inner = Value::Null;
            self.remember(path, depth);
        }
        failed && !item.nullable
    }

    /// The type of the field that is answered under a key, and what is asked of
    /// it. Wherever it is selected, it has the same type but for its name
    /// (GraphQL, section 5.3.2).
    fn field(&self, asked: &Asked<'a>, key: &str) -> Option<(&'a Type, Asked<'a>)> {
        let mut ty = None;
        let (mut below, mut ahead, mut spread) = (Asked::new(), asked.clone(), Vec::new());
        while let Some((parent, set)) = ahead.pop() {
            for item in &set.items {
                match &item.node {
                    Selection::Field(field) if field.node.response_key().node == key => {
                        let rule = parent.and_then(|one| one.field(&field.node.name.node));
                        let Some(rule) = rule else { continue };
                        ty.get_or_insert(&rule.ty);
                        let set = &field.node.selection_set.node;
                        below.push((self.table.of(&rule.of), set));
                    }
                    Selection::Field(_) => {}
                    Selection::InlineFragment(inline) => {
                        let on = inline.node.type_condition.as_ref();
                        let parent = on.map_or(parent, |on| self.table.of(&on.node.on.node));
                        ahead.push((parent, &inline.node.selection_set.node));
                    }
                    Selection::FragmentSpread(one) => {
                        let name = &one.node.fragment_name.node;
                        if spread.contains(&name) {
                            continue;
                        }
                        spread.push(name);
                        if let Some(fragment) = self.parsed.fragments.get(name) {
                            let on = &fragment.node.type_condition.node.on.node;
                            let set = &fragment.node.selection_set.node;
                            ahead.push((self.table.of(on), set));
                        }
                    }
                }
            }
        }
        Some((ty?, below))
    }
}

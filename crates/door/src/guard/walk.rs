//! The walk over a parsed document that measures what its execution would be.
//!
//! Each fragment is measured once for each way in which its parent sizes lists,
//! however often it is spread: the work is linear in the text, where
//! async-graphql's own walks are exponential.

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::cost::{Size, Sum};
use super::measure::Measure;
use super::table::{FieldRule, SchemaTable, TypeRule};
use super::{Limits, Refused};
use crate::directive::On;

/// The type whose fields a selection set selects.
#[derive(Clone, Copy)]
enum Parent<'a> {
    Known(&'a TypeRule),
    /// A type of the schema about the schema.
    Introspection,
    /// A type that validation will refuse; counted all the same.
    Unknown,
}

type SizedFields<'a> = Option<&'a [String]>;

enum Fragment {
    /// Being measured, and so spreading itself if met.
    Open,
    Measured(Measure),
}

pub(crate) struct Walk<'a> {
    document: &'a ExecutableDocument,
    table: &'a SchemaTable,
    limits: &'a Limits,
    fragments: HashMap<(&'a str, SizedFields<'a>), Fragment>,
    /// How many selections were looked at.
    #[cfg(test)]
    pub(crate) visited: u64,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        document: &'a ExecutableDocument,
        table: &'a SchemaTable,
        limits: &'a Limits,
    ) -> Self {
        Self {
            document,
            table,
            limits,
            fragments: HashMap::new(),
            #[cfg(test)]
            visited: 0,
        }
    }

    /// Measures what an operation selects.
    pub(crate) fn operation(
        &mut self,
        kind: OperationType,
        set: &'a Positioned<SelectionSet>,
    ) -> Result<Measure, Refused> {
        let parent = self.table.root(kind);
        let parent = parent.map_or(Parent::Unknown, Parent::Known);
        self.set(set, parent, None)
    }

    /// Measures a fragment whether or not anything spreads it: validation
    /// walks all of them.
    pub(crate) fn fragment(&mut self, name: &'a Name, place: Pos) -> Result<Measure, Refused> {
        self.spread(name, None, place)
    }

    fn set(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        parent: Parent<'a>,
        sized: SizedFields<'a>,
    ) -> Result<Measure, Refused> {
        let mut sum = Measure::nothing();
        for item in &set.node.items {
            #[cfg(test)]
            {
                self.visited += 1;
            }
            let measure = match &item.node {
                Selection::Field(field) => self.field(&field.node, field.pos, parent, sized)?,
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let mut measure = self.spread(name, sized, spread.pos)?;
                    measure.nesting = measure.nesting.saturating_add(1);
                    self.directives(measure, &spread.node.directives)?
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let inner = match condition {
                        Some(condition) => self.parent(condition.node.on.node.as_str()),
                        None => parent,
                    };
                    let mut measure = self.set(&inline.node.selection_set, inner, sized)?;
                    measure.nesting = measure.nesting.saturating_add(1);
                    self.directives(measure, &inline.node.directives)?
                }
            };
            sum = sum.and(measure);
            sum.selections = sum.selections.saturating_add(1);
            sum.check(self.limits, item.pos)?;
        }
        Ok(sum)
    }

    fn spread(
        &mut self,
        name: &'a Name,
        sized: SizedFields<'a>,
        place: Pos,
    ) -> Result<Measure, Refused> {
        let key = (name.as_str(), sized);
        match self.fragments.get(&key) {
            Some(Fragment::Measured(measure)) => return Ok(measure.clone()),
            Some(Fragment::Open) => return Err(Refused::cycle(name, place)),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Measure::nothing());
        };
        self.fragments.insert(key, Fragment::Open);
        let fragment = &fragment.node;
        let parent = self.parent(fragment.type_condition.node.on.node.as_str());
        let measure = self.set(&fragment.selection_set, parent, sized)?;
        let mut measure = self.directives(measure, &fragment.directives)?;
        measure.cost = measure.cost.shared();
        measure.sized = measure.sized.shared();
        let measured = Fragment::Measured(measure.clone());
        self.fragments.insert(key, measured);
        Ok(measure)
    }

    fn field(
        &mut self,
        field: &'a Field,
        place: Pos,
        parent: Parent<'a>,
        sized: SizedFields<'a>,
    ) -> Result<Measure, Refused> {
        let name = field.name.node.as_str();
        let about_schema = matches!(name, "__schema" | "__type");
        if about_schema && !self.limits.introspection {
            return Err(Refused::introspection(place));
        }
        let rule = match parent {
            Parent::Known(rule) => rule.field(name),
            Parent::Introspection | Parent::Unknown => None,
        };
        let below = if about_schema || matches!(parent, Parent::Introspection) {
            Parent::Introspection
        } else {
            rule.map_or(Parent::Unknown, |rule| self.parent(&rule.of))
        };
        let sized_above = sized.is_some_and(|fields| fields.iter().any(|sized| sized == name));
        let list = rule.and_then(|rule| rule.list.as_ref());
        let list = list.filter(|list| !(sized_above && list.slicing.is_empty()));
        let sizes_below = list.map(|list| list.sized.as_slice());
        let sizes_below = sizes_below.filter(|fields| !fields.is_empty());
        let inner = self.set(&field.selection_set, below, sizes_below)?;

        let mut measure = Measure {
            roots: 1,
            nesting: inner.nesting.saturating_add(1),
            aliases: inner
                .aliases
                .saturating_add(u64::from(field.alias.is_some())),
            cost: Sum::fixed(0),
            sized: Sum::fixed(0),
            ..inner
        };
        if matches!(below, Parent::Introspection) {
            measure.introspection = measure.introspection.saturating_add(1);
            measure.depth = u64::from(about_schema);
            if is_schema_list(name) {
                measure.introspection_lists = measure.introspection_lists.saturating_add(1);
            }
        } else {
            measure.depth = measure.depth.saturating_add(1);
        }

        let size = match list {
            Some(list) => Some(self.size(list, field, place)?),
            None => None,
        };
        let has_fields = !field.selection_set.node.items.is_empty();
        let cost = if matches!(below, Parent::Introspection) {
            schema_cost(name, has_fields, inner.cost)
        } else {
            let weight = rule.map_or(u64::from(has_fields), |rule| rule.weight);
            match size {
                Some(size) if sizes_below.is_some() => Sum::fixed(weight)
                    .and(inner.cost)
                    .and(inner.sized.times(size)),
                Some(size) => Sum::fixed(weight).and(inner.cost).times(size),
                None => Sum::fixed(weight).and(inner.cost),
            }
        };
        if sized_above {
            measure.sized = cost;
        } else {
            measure.cost = cost;
        }
        measure.depends = measure.depends.max(own_dependency(name, below, rule));
        for (_, value) in &field.arguments {
            self.literal(&value.node, 0, value.pos, &mut measure.mixed)?;
        }
        self.directives(measure, &field.directives)
    }

    /// The length of the list that a field returns.
    fn size(
        &self,
        list: &super::table::ListRule,
        field: &'a Field,
        place: Pos,
    ) -> Result<Size, Refused> {
        let mut size = Size::of(list.assumed);
        for argument in &list.slicing {
            let Some(value) = field.get_argument(argument) else {
                continue;
            };
            let given = match &value.node {
                Value::Variable(name) => {
                    size.variables.push(name.clone());
                    None
                }
                Value::Number(number) => number.as_u64(),
                Value::List(items) => Some(items.len() as u64),
                _ => None,
            };
            if given.is_some_and(|given| given > self.limits.list_size) {
                return Err(Refused::too_much(
                    self.limits.list_size,
                    "items of a list",
                    place,
                ));
            }
            size.given = size.given.max(given);
        }
        Ok(size)
    }

    fn directives(
        &self,
        mut measure: Measure,
        directives: &'a [Positioned<Directive>],
    ) -> Result<Measure, Refused> {
        measure.directives = measure.directives.saturating_add(directives.len() as u64);
        for directive in directives {
            for (_, value) in &directive.node.arguments {
                self.literal(&value.node, 0, value.pos, &mut measure.mixed)?;
            }
        }
        Ok(measure)
    }

    fn literal(
        &self,
        value: &Value,
        depth: u64,
        place: Pos,
        mixed: &mut bool,
    ) -> Result<(), Refused> {
        if depth > self.limits.input_depth {
            let allowed = self.limits.input_depth;
            return Err(Refused::too_much(allowed, "levels of a value", place));
        }
        match value {
            Value::Variable(_) => *mixed |= depth > 0,
            Value::List(items) => {
                if items.len() as u64 > self.limits.list_size {
                    let allowed = self.limits.list_size;
                    return Err(Refused::too_much(allowed, "items of a list", place));
                }
                for item in items {
                    self.literal(item, depth + 1, place, mixed)?;
                }
            }
            Value::Object(fields) => {
                for value in fields.values() {
                    self.literal(value, depth + 1, place, mixed)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn parent(&self, name: &str) -> Parent<'a> {
        if name.starts_with("__") {
            return Parent::Introspection;
        }
        self.table.of(name).map_or(Parent::Unknown, Parent::Known)
    }
}

fn own_dependency(name: &str, below: Parent<'_>, rule: Option<&FieldRule>) -> On {
    if name == "__typename" || matches!(below, Parent::Introspection) {
        return On::Thread;
    }
    rule.map_or(On::Viewer, |rule| rule.depends)
}

/// The fields of the schema about the schema that are lists of what the schema
/// has many of; inside each other they multiply.
fn is_schema_list(name: &str) -> bool {
    matches!(
        name,
        "types"
            | "directives"
            | "fields"
            | "args"
            | "inputFields"
            | "interfaces"
            | "possibleTypes"
            | "enumValues"
    )
}

/// What introspection costs: the whole schema, as the usual tools ask for it,
/// about a quarter of the budget. `ofType` only unwraps.
fn schema_cost(name: &str, has_fields: bool, below: Sum) -> Sum {
    match name {
        "types" => Sum::fixed(1).and(below).times(Size::of(20)),
        "ofType" => below,
        _ => Sum::fixed(u64::from(has_fields)).and(below),
    }
}

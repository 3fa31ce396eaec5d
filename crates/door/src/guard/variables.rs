//! Whether the variables of a request fit the types that its operation
//! declares (GraphQL, section 6.1.2), checked before anything is executed and
//! without looking at the document again.
//!
//! Scalars of our own read their values themselves, when a resolver asks.

use std::collections::BTreeMap;

use async_graphql::parser::types::{BaseType, Type, VariableDefinition};
use async_graphql::{Name, Positioned, ServerError, Value, Variables};

use super::table::{InputField, InputRule, SchemaTable};
use super::{Limits, Refused};
use crate::fault::Fault;

/// Checks the variables and drops those that the operation does not declare.
///
/// # Errors
///
/// One for each variable that does not fit; or one `QUERY_TOO_COMPLEX` when
/// they are larger or deeper than allowed.
pub(crate) fn check_variables(
    table: &SchemaTable,
    declared: &[Positioned<VariableDefinition>],
    variables: &mut Variables,
    limits: &Limits,
) -> Result<(), Vec<ServerError>> {
    if !variables.is_empty() {
        variables.retain(|name, _| {
            let mut declared = declared.iter();
            declared.any(|variable| variable.node.name.node == *name)
        });
    }
    let mut bytes = 0;
    for value in variables.values() {
        check_constant(value, limits, 0, &mut bytes)
            .map_err(|refused: Refused| vec![refused.into()])?;
    }
    let errors: Vec<ServerError> = declared
        .iter()
        .filter_map(|variable| {
            let ty = &variable.node.var_type.node;
            let name = &variable.node.name.node;
            let wrong = match variables.get(name) {
                None if ty.nullable || variable.node.default_value.is_some() => return None,
                None => Wrong::at("a value is required"),
                Some(value) => check(table, ty, value).err()?,
            };
            let message = format!("Variable \"${name}\" of type \"{ty}\": {wrong}.");
            Some(Fault::BadUserInput.at(message, vec![variable.pos]))
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// The length of every list and the depth of every value in a constant, which
/// is a variable's value or its default.
pub(crate) fn check_constant(
    value: &Value,
    limits: &Limits,
    depth: u64,
    bytes: &mut u64,
) -> Result<(), Refused> {
    if depth > limits.input_depth {
        let allowed = limits.input_depth;
        return Err(Refused::anywhere(allowed, "levels of a value"));
    }
    let own = match value {
        Value::String(text) => text.len(),
        Value::Binary(data) => data.len(),
        _ => 0,
    };
    *bytes = bytes.saturating_add(own as u64 + 8);
    match value {
        Value::List(items) => {
            if items.len() as u64 > limits.list_size {
                return Err(Refused::anywhere(limits.list_size, "items of a list"));
            }
            for item in items {
                check_constant(item, limits, depth + 1, bytes)?;
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                *bytes = bytes.saturating_add(name.len() as u64);
                check_constant(value, limits, depth + 1, bytes)?;
            }
        }
        _ => {}
    }
    if *bytes > limits.variables_bytes {
        let allowed = limits.variables_bytes;
        return Err(Refused::anywhere(allowed, "bytes of variables"));
    }
    Ok(())
}

/// What does not fit, and where inside the variable.
struct Wrong {
    path: Vec<String>,
    what: String,
}

impl Wrong {
    fn at(what: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            what: what.into(),
        }
    }

    fn below(mut self, step: impl ToString) -> Self {
        self.path.push(step.to_string());
        self
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.path.is_empty() {
            let path: Vec<_> = self.path.iter().rev().map(String::as_str).collect();
            write!(to, "at {}, ", path.join("."))?;
        }
        to.write_str(&self.what)
    }
}

fn check(table: &SchemaTable, ty: &Type, value: &Value) -> Result<(), Wrong> {
    if *value == Value::Null {
        return if ty.nullable {
            Ok(())
        } else {
            Err(Wrong::at("null is not allowed"))
        };
    }
    match (&ty.base, value) {
        (BaseType::List(item), Value::List(items)) => {
            for (index, value) in items.iter().enumerate() {
                check(table, item, value).map_err(|wrong| wrong.below(index))?;
            }
            Ok(())
        }
        // A single value stands for a list of one (GraphQL, section 3.11).
        (BaseType::List(item), value) => check(table, item, value),
        (BaseType::Named(name), value) => named(table, name, value),
    }
}

fn named(table: &SchemaTable, name: &Name, value: &Value) -> Result<(), Wrong> {
    let fits = match name.as_str() {
        "Int" => match value {
            Value::Number(number) => number
                .as_i64()
                .is_some_and(|number| i32::try_from(number).is_ok()),
            _ => false,
        },
        "Float" => matches!(value, Value::Number(_)),
        "String" => matches!(value, Value::String(_)),
        "Boolean" => matches!(value, Value::Boolean(_)),
        "ID" => match value {
            Value::Number(number) => number.is_i64() || number.is_u64(),
            value => matches!(value, Value::String(_)),
        },
        _ => match table.input(name) {
            Some(InputRule::Scalar) => true,
            Some(InputRule::Enum(values)) => match value {
                Value::String(value) => values.contains(value.as_str()),
                Value::Enum(value) => values.contains(value),
                _ => false,
            },
            Some(InputRule::Object { fields, one_of }) => {
                return object(table, fields, *one_of, value);
            }
            None => false,
        },
    };
    if fits {
        Ok(())
    } else {
        Err(Wrong::at(format!("a value of type \"{name}\" is expected")))
    }
}

fn object(
    table: &SchemaTable,
    fields: &BTreeMap<Name, InputField>,
    one_of: bool,
    value: &Value,
) -> Result<(), Wrong> {
    let Value::Object(values) = value else {
        return Err(Wrong::at("an object is expected"));
    };
    for (name, value) in values {
        let Some(field) = fields.get(name) else {
            return Err(Wrong::at("there is no such field").below(name));
        };
        check(table, &field.ty, value).map_err(|wrong| wrong.below(name))?;
    }
    for (name, field) in fields {
        if !field.ty.nullable && !field.has_default && !values.contains_key(name) {
            return Err(Wrong::at("a value is required").below(name));
        }
    }
    if one_of && (values.len() != 1 || values.values().any(|value| *value == Value::Null)) {
        return Err(Wrong::at("exactly one field must be given"));
    }
    Ok(())
}

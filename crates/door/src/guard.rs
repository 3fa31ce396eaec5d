//! The guard: what a document may ask for, decided before anything else looks
//! at it.
//!
//! async-graphql 7.2 walks fragment spreads again and again before its own
//! limits compare anything: 26 fragments that each spread the next twice, 948
//! bytes, cost it more than 40 seconds of CPU. So the text's length is looked
//! at first, then its tokens, then it is parsed, and then walked once with each
//! fragment measured once; the arithmetic saturates.

mod cost;
mod lexer;
mod measure;
mod table;
mod variables;
mod walk;

#[cfg(any(test, feature = "testing"))]
pub mod corpus;
#[cfg(test)]
mod tests;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned, ServerError, Value, Variables};

pub(crate) use self::table::TypeRule;
pub use self::table::{SchemaTable, TableError};

use self::variables::check_constant;
pub(crate) use self::variables::check_variables;
use self::walk::Walk;
use crate::directive::On;
use crate::fault::Fault;

/// How much one request may ask for.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a document. 16 KiB.
    pub document_bytes: usize,
    /// Lexical tokens of a document. 1,000.
    pub tokens: usize,
    /// Brackets open at once in the text, and selection sets and fragments
    /// inside each other once spread out. 32, as async-graphql has it.
    pub nesting: u64,
    /// Fields inside each other, the innermost included. 10.
    pub depth: u64,
    /// The same below `__schema` and `__type`, for which the usual tools need
    /// more. 15.
    pub introspection_depth: u64,
    /// Lists of the schema (types, fields, arguments …) inside each other,
    /// where each multiplies the answer. 3, as the usual tools need.
    pub introspection_lists: u64,
    /// Selections of a whole document once its fragments are spread out. 5,000.
    pub selections: u64,
    /// Aliases of an operation once its fragments are spread out. 15.
    pub aliases: u64,
    /// Directives of an operation once its fragments are spread out. 50.
    pub directives: u64,
    /// Fields of an operation at its root. 10; of a subscription always 1.
    pub root_fields: u64,
    /// Items of a list, asked for or sent. 100.
    pub list_size: u64,
    /// Objects and lists inside each other in one value sent. 10.
    pub input_depth: u64,
    /// Bytes of all variables, in memory rather than as JSON. 256 KiB: a
    /// concern's two texts of 20,000 characters each, in any script.
    pub variables_bytes: u64,
    /// The cost of an operation, by `@cost` and `@listSize`. 1,000.
    pub cost: u64,
    /// Whether the schema may be asked for. Yes.
    pub introspection: bool,
    /// Whether a refusal says what does not fit the schema, and what may have
    /// been meant. Yes.
    pub hints: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 16 * 1024,
            tokens: 1_000,
            nesting: 32,
            depth: 10,
            introspection_depth: 15,
            introspection_lists: 3,
            selections: 5_000,
            aliases: 15,
            directives: 50,
            root_fields: 10,
            list_size: 100,
            input_depth: 10,
            variables_bytes: 256 * 1024,
            cost: 1_000,
            introspection: true,
            hints: true,
        }
    }
}

/// Why the guard let a document not pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    fault: Fault,
    message: String,
    place: Option<Pos>,
}

impl Refused {
    fn too_much(allowed: u64, what: &str, place: Pos) -> Self {
        let place = Some(place);
        Self {
            place,
            ..Self::anywhere(allowed, what)
        }
    }

    fn anywhere(allowed: u64, what: &str) -> Self {
        Self {
            fault: Fault::QueryTooComplex,
            message: format!("At most {allowed} {what} are allowed."),
            place: None,
        }
    }

    fn introspection(place: Pos) -> Self {
        Self {
            fault: Fault::Forbidden,
            message: "The schema cannot be asked for here.".to_owned(),
            place: Some(place),
        }
    }

    fn cycle(name: &str, place: Pos) -> Self {
        Self {
            fault: Fault::BadUserInput,
            message: format!("The fragment \"{name}\" spreads itself."),
            place: Some(place),
        }
    }
}

impl From<Refused> for ServerError {
    fn from(refused: Refused) -> Self {
        let place = refused.place.into_iter().collect();
        refused.fault.at(refused.message, place)
    }
}

/// What the guard found out about a document that it let pass.
#[derive(Debug)]
pub(crate) struct Measures {
    operations: Vec<Operation>,
}

/// An operation of a document, measured.
#[derive(Debug)]
pub(crate) struct Operation {
    name: Option<Name>,
    pub(crate) kind: OperationType,
    pub(crate) depends: On,
    /// Whether a variable stands inside a literal, whose other parts only full
    /// validation checks.
    pub(crate) mixed: bool,
    pub(crate) variables: Vec<Positioned<VariableDefinition>>,
    cost: cost::Sum,
}

impl Measures {
    /// The operation that a request means (GraphQL, section 6.1).
    pub(crate) fn operation(&self, name: Option<&str>) -> Option<&Operation> {
        match name {
            None => match self.operations.as_slice() {
                [only] => Some(only),
                _ => None,
            },
            Some(name) => {
                let mut operations = self.operations.iter();
                operations.find(|operation| operation.name.as_deref() == Some(name))
            }
        }
    }
}

impl Operation {
    /// The cost with these variables.
    ///
    /// # Errors
    ///
    /// When a variable asks for a longer list than allowed, or the cost is over
    /// the limit.
    pub(crate) fn cost(&self, variables: &Variables, limits: &Limits) -> Result<u64, Refused> {
        let value = |name: &str| variables.get(name).or_else(|| self.default_of(name));
        let cost = self
            .cost
            .with(limits.list_size, &value)
            .map_err(|cost::TooLong| Refused::anywhere(limits.list_size, "items of a list"))?;
        if cost > limits.cost {
            return Err(Refused {
                message: format!("The document costs {cost}; {} is allowed.", limits.cost),
                ..Refused::anywhere(limits.cost, "")
            });
        }
        Ok(cost)
    }

    fn default_of(&self, name: &str) -> Option<&Value> {
        let mut variables = self.variables.iter();
        let variable = variables.find(|variable| variable.node.name.node == name)?;
        Some(&variable.node.default_value.as_ref()?.node)
    }
}

/// Reads a document: its length, its tokens, its syntax, in this order.
///
/// # Errors
///
/// When it is too long, or no GraphQL.
pub(crate) fn read(text: &str, limits: &Limits) -> Result<ExecutableDocument, ServerError> {
    if text.len() > limits.document_bytes {
        let allowed = limits.document_bytes as u64;
        return Err(Refused::anywhere(allowed, "bytes of a document").into());
    }
    let nesting = usize::try_from(limits.nesting).unwrap_or(usize::MAX);
    match lexer::count(text, limits.tokens, nesting) {
        Ok(_) => {}
        Err(lexer::Excess::Tokens) => {
            let allowed = limits.tokens as u64;
            return Err(Refused::anywhere(allowed, "tokens").into());
        }
        Err(lexer::Excess::Nesting) => {
            return Err(Refused::anywhere(limits.nesting, "brackets inside each other").into());
        }
    }
    parse_query(text).map_err(|error| {
        let mut error = ServerError::from(error);
        crate::fault::finish_errors(std::slice::from_mut(&mut error));
        error
    })
}

/// Measures a parsed document and compares it with the limits. What depends on
/// variables is compared for each request, by [`Operation::cost`].
pub(crate) fn measure(
    document: &ExecutableDocument,
    table: &SchemaTable,
    limits: &Limits,
) -> Result<Measures, Refused> {
    measure_by(&mut Walk::new(document, table, limits), document, limits)
}

fn measure_by<'a>(
    walk: &mut Walk<'a>,
    document: &'a ExecutableDocument,
    limits: &Limits,
) -> Result<Measures, Refused> {
    let mut operations = Vec::new();
    let mut selections = 0_u64;
    for (name, operation) in document.operations.iter() {
        let place = operation.pos;
        let operation = &operation.node;
        let measure = walk.operation(operation.ty, &operation.selection_set)?;
        check_root(operation, measure.roots, limits, place)?;
        let mut directives = measure.directives;
        let own = operation.directives.len() as u64;
        directives = directives.saturating_add(own);
        if directives > limits.directives {
            return Err(Refused::too_much(limits.directives, "directives", place));
        }
        check_declarations(operation, limits)?;
        selections = selections.saturating_add(measure.selections);
        operations.push(Operation {
            name: name.cloned(),
            kind: operation.ty,
            depends: if operation.ty == OperationType::Mutation {
                On::Viewer
            } else {
                measure.depends
            },
            mixed: measure.mixed,
            variables: operation.variable_definitions.clone(),
            cost: measure.cost,
        });
    }
    for (name, fragment) in &document.fragments {
        let measure = walk.fragment(name, fragment.pos)?;
        selections = selections.saturating_add(measure.selections);
    }
    if selections > limits.selections {
        return Err(Refused::anywhere(limits.selections, "selections"));
    }
    Ok(Measures { operations })
}

fn check_root(
    operation: &OperationDefinition,
    roots: u64,
    limits: &Limits,
    place: Pos,
) -> Result<(), Refused> {
    if operation.ty == OperationType::Subscription && roots != 1 {
        return Err(Refused {
            fault: Fault::BadUserInput,
            message: "A subscription selects exactly one field.".to_owned(),
            place: Some(place),
        });
    }
    if roots > limits.root_fields {
        return Err(Refused::too_much(limits.root_fields, "root fields", place));
    }
    Ok(())
}

fn check_declarations(operation: &OperationDefinition, limits: &Limits) -> Result<(), Refused> {
    let mut bytes = 0;
    for variable in &operation.variable_definitions {
        if let Some(value) = &variable.node.default_value {
            check_constant(&value.node, limits, 0, &mut bytes)?;
        }
    }
    Ok(())
}

/// Whether an operation of this name is in the document, by the rule of
/// [`Measures::operation`]; the message otherwise.
pub(crate) fn no_operation(document: &ExecutableDocument, name: Option<&str>) -> ServerError {
    let message = match (name, &document.operations) {
        (Some(_), _) => "The document has no operation of this name.",
        (None, DocumentOperations::Single(_)) => "The document has no operation.",
        (None, DocumentOperations::Multiple(_)) => {
            "The document has several operations; name one with operationName."
        }
    };
    Fault::BadUserInput.at(message, Vec::new())
}

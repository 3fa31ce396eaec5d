//! What a person can cause, as data of a payload.

use async_graphql::SimpleObject;
use domain::people::Language;
use forum::UserProblem;

use crate::schema::enums::UserErrorCode;

/// Something the person can mend.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// What kind of thing is wrong, for programs.
    pub code: UserErrorCode,
    /// What is wrong, in the reader's language.
    pub message: String,
    /// The path of the input field, outermost first; null if it is of none.
    pub field: Option<Vec<String>>,
}

impl UserError {
    pub(crate) fn new(problem: &UserProblem, language: Language) -> Self {
        let field: Vec<String> = problem.field.iter().map(ToString::to_string).collect();
        Self {
            code: problem.problem.kind().into(),
            message: problem.problem.message(language),
            field: (!field.is_empty()).then_some(field),
        }
    }
}

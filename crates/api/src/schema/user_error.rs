//! What a person can cause, as data of a payload.

use async_graphql::SimpleObject;
use domain::people::Language;
use door::directive::cost;
use forum::moderation::ChangedPart;
use forum::{Problem, UserProblem};

use crate::schema::enums::{ConcernMove, ConcernState, TextChangeKind, TextPart, UserErrorCode};
use crate::schema::screen::PersonalSpan;

/// Something the person can mend.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
#[graphql(serial)]
pub struct UserError {
    /// What kind of thing is wrong, for programs.
    pub code: UserErrorCode,
    /// What is wrong, in the reader's language.
    pub message: String,
    /// The path of the input field, outermost first; null if it is of none.
    pub field: Option<Vec<String>>,
    /// Where the concern stands now, of an ILLEGAL_MOVE: somebody may have
    /// been faster.
    pub state: Option<ConcernState>,
    /// The moves that its state allows, of an ILLEGAL_MOVE.
    pub legal_moves: Option<Vec<ConcernMove>>,
    /// Where the text of `field` holds personal information, of a
    /// PERSONAL_INFORMATION.
    #[graphql(directive = cost::apply(0))]
    pub spans: Option<Vec<PersonalSpan>>,
    /// The `version` of the text that stands there now, of a VERSION_CONFLICT
    /// against `expectedVersion`.
    pub current_version: Option<String>,
    /// What was changed since that text was judged, word by word and in the order
    /// of reading, of a VERSION_CONFLICT against `expectedVersion`; null where
    /// that text is not kept any more.
    #[graphql(directive = cost::apply(0))]
    pub changes: Option<Vec<TextChange>>,
}

/// A part of a text that was changed.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
#[graphql(serial)]
pub struct TextChange {
    /// Of which text.
    pub of: TextPart,
    /// What was done with it.
    pub kind: TextChangeKind,
    /// Its words, with the spaces between them.
    pub text: String,
}

impl From<&ChangedPart> for TextChange {
    fn from(part: &ChangedPart) -> Self {
        Self {
            of: part.of.into(),
            kind: part.kind.into(),
            text: part.text.clone(),
        }
    }
}

impl UserError {
    /// What is wrong with no field of an input.
    pub(crate) fn whole(problem: Problem, language: Language) -> Self {
        let field = Vec::new();
        Self::new(&UserProblem { field, problem }, language)
    }

    pub(crate) fn new(problem: &UserProblem, language: Language) -> Self {
        let field: Vec<String> = problem.field.iter().map(ToString::to_string).collect();
        let illegal = match &problem.problem {
            Problem::IllegalMove(illegal) => Some(illegal),
            _ => None,
        };
        let spans = match &problem.problem {
            Problem::PersonalInformation(spans) => Some(spans),
            _ => None,
        };
        let edited = match &problem.problem {
            Problem::Edited(edited) => Some(edited),
            _ => None,
        };
        let changes = edited.filter(|edited| !edited.parts.is_empty());
        Self {
            current_version: edited.map(|edited| edited.version.clone()),
            changes: changes.map(|edited| edited.parts.iter().map(TextChange::from).collect()),
            spans: spans.map(|spans| spans.iter().map(PersonalSpan::from).collect()),
            state: illegal.map(|one| one.from.into()),
            legal_moves: illegal.map(|one| one.legal.iter().map(|mv| (*mv).into()).collect()),
            code: problem.problem.kind().into(),
            message: problem.problem.message(language),
            field: (!field.is_empty()).then_some(field),
        }
    }
}

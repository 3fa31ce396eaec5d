//! Who asks, and how what the forum says is given to him.

use std::sync::Arc;

use async_graphql::{Context, InputType, Value};
use domain::id::AgencyId;
use domain::people::{Actor, Language};
use domain::policy::{Action, decide};
use door::budget::{Budgets, Spender, Standing};
use door::document::Documents;
use door::fault::Fault;
use forum::{Forum, Once, Problem, Viewer};
use realtime::Cursors;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::schema::global_id::{Kind, decode};
use crate::schema::user_error::UserError;

/// What a resolver needs besides its arguments.
#[derive(Clone)]
pub struct Caller {
    /// The forum.
    pub forum: Arc<Forum>,
    /// Who asks.
    pub viewer: Arc<Viewer>,
    /// The language to answer in.
    pub language: Language,
    /// Seals positions of the event log.
    pub cursors: Arc<Cursors>,
    /// Reads and measures documents.
    pub documents: Arc<Documents>,
    /// How large budgets are here.
    pub budgets: Budgets,
    /// A keyed hash of the address asked from, by which attempts are limited.
    pub address: [u8; 32],
    /// How the caller's budget stands; `None` where it has no limit.
    pub standing: Option<Standing>,
}

impl Caller {
    /// Whose budget the caller spends.
    pub(crate) fn spender(&self) -> Spender {
        match (&self.viewer.through, self.viewer.account) {
            (Some(through), _) => Spender::Client(through.client),
            (None, Some(account)) => Spender::Account(account),
            (None, None) => Spender::Address(self.address),
        }
    }

    /// Somebody who reads what the caller reads, and of whom nothing else is
    /// known.
    pub(crate) fn as_reader(&self, reader: Actor) -> Self {
        let viewer = Viewer {
            actor: reader,
            ..Viewer::visitor()
        };
        Self {
            viewer: Arc::new(viewer),
            ..self.clone()
        }
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

impl Caller {
    /// The agency named by its id, or by its code, which is what people know.
    /// Whatever names none becomes an id under which nothing is found.
    pub(crate) fn agency(&self, named: &str) -> AgencyId {
        let directory = self.forum.directory();
        match decode(named) {
            Some((Kind::Agency, id)) => id.into(),
            _ => directory
                .agency_by_code(named)
                .map_or(Uuid::nil().into(), |agency| agency.id),
        }
    }
}

/// The caller of a request.
pub(crate) fn caller<'a>(ctx: &Context<'a>) -> &'a Caller {
    ctx.data_unchecked::<Caller>()
}

/// A result of the forum inside a query: what a person can cause is the
/// client's fault there, because it asked for it.
pub(crate) fn read<T>(
    caller: &Caller,
    result: Result<T, forum::Error>,
) -> async_graphql::Result<T> {
    let fault = match &result {
        Err(forum::Error::Problems(problems)) => match problems.first().map(|one| &one.problem) {
            Some(forum::Problem::Denied(_)) => Fault::Forbidden,
            Some(forum::Problem::NotFound) => Fault::NotFound,
            _ => Fault::BadUserInput,
        },
        _ => Fault::Internal,
    };
    result.map_err(|error| match split(caller, error) {
        Ok(problems) => {
            let message = problems
                .first()
                .map_or(String::new(), |one| one.message.clone());
            fault.because(message)
        }
        Err(error) => error,
    })
}

/// A result of the forum inside a mutation: what a person can cause goes to
/// `userErrors`, everything else to the top.
pub(crate) fn wrote<T>(
    caller: &Caller,
    result: Result<T, forum::Error>,
) -> async_graphql::Result<Result<T, Vec<UserError>>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => split(caller, error).map(Err),
    }
}

fn split(caller: &Caller, error: forum::Error) -> async_graphql::Result<Vec<UserError>> {
    match error {
        forum::Error::Problems(problems) => {
            let sign_in = domain::policy::Denial::SignInRequired;
            let unauthenticated = problems
                .iter()
                .any(|one| one.problem == forum::Problem::Denied(sign_in));
            if unauthenticated {
                return Err(Fault::Unauthenticated.into());
            }
            Ok(problems
                .iter()
                .map(|one| UserError::new(one, caller.language))
                .collect())
        }
        forum::Error::Unavailable(_) => Err(Fault::Unavailable.into()),
        forum::Error::Busy { seconds } => {
            Err(Fault::RateLimited.because(format!("Too many attempts; try again in {seconds} s.")))
        }
        forum::Error::Internal(what) => {
            tracing::error!(what, "a use case failed");
            Err(Fault::Internal.into())
        }
    }
}

/// Why policy keeps the caller from something, as the mutation for it would answer;
/// nothing where he may.
pub(crate) fn reasons(caller: &Caller, action: &Action<'_>) -> Vec<UserError> {
    let refused = decide(&caller.viewer.actor, action).err();
    told(caller, refused.map(Problem::from))
}

/// What keeps the caller from something, in his language.
pub(crate) fn told(caller: &Caller, kept: impl IntoIterator<Item = Problem>) -> Vec<UserError> {
    let tell = |problem| UserError::whole(problem, caller.language);
    kept.into_iter().map(tell).collect()
}

/// What makes a mutation repeatable: its key, and a hash of the rest of its
/// input.
pub(crate) fn once<T: InputType>(input: &T, key: Option<&String>) -> Once {
    let Some(key) = key else {
        return Once::default();
    };
    let mut value = input.to_value();
    if let Value::Object(fields) = &mut value {
        fields.shift_remove("clientMutationId");
    }
    Once {
        key: Some(key.clone()),
        input_hash: Sha256::digest(value.to_string()).into(),
        confirmed: false,
    }
}

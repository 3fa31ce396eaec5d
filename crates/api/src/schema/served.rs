//! The schema as it is served.

use std::sync::{Arc, OnceLock};

use async_graphql::ValidationMode;
use door::document::Strict;
use door::guard::{SchemaTable, TableError};

use super::live::Subscription;
use super::{ForumSchema, Mutation, Query, builder};

/// What is made of the schema before anybody is served. It says the same of every
/// forum, and is made once a process.
#[derive(Clone)]
pub(crate) struct Served {
    /// What executes. Documents are validated by the strict twin, once: this needs
    /// no second look.
    pub(crate) schema: ForumSchema,
    /// What the guard counts by.
    pub(crate) table: Arc<SchemaTable>,
    /// What validates.
    pub(crate) strict: Strict<Query, Mutation, Subscription>,
}

impl Served {
    /// The one of this process. It is made once; whoever asks meanwhile waits.
    pub(crate) fn get() -> Result<&'static Self, TableError> {
        static SERVED: OnceLock<Result<Served, TableError>> = OnceLock::new();
        let made = SERVED.get_or_init(Self::make);
        made.as_ref().map_err(Clone::clone)
    }

    fn make() -> Result<Self, TableError> {
        let schema = builder().validation_mode(ValidationMode::Fast).finish();
        let strict = Strict::new(builder());
        // Last: what reading the text takes for a while lies behind all that stays.
        let table = Arc::new(SchemaTable::from_sdl(&schema.sdl())?);
        Ok(Self {
            schema,
            table,
            strict,
        })
    }
}

/// Makes what is made of the schema before anybody is served, on a thread of its
/// own, while the forum is opened. What that takes for a while ends with the
/// thread. A [`Service`](crate::Service) waits for it, says what failed, and makes
/// it itself where the system gives no thread.
pub fn make_ahead() {
    let thread = std::thread::Builder::new().name("schema".to_owned());
    drop(thread.spawn(Served::get));
}

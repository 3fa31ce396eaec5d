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
    /// The one of this process.
    pub(crate) fn get() -> Result<&'static Self, TableError> {
        static SERVED: OnceLock<Served> = OnceLock::new();
        if let Some(served) = SERVED.get() {
            return Ok(served);
        }
        let made = Self::make()?;
        Ok(SERVED.get_or_init(|| made))
    }

    fn make() -> Result<Self, TableError> {
        let schema = builder().validation_mode(ValidationMode::Fast).finish();
        Ok(Self {
            table: Arc::new(SchemaTable::from_sdl(&schema.sdl())?),
            schema,
            strict: Strict::new(builder()),
        })
    }
}

//! What people do in the forum, one function each: load, decide, move, write
//! with the events, commit.
//!
//! Every use case is a method of [`Forum`] and takes the [`Viewer`] first.
//! What a person can cause comes back as [`Error::Problems`]; everything else
//! is a surprise.

mod audited;
mod clock_ids;
mod directory;
mod error;
mod message;
mod once;
mod outbox;
mod posting;
mod routing;
mod screen;
mod settings;
mod told;
mod viewer;

pub mod account;
pub mod answer;
pub mod commitment;
pub mod concern;
pub mod document;
pub mod legal;
pub mod letter;
pub mod markdown;
pub mod moderation;
pub mod notice;
pub mod ports;
pub mod post;
pub mod retention;
pub mod revision;
pub mod statistics;
pub mod template;
pub mod thread;
pub mod transparency;
pub mod webhook;

use std::sync::Arc;

use storage::Store;

pub use audited::AUDITED;
pub use error::{Error, Problem, UserProblem};
pub use message::UserErrorCode;
pub use once::{Once, Written};
pub use ports::Clock;
pub use screen::{PersonalKind, Span, TextCheck};
pub use settings::{PasswordCost, Settings};
pub use told::Told;
pub use viewer::Viewer;

/// What the store reads, as it is shown to whoever may see it.
pub mod views {
    pub use storage::{
        answer, appeal, commitment, concern, desk, directory, draft, legal, letter, modlog, post,
        reviewable, revision, sanction, template, thread, transparency,
    };
}

/// The forum: its memory, its ports and what it keeps at hand.
pub struct Forum {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) mailer: Arc<dyn ports::Mailer>,
    pub(crate) settings: Settings,
    pub(crate) directory: directory::Kept,
    pub(crate) people: account::People,
}

impl std::fmt::Debug for Forum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forum")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Forum {
    /// Opens the forum over a store whose migrations are applied, and reads
    /// its directory.
    pub async fn open(
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        mailer: Arc<dyn ports::Mailer>,
        settings: Settings,
    ) -> Result<Self, Error> {
        let directory = directory::Kept::read(&store).await?;
        let salts = Arc::clone(&clock);
        store.audit_with(settings.audit_key().clone(), move |bytes| salts.fill(bytes));
        let people = account::People::new(&settings, clock.as_ref());
        Ok(Self {
            store,
            clock,
            mailer,
            settings,
            directory,
            people,
        })
    }

    /// The store beneath.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// How the forum is set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

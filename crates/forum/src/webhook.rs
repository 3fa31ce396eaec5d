//! Webhooks: what an organization's own program is told.
//!
//! `manage` is what its owners do. What happens goes from the public feed to
//! a queue of its own for each webhook (`queue`), and from there out
//! (`deliver`); `told` asks for the deletion of what may not be seen any
//! more. Each step commits before the next begins, so that a restart at any
//! moment loses no message, and may send one twice.

mod deliver;
mod endpoint;
mod filter;
mod manage;
mod message;
mod queue;
mod replay;
pub(crate) mod secret;
mod told;

pub use endpoint::{Endpoint, Reach};
pub use filter::wants_event;
pub use manage::{CreateWebhook, NewSecret, UpdateWebhook};
pub use secret::Secret;
pub use storage::webhook::{Attempt, Message, MessagePlace, Webhook};

use chrono::Duration;
use domain::policy;
use domain::webhook::Retries;

use crate::Forum;

/// How webhooks are set.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Where they may be.
    pub reach: Reach,
    /// How many an organization may have.
    pub per_organization: usize,
    /// As many messages to one may wait; more stay in the event log meanwhile.
    pub waiting: u64,
    /// As many messages to one are under way at once.
    pub at_once: u32,
    /// How long one may take to answer.
    pub timeout: Duration,
    /// When a message is sent again.
    pub retries: Retries,
    /// How long the secret before holds after it was replaced.
    pub overlap: Duration,
    /// How long the log keeps what ended.
    pub log: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reach: Reach::Public,
            per_organization: 5,
            waiting: 1_000,
            at_once: 4,
            timeout: Duration::seconds(10),
            retries: Retries {
                first: Duration::seconds(30),
                longest: Duration::hours(12),
                give_up_after: Duration::days(3),
            },
            overlap: Duration::hours(24),
            log: Duration::days(30),
        }
    }
}

impl Forum {
    /// Whether a webhook is told anything now: its organization is accepted.
    fn may_be_told(&self, webhook: &Webhook) -> bool {
        policy::has_programs(self.accreditation(webhook.organization))
    }
}

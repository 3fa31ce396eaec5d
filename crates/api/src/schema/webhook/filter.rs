//! What is told of the public feed, chosen by whoever is told.

use async_graphql::{ID, InputObject};
use domain::webhook::Filter;

use super::WebhookMessageKind;
use crate::schema::enums::ThreadKind;
use crate::schema::global_id::{Kind, expect};

/// What of the public feed a webhook, or whoever follows it, is told.
/// Everything given must hold.
#[derive(InputObject, Debug, Default)]
pub struct FeedFilterInput {
    /// Only this; everything where the list is empty. `CONTENT_RETRACTED` and
    /// `FEED_RESYNC` come to webhooks in any case.
    #[graphql(default)]
    pub kinds: Vec<WebhookMessageKind>,
    /// Only what happens in this thread.
    pub thread_id: Option<ID>,
    /// Only what happens in threads of this kind.
    pub thread_kind: Option<ThreadKind>,
    /// Only what happens in threads of the category with this code.
    pub category: Option<String>,
    /// Only what happens in threads of the region with this code.
    pub region: Option<String>,
}

impl From<FeedFilterInput> for Filter {
    fn from(input: FeedFilterInput) -> Self {
        let mut kinds: Vec<_> = input.kinds.into_iter().map(Into::into).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Self {
            kinds,
            thread: input.thread_id.map(|id| expect(Kind::Thread, &id)),
            thread_kind: input.thread_kind.map(Into::into),
            category: input.category,
            region: input.region,
        }
    }
}

//! What the caller may still ask for.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use door::budget::Standing;

use crate::schema::caller::caller;

/// How the budget of whoever asks stands, in the units that `@cost` counts. It
/// comes back steadily.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct RateLimit {
    /// What this request costs; at least 1.
    cost: i32,
    /// How large the budget is.
    limit: i32,
    /// What is left of it, after this request.
    remaining: i32,
    /// When it will be whole again if nothing more is asked for.
    reset_at: DateTime<Utc>,
}

impl From<&Standing> for RateLimit {
    fn from(standing: &Standing) -> Self {
        let whole = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            cost: whole(standing.cost),
            limit: whole(standing.limit.into()),
            remaining: whole(standing.remaining.into()),
            reset_at: standing.reset_at,
        }
    }
}

/// What the caller may still ask for.
#[derive(Debug, Default)]
pub struct RateLimitQueries;

#[Object(serial)]
impl RateLimitQueries {
    /// The budget of whoever asks: the account's, the partner app's, or a
    /// visitor's address's.
    /// Null where there is no limit.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Option<RateLimit> {
        caller(ctx).standing.as_ref().map(RateLimit::from)
    }
}

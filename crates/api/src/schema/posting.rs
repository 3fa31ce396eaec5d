//! The rules for what new accounts write.

use async_graphql::{Context, Object, SimpleObject};
use domain::moderation as view;
use door::directive::{On, cost, depends, list_size, names};

use crate::schema::caller::{Caller, caller};
use crate::schema::enums::Tenure;

/// What members of one tenure may write, and from when on somebody has it.
/// Whoever holds a duty or an office counts as ESTABLISHED.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(serial)]
pub struct PostingRule {
    /// Whose rule it is.
    #[graphql(directive = depends::apply(On::Directory))]
    pub tenure: Tenure,
    /// Until so many of somebody's posts and threads stand visible, each post of
    /// his waits for a moderator.
    #[graphql(directive = depends::apply(On::Directory))]
    pub held_first: i32,
    /// So many links one text holds at most.
    #[graphql(directive = depends::apply(On::Directory))]
    pub links_max: i32,
    /// So many posts and threads are written within an hour at most; null where
    /// nothing but the budget of requests bounds them.
    #[graphql(directive = depends::apply(On::Directory))]
    pub posts_per_hour: Option<i32>,
    /// So many within a day.
    #[graphql(directive = depends::apply(On::Directory))]
    pub posts_per_day: Option<i32>,
    /// So many days old an account is at least.
    #[graphql(directive = depends::apply(On::Directory))]
    pub min_age_days: i32,
    /// So many of its posts and threads stand visible at least.
    #[graphql(directive = depends::apply(On::Directory))]
    pub min_posts: i32,
}

impl PostingRule {
    /// The rule of a tenure, as it stands.
    pub(crate) fn of(caller: &Caller, tenure: view::Tenure) -> Self {
        let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let directory = caller.forum.directory();
        let rule = directory.posting_rules.of(tenure);
        Self {
            tenure: tenure.into(),
            held_first: whole(rule.held_first),
            links_max: whole(rule.links_max),
            posts_per_hour: rule.posts_per_hour.map(whole),
            posts_per_day: rule.posts_per_day.map(whole),
            min_age_days: whole(rule.min_age_days),
            min_posts: whole(rule.min_posts),
        }
    }
}

/// The rules for what new accounts write.
#[derive(Debug, Default)]
pub struct PostingQueries;

#[Object(serial)]
impl PostingQueries {
    /// What somebody may write, by how long and how well he has spoken here: a
    /// rule for each tenure, the lowest first.
    #[graphql(
        directive = depends::apply(On::Directory),
        directive = list_size::apply(3, names(&[]), names(&[])),
        directive = cost::apply(1)
    )]
    async fn posting_rules(&self, ctx: &Context<'_>) -> Vec<PostingRule> {
        let caller = caller(ctx);
        let all = view::Tenure::ALL.iter();
        all.map(|tenure| PostingRule::of(caller, *tenure)).collect()
    }
}

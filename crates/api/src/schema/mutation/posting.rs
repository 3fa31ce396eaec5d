//! The rules for what new accounts write, as administrators set them.

use async_graphql::{Context, InputObject, Object};
use forum::moderation as act;

use crate::schema::caller::{caller, once};
use crate::schema::enums::Tenure;
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::posting::PostingRule;

/// What members of one tenure may write, in place of what holds now.
#[derive(InputObject, Debug)]
pub struct SetPostingRuleInput {
    /// Whose rule it is.
    pub tenure: Tenure,
    /// Until so many of somebody's posts and threads stand visible, each post of
    /// his waits for a moderator: 0 to 20; 0 for ESTABLISHED.
    pub held_first: i32,
    /// So many links one text holds at most: 0 to 100.
    pub links_max: i32,
    /// So many posts and threads are written within an hour at most: 1 to 1,000.
    /// Without it, nothing but the budget of requests bounds them: only for
    /// ESTABLISHED.
    pub posts_per_hour: Option<i32>,
    /// So many within a day: 1 to 10,000. The same holds without it.
    pub posts_per_day: Option<i32>,
    /// So many days old an account is at least: 0 to 3,650; 0 for NEWCOMER.
    pub min_age_days: i32,
    /// So many of its posts and threads stand visible at least: 0 to 10,000; 0
    /// for NEWCOMER.
    pub min_posts: i32,
    /// A key of your own: with the same key, it is set once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of setting what members may write.
    SetPostingRulePayload {
        /// The rule as it is now.
        rule: PostingRule
    }
}

/// The rules for what new accounts write, as administrators set them.
#[derive(Debug, Default)]
pub struct PostingMutations;

#[Object(serial)]
impl PostingMutations {
    /// Sets what members of one tenure may write, from now on; for
    /// administrators.
    async fn set_posting_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule.")] input: SetPostingRuleInput,
    ) -> async_graphql::Result<SetPostingRulePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::SetPostingRule {
            tenure: input.tenure.into(),
            held_first: input.held_first,
            links_max: input.links_max,
            posts_per_hour: input.posts_per_hour,
            posts_per_day: input.posts_per_day,
            min_age_days: input.min_age_days,
            min_posts: input.min_posts,
        };
        let set = caller.forum.set_posting_rule(&caller.viewer, &act, &once);
        settle!(caller, key, set.await);
        let rule = PostingRule::of(caller, act.tenure);
        Ok(SetPostingRulePayload::done(key, Some(rule)))
    }
}

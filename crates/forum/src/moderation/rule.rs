//! The rules for what new accounts write, as administrators set them.

use domain::moderation::{PostingRule, Tenure};
use domain::policy::{self, Action};
use uuid::Uuid;

use crate::account::Reached;
use crate::error::Problems;
use crate::{Error, Forum, Once, Problem, Viewer, Written};

/// At most so many first posts of somebody wait.
const HELD_FIRST_MAX: u32 = 20;
/// At most so many links may be allowed in one text.
const LINKS_MAX: u32 = 100;
/// At most so many posts may be allowed within an hour.
const PER_HOUR_MAX: u32 = 1_000;
/// At most so many posts may be allowed within a day.
const PER_DAY_MAX: u32 = 10_000;
/// At most so many days pass before somebody has a tenure.
const AGE_MAX: u32 = 3_650;
/// At most so many posts are wanted for a tenure.
const POSTS_MAX: u32 = 10_000;

/// A rule, as it was typed.
#[derive(Debug, Clone)]
pub struct SetPostingRule {
    /// Whose.
    pub tenure: Tenure,
    /// Until so many of somebody's posts stand visible, each waits.
    pub held_first: i32,
    /// How many links a text holds.
    pub links_max: i32,
    /// How many posts within an hour; none for no limit of its own.
    pub posts_per_hour: Option<i32>,
    /// How many posts within a day; none for no limit of its own.
    pub posts_per_day: Option<i32>,
    /// How old an account is.
    pub min_age_days: i32,
    /// How many of its posts stand visible.
    pub min_posts: i32,
}

impl Forum {
    /// Sets what members of one tenure may write, from now on.
    pub async fn set_posting_rule(
        &self,
        viewer: &Viewer,
        input: &SetPostingRule,
        once: &Once,
    ) -> Result<Written<Uuid>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let rule = self.check_rule(input)?;
        let claim = self.claim(viewer, "setPostingRule", once, Uuid::nil())?;
        let code = input.tenure.code();
        self.change(
            Some(viewer.audited("setPostingRule").saying(code)),
            claim,
            Uuid::nil(),
            async |tx| {
                tx.put_posting_rule(input.tenure, &rule).await?;
                Ok(Reached::entry(Uuid::nil()))
            },
        )
        .await
    }

    fn check_rule(&self, input: &SetPostingRule) -> Result<PostingRule, Error> {
        let mut problems = Problems::default();
        let mut number = |field, value: i32, least: u32, most: u32, why| {
            let fits = u32::try_from(value).ok();
            let fits = fits.filter(|one| (least..=most).contains(one));
            problems.require(fits.is_some(), field, Problem::Invalid(why));
            fits.unwrap_or(least)
        };
        let hour = "within an hour 1 to 1000 posts are possible";
        let day = "within a day 1 to 10000 posts are possible";
        let held = "of somebody's first posts 0 to 20 wait";
        let links = "a text holds 0 to 100 links";
        let age = "a tenure takes 0 to 3650 days";
        let posts = "a tenure takes 0 to 10000 posts";
        let rule = PostingRule {
            held_first: number("heldFirst", input.held_first, 0, HELD_FIRST_MAX, held),
            links_max: number("linksMax", input.links_max, 0, LINKS_MAX, links),
            posts_per_hour: input
                .posts_per_hour
                .map(|value| number("postsPerHour", value, 1, PER_HOUR_MAX, hour)),
            posts_per_day: input
                .posts_per_day
                .map(|value| number("postsPerDay", value, 1, PER_DAY_MAX, day)),
            min_age_days: number("minAgeDays", input.min_age_days, 0, AGE_MAX, age),
            min_posts: number("minPosts", input.min_posts, 0, POSTS_MAX, posts),
        };
        let tenure = input.tenure;
        let established = tenure == Tenure::Established;
        let none = "only established members have no limit of their own";
        for (field, limit) in [
            ("postsPerHour", rule.posts_per_hour),
            ("postsPerDay", rule.posts_per_day),
        ] {
            let fits = established || limit.is_some();
            problems.require(fits, field, Problem::Invalid(none));
        }
        let ordered = rule
            .posts_per_hour
            .zip(rule.posts_per_day)
            .is_none_or(|(hour, day)| hour <= day);
        let why = "a day has no fewer posts than an hour";
        problems.require(ordered, "postsPerDay", Problem::Invalid(why));
        let why = "nothing that established members write waits";
        let fits = !established || rule.held_first == 0;
        problems.require(fits, "heldFirst", Problem::Invalid(why));
        let why = "everybody begins as a newcomer";
        let begins = tenure != Tenure::Newcomer || rule.min_age_days == 0 && rule.min_posts == 0;
        problems.require(begins, "minAgeDays", Problem::Invalid(why));
        let mut rules = self.directory().posting_rules;
        rules.set(tenure, rule);
        let (known, most) = (rules.of(Tenure::Known), rules.of(Tenure::Established));
        let why = "to be established takes no less than to be known";
        for (field, fits) in [
            ("minAgeDays", known.min_age_days <= most.min_age_days),
            ("minPosts", known.min_posts <= most.min_posts),
        ] {
            problems.require(fits, field, Problem::Invalid(why));
        }
        problems.none()?;
        Ok(rule)
    }
}

//! What is said in the threads of a seeded forum: posts and answers.

use super::micros;
use super::people::{Member, maybe};
use super::random::Random;
use super::thread::{Batch, Context};
use super::words::{answer, language, text};
use chrono::{DateTime, TimeDelta, Utc};
use domain::concern::{OutcomeKind, State};
use domain::id::ordered;
use domain::people::Language;
use domain::thread::{Audience, ModerationStatus, Reuse};
use uuid::Uuid;

pub(super) const POST: &[&str] = &[
    "id",
    "thread",
    "persona",
    "body",
    "language",
    "status",
    "status_reason",
    "reuse",
    "created_at",
];
pub(super) const RESPONSE: &[&str] = &[
    "id",
    "thread",
    "persona",
    "agency",
    "office",
    "body",
    "language",
    "outcome",
    "outcome_on",
    "outcome_text",
    "created_at",
];

impl Batch {
    /// Adds a thread's posts, oldest first; returns how many its audience
    /// sees, and when the last of these was written.
    pub(super) fn add_posts(
        &mut self,
        context: &Context<'_>,
        count: u64,
        random: &mut Random,
    ) -> (i64, Option<DateTime<Utc>>) {
        let mut moments: Vec<DateTime<Utc>> =
            (0..count).map(|_| context.times.within(random)).collect();
        moments.sort_unstable();
        let mut seen = 0;
        let mut last = None;
        for moment in moments {
            let status = random.weighted(&[
                (980, ModerationStatus::Visible),
                (10, ModerationStatus::Minimized),
                (5, ModerationStatus::Held),
                (5, ModerationStatus::Removed),
            ]);
            if status.is_open() {
                seen += 1;
                last = last.max(Some(moment));
            }
            let language = language(random);
            let claims = 1 + random.below(2);
            self.posts.push(vec![
                ordered(moment, random.bytes()).into(),
                context.id.into(),
                author(context, random).persona.into(),
                text(random, language, claims).into(),
                language.code().into(),
                status.code().into(),
                maybe(
                    (!status.is_open())
                        .then_some("SPAM")
                        .filter(|_| status == ModerationStatus::Removed),
                ),
                Reuse::default_for(context.shape.audience).code().into(),
                micros(moment).into(),
            ]);
        }
        (seen, last)
    }

    /// Adds the answers of an answered concern, one to four; returns each
    /// with its moment, oldest first.
    pub(super) fn add_responses(
        &mut self,
        context: &Context<'_>,
        random: &mut Random,
    ) -> Vec<(Uuid, DateTime<Utc>)> {
        let answered = matches!(
            context.shape.state,
            Some(State::Answered | State::Closed | State::Disputed | State::InReview)
        );
        let Some((desk, office)) = context
            .desk
            .and_then(|desk| Some((desk, desk.office?)))
            .filter(|_| answered)
        else {
            return Vec::new();
        };
        let number = 1 + i64::try_from(random.below(4)).unwrap_or(0);
        (0..number)
            .map(|at| {
                let moment = context.times.after(300 + 150 * at);
                let id = ordered(moment, random.bytes());
                let outcome = random.weighted(&[
                    (4, OutcomeKind::Resolved),
                    (3, OutcomeKind::PartiallyResolved),
                    (2, OutcomeKind::ActionPlanned),
                    (1, OutcomeKind::NoFurtherAction),
                ]);
                let on = (outcome == OutcomeKind::ActionPlanned)
                    .then(|| (moment + TimeDelta::days(90)).format("%F").to_string());
                let reason = (outcome == OutcomeKind::NoFurtherAction)
                    .then_some("The matter is outside the powers of the office.");
                self.responses.push(vec![
                    id.into(),
                    context.id.into(),
                    desk.persona.into(),
                    office.agency.into(),
                    office.id.into(),
                    answer(random).into(),
                    Language::En.code().into(),
                    outcome.code().into(),
                    on.into(),
                    maybe(reason),
                    micros(moment).into(),
                ]);
                (id, moment)
            })
            .collect()
    }
}

/// Somebody who may speak in the thread.
fn author(context: &Context<'_>, random: &mut Random) -> Member {
    let people = context.people;
    match context.shape.audience {
        Audience::Public | Audience::Members => *random.pick(&people.everybody),
        Audience::Caucus => *random.pick(&people.society),
        Audience::Officials => *random.pick(&people.officials),
        Audience::Circle => {
            let members = context.circle.map(|at| people.circles[at].1.as_slice());
            *random.pick(members.unwrap_or(&people.society))
        }
        Audience::Confidential => {
            let there = [Some(context.raiser), context.desk, context.invited];
            let there: Vec<Member> = there.into_iter().flatten().collect();
            *random.pick(&there)
        }
    }
}

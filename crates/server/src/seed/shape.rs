//! What each thread of a seeded forum is, and when things happen in it.

use super::Plan;
use super::random::Random;
use super::volume::is_crowded;
use chrono::{DateTime, TimeDelta, Utc};
use domain::concern::State;
use domain::thread::{Audience, ModerationStatus, ThreadKind};

/// What a thread is, before it has content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) kind: ThreadKind,
    pub(super) state: Option<State>,
    pub(super) audience: Audience,
    pub(super) status: ModerationStatus,
}

impl Shape {
    /// Whether others may have posted in it.
    pub(super) fn is_open(self) -> bool {
        self.status.is_open()
    }
}

/// What each thread is, oldest first.
pub(super) fn shapes(plan: &Plan) -> Vec<Shape> {
    (0..plan.threads)
        .map(|index| {
            let shape = shape(&mut Random::new(plan.seed, 0x0073_6861, index as u64));
            if is_crowded(index) && !shape.is_open() {
                Shape {
                    status: ModerationStatus::Visible,
                    state: shape.state.map(|_| State::Open),
                    ..shape
                }
            } else {
                shape
            }
        })
        .collect()
}

fn shape(random: &mut Random) -> Shape {
    let kind = random.weighted(&[
        (75, ThreadKind::Concern),
        (8, ThreadKind::Question),
        (12, ThreadKind::Discussion),
        (5, ThreadKind::Proposal),
    ]);
    // Most concerns of an old forum were answered, many more than once.
    let state = (kind == ThreadKind::Concern).then(|| {
        random.weighted(&[
            (2, State::Submitted),
            (1, State::Returned),
            (4, State::Open),
            (3, State::Assigned),
            (3, State::Acknowledged),
            (4, State::InProgress),
            (1, State::ClarificationRequested),
            (42, State::Answered),
            (34, State::Closed),
            (2, State::Disputed),
            (2, State::InReview),
            (1, State::Dormant),
            (1, State::Withdrawn),
        ])
    });
    let audience = if kind == ThreadKind::Concern {
        random.weighted(&[
            (50, Audience::Public),
            (32, Audience::Members),
            (18, Audience::Confidential),
        ])
    } else {
        random.weighted(&[
            (40, Audience::Public),
            (20, Audience::Members),
            (15, Audience::Caucus),
            (10, Audience::Officials),
            (15, Audience::Circle),
        ])
    };
    let waits = matches!(state, Some(State::Submitted | State::Returned));
    let status = if waits {
        ModerationStatus::Held
    } else {
        random.weighted(&[
            (980, ModerationStatus::Visible),
            (10, ModerationStatus::Minimized),
            (5, ModerationStatus::Removed),
            (5, ModerationStatus::Held),
        ])
    };
    Shape {
        kind,
        state,
        audience,
        status,
    }
}

/// The moments of a thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) created: DateTime<Utc>,
    span: TimeDelta,
}

impl Times {
    /// Threads are spread evenly over the year; what happens in one happens
    /// in the weeks after, or before the present.
    pub(super) fn of(plan: &Plan, index: usize, crowded: bool, random: &mut Random) -> Self {
        let year = TimeDelta::days(365).num_microseconds().unwrap_or(i64::MAX);
        let slot = year / i64::try_from(plan.threads).unwrap_or(i64::MAX).max(1);
        let place = slot * i64::try_from(index).unwrap_or(0) + random.between(0, slot);
        let start = plan.now - TimeDelta::days(365) - TimeDelta::hours(1);
        let created = start + TimeDelta::microseconds(place);
        let weeks = TimeDelta::days(if crowded { 60 } else { 21 });
        Self {
            created,
            span: weeks.min(plan.now - created - TimeDelta::minutes(1)),
        }
    }

    /// A moment so many thousandths into the thread's life.
    pub(super) fn after(self, thousandths: i64) -> DateTime<Utc> {
        let span = self.span.num_microseconds().unwrap_or(0);
        self.created + TimeDelta::microseconds(span / 1_000 * thousandths)
    }

    /// Any moment of the thread's life.
    pub(super) fn within(self, random: &mut Random) -> DateTime<Utc> {
        let span = self.span.num_microseconds().unwrap_or(0);
        self.created + TimeDelta::microseconds(random.between(0, span))
    }
}

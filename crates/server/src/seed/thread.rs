//! The threads of a seeded forum, with their posts and answers.

use super::people::{Member, People, maybe};
use super::random::Random;
use super::shape::{Shape, Times};
use super::talk::{POST, RESPONSE};
use super::volume::is_crowded;
use super::words::{language, text, title};
use super::{Plan, micros};
use chrono::Datelike as _;
use domain::concern::State;
use domain::event::StreamName;
use domain::id::ordered;
use domain::reference::Reference;
use domain::thread::{
    AboutKind, Audience, ParticipantRole, Proceedings, Reuse, THEMES_REQUIRING_ABOUT, ThreadKind,
    VerdictKind,
};
use storage::Rows;
use uuid::Uuid;

const THREAD: &[&str] = &[
    "id",
    "reference",
    "kind",
    "audience",
    "circle",
    "status",
    "title",
    "body",
    "language",
    "category",
    "region",
    "proceedings",
    "reuse",
    "persona",
    "about_agency",
    "about_kind",
    "state",
    "assigned_agency",
    "assigned_office",
    "acknowledged_at",
    "answered_at",
    "closed_at",
    "disputes",
    "unconfirmed",
    "desk_on",
    "post_count",
    "last_activity_at",
    "created_at",
];
const VERDICT: &[&str] = &["id", "thread", "response", "persona", "kind", "created_at"];

/// The rows of some threads.
#[derive(Debug)]
pub(super) struct Batch {
    threads: Rows,
    facts: Rows,
    themes: Rows,
    groups: Rows,
    participants: Rows,
    pub(super) posts: Rows,
    pub(super) responses: Rows,
    verdicts: Rows,
    streams: Rows,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            threads: Rows::new("thread", THREAD),
            facts: Rows::new("case_facts", &["thread", "body"]),
            themes: Rows::new("thread_theme", &["thread", "theme"]),
            groups: Rows::new("thread_group", &["thread", "affected_group"]),
            participants: Rows::new("participant", &["thread", "persona", "role", "since"]),
            posts: Rows::new("post", POST),
            responses: Rows::new("response", RESPONSE),
            verdicts: Rows::new("verdict", VERDICT),
            streams: Rows::new("stream", &["id", "epoch"]),
        }
    }
}

/// What the parts of a thread share.
pub(super) struct Context<'a> {
    pub(super) people: &'a People,
    pub(super) id: Uuid,
    pub(super) shape: Shape,
    pub(super) times: Times,
    pub(super) circle: Option<usize>,
    pub(super) raiser: Member,
    /// The officer of the office that the concern is assigned to.
    pub(super) desk: Option<Member>,
    /// Who else was invited to a confidential thread.
    pub(super) invited: Option<Member>,
}

fn context<'a>(people: &'a People, shape: Shape, times: Times, random: &mut Random) -> Context<'a> {
    let circle = (shape.audience == Audience::Circle)
        .then(|| usize::try_from(random.below(people.circles.len() as u64)).unwrap_or(0));
    let raiser = match circle {
        Some(at) => *random.pick(&people.circles[at].1),
        None if shape.audience == Audience::Officials && shape.kind != ThreadKind::Concern => {
            *random.pick(&people.officials)
        }
        None => *random.pick(&people.society),
    };
    let assigned = !matches!(
        shape.state,
        None | Some(State::Submitted | State::Returned | State::Open | State::Withdrawn)
    );
    let desk = assigned.then(|| *random.pick(&people.officials));
    let invited = (shape.audience == Audience::Confidential && random.percent(50))
        .then(|| *random.pick(&people.society))
        .filter(|member| member.persona != raiser.persona);
    Context {
        people,
        id: ordered(times.created, random.bytes()),
        shape,
        times,
        circle,
        raiser,
        desk,
        invited,
    }
}

/// A category; half of the threads are filed under a general one.
fn category(plan: &Plan, random: &mut Random) -> String {
    let code = random.pick(&plan.known.categories);
    match code.split_once('.') {
        Some((general, _))
            if random.percent(50) && plan.known.categories.iter().any(|code| code == general) =>
        {
            general.to_owned()
        }
        _ => code.clone(),
    }
}

/// A reference that no other thread of the plan has: the index, scattered over
/// 35 bits by steps that can each be undone.
fn reference(plan: &Plan, index: usize, times: Times) -> Reference {
    const BITS: u64 = (1 << 35) - 1;
    let mut number = (index as u64).wrapping_add(plan.seed) & BITS;
    for odd in [0x5_DEEC_E66D, 0x2_545F_4915] {
        number = number.wrapping_mul(odd) & BITS;
        number ^= number >> 18;
    }
    let [_, _, _, random @ ..] = (number << 5).to_be_bytes();
    Reference::new(&plan.prefix, times.created.year(), random)
}

fn proceedings(shape: Shape, random: &mut Random) -> Proceedings {
    if shape.kind == ThreadKind::Concern && random.percent(20) {
        *random.pick(Proceedings::ALL)
    } else {
        Proceedings::None
    }
}

impl Batch {
    pub(super) fn thread_count(&self) -> usize {
        self.threads.values.len()
    }

    pub(super) fn post_count(&self) -> u64 {
        self.posts.values.len() as u64
    }

    /// The rows, tables that refer to others after them.
    pub(super) fn into_rows(self) -> Vec<Rows> {
        vec![
            self.threads,
            self.facts,
            self.themes,
            self.groups,
            self.participants,
            self.posts,
            self.responses,
            self.verdicts,
            self.streams,
        ]
    }

    /// Adds a thread with so many posts and returns how many answers it got.
    pub(super) fn thread(
        &mut self,
        plan: &Plan,
        people: &People,
        index: usize,
        shape: Shape,
        posts: u64,
    ) -> u64 {
        let random = &mut Random::new(plan.seed, 0x7468_7265, index as u64);
        let times = Times::of(plan, index, is_crowded(index), random);
        let context = context(people, shape, times, random);
        let id = context.id;
        let (open_posts, last_post) = self.add_posts(&context, posts, random);
        let responses = self.add_responses(&context, random);
        let answered = responses.last().copied();
        let closed = (shape.state == Some(State::Closed)).then(|| times.after(950));
        let unconfirmed = closed.is_some() && random.percent(40);
        let last = [Some(times.created), last_post, answered.map(|(_, at)| at)];
        let themes = self.add_axes(plan, &context, random);
        // A concern about what a desk does goes to that desk as a practice.
        let about = themes
            .iter()
            .any(|theme| THEMES_REQUIRING_ABOUT.contains(theme));
        let about = context.desk.and_then(|desk| desk.office).filter(|_| about);
        let desk = context.desk.and_then(|desk| desk.office);
        let acknowledged = !matches!(shape.state, Some(State::Assigned));
        let language = language(random);
        let disputes = matches!(shape.state, Some(State::Disputed | State::InReview));
        self.threads.push(vec![
            id.into(),
            reference(plan, index, times).to_string().into(),
            shape.kind.code().into(),
            shape.audience.code().into(),
            context.circle.map(|at| people.circles[at].0).into(),
            shape.status.code().into(),
            title(random, language).into(),
            {
                let claims = 1 + random.below(3);
                text(random, language, claims)
            }
            .into(),
            language.code().into(),
            category(plan, random).into(),
            random.pick(&plan.known.regions).clone().into(),
            proceedings(shape, random).code().into(),
            Reuse::default_for(shape.audience).code().into(),
            context.raiser.persona.into(),
            about.map(|office| office.agency).into(),
            maybe(about.map(|_| AboutKind::Practice.code())),
            maybe(shape.state.map(State::code)),
            desk.map(|office| office.agency).into(),
            desk.map(|office| office.id).into(),
            desk.filter(|_| acknowledged)
                .map(|_| micros(times.after(100)))
                .into(),
            answered.map(|(_, at)| micros(at)).into(),
            closed.map(micros).into(),
            i64::from(disputes).into(),
            unconfirmed.into(),
            desk_on(shape.state).into(),
            open_posts.into(),
            last.into_iter().flatten().max().map(micros).into(),
            micros(times.created).into(),
        ]);
        if let (Some(closed), Some((response, _)), false) = (closed, answered, unconfirmed) {
            let verdict = *random.pick(VerdictKind::ALL);
            self.verdicts.push(vec![
                ordered(closed, random.bytes()).into(),
                id.into(),
                response.into(),
                context.raiser.persona.into(),
                verdict.code().into(),
                micros(closed).into(),
            ]);
        }
        let stream = StreamName::Thread(id.into());
        self.streams
            .push(vec![stream.to_string().into(), plan.epoch.into()]);
        responses.len() as u64
    }

    /// Adds the themes and groups, the sealed facts and the invited of a
    /// concern; returns the themes.
    fn add_axes<'a>(
        &mut self,
        plan: &'a Plan,
        context: &Context<'_>,
        random: &mut Random,
    ) -> Vec<&'a str> {
        if context.shape.kind != ThreadKind::Concern {
            return Vec::new();
        }
        let id = context.id;
        let mut themes: Vec<&str> = (0..=random.below(2))
            .map(|_| random.pick(&plan.known.themes).as_str())
            .collect();
        themes.sort_unstable();
        themes.dedup();
        for theme in &themes {
            self.themes.push(vec![id.into(), (*theme).into()]);
        }
        let mut groups: Vec<&str> = (0..random.below(3))
            .map(|_| random.pick(&plan.known.groups).as_str())
            .collect();
        groups.sort_unstable();
        groups.dedup();
        for group in groups {
            self.groups.push(vec![id.into(), group.into()]);
        }
        if context.shape.audience == Audience::Confidential {
            let facts = text(random, domain::people::Language::En, 1);
            self.facts.push(vec![id.into(), facts.into()]);
        }
        if let Some(invited) = context.invited {
            self.participants.push(vec![
                id.into(),
                invited.persona.into(),
                ParticipantRole::Invited.code().into(),
                micros(context.times.created).into(),
            ]);
        }
        themes
    }
}

/// Where a concern stands on the desks: no clock of theirs runs.
fn desk_on(state: Option<State>) -> Option<String> {
    let day = domain::desk::desk_on(state?, None)?;
    Some(day.to_string())
}

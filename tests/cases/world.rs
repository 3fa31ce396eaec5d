//! Invented worlds: threads, posts and people in every combination, absent
//! values included. The same seed makes the same world.

use std::collections::BTreeMap;

use domain::id::{AccountId, AgencyId, CircleId, ClientId, OfficeId, PersonaId, ThreadId};
use domain::moderation::{Curb, SanctionScope, Sanctions};
use domain::partner::{AccessScope, Through};
use domain::people::{Actor, Constituency, Duty};
use domain::policy::{PostFacts, Scope, ThreadFacts};
use domain::thread::{AboutKind, Audience, ModerationStatus, ThreadKind};
use storage::{Rows, StorageError, Store, Value};
use uuid::Uuid;

use super::rows::at;

/// The codes of the categories that there are.
const CATEGORIES: [&str; 2] = ["DRG", "TIP"];

/// Numbers that look random and are not: SplitMix64.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Nothing, once in three times.
    fn maybe<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        (!self.chance(3)).then(|| self.pick(of))
    }

    /// Each of them with the same chance; often none.
    fn some<T: Copy>(&mut self, of: &[T]) -> Vec<T> {
        if self.chance(4) {
            return Vec::new();
        }
        of.iter().copied().filter(|_| self.chance(3)).collect()
    }
}

/// Ids of one kind: few, so that whatever can meet does.
fn ids<T: From<Uuid>>(kind: u128, count: u128) -> Vec<T> {
    (1..=count)
        .map(|n| T::from(Uuid::from_u128(kind << 64 | n)))
        .collect()
}

/// Everybody and everything in a world.
pub(super) struct World {
    pub(super) threads: Vec<ThreadFacts>,
    /// The posts of each thread, in the order of reading.
    pub(super) posts: BTreeMap<ThreadId, Vec<PostFacts>>,
    /// The order in which threads were raised: by moment, then id.
    pub(super) raised: Vec<ThreadId>,
    accounts: Vec<AccountId>,
    personas: Vec<PersonaId>,
    agencies: Vec<AgencyId>,
    offices: Vec<OfficeId>,
    circles: Vec<CircleId>,
}

impl World {
    /// Makes a world of so many threads and writes it.
    pub(super) async fn write(store: &Store, random: &mut Random, threads: usize) -> Self {
        let mut world = Self {
            threads: Vec::new(),
            posts: BTreeMap::new(),
            raised: Vec::new(),
            accounts: ids(1, 2),
            personas: ids(2, 6),
            agencies: ids(3, 3),
            offices: ids(4, 4),
            circles: ids(5, 3),
        };
        let mut tables = world.bodies();
        tables.extend(world.talk(random, threads));
        let written = store.write(at(0), |tx| {
            let tables = tables.clone();
            async move { tx.insert_rows(&tables).await }
        });
        written
            .await
            .unwrap_or_else(|error: StorageError| panic!("{error:?}"));
        world
    }

    fn bodies(&self) -> Vec<Rows> {
        let mut region = Rows::new(
            "region",
            &["code", "kind", "name_en", "name_ur", "position"],
        );
        region.push(vec![
            "PB".into(),
            "x".into(),
            "x".into(),
            "x".into(),
            1_i64.into(),
        ]);
        let mut agency = Rows::new(
            "agency",
            &[
                "id",
                "code",
                "kind",
                "region",
                "name_en",
                "name_ur",
                "accreditation",
                "participation",
                "default_oversight",
                "position",
            ],
        );
        for (n, id) in self.agencies.iter().enumerate() {
            let mut row: Vec<Value> = vec![id.0.into(), format!("A{n}").into()];
            row.extend(["OVERSIGHT", "PB", "x", "x", "APPROVED", "ANSWERING"].map(Value::from));
            row.extend([false.into(), 1_i64.into()]);
            agency.push(row);
        }
        let mut office = Rows::new(
            "office",
            &["id", "agency", "name_en", "name_ur", "created_at"],
        );
        for (n, id) in self.offices.iter().enumerate() {
            let agency = self.agencies[n % self.agencies.len()];
            office.push(vec![
                id.0.into(),
                agency.0.into(),
                "x".into(),
                "x".into(),
                1_i64.into(),
            ]);
        }
        let mut circle = Rows::new("circle", &["id", "code", "name_en", "name_ur"]);
        for (n, id) in self.circles.iter().enumerate() {
            circle.push(vec![
                id.0.into(),
                format!("C{n}").into(),
                "x".into(),
                "x".into(),
            ]);
        }
        let mut persona = Rows::new("persona", &["id", "voice"]);
        for id in &self.personas {
            persona.push(vec![id.0.into(), "NAMED".into()]);
        }
        let mut category = Rows::new("category", CATEGORY);
        for code in CATEGORIES {
            category.push(category_row(code));
        }
        vec![region, category, agency, office, circle, persona]
    }

    fn talk(&mut self, random: &mut Random, count: usize) -> [Rows; 5] {
        let mut threads = Rows::new("thread", THREAD);
        let mut participants = Rows::new("participant", &["thread", "persona", "role", "since"]);
        let mut recusals = Rows::new("recusal", &["thread", "persona", "since"]);
        let mut retaliations = Rows::new("retaliation", RETALIATION);
        let mut posts = Rows::new("post", POST);
        let mut raised = Vec::new();
        for n in 0..count {
            let facts = self.thread(random, n);
            // Three moments for all: ties are the rule.
            let moment = i64::try_from(random.below(3)).unwrap();
            raised.push((moment, facts.id));
            threads.push(thread_row(&facts, moment, n));
            for agency in &facts.frozen {
                let id = Uuid::from_u128(retaliations.values.len() as u128 + 1);
                let mut row: Vec<Value> = vec![id.into(), facts.id.0.into(), agency.0.into()];
                row.extend([facts.raiser.0.into(), "x".into(), 1_i64.into()]);
                row.extend([Value::from(None::<i64>), None::<Uuid>.into()]);
                retaliations.push(row);
            }
            // A report that froze nothing, or no longer does, was brought there.
            for body in &facts.reported_to {
                let id = Uuid::from_u128(retaliations.values.len() as u128 + 1);
                let mut row: Vec<Value> = vec![id.into(), facts.id.0.into(), body.0.into()];
                row.extend([facts.raiser.0.into(), "x".into(), 1_i64.into()]);
                row.extend([Value::from(1_i64), body.0.into()]);
                retaliations.push(row);
            }
            for persona in &facts.recused {
                recusals.push(vec![facts.id.0.into(), persona.0.into(), 1_i64.into()]);
            }
            for persona in &facts.participants {
                participants.push(vec![
                    facts.id.0.into(),
                    persona.0.into(),
                    "INVITED".into(),
                    1_i64.into(),
                ]);
            }
            let mut written = Vec::new();
            for _ in 0..random.below(9) {
                let id = self.posts.values().map(Vec::len).sum::<usize>() + written.len();
                let facts = PostFacts {
                    id: scattered(9, id).into(),
                    author: random.pick(&self.personas),
                    status: random.pick(ModerationStatus::ALL),
                };
                written.push((i64::try_from(random.below(3)).unwrap(), facts));
            }
            for (moment, post) in &written {
                posts.push(post_row(post, facts.id, *moment));
            }
            written.sort_by_key(|(moment, post)| (*moment, post.id));
            self.posts.insert(
                facts.id,
                written.into_iter().map(|(_, post)| post).collect(),
            );
            self.threads.push(facts);
        }
        raised.sort_unstable();
        self.raised = raised.into_iter().map(|(_, id)| id).collect();
        [threads, participants, recusals, retaliations, posts]
    }

    fn thread(&self, random: &mut Random, n: usize) -> ThreadFacts {
        ThreadFacts {
            id: scattered(8, n).into(),
            kind: random.pick(ThreadKind::ALL),
            audience: random.pick(Audience::ALL),
            circle: random.maybe(&self.circles),
            category: random.maybe(&CATEGORIES).map(str::to_owned),
            status: random.pick(ModerationStatus::ALL),
            locked: random.chance(3),
            ended: false,
            slow: false,
            raiser: random.pick(&self.personas),
            participants: random.some(&self.personas),
            recused: if random.chance(3) {
                random.some(&self.personas)
            } else {
                Vec::new()
            },
            reported_to: if random.chance(4) {
                random.some(&self.agencies)
            } else {
                Vec::new()
            },
            frozen: if random.chance(4) {
                random.some(&self.agencies)
            } else {
                Vec::new()
            },
            about_agency: random.maybe(&self.agencies),
            about_office: random.maybe(&self.offices),
            about_kind: random.maybe(AboutKind::ALL),
            assigned_agency: random.maybe(&self.agencies),
            assigned_office: random.maybe(&self.offices),
            oversight_agency: random.maybe(&self.agencies),
            claimed_by: random.maybe(&self.personas),
            wants_moderator: random.chance(4),
        }
    }

    /// Somebody who may be anybody.
    pub(super) fn actor(&self, random: &mut Random) -> Actor {
        let personas = random.some(&self.personas);
        Actor {
            account: random.maybe(&self.accounts),
            speaks_as: personas.first().copied(),
            personas,
            constituency: random.maybe(Constituency::ALL),
            vouched: !random.chance(3),
            duties: random.some(Duty::ALL),
            sanctions: self.sanctions(random),
            organization: None,
            agency: random.maybe(&self.agencies),
            agency_answers: !random.chance(3),
            agency_oversees: random.chance(2),
            offices: random.some(&self.offices),
            circles: random.some(&self.circles),
            through: random.chance(4).then(|| Through {
                client: ClientId(Uuid::from_u128(1)),
                scopes: random.some(AccessScope::ALL).into_iter().collect(),
            }),
        }
    }

    /// Whatever stands of an account.
    fn sanctions(&self, random: &mut Random) -> Sanctions {
        let curbs = if random.chance(3) { random.below(3) } else { 0 };
        let curb = |random: &mut Random| Curb {
            suspends: random.chance(2),
            scope: match random.below(3) {
                0 => SanctionScope::Thread(self.a_thread(random)),
                1 => SanctionScope::Category(vec![random.pick(&CATEGORIES).to_owned()]),
                _ => SanctionScope::Everything,
            },
        };
        Sanctions {
            standing: (0..curbs).map(|_| curb(random)).collect(),
            lost: Vec::new(),
        }
    }

    fn a_thread(&self, random: &mut Random) -> ThreadId {
        let at = random.below(self.threads.len().max(1));
        let there = self.threads.get(at).map(|thread| thread.id);
        there.unwrap_or(ThreadId(Uuid::nil()))
    }

    /// Any predicate over threads, of so many levels.
    pub(super) fn scope(&self, random: &mut Random, levels: usize) -> Scope {
        let kinds = if levels == 0 { 13 } else { 16 };
        match random.below(kinds) {
            0 => Scope::AudienceIn(random.some(Audience::ALL)),
            1 => Scope::StatusIn(random.some(ModerationStatus::ALL)),
            2 => Scope::RaisedBy(random.some(&self.personas)),
            3 => Scope::JoinedBy(random.some(&self.personas)),
            4 => Scope::ClaimedBy(random.some(&self.personas)),
            5 => Scope::InCircle(random.some(&self.circles)),
            6 => Scope::AssignedTo(random.some(&self.offices)),
            7 if random.chance(2) => Scope::OverseenBy(random.pick(&self.agencies)),
            7 if random.chance(2) => Scope::About(random.pick(&self.agencies)),
            7 => Scope::AboutOffice(random.some(&self.offices)),
            8 => Scope::RecusedBy(random.some(&self.personas)),
            9 => Scope::FrozenFor(random.pick(&self.agencies)),
            10 => Scope::WantsModerator,
            11 => Scope::Among(vec![self.a_thread(random)]),
            12 => Scope::FiledUnder(vec![random.pick(&CATEGORIES).to_owned()]),
            13 => Scope::Not(Box::new(self.scope(random, levels - 1))),
            n => {
                let parts = random.below(4);
                let parts = (0..parts).map(|_| self.scope(random, levels - 1)).collect();
                if n == 14 {
                    Scope::All(parts)
                } else {
                    Scope::Any(parts)
                }
            }
        }
    }
}

/// An id that does not tell the order in which it was made.
fn scattered(kind: u128, n: usize) -> Uuid {
    let mixed = Random::new(n as u64).next();
    Uuid::from_u128(kind << 64 | u128::from(mixed))
}

const THREAD: &[&str] = &[
    "id",
    "reference",
    "kind",
    "audience",
    "circle",
    "category",
    "status",
    "locked_at",
    "persona",
    "about_agency",
    "about_office",
    "about_kind",
    "assigned_agency",
    "assigned_office",
    "oversight_agency",
    "claimed_by",
    "wants_moderator",
    "title",
    "body",
    "language",
    "proceedings",
    "reuse",
    "unconfirmed",
    "last_activity_at",
    "created_at",
];

const CATEGORY: &[&str] = &[
    "code",
    "name_en",
    "name_ur",
    "basis",
    "youth_priority",
    "aliases",
    "position",
];

const RETALIATION: &[&str] = &[
    "id",
    "thread",
    "agency",
    "persona",
    "body",
    "created_at",
    "lifted_at",
    "oversight",
];

const POST: &[&str] = &[
    "id",
    "thread",
    "persona",
    "status",
    "body",
    "language",
    "reuse",
    "created_at",
];

fn category_row(code: &str) -> Vec<Value> {
    let mut row: Vec<Value> = [code, "x", "x", "x"].map(Value::from).to_vec();
    row.extend([false.into(), "[]".into(), 1_i64.into()]);
    row
}

fn thread_row(facts: &ThreadFacts, moment: i64, n: usize) -> Vec<Value> {
    // The last activity ties with others than the creation does.
    let active = i64::try_from(n % 4).unwrap();
    let mut row: Vec<Value> = vec![
        facts.id.0.into(),
        format!("MKL-2026-{n:08}").into(),
        facts.kind.code().into(),
        facts.audience.code().into(),
        facts.circle.map(|id| id.0).into(),
        facts.category.clone().into(),
        facts.status.code().into(),
        facts.locked.then_some(1_i64).into(),
        facts.raiser.0.into(),
        facts.about_agency.map(|id| id.0).into(),
        facts.about_office.map(|id| id.0).into(),
        facts.about_kind.map(AboutKind::code).into(),
        facts.assigned_agency.map(|id| id.0).into(),
        facts.assigned_office.map(|id| id.0).into(),
        facts.oversight_agency.map(|id| id.0).into(),
        facts.claimed_by.map(|id| id.0).into(),
        facts.wants_moderator.into(),
    ];
    row.extend(["A title", "A text", "EN", "NONE", "COUNT_ONLY"].map(Value::from));
    row.extend([false.into(), active.into(), moment.into()]);
    row
}

fn post_row(post: &PostFacts, thread: ThreadId, moment: i64) -> Vec<Value> {
    let mut row: Vec<Value> = vec![
        post.id.0.into(),
        thread.0.into(),
        post.author.0.into(),
        post.status.code().into(),
    ];
    row.extend(["A text", "EN", "COUNT_ONLY"].map(Value::from));
    row.push(moment.into());
    row
}

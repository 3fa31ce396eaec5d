//! The accounts, personas, circles and offices of a seeded forum.

use super::random::Random;
use super::{Office, Plan, micros};
use chrono::TimeDelta;
use domain::event::StreamName;
use domain::id::ordered;
use domain::people::{Constituency, Language, Standing, Voice};
use storage::{Rows, Value};
use uuid::Uuid;

/// A third and a quarter of the members, more or less, are in these rooms.
const CIRCLES: [(&str, &str, &str, usize); 2] = [
    ("SEED_YOUTH", "Youth room", "نوجوانوں کا کمرہ", 3),
    ("SEED_WOMEN", "Women's room", "خواتین کا کمرہ", 4),
];

const ACCOUNT: &[&str] = &[
    "id",
    "login",
    "display_name",
    "password_hash",
    "constituency",
    "vouched_at",
    "standing",
    "language",
    "trusted_at",
    "established_at",
    "created_at",
];
const PERSONA: &[&str] = &[
    "id",
    "voice",
    "account",
    "constituency",
    "agency",
    "office",
    "display_name",
];

/// An author, as far as threads need to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) persona: Uuid,
    pub(super) office: Option<Office>,
}

/// Everybody who can write, by where they may.
#[derive(Debug)]
pub(super) struct People {
    /// All members.
    pub(super) everybody: Vec<Member>,
    /// Those who are no officials.
    pub(super) society: Vec<Member>,
    /// Those who hold an office.
    pub(super) officials: Vec<Member>,
    /// The circles, each with its members.
    pub(super) circles: Vec<(Uuid, Vec<Member>)>,
}

/// How many accounts a forum of this size has: 2,000 for 100,000 threads.
pub(super) fn accounts(threads: usize) -> usize {
    (threads / 50).clamp(40, 20_000)
}

/// Invents the people and writes them to the tables they belong to.
pub(super) fn people(plan: &Plan) -> (People, Vec<Rows>) {
    let mut random = Random::new(plan.seed, 0x7065_6f70, 0);
    let since = plan.now - TimeDelta::days(400);
    let at = micros(since);
    let mut office_rows = Rows::new(
        "office",
        &["id", "agency", "name_en", "name_ur", "created_at"],
    );
    let mut account_rows = Rows::new("account", ACCOUNT);
    let mut persona_rows = Rows::new("persona", PERSONA);
    let mut holder_rows = Rows::new("holder", &["office", "account", "since"]);
    let mut circle_rows = Rows::new("circle", &["id", "code", "name_en", "name_ur"]);
    let mut circle_member_rows = Rows::new("circle_member", &["circle", "account", "since"]);
    let mut stream_rows = Rows::new("stream", &["id", "epoch"]);
    let mut stream = |name: StreamName| {
        stream_rows.push(vec![name.to_string().into(), plan.epoch.into()]);
    };

    let mut offices = plan.known.offices.clone();
    if offices.is_empty() {
        for agency in &plan.known.agencies {
            let id = ordered(since, random.bytes());
            office_rows.push(vec![
                id.into(),
                (*agency).into(),
                "Complaints desk".into(),
                "شکایات کا دفتر".into(),
                at.into(),
            ]);
            stream(StreamName::Desk(id.into()));
            offices.push(Office {
                id,
                agency: *agency,
            });
        }
    }
    let mut circles: Vec<(Uuid, Vec<Member>)> = Vec::new();
    for (code, name_en, name_ur, _) in CIRCLES {
        let id = ordered(since, random.bytes());
        circle_rows.push(vec![id.into(), code.into(), name_en.into(), name_ur.into()]);
        circles.push((id, Vec::new()));
    }

    let mut everybody = Vec::new();
    let mut society = Vec::new();
    let mut officials: Vec<Member> = Vec::new();
    for number in 1..=accounts(plan.threads) {
        // Of ten accounts five are civil society, three youth, one an expert
        // and one an official.
        let constituency = match (number - 1) % 10 {
            0..=4 => Constituency::CivilSociety,
            5..=7 => Constituency::Youth,
            8 => Constituency::Expert,
            _ => Constituency::Official,
        };
        let account = ordered(since, random.bytes());
        let name = format!("Seed member {number:05}");
        account_rows.push(vec![
            account.into(),
            format!("seed-{number:05}").into(),
            name.clone().into(),
            plan.password_hash.clone().into(),
            constituency.code().into(),
            constituency.needs_vouching().then_some(at).into(),
            Standing::Active.code().into(),
            if number % 4 == 0 {
                Language::Ur
            } else {
                Language::En
            }
            .code()
            .into(),
            at.into(),
            at.into(),
            at.into(),
        ]);
        stream(StreamName::Inbox(account.into()));
        let office = (constituency == Constituency::Official && !offices.is_empty())
            .then(|| offices[officials.len() % offices.len()]);
        let persona = ordered(since, random.bytes());
        persona_rows.push(vec![
            persona.into(),
            Voice::Named.code().into(),
            account.into(),
            constituency.code().into(),
            office.map(|office| office.agency).into(),
            office.map(|office| office.id).into(),
            name.into(),
        ]);
        let member = Member { persona, office };
        everybody.push(member);
        if let Some(office) = office {
            holder_rows.push(vec![office.id.into(), account.into(), at.into()]);
            officials.push(member);
        } else if constituency != Constituency::Official {
            society.push(member);
            for ((circle, members), (_, _, _, every)) in circles.iter_mut().zip(CIRCLES) {
                if number % every == 0 {
                    circle_member_rows.push(vec![(*circle).into(), account.into(), at.into()]);
                    members.push(member);
                }
            }
        }
    }
    let people = People {
        everybody,
        society,
        officials,
        circles,
    };
    let tables = vec![
        office_rows,
        account_rows,
        persona_rows,
        holder_rows,
        circle_rows,
        circle_member_rows,
        stream_rows,
    ];
    (people, tables)
}

/// A value for a column that names a code or nothing.
pub(super) fn maybe(code: Option<&str>) -> Value {
    code.map(str::to_owned).into()
}

//! A thousand tamperings by hand: with the log, with what says whom it means, with its
//! head and with the public record. All are found.

use std::collections::BTreeSet;

use audit::{Check, Checkpoint, Entry, Frontier, Head};
use mukalma_tests::TestForum;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr};
use serde_json::json;
use storage::audit_log::AuditLog;
use storage::dump::{Cell, Kind, Table};
use storage::{Backend, Store};
use uuid::Uuid;

use super::{key, rules, unguard};
use crate::cases::moderation::{Square, act, say};
use crate::cases::own_data::{delete, erased};
use crate::cases::world::Random;

/// The tables, each with its key.
const TABLES: [(&str, &[&str]); 4] = [
    ("audit_entry", &["id"]),
    ("audit_opening", &["entry", "place"]),
    ("audit_head", &["id"]),
    ("modlog", &["id"]),
];

/// What keeps PostgreSQL from holding whatever somebody writes there, besides its
/// guards: an owner takes it away.
const UNTIE: &str = "GRANT ALL ON audit_entry, audit_head TO CURRENT_USER; \
    DO $$ DECLARE tie record; BEGIN FOR tie IN \
    SELECT conrelid::regclass AS at, conname AS name FROM pg_constraint WHERE contype = 'f' \
    AND (conrelid = 'modlog'::regclass \
    OR confrelid IN ('audit_entry'::regclass, 'modlog'::regclass)) \
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', tie.at, tie.name); END LOOP; END $$";

/// One of the tables, with all that it holds.
#[derive(Debug, Clone, PartialEq)]
struct Kept {
    table: Table,
    rows: Vec<Vec<Cell>>,
}

impl Kept {
    async fn all(store: &Store) -> Vec<Self> {
        let snapshot = store.snapshot().await.unwrap();
        let mut all = Vec::new();
        for (name, _) in TABLES {
            let mut tables = snapshot.tables().iter();
            let table = tables.find(|table| table.name == name).unwrap();
            let (mut reading, mut rows) = (snapshot.read(table), Vec::new());
            loop {
                let more = reading.next().await.unwrap();
                if more.is_empty() {
                    break;
                }
                rows.extend(more);
            }
            let table = table.clone();
            all.push(Self { table, rows });
        }
        all
    }

    fn place(&self, column: &str) -> usize {
        let mut columns = self.table.columns.iter();
        columns.position(|one| one.name == column).unwrap()
    }

    /// The places of its key.
    fn key(&self) -> Vec<usize> {
        let mut tables = TABLES.iter();
        let (_, key) = tables.find(|(name, _)| *name == self.table.name).unwrap();
        key.iter().map(|column| self.place(column)).collect()
    }

    /// Whether no two rows have one key.
    fn is_possible(&self) -> bool {
        let key = self.key();
        let of = |row: &Vec<Cell>| -> Vec<Cell> { key.iter().map(|at| row[*at].clone()).collect() };
        let keys: Vec<Vec<Cell>> = self.rows.iter().map(of).collect();
        let mut each = keys.iter().enumerate();
        each.all(|(at, key)| !keys[..at].contains(key))
    }
}

/// A forum with something of everything in its log.
struct Story {
    square: Square,
    /// Its heads at several moments; at last the one of now.
    heads: Vec<Head>,
    /// What said whom entries mean, of somebody who was erased.
    erased: Vec<Vec<Cell>>,
}

impl Story {
    async fn new() -> Self {
        let square = Square::new().await;
        let mut heads = vec![head(&square.forum).await];
        let admin = square.forum.sign_in("admin").await;
        for n in 0..3 {
            let post = say(&square.civil, &square.thread, &format!("Post {n}.")).await;
            for (does, why) in [("HOLD", "ABUSE"), ("RELEASE", "REVIEWED")] {
                let done = square.moderator.done("moderate", act(&post, does, why), "");
                done.await;
                heads.push(head(&square.forum).await);
            }
        }
        let hold = act(&square.post, "HOLD", "SPAM");
        square.moderator.done("moderate", hold, "").await;
        let reads = "query($id: ID!) { thread(id: $id) { posts(first: 5) { nodes { body } } } }";
        let thread = json!({ "id": square.thread });
        square.moderator.run(reads, thread).await;
        let warns = json!({
            "subjectId": square.post, "kind": "WARN", "reason": "ABUSE", "text": "Not so.",
        });
        square.moderator.done("proposeSanction", warns, "").await;
        let youth = square
            .youth
            .run("{ viewer { account { id } } }", json!({}))
            .await;
        let duty = json!({ "account": youth["viewer"]["account"]["id"], "duty": "MODERATOR" });
        let circle = json!({ "code": "NEW", "nameEn": "A new one", "nameUr": "نیا حلقہ" });
        let eid = json!({ "day": "2026-03-20", "nameEn": "Eid al-Fitr", "nameUr": "عید الفطر" });
        for (does, input) in [
            (
                "setClockRule",
                json!({ "category": "DRG", "answerDays": 15 }),
            ),
            ("declareHoliday", eid),
            ("createCircle", circle),
            ("createInvitation", json!({ "constituency": "YOUTH" })),
            ("grantDuty", duty.clone()),
            ("revokeDuty", duty),
        ] {
            admin.done(does, input, "").await;
        }
        heads.push(head(&square.forum).await);
        let before = Kept::all(square.forum.store()).await;
        delete(&square.forum.sign_in("youth").await, "KEEP").await;
        erased(&square.forum).await;
        let rules = rules("moderation.hold_at", "3");
        square.forum.forum.tell_rules(&rules).await.unwrap();
        heads.push(head(&square.forum).await);
        let after = Kept::all(square.forum.store()).await;
        let gone = before[1].rows.iter();
        let gone = gone.filter(|row| !after[1].rows.contains(row));
        Self {
            erased: gone.cloned().collect(),
            heads,
            square,
        }
    }
}

async fn head(forum: &TestForum) -> Head {
    forum.store().read().audit_head().await.unwrap()
}

/// Whoever edits the database, with its guards away, and whoever verifies it.
struct Hand<'s> {
    store: &'s Store,
    connection: DatabaseConnection,
    key: audit::Key,
    outside: Vec<Checkpoint>,
}

impl<'s> Hand<'s> {
    async fn on(story: &'s Story) -> Self {
        let forum = &story.square.forum;
        unguard(forum).await;
        let connection = forum.database.connect().await;
        let untie = match forum.store().backend() {
            Backend::Sqlite => "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF",
            Backend::Postgres => UNTIE,
        };
        connection.execute_unprepared(untie).await.unwrap();
        let key = key();
        let heads = story.heads.iter();
        let outside = heads.map(|head| key.public().read_own(&head.note).unwrap());
        Self {
            store: forum.store(),
            connection,
            outside: outside.collect(),
            key,
        }
    }

    async fn is_whole(&self) -> bool {
        let check = Check::new(self.key.public(), self.outside.clone());
        let report = AuditLog::at_rest(self.store).verify(check, |_| {});
        let report = report.await;
        report.is_ok_and(|report| report.faults.is_empty())
    }

    /// What makes of the one the other.
    fn script(&self, from: &[Kept], to: &[Kept]) -> String {
        let mut sql = vec!["BEGIN".to_owned()];
        for (from, to) in from.iter().zip(to) {
            let gone = from.rows.iter().filter(|row| !to.rows.contains(row));
            sql.extend(gone.map(|row| self.delete(from, row)));
        }
        for (from, to) in from.iter().zip(to) {
            let new = to.rows.iter().filter(|row| !from.rows.contains(row));
            sql.extend(new.map(|row| self.insert(to, row)));
        }
        sql.push("COMMIT".to_owned());
        sql.join("; ")
    }

    fn delete(&self, of: &Kept, row: &[Cell]) -> String {
        let key = of.key().into_iter().map(|at| {
            let cell = self.literal(&row[at]);
            format!("{} = {cell}", of.table.columns[at].name)
        });
        let key: Vec<String> = key.collect();
        format!("DELETE FROM {} WHERE {}", of.table.name, key.join(" AND "))
    }

    fn insert(&self, of: &Kept, row: &[Cell]) -> String {
        let columns = of.table.columns.iter().map(|column| column.name.as_str());
        let columns: Vec<&str> = columns.collect();
        let cells: Vec<String> = row.iter().map(|cell| self.literal(cell)).collect();
        let (columns, cells) = (columns.join(", "), cells.join(", "));
        format!("INSERT INTO {} ({columns}) VALUES ({cells})", of.table.name)
    }

    fn literal(&self, cell: &Cell) -> String {
        let backend = self.store.backend();
        let bytes = |bytes: &[u8]| {
            let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            match backend {
                Backend::Sqlite => format!("X'{}'", hex.concat()),
                Backend::Postgres => format!("decode('{}', 'hex')", hex.concat()),
            }
        };
        match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Id(id) if backend == Backend::Sqlite => bytes(id.as_bytes()),
            Cell::Id(id) => format!("'{id}'"),
            Cell::Number(number) => number.to_string(),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Cell::Bytes(all) => bytes(all),
        }
    }

    /// Has the database hold the one in place of the other, unless it refuses.
    async fn turn(&self, from: &[Kept], to: &[Kept]) -> Result<(), DbErr> {
        let script = self.script(from, to);
        let done = self.connection.execute_unprepared(&script).await;
        if done.is_err() {
            self.connection.execute_unprepared("ROLLBACK").await?;
        }
        done.map(drop)
    }
}

/// What somebody makes of it.
fn tampered(whole: &[Kept], story: &Story, random: &mut Random) -> Vec<Kept> {
    let mut all = whole.to_vec();
    let at = random.below(all.len());
    match random.below(12) {
        0..=4 => change(&mut all[at], random),
        5 => {
            let row = random.below(all[at].rows.len());
            all[at].rows.remove(row);
        }
        6 => put_in(&mut all[at], random),
        7 | 8 => swap(&mut all[at], random),
        9 => cut(&mut all, &story.heads, random),
        10 => rewrite(&mut all, random),
        _ => disguise(&mut all[1], &story.erased, random),
    }
    all
}

/// Changes a column of a row.
fn change(kept: &mut Kept, random: &mut Random) {
    let (row, at) = (
        random.below(kept.rows.len()),
        random.below(kept.table.columns.len()),
    );
    let another = random.below(kept.rows.len());
    kept.rows[row][at] = match random.below(3) {
        0 => kept.rows[another][at].clone(),
        _ => other(&kept.rows[row][at], kept.table.columns[at].kind, random),
    };
}

/// Something nearly the same.
fn other(cell: &Cell, kind: Kind, random: &mut Random) -> Cell {
    match (cell, kind) {
        (Cell::Null, Kind::Id) => Cell::Id(Uuid::from_u128(7)),
        (Cell::Null, Kind::Number) => Cell::Number(7),
        (Cell::Null, Kind::Flag) => Cell::Flag(true),
        (Cell::Null, Kind::Text) => Cell::Text("By hand.".to_owned()),
        (Cell::Null, Kind::Bytes) => Cell::Bytes(vec![7]),
        (Cell::Id(id), _) => {
            let mut bytes = id.into_bytes();
            flip(&mut bytes, random);
            Cell::Id(Uuid::from_bytes(bytes))
        }
        (Cell::Number(number), _) => {
            Cell::Number(*number + random.pick(&[-60_000_000, -1, 1, 2, 1_000]))
        }
        (Cell::Flag(flag), _) => Cell::Flag(!flag),
        (Cell::Text(text), _) => Cell::Text(misspelt(text, random)),
        (Cell::Bytes(bytes), _) => {
            let mut bytes = bytes.clone();
            match random.below(4) {
                0 => bytes.push(0),
                1 => bytes.truncate(bytes.len() - 1),
                _ => flip(&mut bytes, random),
            }
            Cell::Bytes(bytes)
        }
    }
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    let at = random.below(bytes.len());
    bytes[at] ^= random.pick(&[1, 2, 64, 128]);
}

fn misspelt(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = random.below(letters.len() + 1);
    let letter = random.pick(&[' ', '0', 'a', 'Z', '"', '=', '\r', '\n', '—']);
    match random.below(3) {
        0 if at < letters.len() => {
            letters.remove(at);
        }
        1 if at < letters.len() => letters[at] = letter,
        _ => letters.insert(at, letter),
    }
    letters.into_iter().collect()
}

/// Puts another row in.
fn put_in(kept: &mut Kept, random: &mut Random) {
    let mut row = kept.rows[random.below(kept.rows.len())].clone();
    for at in kept.key() {
        row[at] = match &row[at] {
            Cell::Number(_) => Cell::Number(random.pick(&[i64::MIN, -7, 0, 1, 40, 1_000])),
            cell => other(cell, kept.table.columns[at].kind, random),
        };
    }
    kept.rows.push(row);
}

/// Exchanges what stands in a column of two rows.
fn swap(kept: &mut Kept, random: &mut Random) {
    let at = random.below(kept.table.columns.len());
    let (one, two) = (random.below(kept.rows.len()), random.below(kept.rows.len()));
    let cell = kept.rows[one][at].clone();
    kept.rows[one][at] = std::mem::replace(&mut kept.rows[two][at], cell);
}

/// Cuts the end off, with whom it means; often with what it says of the public record,
/// and with an older head put back.
fn cut(all: &mut [Kept], heads: &[Head], random: &mut Random) {
    let [entries, openings, head, record] = all else {
        panic!("four tables");
    };
    let older = &heads[random.below(heads.len() - 1)];
    let (id, entry) = (entries.place("id"), openings.place("entry"));
    let beyond = |cell: &Cell| matches!(cell, Cell::Number(number) if *number >= older.size);
    let gone = entries.rows.iter().filter(|row| beyond(&row[id]));
    let recorded = gone.filter_map(|row| told(entries, row).record);
    let recorded: Vec<String> = recorded.map(|record| record.id).collect();
    entries.rows.retain(|row| !beyond(&row[id]));
    openings.rows.retain(|row| !beyond(&row[entry]));
    if random.below(2) == 0 {
        let id = record.place("id");
        let of = |cell: &Cell| matches!(cell, Cell::Id(id) if recorded.contains(&id.to_string()));
        record.rows.retain(|row| !of(&row[id]));
    }
    if random.below(3) > 0 {
        for (column, cell) in [
            ("size", Cell::Number(older.size)),
            ("frontier", Cell::Bytes(older.frontier.clone())),
            ("note", Cell::Text(older.note.clone())),
        ] {
            let at = head.place(column);
            head.rows[0][at] = cell;
        }
    }
}

/// What an entry tells.
fn told(entries: &Kept, row: &[Cell]) -> Entry {
    let Cell::Text(body) = &row[entries.place("body")] else {
        panic!("a body");
    };
    Entry::of_body(body).unwrap()
}

/// Has an entry tell something else, with all hashes that follow from it: whatever can be
/// done without the key.
fn rewrite(all: &mut [Kept], random: &mut Random) {
    let [entries, _, head, _] = all else {
        panic!("four tables");
    };
    let row = random.below(entries.rows.len());
    let mut entry = told(entries, &entries.rows[row]);
    match random.below(4) {
        0 => entry.at -= 60_000_000,
        1 => entry.by = None,
        2 => entry.object = None,
        _ => entry.detail = Some("BY_HAND".to_owned()),
    }
    let text = entry.body();
    let (body, leaf) = (entries.place("body"), entries.place("leaf"));
    entries.rows[row][leaf] = Cell::Bytes(audit::leaf(text.as_bytes()).to_vec());
    entries.rows[row][body] = Cell::Text(text);
    let mut tree = Frontier::default();
    for row in &entries.rows {
        tree.push(audit::leaf(told(entries, row).body().as_bytes()));
    }
    let at = head.place("frontier");
    head.rows[0][at] = Cell::Bytes(tree.to_bytes());
}

/// Takes somebody's name out of the log, or puts one back that was erased.
fn disguise(openings: &mut Kept, erased: &[Vec<Cell>], random: &mut Random) {
    if random.below(2) == 0 {
        openings
            .rows
            .push(erased[random.below(erased.len())].clone());
        return;
    }
    let account = openings.place("account");
    let whose = openings.rows[random.below(openings.rows.len())][account].clone();
    openings.rows.retain(|row| row[account] != whose);
}

#[tokio::test]
async fn a_thousand_tamperings_with_a_database_are_all_found() {
    let story = Story::new().await;
    let hand = Hand::on(&story).await;
    let whole = Kept::all(hand.store).await;
    let acts = whole[0].rows.iter().map(|row| told(&whole[0], row).act);
    let acts: BTreeSet<String> = acts.collect();
    assert!(acts.len() >= 15, "{acts:?}");
    assert!(whole[3].rows.len() >= 8 && !story.erased.is_empty());
    assert!(hand.is_whole().await);
    let (mut random, mut found) = (Random::new(1), 0);
    for _ in 0..3_000 {
        let tampered = tampered(&whole, &story, &mut random);
        if tampered == whole || !tampered.iter().all(Kept::is_possible) {
            continue;
        }
        if hand.turn(&whole, &tampered).await.is_err() {
            // Nobody can write that, not even by hand.
            continue;
        }
        assert!(!hand.is_whole().await, "{}", hand.script(&whole, &tampered));
        hand.turn(&tampered, &whole).await.unwrap();
        found += 1;
        if found == 1_000 {
            break;
        }
    }
    assert_eq!(found, 1_000);
    assert!(hand.is_whole().await);
}

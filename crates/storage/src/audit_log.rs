//! The audit log: every privileged act, appended with the act it tells of,
//! chained and signed. What stands in it is the `audit` crate's to say.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use audit::{
    Check, Checkpoint, Commitment, Entry, Frontier, Head, Opening, Recorded, Report, SALT_BYTES,
    StoredEntry,
};
use chrono::{DateTime, Utc};
use domain::id::AccountId;
use uuid::Uuid;

use crate::conn::Conn;
use crate::dump::Snapshot;
use crate::error::StorageError;
use crate::params::Params;
use crate::row::Row;
use crate::store::{Backend, Store};
use crate::write::{Tx, lock};

/// So many entries are written by one statement: four parameters each at most.
const ENTRIES_AT_ONCE: usize = 500;

/// So many entries are read at once.
const READ_AT_ONCE: u32 = 1_000;

/// Of so many entries the openings are read at once. They stand by account, so that each
/// reading looks at all of them.
const OPENINGS_OF: i64 = 100_000;

/// The microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// A privileged act, to be written down with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    act: &'static str,
    by: Option<AccountId>,
    about: Vec<AccountId>,
    object: Option<Uuid>,
    detail: Option<String>,
    record: Option<Recorded>,
    on_day: bool,
}

impl Audited {
    /// An act, by the name of its mutation, of an account; of nobody's where
    /// the forum acts, or whoever runs it.
    pub fn new(act: &'static str, by: Option<AccountId>) -> Self {
        Self {
            act,
            by,
            about: Vec::new(),
            object: None,
            detail: None,
            record: None,
            on_day: false,
        }
    }

    /// Of which only the day is written down: it was done where not everyone
    /// reads.
    #[must_use]
    pub fn on_day(mut self, on_day: bool) -> Self {
        self.on_day = on_day;
        self
    }

    /// Done to these people. They are not written down, only committed to.
    #[must_use]
    pub fn about(mut self, people: impl IntoIterator<Item = AccountId>) -> Self {
        self.about.extend(people);
        self
    }

    /// Done to this thread, agency, app: what is no person.
    #[must_use]
    pub fn of(mut self, object: impl Into<Uuid>) -> Self {
        self.object = Some(object.into());
        self
    }

    /// With what it wrote into the public record.
    #[must_use]
    pub fn recording(mut self, record: Recorded) -> Self {
        self.record = Some(record);
        self
    }

    /// With this besides, as a code: neither text nor anything of a person.
    #[must_use]
    pub fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// Fills bytes with randomness fit for keys.
type Random = Box<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the audit log is sealed with.
pub(crate) struct Sealer {
    key: audit::Key,
    random: Random,
    /// What it signed last: most often the log stands there still, and need neither be
    /// read nor be checked again. Whoever appends takes it.
    last: Mutex<Option<Signed>>,
    /// How many transactions append, until their commit.
    under_way: Arc<AtomicUsize>,
}

/// One of those that append. Dropped after its commit.
pub(crate) struct UnderWay(Arc<AtomicUsize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How the log stood when it was signed.
#[derive(Debug, PartialEq, Eq)]
struct Signed {
    tree: Frontier,
    note: String,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sealer").field(&self.key).finish()
    }
}

impl Sealer {
    /// Whether it was this key that signed the log as it stands.
    fn sealed(&self, stands: &Signed) -> bool {
        if stands.tree.size() == 0 {
            return stands.note.is_empty();
        }
        if lock(&self.last).as_ref() == Some(stands) {
            return true;
        }
        self.key.public().read_own(&stands.note) == Ok(checkpoint(&stands.tree))
    }

    /// Signs the log as it stands.
    fn seal(&self, tree: Frontier) -> Signed {
        let at = checkpoint(&tree);
        let note = self.key.sign(at.size, &at.root);
        Signed { tree, note }
    }

    /// Begins to append; gives as well how the log stands, where that is known and nobody
    /// else appends, whom it would wait for in vain.
    fn begin(&self, backend: Backend) -> (UnderWay, Option<Signed>) {
        let others = self.under_way.fetch_add(1, Ordering::Relaxed);
        let under_way = UnderWay(Arc::clone(&self.under_way));
        // Whoever writes on SQLite sees what those before him wrote.
        let known = others == 0 || backend == Backend::Sqlite;
        let known = known.then(|| lock(&self.last).take()).flatten();
        (under_way, known)
    }

    fn fill(&self, bytes: &mut [u8]) {
        (self.random)(bytes);
    }
}

fn checkpoint(tree: &Frontier) -> Checkpoint {
    Checkpoint {
        size: tree.size(),
        root: tree.root(),
    }
}

impl Store {
    /// Signs the audit log with this key from now on, and takes its salts from
    /// this randomness. Until then nothing can be done that is audited; a
    /// second key is not taken.
    pub fn audit_with(&self, key: audit::Key, random: impl Fn(&mut [u8]) + Send + Sync + 'static) {
        self.sealer.get_or_init(|| Sealer {
            key,
            random: Box::new(random),
            last: Mutex::new(None),
            under_way: Arc::default(),
        });
    }
}

impl Store {
    /// Signs the log anew as it stands, with the key of [`Store::audit_with`]:
    /// after a copy was restored that another key signed.
    pub async fn adopt_audit_log(&self, now: DateTime<Utc>) -> Result<(), StorageError> {
        let sealer = self.sealer.get();
        let sealer = sealer.ok_or(StorageError::Corrupt("an audit log without a key"))?;
        self.write(now, async |tx| {
            let head = tx.audit_head().await?;
            let size = u64::try_from(head.size).unwrap_or(0);
            let tree = Frontier::from_bytes(size, &head.frontier);
            let tree = tree.ok_or(StorageError::Corrupt("the audit log's head"))?;
            let stands = Signed {
                tree,
                note: head.note,
            };
            if sealer.sealed(&stands) {
                return Ok(());
            }
            let signed = sealer.seal(stands.tree);
            let sql = "UPDATE audit_head SET note = $1 WHERE id = 1";
            tx.run(sql, tx.params().with(signed.note)).await?;
            tx.audit(Audited::new("adoptAuditLog", None));
            Ok(())
        })
        .await
    }
}

impl Tx {
    /// Has a privileged act written into the audit log when the transaction
    /// commits, after everything else.
    ///
    /// The log has one head, which is held until the commit: what is audited
    /// does not share its transaction, and ordinary posts are not audited.
    pub fn audit(&self, act: Audited) {
        lock(&self.audited).push(act);
    }
}

/// Appends acts: the log's head moves on, which orders whoever appends. It is the last
/// lock that a transaction takes.
///
/// Where the log stands as this server signed it last, it is not read before. Who comes
/// while another appends reads it, and waits for him by that. Nobody waits here for a turn
/// of his own: statements may be under way that wait for somebody who would. What is given
/// here is kept until the commit.
pub(crate) async fn append(
    conn: &Conn,
    now: DateTime<Utc>,
    acts: &[Audited],
    sealer: Option<&Sealer>,
) -> Result<Option<UnderWay>, StorageError> {
    if acts.is_empty() {
        return Ok(None);
    }
    let sealer = sealer.ok_or(StorageError::Corrupt("an audit log without a key"))?;
    let (under_way, mut known) = sealer.begin(conn.backend);
    for acts in acts.chunks(ENTRIES_AT_ONCE) {
        let mut after = match known {
            Some(known) => append_to(conn, now, acts, sealer, known).await?,
            None => None,
        };
        if after.is_none() {
            let found = held(conn, sealer).await?.ok_or_else(changed)?;
            after = append_to(conn, now, acts, sealer, found).await?;
        }
        known = Some(after.ok_or_else(changed)?);
    }
    *lock(&sealer.last) = known;
    Ok(Some(under_way))
}

/// To sign what is there would be to attest what somebody made of it.
fn changed() -> StorageError {
    tracing::error!(
        "the audit log is not as this server signed it: it was changed by hand, or these are \
         another server's keys; run `mukalma audit verify`"
    );
    StorageError::Corrupt("the audit log's head")
}

/// Appends acts to the log, if it stands like this; gives how it stands then.
async fn append_to(
    conn: &Conn,
    now: DateTime<Utc>,
    acts: &[Audited],
    sealer: &Sealer,
    before: Signed,
) -> Result<Option<Signed>, StorageError> {
    let mut tree = before.tree.clone();
    let written = Written::of(acts, now, &mut tree, sealer)?;
    let after = sealer.seal(tree);
    let moved = written.keep(conn, &before, &after).await?;
    Ok(moved.then_some(after))
}

/// The greatest number is looked up; an entry that is greater would be searched for among
/// all, by a database that does not know how few there are.
const LAST: &str = "COALESCE((SELECT MAX(e.id) FROM audit_entry e), -1)";

/// Reads the head and keeps it until the commit; `None` if it is not as this key signed
/// it. That an entry stands beyond it is found when one is appended.
async fn held(conn: &Conn, sealer: &Sealer) -> Result<Option<Signed>, StorageError> {
    let keeps = match conn.backend {
        // Whoever writes there is alone.
        Backend::Sqlite => "",
        Backend::Postgres => " FOR UPDATE",
    };
    let sql = format!("SELECT size, frontier, note FROM audit_head WHERE id = 1{keeps}");
    let row = conn.one(&sql, conn.params()).await?;
    let row = if row.is_some() {
        row
    } else {
        // Also where there is no head yet, those who append wait for each other.
        let sql = "INSERT INTO audit_head (id, size, frontier, note) VALUES (1, 0, $1, '') \
                   ON CONFLICT (id) DO UPDATE SET id = audit_head.id \
                   RETURNING size, frontier, note";
        conn.one(sql, conn.params().with(Vec::new())).await?
    };
    let mut row = row.ok_or(StorageError::Corrupt("the audit log's head"))?;
    let (size, frontier): (u64, Vec<u8>) = (row.count()?, row.get()?);
    let Some(tree) = Frontier::from_bytes(size, &frontier) else {
        return Ok(None);
    };
    let note = row.get()?;
    let stands = Signed { tree, note };
    Ok(sealer.sealed(&stands).then_some(stands))
}

/// The rows of what is appended.
#[derive(Default)]
struct Written {
    /// The number of each, its body and its leaf.
    entries: Vec<(i64, String, Vec<u8>)>,
    /// What opens the commitments: the entry, which of its, the salt and the account.
    openings: Vec<(i64, i64, Vec<u8>, AccountId)>,
}

impl Written {
    fn of(
        acts: &[Audited],
        now: DateTime<Utc>,
        tree: &mut Frontier,
        sealer: &Sealer,
    ) -> Result<Self, StorageError> {
        let mut written = Self::default();
        for act in acts {
            let index = tree.size();
            let entry = number(index)?;
            let mut place = 0_i64;
            let mut commit = |account: AccountId| -> Commitment {
                let mut salt = [0; SALT_BYTES];
                sealer.fill(&mut salt);
                let opening = (entry, place, salt.to_vec(), account);
                written.openings.push(opening);
                place += 1;
                audit::commit(&salt, account.0.as_bytes())
            };
            let body = Entry {
                index,
                at: if act.on_day {
                    now.timestamp_micros() / DAY * DAY
                } else {
                    now.timestamp_micros()
                },
                act: act.act.to_owned(),
                by: act.by.map(&mut commit),
                about: act.about.iter().copied().map(commit).collect(),
                object: act.object.map(|id| id.to_string()),
                detail: act.detail.clone(),
                record: act.record.clone(),
            }
            .body();
            let leaf = audit::leaf(body.as_bytes());
            tree.push(leaf);
            written.entries.push((entry, body, leaf.to_vec()));
        }
        Ok(written)
    }

    /// Keeps them and where the log stands after them, if it stood like that before and
    /// no entry stands beyond. One statement on PostgreSQL.
    async fn keep(
        self,
        conn: &Conn,
        before: &Signed,
        after: &Signed,
    ) -> Result<bool, StorageError> {
        let mut params = conn.params();
        let head = {
            let mut state = |of: &Signed| {
                let size = params.push(number(of.tree.size())?);
                let frontier = params.push(of.tree.to_bytes());
                let note = params.push(of.note.as_str());
                Ok::<_, StorageError>([size, frontier, note])
            };
            let [size, frontier, note] = state(after)?;
            let set = format!("size = {size}, frontier = {frontier}, note = {note}");
            let [size, frontier, note] = state(before)?;
            format!(
                "UPDATE audit_head SET {set} WHERE id = 1 AND size = {size} \
                 AND frontier = {frontier} AND note = {note} AND {LAST} < size"
            )
        };
        if conn.backend == Backend::Sqlite {
            let moved = conn.run(&head, params).await? == 1;
            if moved {
                self.insert(conn).await?;
            }
            return Ok(moved);
        }
        // Without a head that moves there is no row of it, and so none of the others.
        let insert =
            |(table, rows): Rows| format!("INSERT INTO {table} SELECT v.* FROM head, ({rows}) v");
        let entries = insert(entries(self.entries, &mut params));
        let openings = openings(self.openings, &mut params).map(insert);
        let openings = openings.map(|sql| format!(", openings AS ({sql})"));
        let sql = format!(
            "WITH head AS ({head} RETURNING id), entries AS ({entries}){} SELECT id FROM head",
            openings.unwrap_or_default(),
        );
        Ok(conn.one(&sql, params).await?.is_some())
    }

    async fn insert(self, conn: &Conn) -> Result<(), StorageError> {
        let mut params = conn.params();
        let (table, rows) = entries(self.entries, &mut params);
        conn.run(&format!("INSERT INTO {table} {rows}"), params)
            .await?;
        let mut params = conn.params();
        if let Some((table, rows)) = openings(self.openings, &mut params) {
            conn.run(&format!("INSERT INTO {table} {rows}"), params)
                .await?;
        }
        Ok(())
    }
}

/// A table with its columns, and rows for it.
type Rows = (&'static str, String);

fn entries(rows: Vec<(i64, String, Vec<u8>)>, params: &mut Params) -> Rows {
    let rows = rows.into_iter().map(|(id, body, leaf)| {
        let [id, body, leaf] = [params.push(id), params.push(body), params.push(leaf)];
        format!("({id}, {body}, {leaf})")
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    ("audit_entry (id, body, leaf)", format!("VALUES {rows}"))
}

fn openings(rows: Vec<(i64, i64, Vec<u8>, AccountId)>, params: &mut Params) -> Option<Rows> {
    let rows = rows.into_iter().map(|(entry, place, salt, account)| {
        let (entry, place) = (params.push(entry), params.push(place));
        let (salt, account) = (params.push(salt), params.push(account));
        format!("({entry}, {place}, {salt}, {account})")
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    let table = "audit_opening (entry, place, salt, account)";
    (!rows.is_empty()).then(|| (table, format!("VALUES {rows}")))
}

fn number(index: u64) -> Result<i64, StorageError> {
    i64::try_from(index).map_err(|_| StorageError::Corrupt("the audit log's head"))
}

/// The audit log as it stood at one moment, read in its order.
#[derive(Debug)]
pub struct AuditLog {
    conn: Conn,
    /// Whether the database is new enough for acts to commit to the public record.
    with_record: bool,
    after: Option<i64>,
    recorded: Option<Uuid>,
    /// The openings of entries before the other number that were not given out yet.
    openings: (BTreeMap<i64, Vec<Opening>>, i64),
}

impl AuditLog {
    /// Begins with the first entry.
    pub fn new(snapshot: &Snapshot) -> Self {
        let known = snapshot.migrations();
        Self {
            conn: snapshot.conn().clone(),
            with_record: known.iter().any(|name| name == "m0034_relocations"),
            after: None,
            recorded: None,
            openings: (BTreeMap::new(), 0),
        }
    }

    /// The same of a database in its newest shape that nobody writes meanwhile.
    pub fn at_rest(store: &Store) -> Self {
        Self {
            conn: store.read().clone(),
            with_record: true,
            after: None,
            recorded: None,
            openings: (BTreeMap::new(), 0),
        }
    }

    /// Where it stands; before the first entry, at the beginning.
    pub async fn head(&self) -> Result<Head, StorageError> {
        self.conn.audit_head().await
    }

    /// Puts all of it to the check, and the public record after it. `tell` hears of
    /// how many more entries were read.
    pub async fn verify(
        mut self,
        mut check: Check<'_>,
        tell: impl Fn(u64),
    ) -> Result<Report, StorageError> {
        let head = self.head().await?;
        loop {
            let entries = self.next(READ_AT_ONCE).await?;
            if entries.is_empty() {
                break;
            }
            for entry in &entries {
                check.entry(entry);
            }
            tell(entries.len() as u64);
        }
        loop {
            let record = self.record(READ_AT_ONCE).await?;
            if record.is_empty() {
                break;
            }
            for entry in record {
                check.record(entry);
            }
        }
        for entry in self.strays().await? {
            check.stray(entry);
        }
        check.heads(self.other_heads().await?);
        Ok(check.finish(&head))
    }

    /// The next entries, at most `limit`; none at the end. One statement, and one more
    /// for the openings of many.
    pub async fn next(&mut self, limit: u32) -> Result<Vec<StoredEntry>, StorageError> {
        let conn = &self.conn;
        let mut params = conn.params();
        let place = match self.after {
            None => String::new(),
            Some(id) => format!("WHERE id > {}", params.push(id)),
        };
        let limit = params.push(i64::from(limit));
        let sql =
            format!("SELECT id, body, leaf FROM audit_entry {place} ORDER BY id LIMIT {limit}");
        let mut entries = Vec::new();
        for mut row in conn.all(&sql, params).await? {
            entries.push(StoredEntry {
                index: row.get()?,
                body: row.get()?,
                leaf: row.get()?,
                openings: Vec::new(),
            });
        }
        for entry in &mut entries {
            entry.openings = self.openings_of(entry.index).await?;
        }
        if let Some(last) = entries.last() {
            self.after = Some(last.index);
        }
        Ok(entries)
    }

    /// What opens the commitments of an entry, after those of the entries before it.
    async fn openings_of(&mut self, entry: i64) -> Result<Vec<Opening>, StorageError> {
        let (known, end) = &mut self.openings;
        if entry >= *end {
            *end = entry.saturating_add(OPENINGS_OF);
            known.clear();
            let sql = "SELECT entry, place, salt, account FROM audit_opening \
                       WHERE entry >= $1 AND entry < $2 ORDER BY entry, place";
            let params = self.conn.params().with(entry).with(*end);
            for mut row in self.conn.all(sql, params).await? {
                let of: i64 = row.get()?;
                known.entry(of).or_default().push(opening(&mut row)?);
            }
        }
        Ok(known.remove(&entry).unwrap_or_default())
    }
}

impl AuditLog {
    /// The next entries of the public record, at most `limit`; none at the end, nor
    /// where a database is too old to say. One statement.
    pub async fn record(&mut self, limit: u32) -> Result<Vec<Recorded>, StorageError> {
        if !self.with_record {
            return Ok(Vec::new());
        }
        let (last, found) = self.conn.recorded_after(self.recorded, limit).await?;
        self.recorded = last.or(self.recorded);
        Ok(found)
    }
}

impl AuditLog {
    /// The entries that openings name and that are not there, at most as many as are
    /// read at once. One statement.
    async fn strays(&self) -> Result<Vec<i64>, StorageError> {
        let sql = "SELECT o.entry FROM audit_opening o WHERE NOT EXISTS \
                   (SELECT 1 FROM audit_entry e WHERE e.id = o.entry) \
                   ORDER BY o.entry, o.place LIMIT $1";
        let params = self.conn.params().with(i64::from(READ_AT_ONCE));
        let rows = self.conn.all(sql, params).await?;
        rows.into_iter().map(|mut row| row.get()).collect()
    }

    /// How many heads there are beside the one that counts. One statement.
    async fn other_heads(&self) -> Result<u64, StorageError> {
        let sql = "SELECT COUNT(*) FROM audit_head WHERE id <> 1";
        let row = self.conn.one(sql, self.conn.params()).await?;
        row.ok_or(StorageError::Corrupt("a count"))?.count()
    }
}

fn opening(row: &mut Row) -> Result<Opening, StorageError> {
    Ok(Opening {
        place: row.count()?,
        salt: row.get()?,
        account: row.get::<Uuid>()?.into_bytes(),
    })
}

impl Conn {
    /// The state of the audit log, with its newest checkpoint.
    pub async fn audit_head(&self) -> Result<Head, StorageError> {
        let sql = "SELECT size, frontier, note FROM audit_head WHERE id = 1";
        let Some(mut row) = self.one(sql, self.params()).await? else {
            return Ok(Head {
                size: 0,
                frontier: Vec::new(),
                note: String::new(),
            });
        };
        Ok(Head {
            size: row.get()?,
            frontier: row.get()?,
            note: row.get()?,
        })
    }
}

//! The audit log: every privileged act, appended with the act it tells of,
//! chained and signed. What stands in it is the `audit` crate's to say.

use std::sync::Mutex;

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
    /// What it signed last: most often the log stands there still, and
    /// need not be checked again.
    last: Mutex<Option<(Checkpoint, String)>>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sealer").field(&self.key).finish()
    }
}

impl Sealer {
    /// Whether it was this key that signed the log as it stands.
    fn sealed(&self, tree: &Frontier, note: &str) -> bool {
        if tree.size() == 0 {
            return note.is_empty();
        }
        let stands = (checkpoint(tree), note);
        let known = lock(&self.last);
        if known
            .as_ref()
            .is_some_and(|(at, note)| (*at, note.as_str()) == stands)
        {
            return true;
        }
        drop(known);
        self.key.public().read_own(note) == Ok(stands.0)
    }

    /// Signs the log as it stands.
    fn seal(&self, tree: &Frontier) -> String {
        let at = checkpoint(tree);
        let note = self.key.sign(at.size, &at.root);
        *lock(&self.last) = Some((at, note.clone()));
        note
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
            if sealer.sealed(&tree, &head.note) {
                return Ok(());
            }
            let note = sealer.seal(&tree);
            let sql = "UPDATE audit_head SET note = $1 WHERE id = 1";
            tx.run(sql, tx.params().with(note)).await?;
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

/// Appends acts: the log's head is taken, which orders whoever appends, and
/// moves on. It is the last lock that a transaction takes.
pub(crate) async fn append(
    conn: &Conn,
    now: DateTime<Utc>,
    acts: &[Audited],
    sealer: Option<&Sealer>,
) -> Result<(), StorageError> {
    if acts.is_empty() {
        return Ok(());
    }
    let sealer = sealer.ok_or(StorageError::Corrupt("an audit log without a key"))?;
    let (size, frontier, note, beyond) = take_head(conn).await?;
    let tree = Frontier::from_bytes(size, &frontier);
    let tree = tree.filter(|tree| !beyond && sealer.sealed(tree, &note));
    let Some(mut tree) = tree else {
        // To sign it would be to attest what somebody made of it.
        tracing::error!(
            "the audit log is not as this server signed it: it was changed by hand, or these are \
             another server's keys; run `mukalma audit verify`"
        );
        return Err(StorageError::Corrupt("the audit log's head"));
    };
    let (before, last) = acts.split_at(acts.len().saturating_sub(ENTRIES_AT_ONCE));
    for acts in before.chunks(ENTRIES_AT_ONCE) {
        Written::of(acts, now, &mut tree, sealer)?
            .keep(conn)
            .await?;
    }
    let written = Written::of(last, now, &mut tree, sealer)?;
    let note = sealer.seal(&tree);
    written.keep_with_head(conn, &tree, note).await
}

/// What a head's row holds: how many entries there are, the log's frontier and the
/// note that signs it; and whether an entry stands beyond it.
type HeadRow = (u64, Vec<u8>, String, bool);

/// Reads the head and keeps it until the commit.
async fn take_head(conn: &Conn) -> Result<HeadRow, StorageError> {
    // The greatest number is looked up; an entry that is greater would be searched for
    // among all, by a database that does not know how few there are.
    const SEEN: &str = "size, frontier, note, \
                        COALESCE((SELECT MAX(e.id) FROM audit_entry e), -1) >= audit_head.size";
    let held = match conn.backend {
        // Whoever writes there is alone.
        Backend::Sqlite => "",
        Backend::Postgres => " FOR UPDATE",
    };
    let sql = format!("SELECT {SEEN} FROM audit_head WHERE id = 1{held}");
    let row = conn.one(&sql, conn.params()).await?;
    let row = if row.is_some() {
        row
    } else {
        // Also where there is no head yet, those who append wait for each other.
        let sql = format!(
            "INSERT INTO audit_head (id, size, frontier, note) VALUES (1, 0, $1, '') \
             ON CONFLICT (id) DO UPDATE SET id = audit_head.id RETURNING {SEEN}"
        );
        conn.one(&sql, conn.params().with(Vec::new())).await?
    };
    let mut row = row.ok_or(StorageError::Corrupt("the audit log's head"))?;
    Ok((row.count()?, row.get()?, row.get()?, row.get()?))
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

    fn entries(rows: Vec<(i64, String, Vec<u8>)>, params: &mut Params) -> String {
        let rows = rows.into_iter().map(|(id, body, leaf)| {
            let [id, body, leaf] = [params.push(id), params.push(body), params.push(leaf)];
            format!("({id}, {body}, {leaf})")
        });
        let rows = rows.collect::<Vec<_>>().join(", ");
        format!("INSERT INTO audit_entry (id, body, leaf) VALUES {rows}")
    }

    fn openings(rows: Vec<(i64, i64, Vec<u8>, AccountId)>, params: &mut Params) -> Option<String> {
        let rows = rows.into_iter().map(|(entry, place, salt, account)| {
            let (entry, place) = (params.push(entry), params.push(place));
            let (salt, account) = (params.push(salt), params.push(account));
            format!("({entry}, {place}, {salt}, {account})")
        });
        let rows = rows.collect::<Vec<_>>().join(", ");
        let sql = "INSERT INTO audit_opening (entry, place, salt, account) VALUES";
        (!rows.is_empty()).then(|| format!("{sql} {rows}"))
    }

    async fn keep(self, conn: &Conn) -> Result<(), StorageError> {
        let mut params = conn.params();
        let sql = Self::entries(self.entries, &mut params);
        conn.send(sql, params).await?;
        let mut params = conn.params();
        match Self::openings(self.openings, &mut params) {
            Some(sql) => conn.send(sql, params).await,
            None => Ok(()),
        }
    }

    /// Keeps them and where the log stands after them: one statement on PostgreSQL.
    async fn keep_with_head(
        self,
        conn: &Conn,
        tree: &Frontier,
        note: String,
    ) -> Result<(), StorageError> {
        let mut params = conn.params();
        let before = match conn.backend {
            Backend::Sqlite => {
                self.keep(conn).await?;
                String::new()
            }
            Backend::Postgres => {
                let entries = Self::entries(self.entries, &mut params);
                let openings = Self::openings(self.openings, &mut params);
                let openings = openings.map(|sql| format!(", openings AS ({sql})"));
                let openings = openings.unwrap_or_default();
                format!("WITH entries AS ({entries}){openings} ")
            }
        };
        let size = params.push(number(tree.size())?);
        let (frontier, note) = (params.push(tree.to_bytes()), params.push(note));
        let head = format!("size = {size}, frontier = {frontier}, note = {note}");
        let sql = format!("{before}UPDATE audit_head SET {head} WHERE id = 1");
        conn.send(sql, params).await
    }
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
        }
    }

    /// The same of a database in its newest shape that nobody writes meanwhile.
    pub fn at_rest(store: &Store) -> Self {
        Self {
            conn: store.read().clone(),
            with_record: true,
            after: None,
            recorded: None,
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

    /// The next entries, at most `limit`; none at the end. Two statements.
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
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return Ok(entries);
        };
        let (first, last) = (first.index, last.index);
        let params = conn.params().with(first).with(last);
        let sql = "SELECT entry, place, salt, account FROM audit_opening \
                   WHERE entry >= $1 AND entry <= $2 ORDER BY entry, place";
        for mut row in conn.all(sql, params).await? {
            let index: i64 = row.get()?;
            let opening = opening(&mut row)?;
            if let Ok(at) = entries.binary_search_by_key(&index, |entry| entry.index)
                && let Some(entry) = entries.get_mut(at)
            {
                entry.openings.push(opening);
            }
        }
        self.after = Some(last);
        Ok(entries)
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

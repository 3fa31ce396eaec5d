//! The PostgreSQL server on which tests have their databases.
//!
//! Creating and dropping a database costs a server seconds, emptying one
//! milliseconds: a database that a test is done with is emptied for the next,
//! in this run or in a later one. One whose shape a test changed is made anew.
//!
//! One thread of the process does this, over one connection of its own: the
//! tests' runtimes come and go.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::pin;
use std::rc::Rc;
use std::sync::OnceLock;

use bytes::Bytes;
use futures_util::{SinkExt as _, TryStreamExt as _};
use tokio::sync::{OnceCell, mpsc, oneshot};
use tokio::task::{JoinHandle, LocalSet};
use tokio_postgres::{Client, Error, NoTls};

use super::{POSTGRES_URL, Template, few_connections, migrate, shape};
use crate::clock::Standing;
use crate::forum::furnished;

/// What names of test databases begin with. The moment of its creation follows
/// in the name of one that is dropped after its test, the shape and a number in
/// that of one that is used again.
const PREFIX: &str = "mukalma_test_";

/// The role that serves forums: it owns no table, so that no test does what takes
/// an owner.
const ROLE: &str = "mukalma_test_server";

/// Tests' databases need not outlive a loss of power, so nobody waits for the
/// disk at a commit.
const HASTY: &str = "synchronous_commit = off";

/// A database that is older than this many seconds was left behind by a run
/// that ended badly.
const LEFT_BEHIND: i64 = 3_600;

/// Held while a process looks for the template and makes it.
const TEMPLATE_LOCK: i64 = 0x006d_756b_616c_6d61;

/// Of so many databases that are used again each process finds one that no
/// other has.
const KEPT: usize = 64;

/// Tells the shape of a database with the migrations that were applied to it,
/// its triggers and rights, and where its sequences stand.
const FINGERPRINT: &str = "SELECT md5(string_agg(line, ';' ORDER BY line)) FROM ( \
    SELECT concat_ws(' ', 'relation', relname, relkind, relpersistence, relacl, reloptions) \
    FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL \
    SELECT concat_ws(' ', 'column', attrelid::regclass, attname, atttypid, attnotnull) \
    FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid IN \
    (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) UNION ALL \
    SELECT concat_ws(' ', 'constraint', conrelid::regclass, pg_get_constraintdef(oid)) \
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace UNION ALL \
    SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname, tgenabled) \
    FROM pg_trigger WHERE NOT tgisinternal UNION ALL \
    SELECT concat_ws(' ', 'function', proname, prosrc) \
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace UNION ALL \
    SELECT concat_ws(' ', 'sequence', sequencename, last_value) FROM pg_sequences UNION ALL \
    SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace WHERE nspname !~ '^pg_' \
    UNION ALL SELECT concat_ws(' ', 'migration', version) FROM seaql_migrations \
    ) lines (line)";

/// The tables that may hold rows.
const FILLED: &str = "SELECT coalesce(string_agg(quote_ident(relname), ', '), '') FROM pg_class \
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
    AND relname <> 'seaql_migrations' AND pg_relation_size(oid) > 0";

/// Where databases are created, emptied and dropped.
#[derive(Debug)]
pub(super) struct Server {
    url: String,
    orders: mpsc::UnboundedSender<Order>,
}

#[derive(Debug)]
enum Order {
    Create {
        template: Template,
        made: oneshot::Sender<(String, Standing)>,
    },
    Drop {
        name: String,
        done: std::sync::mpsc::Sender<()>,
    },
}

impl Server {
    /// The server that the environment names, if it names one.
    pub(super) fn of_environment() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        SERVER
            .get_or_init(|| std::env::var(POSTGRES_URL).ok().map(Self::begin))
            .as_ref()
    }

    fn begin(url: String) -> Self {
        let (orders, received) = mpsc::unbounded_channel();
        let server = url.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime for the server's thread");
            LocalSet::new().block_on(&runtime, serve(server, received));
        });
        Self { url, orders }
    }

    /// Gives the name of a database that nobody else has, and how far the clock
    /// went while it was made.
    pub(super) async fn create(&self, template: Template) -> (String, Standing) {
        let (made, created) = oneshot::channel();
        self.orders
            .send(Order::Create { template, made })
            .expect("the server's thread runs");
        created
            .await
            .expect("the server's thread created a database")
    }

    /// Gives a database back and waits until nobody is connected to it: the
    /// process may end next. What cannot be dropped is left to a later run.
    pub(super) fn drop_database(&self, name: &str) {
        let (done, dropped) = std::sync::mpsc::channel();
        if self
            .orders
            .send(Order::Drop {
                name: name.to_owned(),
                done,
            })
            .is_ok()
        {
            dropped.recv().ok();
        }
    }

    /// The address of one of its databases, for its owner.
    pub(super) fn url_of(&self, name: &str) -> String {
        url_of(&self.url, name)
    }

    /// The same, for whom serves a forum.
    pub(super) fn serving_url_of(&self, name: &str) -> String {
        serving_url_of(&self.url, name)
    }
}

fn serving_url_of(server: &str, name: &str) -> String {
    let url = url_of(server, name);
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", &url));
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    let owner = host.rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{ROLE}:{ROLE}@{}", &rest[owner..])
}

/// The server's address with another database's name in it.
fn url_of(server: &str, name: &str) -> String {
    let (base, query) = server
        .split_once('?')
        .map_or((server, ""), |(base, query)| (base, query));
    let host = base.find("://").map_or(0, |at| at + 3);
    let end = base[host..].find('/').map_or(base.len(), |at| host + at);
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}/{name}{mark}{query}", &base[..end])
}

async fn serve(url: String, mut orders: mpsc::UnboundedReceiver<Order>) {
    let (client, connection) = answering(&url).await;
    let (maker, making) = answering(&url).await;
    let shape = shape_hash().await;
    let template = template(&client, &url, shape).await;
    let room = Rc::new(Room {
        client,
        maker,
        url,
        template,
        shape,
        taken: RefCell::new([false; KEPT]),
        furnished: Default::default(),
    });
    while let Some(order) = orders.recv().await {
        let room = Rc::clone(&room);
        // Whoever asked may have given up meanwhile; what was made for him is
        // then left to a later run.
        tokio::task::spawn_local(async move {
            match order {
                Order::Create { template, made } => {
                    made.send(room.make(template).await).ok();
                }
                Order::Drop { name, done } => {
                    room.give_back(&name).await;
                    done.send(()).ok();
                }
            }
        });
    }
    drop(room);
    for connection in [connection, making] {
        connection
            .await
            .expect("the connection's task")
            .expect("the connection");
    }
}

async fn answering(url: &str) -> (Client, JoinHandle<Result<(), Error>>) {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .unwrap_or_else(|error| {
            panic!("{POSTGRES_URL} names no server that answers: {error}");
        });
    (client, tokio::spawn(connection))
}

/// The databases that are used again.
struct Room {
    client: Client,
    /// What creates and drops: nothing else waits for it.
    maker: Client,
    url: String,
    template: String,
    shape: u64,
    /// Which of them this process has.
    taken: RefCell<[bool; KEPT]>,
    /// The rows of a furnished forum, of one for demonstration last.
    furnished: [OnceCell<Furnished>; 2],
}

/// A table and its rows, as PostgreSQL copies them.
type Rows = (String, Bytes);

/// The rows of a forum with its cast.
struct Furnished {
    tables: Vec<Rows>,
    /// How far the clock went while they were made.
    standing: Standing,
}

impl Room {
    fn name_of(&self, number: usize) -> String {
        format!("{PREFIX}{:016x}_{number}", self.shape)
    }

    async fn make(&self, template: Template) -> (String, Standing) {
        match template {
            Template::Empty => (create(&self.maker, None).await, Standing::default()),
            Template::Migrated => (self.take(&[]).await, Standing::default()),
            Template::Furnished(demonstration) => self.take_furnished(demonstration).await,
        }
    }

    /// One with the rows of a forum.
    async fn take_furnished(&self, demonstration: bool) -> (String, Standing) {
        let kept = &self.furnished[usize::from(demonstration)];
        let kept = kept.get_or_init(|| self.furnish(demonstration)).await;
        (self.take(&kept.tables).await, kept.standing)
    }

    /// Makes a forum, and keeps its rows.
    async fn furnish(&self, demonstration: bool) -> Furnished {
        let name = self.take(&[]).await;
        let settings = few_connections(&serving_url_of(&self.url, &name));
        let standing = furnished(&settings, demonstration).await;
        let tables = self.copy(&name).await.expect("a forum's rows");
        self.give_back(&name).await;
        Furnished { tables, standing }
    }

    async fn copy(&self, name: &str) -> Result<Vec<Rows>, Error> {
        let (client, connection) = self.connect(name).await?;
        let filled: String = client.query_one(FILLED, &[]).await?.get(0);
        let mut tables = Vec::new();
        for table in filled.split(", ") {
            let rows = client.copy_out(&format!("COPY {table} TO STDOUT")).await?;
            let rows: Vec<Bytes> = rows.try_collect().await?;
            tables.push((table.to_owned(), rows.concat().into()));
        }
        drop(client);
        connection.await.ok();
        Ok(tables)
    }

    /// A database with these rows and no others that nobody else has.
    async fn take(&self, rows: &[Rows]) -> String {
        let number = self.reserve().await;
        let name = self.name_of(number);
        if !matches!(self.hold_only(&name, rows).await, Ok(true)) {
            drop_database(&self.maker, &name).await;
            let sql = format!("CREATE DATABASE {name} TEMPLATE {}", self.template);
            run(&self.maker, &sql).await;
            let (client, connection) = self.connect(&name).await.expect("a new database");
            let first = fingerprint(&client).await.ok().flatten();
            drop(client);
            connection.await.ok();
            let first = first.expect("a new database's shape");
            let sql = format!("COMMENT ON DATABASE {name} IS '{first}'");
            run(&self.maker, &sql).await;
            let filled = self.hold_only(&name, rows).await;
            assert!(filled.expect("a new database is filled"), "it is itself");
        }
        name
    }

    /// The number of one that no other test and no other process has: this one
    /// holds its lock until it ends.
    async fn reserve(&self) -> usize {
        for number in 0..KEPT {
            if std::mem::replace(&mut self.taken.borrow_mut()[number], true) {
                continue;
            }
            if lock(&self.client, self.shape, number).await {
                return number;
            }
            self.taken.borrow_mut()[number] = false;
        }
        panic!("{KEPT} databases are in use");
    }

    async fn give_back(&self, name: &str) {
        let number = (0..KEPT).find(|number| self.name_of(*number) == name);
        let Some(number) = number else {
            return drop_database(&self.maker, name).await;
        };
        self.send_away(name).await.ok();
        self.taken.borrow_mut()[number] = false;
    }

    /// Ends every connection to a database.
    async fn send_away(&self, name: &str) -> Result<(), Error> {
        let sql = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
                   WHERE datname = $1";
        self.client.query(sql, &[&name]).await?;
        Ok(())
    }

    /// Takes every row out of a database and puts these into it; says whether it
    /// has its first shape, and leaves it alone otherwise.
    async fn hold_only(&self, name: &str, rows: &[Rows]) -> Result<bool, Error> {
        let (client, connection) = self.connect(name).await?;
        let sql = "SELECT shobj_description(oid, 'pg_database') FROM pg_database \
                   WHERE datname = current_database()";
        let first: Option<String> = client.query_one(sql, &[]).await?.get(0);
        let same = first.is_some() && first == fingerprint(&client).await?;
        if same {
            let filled: String = client.query_one(FILLED, &[]).await?.get(0);
            // References, and guards of what is written once, do not hold here.
            let mut sql = "BEGIN; SET LOCAL session_replication_role = replica".to_owned();
            if !filled.is_empty() {
                sql += "; DELETE FROM ";
                sql += &filled.replace(", ", "; DELETE FROM ");
            }
            client.batch_execute(&sql).await?;
            for (table, rows) in rows {
                let sink = client.copy_in(&format!("COPY {table} FROM STDIN")).await?;
                let mut sink = pin!(sink);
                sink.send(rows.clone()).await?;
                sink.finish().await?;
            }
            client.batch_execute("COMMIT").await?;
            if !filled.is_empty() {
                client.batch_execute(&format!("VACUUM {filled}")).await?;
            }
        }
        drop(client);
        connection.await.ok();
        Ok(same)
    }

    async fn connect(&self, name: &str) -> Result<(Client, JoinHandle<Result<(), Error>>), Error> {
        let (client, connection) = tokio_postgres::connect(&url_of(&self.url, name), NoTls).await?;
        let connection = tokio::spawn(connection);
        client.batch_execute(&format!("SET {HASTY}")).await?;
        Ok((client, connection))
    }
}

async fn fingerprint(client: &Client) -> Result<Option<String>, Error> {
    Ok(client.query_one(FINGERPRINT, &[]).await?.get(0))
}

/// Whether this process has a database that is used again from now on.
async fn lock(client: &Client, shape: u64, number: usize) -> bool {
    let mut hasher = DefaultHasher::new();
    (shape, number).hash(&mut hasher);
    let key = i64::from_ne_bytes(hasher.finish().to_ne_bytes());
    let sql = "SELECT pg_try_advisory_lock($1)";
    let row = client.query_one(sql, &[&key]).await;
    row.expect("a database's lock").get(0)
}

async fn shape_hash() -> u64 {
    let mut hasher = DefaultHasher::new();
    shape().await.hash(&mut hasher);
    hasher.finish()
}

/// Finds the template, or makes it; one process at a time.
async fn template(client: &Client, url: &str, shape: u64) -> String {
    let name = format!("{PREFIX}template_{shape:016x}");
    client
        .execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK])
        .await
        .expect("the template's lock");
    remove_left_behind(client).await;
    remove_other_shapes(client, shape).await;
    let found = client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
        .await
        .expect("the list of databases");
    if found.is_none() {
        // It gets its name when it is whole: what a run that was killed left
        // is never taken for it.
        let unfinished = create(client, None).await;
        let sql = format!(
            "DO $$ BEGIN CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'; \
             EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        );
        run(client, &sql).await;
        run(client, &format!("ALTER ROLE {ROLE} SET {HASTY}")).await;
        migrate(&url_of(url, &unfinished), Some(ROLE)).await;
        run(
            client,
            &format!("ALTER DATABASE {unfinished} RENAME TO {name}"),
        )
        .await;
    }
    client
        .execute("SELECT pg_advisory_unlock($1)", &[&TEMPLATE_LOCK])
        .await
        .expect("the template's lock");
    name
}

/// Creates a database, its name the server's time and randomness.
async fn create(client: &Client, template: Option<&str>) -> String {
    let sql = "SELECT extract(epoch FROM now())::bigint::text || '_' || \
               left(replace(gen_random_uuid()::text, '-', ''), 12)";
    let row = client.query_one(sql, &[]).await.expect("a name");
    let name = format!("{PREFIX}{}", row.get::<_, String>(0));
    let template = template.unwrap_or("template0");
    run(
        client,
        &format!("CREATE DATABASE {name} TEMPLATE {template}"),
    )
    .await;
    name
}

async fn remove_left_behind(client: &Client) {
    let sql = "SELECT datname FROM pg_database WHERE datname ~ $1 \
               AND split_part(datname, '_', 3)::bigint < extract(epoch FROM now()) - $2::bigint";
    let pattern = format!("^{PREFIX}[0-9]+_");
    let rows = client
        .query(sql, &[&pattern, &LEFT_BEHIND])
        .await
        .expect("the list of databases");
    for row in rows {
        drop_database(client, row.get(0)).await;
    }
}

/// Drops databases of other shapes that nobody uses.
async fn remove_other_shapes(client: &Client, shape: u64) {
    let sql = "SELECT datname, split_part(datname, '_', 3), split_part(datname, '_', 4) \
               FROM pg_database WHERE datname ~ $1";
    let pattern = format!("^{PREFIX}[0-9a-f]{{16}}_[0-9]+$");
    let rows = client.query(sql, &[&pattern]).await;
    for row in rows.expect("the list of databases") {
        let (name, of): (String, String) = (row.get(0), row.get(1));
        let number: String = row.get(2);
        let of = u64::from_str_radix(&of, 16).expect("sixteen digits");
        let number = number.parse().expect("a number");
        if of != shape && lock(client, of, number).await {
            drop_database(client, &name).await;
        }
    }
}

/// Drops a database with whatever is still connected. That it fails harms no
/// test.
async fn drop_database(client: &Client, name: &str) {
    client
        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .await
        .ok();
}

/// The names in these statements are of this file's making.
async fn run(client: &Client, sql: &str) {
    client
        .batch_execute(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

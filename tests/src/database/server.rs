//! The PostgreSQL server on which tests have their databases.
//!
//! One thread of the process creates and drops them, over one connection of
//! its own: the tests' runtimes come and go.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Client, NoTls};

use super::{POSTGRES_URL, Template, migrate, shape};

/// What names of test databases begin with; the moment of their creation
/// follows.
const PREFIX: &str = "mukalma_test_";

/// A database that is older than this many seconds was left behind by a run
/// that ended badly.
const LEFT_BEHIND: i64 = 3_600;

/// Held while a process looks for the template and makes it.
const TEMPLATE_LOCK: i64 = 0x006d_756b_616c_6d61;

/// Where databases are created and dropped.
#[derive(Debug)]
pub(super) struct Server {
    url: String,
    orders: mpsc::UnboundedSender<Order>,
}

#[derive(Debug)]
enum Order {
    Create {
        template: Template,
        name: oneshot::Sender<String>,
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
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime for the server's thread")
                .block_on(serve(&server, received));
        });
        Self { url, orders }
    }

    /// Creates a database and gives its name.
    pub(super) async fn create(&self, template: Template) -> String {
        let (name, created) = oneshot::channel();
        self.orders
            .send(Order::Create { template, name })
            .expect("the server's thread runs");
        created
            .await
            .expect("the server's thread created a database")
    }

    /// Drops a database and waits until it is gone: the process may end next.
    /// What cannot be dropped is left to a later run.
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

    /// The address of one of its databases.
    pub(super) fn url_of(&self, name: &str) -> String {
        url_of(&self.url, name)
    }
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

async fn serve(url: &str, mut orders: mpsc::UnboundedReceiver<Order>) {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .unwrap_or_else(|error| {
            panic!("{POSTGRES_URL} names no server that answers: {error}");
        });
    let connection = tokio::spawn(connection);
    let template = template(&client, url).await;
    while let Some(order) = orders.recv().await {
        match order {
            Order::Create {
                template: Template::Migrated,
                name,
            } => {
                // Whoever asked may have given up meanwhile; the database is
                // then left to a later run.
                name.send(create(&client, Some(&template)).await).ok();
            }
            Order::Create {
                template: Template::Empty,
                name,
            } => {
                name.send(create(&client, None).await).ok();
            }
            Order::Drop { name, done } => {
                drop_database(&client, &name).await;
                done.send(()).ok();
            }
        }
    }
    drop(client);
    connection
        .await
        .expect("the connection's task")
        .expect("the connection");
}

/// Finds the template, or makes it; one process at a time.
async fn template(client: &Client, url: &str) -> String {
    let mut hasher = DefaultHasher::new();
    shape().await.hash(&mut hasher);
    let name = format!("{PREFIX}template_{:016x}", hasher.finish());
    client
        .execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK])
        .await
        .expect("the template's lock");
    remove_left_behind(client).await;
    let found = client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
        .await
        .expect("the list of databases");
    if found.is_none() {
        // It gets its name when it is whole: what a run that was killed left
        // is never taken for it.
        let unfinished = create(client, None).await;
        migrate(&url_of(url, &unfinished)).await;
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

//! A forum that is served to a test, with a cast of people.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::people::{Constituency, Duty, Language, Participation, RegistrationMode};
use domain::reference::Prefix;
use forum::Viewer;
use forum::account::InstallAccount;
use forum::ports::{Mail, MailError, Mailer};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use server::app::App;
use server::config::{Config, Sources};
use storage::Store;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::client::Client;
use crate::clock::{Standing, TestClock};
use crate::database::TestDatabase;

/// The password of everybody in the cast.
pub const PASSWORD: &str = "correct horse battery staple";

/// A mailbox that a test reads.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<Vec<Mail>>);

impl Mailbox {
    /// Takes the mails that came.
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(mail);
        Ok(())
    }
}

/// A forum that is served on a port of its own, on a database of its own.
///
/// Its people are `civil`, `youth`, `expert`, `officer` (at the desk of
/// POL_PB), `colleague` (at another desk of it), `oversight` (at NCHR),
/// `moderator` and `admin`.
pub struct TestForum {
    /// Where it is served.
    pub address: SocketAddr,
    /// The forum, for what the API has no words for.
    pub forum: Arc<forum::Forum>,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// The mails it sent.
    pub mailbox: Arc<Mailbox>,
    /// Its database.
    pub database: TestDatabase,
    serving: Serving,
    settings: Vec<(String, String)>,
}

/// A forum that is being served; no longer, once this is dropped.
struct Serving {
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
    _stop: DropGuard,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TestForum {
    /// A demonstration forum: CONDUCT concerns are accepted.
    pub async fn new() -> Self {
        Self::with(true, RegistrationMode::Open, &[]).await
    }

    /// A forum of this kind, with settings besides the defaults.
    pub async fn with(
        demonstration: bool,
        registration: RegistrationMode,
        settings: &[(&str, &str)],
    ) -> Self {
        let (database, standing) = TestDatabase::furnished(demonstration).await;
        let store = Arc::new(database.open().await);
        let clock = TestClock::at(standing);
        Self::made(
            database,
            store,
            clock,
            demonstration,
            registration,
            settings,
        )
        .await
    }

    /// A demonstration forum on a database that is opened in this way.
    pub async fn on(database: TestDatabase, settings: &storage::Settings) -> Self {
        let store = Store::open(settings).await.expect("the database opens");
        let (store, clock) = (Arc::new(store), TestClock::default());
        Self::made(database, store, clock, true, RegistrationMode::Open, &[]).await
    }

    async fn made(
        database: TestDatabase,
        store: Arc<Store>,
        clock: TestClock,
        demonstration: bool,
        registration: RegistrationMode,
        settings: &[(&str, &str)],
    ) -> Self {
        let clock = Arc::new(clock);
        let mailbox = Arc::new(Mailbox::default());
        let public_url = settings.iter().find(|(key, _)| *key == "public_url");
        let mut of = forum::Settings {
            public_url: public_url.map(|(_, url)| (*url).to_owned()),
            issuer: public_url
                .map_or("http://127.0.0.1:8080", |(_, url)| url)
                .to_owned(),
            webhooks: server::webhooks::settings(&config_of(settings)),
            mail: server::open::mail(&config_of(settings)),
            commitments: server::open::commitments(&config_of(settings)),
            templates: server::open::templates(&config_of(settings)),
            moderation: server::open::moderation(&config_of(settings)),
            retention: server::open::retention(&config_of(settings)),
            ..settings_of(demonstration, registration)
        };
        for (key, value) in settings {
            let number = || value.parse().expect("a number");
            match *key {
                "clocks.acknowledged_at_once" => of.acknowledged_at_once = number(),
                "clocks.release_days" => of.deadlines.release = value.parse().expect("a number"),
                "desks.shortlist" => of.shortlist_max = number(),
                "letters.per_concern" => of.letters_per_concern = number(),
                "login.burst" => of.sign_in_burst = number(),
                "login.per_minute" => of.sign_in_per_minute = number(),
                "export.per_hour" => of.exports_per_hour = number(),
                "session.per_account" => of.sessions_max = number(),
                "statistics.least" => of.statistics_least = number(),
                "documents.most" => of.documents_max = value.parse().expect("a number"),
                _ => {}
            }
        }
        let forum = open(&store, &clock, &mailbox, of).await;
        furnish(&forum, demonstration).await;
        let serving = serve(&forum, settings).await;
        Self {
            address: serving.address,
            forum,
            clock,
            mailbox,
            database,
            serving,
            settings: settings
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    /// Stops the server, and starts another one on the same database, opened
    /// in this way.
    pub async fn again(self, settings: &storage::Settings) -> Self {
        let Self {
            clock,
            mailbox,
            database,
            serving,
            forum,
            settings: kept,
            ..
        } = self;
        drop(serving);
        forum.store().close().await;
        let store = Store::open(settings).await.expect("the database opens");
        let given: Vec<(&str, &str)> = kept
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        let of = forum::Settings {
            webhooks: server::webhooks::settings(&config_of(&given)),
            ..settings_of(true, RegistrationMode::Open)
        };
        let forum = open(&Arc::new(store), &clock, &mailbox, of).await;
        let serving = serve(&forum, &given).await;
        Self {
            address: serving.address,
            forum,
            clock,
            mailbox,
            database,
            serving,
            settings: kept,
        }
    }

    /// Another forum over the same database, as another node has it.
    pub async fn another_node(&self) -> Arc<forum::Forum> {
        self.another_node_set(self.forum.settings().clone()).await
    }

    /// Another process that does, set otherwise.
    pub async fn another_node_set(&self, of: forum::Settings) -> Arc<forum::Forum> {
        let store = Arc::new(self.database.open().await);
        open(&store, &self.clock, &self.mailbox, of).await
    }

    /// The same, whose mail goes by this way.
    pub async fn another_node_with(&self, mailer: Arc<dyn Mailer>) -> Arc<forum::Forum> {
        let store = Arc::new(self.database.open().await);
        let clock: Arc<TestClock> = Arc::clone(&self.clock);
        let of = self.forum.settings().clone();
        let opened = forum::Forum::open(store, clock, mailer, of).await;
        Arc::new(opened.expect("the forum opens"))
    }

    /// Somebody without an account.
    pub fn visitor(&self) -> Client {
        Client::new(self.address, None)
    }

    /// Somebody of the cast, signed in.
    pub async fn sign_in(&self, login: &str) -> Client {
        Client::sign_in(self.address, login, PASSWORD).await
    }

    /// The store beneath, for counting statements.
    pub fn store(&self) -> &Store {
        self.forum.store()
    }

    /// The global id of an agency.
    pub async fn agency(&self, code: &str) -> Value {
        let document = "query($code: String!) { agency(code: $code) { id } }";
        self.visitor().run(document, json!({ "code": code })).await["agency"]["id"].take()
    }

    /// The global id of the first office of an agency.
    pub async fn office(&self, code: &str) -> Value {
        let document = "query($code: String!) { agency(code: $code) { offices { id } } }";
        self.visitor().run(document, json!({ "code": code })).await["agency"]["offices"][0]["id"]
            .take()
    }
}

/// Serves a demonstration forum on somebody else's database until the task is
/// aborted, telling its address first. `run` tells this run from others on
/// the same database.
pub(crate) async fn serve_on(url: &str, run: u32, tell: impl FnOnce(SocketAddr)) {
    let settings = storage::Settings {
        readers: 2,
        writers: 2,
        ..storage::Settings::new(url)
    };
    let store = Store::open(&settings).await.expect("the database opens");
    let clock = Arc::new(TestClock::of_run(run));
    let mailbox = Arc::new(Mailbox::default());
    let here = [("webhook.insecure", "true")];
    let of = forum::Settings {
        webhooks: server::webhooks::settings(&config_of(&here)),
        ..settings_of(true, RegistrationMode::Open)
    };
    let forum = open(&Arc::new(store), &clock, &mailbox, of).await;
    furnish(&forum, true).await;
    let serving = serve(&forum, &here).await;
    tell(serving.address);
    std::future::pending::<()>().await;
}

/// The configuration with a test's settings.
pub fn config_of(settings: &[(&str, &str)]) -> Config {
    // A test's clock stands: what is spent does not come back. Its clients may
    // rest for as long as a slow machine has them.
    let budgets = [
        ("connection.head_seconds", "600"),
        // A test sends mail itself.
        ("mail.look_seconds", "3600"),
        ("budget.account", "1000000000"),
        ("budget.address", "1000000000"),
        ("budget.client", "1000000000"),
    ];
    let sources = Sources {
        flags: budgets
            .iter()
            .chain(settings)
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        ..Sources::default()
    };
    Config::load(&sources)
        .expect("the test's settings are right")
        .config
}

async fn serve(forum: &Arc<forum::Forum>, settings: &[(&str, &str)]) -> Serving {
    let config = config_of(settings);
    let stop = CancellationToken::new();
    let explorer = server::open::explorer(&config, crate::graphiql::FILES);
    let app = App::start(&config, Arc::clone(forum), [7; 32], explorer, stop.clone())
        .await
        .expect("the forum starts");
    let router = server::serve::router(&config, &app, &stop);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    let limits = server::listen::Limits::of(&config);
    let serving = server::listen::serve(listener, router, limits, stop.clone());
    Serving {
        address,
        task: tokio::spawn(serving),
        _stop: stop.drop_guard(),
    }
}

/// How a test's forum is set: passwords are hashed cheaply, and nobody is
/// held up for signing in often.
fn settings_of(demonstration: bool, registration: RegistrationMode) -> forum::Settings {
    let prefix = Prefix::parse("MKL").expect("a prefix");
    forum::Settings {
        demonstration,
        registration,
        sign_in_burst: 1_000,
        sign_in_per_minute: 1_000,
        password_cost: forum::PasswordCost::CHEAPEST,
        ..forum::Settings::new([9; 32], audit::Key::of_seed([9; 32]), prefix)
    }
}

async fn open(
    store: &Arc<Store>,
    clock: &Arc<TestClock>,
    mailbox: &Arc<Mailbox>,
    settings: forum::Settings,
) -> Arc<forum::Forum> {
    let (clock, mailbox) = (Arc::clone(clock), Arc::clone(mailbox));
    let opened = forum::Forum::open(Arc::clone(store), clock, mailbox, settings).await;
    Arc::new(opened.expect("the forum opens"))
}

/// Makes a forum with its cast in a database, and says how far the clock went.
pub(crate) async fn furnished(settings: &storage::Settings, demonstration: bool) -> Standing {
    let store = Store::open(settings).await.expect("the database opens");
    let (store, clock) = (Arc::new(store), Arc::new(TestClock::default()));
    let of = settings_of(demonstration, RegistrationMode::Open);
    let forum = open(&store, &clock, &Arc::default(), of).await;
    furnish(&forum, demonstration).await;
    store.close().await;
    clock.standing()
}

/// Makes a forum with its cast where there is none.
async fn furnish(forum: &Arc<forum::Forum>, demonstration: bool) {
    if forum.directory().forum.is_some() {
        return;
    }
    forum
        .create_forum("A test's forum", demonstration)
        .await
        .expect("a forum is made");
    let data = server::reference::data().expect("the reference data");
    forum
        .load_reference(&data)
        .await
        .expect("the reference data is loaded");
    let admin = install(
        forum,
        "admin",
        Constituency::CivilSociety,
        &[Duty::Administrator],
    )
    .await;
    install(
        forum,
        "moderator",
        Constituency::CivilSociety,
        &[Duty::Moderator],
    )
    .await;
    install(forum, "civil", Constituency::CivilSociety, &[]).await;
    install(forum, "youth", Constituency::Youth, &[]).await;
    install(forum, "expert", Constituency::Expert, &[]).await;
    for (agency, offices) in [
        (
            "POL_PB",
            &[
                ("SP Investigation, Lahore", "officer"),
                ("Traffic", "colleague"),
            ][..],
        ),
        ("NCHR", &[("Complaints", "oversight")]),
    ] {
        seat(forum, &admin, agency, offices).await;
    }
}

async fn install(
    forum: &forum::Forum,
    login: &str,
    constituency: Constituency,
    duties: &[Duty],
) -> Arc<Viewer> {
    let input = InstallAccount {
        login: login.to_owned(),
        display_name: format!("The {login}"),
        password: PASSWORD.to_owned(),
        constituency,
        language: Language::En,
        duties: duties.to_vec(),
    };
    let made = forum
        .install_account(&input)
        .await
        .expect("an account of the cast");
    let viewer = forum
        .viewer_of_account(made.account)
        .await
        .expect("the cast is read");
    viewer.expect("an account that was just made")
}

async fn seat(forum: &forum::Forum, admin: &Viewer, code: &str, offices: &[(&str, &str)]) {
    let once = forum::Once::default();
    let agency = forum
        .directory()
        .agency_by_code(code)
        .map(|agency| agency.id);
    let agency = agency.expect("an agency of the reference data");
    for to in [Participation::Invited, Participation::Answering] {
        forum
            .set_participation(admin, agency, to, &once)
            .await
            .expect("the agency takes part");
    }
    // One officer is enough for what most tests tell.
    forum
        .set_second_officer(admin, agency, false, &once)
        .await
        .expect("one officer answers alone");
    for (office, login) in offices {
        let input = forum::account::CreateOffice {
            agency,
            name_en: (*office).to_owned(),
            name_ur: (*office).to_owned(),
            region: None,
        };
        let made = forum
            .create_office(admin, &input, &once)
            .await
            .expect("an office");
        let officer = install(forum, login, Constituency::Official, &[]).await;
        let appointment = forum::account::AppointHolder {
            office: made.id(|id| (*id).into()).into(),
            account: officer.account.expect("an officer has an account"),
        };
        forum
            .appoint_holder(admin, appointment, &once)
            .await
            .expect("an officer at the desk");
    }
}

impl TestForum {
    /// A discussion that its audience sees. The first of an author is
    /// released by the moderator.
    pub async fn open_discussion(&self, author: &Client, audience: &str) -> Value {
        let input = json!({
            "kind": "DISCUSSION", "title": "A discussion", "body": "Let us talk.",
            "audience": audience,
        });
        let started = author
            .done("startThread", input, "thread { id status }")
            .await;
        self.released(started["thread"].clone()).await
    }

    /// A confidential concern with case facts, at the desk of `officer`.
    pub async fn open_concern(&self, raiser: &Client) -> Value {
        let input = json!({
            "title": "Students are searched without reason",
            "body": "On the road to the hostel, every Friday.",
            "facts": "FIR 0/26, Station Road",
            "category": "DRG",
            "region": "PB",
        });
        let raised = raiser
            .done("raiseConcern", input, "thread { id status }")
            .await;
        self.released(raised["thread"].clone()).await
    }

    /// A thread, once the moderator released it if it waited.
    pub async fn released(&self, mut thread: Value) -> Value {
        if thread["status"] == "HELD" {
            let moderator = self.sign_in("moderator").await;
            let input = json!({ "threadId": thread["id"] });
            moderator.done("releaseThread", input, "").await;
        }
        thread["id"].take()
    }

    /// Somebody else, who can sign in.
    pub async fn install(&self, login: &str, constituency: Constituency, duties: &[Duty]) {
        install(&self.forum, login, constituency, duties).await;
    }

    /// Another young person, signed in.
    pub async fn another_youth(&self) -> Client {
        install(&self.forum, "student", Constituency::Youth, &[]).await;
        self.sign_in("student").await
    }

    /// Makes every partner app one for development, behind the forum's back.
    pub async fn has_only_sandbox_clients(&self) {
        let connection = self.database.connect().await;
        connection
            .execute_unprepared("UPDATE client SET sandbox = TRUE")
            .await
            .expect("the rows are changed");
    }

    /// The global id of a thread that does not exist.
    pub fn thread_id_of_nothing(&self) -> Value {
        let id = api::schema::global_id::encode(
            api::schema::global_id::Kind::Thread,
            domain::id::ThreadId(uuid::Uuid::from_u128(1)),
        );
        json!(id.to_string())
    }
}

/// What a thread's global id stands for.
pub fn thread_id(thread: &Value) -> domain::id::ThreadId {
    let id = thread.as_str().expect("a thread's id");
    api::schema::global_id::expect(api::schema::global_id::Kind::Thread, id)
}

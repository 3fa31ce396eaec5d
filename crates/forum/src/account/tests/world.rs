//! A forum for one test.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::AccountId;
use domain::people::{Constituency, Language, RegistrationMode};
use domain::reference::Prefix;
use sha2::{Digest, Sha256};
use storage::Store;
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::account::{ChangePassword, RegisterAccount, Registered, SignIn, Signed};
use crate::ports::{Clock, Mail, MailError, Mailer};
use crate::settings::PasswordCost;
use crate::{Error, Forum, Problem, Settings, Viewer};

/// A password that nobody guesses.
pub(super) const PASSWORD: &str = "lantern orchard mosaic 47";

/// Time that stands until it is moved, and randomness that repeats.
pub(super) struct TestClock {
    now: Mutex<DateTime<Utc>>,
    drawn: AtomicU64,
}

impl TestClock {
    pub(super) fn pass(&self, time: TimeDelta) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
            let random = Sha256::digest(drawn.to_be_bytes());
            part.copy_from_slice(&random[..part.len()]);
        }
    }
}

/// Hands mails to the test.
struct Postbox(mpsc::UnboundedSender<Mail>);

#[async_trait]
impl Mailer for Postbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.0.send(mail).map_err(|_| MailError::Unavailable)
    }
}

pub(super) struct World {
    pub(super) forum: Forum,
    pub(super) clock: Arc<TestClock>,
    pub(super) mails: tokio::sync::Mutex<mpsc::UnboundedReceiver<Mail>>,
    addresses: AtomicU64,
    _folder: TempDir,
}

impl World {
    pub(super) async fn new(mode: RegistrationMode) -> Self {
        Self::with(mode, |_| {}).await
    }

    pub(super) async fn with(mode: RegistrationMode, set: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("forum.db");
        let address = format!("sqlite://{}", file.display());
        let store = Store::open(&storage::Settings::new(address)).await.unwrap();
        store.migrate().await.unwrap();
        let now = DateTime::from_timestamp(1_774_000_000, 0).unwrap();
        let clock = Arc::new(TestClock {
            now: Mutex::new(now),
            drawn: AtomicU64::new(0),
        });
        let mut settings = Settings::new(
            [9; 32],
            audit::Key::of_seed([9; 32]),
            Prefix::parse("MKL").unwrap(),
        );
        settings.registration = mode;
        settings.password_cost = PasswordCost::CHEAPEST;
        set(&mut settings);
        let (post, mails) = mpsc::unbounded_channel();
        let clock_of_forum: Arc<dyn Clock> = clock.clone();
        let mailer = Arc::new(Postbox(post));
        let forum = Forum::open(Arc::new(store), clock_of_forum, mailer, settings)
            .await
            .unwrap();
        let mails = tokio::sync::Mutex::new(mails);
        Self {
            forum,
            clock,
            mails,
            addresses: AtomicU64::new(0),
            _folder: folder,
        }
    }

    /// An address that nobody came from before.
    pub(super) fn elsewhere(&self) -> [u8; 32] {
        let mut address = [7; 32];
        let number = self.addresses.fetch_add(1, Ordering::Relaxed);
        address[..8].copy_from_slice(&number.to_be_bytes());
        address
    }

    pub(super) async fn register(&self, login: &str, constituency: Constituency) -> Registered {
        let input = RegisterAccount {
            constituency,
            ..registration(login)
        };
        self.forum
            .register_account(&input, self.elsewhere())
            .await
            .unwrap()
    }

    pub(super) async fn administrator(&self) -> Arc<Viewer> {
        let made = self
            .forum
            .create_administrator("root", "Keeper", PASSWORD)
            .await
            .unwrap();
        self.viewer_of(made.account).await
    }

    pub(super) async fn viewer_of(&self, account: AccountId) -> Arc<Viewer> {
        self.forum
            .viewer_of_account(account)
            .await
            .unwrap()
            .unwrap()
    }

    pub(super) async fn viewer(&self, token: &str) -> Option<Arc<Viewer>> {
        self.forum.viewer_of_token(token).await.unwrap()
    }

    pub(super) async fn sign_in(&self, login: &str, password: &str) -> Result<Signed, Problem> {
        self.forum
            .sign_in(&typed(login, password), self.elsewhere())
            .await
            .map_err(problem)
    }

    pub(super) async fn mail(&self) -> Mail {
        self.mails.lock().await.recv().await.unwrap()
    }
}

pub(super) fn typed(login: &str, password: &str) -> SignIn {
    SignIn {
        login: login.to_owned(),
        password: password.to_owned(),
        label: None,
    }
}

pub(super) fn change(current: &str, new: &str) -> ChangePassword {
    ChangePassword {
        current: current.to_owned(),
        new: new.to_owned(),
    }
}

pub(super) fn registration(login: &str) -> RegisterAccount {
    RegisterAccount {
        login: login.to_owned(),
        display_name: format!("{login} who speaks"),
        password: PASSWORD.to_owned(),
        email: None,
        constituency: Constituency::CivilSociety,
        language: Language::En,
        invitation_code: None,
    }
}

/// The problems of an error, each with the first part of its field's path.
pub(super) fn problems(error: Error) -> Vec<(&'static str, Problem)> {
    match error {
        Error::Problems(all) => all
            .into_iter()
            .map(|one| (one.field.first().copied().unwrap_or(""), one.problem))
            .collect(),
        other => panic!("no problem of the person's: {other}"),
    }
}

/// The one problem of an error.
pub(super) fn problem(error: Error) -> Problem {
    let [(_, problem)] = <[_; 1]>::try_from(problems(error)).unwrap();
    problem
}

//! A demonstration: made once, found again as it was, and never mixed with
//! anything else.

use std::path::Path;
use std::sync::Arc;

use domain::people::{Constituency, Language};
use domain::policy::Scope;
use forum::Forum;
use forum::account::{InstallAccount, SignIn};
use forum::views::thread::ThreadFilter;
use mukalma_tests::PASSWORD;
use server::clock::SystemClock;
use server::config::{Config, Sources};
use server::secrets::Secrets;
use server::serve::{Welcome, prepare};
use server::{demo, open, serve};

use super::commands::Machine;

impl Machine {
    fn config(&self, settings: &[(&str, &str)]) -> Config {
        let standard = self.settings(self.database.url());
        let standard = standard.iter().map(|(key, value)| (*key, value.as_str()));
        let all = standard.chain(settings.iter().copied());
        let flags = all.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let sources = Sources {
            flags: flags.collect(),
            ..Sources::default()
        };
        Config::load(&sources).unwrap().config
    }

    async fn open(&self, config: &Config) -> Arc<Forum> {
        let secrets = Secrets::open(&config.secrets_dir, SystemClock).unwrap();
        let store = open::migrated(config).await.unwrap();
        open::forum(config, &secrets, store, config.demo)
            .await
            .unwrap()
    }

    /// What a start says, as far as it gets.
    async fn start(&self, settings: &[(&str, &str)]) -> (Arc<Forum>, miette::Result<Welcome>) {
        let config = self.config(settings);
        let forum = self.open(&config).await;
        let said = prepare(&config, &forum).await;
        (forum, said)
    }

    /// What a start is refused with: what is wrong, and what to do.
    async fn refused(&self, settings: &[(&str, &str)]) -> (String, String) {
        let (forum, said) = self.start(settings).await;
        forum.store().close().await;
        let error = said.expect_err("the start is refused");
        let help = error.help().map(|help| help.to_string());
        (error.to_string(), help.unwrap_or_default())
    }
}

const DEMO: &[(&str, &str)] = &[("demo", "true")];

fn password_of(welcome: &Welcome) -> Option<String> {
    match welcome {
        Welcome::Demonstration { password } => password.clone(),
        other => panic!("{other:?} is no demonstration"),
    }
}

async fn threads(forum: &Forum) -> i64 {
    let filter = ThreadFilter::default();
    let read = forum.store().read();
    read.thread_count(&Scope::everything(), &filter)
        .await
        .unwrap()
}

async fn install(forum: &Forum, login: &str) {
    let account = InstallAccount {
        login: login.to_owned(),
        display_name: "Somebody".to_owned(),
        password: PASSWORD.to_owned(),
        constituency: Constituency::CivilSociety,
        language: Language::En,
        duties: Vec::new(),
    };
    forum.install_account(&account).await.unwrap();
}

#[tokio::test]
async fn a_second_start_finds_everything_as_it_was() {
    let machine = Machine::new().await;
    let (forum, first) = machine.start(DEMO).await;
    let first = first.unwrap();
    let there = threads(&forum).await;
    assert!(there > 10);
    // There are figures to look at.
    let figures = forum.published().await.unwrap();
    assert!(!figures.rows.is_empty());
    // Whoever tries it may come in under a name of his own.
    install(&forum, "somebody").await;
    forum.store().close().await;

    let (forum, second) = machine.start(DEMO).await;
    let second = second.unwrap();
    let address = "127.0.0.1:8080".parse().unwrap();
    assert_eq!(second.page(address), first.page(address));
    assert_eq!(threads(&forum).await, there);
    for (number, account) in (1..).zip(demo::ACCOUNTS) {
        let typed = SignIn {
            login: account.login.to_owned(),
            password: password_of(&second).unwrap(),
            label: None,
        };
        let signed = forum.sign_in(&typed, [number; 32]).await;
        assert!(signed.is_ok(), "{}", account.login);
    }
    forum.store().close().await;

    // What is configured later is not the accounts' password.
    let kept = machine.config(DEMO).secrets_dir.join("demo.password");
    std::fs::remove_file(kept).unwrap();
    let later = [("demo", "true"), ("demo_password", PASSWORD)];
    let (forum, third) = machine.start(&later).await;
    let third = third.unwrap();
    assert_eq!(password_of(&third), None);
    assert!(third.page(address).contains("mukalma admin reset-password"));
    forum.store().close().await;
}

#[tokio::test]
async fn a_demonstration_that_was_broken_off_is_refused_with_what_to_do() {
    let machine = Machine::new().await;
    let config = machine.config(DEMO);
    let forum = machine.open(&config).await;
    let filling = tokio::spawn({
        let (config, forum) = (config.clone(), Arc::clone(&forum));
        async move { prepare(&config, &forum).await.map(drop) }
    });
    let read = forum.store().read();
    while read.account_by_login("demo-admin").await.unwrap().is_none() {
        forum.store().commits().touched().await;
    }
    filling.abort();
    filling.await.unwrap_err();
    forum.store().close().await;

    let (wrong, help) = machine.refused(DEMO).await;
    assert_eq!(
        wrong,
        "this database holds a demonstration that was not filled to the end"
    );
    if machine.database.is_postgres() {
        assert!(help.contains("empty this database"), "{help}");
    } else {
        assert!(help.contains("forum.db and start again"), "{help}");
    }
    assert!(help.contains("MUKALMA_DATABASE_URL"), "{help}");
    // Nor does it become a real forum.
    let (wrong, _) = machine.refused(&[]).await;
    assert_eq!(wrong, "this database holds a demonstration");
}

#[tokio::test]
async fn a_demonstration_that_only_has_its_name_is_filled() {
    let machine = Machine::new().await;
    let config = machine.config(DEMO);
    let forum = machine.open(&config).await;
    let data = server::reference::data().unwrap();
    forum.load_reference(&data).await.unwrap();
    forum.create_forum("Mukalma", true).await.unwrap();
    let said = prepare(&config, &forum).await.unwrap();
    assert!(password_of(&said).is_some());
    assert!(threads(&forum).await > 10);
    forum.store().close().await;
}

#[tokio::test]
async fn a_database_with_people_of_its_own_is_left_alone() {
    const REFUSED: &str = "this database holds a real forum: --demo does not touch it";
    let machine = Machine::new().await;
    // An administrator who was made before the first start.
    let forum = machine.open(&machine.config(&[])).await;
    install(&forum, "somebody").await;
    forum.store().close().await;
    assert_eq!(machine.refused(DEMO).await.0, REFUSED);

    let (forum, said) = machine.start(&[]).await;
    said.unwrap();
    forum.store().close().await;
    let (wrong, help) = machine.refused(DEMO).await;
    assert_eq!(wrong, REFUSED);
    assert!(help.contains("start without --demo"), "{help}");
}

#[tokio::test]
async fn a_seeded_forum_is_no_demonstration() {
    let machine = Machine::new().await;
    let forum = machine.open(&machine.config(DEMO)).await;
    forum.create_forum("Seeded", true).await.unwrap();
    install(&forum, "seed-00001").await;
    forum.store().close().await;
    let (wrong, _) = machine.refused(DEMO).await;
    assert!(wrong.contains("a real forum"), "{wrong}");
}

#[tokio::test]
async fn a_first_start_that_was_broken_off_is_gone_on_with() {
    let machine = Machine::new().await;
    let forum = machine.open(&machine.config(&[])).await;
    let data = server::reference::data().unwrap();
    forum.load_reference(&data).await.unwrap();
    forum.store().close().await;
    for _ in 0..2 {
        let (forum, said) = machine.start(&[]).await;
        assert!(matches!(said.unwrap(), Welcome::SetUp { .. }));
        assert!(forum.directory().agency_by_code("POL_PB").is_some());
        assert!(forum.directory().forum.is_some());
        forum.store().close().await;
    }
}

#[tokio::test]
async fn a_password_that_is_easy_to_guess_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for weak in ["demo-civil", "0123456789", "Administrator"] {
        let error = run(&data, weak).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "MUKALMA_DEMO_PASSWORD is too easy to guess"
        );
        assert!(!format!("{error:?}").contains(weak));
    }
    assert!(!data.exists());
}

async fn run(data: &Path, password: &str) -> miette::Result<()> {
    let flags = [
        ("demo", "true"),
        ("data_dir", data.to_str().unwrap()),
        ("demo_password", password),
    ];
    let flags = flags.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let sources = Sources {
        flags: flags.into_iter().collect(),
        ..Sources::default()
    };
    let loaded = Config::load(&sources).unwrap();
    serve::run(loaded, &mut Vec::new()).await
}

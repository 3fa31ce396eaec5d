//! The audit log: what is done stands in it, and whatever is done to it is
//! found.

mod tampering;

use std::path::PathBuf;

use chrono::DateTime;
use domain::people::{Constituency, Duty};
use futures_util::future::join_all;
use mukalma_tests::{Client, Receiver, TestForum};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use server::checkpoints::{Keeper, Kept};
use server::config::{Config, Sources};
use storage::audit_log::Audited;
use storage::{Backend, StorageError, Store};

use super::commands::command;
use super::moderation::{Square, act, flag, queue, say};

/// The key of every test's forum.
fn key() -> audit::Key {
    audit::Key::of_seed([9; 32])
}

/// What `mukalma audit` says of a forum's database, and whether it is content.
pub(super) async fn audit(forum: &TestForum, words: &[&str]) -> (bool, String) {
    let mut line = vec!["audit"];
    line.extend(words);
    let set = format!("database.url={}", forum.database.url());
    line.extend(["--set", &set]);
    let public = key().public().to_string();
    if ["verify", "check"].contains(&words[0]) {
        line.extend(["--key", &public]);
    }
    command(&line).await
}

/// The lines of the log that tell of this act.
pub(super) async fn told(forum: &TestForum, act: &str) -> Vec<String> {
    let (_, all) = audit(forum, &["list"]).await;
    let act = format!("\t{act}\t");
    all.lines()
        .filter(|line| line.contains(&act))
        .map(str::to_owned)
        .collect()
}

async fn size(forum: &TestForum) -> i64 {
    forum.store().read().audit_head().await.unwrap().size
}

/// Does something by hand, as whoever holds the database can.
pub(super) async fn by_hand(forum: &TestForum, sql: &str) -> Result<u64, sea_orm::DbErr> {
    let connection = forum.database.connect().await;
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let done = connection.execute_raw(statement).await;
    done.map(|done| done.rows_affected())
}

/// Takes the database's own guards away.
pub(super) async fn unguard(forum: &TestForum) {
    let sqlite = forum.store().backend() == Backend::Sqlite;
    let tables = ["audit_entry", "audit_head", "audit_opening", "modlog"];
    for table in tables.iter().filter(|_| !sqlite) {
        by_hand(forum, &format!("ALTER TABLE {table} DISABLE TRIGGER USER"))
            .await
            .unwrap();
    }
    let triggers = [
        "audit_entry_update",
        "audit_entry_delete",
        "audit_head_update",
        "audit_head_delete",
        "audit_opening_update",
        "modlog_update",
        "modlog_delete",
    ];
    for trigger in triggers.iter().filter(|_| sqlite) {
        by_hand(forum, &format!("DROP TRIGGER {trigger}"))
            .await
            .unwrap();
    }
}

async fn moderated() -> Square {
    let square = Square::new().await;
    let hold = act(&square.post, "HOLD", "ABUSE");
    square.moderator.done("moderate", hold, "").await;
    square
}

fn checkpoint_file(directory: &tempfile::TempDir, notes: &str) -> PathBuf {
    let file = directory.path().join("checkpoints");
    std::fs::write(&file, notes).unwrap();
    file
}

/// Has a server write nothing but an entry of the log; says in how many statements.
async fn appended(store: &Store) -> u64 {
    let before = store.statements();
    let written = store.write(DateTime::UNIX_EPOCH, async |tx| {
        tx.audit(Audited::new("moderate", None));
        Ok::<_, StorageError>(())
    });
    written.await.unwrap();
    store.statements() - before
}

#[tokio::test]
async fn a_log_that_stands_as_it_was_signed_is_not_read_before_it_goes_on() {
    let square = moderated().await;
    // The beginning and the commit; the entry with the head it has, or each by itself.
    let least = if square.forum.database.is_postgres() {
        3
    } else {
        4
    };
    let store = square.forum.store();
    assert_eq!([appended(store).await, appended(store).await], [least; 2]);
    let other = square.forum.another_node().await;
    assert_eq!(appended(other.store()).await, least + 1);
    // Another went on with it: it is found once, and read then.
    assert_eq!(appended(store).await, least + 2);
    assert_eq!(appended(store).await, least);
}

#[tokio::test]
async fn acts_at_once_in_many_threads_are_all_done_and_told() {
    let square = Square::new().await;
    let mut threads = Vec::new();
    for _ in 0..12 {
        threads.push(square.forum.open_discussion(&square.civil, "PUBLIC").await);
    }
    let before = size(&square.forum).await;
    let locks = threads.iter().map(|thread| {
        let lock = act(thread, "LOCK", "HEATED");
        square.moderator.done("moderate", lock, "")
    });
    join_all(locks).await;
    assert_eq!(size(&square.forum).await, before + 12);
}

#[tokio::test]
async fn two_servers_go_on_with_one_log_in_turn_and_at_once() {
    let square = moderated().await;
    let other = square.forum.another_node().await;
    let before = size(&square.forum).await;
    let both = [square.forum.store(), other.store()];
    for store in [both, both].concat() {
        appended(store).await;
    }
    join_all([both; 6].concat().into_iter().map(appended)).await;
    assert_eq!(size(&square.forum).await, before + 16);
    let (whole, said) = audit(&square.forum, &["verify"]).await;
    assert!(whole, "{said}");
}

#[tokio::test]
async fn an_act_stands_in_the_log_with_who_did_it_and_the_log_is_whole() {
    let square = moderated().await;
    let mut told = told(&square.forum, "moderate").await;
    told.retain(|line| line.ends_with("\tHOLD ABUSE"));
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("\tmoderator\t"), "{told:?}");
    let (whole, said) = audit(&square.forum, &["verify"]).await;
    assert!(whole && said.contains("says what it said"), "{said}");
}

#[tokio::test]
async fn the_log_names_nobody() {
    let square = moderated().await;
    let connection = square.forum.database.connect().await;
    let sql = "SELECT group_concat(body) FROM audit_entry";
    let sql = match square.forum.store().backend() {
        Backend::Sqlite => sql.to_owned(),
        Backend::Postgres => sql.replace("group_concat(body)", "string_agg(body, ',')"),
    };
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    let bodies: String = row.try_get_by_index(0).unwrap();
    assert!(bodies.contains("\"act\":\"moderate\""));
    for account in square
        .forum
        .store()
        .read()
        .accounts_of(domain::people::Standing::Active, 100)
        .await
        .unwrap()
    {
        assert!(!bodies.contains(&account.id.0.to_string()));
        assert!(!bodies.contains(&format!("\"{}\"", account.login)));
    }
}

#[tokio::test]
async fn changes_of_roles_keys_and_rules_stand_in_the_log() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let youth = forum.sign_in("youth").await;
    let seen = youth.run("{ viewer { account { id } } }", json!({})).await;
    let duty = json!({ "account": seen["viewer"]["account"]["id"], "duty": "MODERATOR" });
    admin.done("grantDuty", duty.clone(), "").await;
    admin.done("revokeDuty", duty, "").await;
    let invited = json!({ "constituency": "YOUTH" });
    admin.done("createInvitation", invited, "").await;
    for (act, ends) in [
        ("grantDuty", "\tadmin\tyouth\t-\tMODERATOR"),
        ("revokeDuty", "\tadmin\tyouth\t-\tMODERATOR"),
        ("createInvitation", "\tYOUTH"),
        ("loadReference", "\t-\t\t-\t-"),
        ("installAccount", "\tMODERATOR"),
    ] {
        let told = told(&forum, act).await;
        assert!(
            told.iter().any(|line| line.ends_with(ends)),
            "{act}: {told:?}"
        );
    }
}

/// By what rules a server goes that is started with this setting.
fn rules(key: &str, value: &str) -> String {
    let sources = Sources {
        flags: vec![(key.to_owned(), value.to_owned())],
        ..Sources::default()
    };
    server::config::rules(&Config::load(&sources).unwrap())
}

#[tokio::test]
async fn rules_of_the_configuration_stand_in_the_log_once_they_are_others() {
    let forum = TestForum::new().await;
    let another = forum.another_node().await;
    let (three, four) = (
        rules("moderation.hold_at", "3"),
        rules("moderation.hold_at", "4"),
    );
    // Two nodes start at once.
    let (one, other) =
        futures_util::join!(forum.forum.tell_rules(&three), another.tell_rules(&three));
    assert_ne!(one.unwrap(), other.unwrap());
    assert!(another.tell_rules(&four).await.unwrap());
    assert!(!forum.forum.tell_rules(&four).await.unwrap());
    let told = told(&forum, "changeSettings").await;
    assert_eq!(told.len(), 2, "{told:?}");
    for (line, set) in told.iter().zip([three, four]) {
        assert!(line.ends_with(&format!("\t-\t\t-\t{set}")), "{line}");
    }
    let (whole, said) = audit(&forum, &["verify"]).await;
    assert!(whole, "{said}");
}

#[tokio::test]
async fn that_a_copy_was_restored_stands_in_the_log_the_first_time_that_it_is_served() {
    let forum = TestForum::new().await;
    let another = forum.another_node().await;
    assert!(!forum.forum.tell_restore().await.unwrap());
    // As a restore does with every stream.
    let restored = "UPDATE stream SET epoch = epoch + 1";
    assert!(by_hand(&forum, restored).await.unwrap() > 0);
    let (one, other) = futures_util::join!(forum.forum.tell_restore(), another.tell_restore());
    assert_ne!(one.unwrap(), other.unwrap());
    assert!(!another.tell_restore().await.unwrap());
    assert_eq!(told(&forum, "restore").await.len(), 1);
}

#[test]
fn rules_are_what_is_moderated_and_kept_and_nothing_else() {
    let before = rules("moderation.women", "2");
    assert!(before.contains("moderation.women=2"), "{before}");
    for (key, value) in [
        ("registration", "closed"),
        ("clocks.answer_days", "7"),
        ("retention.every_minutes", "7"),
        ("statistics.least", "7"),
    ] {
        let rules = rules(key, value);
        assert!(rules.contains(&format!("{key}={value}")), "{rules}");
    }
    assert_eq!(rules("limits.depth", "7"), rules("limits.depth", "8"));
}

#[tokio::test]
async fn what_is_refused_is_not_in_the_log_and_what_is_done_again_is_once() {
    let square = moderated().await;
    let before = size(&square.forum).await;
    let mut hold = act(&square.post, "HOLD", "ABUSE");
    assert_eq!(
        square.moderator.refused("moderate", hold.clone()).await,
        "ILLEGAL_MOVE"
    );
    assert_eq!(size(&square.forum).await, before);
    hold["act"] = json!("RELEASE");
    hold["reason"] = json!("REVIEWED");
    hold["clientMutationId"] = json!("one-and-the-same");
    square.moderator.done("moderate", hold.clone(), "").await;
    square.moderator.done("moderate", hold, "").await;
    assert_eq!(size(&square.forum).await, before + 1);
}

#[tokio::test]
async fn who_reads_in_the_queue_what_was_removed_meanwhile_stands_in_the_log() {
    let square = Square::new().await;
    let (expert, duties) = (Constituency::Expert, [Duty::Moderator]);
    square.forum.install("second", expert, &duties).await;
    let second = square.forum.sign_in("second").await;
    flag(&square.youth, &square.post).await;
    queue(&second, "body").await;
    assert_eq!(told(&square.forum, "view").await, [""; 0]);
    let remove = act(&square.post, "REMOVE", "SPAM");
    square.moderator.done("moderate", remove, "").await;
    for who in [&square.moderator, &second, &second] {
        assert_eq!(queue(who, "body").await[0]["body"], "Buy cheap phones.");
    }
    // Whoever removed it knows it.
    let told = told(&square.forum, "view").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("\tsecond\t") && told[0].ends_with("\tHELD_POST"));
}

#[tokio::test]
async fn who_reads_what_is_held_stands_in_the_log_and_its_author_does_not() {
    let square = Square::with(&[("moderation.hold_at", "2")]).await;
    flag(&square.youth, &square.post).await;
    flag(&square.expert, &square.post).await;
    let reads = async |who: &Client| {
        let document = "query($id: ID!) { node(id: $id) { ... on Thread { posts(first: 5) { nodes { body } } } } }";
        who.run(document, json!({ "id": square.thread })).await
    };
    reads(&square.civil).await;
    reads(&square.youth).await;
    assert_eq!(told(&square.forum, "view").await, [""; 0]);
    reads(&square.moderator).await;
    reads(&square.moderator).await;
    let told = told(&square.forum, "view").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("\tHELD_POST"));
}

#[tokio::test]
async fn who_reads_confidential_words_in_a_list_stands_in_the_log() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let officer = forum.sign_in("officer").await;
    let concern = forum.open_concern(&civil).await;
    say(&civil, &concern, "It happened again.").await;
    let views = async || {
        let mut all = told(&forum, "view").await;
        all.retain(|line| line.contains("\tofficer\t") && line.ends_with("\tCONFIDENTIAL"));
        all.len()
    };
    assert_eq!(views().await, 0);
    officer
        .run("{ threads(first: 5) { nodes { title } } }", json!({}))
        .await;
    assert_eq!(views().await, 0);
    let words = "{ threads(first: 5) { nodes { posts(first: 2) { nodes { body } } } } }";
    officer.run(words, json!({})).await;
    officer.run(words, json!({})).await;
    assert_eq!(views().await, 1);
}

#[tokio::test]
async fn ordinary_posts_are_not_audited() {
    let square = Square::new().await;
    let before = size(&square.forum).await;
    say(&square.youth, &square.thread, "Another.").await;
    assert_eq!(size(&square.forum).await, before);
}

#[tokio::test]
async fn what_an_office_says_for_itself_is_not_audited() {
    let forum = TestForum::new().await;
    let id = forum.open_concern(&forum.sign_in("civil").await).await;
    let officer = forum.sign_in("officer").await;
    // That he reads it is told.
    let others = async || {
        let (_, all) = audit(&forum, &["list"]).await;
        let others = all.lines().filter(|line| !line.contains("\tview\t"));
        others.count()
    };
    let before = others().await;
    let answer = json!({ "body": "It has ended.", "outcome": { "resolved": true } });
    for (act, mut input) in [
        ("acknowledgeConcern", json!({})),
        ("startConcern", json!({})),
        ("shortlistConcern", json!({})),
        ("respondToConcern", answer),
    ] {
        input["threadId"] = id.clone();
        officer.done(act, input, "").await;
    }
    assert_eq!(others().await, before);
}

#[tokio::test]
async fn what_an_office_does_to_rights_clocks_and_templates_is_audited() {
    let forum = TestForum::new().await;
    let id = forum.open_concern(&forum.sign_in("civil").await).await;
    let officer = forum.sign_in("officer").await;
    let concern = || json!({ "threadId": id });
    officer.done("acknowledgeConcern", concern(), "").await;
    // Taken twice, and put back twice: each is done once.
    for act in [
        "takeConcern",
        "takeConcern",
        "putBackConcern",
        "putBackConcern",
    ] {
        officer.done(act, concern(), "").await;
    }
    let mut asks = concern();
    asks["question"] = json!("Where was it?");
    officer.done("requestClarification", asks, "").await;
    let template = json!({ "titleEn": "Received", "bodyEn": "We have it." });
    let made = officer.done("saveResponseTemplate", template, "template { id }");
    let retires = json!({ "templateId": made.await["template"]["id"] });
    officer.done("retireResponseTemplate", retires, "").await;
    officer.done("recuseFromConcern", concern(), "").await;
    for act in [
        "takeConcern",
        "putBackConcern",
        "requestClarification",
        "saveResponseTemplate",
        "retireResponseTemplate",
        "recuseFromConcern",
    ] {
        let told = told(&forum, act).await;
        assert_eq!(told.len(), 1, "{act}: {told:?}");
        assert!(told[0].contains("\tofficer\t"), "{told:?}");
    }
}

#[tokio::test]
async fn acts_of_the_same_moment_are_all_in_the_log() {
    let square = Square::new().await;
    let mut posts = Vec::new();
    for n in 0..12 {
        posts.push(say(&square.civil, &square.thread, &format!("Post {n}.")).await);
    }
    let before = size(&square.forum).await;
    let holds = posts.iter().map(|post| {
        let moderator = &square.moderator;
        async move {
            moderator
                .done("moderate", act(post, "HOLD", "ABUSE"), "")
                .await
        }
    });
    futures_util::future::join_all(holds).await;
    assert_eq!(size(&square.forum).await, before + 12);
    assert!(audit(&square.forum, &["verify"]).await.0);
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_log() {
    let square = moderated().await;
    for sql in [
        "UPDATE audit_entry SET body = body",
        "DELETE FROM audit_entry WHERE id = 0",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET size = size - 1",
        "UPDATE modlog SET code = 'SPAM'",
        "DELETE FROM modlog",
    ] {
        let refused = by_hand(&square.forum, sql).await.unwrap_err().to_string();
        assert!(refused.contains("append only"), "{sql}: {refused}");
    }
    if square.forum.store().backend() == Backend::Postgres {
        for truncate in ["TRUNCATE audit_entry CASCADE", "TRUNCATE modlog CASCADE"] {
            assert!(by_hand(&square.forum, truncate).await.is_err());
        }
    }
}

#[tokio::test]
async fn whoever_serves_may_not_change_what_is_written_once_even_without_its_guards() {
    let square = moderated().await;
    if square.forum.store().backend() == Backend::Sqlite {
        // There are no roles: whoever writes the file may do anything with it.
        return;
    }
    unguard(&square.forum).await;
    let url = square.forum.database.settings().url;
    let connection = sea_orm::Database::connect(url).await.unwrap();
    for sql in [
        "UPDATE audit_entry SET body = body",
        "DELETE FROM audit_entry",
        "UPDATE audit_opening SET entry = entry",
        "DELETE FROM audit_head",
        "UPDATE modlog SET code = code",
        "DELETE FROM modlog",
        "TRUNCATE modlog CASCADE",
        "ALTER TABLE modlog DISABLE TRIGGER USER",
    ] {
        let refused = connection.execute_unprepared(sql).await.unwrap_err();
        let refused = refused.to_string();
        let why = ["permission denied", "must be owner"];
        assert!(
            why.iter().any(|why| refused.contains(why)),
            "{sql}: {refused}"
        );
    }
}

#[tokio::test]
async fn whoever_edits_the_public_record_by_hand_is_found() {
    for (edit, said) in [
        (
            "UPDATE modlog SET code = 'SPAM' WHERE act = 'HOLD'",
            "was changed",
        ),
        (
            "UPDATE modlog SET reason = 'It was nothing.' WHERE act = 'HOLD'",
            "was changed",
        ),
        ("DELETE FROM modlog WHERE act = 'HOLD'", "is gone"),
        (
            "INSERT INTO modlog SELECT (SELECT id FROM post LIMIT 1), appears_at, exact, act, code, \
             reason, thread, post, moderator, reverses, nth FROM modlog WHERE act = 'HOLD'",
            "was put in by hand",
        ),
    ] {
        let square = moderated().await;
        let (whole, before) = audit(&square.forum, &["verify"]).await;
        assert!(
            whole && before.contains("2 of the public record"),
            "{before}"
        );
        unguard(&square.forum).await;
        assert_eq!(by_hand(&square.forum, edit).await.unwrap(), 1);
        let (whole, found) = audit(&square.forum, &["verify"]).await;
        assert!(
            !whole && found.contains(&format!("of the public record {said}")),
            "{found}"
        );
    }
}

#[tokio::test]
async fn whoever_edits_the_log_by_hand_is_found() {
    let square = moderated().await;
    unguard(&square.forum).await;
    let edit =
        "UPDATE audit_entry SET body = replace(body, 'ABUSE', 'SPAM') WHERE body LIKE '%ABUSE%'";
    assert_eq!(by_hand(&square.forum, edit).await.unwrap(), 1);
    let (whole, said) = audit(&square.forum, &["verify"]).await;
    let index = size(&square.forum).await - 1;
    assert!(
        !whole && said.contains(&format!("entry {index} was changed")),
        "{said}"
    );
}

#[tokio::test]
async fn whoever_blames_another_is_found() {
    let square = moderated().await;
    unguard(&square.forum).await;
    let blame = "UPDATE audit_opening SET account = (SELECT id FROM account WHERE login = 'civil') \
                 WHERE entry = (SELECT MAX(entry) FROM audit_opening)";
    assert_eq!(by_hand(&square.forum, blame).await.unwrap(), 1);
    let (whole, said) = audit(&square.forum, &["verify"]).await;
    assert!(!whole && said.contains("was changed"), "{said}");
}

#[tokio::test]
async fn entries_that_were_cut_off_are_missed_by_whoever_kept_a_checkpoint() {
    let square = moderated().await;
    let before = square.forum.store().read().audit_head().await.unwrap();
    let release = act(&square.post, "RELEASE", "REVIEWED");
    square.moderator.done("moderate", release, "").await;
    let after = square.forum.store().read().audit_head().await.unwrap();
    unguard(&square.forum).await;
    let bytes = before.frontier.iter();
    let hex: Vec<String> = bytes.map(|byte| format!("{byte:02x}")).collect();
    let hex = hex.concat();
    let bytes = match square.forum.store().backend() {
        Backend::Sqlite => format!("X'{hex}'"),
        Backend::Postgres => format!("decode('{hex}', 'hex')"),
    };
    for sql in [
        "DELETE FROM modlog WHERE act = 'RELEASE' AND post IS NOT NULL".to_owned(),
        format!("DELETE FROM audit_opening WHERE entry >= {}", before.size),
        format!("DELETE FROM audit_entry WHERE id >= {}", before.size),
        format!(
            "UPDATE audit_head SET size = {}, frontier = {bytes}, note = '{}'",
            before.size, before.note
        ),
    ] {
        by_hand(&square.forum, &sql).await.unwrap();
    }
    let (whole, said) = audit(&square.forum, &["verify"]).await;
    assert!(whole && said.contains("are not missed"), "{said}");
    let directory = tempfile::tempdir().unwrap();
    let file = checkpoint_file(&directory, &(before.note + &after.note));
    let (whole, said) = audit(
        &square.forum,
        &["verify", "--checkpoints", file.to_str().unwrap()],
    )
    .await;
    assert!(!whole && said.contains("some are gone"), "{said}");
}

#[tokio::test]
async fn whoever_takes_his_name_out_of_the_log_is_found() {
    let square = moderated().await;
    let erase = "DELETE FROM audit_opening WHERE account = \
                 (SELECT id FROM account WHERE login = 'moderator')";
    assert!(by_hand(&square.forum, erase).await.unwrap() > 0);
    let (whole, said) = audit(&square.forum, &["verify"]).await;
    assert!(!whole && said.contains("was erased"), "{said}");
}

#[tokio::test]
async fn what_was_made_of_the_log_by_hand_is_not_signed() {
    let square = moderated().await;
    unguard(&square.forum).await;
    let before = size(&square.forum).await;
    for sql in [
        "UPDATE audit_head SET size = 1, frontier = (SELECT leaf FROM audit_entry WHERE id = 1)",
        "UPDATE audit_head SET note = ''",
        "DELETE FROM audit_head",
    ] {
        by_hand(&square.forum, sql).await.unwrap();
        let release = act(&square.post, "RELEASE", "REVIEWED");
        let document =
            "mutation($input: ModerateInput!) { moderate(input: $input) { post { id } } }";
        let input = json!({ "input": release });
        let answer = square.moderator.send(document, input).await;
        assert_eq!(answer.code(), "INTERNAL", "{sql}");
        assert!(size(&square.forum).await <= before);
    }
    assert!(!audit(&square.forum, &["verify"]).await.0);
}

#[tokio::test]
async fn that_an_entry_is_in_the_log_can_be_proved_without_the_database() {
    let square = moderated().await;
    let index = (size(&square.forum).await - 1).to_string();
    let (_, proof) = audit(&square.forum, &["prove", &index]).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("proof");
    std::fs::write(&file, &proof).unwrap();
    let (proved, said) = audit(&square.forum, &["check", file.to_str().unwrap()]).await;
    assert!(proved && said.contains("HOLD ABUSE"), "{said}");
    let other = proof.replacen(&format!("index {index}"), "index 0", 1);
    std::fs::write(&file, other).unwrap();
    assert!(
        !audit(&square.forum, &["check", file.to_str().unwrap()])
            .await
            .0
    );
    let (_, said) = audit(&square.forum, &["prove", "1000000"]).await;
    assert!(said.contains("there is no entry 1000000"), "{said}");
}

#[tokio::test]
async fn checkpoints_are_kept_in_a_file_and_with_a_second_body() {
    let square = moderated().await;
    let mut second = Receiver::start().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("kept").join("checkpoints");
    let config = mukalma_tests::forum::config_of(&[
        ("audit.checkpoint_file", file.to_str().unwrap()),
        ("audit.checkpoint_url", &second.url()),
        ("webhook.insecure", "true"),
    ]);
    let forum = square.forum.another_node().await;
    let keeper = Keeper::new(&config, forum, key().public().clone()).unwrap();
    let kept = keeper.push(Kept::default()).await;
    keeper.push(kept).await;
    let release = act(&square.post, "RELEASE", "REVIEWED");
    square.moderator.done("moderate", release, "").await;
    keeper.push(kept).await;
    let newest = square.forum.store().read().audit_head().await.unwrap().note;
    let posted: [Value; 2] = [second.next().await.body, second.next().await.body];
    assert_eq!(posted[1]["checkpoint"], newest);
    assert!(second.is_quiet());
    let (whole, said) = audit(
        &square.forum,
        &["verify", "--checkpoints", file.to_str().unwrap()],
    )
    .await;
    assert!(
        whole && said.contains(" 2 checkpoints from outside"),
        "{said}"
    );
}

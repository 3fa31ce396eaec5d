//! Sign-in, sessions, and coming back without the password.

use chrono::TimeDelta;
use domain::event::{EventKind, StreamName};
use domain::people::{Constituency, RegistrationMode};

use super::HOME;
use super::world::{PASSWORD, World, change, problem, registration, typed};
use crate::account::ResetPassword;
use crate::{Error, Problem, Viewer};

const OTHER: &str = "velvet harbour comet 82";

#[tokio::test]
async fn unknown_wrong_and_resting_answer_the_same_with_the_same_statements() {
    let world = World::new(RegistrationMode::Open).await;
    world.register("amna", Constituency::Expert).await;
    let attempt = async |login: &str, password: &str| {
        let before = world.forum.store().statements();
        let from = world.elsewhere();
        let answer = world
            .forum
            .sign_in(&typed(login, password), from)
            .await
            .unwrap_err();
        (
            format!("{answer:?}"),
            world.forum.store().statements() - before,
        )
    };
    let wrong = attempt("amna", "wrong").await;
    assert_eq!(attempt("nobody", PASSWORD).await, wrong);
    assert_eq!(attempt("not a login", PASSWORD).await, wrong);
    assert_eq!(attempt("amna", &"x".repeat(5_000)).await, wrong);
    for _ in 0..4 {
        attempt("amna", "wrong").await;
    }
    assert_eq!(attempt("amna", PASSWORD).await, wrong, "the account rests");
    world.clock.pass(TimeDelta::minutes(15));
    world.sign_in("amna", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_account_rests_longer_with_every_failure_and_no_longer_after_success() {
    let world = World::new(RegistrationMode::Open).await;
    world.register("amna", Constituency::Expert).await;
    for _ in 0..5 {
        world.sign_in("amna", "wrong").await.unwrap_err();
    }
    world.clock.pass(TimeDelta::seconds(29));
    world.sign_in("amna", PASSWORD).await.unwrap_err();
    world.clock.pass(TimeDelta::seconds(1));
    world.sign_in("amna", "wrong").await.unwrap_err();
    world.clock.pass(TimeDelta::seconds(30));
    world.sign_in("amna", PASSWORD).await.unwrap_err();
    world.clock.pass(TimeDelta::seconds(30));
    world.sign_in("amna", PASSWORD).await.unwrap();
    world.sign_in("amna", "wrong").await.unwrap_err();
    world.sign_in("amna", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_address_has_three_attempts_and_one_more_every_twenty_seconds() {
    let world = World::new(RegistrationMode::Open).await;
    let attempt = async || {
        world
            .forum
            .sign_in(&typed("nobody", "x"), HOME)
            .await
            .unwrap_err()
    };
    for _ in 0..3 {
        assert_eq!(problem(attempt().await), Problem::SignInFailed);
    }
    assert!(matches!(attempt().await, Error::Busy { seconds: 20 }));
    world.clock.pass(TimeDelta::seconds(20));
    assert_eq!(problem(attempt().await), Problem::SignInFailed);
    assert!(matches!(attempt().await, Error::Busy { .. }));
}

#[tokio::test]
async fn a_session_is_listed_and_ends_when_it_is_revoked() {
    let world = World::new(RegistrationMode::Open).await;
    world.register("amna", Constituency::Expert).await;
    let here = world.sign_in("amna", PASSWORD).await.unwrap();
    let mut input = typed("amna", PASSWORD);
    input.label = Some("Old telephone".to_owned());
    let there = world
        .forum
        .sign_in(&input, world.elsewhere())
        .await
        .unwrap();
    let listed = world.forum.sessions(&here.viewer).await.unwrap();
    assert_eq!(listed.len(), 3, "with the one of the registration");
    let old = listed
        .iter()
        .find(|one| one.label.as_deref() == Some("Old telephone"))
        .unwrap();

    world
        .forum
        .revoke_session(&here.viewer, old.id)
        .await
        .unwrap();
    assert!(world.viewer(&there.token).await.is_none());
    assert!(world.viewer(&here.token).await.is_some());
    assert_eq!(
        world
            .forum
            .revoke_other_sessions(&here.viewer)
            .await
            .unwrap(),
        1
    );
    world.forum.sign_out(&here.viewer).await.unwrap();
    assert!(world.viewer(&here.token).await.is_none());
    let events = world
        .forum
        .store()
        .read()
        .events_after(StreamName::Access, 0, 100)
        .await
        .unwrap();
    let account = here.viewer.account.map(uuid::Uuid::from);
    assert!(
        events
            .iter()
            .all(|event| event.kind == EventKind::AccessChanged)
    );
    assert_eq!(
        events
            .iter()
            .filter(|event| event.object == account)
            .count(),
        4
    );
}

#[tokio::test]
async fn nobody_ends_the_session_of_another() {
    let world = World::new(RegistrationMode::Open).await;
    let amna = world
        .register("amna", Constituency::Expert)
        .await
        .session
        .unwrap();
    let zara = world
        .register("zara", Constituency::Expert)
        .await
        .session
        .unwrap();
    let session = amna.viewer.session.unwrap();
    let refused = world
        .forum
        .revoke_session(&zara.viewer, session)
        .await
        .unwrap_err();
    assert_eq!(problem(refused), Problem::NotFound);
    assert!(world.viewer(&amna.token).await.is_some());
    let visitor = Viewer::visitor();
    assert!(world.forum.sessions(&visitor).await.is_err());
}

#[tokio::test]
async fn a_session_ends_unused_and_at_its_end() {
    let world = World::new(RegistrationMode::Open).await;
    let signed = world
        .register("amna", Constituency::Expert)
        .await
        .session
        .unwrap();
    world.forum.forget_every_account();
    world.clock.pass(TimeDelta::days(29));
    assert!(world.viewer(&signed.token).await.is_some());
    world.forum.forget_every_account();
    world.clock.pass(TimeDelta::days(151));
    assert!(world.viewer(&signed.token).await.is_none());

    let kept = world.sign_in("amna", PASSWORD).await.unwrap();
    world.clock.pass(TimeDelta::days(180));
    assert!(
        world.viewer(&kept.token).await.is_none(),
        "also if it is kept at hand"
    );
    assert_eq!(world.forum.forget_over().await.unwrap(), 2);
}

#[tokio::test]
async fn a_known_token_takes_no_statement_and_a_new_one_two() {
    let world = World::new(RegistrationMode::Open).await;
    let signed = world
        .register("amna", Constituency::Expert)
        .await
        .session
        .unwrap();
    let statements = async || {
        let before = world.forum.store().statements();
        assert!(world.viewer(&signed.token).await.is_some());
        world.forum.store().statements() - before
    };
    assert_eq!(statements().await, 0);
    world.forum.forget_account(signed.viewer.account.unwrap());
    assert_eq!(statements().await, 2);
    assert_eq!(statements().await, 0);
    let before = world.forum.store().statements();
    for bad in ["", "x", &"A".repeat(42), &"A".repeat(44)] {
        assert!(world.viewer(bad).await.is_none());
    }
    assert_eq!(world.forum.store().statements(), before);
    assert!(world.viewer(&"A".repeat(43)).await.is_none());
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let world = World::new(RegistrationMode::Open).await;
    let other = world
        .register("amna", Constituency::Expert)
        .await
        .session
        .unwrap();
    let here = world.sign_in("amna", PASSWORD).await.unwrap();
    let wrong = world
        .forum
        .change_password(&here.viewer, &change("wrong", OTHER))
        .await;
    assert_eq!(problem(wrong.unwrap_err()), Problem::SignInFailed);
    let weak = world
        .forum
        .change_password(&here.viewer, &change(PASSWORD, "amna12345678"))
        .await;
    assert_eq!(
        problem(weak.unwrap_err()),
        Problem::WeakPassword { min: 10 }
    );
    world
        .forum
        .change_password(&here.viewer, &change(PASSWORD, OTHER))
        .await
        .unwrap();
    assert!(world.viewer(&here.token).await.is_some());
    assert!(world.viewer(&other.token).await.is_none());
    world.sign_in("amna", PASSWORD).await.unwrap_err();
    world.sign_in("amna", OTHER).await.unwrap();
}

fn reset(login: &str, code: &str) -> ResetPassword {
    ResetPassword {
        login: login.to_owned(),
        code: code.to_owned(),
        password: OTHER.to_owned(),
    }
}

#[tokio::test]
async fn a_recovery_code_sets_a_password_once_and_ends_every_session() {
    let world = World::new(RegistrationMode::Open).await;
    let amna = world.register("amna", Constituency::Expert).await;
    world.register("zara", Constituency::Expert).await;
    let code = &amna.recovery_codes[3];
    for input in [
        reset("zara", code),
        reset("nobody", code),
        reset("amna", "0000"),
    ] {
        let refused = world
            .forum
            .reset_password(&input, world.elsewhere())
            .await
            .unwrap_err();
        assert_eq!(problem(refused), Problem::BadCode);
    }
    let token = amna.session.unwrap().token;
    assert!(world.viewer(&token).await.is_some());
    let spoken = code.to_lowercase().replace('-', " ");
    world
        .forum
        .reset_password(&reset("amna", &spoken), world.elsewhere())
        .await
        .unwrap();
    assert!(world.viewer(&token).await.is_none());
    let signed = world.sign_in("amna", OTHER).await.unwrap();
    let shown = world
        .forum
        .own_account(&signed.viewer)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(shown.recovery_codes_left, Some(9));
    let used = world
        .forum
        .reset_password(&reset("amna", code), world.elsewhere())
        .await;
    assert_eq!(problem(used.unwrap_err()), Problem::BadCode);
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_the_old_ones() {
    let world = World::new(RegistrationMode::Open).await;
    let amna = world.register("amna", Constituency::Expert).await;
    let viewer = amna.session.unwrap().viewer;
    let refused = world
        .forum
        .regenerate_recovery_codes(&viewer, "wrong")
        .await
        .unwrap_err();
    assert_eq!(problem(refused), Problem::SignInFailed);
    let new = world
        .forum
        .regenerate_recovery_codes(&viewer, PASSWORD)
        .await
        .unwrap();
    let old = reset("amna", &amna.recovery_codes[0]);
    let refused = world
        .forum
        .reset_password(&old, world.elsewhere())
        .await
        .unwrap_err();
    assert_eq!(problem(refused), Problem::BadCode);
    world
        .forum
        .reset_password(&reset("amna", &new[0]), world.elsewhere())
        .await
        .unwrap();
}

fn code_in(text: &str) -> &str {
    let mut lines = text.lines();
    lines.find_map(|line| line.strip_prefix("    ")).unwrap()
}

#[tokio::test]
async fn a_mailed_code_is_good_for_an_hour_and_the_answer_tells_nothing() {
    let world = World::new(RegistrationMode::Open).await;
    let mut input = registration("amna");
    input.email = Some("amna@example.org".to_owned());
    let made = world.forum.register_account(&input, HOME).await.unwrap();
    let viewer = world.viewer(&made.session.unwrap().token).await.unwrap();
    let mail = world.mail().await;
    let confirmed = world
        .forum
        .confirm_email(&viewer, "amna@example.org", code_in(&mail.text));
    confirmed.await.unwrap();
    for asked in ["nobody", "nobody@example.org", "\0"] {
        world
            .forum
            .request_password_reset(asked, world.elsewhere())
            .unwrap();
    }
    for (asked, late) in [("amna", true), ("amna@EXAMPLE.org", false)] {
        world
            .forum
            .request_password_reset(asked, world.elsewhere())
            .unwrap();
        let mail = world.mail().await;
        assert_eq!(mail.to, "amna@example.org");
        let code = code_in(&mail.text);
        world
            .clock
            .pass(TimeDelta::minutes(if late { 60 } else { 59 }));
        let done = world
            .forum
            .reset_password(&reset("amna", code), world.elsewhere())
            .await;
        assert_eq!(done.is_err(), late);
    }
    world.sign_in("amna", OTHER).await.unwrap();
}

#[tokio::test]
async fn whoever_runs_the_server_sets_a_password_directly() {
    let world = World::new(RegistrationMode::Open).await;
    world.register("amna", Constituency::Expert).await;
    world
        .forum
        .reset_password_directly("amna", OTHER)
        .await
        .unwrap();
    world.sign_in("amna", OTHER).await.unwrap();
    let unknown = world
        .forum
        .reset_password_directly("nobody", OTHER)
        .await
        .unwrap_err();
    assert_eq!(problem(unknown), Problem::NotFound);
}

#[tokio::test]
async fn no_secret_shows_when_something_is_printed() {
    let world = World::new(RegistrationMode::Open).await;
    let amna = world.register("amna", Constituency::Expert).await;
    let printed = format!("{amna:?} {:?}", amna.session);
    let session = amna.session.as_ref().unwrap();
    assert!(!printed.contains(&session.token));
    assert!(
        amna.recovery_codes
            .iter()
            .all(|code| !printed.contains(code))
    );
    let shown = world
        .forum
        .own_account(&session.viewer)
        .await
        .unwrap()
        .unwrap();
    assert!(!format!("{shown:?}").contains("amna"));
}

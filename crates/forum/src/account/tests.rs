//! People, on a database of their own and with a clock that stands still
//! until it is moved.

mod belonging;
mod bodies;
mod signing_in;
mod world;

use domain::people::{Constituency, Duty, RegistrationMode, Standing};
use domain::policy::{Denial, DutyConflict};
use domain::text::TextError;
use storage::thread::Switch;

use self::world::{PASSWORD, World, problem, problems, registration};
use super::{CreateInvitation, SetDuty, Vouch};
use crate::{Error, Forum, Once, Problem, Viewer};

const HOME: [u8; 32] = [1; 32];

/// Whoever spawns a use case needs its future to be `Send`; this does not
/// compile where one is not.
#[expect(dead_code, reason = "that it compiles is the test")]
fn use_cases_can_be_spawned(forum: &'static Forum, viewer: &'static Viewer) {
    fn sends<T: Send>(_: T) {}
    sends(async move {
        let registered = forum
            .register_account(&registration("someone"), HOME)
            .await?;
        forum
            .approve_account(viewer, registered.account, &Once::default())
            .await?;
        forum
            .change_password(viewer, &world::change("a", "b"))
            .await?;
        forum
            .sign_in(&world::typed("someone", PASSWORD), HOME)
            .await?;
        forum.viewer_of_token("token").await
    });
}

#[tokio::test]
async fn whoever_registers_in_an_open_forum_is_signed_in() {
    let world = World::new(RegistrationMode::Open).await;
    let registered = world.register("amna", Constituency::CivilSociety).await;
    assert_eq!(registered.standing, Standing::Active);
    assert_eq!(registered.recovery_codes.len(), 10);
    let viewer = world
        .viewer(&registered.session.unwrap().token)
        .await
        .unwrap();
    assert_eq!(viewer.account, Some(registered.account));
    assert!(viewer.vouched);
    let author = viewer.author.as_ref().unwrap();
    assert_eq!(author.display_name.as_deref(), Some("amna who speaks"));
    assert_eq!(author.constituency, Some(Constituency::CivilSociety));
    assert_eq!(viewer.speaks_as, Some(author.persona));
}

#[tokio::test]
async fn an_account_waits_until_it_is_approved() {
    let world = World::new(RegistrationMode::Approval).await;
    let admin = world.administrator().await;
    let registered = world.register("amna", Constituency::CivilSociety).await;
    assert_eq!(registered.standing, Standing::Pending);
    assert!(registered.session.is_none());
    assert_eq!(
        world.sign_in("amna", PASSWORD).await.unwrap_err(),
        Problem::SignInFailed
    );
    let waiting = world.forum.waiting_accounts(&admin).await.unwrap();
    assert_eq!(
        waiting.iter().map(|one| one.id).collect::<Vec<_>>(),
        [registered.account]
    );

    let id = registered.account;
    world
        .forum
        .approve_account(&admin, id, &Once::default())
        .await
        .unwrap();
    world.sign_in("amna", PASSWORD).await.unwrap();
    let again = world
        .forum
        .approve_account(&admin, id, &Once::default())
        .await
        .unwrap_err();
    assert_eq!(
        problem(again),
        Problem::Invalid("the account does not wait for approval")
    );
}

#[tokio::test]
async fn nothing_is_kept_of_an_account_that_was_turned_away() {
    let world = World::new(RegistrationMode::Approval).await;
    let admin = world.administrator().await;
    let id = world.register("amna", Constituency::Youth).await.account;
    world
        .forum
        .reject_account(&admin, id, &Once::default())
        .await
        .unwrap();
    assert!(world.forum.account(&admin, id).await.unwrap().is_none());
    world.register("amna", Constituency::Youth).await;
}

#[tokio::test]
async fn a_forum_by_invitation_or_closed_takes_nobody_else() {
    for mode in [RegistrationMode::Invitation, RegistrationMode::Closed] {
        let world = World::new(mode).await;
        let refused = world
            .forum
            .register_account(&registration("amna"), HOME)
            .await
            .unwrap_err();
        assert_eq!(problem(refused), Problem::RegistrationClosed);
    }
}

#[tokio::test]
async fn an_invitation_vouches_once_and_for_its_constituency() {
    let world = World::new(RegistrationMode::Invitation).await;
    let admin = world.administrator().await;
    let invitation = CreateInvitation {
        constituency: Some(Constituency::Youth),
        organization: None,
        office: None,
        days: 7,
    };
    let code = world
        .forum
        .create_invitation(&admin, invitation)
        .await
        .unwrap()
        .code;
    let mut input = registration("bilal");
    input.invitation_code = Some(code.to_lowercase());
    let other = world
        .forum
        .register_account(&input, HOME)
        .await
        .unwrap_err();
    let wrong = Problem::Invalid("the invitation is for another constituency");
    assert_eq!(problem(other), wrong);

    input.constituency = Constituency::Youth;
    let session = world
        .forum
        .register_account(&input, HOME)
        .await
        .unwrap()
        .session
        .unwrap();
    assert!(session.viewer.vouched);
    input.login = "bushra".to_owned();
    let used = world
        .forum
        .register_account(&input, HOME)
        .await
        .unwrap_err();
    assert_eq!(problem(used), Problem::BadCode);
}

#[tokio::test]
async fn an_invitation_ends() {
    let world = World::new(RegistrationMode::Invitation).await;
    let admin = world.administrator().await;
    let invitation = CreateInvitation {
        constituency: None,
        organization: None,
        office: None,
        days: 1,
    };
    let code = world
        .forum
        .create_invitation(&admin, invitation)
        .await
        .unwrap()
        .code;
    world.clock.pass(chrono::TimeDelta::days(1));
    let mut input = registration("bilal");
    input.invitation_code = Some(code);
    let over = world
        .forum
        .register_account(&input, HOME)
        .await
        .unwrap_err();
    assert_eq!(problem(over), Problem::BadCode);
}

#[tokio::test]
async fn everything_wrong_with_a_registration_is_said_at_once() {
    let world = World::new(RegistrationMode::Open).await;
    let mut input = registration("1st");
    input.display_name = "\u{202e}evil".to_owned();
    input.email = Some("nowhere".to_owned());
    input.password = "short".to_owned();
    let found = problems(
        world
            .forum
            .register_account(&input, HOME)
            .await
            .unwrap_err(),
    );
    assert_eq!(
        found,
        [
            ("login", Problem::Text(TextError::Form)),
            ("displayName", Problem::Text(TextError::Direction)),
            ("email", Problem::Text(TextError::Form)),
            ("password", Problem::WeakPassword { min: 10 }),
        ]
    );
}

#[tokio::test]
async fn a_password_that_others_would_guess_is_refused() {
    let world = World::new(RegistrationMode::Open).await;
    for weak in ["password123", "amna-qureshi-1", "aaaaaaaaaaaaaaaa"] {
        let mut input = registration("amna-qureshi");
        input.password = weak.to_owned();
        let refused = world
            .forum
            .register_account(&input, HOME)
            .await
            .unwrap_err();
        assert_eq!(
            problem(refused),
            Problem::WeakPassword { min: 10 },
            "{weak}"
        );
    }
    let mut input = registration("amna-qureshi");
    input.password = "x".repeat(129);
    let refused = world
        .forum
        .register_account(&input, HOME)
        .await
        .unwrap_err();
    assert_eq!(
        problem(refused),
        Problem::Text(TextError::TooLong { max: 128 })
    );
}

#[tokio::test]
async fn a_login_is_taken_whatever_its_capitals() {
    let world = World::new(RegistrationMode::Open).await;
    world.register("amna", Constituency::Expert).await;
    let taken = world
        .forum
        .register_account(&registration("AMNA"), HOME)
        .await
        .unwrap_err();
    assert_eq!(problems(taken), [("login", Problem::Taken)]);
}

#[tokio::test]
async fn a_young_person_counts_once_somebody_vouched() {
    let world = World::new(RegistrationMode::Open).await;
    let admin = world.administrator().await;
    let registered = world.register("zara", Constituency::Youth).await;
    let token = registered.session.unwrap().token;
    let before = world.viewer(&token).await.unwrap();
    assert!(!before.vouched);
    assert_eq!(before.author.as_ref().unwrap().constituency, None);

    let vouch = Vouch {
        account: registered.account,
        constituency: Constituency::Youth,
    };
    world
        .forum
        .vouch(&admin, vouch, &Once::default())
        .await
        .unwrap();
    let after = world.viewer(&token).await.unwrap();
    assert!(after.vouched);
    assert_eq!(
        after.author.as_ref().unwrap().constituency,
        Some(Constituency::Youth)
    );
    assert_ne!(after.speaks_as, before.speaks_as);
    assert!(after.personas.contains(&before.speaks_as.unwrap()));
}

#[tokio::test]
async fn nobody_vouches_for_himself_or_for_what_was_not_named() {
    let world = World::new(RegistrationMode::Open).await;
    let admin = world.administrator().await;
    let own = Vouch {
        account: admin.account.unwrap(),
        constituency: Constituency::CivilSociety,
    };
    let refused = world
        .forum
        .vouch(&admin, own, &Once::default())
        .await
        .unwrap_err();
    assert_eq!(problem(refused), Problem::Denied(Denial::OwnAct));
    let account = world.register("zara", Constituency::Expert).await.account;
    let other = Vouch {
        account,
        constituency: Constituency::Youth,
    };
    let refused = world
        .forum
        .vouch(&admin, other, &Once::default())
        .await
        .unwrap_err();
    assert_eq!(
        problem(refused),
        Problem::Invalid("the account named another constituency")
    );
}

#[tokio::test]
async fn duties_that_do_not_go_together_are_refused() {
    let world = World::new(RegistrationMode::Open).await;
    let admin = world.administrator().await;
    let give = async |account, duty| {
        let input = SetDuty {
            account,
            duty,
            on: Switch::On,
        };
        world.forum.set_duty(&admin, input, &Once::default()).await
    };
    let member = world.register("amna", Constituency::CivilSociety).await;
    give(member.account, Duty::Custodian).await.unwrap();
    give(member.account, Duty::Moderator).await.unwrap();
    let both = give(member.account, Duty::Administrator).await.unwrap_err();
    let conflict = DutyConflict::CustodianAndAdministrator;
    assert_eq!(problems(both), [("duty", Problem::Duties(conflict))]);
    let official = world.register("officer", Constituency::Official).await;
    for duty in Duty::ALL {
        let refused = give(official.account, *duty).await.unwrap_err();
        assert_eq!(problem(refused), Problem::Duties(DutyConflict::Official));
    }
    let viewer = world.viewer(&member.session.unwrap().token).await.unwrap();
    assert_eq!(viewer.duties, [Duty::Moderator, Duty::Custodian]);
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let world = World::new(RegistrationMode::Open).await;
    let admin = world.administrator().await;
    let input = SetDuty {
        account: admin.account.unwrap(),
        duty: Duty::Administrator,
        on: Switch::Off,
    };
    let refused = world
        .forum
        .set_duty(&admin, input, &Once::default())
        .await
        .unwrap_err();
    assert_eq!(
        problem(refused),
        Problem::Invalid("the last administrator stays one")
    );
    assert!(
        world
            .viewer_of(input.account)
            .await
            .has(Duty::Administrator)
    );
}

#[tokio::test]
async fn who_is_no_administrator_administers_nothing() {
    let world = World::new(RegistrationMode::Open).await;
    let registered = world.register("amna", Constituency::CivilSociety).await;
    let viewer = registered.session.unwrap().viewer;
    let input = SetDuty {
        account: registered.account,
        duty: Duty::Moderator,
        on: Switch::On,
    };
    let refused = world
        .forum
        .set_duty(&viewer, input, &Once::default())
        .await
        .unwrap_err();
    assert_eq!(problem(refused), Problem::Denied(Denial::DutyRequired));
    let visitor = Viewer::visitor();
    let refused = world
        .forum
        .set_duty(&visitor, input, &Once::default())
        .await
        .unwrap_err();
    assert_eq!(problem(refused), Problem::Denied(Denial::SignInRequired));
    let other = world.register("zara", Constituency::Expert).await.account;
    assert!(world.forum.account(&viewer, other).await.unwrap().is_none());
}

#[tokio::test]
async fn a_setup_link_makes_one_administrator() {
    let world = World::new(RegistrationMode::Closed).await;
    let first = world.forum.create_setup_link().await.unwrap().unwrap();
    let token = world.forum.create_setup_link().await.unwrap().unwrap();
    let stale = world
        .forum
        .set_up(&first, &registration("amna"), HOME)
        .await
        .unwrap_err();
    assert_eq!(problems(stale), [("token", Problem::BadCode)]);
    let made = world
        .forum
        .set_up(&token, &registration("amna"), HOME)
        .await
        .unwrap();
    assert!(made.session.unwrap().viewer.has(Duty::Administrator));
    assert!(world.forum.create_setup_link().await.unwrap().is_none());
    let used = world
        .forum
        .set_up(&token, &registration("zara"), HOME)
        .await
        .unwrap_err();
    assert_eq!(problems(used), [("token", Problem::BadCode)]);
}

#[tokio::test]
async fn a_setup_link_ends_after_a_day() {
    let world = World::new(RegistrationMode::Closed).await;
    let token = world.forum.create_setup_link().await.unwrap().unwrap();
    world.clock.pass(chrono::TimeDelta::hours(24));
    let over = world
        .forum
        .set_up(&token, &registration("amna"), HOME)
        .await
        .unwrap_err();
    assert_eq!(problem(over), Problem::BadCode);
}

#[tokio::test]
async fn a_full_queue_says_to_come_back() {
    let world = World::new(RegistrationMode::Open).await;
    world.register("amna", Constituency::Expert).await;
    let places = world.forum.people.hasher.fill_up();
    let full = world
        .forum
        .sign_in(&world::typed("amna", PASSWORD), HOME)
        .await
        .unwrap_err();
    assert!(matches!(full, Error::Busy { .. }), "{full}");
    drop(places);
    world.sign_in("amna", PASSWORD).await.unwrap();
}

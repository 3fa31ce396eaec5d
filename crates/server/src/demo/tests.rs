use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::concern::State;
use domain::id::{DemandId, ThreadId};
use domain::legal::{DemandDecision, DemandKind, DemandStatus, Instrument};
use domain::moderation::{
    AppealOutcome, ReasonCode, SanctionDecision, SanctionKind, SanctionReach, Subject,
};
use domain::people::Language;
use domain::reference::Prefix;
use domain::thread::{Audience, ModerationStatus, ThreadKind};
use forum::account::SignIn;
use forum::legal::{DecideDemand, RegisterDemand};
use forum::moderation::{DecideAppeal, DecideSanction, MakeAppeal, ProposeSanction};
use forum::views::thread::{Slice, Thread, ThreadFilter, ThreadOrder, Wanted};
use forum::{Clock, Forum, Once, PasswordCost, Settings, Viewer};
use storage::Store;
use tempfile::TempDir;

use super::*;
use crate::reference;

const PASSWORD: &str = "lantern orchard mosaic 47";

/// Time that stands.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_774_000_000, 0).unwrap()
    }

    fn fill(&self, bytes: &mut [u8]) {
        crate::clock::SystemClock.fill(bytes);
    }
}

async fn fresh() -> (Forum, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}", folder.path().join("forum.db").display());
    let store = Store::open(&storage::Settings::new(address)).await.unwrap();
    store.migrate().await.unwrap();
    let mut settings = Settings::new(
        [9; 32],
        audit::Key::of_seed([9; 32]),
        Prefix::parse("MKL").unwrap(),
    );
    settings.password_cost = PasswordCost::CHEAPEST;
    settings.demonstration = true;
    let forum = Forum::open(Arc::new(store), Arc::new(Noon), Arc::new(NoMail), settings)
        .await
        .unwrap();
    forum.create_forum("Demonstration", true).await.unwrap();
    forum
        .load_reference(&reference::data().unwrap())
        .await
        .unwrap();
    (forum, folder)
}

async fn viewer(forum: &Forum, login: &str) -> Arc<Viewer> {
    let account = forum
        .store()
        .read()
        .account_by_login(login)
        .await
        .unwrap()
        .unwrap();
    forum.viewer_of_account(account.id).await.unwrap().unwrap()
}

/// What any of the announced accounts sees, each thread once.
async fn everything(forum: &Forum) -> Vec<Thread> {
    let mut seen: BTreeMap<ThreadId, Thread> = BTreeMap::new();
    for account in ACCOUNTS {
        let viewer = viewer(forum, account.login).await;
        for thread in threads(forum, &viewer).await {
            seen.insert(thread.facts.id, thread);
        }
    }
    seen.into_values().collect()
}

async fn threads(forum: &Forum, viewer: &Viewer) -> Vec<Thread> {
    let slice = Slice {
        after: None,
        before: None,
        descending: true,
        backward: false,
        limit: 100,
    };
    let filter = ThreadFilter::default();
    forum
        .threads(
            viewer,
            &filter,
            ThreadOrder::LastActivityAt,
            slice,
            Wanted::ALL,
        )
        .await
        .unwrap()
}

#[tokio::test]
async fn the_demonstration_shows_what_a_forum_can_be() {
    let (forum, _folder) = fresh().await;
    fill(&forum, PASSWORD).await.unwrap();
    assert_eq!(found(&forum).await.unwrap(), Found::Whole);
    let all = everything(&forum).await;
    assert_eq!(all.len(), 19);
    for audience in Audience::ALL {
        assert!(
            all.iter().any(|one| one.facts.audience == *audience),
            "{audience}"
        );
    }
    for kind in ThreadKind::ALL {
        assert!(all.iter().any(|one| one.facts.kind == *kind), "{kind}");
    }
    for language in Language::ALL {
        assert!(
            all.iter().any(|one| one.language == *language),
            "{language}"
        );
    }
    let mut states: Vec<State> = all
        .iter()
        .filter_map(|one| one.concern.map(|concern| concern.state))
        .collect();
    states.sort_unstable();
    let expected = [
        State::Submitted,
        State::Open,
        State::Assigned,
        State::Assigned,
        State::Acknowledged,
        State::ClarificationRequested,
        State::Answered,
        State::Closed,
        State::InReview,
    ];
    assert_eq!(states, expected);
    for thread in &all {
        let source = "— Conference report, Lahore, 12 November 2025, ";
        assert!(thread.body.contains(source), "{}", thread.title);
        assert!(thread.created_at < forum.time() && thread.last_activity_at < forum.time());
    }
    let now = forum.time();
    let overdue = |one: &&Thread| {
        let clock = forum.clock_of(one).unwrap();
        clock.is_some_and(|clock| clock.escalation(now) > 0)
    };
    let overdue: Vec<&str> = all
        .iter()
        .filter(overdue)
        .map(|one| one.title.as_str())
        .collect();
    assert!(
        overdue.contains(&openings::PREDATORY_SPACES.title),
        "{overdue:?}"
    );
}

#[tokio::test]
async fn the_announced_accounts_can_sign_in_and_need_not_wait_for_a_moderator() {
    let (forum, _folder) = fresh().await;
    fill(&forum, PASSWORD).await.unwrap();
    for (number, account) in (1..).zip(ACCOUNTS) {
        let typed = SignIn {
            login: account.login.to_owned(),
            password: PASSWORD.to_owned(),
            label: None,
        };
        assert!(
            forum.sign_in(&typed, [number; 32]).await.is_ok(),
            "{}",
            account.login
        );
        let viewer = viewer(&forum, account.login).await;
        assert!(viewer.trusted && viewer.vouched, "{}", account.login);
        assert_eq!(viewer.duties, account.duties, "{}", account.login);
    }
    let moderator = viewer(&forum, cast::MODERATOR).await;
    let all = threads(&forum, &moderator).await;
    let held = |one: &&Thread| one.facts.status == ModerationStatus::Held;
    let held: Vec<&str> = all
        .iter()
        .filter(held)
        .map(|one| one.title.as_str())
        .collect();
    assert_eq!(held, [openings::CORRUPTION.title]);
}

#[tokio::test]
async fn an_official_finds_work_and_an_answered_practice_of_his_own_agency() {
    let (forum, _folder) = fresh().await;
    fill(&forum, PASSWORD).await.unwrap();
    let official = viewer(&forum, cast::OFFICIAL).await;
    let police = forum.directory().agency_by_code("POL_PB").unwrap().id;
    let all = threads(&forum, &official).await;
    let state = |title: &str| {
        let thread = all.iter().find(|one| one.title == title).unwrap();
        assert_eq!(
            thread.facts.assigned_office,
            Some(official.offices[0]),
            "{title}"
        );
        (thread.concern.unwrap().state, thread.facts.about_agency)
    };
    let (new, about) = state(openings::YOUTH_AT_THE_TABLE.title);
    assert_eq!((new, about), (State::Assigned, None));
    let (practice, about) = state(openings::FALSE_IMPLICATION.title);
    assert_eq!((practice, about), (State::Closed, Some(police)));
    let pressure = all.iter().any(|one| one.title == openings::PRESSURE.title);
    assert!(
        !pressure,
        "whoever is complained about does not see the concern"
    );
}

/// The concern of somebody that everyone reads.
async fn read_by_everyone(forum: &Forum, author: &Viewer) -> Subject {
    let all = threads(forum, author).await;
    let title = openings::PREDATORY_SPACES.title;
    let found = all.iter().find(|one| one.title == title).unwrap();
    Subject::Thread(found.facts.id)
}

#[tokio::test]
async fn two_sanction_and_a_third_decides_on_the_appeal() {
    let (forum, _folder) = fresh().await;
    fill(&forum, PASSWORD).await.unwrap();
    let once = Once::default();
    let civil = viewer(&forum, cast::CIVIL).await;
    let first = viewer(&forum, cast::MODERATOR).await;
    let second = viewer(&forum, cast::MODERATOR_2).await;
    let third = viewer(&forum, cast::MODERATOR_3).await;
    let proposal = ProposeSanction {
        subject: read_by_everyone(&forum, &civil).await,
        kind: SanctionKind::Silence,
        reach: Some(SanctionReach::Thread),
        until: Some(forum.time() + TimeDelta::days(2)),
        code: ReasonCode::Abuse,
        reason: "Mind your words.".to_owned(),
        version: None,
    };
    let proposed = forum.propose_sanction(&first, &proposal, &once).await;
    let approval = DecideSanction {
        sanction: proposed.unwrap().id(|id| id.0).into(),
        decision: SanctionDecision::Approve,
        reason: "I looked.".to_owned(),
    };
    forum
        .decide_sanction(&second, &approval, &once)
        .await
        .unwrap();
    let own = forum.own_sanctions(&civil).await.unwrap();
    let appeal = MakeAppeal {
        entry: own[0].sanction.entry.unwrap(),
        body: "I was polite.".to_owned(),
    };
    let appealed = forum.make_appeal(&civil, &appeal, &once).await;
    let outcome = DecideAppeal {
        appeal: appealed.unwrap().id(|id| id.0).into(),
        outcome: AppealOutcome::Overturned,
        reason: "He was.".to_owned(),
    };
    for panelist in [&first, &second] {
        let own_act = forum.decide_appeal(panelist, &outcome, &once).await;
        assert!(own_act.is_err());
    }
    forum.decide_appeal(&third, &outcome, &once).await.unwrap();
}

#[tokio::test]
async fn an_administrator_registers_a_demand_by_law_and_two_approve_it() {
    let (forum, _folder) = fresh().await;
    fill(&forum, PASSWORD).await.unwrap();
    let once = Once::default();
    let admin = viewer(&forum, cast::ADMIN).await;
    let demand = RegisterDemand {
        kind: DemandKind::TakeDown,
        instrument: Instrument::CourtOrder,
        authority: "A district court".to_owned(),
        reference: None,
        scope: "The thread alone.".to_owned(),
        subject: Some(read_by_everyone(&forum, &admin).await),
        subject_reference: None,
        received_on: forum.time().date_naive(),
        notice_barred: false,
        barred_until: None,
    };
    let registered = forum.register_demand(&admin, &demand, &once).await;
    let demand: DemandId = registered.unwrap().id(|id| id.0).into();
    let approval = DecideDemand {
        demand,
        decision: DemandDecision::Approve,
        reason: "I read it.".to_owned(),
    };
    for login in [cast::MODERATOR, cast::MODERATOR_2] {
        let moderator = viewer(&forum, login).await;
        let approved = forum.decide_demand(&moderator, &approval, &once).await;
        assert!(approved.is_ok(), "{login}");
    }
    let seen = forum.demand(&admin, demand).await.unwrap().unwrap();
    assert_eq!(seen.demand.status, DemandStatus::Complied);
}

#[tokio::test]
async fn a_password_that_is_easy_to_guess_is_refused_in_words() {
    let (forum, _folder) = fresh().await;
    let error = fill(&forum, "demo-civil").await.unwrap_err();
    assert!(error.to_string().contains("hard to guess"), "{error}");
    assert_eq!(found(&forum).await.unwrap(), Found::Nothing);
}

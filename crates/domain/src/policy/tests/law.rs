//! What holds for whoever acts and however a thread stands.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::RngSeed;
use uuid::Uuid;

use super::super::audience::is_named;
use super::super::{
    Action, Bound, Denial, Moderated, Moderating, PostFacts, Proposer, Refusal, Revised,
    ThreadFacts, Watcher,
};
use super::super::{
    curbed, decide, desk_scope, facts_scope, held_by_flags, is_public, post_scope, reader,
    reads_only, scope, share_readers, watches_as_reader,
};
use crate::id::{AccountId, AgencyId, CircleId, OfficeId, PersonaId, PostId, ThreadId};
use crate::moderation::{Curb, SanctionScope, Sanctions};
use crate::people::{Actor, Constituency, Duty};
use crate::thread::{AboutKind, Audience, ModerationStatus, ThreadKind};

/// Ids are of a pool so small that whatever can meet does.
pub(super) fn id<T: From<Uuid> + std::fmt::Debug>() -> impl Strategy<Value = T> {
    (1_u128..=3).prop_map(|n| T::from(Uuid::from_u128(n)))
}

fn ids<T: From<Uuid> + std::fmt::Debug + Clone + 'static>() -> impl Strategy<Value = Vec<T>> {
    subsequence(vec![1_u128, 2, 3], 0..=3).prop_map(|all| {
        all.into_iter()
            .map(|n| T::from(Uuid::from_u128(n)))
            .collect()
    })
}

fn maybe<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(strategy)
}

fn category() -> impl Strategy<Value = String> {
    select(vec!["DRG".to_owned(), "TIP".to_owned()])
}

pub(super) fn curb() -> impl Strategy<Value = Curb> {
    let scope = prop_oneof![
        Just(SanctionScope::Everything),
        (8_u128..=9).prop_map(|n| SanctionScope::Thread(ThreadId(Uuid::from_u128(n)))),
        category().prop_map(|code| SanctionScope::Category(vec![code])),
    ];
    (any::<bool>(), scope).prop_map(|(suspends, scope)| Curb { suspends, scope })
}

fn sanctions() -> impl Strategy<Value = Sanctions> {
    let some = proptest::collection::vec(curb(), 1..3);
    let standing = prop_oneof![3 => Just(Vec::new()), 1 => some];
    standing.prop_map(|standing| Sanctions {
        standing,
        lost: Vec::new(),
    })
}

prop_compose! {
    pub(super) fn actor()(
        account in maybe(id::<AccountId>()),
        personas in ids::<PersonaId>(),
        constituency in maybe(select(Constituency::ALL)),
        vouched: bool,
        duties in subsequence(Duty::ALL, 0..=4),
        sanctions in sanctions(),
        agency in maybe(id::<AgencyId>()),
        agency_answers: bool,
        agency_oversees: bool,
        offices in ids::<OfficeId>(),
        circles in ids::<CircleId>(),
    ) -> Actor {
        let speaks_as = personas.first().copied();
        curbed(Actor {
            account, personas, speaks_as, constituency, vouched, duties, sanctions,
            organization: None, agency, agency_answers, agency_oversees, offices, circles,
            through: None,
        })
    }
}

prop_compose! {
    pub(super) fn thread()(
        kind in select(ThreadKind::ALL),
        audience in select(Audience::ALL),
        circle in maybe(id::<CircleId>()),
        category in maybe(category()),
        status in select(ModerationStatus::ALL),
        locked: bool,
        raiser in id::<PersonaId>(),
        participants in ids::<PersonaId>(),
        recused in ids::<PersonaId>(),
        frozen in ids::<AgencyId>(),
        reported_to in ids::<AgencyId>(),
        about in (maybe(id::<AgencyId>()), maybe(id::<OfficeId>()), maybe(select(AboutKind::ALL))),
        assigned in (maybe(id::<AgencyId>()), maybe(id::<OfficeId>())),
        oversight_agency in maybe(id::<AgencyId>()),
        claimed_by in maybe(id::<PersonaId>()),
        wants_moderator: bool,
    ) -> ThreadFacts {
        ThreadFacts {
            id: ThreadId(Uuid::from_u128(9)),
            kind, audience, circle, category, status, locked, ended: false, slow: false, raiser, participants, recused, frozen,
            reported_to,
            about_agency: about.0, about_office: about.1, about_kind: about.2,
            assigned_agency: assigned.0, assigned_office: assigned.1,
            oversight_agency, claimed_by, wants_moderator,
        }
    }
}

prop_compose! {
    pub(super) fn post()(author in id::<PersonaId>(), status in select(ModerationStatus::ALL)) -> PostFacts {
        PostFacts { id: PostId(Uuid::from_u128(9)), author, status }
    }
}

const fn bound(agency: AgencyId) -> Bound {
    Bound {
        agency,
        office: OfficeId(Uuid::from_u128(1)),
    }
}

/// Everything that is done in or to a thread.
pub(super) fn deeds<'a>(
    thread: &'a ThreadFacts,
    post: &'a PostFacts,
    agency: AgencyId,
) -> Vec<Action<'a>> {
    vec![
        Action::ViewThread(thread),
        Action::Watch(thread),
        Action::ViewPost(thread, post),
        Action::ViewCaseFacts(thread),
        Action::ViewAccessLedger(thread),
        Action::ViewParticipants(thread),
        Action::EditThread(thread),
        Action::AddPost(thread),
        Action::EditPost(thread, post),
        Action::ViewRevisions(thread, None, revised(thread.raiser, None)),
        Action::ViewRevisions(thread, Some(post), revised(post.author, Some(agency))),
        Action::Endorse(thread),
        Action::Follow(thread),
        Action::Invite(thread),
        Action::Claim(thread),
        Action::Release(thread),
        Action::Return(thread),
        Action::Resubmit(thread),
        Action::Assign(thread, agency),
        Action::Refer(thread, agency),
        Action::Answer(thread),
        Action::Review(thread, thread.raiser),
        Action::ViewDrafts(thread),
        Action::Approve(thread, thread.raiser),
        Action::Take(thread),
        Action::ReportRetaliation(thread),
        Action::Commit(thread),
        Action::CarryOut(thread, bound(agency)),
        Action::DecideCommitment(thread, agency),
        Action::WriteLetter(thread, agency),
        Action::RecordLetter(thread),
        Action::Flag(thread, None),
        Action::Flag(thread, Some(post)),
        Action::Moderate(thread, theirs(thread)),
        Action::DecideReviewable(thread, theirs(thread), false),
        Action::Relocate(thread, thread),
        Action::PutBack(thread, thread),
        Action::Sanction(thread, theirs(thread)),
        Action::DecideSanction(thread, theirs(thread), PROPOSER),
        Action::LiftSanction(thread, theirs(thread), None),
        Action::Judge(thread),
        Action::Withdraw(thread),
    ]
}

/// What this author wrote, for an office of that agency or for none.
const fn revised(author: PersonaId, agency: Option<AgencyId>) -> Revised {
    Revised {
        author,
        organization: None,
        agency,
        moved: false,
    }
}

pub(super) const fn theirs(thread: &ThreadFacts) -> Moderated {
    Moderated {
        author: thread.raiser,
        organization: None,
    }
}

pub(super) const PROPOSER: Proposer = Proposer {
    account: None,
    constituency: Some(Constituency::Youth),
    fit: true,
};

/// The same, silenced everywhere.
pub(super) fn silenced(actor: &Actor) -> Actor {
    let mut more = actor.clone();
    more.sanctions.standing.push(Curb {
        suspends: false,
        scope: SanctionScope::Everything,
    });
    more
}

fn without(actor: &Actor, duty: Duty) -> Actor {
    let mut less = actor.clone();
    less.duties.retain(|one| *one != duty);
    less
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_public_is_what_a_visitor_sees(thread in thread()) {
        let seen = decide(&Actor::visitor(), &Action::ViewThread(&thread)).is_ok();
        prop_assert_eq!(is_public(thread.audience, thread.status), seen);
    }

    #[test]
    fn to_view_is_to_be_in_the_scope(actor in actor(), thread in thread(), post in post()) {
        let seen = scope(&actor).holds(&thread, None);
        prop_assert_eq!(decide(&actor, &Action::ViewThread(&thread)).is_ok(), seen);
        prop_assert!(seen || !desk_scope(&actor).holds(&thread, None));
        let read = seen && post_scope(&actor).holds(&thread, Some(&post));
        prop_assert_eq!(decide(&actor, &Action::ViewPost(&thread, &post)).is_ok(), read);
        let opened = seen && facts_scope(&actor).holds(&thread, None);
        prop_assert_eq!(decide(&actor, &Action::ViewCaseFacts(&thread)).is_ok(), opened);
    }

    #[test]
    fn whoever_watches_many_threads_watches_those_that_he_may(actor in actor(), thread in thread()) {
        let may = decide(&actor, &Action::Watch(&thread)).is_ok();
        prop_assert_eq!(Watcher::new(actor).watches(&thread), may);
    }

    #[test]
    fn what_any_reader_watches_is_watched_by_whoever_reads_as_he_does(
        actor in actor(),
        thread in thread(),
    ) {
        if let Some(reader) = reader(&actor)
            && Watcher::new(reader).watches(&thread)
        {
            let watches = Watcher::new(actor.clone()).watches(&thread);
            prop_assert_eq!(watches, watches_as_reader(&actor, &thread));
        }
    }

    #[test]
    fn whoever_moderates_a_list_moderates_in_it_what_he_may(
        actor in actor(), thread in thread(), author in id(), organization in maybe(id()),
        own in any::<bool>(),
    ) {
        let subject = Moderated { author, organization };
        let may = decide(&actor, &Action::Moderate(&thread, subject)).is_ok();
        prop_assert_eq!(Moderating::new(&actor).may(&thread, subject), may);
        for deciding in [
            Action::DecideReviewable(&thread, subject, own),
            Action::DecideAppeal(&thread, subject, own),
        ] {
            let may = decide(&actor, &deciding).is_ok();
            prop_assert_eq!(Moderating::new(&actor).may_decide(&thread, subject, own), may);
        }
    }

    #[test]
    fn what_is_not_seen_is_absent_for_every_act(
        actor in actor(), thread in thread(), post in post(), agency in id::<AgencyId>(),
    ) {
        let seen = scope(&actor).holds(&thread, None);
        let read = seen && post_scope(&actor).holds(&thread, Some(&post));
        for deed in deeds(&thread, &post, agency) {
            let of_a_post = matches!(
                deed,
                Action::ViewPost(..)
                    | Action::EditPost(..)
                    | Action::ViewRevisions(_, Some(_), _)
                    | Action::Flag(_, Some(_))
            );
            let there = if of_a_post { read } else { seen };
            let hidden = decide(&actor, &deed) == Err(Refusal::Hidden);
            prop_assert_eq!(hidden, !there, "{:?}", deed);
        }
    }

    #[test]
    fn nothing_is_moved_to_where_others_read_it_or_fewer(
        from in thread(), to in thread(), reader in actor(),
    ) {
        // Retaliation is reported for concerns, and nothing else is frozen.
        let thread = |thread: ThreadFacts| ThreadFacts {
            audience: from.audience,
            frozen: match thread.kind {
                ThreadKind::Concern => thread.frozen,
                _ => Vec::new(),
            },
            ..thread
        };
        let (from, to) = (thread(from.clone()), thread(to));
        let reader = without(&reader, Duty::Moderator);
        // Whoever raised a thread reads it, also where he is no member any more.
        let raised = [&from, &to].iter().any(|one| reader.is(one.raiser));
        let open = from.status.is_open() && to.status.is_open();
        let alike = open && (reader.is_member() || !raised);
        if alike && share_readers(&from, &to).is_ok() {
            let scope = scope(&reader);
            prop_assert_eq!(scope.holds(&from, None), scope.holds(&to, None));
        }
    }

    #[test]
    fn a_visitor_sees_what_is_public_and_open_and_nothing_else(
        thread in thread(), post in post(),
    ) {
        let visitor = Actor::visitor();
        let open = thread.audience == Audience::Public && thread.status.is_open();
        prop_assert_eq!(decide(&visitor, &Action::ViewThread(&thread)).is_ok(), open);
        let read = open && post.status.is_open();
        prop_assert_eq!(decide(&visitor, &Action::ViewPost(&thread, &post)).is_ok(), read);
    }

    #[test]
    fn without_an_account_nothing_is_done(
        actor in actor(), thread in thread(), post in post(), agency in id::<AgencyId>(),
    ) {
        let actor = Actor { account: None, ..actor };
        for deed in deeds(&thread, &post, agency) {
            let reads = matches!(
                deed,
                Action::ViewThread(_)
                    | Action::Watch(_)
                    | Action::ViewPost(..)
                    | Action::ViewRevisions(..)
                    | Action::ViewCaseFacts(_)
                    | Action::ViewAccessLedger(_)
                    | Action::ViewParticipants(_)
            );
            prop_assert!(reads || decide(&actor, &deed).is_err(), "{:?}", deed);
        }
    }

    #[test]
    fn no_flags_alone_hold_anything_about_an_agency(thread in thread(), post in post()) {
        let about = thread.about_agency.is_some()
            || thread.about_office.is_some()
            || thread.about_kind.is_some();
        let held = held_by_flags(&thread, None) || held_by_flags(&thread, Some(&post));
        prop_assert!(!about || !held);
    }

    #[test]
    fn to_lose_a_duty_is_never_to_gain_sight(
        actor in actor(), thread in thread(), post in post(), duty in select(Duty::ALL),
    ) {
        let less = without(&actor, duty);
        for view in [
            Action::ViewThread(&thread),
            Action::ViewPost(&thread, &post),
            Action::ViewRevisions(&thread, Some(&post), revised(post.author, None)),
            Action::ViewCaseFacts(&thread),
            Action::ViewAccessLedger(&thread),
            Action::ViewParticipants(&thread),
        ] {
            prop_assert!(
                decide(&less, &view).is_err() || decide(&actor, &view).is_ok(),
                "{:?} without {}", view, duty
            );
        }
    }

    #[test]
    fn only_a_moderator_sees_by_a_duty(actor in actor()) {
        let mut plain = actor.clone();
        plain.duties.retain(|duty| *duty == Duty::Moderator);
        prop_assert_eq!(scope(&plain), scope(&actor));
        prop_assert_eq!(post_scope(&plain), post_scope(&actor));
        prop_assert_eq!(facts_scope(&plain), facts_scope(&actor));
    }

    #[test]
    fn whoever_is_complained_about_opens_no_facts_unless_he_wrote_them(
        actor in actor(), thread in thread(),
    ) {
        let office = thread.about_office.is_some_and(|one| actor.offices.contains(&one));
        let complained = office || actor.agency.is_some() && actor.agency == thread.about_agency;
        let raised = actor.personas.contains(&thread.raiser);
        if complained && !raised {
            prop_assert!(decide(&actor, &Action::ViewCaseFacts(&thread)).is_err());
        }
    }

    #[test]
    fn nobody_moderates_or_endorses_his_own(
        actor in actor(), thread in thread(), agency in id::<AgencyId>(),
    ) {
        let thread = ThreadFacts {
            raiser: actor.personas.first().copied().unwrap_or(thread.raiser),
            ..thread
        };
        let raised = actor.personas.contains(&thread.raiser);
        for deed in [
            Action::Claim(&thread),
            Action::Release(&thread),
            Action::Return(&thread),
            Action::Assign(&thread, agency),
            Action::RecordLetter(&thread),
            Action::Endorse(&thread),
        ] {
            prop_assert!(!raised || decide(&actor, &deed).is_err(), "{:?}", deed);
        }
    }

    #[test]
    fn nobody_decides_whether_his_own_agency_kept_its_word(
        actor in actor(), thread in thread(), agency in id::<AgencyId>(),
    ) {
        let own = actor.agency == Some(agency) || actor.personas.contains(&thread.raiser);
        let decided = decide(&actor, &Action::DecideCommitment(&thread, agency)).is_ok();
        prop_assert!(!(own && decided));
        let carries = decide(&actor, &Action::CarryOut(&thread, bound(agency))).is_ok();
        prop_assert!(!carries || actor.agency == Some(agency));
        prop_assert!(!(carries && decided));
        let commits = decide(&actor, &Action::Commit(&thread)).is_ok();
        let answers = decide(&actor, &Action::Answer(&thread)).is_ok();
        prop_assert_eq!(commits, answers && actor.agency_answers);
    }

    #[test]
    fn only_officials_of_an_agency_read_its_templates_and_whoever_writes_them_reads_them(
        actor in actor(), agency in id::<AgencyId>(),
    ) {
        let reads = decide(&actor, &Action::ViewTemplates(agency)).is_ok();
        let writes = decide(&actor, &Action::WriteTemplates(agency)).is_ok();
        let official = actor.vouched && actor.constituency == Some(Constituency::Official);
        prop_assert!(!reads || official && actor.agency == Some(agency));
        prop_assert!(!writes || reads);
        let silenced = silenced(&actor);
        prop_assert!(decide(&silenced, &Action::WriteTemplates(agency)).is_err());
    }

    #[test]
    fn other_peoples_places_in_a_thread_change_nothing(
        actor in actor(), thread in thread(), post in post(), agency in id::<AgencyId>(),
    ) {
        // Storage fills in the actor's own places only.
        let mut own = thread.clone();
        own.participants.retain(|one| actor.personas.contains(one));
        for (all, some) in deeds(&thread, &post, agency).iter().zip(deeds(&own, &post, agency)) {
            prop_assert_eq!(decide(&actor, all), decide(&actor, &some));
        }
    }

    #[test]
    fn a_locked_thread_takes_no_words(actor in actor(), thread in thread(), post in post()) {
        let thread = ThreadFacts { locked: true, ..thread };
        for deed in [
            Action::EditThread(&thread),
            Action::AddPost(&thread),
            Action::EditPost(&thread, &post),
        ] {
            prop_assert!(decide(&actor, &deed).is_err(), "{:?}", deed);
        }
    }

    #[test]
    fn only_a_concern_is_assigned_answered_and_judged(
        actor in actor(), thread in thread(), agency in id::<AgencyId>(),
    ) {
        let seen = scope(&actor).holds(&thread, None);
        for deed in [
            Action::Assign(&thread, agency),
            Action::Refer(&thread, agency),
            Action::Answer(&thread),
            Action::WriteLetter(&thread, agency),
            Action::RecordLetter(&thread),
            Action::Judge(&thread),
            Action::Withdraw(&thread),
        ] {
            let refused = decide(&actor, &deed) == Err(Refusal::Denied(Denial::NotAConcern));
            prop_assert_eq!(refused, seen && thread.kind != ThreadKind::Concern, "{:?}", deed);
        }
    }

    #[test]
    fn whoever_is_not_named_sees_what_his_audience_sees(
        actor in actor(), thread in thread(), post in post()
    ) {
        if let Some(reader) = reader(&actor) {
            let own = is_named(&actor, &thread);
            let sees = |who: &Actor| decide(who, &Action::ViewThread(&thread)).is_ok();
            prop_assert!(sees(&actor) || !sees(&reader));
            prop_assert!(own || sees(&actor) == sees(&reader));
            prop_assert_eq!(reads_only(&actor, &thread), !own && sees(&reader));
            let own = own || actor.personas.contains(&post.author);
            let sees = |who: &Actor| decide(who, &Action::ViewPost(&thread, &post)).is_ok();
            prop_assert!(sees(&actor) || !sees(&reader));
            prop_assert!(own || sees(&actor) == sees(&reader));
            prop_assert!(decide(&reader, &Action::ViewCaseFacts(&thread)).is_err());
        }
    }
}

//! What is done to a thread besides writing: who stands behind it, whether it
//! appears, and who is let into it.

use async_graphql::{Context, ID, InputObject, Object};
use domain::thread as word;
use forum::Once;
use forum::thread as act;
use forum::views::thread::Switch;

use crate::schema::caller::{Caller, caller, once};
use crate::schema::enums::{ParticipantRole, ThreadNotifications};
use crate::schema::global_id::{Kind, expect};
use crate::schema::mutation::thread_now;
use crate::schema::payload::{Payload, inputs, payload};
use crate::schema::thread::Thread;

inputs! {
    /// A thread that concerns you too.
    EndorseThreadInput,
    /// A thread to endorse no longer.
    UnendorseThreadInput,
    /// A thread to follow.
    FollowThreadInput,
    /// A thread to follow no longer.
    UnfollowThreadInput,
    /// A confidential thread to take over as the moderator on it.
    ClaimThreadInput,
    /// A returned concern or discussion of your own to send again.
    ResubmitThreadInput => {
        /// The thread.
        pub thread_id: ID,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

/// A held thread to let appear.
#[derive(InputObject, Debug)]
pub struct ReleaseThreadInput {
    /// The thread.
    pub thread_id: ID,
    /// What you want to say to its author, if anything: 1 to 2,000 characters.
    pub text: Option<String>,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// A held thread to give back.
#[derive(InputObject, Debug)]
pub struct ReturnThreadInput {
    /// The thread.
    pub thread_id: ID,
    /// Why, for its author: at most 2,000 characters.
    pub reason: String,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// What you want to be told of a thread.
#[derive(InputObject, Debug)]
pub struct SetThreadNotificationsInput {
    /// The thread.
    pub thread_id: ID,
    /// What of it.
    pub notifications: ThreadNotifications,
    /// A key of your own: with the same key, it is set once.
    pub client_mutation_id: Option<String>,
}

inputs! {
    /// Somebody to bring into a confidential or circle thread.
    InviteToThreadInput,
    /// Somebody to send away from a confidential or circle thread.
    UninviteFromThreadInput => {
        /// The thread.
        pub thread_id: ID,
        /// The author, as content shows him.
        pub author_id: ID,
        /// As what: INVITED where nothing is said.
        pub role: Option<ParticipantRole>,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

payload! {
    /// What came of endorsing a thread.
    EndorseThreadPayload,
    /// What came of taking an endorsement back.
    UnendorseThreadPayload,
    /// What came of following a thread.
    FollowThreadPayload,
    /// What came of following a thread no longer.
    UnfollowThreadPayload,
    /// What came of saying what you want to be told of a thread.
    SetThreadNotificationsPayload,
    /// What came of letting a held thread appear.
    ReleaseThreadPayload,
    /// What came of giving a held thread back.
    ReturnThreadPayload,
    /// What came of taking a confidential thread over.
    ClaimThreadPayload,
    /// What came of sending a returned concern or discussion again.
    ResubmitThreadPayload,
    /// What came of bringing somebody into a thread.
    InviteToThreadPayload,
    /// What came of sending somebody away from a thread.
    UninviteFromThreadPayload => {
        /// The thread as it is now.
        thread: Thread
    }
}

/// What is done to a thread besides writing.
#[derive(Debug, Default)]
pub struct StandingMutations;

#[Object(serial)]
impl StandingMutations {
    /// Says "this concerns me too". Done twice, it changes nothing.
    async fn endorse_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: EndorseThreadInput,
    ) -> async_graphql::Result<EndorseThreadPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        endorse(caller(ctx), &input.thread_id, Switch::On, once).await
    }

    /// Takes an endorsement back.
    async fn unendorse_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: UnendorseThreadInput,
    ) -> async_graphql::Result<UnendorseThreadPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        endorse(caller(ctx), &input.thread_id, Switch::Off, once).await
    }

    /// Follows a thread: what happens in it comes to `viewerEvents`.
    async fn follow_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: FollowThreadInput,
    ) -> async_graphql::Result<FollowThreadPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        follow(caller(ctx), &input.thread_id, Switch::On, once).await
    }

    /// Follows a thread no longer.
    async fn unfollow_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: UnfollowThreadInput,
    ) -> async_graphql::Result<UnfollowThreadPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        follow(caller(ctx), &input.thread_id, Switch::Off, once).await
    }

    /// Says what you want to be told of a thread that you raised, follow or take
    /// part in, live and by mail. What waits for your office is told in any case.
    async fn set_thread_notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and what of it.")] input: SetThreadNotificationsInput,
    ) -> async_graphql::Result<SetThreadNotificationsPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let id = expect(Kind::Thread, &input.thread_id);
        let level = input.notifications.into();
        let written = caller
            .forum
            .set_thread_notices(&caller.viewer, id, level, &once)
            .await;
        thread_now(caller, once.key, written).await
    }

    /// Lets a held thread appear. A concern is put before the office that is
    /// responsible, if one answers.
    async fn release_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and what you want to say.")] input: ReleaseThreadInput,
    ) -> async_graphql::Result<ReleaseThreadPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Thread, &input.thread_id);
        let text = input.text.as_deref();
        let written = caller
            .forum
            .release_thread(&caller.viewer, id, text, &once)
            .await;
        thread_now(caller, key, written).await
    }

    /// Takes a confidential thread over as the moderator on it, in place of
    /// the one before: while it is held, or where you were invited to it. The
    /// access ledger shows it.
    async fn claim_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: ClaimThreadInput,
    ) -> async_graphql::Result<ClaimThreadPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Thread, &input.thread_id);
        let written = caller.forum.claim_thread(&caller.viewer, id, &once).await;
        thread_now(caller, key, written).await
    }

    /// Gives a held thread back to its author, with a reason.
    async fn return_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and why.")] input: ReturnThreadInput,
    ) -> async_graphql::Result<ReturnThreadPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::ReturnThread {
            thread: expect(Kind::Thread, &input.thread_id),
            reason: input.reason,
        };
        let written = caller
            .forum
            .return_thread(&caller.viewer, &act, &once)
            .await;
        thread_now(caller, key, written).await
    }

    /// Sends a returned concern or discussion again, after mending it with `editThread`.
    async fn resubmit_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: ResubmitThreadInput,
    ) -> async_graphql::Result<ResubmitThreadPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Thread, &input.thread_id);
        let written = caller
            .forum
            .resubmit_thread(&caller.viewer, id, &once)
            .await;
        thread_now(caller, key, written).await
    }

    /// Brings somebody into a confidential or circle thread.
    async fn invite_to_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and whom.")] input: InviteToThreadInput,
    ) -> async_graphql::Result<InviteToThreadPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = invitation(&input.thread_id, &input.author_id, input.role);
        invite(caller(ctx), act, Switch::On, once).await
    }

    /// Sends somebody away from a confidential or circle thread.
    async fn uninvite_from_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread, and whom.")] input: UninviteFromThreadInput,
    ) -> async_graphql::Result<UninviteFromThreadPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = invitation(&input.thread_id, &input.author_id, input.role);
        invite(caller(ctx), act, Switch::Off, once).await
    }
}

async fn endorse<P>(
    caller: &Caller,
    thread: &ID,
    on: Switch,
    once: Once,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Thread>>,
{
    let id = expect(Kind::Thread, thread);
    let written = caller
        .forum
        .endorse_thread(&caller.viewer, id, on, &once)
        .await;
    thread_now(caller, once.key, written).await
}

async fn follow<P>(caller: &Caller, thread: &ID, on: Switch, once: Once) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Thread>>,
{
    let id = expect(Kind::Thread, thread);
    let written = caller
        .forum
        .follow_thread(&caller.viewer, id, on, &once)
        .await;
    thread_now(caller, once.key, written).await
}

async fn invite<P>(
    caller: &Caller,
    act: act::Invite,
    on: Switch,
    once: Once,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Thread>>,
{
    let written = caller.forum.invite(&caller.viewer, act, on, &once).await;
    thread_now(caller, once.key, written).await
}

fn invitation(thread: &ID, author: &ID, role: Option<ParticipantRole>) -> act::Invite {
    act::Invite {
        thread: expect(Kind::Thread, thread),
        persona: expect(Kind::Author, author),
        role: role.map_or(word::ParticipantRole::Invited, Into::into),
    }
}

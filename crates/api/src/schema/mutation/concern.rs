//! The moves of a concern's life besides its answer.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::id::ThreadId;
use door::directive::{cost, list_size, names};
use door::fault::Fault;
use forum::Once;
use forum::concern as act;

use crate::schema::caller::{Caller, caller, once, read, wrote};
use crate::schema::global_id::{Kind, expect};
use crate::schema::mutation::thread_now;
use crate::schema::payload::{Payload, inputs, payload, settle};
use crate::schema::thread::Thread;
use crate::schema::user_error::UserError;

/// A concern, and before whom to put it: an office, or an agency's desk for
/// the concern's region. Exactly one of the two.
#[derive(InputObject, Debug)]
pub struct AssignConcernInput {
    /// The concern.
    pub thread_id: ID,
    /// The office.
    pub office: Option<ID>,
    /// The agency: its id, or its code, such as POL_PB.
    pub agency: Option<ID>,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// A concern, and to whom to send it on: an office, or an agency's desk for the
/// concern's region. Exactly one of the two.
#[derive(InputObject, Debug)]
pub struct ReferConcernInput {
    /// The concern.
    pub thread_id: ID,
    /// The office.
    pub office: Option<ID>,
    /// The agency: its id, or its code, such as POL_PB.
    pub agency: Option<ID>,
    /// Why, for the raiser and for whoever has it next: 1 to 2,000 characters.
    pub reason: String,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

inputs! {
    /// A concern to take in hand for the office.
    TakeConcernInput,
    /// A concern to put back on the desk.
    PutBackConcernInput,
    /// A concern that an officer means to look at.
    ShortlistConcernInput,
    /// A concern that he means to look at no longer.
    UnshortlistConcernInput,
    /// A concern to step back from.
    RecuseFromConcernInput,
    /// A concern that the office has.
    AcknowledgeConcernInput,
    /// A concern that the office works on.
    StartConcernInput => {
        /// The concern.
        pub thread_id: ID,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

/// Concerns that the office has.
#[derive(InputObject, Debug)]
pub struct AcknowledgeConcernsInput {
    /// The concerns: at most 50 at once, or as many as the forum is set to.
    pub thread_ids: Vec<ID>,
    /// A key of your own: with the same key, each act is done once.
    pub client_mutation_id: Option<String>,
}

/// What came of one of several concerns.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct ConcernAcknowledgement {
    /// The id of the concern, as it was given.
    pub thread_id: ID,
    /// The concern as it is now; null if the viewer does not see it.
    pub thread: Option<Thread>,
    /// What is to be mended; empty if it was done.
    pub user_errors: Vec<UserError>,
}

/// A concern that the office cannot answer before the raiser says more.
#[derive(InputObject, Debug)]
pub struct RequestClarificationInput {
    /// The concern.
    pub thread_id: ID,
    /// What the raiser is asked: 1 to 2,000 characters.
    pub question: String,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// A concern of your own, and what you say to the question.
#[derive(InputObject, Debug)]
pub struct ClarifyConcernInput {
    /// The concern.
    pub thread_id: ID,
    /// The answer: 1 to 2,000 characters.
    pub answer: String,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// A concern of your own to take back.
#[derive(InputObject, Debug)]
pub struct WithdrawConcernInput {
    /// The concern.
    pub thread_id: ID,
    /// Why, if you want to say: at most 2,000 characters.
    pub reason: Option<String>,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of saying of several concerns that the office has them. Where
    /// none of it was done, `userErrors` says what is to be mended of each.
    AcknowledgeConcernsPayload {
        /// What came of each, in their order, each once.
        #[graphql(directive = list_size::apply(50, names(&[]), names(&[])))]
        results: Vec<ConcernAcknowledgement>
    }
}

payload! {
    /// What came of putting a concern before an office.
    AssignConcernPayload,
    /// What came of sending a concern on to another office.
    ReferConcernPayload,
    /// What came of taking a concern in hand.
    TakeConcernPayload,
    /// What came of putting a concern back on the desk.
    PutBackConcernPayload,
    /// What came of putting a concern on one's shortlist.
    ShortlistConcernPayload,
    /// What came of taking a concern off one's shortlist.
    UnshortlistConcernPayload,
    /// What came of stepping back from a concern.
    RecuseFromConcernPayload,
    /// What came of saying that the office has a concern.
    AcknowledgeConcernPayload,
    /// What came of saying that the office works on a concern.
    StartConcernPayload,
    /// What came of asking the raiser to say more.
    RequestClarificationPayload,
    /// What came of answering what was asked.
    ClarifyConcernPayload,
    /// What came of taking a concern back.
    WithdrawConcernPayload => {
        /// The concern as it is now; null if the viewer sees it no more.
        thread: Thread
    }
}

/// The moves of a concern's life besides its answer.
#[derive(Debug, Default)]
pub struct ConcernMutations;

#[Object(serial)]
impl ConcernMutations {
    /// Puts a concern before an office; for moderators. An agency complained
    /// about for what someone did is refused.
    async fn assign_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern, and before whom to put it.")] input: AssignConcernInput,
    ) -> async_graphql::Result<AssignConcernPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let to = to(caller, input.office.as_ref(), input.agency.as_ref())?;
        let id = expect(Kind::Thread, &input.thread_id);
        let written = caller
            .forum
            .assign_concern(&caller.viewer, id, to, &once)
            .await;
        thread_now(caller, key, written).await
    }

    /// Sends a concern on to another office that answers here, for the office
    /// that has it; a few times, then a moderator looks who is responsible.
    async fn refer_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern, to whom it goes, and why.")] input: ReferConcernInput,
    ) -> async_graphql::Result<ReferConcernPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let act = act::ReferConcern {
            thread: expect(Kind::Thread, &input.thread_id),
            to: to(caller, input.office.as_ref(), input.agency.as_ref())?,
            reason: input.reason,
        };
        let written = caller
            .forum
            .refer_concern(&caller.viewer, &act, &once)
            .await;
        thread_now(caller, key, written).await
    }

    /// Takes a concern in hand for the office that it is before, so that
    /// colleagues see who works on it. They may act on it all the same.
    async fn take_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: TakeConcernInput,
    ) -> async_graphql::Result<TakeConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        on_desk(caller(ctx), &input.thread_id, once, act::DeskAct::Take).await
    }

    /// Puts a concern back on the desk that the viewer or a colleague took.
    async fn put_back_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: PutBackConcernInput,
    ) -> async_graphql::Result<PutBackConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        on_desk(caller(ctx), &input.thread_id, once, act::DeskAct::PutBack).await
    }

    /// Puts a concern of the office on the viewer's own shortlist: what he means
    /// to look at. It takes nothing in hand, and nobody else sees it.
    async fn shortlist_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: ShortlistConcernInput,
    ) -> async_graphql::Result<ShortlistConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = act::DeskAct::Shortlist;
        on_desk(caller(ctx), &input.thread_id, once, act).await
    }

    /// Takes a concern off the viewer's shortlist.
    async fn unshortlist_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: UnshortlistConcernInput,
    ) -> async_graphql::Result<UnshortlistConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = act::DeskAct::Unshortlist;
        on_desk(caller(ctx), &input.thread_id, once, act).await
    }

    /// Steps back from a concern for good, for an officer who is partial: he
    /// neither takes it nor acts or speaks on it any more, and what is
    /// confidential is not there for him. Where no officer of the office is left,
    /// the moderators are told.
    async fn recuse_from_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: RecuseFromConcernInput,
    ) -> async_graphql::Result<RecuseFromConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        on_desk(caller(ctx), &input.thread_id, once, act::DeskAct::Recuse).await
    }

    /// Says for the office that it has the concern.
    async fn acknowledge_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: AcknowledgeConcernInput,
    ) -> async_graphql::Result<AcknowledgeConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = act::ConcernAct::Acknowledge;
        make(caller(ctx), &input.thread_id, once, &act).await
    }

    /// Says for the office of several concerns that it has them, each by
    /// itself: what is wrong with one holds up no other.
    #[graphql(directive = cost::apply(50))]
    async fn acknowledge_concerns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concerns.")] input: AcknowledgeConcernsInput,
    ) -> async_graphql::Result<AcknowledgeConcernsPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let ids: Vec<ThreadId> = input
            .thread_ids
            .iter()
            .map(|id| expect(Kind::Thread, id))
            .collect();
        let each = caller
            .forum
            .acknowledge_concerns(&caller.viewer, &ids, &once)
            .await;
        let each = settle!(caller, key, each);
        let given = |id: ThreadId| {
            let at = ids.iter().position(|one| *one == id).unwrap_or_default();
            input.thread_ids[at].clone()
        };
        let seen: Vec<ThreadId> = each.iter().map(|(id, _)| *id).collect();
        let seen = caller.forum.threads_by_id(&caller.viewer, &seen).await;
        let seen = Thread::listed(read(caller, seen)?.into_iter().flatten().collect());
        let mut results = Vec::with_capacity(each.len());
        let (mut done, mut errors) = (false, Vec::new());
        for (id, result) in each {
            let user_errors = wrote(caller, result)?.err().unwrap_or_default();
            done |= user_errors.is_empty();
            errors.extend(user_errors.iter().cloned());
            let thread = seen.iter().find(|one| one.view.facts.id == id).cloned();
            results.push(ConcernAcknowledgement {
                thread_id: given(id),
                thread,
                user_errors,
            });
        }
        let mut payload = AcknowledgeConcernsPayload::done(key, Some(results));
        if !done {
            payload.user_errors = errors;
        }
        Ok(payload)
    }

    /// Says for the office that it works on the concern.
    async fn start_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: StartConcernInput,
    ) -> async_graphql::Result<StartConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        let act = act::ConcernAct::Start;
        make(caller(ctx), &input.thread_id, once, &act).await
    }

    /// Asks the raiser, and stops the office's clock until he says more. Once
    /// a concern.
    async fn request_clarification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern, and the question.")] input: RequestClarificationInput,
    ) -> async_graphql::Result<RequestClarificationPayload> {
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let act = act::ConcernAct::RequestClarification(input.question);
        make(caller(ctx), &input.thread_id, once, &act).await
    }

    /// Answers what an office asked, for the raiser; also long after: a concern
    /// that went dormant is worked on again.
    async fn clarify_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern, and the answer.")] input: ClarifyConcernInput,
    ) -> async_graphql::Result<ClarifyConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let act = act::ConcernAct::Clarify(input.answer);
        make(caller(ctx), &input.thread_id, once, &act).await
    }

    /// Takes one's own concern back.
    async fn withdraw_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: WithdrawConcernInput,
    ) -> async_graphql::Result<WithdrawConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let act = act::ConcernAct::Withdraw(input.reason);
        make(caller(ctx), &input.thread_id, once, &act).await
    }
}

fn to(
    caller: &Caller,
    office: Option<&ID>,
    agency: Option<&ID>,
) -> async_graphql::Result<act::AssignTo> {
    match (office, agency) {
        (Some(office), None) => Ok(act::AssignTo::Office(expect(Kind::Office, office))),
        (None, Some(agency)) => Ok(act::AssignTo::Agency(caller.agency(agency))),
        _ => Err(Fault::BadUserInput.because("Give either office or agency.")),
    }
}

async fn make<P>(
    caller: &Caller,
    thread: &ID,
    once: Once,
    act: &act::ConcernAct,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Thread>>,
{
    let id = expect(Kind::Thread, thread);
    let written = caller
        .forum
        .move_concern(&caller.viewer, id, act, &once)
        .await;
    thread_now(caller, once.key, written).await
}

async fn on_desk<P>(
    caller: &Caller,
    thread: &ID,
    once: Once,
    act: act::DeskAct,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Thread>>,
{
    let id = expect(Kind::Thread, thread);
    let written = caller.forum.desk_act(&caller.viewer, id, act, &once).await;
    thread_now(caller, once.key, written).await
}

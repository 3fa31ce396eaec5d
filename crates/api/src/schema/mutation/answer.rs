//! The official's answer, and the raiser's judgement of it.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use forum::Once;
use forum::answer as act;

use crate::fault::Fault;
use crate::schema::caller::{Caller, caller, once, read};
use crate::schema::enums::{Language, VerdictKind};
use crate::schema::global_id::{Kind, expect};
use crate::schema::mutation::{changed, thread_now};
use crate::schema::payload::{Payload, inputs, payload, settle};
use crate::schema::response::Response;
use crate::schema::scalar::Day;
use crate::schema::thread::Thread;

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

inputs! {
    /// A concern that the office has.
    AcknowledgeConcernInput,
    /// A concern that the office works on.
    StartConcernInput,
    /// A concern that the office cannot answer before the raiser says more.
    RequestClarificationInput,
    /// A concern of your own, on which you said more.
    ClarifyConcernInput,
    /// A concern of your own to take back.
    WithdrawConcernInput => {
        /// The concern.
        pub thread_id: ID,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

/// What came of a concern: exactly one, with what must be said along with it.
#[derive(OneofObject, Debug)]
pub enum OutcomeInput {
    /// What was wrong is right: true.
    Resolved(bool),
    /// Some of it is: true.
    PartiallyResolved(bool),
    /// Something will be done.
    ActionPlanned(ActionPlannedInput),
    /// Nothing more will be done.
    NoFurtherAction(NoFurtherActionInput),
    /// Another body is responsible.
    NotResponsible(NotResponsibleInput),
    /// It repeats another concern.
    Duplicate(DuplicateInput),
    /// The law forbids to say.
    CannotDisclose(CannotDiscloseInput),
    /// A court has it.
    SubJudice(SubJudiceInput),
}

/// Something will be done by a day.
#[derive(InputObject, Debug)]
pub struct ActionPlannedInput {
    /// By which day; today or later.
    pub by: Day,
}

/// Nothing more will be done, for a reason.
#[derive(InputObject, Debug)]
pub struct NoFurtherActionInput {
    /// Why: at most 2,000 characters.
    pub reason: String,
}

/// Another body is responsible.
#[derive(InputObject, Debug)]
pub struct NotResponsibleInput {
    /// Which one: at most 2,000 characters.
    pub responsible: String,
}

/// It repeats another concern.
#[derive(InputObject, Debug)]
pub struct DuplicateInput {
    /// The other concern.
    pub of: ID,
}

/// The law forbids to say.
#[derive(InputObject, Debug)]
pub struct CannotDiscloseInput {
    /// Which law: at most 2,000 characters.
    pub legal_basis: String,
}

/// A court has it.
#[derive(InputObject, Debug)]
pub struct SubJudiceInput {
    /// When the office looks again; today or later.
    pub review_on: Day,
}

impl From<OutcomeInput> for act::OutcomeInput {
    fn from(input: OutcomeInput) -> Self {
        match input {
            OutcomeInput::Resolved(_) => Self::Resolved,
            OutcomeInput::PartiallyResolved(_) => Self::PartiallyResolved,
            OutcomeInput::ActionPlanned(one) => Self::ActionPlanned(one.by.0),
            OutcomeInput::NoFurtherAction(one) => Self::NoFurtherAction(one.reason),
            OutcomeInput::NotResponsible(one) => Self::NotResponsible(one.responsible),
            OutcomeInput::Duplicate(one) => Self::Duplicate(expect(Kind::Thread, &one.of)),
            OutcomeInput::CannotDisclose(one) => Self::CannotDisclose(one.legal_basis),
            OutcomeInput::SubJudice(one) => Self::SubJudice(one.review_on.0),
        }
    }
}

/// An office's answer.
#[derive(InputObject, Debug)]
pub struct RespondToConcernInput {
    /// The concern.
    pub thread_id: ID,
    /// The text, in markdown: 1 to 20,000 characters.
    pub body: String,
    /// What came of the concern.
    pub outcome: OutcomeInput,
    /// The language of the text; the reader's own where nothing is said.
    pub language: Option<Language>,
    /// A key of your own: with the same key, the answer is given once.
    pub client_mutation_id: Option<String>,
}

/// The raiser's judgement of the newest response.
#[derive(InputObject, Debug)]
pub struct GiveVerdictInput {
    /// The concern.
    pub thread_id: ID,
    /// The judgement. NOT_GRANTED disputes the answer.
    pub verdict: VerdictKind,
    /// In your words: at most 2,000 characters.
    pub comment: Option<String>,
    /// A key of your own: with the same key, the verdict is given once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of answering a concern.
    RespondToConcernPayload {
        /// The response.
        response: Response
    }
}

payload! {
    /// What came of putting a concern before an office.
    AssignConcernPayload,
    /// What came of saying that the office has a concern.
    AcknowledgeConcernPayload,
    /// What came of saying that the office works on a concern.
    StartConcernPayload,
    /// What came of asking the raiser to say more.
    RequestClarificationPayload,
    /// What came of saying that what was asked is answered.
    ClarifyConcernPayload,
    /// What came of taking a concern back.
    WithdrawConcernPayload,
    /// What came of judging an answer.
    GiveVerdictPayload => {
        /// The concern as it is now.
        thread: Thread
    }
}

/// The official's answer, and the raiser's judgement of it.
#[derive(Debug, Default)]
pub struct AnswerMutations;

#[Object]
impl AnswerMutations {
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
        let to = match (&input.office, &input.agency) {
            (Some(office), None) => act::AssignTo::Office(expect(Kind::Office, office)),
            (None, Some(agency)) => act::AssignTo::Agency(caller.agency(agency)),
            _ => return Err(Fault::BadUserInput.because("Give either office or agency.")),
        };
        let id = expect(Kind::Thread, &input.thread_id);
        let written = caller
            .forum
            .assign_concern(&caller.viewer, id, to, &once)
            .await;
        thread_now(caller, key, written).await
    }

    /// Says for the office that it has the concern.
    async fn acknowledge_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: AcknowledgeConcernInput,
    ) -> async_graphql::Result<AcknowledgeConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        make(
            caller(ctx),
            &input.thread_id,
            once,
            act::PlainMove::Acknowledge,
        )
        .await
    }

    /// Says for the office that it works on the concern.
    async fn start_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: StartConcernInput,
    ) -> async_graphql::Result<StartConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        make(caller(ctx), &input.thread_id, once, act::PlainMove::Start).await
    }

    /// Stops the clock until the raiser says more; what is asked is a post.
    /// Once a concern.
    async fn request_clarification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: RequestClarificationInput,
    ) -> async_graphql::Result<RequestClarificationPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        make(
            caller(ctx),
            &input.thread_id,
            once,
            act::PlainMove::RequestClarification,
        )
        .await
    }

    /// Says for the raiser that what was asked is answered; the answer is a
    /// post.
    async fn clarify_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: ClarifyConcernInput,
    ) -> async_graphql::Result<ClarifyConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        make(caller(ctx), &input.thread_id, once, act::PlainMove::Clarify).await
    }

    /// Takes one's own concern back.
    async fn withdraw_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: WithdrawConcernInput,
    ) -> async_graphql::Result<WithdrawConcernPayload> {
        let once = once(&input, input.client_mutation_id.as_ref());
        make(
            caller(ctx),
            &input.thread_id,
            once,
            act::PlainMove::Withdraw,
        )
        .await
    }

    /// Answers a concern for the office, with an outcome.
    async fn respond_to_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: RespondToConcernInput,
    ) -> async_graphql::Result<RespondToConcernPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::Respond {
            thread: expect(Kind::Thread, &input.thread_id),
            body: input.body,
            language: input.language.map(Into::into),
            outcome: input.outcome.into(),
        };
        let written = caller
            .forum
            .respond_to_concern(&caller.viewer, &act, &once)
            .await;
        let written = settle!(caller, key, written);
        let id = written.id(|id| (*id).into()).into();
        let response = read(caller, caller.forum.response(&caller.viewer, id).await)?;
        Ok(RespondToConcernPayload::done(key, response.map(Response)))
    }

    /// Says whether the answer helped; for the raiser.
    async fn give_verdict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The judgement.")] input: GiveVerdictInput,
    ) -> async_graphql::Result<GiveVerdictPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let thread = expect(Kind::Thread, &input.thread_id);
        let act = act::GiveVerdict {
            thread,
            verdict: input.verdict.into(),
            comment: input.comment,
        };
        let written = caller.forum.give_verdict(&caller.viewer, &act, &once).await;
        settle!(caller, key, written);
        let thread = changed(caller, &forum::Written::Now(thread)).await?;
        Ok(GiveVerdictPayload::done(key, thread))
    }
}

async fn make<P>(
    caller: &Caller,
    thread: &ID,
    once: Once,
    mv: act::PlainMove,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Thread>>,
{
    let id = expect(Kind::Thread, thread);
    let written = caller
        .forum
        .move_concern(&caller.viewer, id, mv, &once)
        .await;
    thread_now(caller, once.key, written).await
}

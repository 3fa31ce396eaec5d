//! The official's answer, and the raiser's judgement of it.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use door::fault::Fault;
use forum::answer as act;

use crate::schema::caller::{caller, once, read};
use crate::schema::draft::ResponseDraft;
use crate::schema::enums::{Language, VerdictKind};
use crate::schema::global_id::{Kind, expect};
use crate::schema::mutation::changed;
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::response::Response;
use crate::schema::scalar::Day;
use crate::schema::thread::Thread;

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

impl TryFrom<OutcomeInput> for act::OutcomeInput {
    type Error = async_graphql::Error;

    fn try_from(input: OutcomeInput) -> async_graphql::Result<Self> {
        Ok(match input {
            OutcomeInput::Resolved(false) | OutcomeInput::PartiallyResolved(false) => {
                let why = "Say true of the outcome that is meant, and leave out the others.";
                return Err(Fault::BadUserInput.because(why));
            }
            OutcomeInput::Resolved(true) => Self::Resolved,
            OutcomeInput::PartiallyResolved(true) => Self::PartiallyResolved,
            OutcomeInput::ActionPlanned(one) => Self::ActionPlanned(one.by.0),
            OutcomeInput::NoFurtherAction(one) => Self::NoFurtherAction(one.reason),
            OutcomeInput::NotResponsible(one) => Self::NotResponsible(one.responsible),
            OutcomeInput::Duplicate(one) => Self::Duplicate(expect(Kind::Thread, &one.of)),
            OutcomeInput::CannotDisclose(one) => Self::CannotDisclose(one.legal_basis),
            OutcomeInput::SubJudice(one) => Self::SubJudice(one.review_on.0),
        })
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
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the answer is given once.
    pub client_mutation_id: Option<String>,
}

/// A draft of an office's answer.
#[derive(InputObject, Debug)]
pub struct DraftResponseInput {
    /// The concern.
    pub thread_id: ID,
    /// The text, in markdown: 1 to 20,000 characters.
    pub body: String,
    /// What is to come of the concern.
    pub outcome: OutcomeInput,
    /// The language of the text; the reader's own where nothing is said.
    pub language: Option<Language>,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the draft is written once.
    pub client_mutation_id: Option<String>,
}

/// A draft to approve, which publishes it.
#[derive(InputObject, Debug)]
pub struct ApproveResponseInput {
    /// The draft: the newest of its concern.
    pub draft_id: ID,
    /// A key of your own: with the same key, it is approved once.
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
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the verdict is given once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of writing a draft.
    DraftResponsePayload {
        /// The draft.
        draft: ResponseDraft
    }
}

payload! {
    /// What came of answering a concern.
    RespondToConcernPayload,
    /// What came of approving a draft.
    ApproveResponsePayload => {
        /// The response.
        response: Response
    }
}

payload! {
    /// What came of judging an answer.
    GiveVerdictPayload {
        /// The concern as it is now.
        thread: Thread
    }
}

/// The official's answer, and the raiser's judgement of it.
#[derive(Debug, Default)]
pub struct AnswerMutations;

#[Object(serial)]
impl AnswerMutations {
    /// Writes a draft of an answer for the office, in the place of the one
    /// before. Inside the agency alone it is seen, until another officer
    /// approves it.
    async fn draft_response(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: DraftResponseInput,
    ) -> async_graphql::Result<DraftResponsePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let act = act::Respond {
            thread: expect(Kind::Thread, &input.thread_id),
            body: input.body,
            language: input.language.map(Into::into),
            outcome: input.outcome.try_into()?,
        };
        let written = caller
            .forum
            .draft_response(&caller.viewer, &act, &once)
            .await;
        let written = settle!(caller, key, written);
        let id = written.id(|id| (*id).into()).into();
        let draft = ResponseDraft::seen(caller, id).await?;
        Ok(DraftResponsePayload::done(key, draft))
    }

    /// Approves the newest draft of an answer, and publishes it: for another
    /// officer of the agency than whoever wrote it.
    async fn approve_response(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: ApproveResponseInput,
    ) -> async_graphql::Result<ApproveResponsePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::ResponseDraft, &input.draft_id);
        let written = caller
            .forum
            .approve_response(&caller.viewer, id, &once)
            .await;
        let written = settle!(caller, key, written);
        let id = written.id(|id| (*id).into()).into();
        let response = read(caller, caller.forum.response(&caller.viewer, id).await)?;
        Ok(ApproveResponsePayload::done(key, response.map(Response)))
    }

    /// Answers a concern for the office, with an outcome, where the agency has
    /// one officer answer alone; else see `draftResponse`.
    async fn respond_to_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: RespondToConcernInput,
    ) -> async_graphql::Result<RespondToConcernPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let act = act::Respond {
            thread: expect(Kind::Thread, &input.thread_id),
            body: input.body,
            language: input.language.map(Into::into),
            outcome: input.outcome.try_into()?,
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
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
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

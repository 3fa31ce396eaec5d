//! What offices say that they will do, and what becomes of it.

use async_graphql::{Context, ID, InputObject, Object};
use forum::Written;
use forum::commitment as act;

use crate::schema::caller::{Caller, caller, once};
use crate::schema::commitment::Commitment;
use crate::schema::enums::Language;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, inputs, payload, settle};
use crate::schema::scalar::Day;

/// A step on the way of a commitment.
#[derive(InputObject, Debug)]
pub struct MilestoneInput {
    /// What is to be reached: 1 to 300 characters.
    pub statement: String,
    /// By which day: no later than the commitment itself.
    pub due_on: Day,
}

/// What an office says that it will do.
#[derive(InputObject, Debug)]
pub struct MakeCommitmentInput {
    /// The concern.
    pub thread_id: ID,
    /// What is to be done, in markdown: 1 to 2,000 characters.
    pub statement: String,
    /// By which day; today or later.
    pub due_on: Day,
    /// The steps on the way.
    pub milestones: Option<Vec<MilestoneInput>>,
    /// The response it goes with: one to the same concern.
    pub response_id: Option<ID>,
    /// The language of the texts; the reader's own where nothing is said.
    pub language: Option<Language>,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the commitment is made once.
    pub client_mutation_id: Option<String>,
}

/// Where it can be seen what was done.
#[derive(InputObject, Debug)]
pub struct EvidenceInput {
    /// Its address, of http or https.
    pub url: String,
    /// What it shows: 1 to 300 characters.
    pub description: String,
}

/// How far an office is with a commitment.
#[derive(InputObject, Debug)]
pub struct ReportProgressInput {
    /// The commitment.
    pub commitment_id: ID,
    /// What was done: 1 to 2,000 characters.
    pub note: String,
    /// How far it is, from 0 to 100. At 100 the office says that it is done,
    /// and shows where that can be seen.
    pub percent: i32,
    /// The number of the milestone that is reached.
    pub milestone: Option<i64>,
    /// Where it can be seen.
    pub evidence: Option<Vec<EvidenceInput>>,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, it is reported once.
    pub client_mutation_id: Option<String>,
}

/// A commitment that was kept.
#[derive(InputObject, Debug)]
pub struct ConfirmCommitmentInput {
    /// The commitment.
    pub commitment_id: ID,
    /// A key of your own: with the same key, it is confirmed once.
    pub client_mutation_id: Option<String>,
}

inputs! {
    /// A commitment that is not done, although the office says so.
    ContestCommitmentInput,
    /// A commitment to take back.
    WithdrawCommitmentInput => {
        /// The commitment.
        pub commitment_id: ID,
        /// Why: 1 to 2,000 characters.
        pub reason: String,
        /// Whether others are to read the text although it says who or where somebody
        /// is (see `checkText`).
        #[graphql(default)]
        pub confirm: bool,
        /// A key of your own: with the same key, it is done once.
        pub client_mutation_id: Option<String>,
    }
}

/// A decision on a commitment of which the office says that it is done.
#[derive(InputObject, Debug)]
pub struct DecideCommitmentInput {
    /// The commitment.
    pub commitment_id: ID,
    /// Whether it was kept. One that was not is to be done as before.
    pub kept: bool,
    /// Why: 1 to 2,000 characters.
    pub reason: String,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, it is decided once.
    pub client_mutation_id: Option<String>,
}

/// A later day for a commitment.
#[derive(InputObject, Debug)]
pub struct PostponeCommitmentInput {
    /// The commitment.
    pub commitment_id: ID,
    /// The day: after the one that was named before, which stays visible.
    pub due_on: Day,
    /// Why: 1 to 2,000 characters.
    pub reason: String,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, it is postponed once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of committing an office.
    MakeCommitmentPayload,
    /// What came of reporting on a commitment.
    ReportProgressPayload,
    /// What came of confirming a commitment.
    ConfirmCommitmentPayload,
    /// What came of contesting a commitment.
    ContestCommitmentPayload,
    /// What came of deciding on a commitment.
    DecideCommitmentPayload,
    /// What came of postponing a commitment.
    PostponeCommitmentPayload,
    /// What came of taking a commitment back.
    WithdrawCommitmentPayload => {
        /// The commitment as it is now.
        commitment: Commitment
    }
}

/// What came of an act on a commitment.
async fn commitment_now<P>(
    caller: &Caller,
    key: Option<String>,
    written: Result<Written<domain::id::CommitmentId>, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Commitment>>,
{
    let written = settle!(caller, key, written);
    let id = written.id(|id| (*id).into()).into();
    Ok(P::done(key, Commitment::seen(caller, id).await?))
}

/// Does something to a commitment.
macro_rules! done {
    ($ctx:expr, $input:ident, $deed:expr) => {
        done!($ctx, $input, $deed, $input.confirm)
    };
    ($ctx:expr, $input:ident, $deed:expr, $confirm:expr) => {{
        let caller = caller($ctx);
        let once = once(&$input, $input.client_mutation_id.as_ref()).confirmed($confirm);
        let id = expect(Kind::Commitment, &$input.commitment_id);
        let deed = $deed;
        let forum = &caller.forum;
        let written = forum
            .do_to_commitment(&caller.viewer, id, &deed, &once)
            .await;
        commitment_now(caller, $input.client_mutation_id, written).await
    }};
}

/// What offices say that they will do, and what becomes of it.
#[derive(Debug, Default)]
pub struct CommitmentMutations;

#[Object(serial)]
impl CommitmentMutations {
    /// Commits the office to something by a day; for an officer of the office
    /// that the concern is before, once it said that it has it.
    async fn make_commitment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it will do.")] input: MakeCommitmentInput,
    ) -> async_graphql::Result<MakeCommitmentPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let milestones = input.milestones.unwrap_or_default().into_iter();
        let act = act::MakeCommitment {
            thread: expect(Kind::Thread, &input.thread_id),
            body: input.statement,
            language: input.language.map(Into::into),
            due_on: input.due_on.0,
            milestones: milestones
                .map(|one| (one.statement, one.due_on.0))
                .collect(),
            response: input.response_id.map(|id| expect(Kind::Response, &id)),
        };
        let written = caller
            .forum
            .make_commitment(&caller.viewer, &act, &once)
            .await;
        commitment_now(caller, key, written).await
    }

    /// Says how far the office is with what it committed itself to. That it is
    /// done becomes KEPT only by the concerned side, or by whoever keeps the
    /// process.
    async fn report_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far it is.")] input: ReportProgressInput,
    ) -> async_graphql::Result<ReportProgressPayload> {
        let evidence = input.evidence.iter().flatten();
        let evidence = evidence.map(|one| (one.url.clone(), one.description.clone()));
        let report = act::Report {
            note: input.note.clone(),
            percent: input.percent,
            milestone: input.milestone,
            evidence: evidence.collect(),
        };
        done!(ctx, input, act::CommitmentDeed::Report(report))
    }

    /// Says that the office kept its word; for the raiser.
    async fn confirm_commitment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commitment.")] input: ConfirmCommitmentInput,
    ) -> async_graphql::Result<ConfirmCommitmentPayload> {
        // Nothing is said with it.
        done!(ctx, input, act::CommitmentDeed::Confirm, false)
    }

    /// Says that it is not done, although the office says so; for the raiser.
    async fn contest_commitment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Why it is not.")] input: ContestCommitmentInput,
    ) -> async_graphql::Result<ContestCommitmentPayload> {
        let reason = input.reason.clone();
        done!(ctx, input, act::CommitmentDeed::Contest(reason))
    }

    /// Decides whether the office kept its word, where it says that it has: for
    /// an officer of the oversight body that owns the concern, else for a
    /// moderator or convenor who may see it.
    async fn decide_commitment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideCommitmentInput,
    ) -> async_graphql::Result<DecideCommitmentPayload> {
        let ruling = if input.kept {
            act::Ruling::Kept
        } else {
            act::Ruling::NotKept
        };
        let reason = input.reason.clone();
        done!(ctx, input, act::CommitmentDeed::Decide(ruling, reason))
    }

    /// Names a later day, while there is time; the old one stays visible.
    async fn postpone_commitment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The later day.")] input: PostponeCommitmentInput,
    ) -> async_graphql::Result<PostponeCommitmentPayload> {
        let (day, reason) = (input.due_on.0, input.reason.clone());
        done!(ctx, input, act::CommitmentDeed::Postpone(day, reason))
    }

    /// Takes a commitment back; it stays visible, with the reason.
    async fn withdraw_commitment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The commitment.")] input: WithdrawCommitmentInput,
    ) -> async_graphql::Result<WithdrawCommitmentPayload> {
        let reason = input.reason.clone();
        done!(ctx, input, act::CommitmentDeed::Withdraw(reason))
    }
}

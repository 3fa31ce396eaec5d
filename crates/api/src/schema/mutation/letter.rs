//! Recording letters on paper to agencies that do not answer here.

use async_graphql::{Context, ID, InputObject, Object};
use forum::letter as act;

use crate::schema::caller::{caller, once};
use crate::schema::enums::LetterKind;
use crate::schema::global_id::{Kind, expect};
use crate::schema::letter::Letter;
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::scalar::Day;

/// A letter that was sent on paper.
#[derive(InputObject, Debug)]
pub struct RecordDispatchInput {
    /// The concern.
    pub thread_id: ID,
    /// The agency, one that does not answer here: its id, or its code, such as
    /// POL_SD.
    pub agency: ID,
    /// What was sent.
    pub kind: LetterKind,
    /// On which day; today or before, and not before the concern was raised.
    pub sent_on: Day,
    /// A key of your own: with the same key, it is recorded once.
    pub client_mutation_id: Option<String>,
}

/// A reply that came on paper.
#[derive(InputObject, Debug)]
pub struct RecordPaperReplyInput {
    /// The letter that it answers.
    pub letter_id: ID,
    /// The day on which it came; today or before, and not before its letter.
    pub received_on: Day,
    /// What it says, in markdown: 1 to 20,000 characters. Leave out who raised
    /// the concern and what is sealed: whoever sees the concern reads it.
    pub body: String,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, it is recorded once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of recording that a letter was sent.
    RecordDispatchPayload,
    /// What came of recording a reply on paper.
    RecordPaperReplyPayload => {
        /// The letter as it is now.
        letter: Letter
    }
}

/// Recording letters on paper to agencies that do not answer here.
#[derive(Debug, Default)]
pub struct LetterMutations;

#[Object(serial)]
impl LetterMutations {
    /// Records that a letter went on paper to an agency that does not answer
    /// here; for moderators. No clock runs, and the concern stays where it is.
    async fn record_dispatch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The letter.")] input: RecordDispatchInput,
    ) -> async_graphql::Result<RecordDispatchPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::RecordDispatch {
            thread: expect(Kind::Thread, &input.thread_id),
            agency: caller.agency(&input.agency),
            kind: input.kind.into(),
            sent_on: input.sent_on.0,
        };
        let written = caller.forum.record_dispatch(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let id = written.id(|id| (*id).into()).into();
        Ok(RecordDispatchPayload::done(
            key,
            Letter::seen(caller, id).await?,
        ))
    }

    /// Records the reply that came on paper, one a letter; for moderators.
    async fn record_paper_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reply.")] input: RecordPaperReplyInput,
    ) -> async_graphql::Result<RecordPaperReplyPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let act = act::RecordPaperReply {
            letter: expect(Kind::Letter, &input.letter_id),
            received_on: input.received_on.0,
            body: input.body,
        };
        let written = caller.forum.record_paper_reply(&caller.viewer, &act, &once);
        let written = settle!(caller, key, written.await);
        let id = written.id(|id| (*id).into()).into();
        Ok(RecordPaperReplyPayload::done(
            key,
            Letter::seen(caller, id).await?,
        ))
    }
}

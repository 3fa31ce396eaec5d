//! What can be changed, one act a mutation.

pub mod account;
pub mod answer;
pub mod appeal;
pub mod client;
pub mod clock;
pub mod commitment;
pub mod concern;
pub mod consent;
pub mod directory;
pub mod document;
pub mod legal;
pub mod letter;
pub mod moderation;
pub mod post;
pub mod posting;
pub mod preview;
pub mod relocate;
pub mod retaliation;
pub mod sanction;
pub mod secret;
pub mod template;
pub mod thread;
pub mod webhook;

pub use account::AccountMutations;
pub use answer::AnswerMutations;
pub use appeal::AppealMutations;
pub use client::ClientMutations;
pub use clock::ClockMutations;
pub use commitment::CommitmentMutations;
pub use concern::ConcernMutations;
pub use consent::ConsentMutations;
pub use directory::DirectoryMutations;
pub use document::DocumentMutations;
pub use legal::LegalMutations;
pub use letter::LetterMutations;
pub use moderation::ModerationMutations;
pub use post::PostMutations;
pub use posting::PostingMutations;
pub use preview::{AudiencePreview, PreviewQueries};
pub use relocate::RelocationMutations;
pub use retaliation::RetaliationMutations;
pub use sanction::SanctionMutations;
pub use template::TemplateMutations;
pub use thread::ThreadMutations;
pub use webhook::WebhookMutations;

use domain::id::ThreadId;
use forum::Written;

use crate::schema::caller::{Caller, read};
use crate::schema::payload::{Payload, settle};
use crate::schema::thread::Thread;

/// The thread that was changed, read anew under the rights of now.
async fn changed(
    caller: &Caller,
    written: &Written<ThreadId>,
) -> async_graphql::Result<Option<Thread>> {
    let id = written.id(|id| (*id).into()).into();
    let thread = read(caller, caller.forum.thread(&caller.viewer, id).await)?;
    Ok(thread.map(|thread| Thread::alone(caller, thread)))
}

/// What came of an act on a thread.
async fn thread_now<P>(
    caller: &Caller,
    key: Option<String>,
    written: Result<Written<ThreadId>, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Thread>>,
{
    let written = settle!(caller, key, written);
    Ok(P::done(key, changed(caller, &written).await?))
}

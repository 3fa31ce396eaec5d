//! The GraphQL schema: one file a feature, resolvers of a few lines.

pub mod appeal;
mod author;
mod batch;
pub mod caller;
pub mod client;
pub mod clock;
mod code;
pub mod commitment;
mod connection;
pub mod consent;
pub mod desk;
pub mod directory;
pub mod document;
pub mod draft;
pub mod enums;
pub mod global_id;
pub mod hold;
pub mod legal;
pub mod letter;
pub mod live;
pub mod modlog;
pub mod mutation;
pub mod node;
pub mod opening;
pub mod page;
mod payload;
pub mod people;
pub mod post;
pub mod posting;
pub mod rate_limit;
pub mod response;
pub mod retaliation;
pub mod reviewable;
pub mod revision;
pub mod sanction;
pub mod scalar;
pub mod screen;
mod sdl;
mod served;
pub mod statistics;
pub mod template;
pub mod thread;
pub mod threads;
pub mod timeline;
pub mod transparency;
pub mod user_error;
pub mod webhook;

pub use self::sdl::sdl;
pub(crate) use self::served::Served;
pub use self::served::make_ahead;
use async_graphql::{MergedObject, Schema, SchemaBuilder};

use self::client::ClientQueries;
use self::clock::ClockQueries;
use self::commitment::CommitmentQueries;
use self::consent::ConsentQueries;
use self::directory::DirectoryQueries;
use self::live::Subscription;
use self::modlog::ModlogQueries;
use self::mutation::{
    AccountMutations, AnswerMutations, AppealMutations, ClientMutations, ClockMutations,
    CommitmentMutations, ConcernMutations, ConsentMutations, DirectoryMutations, DocumentMutations,
    LegalMutations, LetterMutations, ModerationMutations, PostMutations, PostingMutations,
    PreviewQueries, RelocationMutations, RetaliationMutations, SanctionMutations,
    TemplateMutations, ThreadMutations, WebhookMutations,
};
use self::node::NodeQueries;
use self::people::PeopleQueries;
use self::posting::PostingQueries;
use self::rate_limit::RateLimitQueries;
use self::screen::ScreenQueries;
use self::statistics::StatisticsQueries;
use self::threads::ThreadQueries;
use self::transparency::TransparencyQueries;
use self::webhook::WebhookQueries;

/// What can be read.
#[derive(MergedObject, Debug, Default)]
#[graphql(serial)]
pub struct Query(
    ThreadQueries,
    NodeQueries,
    DirectoryQueries,
    PreviewQueries,
    PeopleQueries,
    RateLimitQueries,
    ClientQueries,
    ConsentQueries,
    WebhookQueries,
    ClockQueries,
    StatisticsQueries,
    CommitmentQueries,
    ModlogQueries,
    ScreenQueries,
    TransparencyQueries,
    PostingQueries,
);

/// What is said, and what moderators do about it.
#[derive(MergedObject, Debug, Default)]
#[graphql(serial)]
pub struct SpeakingMutations(
    ThreadMutations,
    PostMutations,
    ModerationMutations,
    AppealMutations,
    RelocationMutations,
    LegalMutations,
    SanctionMutations,
    PostingMutations,
);

/// What is answered, and promised.
#[derive(MergedObject, Debug, Default)]
#[graphql(serial)]
pub struct AnsweringMutations(
    AnswerMutations,
    RetaliationMutations,
    ConcernMutations,
    ClockMutations,
    CommitmentMutations,
    LetterMutations,
    TemplateMutations,
);

/// Who takes part, and by which apps.
#[derive(MergedObject, Debug, Default)]
#[graphql(serial)]
pub struct BelongingMutations(
    AccountMutations,
    DirectoryMutations,
    DocumentMutations,
    ClientMutations,
    ConsentMutations,
    WebhookMutations,
);

// In groups: each level of a merged object holds all fields of those below it
// while the schema is built.
/// What can be done, one act a field.
#[derive(MergedObject, Debug, Default)]
#[graphql(serial)]
pub struct Mutation(SpeakingMutations, AnsweringMutations, BelongingMutations);

/// The forum's schema.
pub type ForumSchema = Schema<Query, Mutation, Subscription>;

/// Builds the schema.
pub fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .register_output_type::<node::Node>()
        .register_output_type::<live::LiveEvent>()
        .register_output_type::<timeline::TimelineItem>()
}

//! Beginning threads and what is done to them besides speaking.

pub mod standing;

pub use standing::StandingMutations;

use async_graphql::{Context, ID, InputObject, MergedObject, Object};
use domain::thread as word;
use door::directive::{list_size, names};
use forum::thread as act;

use crate::schema::caller::{caller, once, read};
use crate::schema::directory::Helpline;
use crate::schema::enums::{AboutKind, Audience, Language, Proceedings, Reuse, ThreadKind};
use crate::schema::global_id::{Kind, expect};
use crate::schema::mutation::changed;
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::scalar::Day;
use crate::schema::screen::helplines;
use crate::schema::thread::Thread;

/// Beginning threads and what is done to them besides speaking.
#[derive(MergedObject, Debug, Default)]
#[graphql(serial)]
pub struct ThreadMutations(WritingMutations, StandingMutations);

/// Whom a concern complains of. "Not sure" counts.
#[derive(InputObject, Debug, Clone)]
pub struct AboutInput {
    /// What is complained of.
    pub kind: AboutKind,
    /// The agency, if one is named: its id, or its code, such as POL_PB.
    pub agency: Option<ID>,
    /// The office of that agency, if one is named.
    pub office: Option<ID>,
}

/// A client for whom a caseworker raises a concern.
#[derive(InputObject, Debug, Clone)]
pub struct OnBehalfOfInput {
    /// What she consented to, in your words: at most 2,000 characters.
    pub consent: String,
    /// Until when she consented.
    pub consent_until: Day,
}

/// A concern to raise.
#[derive(InputObject, Debug)]
pub struct RaiseConcernInput {
    /// What it is called: 3 to 160 characters.
    pub title: String,
    /// What is wrong, fit to be read by the audience, in markdown: 1 to 20,000
    /// characters. Names no private person.
    pub body: String,
    /// Names, places, FIR numbers: sealed to the assigned office, the
    /// moderator on it and yourself.
    pub facts: Option<String>,
    /// The code of the category, such as DRG.
    pub category: String,
    /// The code of the region, such as PB.
    pub region: String,
    /// Codes of themes, at most 8.
    #[graphql(default)]
    pub themes: Vec<String>,
    /// Codes of affected groups, at most 8.
    #[graphql(default)]
    pub affected_groups: Vec<String>,
    /// Who may read it: CONFIDENTIAL where nothing is said.
    pub audience: Option<Audience>,
    /// The circle, where that is the audience.
    pub circle: Option<ID>,
    /// Whom it complains of; required for the themes FALSE_IMPLICATION,
    /// OFFICIAL_COMPLICITY, VICTIM_TREATMENT and RETALIATION.
    pub about: Option<AboutInput>,
    /// What the law already has of it: NONE where nothing is said.
    pub proceedings: Option<Proceedings>,
    /// For whom you raise it, if for a client.
    pub on_behalf_of: Option<OnBehalfOfInput>,
    /// What may be done with the text in findings and reports.
    pub reuse: Option<Reuse>,
    /// The language of the texts; the reader's own where nothing is said.
    pub language: Option<Language>,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the concern is raised once.
    pub client_mutation_id: Option<String>,
}

/// A question, discussion or proposal to begin.
#[derive(InputObject, Debug)]
pub struct StartThreadInput {
    /// What it is for; a concern is raised with `raiseConcern`.
    pub kind: ThreadKind,
    /// What it is called: 3 to 160 characters.
    pub title: String,
    /// The text it begins with, in markdown: 1 to 20,000 characters.
    pub body: String,
    /// Who may read it: MEMBERS where nothing is said.
    pub audience: Option<Audience>,
    /// The circle, where that is the audience.
    pub circle: Option<ID>,
    /// The code of the category.
    pub category: Option<String>,
    /// The code of the region.
    pub region: Option<String>,
    /// Codes of themes, at most 8.
    #[graphql(default)]
    pub themes: Vec<String>,
    /// What may be done with the text in findings and reports.
    pub reuse: Option<Reuse>,
    /// The language of the texts; the reader's own where nothing is said.
    pub language: Option<Language>,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the thread is begun once.
    pub client_mutation_id: Option<String>,
}

/// New texts for a thread. What is not given stays.
#[derive(InputObject, Debug)]
pub struct EditThreadInput {
    /// The thread.
    pub thread_id: ID,
    /// What it is called.
    pub title: Option<String>,
    /// The text it begins with, in markdown.
    pub body: Option<String>,
    /// The sealed case facts.
    pub facts: Option<String>,
    /// Whether others are to read the text although it says who or where somebody
    /// is (see `checkText`).
    #[graphql(default)]
    pub confirm: bool,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of raising a concern.
    RaiseConcernPayload {
        /// The concern; waiting for a moderator if it is the first of its
        /// author.
        thread: Thread,
        /// With which a client for whom it was raised comes back. Shown this
        /// once.
        receipt: String,
        /// Where to turn at once, if the text tells of danger; as `checkText` says.
        #[graphql(directive = list_size::apply(100, names(&[]), names(&[])))]
        helplines: Vec<Helpline>
    }
}

payload! {
    /// What came of beginning a thread.
    StartThreadPayload {
        /// The thread; waiting for a moderator if it is the first of its
        /// author.
        thread: Thread,
        /// Where to turn at once, if the text tells of danger; as `checkText` says.
        #[graphql(directive = list_size::apply(100, names(&[]), names(&[])))]
        helplines: Vec<Helpline>
    }
}

payload! {
    /// What came of changing the texts of a thread.
    EditThreadPayload {
        /// The thread as it is now.
        thread: Thread,
        /// Where to turn at once, if the text tells of danger; as `checkText` says.
        #[graphql(directive = list_size::apply(100, names(&[]), names(&[])))]
        helplines: Vec<Helpline>
    }
}

/// Beginning threads, and changing their texts.
#[derive(Debug, Default)]
pub struct WritingMutations;

#[Object(serial)]
impl WritingMutations {
    /// Raises a concern. It starts CONFIDENTIAL; ask `audiencePreview` first
    /// who will see it. Raising a concern is neither an FIR nor a
    /// right-to-information request.
    async fn raise_concern(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern.")] input: RaiseConcernInput,
    ) -> async_graphql::Result<RaiseConcernPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let about = input.about;
        let act = act::RaiseThread {
            kind: word::ThreadKind::Concern,
            title: input.title,
            body: input.body,
            facts: input.facts,
            language: input.language.map(Into::into),
            category: Some(input.category),
            region: Some(input.region),
            themes: input.themes,
            groups: input.affected_groups,
            audience: input.audience.map(Into::into),
            circle: input.circle.map(|id| expect(Kind::Circle, &id)),
            about_agency: about
                .as_ref()
                .and_then(|about| about.agency.as_ref())
                .map(|named| caller.agency(named)),
            about_office: about
                .as_ref()
                .and_then(|about| about.office.as_ref())
                .map(|id| expect(Kind::Office, id)),
            about_kind: about.map(|about| about.kind.into()),
            proceedings: input
                .proceedings
                .map_or(word::Proceedings::None, Into::into),
            reuse: input.reuse.map(Into::into),
            on_behalf_of: input.on_behalf_of.map(|of| act::OnBehalfOf {
                consent: of.consent,
                until: of.consent_until.0,
            }),
        };
        let raised = caller.forum.raise_thread(&caller.viewer, &act, &once).await;
        let (written, receipt) = settle!(caller, key, raised);
        let thread = changed(caller, &written).await?;
        let helplines = helplines(ctx, |forum| forum.helplines_of(&act));
        Ok(RaiseConcernPayload::done(key, (thread, receipt, helplines)))
    }

    /// Begins a question, a discussion or a proposal.
    async fn start_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread.")] input: StartThreadInput,
    ) -> async_graphql::Result<StartThreadPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let act = act::RaiseThread {
            kind: input.kind.into(),
            title: input.title,
            body: input.body,
            facts: None,
            language: input.language.map(Into::into),
            category: input.category,
            region: input.region,
            themes: input.themes,
            groups: Vec::new(),
            audience: input.audience.map(Into::into),
            circle: input.circle.map(|id| expect(Kind::Circle, &id)),
            about_agency: None,
            about_office: None,
            about_kind: None,
            proceedings: word::Proceedings::None,
            reuse: input.reuse.map(Into::into),
            on_behalf_of: None,
        };
        let raised = caller.forum.raise_thread(&caller.viewer, &act, &once).await;
        let (written, _) = settle!(caller, key, raised);
        let thread = changed(caller, &written).await?;
        let helplines = helplines(ctx, |forum| forum.helplines_of(&act));
        Ok(StartThreadPayload::done(key, (thread, helplines)))
    }

    /// Changes the texts of one's own thread; what was there is kept.
    async fn edit_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thread and its new texts.")] input: EditThreadInput,
    ) -> async_graphql::Result<EditThreadPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref()).confirmed(input.confirm);
        let key = input.client_mutation_id;
        let act = act::EditThread {
            thread: expect(Kind::Thread, &input.thread_id),
            title: input.title,
            body: input.body,
            facts: input.facts,
        };
        let written = caller.forum.edit_thread(&caller.viewer, &act, &once).await;
        let written = settle!(caller, key, written);
        let id = written.id(|id| (*id).into()).into();
        let thread = read(caller, caller.forum.thread(&caller.viewer, id).await)?;
        let helplines = helplines(ctx, |forum| forum.helplines_of_edit(&act, thread.as_ref()));
        let thread = thread.map(|thread| Thread::alone(caller, thread));
        Ok(EditThreadPayload::done(key, (thread, helplines)))
    }
}

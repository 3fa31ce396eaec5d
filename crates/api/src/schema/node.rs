//! Any object by its global id.

use async_graphql::{Context, ID, Interface, Object};
use door::directive::cost;
use door::fault::Fault;

use crate::schema::appeal::Appeal;
use crate::schema::author::Author;
use crate::schema::caller::{Caller, caller, read};
use crate::schema::client::Client;
use crate::schema::commitment::Commitment;
use crate::schema::consent::Consent;
use crate::schema::directory::{Agency, Circle, Office, Organization};
use crate::schema::document::TrustedDocument;
use crate::schema::draft::ResponseDraft;
use crate::schema::global_id::{Kind, decode};
use crate::schema::legal::LegalDemand;
use crate::schema::letter::Letter;
use crate::schema::modlog::ModlogEntry;
use crate::schema::people::{Account, Session};
use crate::schema::post::Post;
use crate::schema::response::{Response, Verdict};
use crate::schema::retaliation::RetaliationReport;
use crate::schema::reviewable::Reviewable;
use crate::schema::sanction::Sanction;
use crate::schema::template::ResponseTemplate;
use crate::schema::thread::Thread;
use crate::schema::webhook::{Webhook, WebhookMessage};

/// The most ids of one `nodes`.
const NODES_MAX: usize = 100;

/// Anything that has a global id.
#[derive(Interface, Debug, Clone)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The id of this object, unique in the forum."
))]
pub enum Node {
    /// A thread.
    Thread(Thread),
    /// A post.
    Post(Post),
    /// A response.
    Response(Response),
    /// A draft of a response.
    ResponseDraft(ResponseDraft),
    /// A report of retaliation.
    RetaliationReport(RetaliationReport),
    /// A commitment.
    Commitment(Commitment),
    /// A letter on paper.
    Letter(Letter),
    /// A template of an agency's answers.
    ResponseTemplate(ResponseTemplate),
    /// What waits in the moderators' queue.
    Reviewable(Reviewable),
    /// An entry of the modlog.
    ModlogEntry(ModlogEntry),
    /// An appeal.
    Appeal(Appeal),
    /// A demand by law.
    LegalDemand(LegalDemand),
    /// A sanction, or what is proposed to be one.
    Sanction(Sanction),
    /// A verdict.
    Verdict(Verdict),
    /// An author.
    Author(Author),
    /// An account.
    Account(Account),
    /// A session.
    Session(Session),
    /// An agency.
    Agency(Agency),
    /// An office.
    Office(Office),
    /// An organization.
    Organization(Organization),
    /// A circle.
    Circle(Circle),
    /// A trusted document.
    TrustedDocument(TrustedDocument),
    /// A partner app.
    Client(Client),
    /// What a person allowed a partner app.
    Consent(Consent),
    /// A webhook.
    Webhook(Webhook),
    /// A message to a webhook.
    WebhookMessage(WebhookMessage),
}

/// Any object by its global id.
#[derive(Debug, Default)]
pub struct NodeQueries;

#[Object(serial)]
impl NodeQueries {
    /// The object with this id; null if there is none that the viewer may
    /// see. An author is seen where something by him is.
    #[graphql(directive = cost::apply(2))]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The object's id.")] id: ID,
    ) -> async_graphql::Result<Option<Node>> {
        load(caller(ctx), &id).await
    }

    /// The objects with these ids, in their order; null where there is none
    /// that the viewer may see. At most 100.
    #[graphql(
        directive = door::directive::list_size::apply(
            100,
            door::directive::names(&[]),
            door::directive::names(&[])
        ),
        directive = cost::apply(2)
    )]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The objects' ids, at most 100.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        let caller = caller(ctx);
        if ids.len() > NODES_MAX {
            return Err(Fault::BadUserInput.because("Ask for at most 100 ids at once."));
        }
        let decoded: Vec<_> = ids.iter().map(|id| decode(id)).collect();
        let threads: Vec<_> = decoded
            .iter()
            .flatten()
            .filter(|(kind, _)| *kind == Kind::Thread)
            .map(|(_, id)| domain::id::ThreadId::from(*id))
            .collect();
        let found = read(
            caller,
            caller.forum.threads_by_id(&caller.viewer, &threads).await,
        )?;
        let found = Thread::listed(found.into_iter().flatten().collect());
        let mut all = Vec::with_capacity(ids.len());
        for (id, decoded) in ids.iter().zip(decoded) {
            all.push(match decoded {
                Some((Kind::Thread, id)) => {
                    let thread = found
                        .iter()
                        .find(|one| uuid::Uuid::from(one.view.facts.id) == id);
                    thread.cloned().map(Node::Thread)
                }
                _ => load(caller, id).await?,
            });
        }
        Ok(all)
    }
}

async fn load(caller: &Caller, id: &str) -> async_graphql::Result<Option<Node>> {
    let Some((kind, id)) = decode(id) else {
        return Ok(None);
    };
    let viewer = &caller.viewer;
    let directory = caller.forum.directory();
    Ok(match kind {
        Kind::Thread => read(caller, caller.forum.thread(viewer, id.into()).await)?
            .map(|thread| Node::Thread(Thread::alone(caller, thread))),
        Kind::Post => read(caller, caller.forum.post(viewer, id.into()).await)?
            .map(|post| Node::Post(Post::alone(post))),
        Kind::Response => read(caller, caller.forum.response(viewer, id.into()).await)?
            .map(|response| Node::Response(Response(response))),
        Kind::ResponseDraft => ResponseDraft::seen(caller, id.into())
            .await?
            .map(Node::ResponseDraft),
        Kind::RetaliationReport => RetaliationReport::seen(caller, id.into())
            .await?
            .map(Node::RetaliationReport),
        Kind::Commitment => Commitment::seen(caller, id.into())
            .await?
            .map(Node::Commitment),
        Kind::Letter => Letter::seen(caller, id.into()).await?.map(Node::Letter),
        Kind::ResponseTemplate => ResponseTemplate::seen(caller, id.into())
            .await?
            .map(Node::ResponseTemplate),
        Kind::Sanction => Sanction::seen(caller, id.into()).await?.map(Node::Sanction),
        Kind::Reviewable => Reviewable::seen(caller, id.into())
            .await?
            .map(Node::Reviewable),
        Kind::ModlogEntry => ModlogEntry::seen(caller, id.into())
            .await?
            .map(Node::ModlogEntry),
        Kind::LegalDemand => LegalDemand::seen(caller, id.into())
            .await?
            .map(Node::LegalDemand),
        Kind::Appeal => Appeal::seen(caller, id.into()).await?.map(Node::Appeal),
        Kind::Verdict => read(caller, caller.forum.verdict(viewer, id.into()).await)?
            .map(|verdict| Node::Verdict(Verdict::from(&verdict))),
        Kind::Author => read(caller, caller.forum.author(viewer, id.into()).await)?
            .map(|author| Node::Author(Author(author))),
        Kind::Account => Account::seen(caller, viewer, id.into())
            .await?
            .map(Node::Account),
        Kind::Session => read(caller, caller.forum.session(viewer, id.into()).await)?
            .map(|session| Node::Session(Session::new(session, viewer))),
        Kind::Agency => directory
            .agency(id.into())
            .cloned()
            .map(|one| Node::Agency(Agency(one))),
        Kind::Office => directory
            .office(id.into())
            .cloned()
            .map(|one| Node::Office(Office(one))),
        Kind::Organization => directory
            .organization(id.into())
            .filter(|one| one.accreditation == domain::people::Accreditation::Approved)
            .cloned()
            .map(|one| Node::Organization(one.into())),
        Kind::Circle => directory
            .circle(id.into())
            .cloned()
            .map(|one| Node::Circle(Circle(one))),
        Kind::TrustedDocument => caller
            .forum
            .document(viewer, id.into())
            .map(|one| Node::TrustedDocument(TrustedDocument(one))),
        Kind::Consent => read(caller, caller.forum.consent(viewer, id.into()).await)?
            .map(|consent| Node::Consent(Consent(consent))),
        Kind::Client => read(caller, caller.forum.client(viewer, id.into()).await)?
            .map(|client| Node::Client(Client::alone(client))),
        Kind::Webhook => Webhook::seen(caller, id.into()).await?.map(Node::Webhook),
        Kind::WebhookMessage => {
            let found = WebhookMessage::seen(caller, id.into()).await?;
            found.map(Node::WebhookMessage)
        }
    })
}

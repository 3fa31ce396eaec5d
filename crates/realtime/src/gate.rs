//! The one border towards GraphQL, rights and data.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::HeaderMap;
use bytes::Bytes;
use domain::event::{Event, StreamName};
use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

use crate::log::LogError;
use crate::reader::{Item, Start};
use crate::wire::Wire;

/// What is known of a client before it says anything.
#[derive(Debug, Clone, Default)]
pub struct Handshake {
    /// The headers of the upgrade request: cookie, authorization, language.
    pub headers: HeaderMap,
    /// The address the client is limited by.
    pub address: Option<IpAddr>,
    /// The connection, if others than its task may write to it.
    pub wire: Option<Wire>,
}

/// Why a client is not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The credentials are wrong, ended, or may not do this: close code 4403.
    Forbidden,
    /// Nobody can tell at the moment: close code 1013, try again later.
    Unavailable,
}

/// One operation as the client sent it.
#[derive(Debug)]
pub struct OperationRequest {
    /// The document; absent only if `document_id` or `extensions` stands for
    /// it.
    pub query: Option<String>,
    /// What names a document that the server has.
    pub document_id: Option<String>,
    /// Which operation of the document.
    pub operation_name: Option<String>,
    /// A JSON object.
    pub variables: Option<Box<RawValue>>,
    /// A JSON object.
    pub extensions: Option<Box<RawValue>>,
}

/// Names what is executed once for many: the hash of document, variables
/// without `after`, language and view class. The stream is added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShareKey(pub [u8; 32]);

/// What was loaded of an event: once, before anything is made of it.
pub type Known<G> = Arc<OnceCell<<G as Gate>::Facts>>;

/// Makes the payload of one item (a whole execution result, as JSON), or
/// `None` if the document says nothing of it.
///
/// Of a shared operation any member's may be called for all members, so it
/// may depend on nothing but what the [`ShareKey`] names.
pub type Run<G> = Arc<dyn Fn(Item, Known<G>) -> BoxFuture<'static, Option<Bytes>> + Send + Sync>;

/// Decides whether an event is for those who share an operation, whatever else
/// is decided of each of them ([`Gate::admit`]). As of [`Run`], any member's may
/// be asked for all.
pub type AdmitAll<G> = Arc<dyn Fn(&Event, &<G as Gate>::Facts) -> Admission + Send + Sync>;

/// With whom an operation is shared.
pub struct Share<G: Gate> {
    /// All who have this key.
    pub key: ShareKey,
    /// What is decided for all of them.
    pub admit: AdmitAll<G>,
}

/// How an operation is to be carried out.
pub enum Plan<G: Gate> {
    /// Not at all: a JSON array of GraphQL errors.
    Refused(Bytes),
    /// A query: one execution result as JSON. Dropped when nobody waits for
    /// it any more.
    Query(BoxFuture<'static, Bytes>),
    /// A mutation: one execution result as JSON. It is carried through even
    /// if the caller hangs up.
    Mutation(BoxFuture<'static, Bytes>),
    /// A subscription.
    Live(Live<G>),
}

/// How what happened before is told to whoever comes back for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// As it was told to those who were there, unless the stream itself says
    /// that it changed since.
    Shared,
    /// Decided on and made anew for each: what it is about may be closed
    /// without a word in the stream.
    Anew,
}

/// A subscription to one stream.
pub struct Live<G: Gate> {
    /// What the rights to each event are decided on.
    pub subject: G::Subject,
    /// The stream of events.
    pub stream: StreamName,
    /// Where to begin.
    pub start: Start,
    /// With whom execution is shared; `None` if the payload depends on the
    /// viewer.
    pub share: Option<Share<G>>,
    /// How what happened before is told to whoever comes back.
    pub history: History,
    /// Makes payloads.
    pub run: Run<G>,
}

/// Whether a watcher gets an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// He does.
    Deliver,
    /// He does not, but may get later ones.
    Skip,
    /// The subscription ends with `complete`: what it was about has gone out
    /// of his sight.
    Close,
}

/// What live delivery asks of the rest of the forum.
#[async_trait]
pub trait Gate: Send + Sync + Sized + 'static {
    /// Who is connected, and what he may see.
    type Viewer: Clone + Send + Sync + 'static;
    /// What one subscription is about.
    type Subject: Send + Sync + 'static;
    /// What is loaded once for each event, to decide on for each watcher.
    type Facts: Send + Sync + 'static;

    /// Connects a client by its handshake and the payload of its
    /// `connection_init`, a JSON object.
    async fn connect(
        &self,
        handshake: &Handshake,
        payload: Option<&RawValue>,
    ) -> Result<Self::Viewer, Refused>;

    /// Whether an event of the access stream may change what this viewer may
    /// do. Called for every socket, so it must be cheap.
    fn concerned(&self, viewer: &Self::Viewer, event: &Event) -> bool;

    /// The viewer as he stands now. [`Refused::Forbidden`] if his right to be
    /// connected ended, or what he may see changed so that plans made for him
    /// no longer hold.
    async fn refresh(&self, viewer: &Self::Viewer) -> Result<Self::Viewer, Refused>;

    /// In how long the viewer's session ends by itself, if it does.
    fn remaining(&self, viewer: &Self::Viewer) -> Option<Duration>;

    /// Parses, guards and plans an operation.
    async fn plan(&self, viewer: &Self::Viewer, request: OperationRequest) -> Plan<Self>;

    /// Loads what admission to an event is decided on: once for each event
    /// and stream, and again only if it failed.
    async fn facts(&self, event: &Event) -> Result<Self::Facts, LogError>;

    /// Decides for one watcher and event, of what is not decided for all who
    /// share it ([`Share::admit`]). Whoever cannot tell says
    /// [`Admission::Skip`] or [`Admission::Close`].
    fn admit(
        &self,
        viewer: &Self::Viewer,
        subject: &Self::Subject,
        event: &Event,
        facts: &Self::Facts,
    ) -> Admission;
}

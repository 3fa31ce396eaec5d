//! The forum behind the front door and the websocket.

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::Value;
use async_trait::async_trait;
use axum::http::{HeaderMap, header};
use domain::event::{StreamHead, StreamName};
use domain::people::Language;
use door::budget::{Budgets, ENTRY, Over, Purses, Spender, Standing};
use door::document::{Admits, CACHE_BYTES, Documents, Hash, Prepared, Trusted};
use door::fault::Fault;
use door::front::{Answer, Door, Serve, Turned};
use door::guard::{Limits, TableError};
use forum::document::NewDocument;
use forum::views::thread::Wanted;
use forum::{Forum, Viewer};
use futures_util::future::BoxFuture;
use realtime::Cursors;

use crate::kept::{self, Kept, Made, Read, Seen};
use crate::schema::caller::Caller;
use crate::schema::{ForumSchema, Served, opening};

/// The cookie that a browser's session is kept in.
pub const SESSION_COOKIE: &str = "mukalma_session";

/// The forum as it is served: schema, documents and who is at the door.
pub struct Service {
    pub(crate) forum: Arc<Forum>,
    pub(crate) schema: ForumSchema,
    pub(crate) cursors: Arc<Cursors>,
    pub(crate) documents: Arc<Documents>,
    admits: Admits,
    door: Door,
    kept: Kept,
    budgets: Budgets,
    purses: Purses,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service")
            .field("door", &self.door)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// A service of the forum.
    ///
    /// # Errors
    ///
    /// When the schema's own directives cannot be read back from its text: a
    /// defect.
    pub fn new(
        forum: Arc<Forum>,
        cursors: Arc<Cursors>,
        door: Door,
        limits: Limits,
        budgets: Budgets,
        admits: Admits,
    ) -> Result<Self, TableError> {
        let Served {
            schema,
            table,
            strict,
        } = Served::get()?.clone();
        let documents = Documents::new(table, limits, CACHE_BYTES, strict)
            .trusting(Directory(Arc::clone(&forum)));
        Ok(Self {
            purses: Purses::new(budgets, forum.time()),
            budgets,
            forum,
            schema,
            cursors,
            documents: Arc::new(documents),
            admits,
            door,
            kept: Kept::default(),
        })
    }

    /// Finds out who presents a token, from where, reading which language.
    pub(crate) async fn caller(
        &self,
        token: Option<&str>,
        headers: &HeaderMap,
        address: Option<IpAddr>,
    ) -> Result<Caller, Turned> {
        let address = self.forum.address_key(address);
        let viewer = match token {
            None => Arc::new(Viewer::visitor()),
            Some(token) => {
                let viewer = self.forum.viewer_of_token(token).await;
                let viewer = viewer.map_err(|_| Fault::Unavailable)?;
                if viewer.is_none() {
                    // It was looked for, at somebody's cost.
                    self.charge_address(address)?;
                }
                viewer.ok_or(Fault::Unauthenticated)?
            }
        };
        let language = viewer
            .language
            .or_else(|| accepted(headers))
            .unwrap_or(Language::En);
        Ok(Caller {
            forum: Arc::clone(&self.forum),
            viewer,
            language,
            cursors: Arc::clone(&self.cursors),
            documents: Arc::clone(&self.documents),
            budgets: self.budgets,
            address,
            standing: None,
        })
    }

    /// Trusts documents that whoever runs the server put beside it, each with
    /// the name that it has there; says how many are new.
    ///
    /// Boxed here, so that whoever calls it does not compile what executes
    /// operations once more.
    ///
    /// # Errors
    ///
    /// Which of them cannot be trusted, and why. None is, then.
    pub fn trust(&self, texts: Vec<(String, String)>) -> BoxFuture<'_, Result<usize, String>> {
        Box::pin(async move {
            let mut documents = Vec::with_capacity(texts.len());
            for (name, text) in texts {
                let hash = self.documents.check(&text).await;
                let hash = hash.map_err(|refusal| format!("{name}: {}", refusal.reason()))?;
                documents.push(NewDocument { hash, text });
            }
            let installed = self.forum.install_documents(&documents).await;
            installed.map_err(|error| match error {
                forum::Error::Problems(problems) => {
                    let words = problems.iter().map(|one| one.problem.message(Language::En));
                    words.collect::<Vec<_>>().join(" ")
                }
                other => other.to_string(),
            })
        })
    }

    /// Takes what every request costs from the budget of an address.
    pub(crate) fn charge_address(&self, address: [u8; 32]) -> Result<(), Over> {
        let (now, spender) = (self.forum.time(), Spender::Address(address));
        self.purses.spend(now, spender, ENTRY, 0).map(drop)
    }

    /// How far a thread's stream reaches, if the caller may be given what was
    /// answered to another of its audience.
    async fn head(&self, caller: &Caller, stream: StreamName) -> Option<StreamHead> {
        let head = match stream {
            // Visitors are all alike, and what stops to be theirs moves the stream.
            _ if caller.viewer.account.is_none() => self.forum.stream_head(stream).await,
            StreamName::Thread(id) => self.forum.head_for_reader(&caller.viewer, id).await,
            _ => return None,
        };
        head.ok().flatten()
    }

    /// Gives an answer that is kept and still true, or executes the query and
    /// keeps its answer.
    async fn keep(&self, key: kept::Key, caller: Caller, prepared: Prepared) -> Answer {
        // What the directory says is read before what is made of it.
        let directory = self.forum.directory().head;
        let before = self.kept.get(&key);
        let mut found = Read::Nothing;
        if let Some(kept) = before.filter(|kept| kept.directory == directory) {
            match &kept.made {
                Made::Page(version) => {
                    let commits = self.forum.store().own_commits();
                    let visitor = caller.viewer.account.is_none();
                    if visitor && version.holds_since(commits) {
                        return Answer::Kept(kept.json.clone());
                    }
                    if self.head(&caller, version.stream).await == Some(version.thread) {
                        version.checked(commits);
                        return Answer::Kept(kept.json.clone());
                    }
                }
                Made::List(list) => {
                    if let Ok(rows) = list.reading.rows(&caller, Wanted::LEAST).await {
                        if list.is_of(&caller.viewer.actor, &rows) {
                            return Answer::Kept(kept.json.clone());
                        }
                        found = Read::List(rows);
                    }
                }
                Made::Queue(queue) => {
                    if let Ok(rows) = queue.reading.rows(&caller).await {
                        if queue.is_of(&caller.viewer.actor, &rows) {
                            return Answer::Kept(kept.json.clone());
                        }
                        found = Read::Queue(rows);
                    }
                }
            }
        }
        let seen = Arc::new(Seen::with(found));
        let shape = prepared.shape();
        let request = prepared.into_request().data(caller).data(Arc::clone(&seen));
        let mut response = self.schema.execute(request).await;
        shape.give(&mut response, self.documents.table());
        match seen.take() {
            Some(made) if response.is_ok() => {
                if let Ok(json) = serde_json::to_vec(&response) {
                    let json = json.into();
                    self.kept.put(
                        key,
                        kept::Answer {
                            made,
                            directory,
                            json,
                        },
                    );
                }
            }
            // What is gone must cost no more than what never was.
            _ if says_nothing(&response) => self.kept.remove(&key),
            _ => {}
        }
        Answer::Executed(response)
    }

    /// Executes a query or mutation.
    pub(crate) async fn run(&self, caller: Caller, prepared: Prepared) -> async_graphql::Response {
        let shape = prepared.shape();
        let request = prepared.into_request().data(caller);
        let mut response = self.schema.execute(request).await;
        shape.give(&mut response, self.documents.table());
        response
    }
}

/// The trusted documents that the forum's directory names.
#[derive(Debug)]
struct Directory(Arc<Forum>);

#[async_trait]
impl Trusted for Directory {
    fn knows(&self, hash: &Hash) -> bool {
        self.0.directory().document(hash).is_some()
    }

    async fn text(&self, hash: &Hash) -> Result<Option<String>, Fault> {
        let text = self.0.document_text(hash).await;
        text.map_err(|_| Fault::Unavailable)
    }
}

#[async_trait]
impl Serve for Service {
    type Viewer = Caller;

    fn documents(&self) -> &Documents {
        &self.documents
    }

    fn door(&self) -> &Door {
        &self.door
    }

    async fn viewer(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Result<Caller, Turned> {
        match bearer(headers)? {
            Some(token) => self.caller(Some(token), headers, peer).await,
            // A cookie whose session ended makes a visitor: the browser would
            // send it for ever.
            None => match self.caller(session_cookie(headers), headers, peer).await {
                Err(Turned::Fault(Fault::Unauthenticated)) => {
                    self.caller(None, headers, peer).await
                }
                known => known,
            },
        }
    }

    fn admits(&self, caller: &Caller) -> Admits {
        if caller.viewer.only_trusted_documents() {
            Admits::Trusted
        } else {
            self.admits
        }
    }

    fn spend(&self, caller: &mut Caller, cost: u64) -> Result<Option<Standing>, Over> {
        let before = caller.standing.map_or(0, |standing| standing.cost);
        let now = self.forum.time();
        caller.standing = self.purses.spend(now, caller.spender(), cost, before)?;
        Ok(caller.standing)
    }

    async fn execute(&self, caller: Caller, prepared: Prepared) -> Answer {
        if let Err(barred) = opening::admit(&caller.viewer.actor, &prepared) {
            return Answer::Executed(opening::response(&barred));
        }
        match kept::key(&caller, &prepared) {
            Some(key) => self.keep(key, caller, prepared).await,
            None => Answer::Executed(self.run(caller, prepared).await),
        }
    }
}

/// Whether every field of an answer is null.
fn says_nothing(response: &async_graphql::Response) -> bool {
    match &response.data {
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        _ => true,
    }
}

/// The token of an `Authorization: Bearer` header (RFC 6750).
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let value = value.to_str().map_err(|_| Fault::Unauthenticated)?;
    token_of(value).map(Some).ok_or(Fault::Unauthenticated)
}

/// The token of the text `Bearer …`; the scheme's case does not matter.
pub(crate) fn token_of(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The session in the cookie header, if there is one.
pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, token)| *name == SESSION_COOKIE && !token.is_empty())
        .map(|(_, token)| token)
}

/// Which of the forum's languages `Accept-Language` likes most (RFC 9110, section
/// 12.5.4); of equals the first.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<Language> {
    let value = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let ours = value.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let language = match parts.next()?.split('-').next()? {
            one if one.eq_ignore_ascii_case("ur") => Language::Ur,
            one if one.eq_ignore_ascii_case("en") => Language::En,
            _ => return None,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight: f32 = weight.map_or(Some(1.0), |weight| weight.parse().ok())?;
        (weight > 0.0).then_some((weight, language))
    });
    let liked_most = ours.reduce(|best, one| if one.0 > best.0 { one } else { best });
    liked_most.map(|(_, language)| language)
}

//! Documents, read and validated once and kept by the hash of their text.
//!
//! Every way in (HTTP, websocket, server-sent events) turns what a client sent
//! into an [`Ask`] and gives it to [`Documents::prepare`]. Out comes either a
//! [`Prepared`] request, which nothing can refuse any more but the policy and
//! the budgets, or a [`Refusal`].
//!
//! On a hit the text is hashed, the variables are compared with their declared
//! types, and the parsed document is cloned for async-graphql, which wants to
//! own it; nothing walks it.

mod ask;
mod cursor;
mod filler;
mod refusal;
mod shape;
mod strict;
mod trusted;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Request, ValidationResult, Variables};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

pub use self::ask::Ask;
use self::refusal::unfit;
pub use self::refusal::{About, Refusal};
pub use self::shape::Shape;
pub use self::strict::{Strict, Validate};
pub use self::trusted::{Admits, Trusted, Untrusting};
use crate::directive::On;
use crate::fault::{Fault, finish_errors};
use crate::guard::{
    Limits, Measures, Operation, SchemaTable, check_variables, measure, no_operation, read,
};

/// The SHA-256 of a document's text.
pub type Hash = [u8; 32];

/// A document that was read, measured and validated.
#[derive(Debug)]
pub struct Document {
    hash: Hash,
    parsed: ExecutableDocument,
    measures: Measures,
    validation: ValidationResult,
    /// Whether something was filled in where nothing may be answered.
    filled: bool,
    /// About how many bytes of memory it takes.
    weight: u32,
}

impl Document {
    /// The hash of its text, which names it for persisted and trusted
    /// documents.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// What async-graphql's validation found, its cache control above all.
    pub fn validation(&self) -> ValidationResult {
        self.validation
    }
}

/// A request that may be executed.
#[derive(Debug)]
pub struct Prepared {
    document: Arc<Document>,
    operation_name: Option<String>,
    kind: OperationType,
    depends: On,
    variables: Variables,
    cost: u64,
}

impl Prepared {
    /// The document it runs.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Query, mutation or subscription.
    pub fn kind(&self) -> OperationType {
        self.kind
    }

    /// The operation's name, if the client gave one.
    pub fn operation_name(&self) -> Option<&str> {
        self.operation_name.as_deref()
    }

    /// Its cost with these variables, at most [`Limits::cost`].
    pub fn cost(&self) -> u64 {
        self.cost
    }

    /// The strongest dependency of any field it selects: how widely one
    /// computed answer may be shared.
    pub fn depends(&self) -> On {
        self.depends
    }

    /// The variables, which fit their declared types. Undeclared ones are gone.
    pub fn variables(&self) -> &Variables {
        &self.variables
    }

    /// What the operation selects at its root.
    pub fn root(&self) -> Option<&SelectionSet> {
        selected(&self.document.parsed, self.operation_name())
    }

    /// The names of the fields at its root, fragments spread out.
    pub fn root_fields(&self) -> Vec<&str> {
        let fields = self.root_selected().into_iter();
        fields.map(|field| field.name.node.as_str()).collect()
    }

    /// The shape that its answer has.
    pub fn shape(&self) -> Shape {
        Shape::of(self)
    }

    /// The fields at its root in the order of the document, fragments spread out.
    fn root_selected(&self) -> Vec<&Field> {
        let (mut fields, mut spread) = (Vec::new(), Vec::new());
        let root = self.root().into_iter();
        let mut ahead: Vec<_> = root.flat_map(|set| set.items.iter().rev()).collect();
        while let Some(item) = ahead.pop() {
            match &item.node {
                Selection::Field(field) => fields.push(&field.node),
                Selection::InlineFragment(one) => {
                    ahead.extend(one.node.selection_set.node.items.iter().rev());
                }
                Selection::FragmentSpread(one) => {
                    let name = &one.node.fragment_name.node;
                    if spread.contains(&name) {
                        continue;
                    }
                    spread.push(name);
                    let fragment = self.document.parsed.fragments.get(name).into_iter();
                    let items = fragment.map(|one| one.node.selection_set.node.items.iter().rev());
                    ahead.extend(items.flatten());
                }
            }
        }
        fields
    }

    /// The variable that only says where a subscription goes on from, if there
    /// is one.
    pub fn cursor_variable(&self) -> Option<String> {
        cursor::cursor_variable(
            &self.document.parsed,
            self.operation_name(),
            &self.variables,
        )
    }

    /// The request for async-graphql. Its schema can be built with
    /// [`ValidationMode::Fast`](async_graphql::ValidationMode::Fast): all rules
    /// have been checked.
    pub fn into_request(self) -> Request {
        request(&self.document, self.operation_name, self.variables)
    }

    /// The same, once more: a subscription is executed for each event.
    pub fn to_request(&self) -> Request {
        request(
            &self.document,
            self.operation_name.clone(),
            self.variables.clone(),
        )
    }
}

/// What the operation of a name, or the only one, selects at its root.
fn selected<'a>(parsed: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a SelectionSet> {
    let mut operations = parsed.operations.iter();
    let (_, operation) =
        operations.find(|(one, _)| name.is_none() || one.map(Name::as_str) == name)?;
    Some(&operation.node.selection_set.node)
}

fn request(document: &Document, operation_name: Option<String>, variables: Variables) -> Request {
    let mut request = Request::new(String::new()).variables(variables);
    request.operation_name = operation_name;
    request.set_parsed_query(document.parsed.clone());
    request
}

/// How many bytes of parsed documents are kept by default. 32 MiB.
pub const CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// The documents of a schema.
#[derive(Debug)]
pub struct Documents {
    cache: Cache<Hash, Arc<Document>>,
    table: Arc<SchemaTable>,
    limits: Limits,
    validate: Box<dyn Validate>,
    trusted: Box<dyn Trusted>,
}

impl Documents {
    /// An empty cache of about `cache_bytes` at most. The table must be of the
    /// same schema that `validate` validates against.
    pub fn new(
        table: impl Into<Arc<SchemaTable>>,
        limits: Limits,
        cache_bytes: u64,
        validate: impl Validate,
    ) -> Self {
        let cache = Cache::builder()
            .max_capacity(cache_bytes)
            .weigher(|_, document: &Arc<Document>| document.weight)
            .build();
        Self {
            cache,
            table: table.into(),
            limits,
            validate: Box::new(validate),
            trusted: Box::new(Untrusting),
        }
    }

    /// The same, with documents that are trusted.
    #[must_use]
    pub fn trusting(self, trusted: impl Trusted) -> Self {
        Self {
            trusted: Box::new(trusted),
            ..self
        }
    }

    /// The limits that documents are held to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What is known of the schema.
    pub fn table(&self) -> &SchemaTable {
        &self.table
    }

    /// Turns what a client asks into what may be executed. No resolver runs.
    ///
    /// Automatic persisted queries are the protocol of Apollo: a hash alone
    /// finds a document that anyone has sent before, or gets
    /// `PERSISTED_QUERY_NOT_FOUND`; a hash beside a text must be the text's.
    /// Refused documents are not kept: refusing again is cheap, and a cache of
    /// refusals could be filled.
    ///
    /// # Errors
    ///
    /// When the document, the operation's name or the variables cannot be
    /// accepted, or is none of those that the caller may use. Each error has a
    /// code.
    pub async fn prepare(&self, ask: Ask, admits: Admits) -> Result<Prepared, Refusal> {
        let document = self.document(&ask, admits).await?;
        let Ask {
            operation_name,
            mut variables,
            ..
        } = ask;
        let name = operation_name.as_deref();
        let Some(operation) = document.measures.operation(name) else {
            let error = no_operation(&document.parsed, name);
            return Err(Refusal::document(vec![error]));
        };
        let declared = &operation.variables;
        check_variables(&self.table, declared, &mut variables, &self.limits)
            .map_err(|errors| unfit(errors, self.limits.hints))?;
        let cost = operation
            .cost(&variables, &self.limits)
            .map_err(|refused| Refusal::document(vec![refused.into()]))?;
        if operation.mixed {
            let hints = self.limits.hints;
            self.validate(&document.parsed, name, &variables, hints)
                .await?;
        }
        let Operation { kind, depends, .. } = *operation;
        Ok(Prepared {
            document,
            operation_name,
            kind,
            depends,
            variables,
            cost,
        })
    }

    async fn document(&self, ask: &Ask, admits: Admits) -> Result<Arc<Document>, Refusal> {
        let Some(text) = &ask.query else {
            return self.by_hash(ask, admits).await;
        };
        // Hashing is cheap but not free: what is too long is refused before.
        if text.len() > self.limits.document_bytes {
            let refused = read(text, &self.limits).err();
            return Err(Refusal::document(refused.into_iter().collect()));
        }
        let hash: Hash = Sha256::digest(text.as_bytes()).into();
        if ask.persisted.is_some_and(|expected| expected != hash) {
            return Err(Refusal::one(
                About::Document,
                Fault::BadUserInput,
                "The hash is not the SHA-256 of the query.",
            ));
        }
        if admits == Admits::Trusted && !self.trusted.knows(&hash) {
            let message = "Only trusted documents are executed for this caller.";
            return Err(Refusal::one(About::Document, Fault::Forbidden, message));
        }
        self.kept(hash, text).await
    }

    /// A document of which only the hash was sent.
    async fn by_hash(&self, ask: &Ask, admits: Admits) -> Result<Arc<Document>, Refusal> {
        let (hash, admits) = match (ask.trusted, ask.persisted) {
            (Some(hash), _) => (hash, Admits::Trusted),
            (None, Some(hash)) => (hash, admits),
            (None, None) => {
                let message = "The request has no query.";
                return Err(Refusal::one(About::Request, Fault::BadUserInput, message));
            }
        };
        let trusted = self.trusted.knows(&hash);
        if let Some(document) = self.cache.get(&hash)
            && (trusted || admits == Admits::Any)
        {
            return Ok(document);
        }
        let text = if trusted {
            self.trusted.text(&hash).await
        } else {
            Ok(None)
        };
        match text {
            Ok(Some(text)) => self.kept(hash, &text).await,
            Ok(None) => {
                let fault = Fault::PersistedQueryNotFound;
                let message = match ask.trusted {
                    Some(_) => "There is no trusted document of this documentId.",
                    None => fault.message(),
                };
                Err(Refusal::one(About::Document, fault, message))
            }
            Err(fault) => Err(Refusal::one(About::Document, fault, fault.message())),
        }
    }

    async fn kept(&self, hash: Hash, text: &str) -> Result<Arc<Document>, Refusal> {
        if let Some(document) = self.cache.get(&hash) {
            return Ok(document);
        }
        let document = Arc::new(self.make(hash, text, self.limits.hints).await?);
        self.cache.insert(hash, Arc::clone(&document));
        Ok(document)
    }

    /// Whether a text is a document that may be trusted: it is measured and
    /// validated as it would be when it is sent, and what is wrong is always
    /// said. Gives its hash.
    ///
    /// # Errors
    ///
    /// Why it may not.
    pub async fn check(&self, text: &str) -> Result<Hash, Refusal> {
        let hash: Hash = Sha256::digest(text.as_bytes()).into();
        self.make(hash, text, true).await.map(|_| hash)
    }

    async fn make(&self, hash: Hash, text: &str, hints: bool) -> Result<Document, Refusal> {
        let mut parsed =
            read(text, &self.limits).map_err(|error| Refusal::document(vec![error]))?;
        let measures = measure(&parsed, &self.table, &self.limits)
            .map_err(|refused| Refusal::document(vec![refused.into()]))?;
        let validation = self
            .validate(&parsed, None, &Variables::default(), hints)
            .await?;
        // A parsed document takes some ten times its text, names and places
        // and growing vectors included.
        let weight = u32::try_from(text.len() * 10 + 1_024).unwrap_or(u32::MAX);
        let filled = filler::fill(&mut parsed, &self.table);
        Ok(Document {
            hash,
            parsed,
            measures,
            validation,
            filled,
            weight,
        })
    }

    async fn validate(
        &self,
        parsed: &ExecutableDocument,
        operation_name: Option<&str>,
        variables: &Variables,
        hints: bool,
    ) -> Result<ValidationResult, Refusal> {
        let mut request = Request::new(String::new()).variables(variables.clone());
        request.operation_name = operation_name.map(str::to_owned);
        request.set_parsed_query(parsed.clone());
        self.validate.validate(request).await.map_err(|mut errors| {
            finish_errors(&mut errors);
            unfit(errors, hints)
        })
    }
}

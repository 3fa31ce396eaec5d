//! What a client asks, as JSON or as the parameters of an address.

use async_graphql::Variables;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{About, Hash, Refusal};
use crate::fault::Fault;

/// A GraphQL request as it comes over any transport.
#[derive(Debug, Default)]
pub struct Ask {
    /// The text of the document.
    pub query: Option<String>,
    /// Which operation of the document is meant.
    pub operation_name: Option<String>,
    /// Its variables.
    pub variables: Variables,
    /// The hash of an automatic persisted query.
    pub persisted: Option<Hash>,
    /// The hash of a trusted document that stands in place of the text.
    pub trusted: Option<Hash>,
}

/// The members of a request (GraphQL over HTTP, "Request Parameters").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Variables,
    extensions: Option<Map<String, Value>>,
}

impl Ask {
    /// Reads a request from its JSON.
    ///
    /// # Errors
    ///
    /// When it is not UTF-8, not JSON, a list (a batch), or a member has a
    /// wrong type.
    pub fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        let Ok(body) = std::str::from_utf8(body) else {
            return Err(bad("The request is not UTF-8."));
        };
        // A structure would also be read from a list of its members.
        match body.trim_start_matches([' ', '\t', '\r', '\n']).get(..1) {
            Some("{") => {}
            Some("[") => return Err(bad("Batches are not accepted; send one request.")),
            _ => return Err(bad("The request is not a JSON object.")),
        }
        let members: Members = serde_json::from_str(body)
            .map_err(|error| bad(&format!("The request cannot be read: {error}.")))?;
        Self::from_members(members)
    }

    /// Reads a request from the query part of an address.
    ///
    /// # Errors
    ///
    /// When a parameter is given twice, or a JSON parameter cannot be read.
    pub fn from_query(query: &str) -> Result<Self, Refusal> {
        let mut found: [Option<String>; 5] = Default::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "query" => 0,
                "operationName" => 1,
                "variables" => 2,
                "extensions" => 3,
                "documentId" => 4,
                _ => continue,
            };
            if found[slot].replace(value.into_owned()).is_some() {
                return Err(bad(&format!("The parameter {name} is given twice.")));
            }
        }
        let [query, operation_name, variables, extensions, document_id] = found;
        Self::from_members(Members {
            query,
            document_id,
            operation_name,
            variables: json(variables, "variables")?.unwrap_or_default(),
            extensions: json(extensions, "extensions")?.flatten(),
        })
    }

    /// The hash of an automatic persisted query in a request's `extensions`.
    ///
    /// # Errors
    ///
    /// When they are no JSON object, or the hash is not one.
    pub fn persisted_in(extensions: &str) -> Result<Option<Hash>, Refusal> {
        let extensions: Option<Map<String, Value>> =
            json(Some(extensions.to_owned()), "extensions")?.flatten();
        extensions.map_or(Ok(None), |extensions| persisted(&extensions))
    }

    /// The hash that a `documentId` stands for: 64 hexadecimal digits, after
    /// `sha256:` or alone.
    ///
    /// # Errors
    ///
    /// When it is another text.
    pub fn trusted_by(id: &str) -> Result<Hash, Refusal> {
        hash(id.strip_prefix("sha256:").unwrap_or(id)).ok_or_else(|| {
            bad("documentId must be the SHA-256 of a trusted document, as 64 hexadecimal digits.")
        })
    }

    fn from_members(members: Members) -> Result<Self, Refusal> {
        let persisted = match members.extensions {
            None => None,
            Some(extensions) => persisted(&extensions)?,
        };
        let trusted = members.document_id.as_deref();
        let trusted = trusted.map(Self::trusted_by).transpose()?;
        // A client that sends a hash may send an empty text beside it.
        let hashed = persisted.is_some() || trusted.is_some();
        let query = members.query.filter(|text| !(text.is_empty() && hashed));
        if trusted.is_some() && query.is_some() {
            return Err(bad("Send a query or a documentId, not both."));
        }
        Ok(Self {
            query,
            operation_name: members.operation_name,
            variables: members.variables,
            persisted,
            trusted,
        })
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::one(About::Request, Fault::BadUserInput, message)
}

fn json<T: for<'a> Deserialize<'a>>(
    text: Option<String>,
    parameter: &str,
) -> Result<Option<T>, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        bad(&format!(
            "The parameter {parameter} cannot be read: {error}."
        ))
    })
}

/// `extensions.persistedQuery {version: 1, sha256Hash: "…64 hex digits…"}`.
fn persisted(extensions: &Map<String, Value>) -> Result<Option<Hash>, Refusal> {
    let Some(persisted) = extensions.get("persistedQuery") else {
        return Ok(None);
    };
    let of = |member| persisted.get(member);
    if of("version").and_then(Value::as_u64) != Some(1) {
        return Err(bad("Only version 1 of persistedQuery is known."));
    }
    of("sha256Hash")
        .and_then(Value::as_str)
        .and_then(hash)
        .map(Some)
        .ok_or_else(|| bad("persistedQuery.sha256Hash must be 64 hexadecimal digits."))
}

fn hash(text: &str) -> Option<Hash> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let value = digit(pair[0])? * 16 + digit(pair[1])?;
        *byte = u8::try_from(value).ok()?;
    }
    Some(hash)
}

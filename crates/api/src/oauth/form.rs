//! What an app sends: a form, and who it is.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forum::account::Credentials;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::answer::{Code, UNKNOWN, Wrong};
use crate::schema::global_id::{Kind, expect};

/// Bytes of a form. It holds ids, secrets and words.
const BYTES: usize = 8 * 1024;

/// The parameters of a form, each once.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body.
    pub(super) async fn read(
        headers: &HeaderMap,
        body: Body,
        patience: Duration,
    ) -> Result<Self, Wrong> {
        const KIND: &str = "application/x-www-form-urlencoded";
        let kind = headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok());
        let kind = kind.and_then(|value| value.split(';').next());
        if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(KIND)) {
            return Err(Wrong::of(
                Code::InvalidRequest,
                "The body must be application/x-www-form-urlencoded.",
            ));
        }
        let body = Limited::new(body, BYTES).collect();
        let body = match tokio::time::timeout(patience, body).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(Wrong::Size),
            Ok(Err(_)) => {
                return Err(Wrong::of(Code::InvalidRequest, "The body cannot be read."));
            }
            Err(_) => return Err(Wrong::Late),
        };
        let mut form: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(&body) {
            if form.iter().any(|(one, _)| *one == name) {
                return Err(Wrong::of(
                    Code::InvalidRequest,
                    "A parameter stands more than once.",
                ));
            }
            form.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(form))
    }

    /// A parameter; one without a value is none (RFC 6749, section 3.2).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        let (_, value) = all.find(|(one, _)| one == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(super) fn need(&self, name: &str, why: &'static str) -> Result<&str, Wrong> {
        let missing = Wrong::of(Code::InvalidRequest, why);
        self.get(name).ok_or(missing)
    }

    /// Who an app says it is, by HTTP Basic or in the form, not both (RFC
    /// 6749, section 2.3.1).
    pub(super) fn credentials(&self, headers: &HeaderMap) -> Result<Credentials, Wrong> {
        let unknown = Wrong::of(Code::InvalidClient, UNKNOWN);
        let (client, secret) = if let Some(value) = headers.get(header::AUTHORIZATION) {
            let said = value.to_str().ok().and_then(basic).ok_or(unknown)?;
            let named = self.get("client_id");
            if self.get("client_secret").is_some() || named.is_some_and(|id| *id != said.0) {
                return Err(Wrong::of(
                    Code::InvalidRequest,
                    "The client says in more than one way who it is.",
                ));
            }
            said
        } else {
            let client = self.get("client_id").ok_or(unknown)?;
            let secret = self.get("client_secret").ok_or(unknown)?;
            (client.to_owned(), secret.to_owned())
        };
        Ok(Credentials {
            // What names no client is looked up like any other.
            client: expect(Kind::Client, &client),
            secret,
        })
    }
}

/// Id and secret of `Basic …`, each encoded as in a form.
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let said = STANDARD.decode(encoded.trim()).ok()?;
    let said = String::from_utf8(said).ok()?;
    let (client, secret) = said.split_once(':')?;
    Some((decoded(client)?, decoded(secret)?))
}

/// A text that was encoded as the value of a form.
fn decoded(text: &str) -> Option<String> {
    if text.contains('&') {
        return None;
    }
    let form = format!("v={text}");
    let (_, value) = form_urlencoded::parse(form.as_bytes()).next()?;
    Some(value.into_owned())
}

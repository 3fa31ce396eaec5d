//! Where partner apps get their tokens and give them back: OAuth 2.0 client
//! credentials (RFC 6749, section 4.4) and codes with PKCE (section 4.1, RFC
//! 7636), revocation (RFC 7009), and what there is to know of them (RFC 8414).
//!
//! These answers are OAuth's, not GraphQL's: the body is a form, and what is
//! wrong is said in the words of RFC 6749, section 5.2. A wrong secret, one
//! that is over, an unknown client and one that was revoked answer in the same
//! bytes.

mod answer;
mod form;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse as _, Response};
use domain::partner::AccessScope;
use domain::policy::Unserved;
use door::front::Serve as _;
use forum::account::{TokenRefusal, UsedCode, WantedToken};
use futures_util::future::BoxFuture;
use serde_json::json;

use self::answer::{Code, Wrong, given, revoked, wrong};
use self::form::Form;
use crate::service::Service;

/// Where tokens are given.
pub const TOKEN: &str = "/oauth/token";
/// Where they are given back.
pub const REVOKE: &str = "/oauth/revoke";
/// The page at which a person lets an app act for him.
pub const AUTHORIZE: &str = "/oauth/authorize";
/// Where it is said how.
pub const METADATA: &str = "/.well-known/oauth-authorization-server";

/// What serves OAuth.
pub struct OAuth {
    /// The forum's service.
    pub service: Arc<Service>,
}

impl std::fmt::Debug for OAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OAuth").finish_non_exhaustive()
    }
}

/// Answers at [`TOKEN`], whatever the method.
pub fn token(State(oauth): State<Arc<OAuth>>, request: Request) -> BoxFuture<'static, Response> {
    Box::pin(async move {
        match give(&oauth.service, request).await {
            Ok(response) => response,
            Err(why) => wrong(&why),
        }
    })
}

/// Answers at [`REVOKE`], whatever the method.
pub fn revoke(State(oauth): State<Arc<OAuth>>, request: Request) -> BoxFuture<'static, Response> {
    Box::pin(async move {
        match take_back(&oauth.service, request).await {
            Ok(response) => response,
            Err(why) => wrong(&why),
        }
    })
}

/// Answers at [`METADATA`].
pub async fn metadata(State(oauth): State<Arc<OAuth>>) -> Response {
    let issuer = &oauth.service.forum.settings().issuer;
    let methods = ["client_secret_basic", "client_secret_post"];
    let metadata = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}{TOKEN}"),
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": format!("{issuer}{REVOKE}"),
        "revocation_endpoint_auth_methods_supported": methods,
        "authorization_endpoint": format!("{issuer}{AUTHORIZE}"),
        "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "scopes_supported": AccessScope::CODES,
    });
    let kept = [(header::CACHE_CONTROL, "public, max-age=3600")];
    (kept, Json(metadata)).into_response()
}

/// A request, read as far as its form.
struct Asked {
    headers: HeaderMap,
    form: Form,
    /// Stands for the address asked from.
    from: [u8; 32],
}

/// Reads a request, at the cost of the address that it comes from.
async fn read(service: &Service, request: Request) -> Result<Asked, Wrong> {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        return Err(Wrong::Method);
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address: Option<IpAddr> = peer.map(|ConnectInfo(address)| address.ip());
    let from = service.forum.address_key(address);
    let charged = service.charge_address(from);
    charged.map_err(|over| Wrong::Busy(over.retry_after))?;
    let form = Form::read(&parts.headers, body, service.door().body_wait).await?;
    Ok(Asked {
        headers: parts.headers,
        form,
        from,
    })
}

async fn give(service: &Service, request: Request) -> Result<Response, Wrong> {
    let asked = read(service, request).await?;
    let credentials = asked.form.credentials(&asked.headers)?;
    let (forum, form) = (&service.forum, &asked.form);
    let scope = form.get("scope");
    let token = match form.need("grant_type", "grant_type is missing.")? {
        "client_credentials" => {
            let wanted = WantedToken {
                scopes: scope.map(str::to_owned),
            };
            forum
                .give_client_token(&credentials, &wanted, asked.from)
                .await?
        }
        "authorization_code" => {
            let text = |name, why| form.need(name, why).map(str::to_owned);
            let used = UsedCode {
                code: text("code", "code is missing.")?,
                redirect_uri: text("redirect_uri", "redirect_uri is missing.")?,
                verifier: text("code_verifier", "code_verifier is missing.")?,
            };
            forum.use_code(&credentials, &used, asked.from).await?
        }
        "refresh_token" => {
            let renewal = form.need("refresh_token", "refresh_token is missing.")?;
            forum
                .renew_token(&credentials, renewal, scope, asked.from)
                .await?
        }
        _ => {
            return Err(Wrong::of(
                Code::UnsupportedGrantType,
                "client_credentials, authorization_code and refresh_token are known.",
            ));
        }
    };
    Ok(given(&token?))
}

async fn take_back(service: &Service, request: Request) -> Result<Response, Wrong> {
    let asked = read(service, request).await?;
    let credentials = asked.form.credentials(&asked.headers)?;
    let token = asked.form.need("token", "token is missing.")?;
    let forum = &service.forum;
    // Whatever it was, it is good no more: RFC 7009, section 2.2.
    forum
        .end_client_token(&credentials, token, asked.from)
        .await??;
    Ok(revoked())
}

impl From<TokenRefusal> for Wrong {
    fn from(refusal: TokenRefusal) -> Self {
        match refusal {
            TokenRefusal::UnknownClient => Self::of(Code::InvalidClient, answer::UNKNOWN),
            TokenRefusal::Unserved(Unserved::NotAccredited) => Self::of(
                Code::UnauthorizedClient,
                "The app's organization is not accredited now.",
            ),
            TokenRefusal::Unserved(Unserved::Sandbox) => Self::of(
                Code::UnauthorizedClient,
                "A sandbox app is for a demonstration forum; this one is not.",
            ),
            TokenRefusal::Scope => Self::of(
                Code::InvalidScope,
                "A scope is not known, or not one of this app's.",
            ),
            TokenRefusal::Grant => Self::of(
                Code::InvalidGrant,
                "The code or the refresh token is wrong, used or over.",
            ),
        }
    }
}

impl From<forum::Error> for Wrong {
    fn from(error: forum::Error) -> Self {
        match error {
            forum::Error::Busy { seconds } => Self::Busy(seconds),
            forum::Error::Unavailable(_) => Self::Unavailable,
            forum::Error::Internal(what) => {
                tracing::error!(what, "a use case failed");
                Self::Unavailable
            }
            // Nothing here is for a person to mend.
            forum::Error::Problems(_) => {
                tracing::error!("a use case found problems where there can be none");
                Self::Unavailable
            }
        }
    }
}

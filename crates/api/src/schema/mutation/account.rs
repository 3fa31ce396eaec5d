//! Coming in: registering, setting the forum up, signing in and out.

pub mod deletion;
pub mod notice;
pub mod password;
pub mod session;

pub use deletion::DeletionMutations;
pub use notice::NoticeMutations;
pub use password::PasswordMutations;
pub use session::SessionMutations;

use std::sync::Arc;

use async_graphql::{Context, InputObject, MergedObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::people::{self as word, Actor};
use forum::account as act;
use http::header::SET_COOKIE;

use super::secret::Secret;
use crate::schema::caller::{Caller, caller};
use crate::schema::enums::{Constituency, Language};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::people::{Account, Viewer};
use crate::service::SESSION_COOKIE;

/// One's own account.
#[derive(MergedObject, Debug, Default)]
#[graphql(serial)]
pub struct AccountMutations(
    EntryMutations,
    SessionMutations,
    PasswordMutations,
    NoticeMutations,
    DeletionMutations,
);

/// Somebody who wants an account.
#[derive(InputObject, Debug)]
pub struct RegisterAccountInput {
    /// The name to sign in with: 3 to 40 letters a to z, digits, dots,
    /// underscores and hyphens, a letter first.
    pub login: String,
    /// The name to be called by.
    pub display_name: String,
    /// The password: at most 128 characters, hard to guess.
    #[graphql(secret)]
    pub password: Secret,
    /// An address for mail; none is needed.
    pub email: Option<String>,
    /// Whom you speak for. YOUTH and OFFICIAL count once somebody vouches.
    pub constituency: Constituency,
    /// The language you read; that of the request where nothing is said.
    pub language: Option<Language>,
    /// The code of an invitation.
    #[graphql(secret)]
    pub invitation_code: Option<Secret>,
    /// Whether a browser's cookie holds the session, out of reach of scripts.
    /// Over a websocket no cookie can be set.
    #[graphql(default)]
    pub cookie: bool,
    /// Given back as it is. An account is not made twice: its login is taken
    /// then.
    pub client_mutation_id: Option<String>,
}

/// The first administrator of a forum.
#[derive(InputObject, Debug)]
pub struct SetUpInput {
    /// The token of the setup link.
    #[graphql(secret)]
    pub token: Secret,
    /// The name to sign in with: 3 to 40 letters a to z, digits, dots,
    /// underscores and hyphens, a letter first.
    pub login: String,
    /// The name to be called by.
    pub display_name: String,
    /// The password: at most 128 characters, hard to guess.
    #[graphql(secret)]
    pub password: Secret,
    /// An address for mail; none is needed.
    pub email: Option<String>,
    /// Whom you speak for: CIVIL_SOCIETY where nothing is said. No
    /// administrator is an official.
    pub constituency: Option<Constituency>,
    /// The language you read; that of the request where nothing is said.
    pub language: Option<Language>,
    /// Whether a browser's cookie holds the session, out of reach of scripts.
    /// Over a websocket no cookie can be set.
    #[graphql(default)]
    pub cookie: bool,
    /// Given back as it is. A setup link is good once.
    pub client_mutation_id: Option<String>,
}

/// Who signs in.
#[derive(InputObject, Debug)]
pub struct SignInInput {
    /// The name to sign in with.
    pub login: String,
    /// The password.
    #[graphql(secret)]
    pub password: Secret,
    /// What to call the session in the list of your sessions.
    pub label: Option<String>,
    /// Whether a browser's cookie holds the session, out of reach of scripts.
    /// Over a websocket no cookie can be set.
    #[graphql(default)]
    pub cookie: bool,
    /// Given back as it is. Each sign-in begins a session of its own.
    pub client_mutation_id: Option<String>,
}

/// A session that began just now.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct NewSession {
    /// What to send as `Authorization: Bearer` from now on. It is shown once;
    /// null where a cookie holds it.
    pub token: Option<Secret>,
    /// When the session ends in any case; unused for long, it ends before.
    pub expires_at: DateTime<Utc>,
}

/// Where a session's token goes.
#[derive(Debug, Clone, Copy)]
enum Carrier {
    /// Into the answer.
    Answer,
    /// Into a cookie, so that no script ever holds it.
    Cookie,
}

impl Carrier {
    const fn of(cookie: bool) -> Self {
        if cookie { Self::Cookie } else { Self::Answer }
    }

    /// Hands a session over.
    fn give(self, ctx: &Context<'_>, signed: &act::Signed) -> NewSession {
        let token = match self {
            Self::Answer => Some(signed.token.clone().into()),
            Self::Cookie => {
                let lasts = signed.expires_at - caller(ctx).forum.time();
                set_cookie(ctx, &signed.token, lasts.num_seconds());
                None
            }
        };
        NewSession {
            token,
            expires_at: signed.expires_at,
        }
    }
}

/// Has a browser keep a token for so many seconds; none makes it forget.
pub(super) fn set_cookie(ctx: &Context<'_>, token: &str, seconds: i64) {
    let public_url = caller(ctx).forum.settings().public_url.as_deref();
    let secure = public_url.is_some_and(|url| url.starts_with("https://"));
    let secure = if secure { "; Secure" } else { "" };
    let seconds = seconds.max(0);
    let cookie = format!(
        "{SESSION_COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}",
    );
    ctx.insert_http_header(SET_COOKIE, cookie);
}

payload! {
    /// What came of asking for an account.
    RegisterAccountPayload {
        /// The account. While it waits for approval its standing is PENDING.
        account: Account,
        /// Codes to keep on paper, each good for one new password. They are
        /// shown once.
        recovery_codes: Vec<Secret>,
        /// The session that began; null while the account waits for approval.
        session: NewSession
    }
}

payload! {
    /// What came of setting the forum up.
    SetUpPayload {
        /// The administrator's account.
        account: Account,
        /// Codes to keep on paper, each good for one new password. They are
        /// shown once.
        recovery_codes: Vec<Secret>,
        /// The session that began.
        session: NewSession
    }
}

payload! {
    /// What came of signing in. Whatever stood in the way, the problem is
    /// SIGN_IN_FAILED and says no more.
    SignInPayload {
        /// The session that began.
        session: NewSession,
        /// Who signed in.
        viewer: Viewer
    }
}

/// Coming in.
#[derive(Debug, Default)]
pub struct EntryMutations;

#[Object(serial)]
impl EntryMutations {
    /// Makes an account, as `registrationMode` allows, and signs in unless it
    /// must be approved first.
    async fn register_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants an account.")] input: RegisterAccountInput,
    ) -> async_graphql::Result<RegisterAccountPayload> {
        let caller = caller(ctx);
        let (key, carrier) = (input.client_mutation_id, Carrier::of(input.cookie));
        let act = act::RegisterAccount {
            login: input.login,
            display_name: input.display_name,
            password: input.password.into(),
            email: input.email,
            constituency: input.constituency.into(),
            language: input.language.map_or(caller.language, Into::into),
            invitation_code: input.invitation_code.map(Into::into),
        };
        let made = caller.forum.register_account(&act, caller.address).await;
        let made = settle!(caller, key, made);
        let account = account_of(caller, &made).await;
        let session = made
            .session
            .as_ref()
            .map(|signed| carrier.give(ctx, signed));
        let codes = made.recovery_codes.into_iter().map(Into::into).collect();
        let made = (account, Some(codes), session);
        Ok(RegisterAccountPayload::done(key, made))
    }

    /// Makes the first administrator, with the token of the setup link that
    /// the server printed.
    async fn set_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The administrator.")] input: SetUpInput,
    ) -> async_graphql::Result<SetUpPayload> {
        let caller = caller(ctx);
        let (key, carrier) = (input.client_mutation_id, Carrier::of(input.cookie));
        let constituency = input.constituency.map(Into::into);
        let act = act::RegisterAccount {
            login: input.login,
            display_name: input.display_name,
            password: input.password.into(),
            email: input.email,
            constituency: constituency.unwrap_or(word::Constituency::CivilSociety),
            language: input.language.map_or(caller.language, Into::into),
            invitation_code: None,
        };
        let token: String = input.token.into();
        let made = caller.forum.set_up(&token, &act, caller.address).await;
        let made = settle!(caller, key, made);
        let account = account_of(caller, &made).await;
        let session = made
            .session
            .as_ref()
            .map(|signed| carrier.give(ctx, signed));
        let codes = made.recovery_codes.into_iter().map(Into::into).collect();
        Ok(SetUpPayload::done(key, (account, Some(codes), session)))
    }

    /// Signs in. `query` of the answer is still read as who asked; `viewer`
    /// is who signed in.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Login and password.")] input: SignInInput,
    ) -> async_graphql::Result<SignInPayload> {
        let caller = caller(ctx);
        let (key, carrier) = (input.client_mutation_id, Carrier::of(input.cookie));
        let act = act::SignIn {
            login: input.login,
            password: input.password.into(),
            label: input.label,
        };
        let signed = caller.forum.sign_in(&act, caller.address).await;
        let signed = settle!(caller, key, signed);
        let session = carrier.give(ctx, &signed);
        let viewer = Viewer(signed.viewer);
        Ok(SignInPayload::done(key, (Some(session), Some(viewer))))
    }
}

/// The account that was made, as its owner sees it.
async fn account_of(caller: &Caller, made: &act::Registered) -> Option<Account> {
    let eyes = made.session.as_ref().map_or_else(
        // It waits for approval: nobody is signed in, but this is who asked.
        || {
            let actor = Actor {
                account: Some(made.account),
                ..Actor::default()
            };
            Arc::new(forum::Viewer {
                actor,
                ..forum::Viewer::default()
            })
        },
        |signed| Arc::clone(&signed.viewer),
    );
    // The account is made, and its codes are shown this once: that it cannot
    // be read just now must not cost them.
    Account::seen(caller, &eyes, made.account)
        .await
        .unwrap_or_default()
}

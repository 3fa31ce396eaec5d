//! The address for mail, and of what it tells.

use async_graphql::{Context, InputObject, Object};
use forum::notice as act;

use crate::schema::caller::{caller, once};
use crate::schema::enums::{MailFrequency, NotificationReason};
use crate::schema::mutation::secret::Secret;
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::people::Account;

/// An address for mail.
#[derive(InputObject, Debug)]
pub struct ChangeEmailInput {
    /// The address; where nothing is said, yours is taken away.
    pub email: Option<String>,
    /// Your password: whoever has the address can have it reset.
    #[graphql(secret)]
    pub password: Secret,
    /// Given back as it is. Asked for twice, a code is sent twice.
    pub client_mutation_id: Option<String>,
}

/// A code that came by mail.
#[derive(InputObject, Debug)]
pub struct ConfirmEmailInput {
    /// The address that it came to.
    pub email: String,
    /// The code. It is good for an hour at least, and for two at most.
    #[graphql(secret)]
    pub code: Secret,
    /// Given back as it is. Confirmed twice, nothing changes.
    pub client_mutation_id: Option<String>,
}

/// When you are told of something by mail.
#[derive(InputObject, Debug)]
pub struct SetMailPreferenceInput {
    /// Of what.
    pub reason: NotificationReason,
    /// When.
    pub frequency: MailFrequency,
    /// A key of your own: with the same key, it is set once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of setting an address for mail.
    ChangeEmailPayload,
    /// What came of confirming an address for mail.
    ConfirmEmailPayload,
    /// What came of setting when you are told by mail.
    SetMailPreferencePayload => {
        /// Your account as it is now.
        account: Account
    }
}

/// The address for mail, and of what it tells.
#[derive(Debug, Default)]
pub struct NoticeMutations;

#[Object(serial)]
impl NoticeMutations {
    /// Has a code sent to another address for mail, or takes yours away. Until
    /// `confirmEmail` is told the code, no other mail goes there, and your
    /// address stays as it is.
    async fn change_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address, and your password.")] input: ChangeEmailInput,
    ) -> async_graphql::Result<ChangeEmailPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let (email, password) = (input.email.as_deref(), input.password.0.as_str());
        let changed = caller
            .forum
            .change_email(&caller.viewer, email, password)
            .await;
        let id = settle!(caller, key, changed);
        let account = Account::changed(caller, id).await?;
        Ok(ChangeEmailPayload::done(key, account))
    }

    /// Shows that mail to an address reaches you, and makes it yours.
    async fn confirm_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address and the code.")] input: ConfirmEmailInput,
    ) -> async_graphql::Result<ConfirmEmailPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let confirmed = caller
            .forum
            .confirm_email(&caller.viewer, &input.email, &input.code.0)
            .await;
        let id = settle!(caller, key, confirmed);
        let account = Account::changed(caller, id).await?;
        Ok(ConfirmEmailPayload::done(key, account))
    }

    /// Sets when you are told of something by mail. Of what is still to be
    /// mailed, what you turn off is left out.
    async fn set_mail_preference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what, and when.")] input: SetMailPreferenceInput,
    ) -> async_graphql::Result<SetMailPreferencePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let set = act::MailPreference {
            reason: input.reason.into(),
            frequency: input.frequency.into(),
        };
        let written = caller
            .forum
            .set_mail_preference(&caller.viewer, set, &once)
            .await;
        let written = settle!(caller, key, written);
        let id = written.id(|id| (*id).into()).into();
        let account = Account::changed(caller, id).await?;
        Ok(SetMailPreferencePayload::done(key, account))
    }
}

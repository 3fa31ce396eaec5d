//! Passwords: changing them, and coming back without.

use async_graphql::{Context, InputObject, Object};
use forum::account as act;

use crate::schema::caller::caller;
use crate::schema::mutation::secret::Secret;
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::people::Account;

/// A new password for the one that is known.
#[derive(InputObject, Debug)]
pub struct ChangePasswordInput {
    /// The password of now.
    #[graphql(secret)]
    pub current_password: Secret,
    /// The password to be: at most 128 characters, hard to guess.
    #[graphql(secret)]
    pub new_password: Secret,
    /// Given back as it is.
    pub client_mutation_id: Option<String>,
}

/// Somebody who forgot the password.
#[derive(InputObject, Debug)]
pub struct RequestPasswordResetInput {
    /// The name to sign in with, or the address for mail.
    pub login_or_email: String,
    /// Given back as it is. The newest code replaces the one before.
    pub client_mutation_id: Option<String>,
}

/// A new password, by a code.
#[derive(InputObject, Debug)]
pub struct ResetPasswordInput {
    /// The name to sign in with.
    pub login: String,
    /// The code that was mailed, or a recovery code, in capitals or not, with
    /// or without hyphens.
    #[graphql(secret)]
    pub code: Secret,
    /// The password to be: at most 128 characters, hard to guess.
    #[graphql(secret)]
    pub password: Secret,
    /// Given back as it is. A code is good once.
    pub client_mutation_id: Option<String>,
}

/// New recovery codes, for whoever knows the password.
#[derive(InputObject, Debug)]
pub struct RegenerateRecoveryCodesInput {
    /// The password.
    #[graphql(secret)]
    pub password: Secret,
    /// Given back as it is. Each call makes new codes.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of changing the password.
    ChangePasswordPayload {
        /// The account as it is now.
        account: Account
    }
}

payload! {
    /// What came of asking for a code. It says nothing of whether there is
    /// such an account, and whether it has an address.
    RequestPasswordResetPayload {
        /// True: if there is such an account with an address, a code is on
        /// its way.
        accepted: bool
    }
}

payload! {
    /// What came of setting a new password with a code.
    ResetPasswordPayload {
        /// True once the password is set; sign in with it.
        reset: bool
    }
}

payload! {
    /// What came of making new recovery codes.
    RegenerateRecoveryCodesPayload {
        /// Codes to keep on paper, each good for one new password, in place
        /// of the old ones. They are shown once.
        recovery_codes: Vec<Secret>
    }
}

/// Passwords: changing them, and coming back without.
#[derive(Debug, Default)]
pub struct PasswordMutations;

#[Object(serial)]
impl PasswordMutations {
    /// Changes your password. Every other session of yours ends.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The passwords of now and to be.")] input: ChangePasswordInput,
    ) -> async_graphql::Result<ChangePasswordPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let act = act::ChangePassword {
            current: input.current_password.into(),
            new: input.new_password.into(),
        };
        let changed = caller.forum.change_password(&caller.viewer, &act).await;
        settle!(caller, key, changed);
        Ok(ChangePasswordPayload::done(
            key,
            Account::own(caller, &caller.viewer).await?,
        ))
    }

    /// Has a code sent to an account's address, with which `resetPassword`
    /// sets a new password. The answer is the same whether there is one.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password.")] input: RequestPasswordResetInput,
    ) -> async_graphql::Result<RequestPasswordResetPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let asked = caller
            .forum
            .request_password_reset(&input.login_or_email, caller.address);
        settle!(caller, key, asked);
        Ok(RequestPasswordResetPayload::done(key, Some(true)))
    }

    /// Sets a new password with a code. Every session of the account ends.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code and the password to be.")] input: ResetPasswordInput,
    ) -> async_graphql::Result<ResetPasswordPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let act = act::ResetPassword {
            login: input.login,
            code: input.code.into(),
            password: input.password.into(),
        };
        let reset = caller.forum.reset_password(&act, caller.address).await;
        settle!(caller, key, reset);
        Ok(ResetPasswordPayload::done(key, Some(true)))
    }

    /// Makes new recovery codes; the old ones are good no longer.
    async fn regenerate_recovery_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Proof that it is you.")] input: RegenerateRecoveryCodesInput,
    ) -> async_graphql::Result<RegenerateRecoveryCodesPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let password: String = input.password.into();
        let made = caller
            .forum
            .regenerate_recovery_codes(&caller.viewer, &password)
            .await;
        let codes = settle!(caller, key, made);
        let codes = codes.into_iter().map(Into::into).collect();
        Ok(RegenerateRecoveryCodesPayload::done(key, Some(codes)))
    }
}

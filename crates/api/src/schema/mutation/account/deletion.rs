//! Leaving.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use forum::account as act;

use super::set_cookie;
use crate::schema::caller::caller;
use crate::schema::enums::{OwnWords, StayingKind};
use crate::schema::mutation::secret::Secret;
use crate::schema::payload::{Payload, payload, settle};

/// An account to be deleted, by its owner.
#[derive(InputObject, Debug)]
pub struct DeleteAccountInput {
    /// The password, once more.
    #[graphql(secret)]
    pub password: Secret,
    /// What becomes of what you wrote.
    pub posts: OwnWords,
    /// Given back as it is. An account is deleted once.
    pub client_mutation_id: Option<String>,
}

/// Something that stays of whoever deleted his account.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(serial)]
pub struct StayingData {
    /// What, for programs.
    pub kind: StayingKind,
    /// What, for its owner.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
}

payload! {
    /// What came of deleting one's account.
    DeleteAccountPayload {
        /// What stays, and why.
        stays: Vec<StayingData>
    }
}

/// Leaving.
#[derive(Debug, Default)]
pub struct DeletionMutations;

#[Object(serial)]
impl DeletionMutations {
    /// Deletes your account. At once nobody can sign in with it, and your
    /// sessions, apps, memberships, duties and offices are gone, with your name
    /// and your address. Within minutes what you flagged, endorsed and follow
    /// goes, and the sealed facts of your concerns; concerns in progress are
    /// withdrawn. The last administrator stays one.
    async fn delete_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Proof that it is you, and what becomes of what you wrote.")]
        input: DeleteAccountInput,
    ) -> async_graphql::Result<DeleteAccountPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let act = act::DeleteAccount {
            password: input.password.into(),
            words: input.posts.into(),
        };
        let deleted = caller.forum.delete_account(&caller.viewer, &act).await;
        let stays = settle!(caller, key, deleted);
        set_cookie(ctx, "", 0);
        let stays = stays.into_iter().map(|one| {
            let said = act::staying(one, caller.language);
            StayingData {
                kind: one.into(),
                what: said.what,
                why: said.why,
            }
        });
        Ok(DeleteAccountPayload::done(key, Some(stays.collect())))
    }
}

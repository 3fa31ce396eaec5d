//! Who belongs where, and who is trusted with what.

pub mod agency;
pub mod circle;
pub mod organization;
pub mod trust;

pub use agency::AgencyMutations;
pub use circle::CircleMutations;
pub use organization::OrganizationMutations;
pub use trust::TrustMutations;

use async_graphql::MergedObject;
use domain::id::AccountId;
use forum::Written;

use crate::schema::caller::Caller;
use crate::schema::payload::payload;
use crate::schema::people::Account;

/// Who belongs where, and who is trusted with what.
#[derive(MergedObject, Debug, Default)]
pub struct DirectoryMutations(
    OrganizationMutations,
    AgencyMutations,
    TrustMutations,
    CircleMutations,
);

payload! {
    /// What came of changing what an account may do.
    AccountPayload {
        /// The account as it is now; null if you may not see it.
        account: Account
    }
}

impl AccountPayload {
    /// The payload of a change, with the account read anew.
    async fn of(
        caller: &Caller,
        key: Option<String>,
        written: &Written<AccountId>,
    ) -> async_graphql::Result<Self> {
        let id = written.id(|id| (*id).into()).into();
        Ok(Self::done(key, Account::changed(caller, id).await?))
    }
}

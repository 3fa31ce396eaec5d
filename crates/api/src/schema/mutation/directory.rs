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
use crate::schema::payload::{Payload, settle};
use crate::schema::people::Account;

/// Who belongs where, and who is trusted with what.
#[derive(MergedObject, Debug, Default)]
#[graphql(serial)]
pub struct DirectoryMutations(
    OrganizationMutations,
    AgencyMutations,
    TrustMutations,
    CircleMutations,
);

/// What came of changing what an account may do; the account is read anew.
async fn account_now<P>(
    caller: &Caller,
    key: Option<String>,
    written: Result<Written<AccountId>, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Account>>,
{
    let id = settle!(caller, key, written).id(|id| (*id).into()).into();
    Ok(P::done(key, Account::changed(caller, id).await?))
}

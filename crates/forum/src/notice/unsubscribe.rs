//! Ending mail by a link in it, without signing in (RFC 8058).

use domain::id::AccountId;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::webhook::secret::mac;
use crate::{Error, Forum};

/// Where mail is ended.
pub const UNSUBSCRIBE: &str = "/unsubscribe";

/// So many bytes of the seal stand in a link: 128 bits.
const SEAL: usize = 16;

impl Forum {
    /// The link that ends an account's mail; `None` where nobody said where
    /// the forum is reached.
    pub(super) fn unsubscribe_url(&self, account: AccountId) -> Option<String> {
        let public = self.settings.public_url.as_deref()?;
        let public = public.trim_end_matches('/');
        let token = self.unsubscribe_token(account);
        Some(format!("{public}{UNSUBSCRIBE}?token={token}"))
    }

    /// What a link that ends an account's mail holds: the account, and a seal
    /// that nobody else can make. It opens nothing else.
    pub fn unsubscribe_token(&self, account: AccountId) -> String {
        let seal = self.seal(account);
        let seal = u128::from_be_bytes(seal);
        format!("{}{seal:032x}", account.0.simple())
    }

    /// Ends all mail to the account of a link; says whether the link is whole.
    /// Done again, it changes nothing.
    pub async fn unsubscribe(&self, token: &str) -> Result<bool, Error> {
        let Some(account) = self.account_of_link(token) else {
            return Ok(false);
        };
        self.store
            .write(self.now(), async |tx| tx.end_mail(account).await)
            .await?;
        Ok(true)
    }

    fn account_of_link(&self, token: &str) -> Option<AccountId> {
        let (account, seal) = token.split_at_checked(32)?;
        let account = AccountId(Uuid::try_parse(account).ok()?);
        let plain = seal.len() == 2 * SEAL && seal.bytes().all(|one| one.is_ascii_hexdigit());
        let given = u128::from_str_radix(seal, 16).ok().filter(|_| plain)?;
        let same = self.seal(account).ct_eq(&given.to_be_bytes());
        bool::from(same).then_some(account)
    }

    fn seal(&self, account: AccountId) -> [u8; SEAL] {
        let parts: [&[u8]; 2] = [b"end mail", account.0.as_bytes()];
        let whole = mac(self.settings.pepper(), &parts);
        std::array::from_fn(|at| whole[at])
    }
}

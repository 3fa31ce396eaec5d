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
    pub(super) fn unsubscribe_url(&self, account: AccountId, email: &str) -> Option<String> {
        let public = self.settings.public_url.as_deref()?;
        let public = public.trim_end_matches('/');
        let token = self.unsubscribe_token(account, email);
        Some(format!("{public}{UNSUBSCRIBE}?token={token}"))
    }

    /// What a link that ends an account's mail to an address holds: the account,
    /// and a seal that nobody else can make. It opens nothing else, and ends
    /// with the address.
    fn unsubscribe_token(&self, account: AccountId, email: &str) -> String {
        let seal = self.seal(account, email);
        let seal = u128::from_be_bytes(seal);
        format!("{}{seal:032x}", account.0.simple())
    }

    /// Ends all mail to the account of a link; says whether the link is whole,
    /// and of the address that mail goes to. Done again, it changes nothing.
    pub async fn unsubscribe(&self, token: &str) -> Result<bool, Error> {
        let Some((account, given)) = read_token(token) else {
            return Ok(false);
        };
        let email = self.store.read().account(account).await?;
        let email = email.and_then(|one| one.email).unwrap_or_default();
        if !bool::from(self.seal(account, &email).ct_eq(&given)) {
            return Ok(false);
        }
        self.store
            .write(self.now(), async |tx| tx.end_mail(account).await)
            .await?;
        Ok(true)
    }

    fn seal(&self, account: AccountId, email: &str) -> [u8; SEAL] {
        let parts: [&[u8]; 3] = [b"end mail", account.0.as_bytes(), email.as_bytes()];
        let whole = mac(self.settings.pepper(), &parts);
        std::array::from_fn(|at| whole[at])
    }
}

fn read_token(token: &str) -> Option<(AccountId, [u8; SEAL])> {
    let (account, seal) = token.split_at_checked(32)?;
    let account = AccountId(Uuid::try_parse(account).ok()?);
    let plain = seal.len() == 2 * SEAL && seal.bytes().all(|one| one.is_ascii_hexdigit());
    let given = u128::from_str_radix(seal, 16).ok().filter(|_| plain)?;
    Some((account, given.to_be_bytes()))
}

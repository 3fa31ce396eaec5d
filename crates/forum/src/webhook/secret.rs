//! Secrets and signatures, after the Standard Webhooks specification.
//!
//! A secret is not kept: it is made anew of the forum's own secret and a salt
//! that is. So a copy of the database signs nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::id::{MessageId, WebhookId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use storage::webhook::{Salt, Webhook};

/// A webhook's secret, as its owner keeps it: `whsec_…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// Hides it.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// The secret of a webhook with this salt.
    pub(super) fn of(pepper: &[u8; 32], webhook: WebhookId, salt: &Salt) -> Self {
        Self(mac(
            pepper,
            &[&b"mukalma webhook"[..], webhook.0.as_bytes(), &salt.0],
        ))
    }

    /// The secret as it is shown, once.
    pub fn reveal(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0))
    }

    fn sign(&self, id: &str, timestamp: &str, body: &str) -> String {
        let parts: [&[u8]; 5] = [
            id.as_bytes(),
            b".",
            timestamp.as_bytes(),
            b".",
            body.as_bytes(),
        ];
        format!("v1,{}", STANDARD.encode(mac(&self.0, &parts)))
    }
}

/// HMAC-SHA-256 (RFC 2104) of what the parts are together.
pub(crate) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key that is shorter than a block is one that ends in zeros (RFC 2104).
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The name of a message, by which it is known again.
pub(super) fn name(message: MessageId) -> String {
    format!("msg_{}", message.0.simple())
}

/// The header fields of a message: signed with the secret, and with the one
/// before while that holds.
pub(super) fn headers(
    pepper: &[u8; 32],
    webhook: &Webhook,
    message: MessageId,
    now: DateTime<Utc>,
    body: &str,
) -> [(&'static str, String); 3] {
    let (id, timestamp) = (name(message), now.timestamp().to_string());
    let sign = |salt| Secret::of(pepper, webhook.id, salt).sign(&id, &timestamp, body);
    let mut signatures = sign(&webhook.salt);
    if let Some((salt, until)) = &webhook.old
        && *until > now
    {
        signatures.push(' ');
        signatures.push_str(&sign(salt));
    }
    [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signatures),
    ]
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    /// The example of the specification's own libraries.
    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let mut padded = [0; 32];
        padded[..key.len()].copy_from_slice(&key);
        // The same key: it ends in zeros.
        let signed = Secret(padded).sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            "{\"test\": 2432232314}",
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}

//! Ids and secrets drawn from the clock that was passed in.

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Forum;

impl Forum {
    /// The moment, in whole microseconds.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The moment, for whoever shows or compares times.
    pub fn time(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Stands for the address somebody comes from, for a day: a keyed hash, so
    /// that attempts can be limited and the address is not kept. A visitor
    /// without an address shares one key with all others.
    pub fn address_key(&self, address: Option<std::net::IpAddr>) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.settings.pepper());
        hash.update(self.today().to_string());
        match address {
            None => {}
            Some(std::net::IpAddr::V4(address)) => hash.update(address.octets()),
            // A household has a /64 of its own.
            Some(std::net::IpAddr::V6(address)) => hash.update(&address.octets()[..8]),
        }
        hash.finalize().into()
    }

    /// Today in the forum's zone.
    pub(crate) fn today(&self) -> NaiveDate {
        self.day_of(self.now())
    }

    /// The day of a moment in the forum's zone.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.settings.zone).date_naive()
    }

    /// An id for an ordinary row. Rows of protected voices take
    /// [`domain::id::unordered`] ones.
    pub(crate) fn new_id<T: From<Uuid>>(&self) -> T {
        domain::id::ordered(self.now(), self.random()).into()
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.clock.fill(&mut bytes);
        bytes
    }
}

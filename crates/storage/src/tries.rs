//! Trying again where a pooled connection turns out to be broken.
//!
//! Connections are not tested each time they are taken out of the pool: that
//! would cost a statement. After the server was away, whoever meets a broken
//! one tries the next, until the pool has opened a new one.

use std::time::Instant;

use sea_orm::{DatabaseConnection, DbBackend};

/// The tries that one caller has left. They cost nothing until a connection
/// is found broken.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    left: Option<(u32, Instant)>,
}

impl Tries {
    /// Whether to try once more after a broken connection: as often as the
    /// pool may hold broken ones, and no longer than a caller waits.
    pub(crate) fn again(&mut self, pool: &DatabaseConnection) -> bool {
        if pool.get_database_backend() != DbBackend::Postgres {
            return false;
        }
        let (left, until) = self.left.get_or_insert_with(|| {
            let pool = pool.get_postgres_connection_pool();
            let options = pool.options();
            (
                options.get_max_connections(),
                Instant::now() + options.get_acquire_timeout(),
            )
        });
        if *left == 0 || Instant::now() >= *until {
            return false;
        }
        *left -= 1;
        true
    }
}

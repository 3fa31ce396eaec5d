//! Personas: what stands behind them.

use domain::id::{AccountId, PersonaId};

use crate::conn::Conn;
use crate::error::StorageError;
use crate::write::Tx;

impl Conn {
    /// The account of a NAMED persona; `None` for a protected voice.
    pub async fn account_of_persona(
        &self,
        persona: PersonaId,
    ) -> Result<Option<AccountId>, StorageError> {
        let sql = "SELECT account FROM persona WHERE id = $1";
        let row = self.one(sql, self.params().with(persona)).await?;
        row.map_or(Ok(None), |mut row| row.maybe_id())
    }
}

impl Tx {
    /// Remembers that a first thread of an account was released: its next
    /// ones need not wait.
    pub async fn trust_account(&self, account: AccountId) -> Result<(), StorageError> {
        let sql = "UPDATE account SET trusted_at = $1 WHERE id = $2 AND trusted_at IS NULL";
        self.run(sql, self.params().with(self.now()).with(account))
            .await?;
        Ok(())
    }
}

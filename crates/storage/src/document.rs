//! Trusted documents.

use domain::id::DocumentId;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::write::Tx;

impl Conn {
    /// The text of a trusted document.
    pub async fn document_text(&self, id: DocumentId) -> Result<Option<String>, StorageError> {
        let sql = "SELECT text FROM document WHERE id = $1";
        let row = self.one(sql, self.params().with(id)).await?;
        row.map(|mut row| row.get()).transpose()
    }

    /// How many documents are trusted.
    pub async fn count_documents(&self) -> Result<u32, StorageError> {
        let row = self
            .one("SELECT COUNT(*) FROM document", self.params())
            .await?;
        row.ok_or(StorageError::Corrupt("a count"))?.count()
    }
}

impl Tx {
    /// Writes a document that is trusted from now on; says whether it was not
    /// before.
    pub async fn insert_document(
        &self,
        id: DocumentId,
        hash: &[u8],
        text: &str,
    ) -> Result<bool, StorageError> {
        let sql = "INSERT INTO document (id, hash, text, trusted_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (id) DO NOTHING";
        let params = self
            .params()
            .with(id)
            .with(hash.to_vec())
            .with(text.to_owned())
            .with(self.now());
        Ok(self.run(sql, params).await? > 0)
    }

    /// Trusts a document no longer; says whether it was trusted.
    pub async fn delete_document(&self, id: DocumentId) -> Result<bool, StorageError> {
        let sql = "DELETE FROM document WHERE id = $1";
        Ok(self.run(sql, self.params().with(id)).await? > 0)
    }
}

//! Trusted documents: operations of apps that somebody looked at.
//!
//! Which documents are trusted is part of the directory, which every server of
//! the forum keeps at hand and reads anew when it changes. That a text is a
//! good document is for the caller to see to.

use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{DocumentId, unordered};
use domain::policy::{self, Action};
use storage::directory::TrustedDocument;

use crate::account::Reached;
use crate::{Error, Forum, Once, Problem, Viewer, Written};

/// A document to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// The SHA-256 of its text.
    pub hash: [u8; 32],
    /// Its text.
    pub text: String,
}

impl NewDocument {
    /// A document's id follows from its hash: trusted twice, it is one.
    fn id(&self) -> DocumentId {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.hash[..16]);
        unordered(bytes).into()
    }
}

impl Forum {
    /// Whether the viewer decides on what is trusted.
    pub fn may_trust_documents(&self, viewer: &Viewer) -> Result<(), Error> {
        Ok(policy::decide(&viewer.actor, &Action::Administer)?)
    }

    /// Trusts a document from now on.
    pub async fn trust_document(
        &self,
        viewer: &Viewer,
        new: &NewDocument,
        once: &Once,
    ) -> Result<Written<DocumentId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let (id, most) = (new.id(), self.settings.documents_max);
        let claim = self.claim(viewer, "trustDocument", once, id.0)?;
        self.change(
            Some(viewer.audited("trustDocument").of(id)),
            claim,
            id,
            async |tx| {
                if tx.insert_document(id, &new.hash, &new.text).await?
                    && tx.count_documents().await? as usize > most
                {
                    return Err(Error::whole(Problem::TooMany { max: most }));
                }
                Ok(Reached::entry(id))
            },
        )
        .await
    }

    /// Trusts a document no longer.
    pub async fn distrust_document(
        &self,
        viewer: &Viewer,
        id: DocumentId,
        once: &Once,
    ) -> Result<Written<DocumentId>, Error> {
        policy::decide(&viewer.actor, &Action::Administer)?;
        let claim = self.claim(viewer, "distrustDocument", once, id.0)?;
        self.change(
            Some(viewer.audited("distrustDocument").of(id)),
            claim,
            id,
            async |tx| {
                if !tx.delete_document(id).await? {
                    return Err(Error::at("id", Problem::NotFound));
                }
                Ok(Reached::entry(id))
            },
        )
        .await
    }

    /// Trusts the documents that whoever runs the server put beside it; says
    /// how many were not trusted before.
    pub async fn install_documents(&self, documents: &[NewDocument]) -> Result<usize, Error> {
        let known = self.directory();
        let new: Vec<_> = documents
            .iter()
            .filter(|one| known.document(&one.hash).is_none())
            .collect();
        if new.is_empty() {
            return Ok(0);
        }
        let most = self.settings.documents_max;
        let installed = self
            .store
            .write(self.now(), async |tx| {
                let mut installed = 0;
                for one in &new {
                    let id = one.id();
                    if tx.insert_document(id, &one.hash, &one.text).await? {
                        installed += 1;
                        tx.emit(NewEvent {
                            stream: StreamName::Directory,
                            kind: EventKind::DirectoryChanged,
                            thread: None,
                            object: Some(id.0),
                        });
                    }
                }
                if tx.count_documents().await? as usize > most {
                    return Err(Error::whole(Problem::TooMany { max: most }));
                }
                Ok::<_, Error>(installed)
            })
            .await?;
        self.reload_directory().await?;
        Ok(installed)
    }

    /// The text of a trusted document.
    pub async fn document_text(&self, hash: &[u8; 32]) -> Result<Option<String>, Error> {
        match self.directory().document(hash) {
            None => Ok(None),
            Some(document) => Ok(self.store.read().document_text(document.id).await?),
        }
    }

    /// A trusted document by its id; there is none for whoever does not
    /// administer the forum.
    pub fn document(&self, viewer: &Viewer, id: DocumentId) -> Option<TrustedDocument> {
        policy::decide(&viewer.actor, &Action::Administer).ok()?;
        self.directory().document_by_id(id).copied()
    }
}

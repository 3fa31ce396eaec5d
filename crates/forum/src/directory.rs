//! The directory kept at hand, until its stream moves.

use std::sync::{Arc, PoisonError, RwLock};

use domain::id::OrganizationId;
use domain::people::Accreditation;
use storage::Store;
use storage::directory::Directory;

use crate::{Error, Forum};

/// The newest directory that was read.
#[derive(Debug)]
pub(crate) struct Kept(RwLock<Arc<Directory>>);

impl Kept {
    pub(crate) async fn read(store: &Store) -> Result<Self, Error> {
        Ok(Self(RwLock::new(Arc::new(store.read().directory().await?))))
    }

    fn get(&self) -> Arc<Directory> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, directory: Arc<Directory>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let reaches = |one: &Directory| one.head.map_or(0, |head| head.head);
        // Two readers may cross: the one that reaches further stays.
        if reaches(&directory) >= reaches(&kept) {
            *kept = directory;
        }
    }
}

impl Forum {
    /// Bodies and reference data as they stand.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.get()
    }

    /// How far an organization is accredited; `None` where there is none.
    pub(crate) fn accreditation(&self, id: OrganizationId) -> Option<Accreditation> {
        let directory = self.directory();
        directory.organization(id).map(|one| one.accreditation)
    }

    /// Reads the directory anew: after its stream moved, or a write of one's
    /// own.
    pub async fn reload_directory(&self) -> Result<(), Error> {
        let read = self.store.read().directory().await?;
        self.directory.set(Arc::new(read));
        Ok(())
    }
}

//! Leaving: an account ends at once, and what is left of it goes afterwards
//! (`erasure`).

mod words;

use domain::event::{EventKind, NewEvent, StreamName};
use domain::own_data::{OwnWords, Staying};
use domain::people::Duty;
use storage::audit_log::Audited;
use storage::thread::Author;

use super::change::{Reached, access_changed};
use super::erasure;
use crate::notice;
use crate::webhook::secret::mac;
use crate::{Error, Forum, Problem, Viewer};

pub use words::{Said, staying};

/// Somebody who wants to be gone.
#[derive(Clone)]
pub struct DeleteAccount {
    /// The password, once more.
    pub password: String,
    /// What becomes of what he wrote.
    pub words: OwnWords,
}

impl Forum {
    /// The hash by which the login of somebody who left is known again.
    pub(super) fn former_login(&self, login: &str) -> [u8; 32] {
        mac(self.settings.pepper(), &[b"former login", login.as_bytes()])
    }

    /// Ends one's own account: nobody signs in with it any more, its sessions
    /// and apps are signed out, its duties and offices end. What is left of it
    /// goes within minutes. Gives what stays.
    pub async fn delete_account(
        &self,
        viewer: &Viewer,
        input: &DeleteAccount,
    ) -> Result<Vec<Staying>, Error> {
        let account = self
            .prove_password(viewer, "password", &input.password)
            .await?;
        let id = account.id;
        let login = self.former_login(&account.login);
        let job = self.new_id();
        let held_office = self
            .store
            .write(self.now(), async |tx| {
                tx.hold_duty(Duty::Administrator).await?;
                tx.hold_account(id).await?;
                let before = tx.account(id).await?.ok_or_else(Error::not_found)?;
                if !before.standing.may_sign_in() {
                    return Err(Error::not_found());
                }
                if tx.last_with_duty(Duty::Administrator, id).await? {
                    let problem = Problem::Invalid("the last administrator stays one");
                    return Err(Error::whole(problem));
                }
                let held = tx.affiliations(id).await?;
                let deleted = viewer.audited("deleteAccount").about([id]);
                tx.audit(deleted.saying(input.words.code()));
                for duty in &held.duties {
                    let ended = Audited::new("revokeDuty", viewer.account).about([id]);
                    tx.audit(ended.saying(duty.code()));
                }
                for holding in &held.holdings {
                    // What he had in hand there is on the desk again.
                    tx.pass_on_taken(holding.office, id, None).await?;
                    let ended = Audited::new("endHolding", viewer.account).about([id]);
                    tx.audit(ended.of(holding.office));
                }
                notice::forget_jobs(&tx, id).await?;
                tx.end_account(id, &login).await?;
                tx.schedule(&erasure::begin(job, id, input.words, tx.now()))
                    .await?;
                tx.emit(access_changed(id.0));
                // Whatever was answered with his name is answered anew.
                tx.emit(NewEvent {
                    stream: StreamName::Directory,
                    kind: EventKind::DirectoryChanged,
                    thread: None,
                    object: None,
                });
                let spoke_for = |one: &Author| one.office.is_some();
                Ok(held.personas.iter().any(spoke_for))
            })
            .await?;
        self.forget(&Reached::account(id)).await?;
        self.reload_directory().await?;
        Ok(Staying::of(input.words, held_office).collect())
    }
}

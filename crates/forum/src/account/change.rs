//! What every change of people has in common: the personas that follow from
//! it, the events that tell it, and what is no longer kept at hand.

use domain::event::{EventKind, NewEvent, StreamName};
use domain::id::{AccountId, ClientId, OfficeId, PersonaId};
use domain::people::Voice;
use storage::Tx;
use storage::account::{Account, Affiliations};
use storage::audit_log::Audited;
use storage::idempotency::Claim;
use storage::thread::Author;
use uuid::Uuid;

use super::secret::Seed;
use crate::once::claimed;
use crate::{Error, Forum, Written};

/// What a change reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reached {
    /// The accounts whose rights or name may be others now.
    pub(super) accounts: Vec<AccountId>,
    /// The apps that may do less now, or nothing.
    pub(super) clients: Vec<ClientId>,
    /// The entry of the directory that changed.
    pub(super) entry: Option<Uuid>,
    /// Who left an office, whose work there goes on.
    pub(super) left: Option<Left>,
}

/// Somebody left an office.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    /// The office.
    pub(super) office: OfficeId,
    /// Who left it.
    pub(super) from: AccountId,
    /// Who goes on with what he had in hand; else it is on the desk again.
    pub(super) to: Option<AccountId>,
}

impl Reached {
    /// One account.
    pub(super) fn account(id: AccountId) -> Self {
        Self {
            accounts: vec![id],
            ..Self::default()
        }
    }

    /// An entry of the directory, and no account.
    pub(crate) fn entry(id: impl Into<Uuid>) -> Self {
        Self {
            entry: Some(id.into()),
            ..Self::default()
        }
    }

    /// One app.
    pub(super) fn client(id: ClientId) -> Self {
        Self {
            clients: vec![id],
            ..Self::default()
        }
    }
}

impl Forum {
    /// Writes a change, once, with the personas and events that follow from
    /// it, and forgets what it made stale. `result` is the id of what it
    /// made or changed.
    ///
    /// What was decided for others, or about rules and keys, is audited: with
    /// the accounts that it reached.
    pub(crate) async fn change<T: Copy, F>(
        &self,
        audited: Option<Audited>,
        claim: Option<Claim>,
        result: T,
        work: impl Fn(Tx) -> F,
    ) -> Result<Written<T>, Error>
    where
        F: Future<Output = Result<Reached, Error>>,
    {
        let seed = self.new_seed();
        let done = self
            .store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Err(before));
                }
                let reached = work(tx.clone()).await?;
                let there = settle(&tx, &reached, seed).await?;
                if let Some(act) = &audited {
                    // Of whoever is gone nothing is kept.
                    tx.audit(act.clone().about(there));
                }
                Ok::<_, Error>(Ok(reached))
            })
            .await?;
        match done {
            Ok(reached) => {
                self.forget(&reached).await?;
                Ok(Written::Now(result))
            }
            Err(before) => Ok(Written::Before(before)),
        }
    }

    /// Forgets what a change that is committed made stale.
    pub(super) async fn forget(&self, reached: &Reached) -> Result<(), Error> {
        for account in &reached.accounts {
            self.forget_account(*account);
        }
        for client in &reached.clients {
            self.forget_holder(client.0);
        }
        if reached.entry.is_some() {
            self.reload_directory().await?;
        }
        Ok(())
    }
}

/// Gives every reached account the persona it speaks as from now on, and
/// tells the change. Gives those accounts that are there.
pub(super) async fn settle(
    tx: &Tx,
    reached: &Reached,
    seed: Seed,
) -> Result<Vec<AccountId>, Error> {
    let mut there = Vec::with_capacity(reached.accounts.len());
    for id in &reached.accounts {
        if let Some(account) = tx.account(*id).await? {
            there.push(*id);
            let affiliations = tx.affiliations(*id).await?;
            let persona = PersonaId(domain::id::ordered(tx.now(), seed.bytes(id.0)));
            let due = persona_due(&account, &affiliations, persona);
            if speaking(&affiliations, &due).is_none() {
                tx.insert_named_persona(*id, &due).await?;
            }
        }
        tx.emit(access_changed(id.0));
    }
    if let Some(left) = reached.left {
        pass_on(tx, left).await?;
    }
    for client in &reached.clients {
        tx.emit(access_changed(client.0));
    }
    if let Some(entry) = reached.entry {
        tx.emit(NewEvent {
            stream: StreamName::Directory,
            kind: EventKind::DirectoryChanged,
            thread: None,
            object: Some(entry),
        });
    }
    Ok(there)
}

/// Has whoever takes an office over go on with what another had in hand there.
async fn pass_on(tx: &Tx, left: Left) -> Result<(), Error> {
    let to = match left.to {
        Some(id) => persona_of(tx, id).await?,
        None => None,
    };
    tx.pass_on_taken(left.office, left.from, to).await?;
    Ok(())
}

/// As whom an account speaks.
pub(crate) async fn persona_of(tx: &Tx, id: AccountId) -> Result<Option<PersonaId>, Error> {
    let Some(account) = tx.account(id).await? else {
        return Ok(None);
    };
    let affiliations = tx.affiliations(id).await?;
    let due = persona_due(&account, &affiliations, PersonaId(Uuid::nil()));
    Ok(speaking(&affiliations, &due).map(|one| one.persona))
}

pub(super) fn access_changed(holder: Uuid) -> NewEvent {
    NewEvent {
        stream: StreamName::Access,
        kind: EventKind::AccessChanged,
        thread: None,
        object: Some(holder),
    }
}

/// The persona that an account speaks as, by what it belongs to now.
///
/// A constituency that nobody vouched for is not shown: it would count at the
/// table. The holder of an office speaks as the office, without a name.
pub(super) fn persona_due(
    account: &Account,
    affiliations: &Affiliations,
    persona: PersonaId,
) -> Author {
    let holding = affiliations.holdings.first();
    Author {
        persona,
        voice: Voice::Named,
        constituency: account.vouched().then_some(account.constituency),
        display_name: holding.is_none().then(|| account.display_name.clone()),
        organization: affiliations.organization,
        agency: holding.map(|one| one.agency),
        office: holding.map(|one| one.office),
    }
}

/// The newest persona that is the one due.
pub(super) fn speaking<'a>(affiliations: &'a Affiliations, due: &Author) -> Option<&'a Author> {
    affiliations.personas.iter().rev().find(|one| {
        **one
            == Author {
                persona: one.persona,
                ..due.clone()
            }
    })
}

//! Who stands at the door: from a token to a viewer, and the list of one's
//! sessions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{AccountId, PersonaId, SessionId};
use domain::moderation::{Curb, SanctionKind, SanctionReach, SanctionScope, Sanctions};
use domain::people::Actor;
use domain::policy::{self, Action};
use moka::sync::Cache;
use storage::Conn;
use storage::account::{Account, Affiliations, Session};
use storage::directory::Directory;
use storage::sanction::Standing;
use uuid::Uuid;

use super::change::{Reached, persona_due, settle, speaking};
use super::partner::is_app_token;
use super::secret::{TOKEN_LENGTH, hash};
use crate::concern::lineage;
use crate::{Error, Forum, Viewer};

/// How long a viewer is kept at most. Changes are told, so that this matters
/// only where telling failed.
const KEPT_FOR: Duration = Duration::from_mins(1);

/// How many viewers are kept at most.
const KEPT: u64 = 20_000;

/// How often the last use of a session is written at most.
const TOUCHED_EVERY: TimeDelta = TimeDelta::minutes(5);

/// The viewers of the tokens that were seen lately.
///
/// Changes are numbered. A viewer that was begun to be read before the newest
/// change of his account is stale, however late he is put in.
pub(super) struct Kept {
    viewers: Cache<[u8; 32], (Arc<Viewer>, u64)>,
    /// Accounts and apps, by their ids.
    changed: Cache<Uuid, u64>,
    number: AtomicU64,
    everybody: AtomicU64,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            viewers: Cache::builder()
                .max_capacity(KEPT)
                .time_to_live(KEPT_FOR)
                .build(),
            // Outlives whatever was kept before the change. It has no
            // capacity: it must not lose a change.
            changed: Cache::builder().time_to_live(KEPT_FOR * 4).build(),
            number: AtomicU64::new(1),
            everybody: AtomicU64::new(0),
        }
    }

    fn number(&self) -> u64 {
        self.number.load(Ordering::SeqCst)
    }

    fn get(&self, token: &[u8; 32], now: DateTime<Utc>) -> Option<Arc<Viewer>> {
        let (viewer, read_at) = self.viewers.get(token)?;
        // A sanction of his ended by itself.
        if viewer.curbed_until.is_some_and(|end| end <= now) {
            return None;
        }
        let mut holders = viewer.holders();
        let changed = |id: Uuid| self.changed.get(&id).unwrap_or(0);
        let fresh = holders.all(|id| read_at > changed(id))
            && read_at > self.everybody.load(Ordering::SeqCst);
        fresh.then_some(viewer)
    }

    fn put(&self, token: [u8; 32], viewer: Arc<Viewer>, read_at: u64) {
        self.viewers.insert(token, (viewer, read_at));
    }

    fn forget(&self, holder: Uuid) {
        self.changed
            .insert(holder, self.number.fetch_add(1, Ordering::SeqCst));
    }

    fn forget_everybody(&self) {
        self.everybody
            .store(self.number.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
    }
}

impl Forum {
    /// Whose token this is, a session's or an app's; `None` if it is nobody's,
    /// over, of an account that may not be signed in, or of an app that was
    /// revoked. At most two statements, of an app one, usually none.
    pub async fn viewer_of_token(&self, token: &str) -> Result<Option<Arc<Viewer>>, Error> {
        // The two are told apart by their length.
        let of_app = is_app_token(token);
        if token.len() != TOKEN_LENGTH && !of_app {
            return Ok(None);
        }
        let now = self.now();
        let token = hash(self.settings.pepper(), token);
        let kept = &self.people.sessions;
        if let Some(viewer) = kept.get(&token, now) {
            let over = viewer.expires_at.is_some_and(|end| end <= now);
            return Ok((!over).then_some(viewer));
        }
        let read_at = kept.number();
        let viewer = if of_app {
            self.viewer_of_app(&token).await?
        } else {
            self.viewer_of_session(&token).await?
        };
        if let Some(viewer) = &viewer {
            kept.put(token, Arc::clone(viewer), read_at);
        }
        Ok(viewer)
    }

    async fn viewer_of_session(&self, token: &[u8; 32]) -> Result<Option<Arc<Viewer>>, Error> {
        let now = self.now();
        let Some(found) = self.store.read().signed_in(token).await? else {
            return Ok(None);
        };
        let session = &found.session;
        let idle = TimeDelta::days(i64::from(self.settings.session_idle_days));
        let over = session.expires_at <= now || session.last_used_at + idle <= now;
        if over || !found.account.standing.may_sign_in() {
            return Ok(None);
        }
        let stands = self.stands(self.store.read(), &found.account).await?;
        let viewer = Arc::new(viewer(&found.account, &stands, Some(session)));
        if session.last_used_at + TOUCHED_EVERY <= now {
            self.touch_in_background(session.id);
        }
        Ok(Some(viewer))
    }

    /// An account as it stands, without a session: for a watcher who is
    /// decided on anew, and for the command line. `None` if it may not be
    /// signed in.
    pub async fn viewer_of_account(&self, id: AccountId) -> Result<Option<Arc<Viewer>>, Error> {
        let Some(account) = self.store.read().account(id).await? else {
            return Ok(None);
        };
        if !account.standing.may_sign_in() {
            return Ok(None);
        }
        let stands = self.stands(self.store.read(), &account).await?;
        Ok(Some(Arc::new(viewer(&account, &stands, None))))
    }

    /// What an account belongs to, and what sanctions of it stand. One statement,
    /// and one more for whoever may be under a sanction.
    pub(crate) async fn stands(&self, conn: &Conn, account: &Account) -> Result<Stands, Error> {
        let affiliations = conn.affiliations(account.id).await?;
        let now = self.now();
        let sanctions = match account.sanctioned_until {
            Some(end) if end > now => conn.standing_sanctions(account.id, now).await?,
            _ => Vec::new(),
        };
        Ok(Stands {
            affiliations,
            curbed_until: sanctions.iter().filter_map(|one| one.until).min(),
            sanctions: Sanctions {
                standing: sanctions.iter().map(|one| self.curb(one)).collect(),
                lost: Vec::new(),
            },
        })
    }

    fn curb(&self, of: &Standing) -> Curb {
        let scope = match of.reach {
            SanctionReach::Thread => SanctionScope::Thread(of.thread),
            SanctionReach::Category => {
                let code = of.category.as_deref().unwrap_or_default();
                SanctionScope::Category(with_those_under(&self.directory(), code))
            }
            SanctionReach::Everything => SanctionScope::Everything,
        };
        Curb {
            suspends: of.kind != SanctionKind::Silence,
            scope,
        }
    }

    /// No longer keeps what an account might do, because it changed.
    pub fn forget_account(&self, account: AccountId) {
        self.people.sessions.forget(account.0);
    }

    /// No longer keeps what this account or app might do, because it changed.
    pub fn forget_holder(&self, id: Uuid) {
        self.people.sessions.forget(id);
    }

    /// No longer keeps what anybody might do, because changes may have been
    /// missed.
    pub fn forget_every_account(&self) {
        self.people.sessions.forget_everybody();
    }

    /// Keeps a viewer who signed in just now.
    pub(super) fn keep_viewer(&self, token: &str, viewer: &Arc<Viewer>, read_at: u64) {
        let token = hash(self.settings.pepper(), token);
        self.people.sessions.put(token, Arc::clone(viewer), read_at);
    }

    /// The number of the newest change, to be asked before an account is
    /// read.
    pub(super) fn newest_change(&self) -> u64 {
        self.people.sessions.number()
    }

    fn touch_in_background(&self, id: SessionId) {
        let (store, now) = (Arc::clone(&self.store), self.now());
        tokio::spawn(async move {
            let touching = store.write(now, async |tx| tx.touch_session(id).await);
            if storage::apart(touching).await.is_err() {
                tracing::warn!("the last use of a session was not written");
            }
        });
    }

    /// Ends the session that this is.
    pub async fn sign_out(&self, viewer: &Viewer) -> Result<(), Error> {
        match viewer.session {
            Some(session) => self.revoke_session(viewer, session).await,
            None => Ok(policy::decide(&viewer.actor, &Action::ManageOwnAccount)?),
        }
    }

    /// One's own sessions, the last used first.
    pub async fn sessions(&self, viewer: &Viewer) -> Result<Vec<Session>, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let now = self.now();
        let mut sessions = self.store.read().sessions(account).await?;
        let idle = TimeDelta::days(i64::from(self.settings.session_idle_days));
        sessions.retain(|one| one.expires_at > now && one.last_used_at + idle > now);
        Ok(sessions)
    }

    /// One of one's own sessions; to others there is none.
    pub async fn session(&self, viewer: &Viewer, id: SessionId) -> Result<Option<Session>, Error> {
        if policy::decide(&viewer.actor, &Action::ManageOwnAccount).is_err() {
            return Ok(None);
        }
        let sessions = self.sessions(viewer).await?;
        Ok(sessions.into_iter().find(|one| one.id == id))
    }

    /// Ends one of one's own sessions.
    pub async fn revoke_session(&self, viewer: &Viewer, id: SessionId) -> Result<(), Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let seed = self.new_seed();
        self.store
            .write(self.now(), async |tx| {
                if !tx.delete_session(account, id).await? {
                    return Err(Error::not_found());
                }
                settle(&tx, &Reached::account(account), seed)
                    .await
                    .map(drop)
            })
            .await?;
        self.forget_account(account);
        Ok(())
    }

    /// Ends one's own sessions but the one that this is; says how many.
    pub async fn revoke_other_sessions(&self, viewer: &Viewer) -> Result<u64, Error> {
        policy::decide(&viewer.actor, &Action::ManageOwnAccount)?;
        let account = viewer.account.ok_or_else(Error::not_found)?;
        let seed = self.new_seed();
        let gone = self
            .store
            .write(self.now(), async |tx| {
                let gone = tx.delete_sessions(account, viewer.session).await?;
                settle(&tx, &Reached::account(account), seed).await?;
                Ok::<_, Error>(gone)
            })
            .await?;
        self.forget_account(account);
        Ok(gone)
    }
}

/// How an account stands: what it belongs to, and what stands of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stands {
    pub(crate) affiliations: Affiliations,
    pub(crate) sanctions: Sanctions,
    /// When the first of the sanctions ends.
    pub(crate) curbed_until: Option<DateTime<Utc>>,
}

/// The codes of a category and of those under it.
fn with_those_under(directory: &Directory, code: &str) -> Vec<String> {
    let all = directory.categories.iter();
    let under = all.filter(|one| lineage(directory, Some(&one.code)).contains(&code));
    let mut codes: Vec<String> = under.map(|one| one.code.clone()).collect();
    if codes.is_empty() {
        codes.push(code.to_owned());
    }
    codes
}

/// A viewer out of what is stored of him.
pub(crate) fn viewer(account: &Account, stands: &Stands, session: Option<&Session>) -> Viewer {
    let affiliations = &stands.affiliations;
    let due = persona_due(account, affiliations, PersonaId(Uuid::nil()));
    let author = speaking(affiliations, &due).cloned();
    let holding = affiliations.holdings.first();
    let mut offices: Vec<_> = affiliations
        .holdings
        .iter()
        .filter(|one| holding.is_some_and(|first| first.agency == one.agency))
        .map(|one| one.office)
        .collect();
    offices.sort_unstable();
    let actor = Actor {
        account: Some(account.id),
        personas: affiliations
            .personas
            .iter()
            .map(|one| one.persona)
            .collect(),
        speaks_as: author.as_ref().map(|one| one.persona),
        constituency: Some(account.constituency),
        vouched: account.vouched(),
        duties: affiliations.duties.clone(),
        sanctions: stands.sanctions.clone(),
        organization: affiliations.organization,
        agency: holding.map(|one| one.agency),
        agency_answers: holding.is_some_and(|one| one.answers),
        agency_oversees: holding.is_some_and(|one| one.oversees),
        offices,
        circles: affiliations.circles.clone(),
        through: None,
    };
    let actor = policy::curbed(actor);
    Viewer {
        established: account.established_at.is_some() || policy::is_entrusted(&actor),
        author: author.filter(|_| actor.speaks_as.is_some()),
        actor,
        session: session.map(|one| one.id),
        expires_at: session.map(|one| one.expires_at),
        curbed_until: stands.curbed_until,
        language: Some(account.language),
        trusted: account.trusted_at.is_some(),
        client: None,
    }
}

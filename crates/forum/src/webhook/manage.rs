//! What the owners of a webhook do.

use chrono::{DateTime, Utc};
use domain::event::StreamName;
use domain::id::{MessageId, OrganizationId, WebhookId};
use domain::policy::{self, Action};
use domain::text::OrganizationName;
use domain::webhook::{Filter, MessageKind, MessageState, ObjectKind, WebhookState};
use storage::thread::Slice;
use storage::webhook::{Address, Attempt, Message, MessagePlace, NewMessage, Place, Salt, Webhook};

use super::{Endpoint, Secret, secret};
use crate::error::Problems;
use crate::once::{Once, Written, claimed};
use crate::{Error, Forum, Problem, Viewer};

/// A webhook to be made.
#[derive(Clone)]
pub struct CreateWebhook {
    /// The organization it will belong to.
    pub organization: OrganizationId,
    /// What to call it.
    pub label: String,
    /// Where it is.
    pub url: String,
    /// What it asks for.
    pub filter: Filter,
}

/// Hides where it is.
impl std::fmt::Debug for CreateWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateWebhook")
            .field("organization", &self.organization)
            .finish_non_exhaustive()
    }
}

/// What is to be changed of a webhook. What is `None` stays.
#[derive(Clone)]
pub struct UpdateWebhook {
    /// The webhook.
    pub id: WebhookId,
    /// What to call it.
    pub label: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// What it asks for.
    pub filter: Option<Filter>,
    /// Whether it is told anything.
    pub state: Option<WebhookState>,
}

/// Hides where it is.
impl std::fmt::Debug for UpdateWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpdateWebhook")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A webhook with a secret that is shown once.
#[derive(Debug, Clone)]
pub struct NewSecret {
    /// The webhook.
    pub webhook: Webhook,
    /// Its secret.
    pub secret: Secret,
}

impl Forum {
    /// The webhooks of an organization, for whoever acts for it.
    pub async fn webhooks(
        &self,
        viewer: &Viewer,
        organization: OrganizationId,
    ) -> Result<Vec<Webhook>, Error> {
        policy::decide(&viewer.actor, &Action::ManageWebhooks(organization))?;
        Ok(self.store.read().webhooks_of(organization).await?)
    }

    /// A webhook; `None` if there is none that the viewer manages.
    pub async fn webhook(&self, viewer: &Viewer, id: WebhookId) -> Result<Option<Webhook>, Error> {
        let found = self.store.read().webhook(id).await?;
        Ok(found.filter(|one| manages(viewer, one)))
    }

    /// The log of a webhook that the viewer manages.
    pub async fn messages(
        &self,
        webhook: &Webhook,
        state: Option<MessageState>,
        slice: Slice<MessagePlace>,
    ) -> Result<Vec<Message>, Error> {
        Ok(self.store.read().messages(webhook.id, state, slice).await?)
    }

    /// A message; `None` if there is none to a webhook that the viewer manages.
    pub async fn message(&self, viewer: &Viewer, id: MessageId) -> Result<Option<Message>, Error> {
        let found = self.store.read().message_by_id(id).await?;
        let seen = found.filter(|(organization, _)| {
            let act = Action::ManageWebhooks(*organization);
            policy::decide(&viewer.actor, &act).is_ok()
        });
        Ok(seen.map(|(_, message)| message))
    }

    /// How much the log of a webhook holds.
    pub async fn message_count(
        &self,
        webhook: WebhookId,
        state: Option<MessageState>,
    ) -> Result<i64, Error> {
        Ok(self.store.read().message_count(webhook, state).await?)
    }

    /// The newest attempts at each of several messages. One statement whatever
    /// their number.
    pub async fn attempts(
        &self,
        messages: &[MessageId],
        limit: u32,
    ) -> Result<Vec<(MessageId, Attempt)>, Error> {
        Ok(self.store.read().attempts(messages, limit).await?)
    }

    /// The name of a message, as its webhook is told it.
    pub fn message_name(&self, message: MessageId) -> String {
        secret::name(message)
    }

    /// Makes a webhook, which is told what happens from now on.
    pub async fn create_webhook(
        &self,
        viewer: &Viewer,
        input: &CreateWebhook,
    ) -> Result<NewSecret, Error> {
        let organization = input.organization;
        policy::decide(&viewer.actor, &Action::ManageWebhooks(organization))?;
        let mut problems = Problems::default();
        let accepted = policy::has_programs(self.accreditation(organization));
        problems.require(accepted, "organizationId", Problem::NotFound);
        let label = problems.take("label", OrganizationName::parse(&input.label));
        let url = self.endpoint(&mut problems, &input.url);
        self.check_filter(&mut problems, &input.filter).await?;
        problems.none()?;
        let webhook = Webhook {
            id: self.new_id(),
            organization,
            label: label.map(OrganizationName::into_string).unwrap_or_default(),
            url: Address(url.map(|url| url.as_str().to_owned()).unwrap_or_default()),
            filter: input.filter.clone(),
            state: WebhookState::Active,
            salt: self.new_salt(),
            old: None,
            created_at: self.now(),
        };
        let max = self.settings.webhooks.per_organization;
        self.store
            .write(webhook.created_at, async |tx| {
                if tx.count_webhooks(organization).await? >= max {
                    return Err(Error::whole(Problem::TooMany { max }));
                }
                tx.insert_webhook(&webhook).await?;
                tx.audit(viewer.audited("createWebhook").of(webhook.id));
                let head = tx.stream_head(StreamName::Feed).await?;
                let (epoch, pos) = head.map_or((0, 0), |head| (head.epoch, head.head));
                let place = Place { epoch, pos };
                Ok(tx.set_webhook_place(webhook.id, place).await?)
            })
            .await?;
        Ok(self.with_secret(webhook))
    }

    /// Changes a webhook.
    pub async fn update_webhook(
        &self,
        viewer: &Viewer,
        input: &UpdateWebhook,
        once: &Once,
    ) -> Result<Written<WebhookId>, Error> {
        let mut problems = Problems::default();
        let label = input
            .label
            .as_deref()
            .and_then(|text| problems.take("label", OrganizationName::parse(text)));
        let url = input
            .url
            .as_deref()
            .and_then(|text| self.endpoint(&mut problems, text));
        if let Some(filter) = &input.filter {
            self.check_filter(&mut problems, filter).await?;
        }
        self.managed_webhook(viewer, input.id).await?;
        problems.none()?;
        let claim = self.claim(viewer, "updateWebhook", once, input.id.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let mut webhook = held(&tx, viewer, input.id).await?.0;
                if let Some(label) = &label {
                    label.as_str().clone_into(&mut webhook.label);
                }
                if let Some(url) = &url {
                    webhook.url = Address(url.as_str().to_owned());
                }
                if let Some(filter) = &input.filter {
                    webhook.filter = filter.clone();
                }
                webhook.state = input.state.unwrap_or(webhook.state);
                tx.save_webhook(&webhook).await?;
                tx.audit(viewer.audited("updateWebhook").of(input.id));
                Ok(Written::Now(input.id))
            })
            .await
    }

    /// Gives a webhook another secret. The one before holds a while longer:
    /// until then, messages are signed with both.
    pub async fn rotate_webhook_secret(
        &self,
        viewer: &Viewer,
        id: WebhookId,
    ) -> Result<NewSecret, Error> {
        let salt = self.new_salt();
        let now = self.now();
        let until: DateTime<Utc> = now + self.settings.webhooks.overlap;
        let webhook = self
            .store
            .write(now, async |tx| {
                let mut webhook = held(&tx, viewer, id).await?.0;
                let before = std::mem::replace(&mut webhook.salt, salt.clone());
                webhook.old = Some((before, until));
                tx.save_webhook(&webhook).await?;
                tx.audit(viewer.audited("rotateWebhookKey").of(id));
                Ok::<_, Error>(webhook)
            })
            .await?;
        Ok(self.with_secret(webhook))
    }

    /// Deletes a webhook with its log.
    pub async fn delete_webhook(
        &self,
        viewer: &Viewer,
        id: WebhookId,
        once: &Once,
    ) -> Result<Written<WebhookId>, Error> {
        let claim = self.claim(viewer, "deleteWebhook", once, id.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                held(&tx, viewer, id).await?;
                tx.delete_webhook(id).await?;
                tx.audit(viewer.audited("deleteWebhook").of(id));
                Ok::<_, Error>(Written::Now(id))
            })
            .await
    }

    /// Sends a message that says nothing, to try a webhook.
    pub async fn test_webhook(
        &self,
        viewer: &Viewer,
        id: WebhookId,
        once: &Once,
    ) -> Result<Written<MessageId>, Error> {
        let now = self.now();
        let message = NewMessage {
            id: MessageId(domain::id::unordered(self.random())),
            kind: MessageKind::WebhookTest,
            thread: None,
            object: None,
            object_kind: ObjectKind::Thread,
            place: None,
            at: now,
        };
        let claim = self.claim(viewer, "testWebhook", once, message.id.into())?;
        self.store
            .write(now, async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let (_, last) = held(&tx, viewer, id).await?;
                let max = self.settings.webhooks.waiting;
                if tx.queued(id, max).await?.0 >= max {
                    let max = usize::try_from(max).unwrap_or(usize::MAX);
                    return Err(Error::whole(Problem::TooMany { max }));
                }
                tx.queue(id, last, &[message]).await?;
                Ok(Written::Now(message.id))
            })
            .await
    }

    /// Sends one message once more, whatever became of it.
    pub async fn retry_message(
        &self,
        viewer: &Viewer,
        id: WebhookId,
        name: &str,
        once: &Once,
    ) -> Result<Written<MessageId>, Error> {
        let parsed = name.strip_prefix("msg_").and_then(|id| id.parse().ok());
        let message = MessageId(parsed.unwrap_or_default());
        let claim = self.claim(viewer, "retryWebhookMessage", once, message.into())?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let (_, last) = held(&tx, viewer, id).await?;
                if !tx.has_message(id, message).await? {
                    return Err(Error::at("messageId", Problem::NotFound));
                }
                tx.queue_again(id, last, message).await?;
                Ok(Written::Now(message))
            })
            .await
    }

    pub(super) async fn managed_webhook(
        &self,
        viewer: &Viewer,
        id: WebhookId,
    ) -> Result<Webhook, Error> {
        let found = self.webhook(viewer, id).await?;
        found.ok_or_else(Error::not_found)
    }

    fn endpoint(&self, problems: &mut Problems, text: &str) -> Option<Endpoint> {
        match Endpoint::parse(text, self.settings.webhooks.reach) {
            Ok(endpoint) => Some(endpoint),
            Err(why) => {
                problems.add("url", Problem::Invalid(why));
                None
            }
        }
    }

    fn new_salt(&self) -> Salt {
        Salt(self.random::<16>().to_vec())
    }

    fn with_secret(&self, webhook: Webhook) -> NewSecret {
        let secret = Secret::of(self.settings.pepper(), webhook.id, &webhook.salt);
        NewSecret { webhook, secret }
    }
}

fn manages(viewer: &Viewer, webhook: &Webhook) -> bool {
    let action = Action::ManageWebhooks(webhook.organization);
    policy::decide(&viewer.actor, &action).is_ok()
}

/// A webhook that the viewer manages, held until the transaction ends, and
/// the number of its newest message.
pub(super) async fn held(
    tx: &storage::Tx,
    viewer: &Viewer,
    id: WebhookId,
) -> Result<(Webhook, i64), Error> {
    let last = tx.hold_webhook(id).await?;
    let found = tx.webhook(id).await?.filter(|one| manages(viewer, one));
    found.zip(last).ok_or_else(Error::not_found)
}

//! What the owners of a webhook do.

use async_graphql::{Context, ID, InputObject, Object};
use domain::id::WebhookId;
use forum::Written;
use forum::webhook as act;

use crate::schema::caller::{Caller, caller, once};
use crate::schema::global_id::{Kind, encode, expect};
use crate::schema::mutation::secret::Secret;
use crate::schema::payload::{Payload, inputs, payload, settle};
use crate::schema::webhook::{FeedFilterInput, Webhook, WebhookState};

/// A webhook to be made.
#[derive(InputObject, Debug)]
pub struct CreateWebhookInput {
    /// The organization it will belong to.
    pub organization_id: ID,
    /// What to call it: 2 to 120 characters.
    pub label: String,
    /// Where messages are posted to: `https://`, on the public internet, on
    /// port 443 or 8443.
    pub url: Secret,
    /// What it is told; everything where nothing is said.
    pub filter: Option<FeedFilterInput>,
    /// Given back as it is. Each call makes another webhook.
    pub client_mutation_id: Option<String>,
}

/// What is to be changed of a webhook. What is not given stays.
#[derive(InputObject, Debug)]
pub struct UpdateWebhookInput {
    /// The webhook.
    pub webhook_id: ID,
    /// What to call it: 2 to 120 characters.
    pub label: Option<String>,
    /// Where messages are posted to.
    pub url: Option<Secret>,
    /// What it is told, in place of what it was told before.
    pub filter: Option<FeedFilterInput>,
    /// Whether it is told anything.
    pub state: Option<WebhookState>,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// A webhook whose secret is to be replaced.
#[derive(InputObject, Debug)]
pub struct RotateWebhookKeyInput {
    /// The webhook.
    pub webhook_id: ID,
    /// Given back as it is. Each call makes another secret.
    pub client_mutation_id: Option<String>,
}

inputs! {
    /// A webhook to delete, with its log.
    DeleteWebhookInput,
    /// A webhook to try.
    TestWebhookInput => {
        /// The webhook.
        pub webhook_id: ID,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

/// A message to send once more.
#[derive(InputObject, Debug)]
pub struct RetryWebhookMessageInput {
    /// The webhook.
    pub webhook_id: ID,
    /// The message, as `webhook-id` and the log name it.
    pub message_id: String,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// A webhook to tell again what happened.
#[derive(InputObject, Debug)]
pub struct ReplayWebhookInput {
    /// The webhook.
    pub webhook_id: ID,
    /// The cursor of a message: what came after it is told again.
    pub after: String,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of making a webhook.
    CreateWebhookPayload,
    /// What came of replacing a webhook's secret.
    RotateWebhookKeyPayload => {
        /// The webhook.
        webhook: Webhook,
        /// Its secret, `whsec_…`. It is shown once.
        secret: Secret
    }
}

payload! {
    /// What came of changing a webhook.
    UpdateWebhookPayload,
    /// What came of having a webhook told again what happened.
    ReplayWebhookPayload => {
        /// The webhook as it is now; null if you may not see it.
        webhook: Webhook
    }
}

payload! {
    /// What came of deleting a webhook.
    DeleteWebhookPayload {
        /// The id that the webhook had.
        webhook_id: ID
    }
}

payload! {
    /// What came of trying a webhook.
    TestWebhookPayload,
    /// What came of sending a message once more.
    RetryWebhookMessagePayload => {
        /// The message, as `webhook-id` and the log name it.
        message_id: String
    }
}

/// What the owners of a webhook do.
#[derive(Debug, Default)]
pub struct WebhookMutations;

#[Object(serial)]
impl WebhookMutations {
    /// Makes a webhook, which is told what happens from now on; for vouched
    /// members of the organization and administrators.
    async fn create_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to make.")] input: CreateWebhookInput,
    ) -> async_graphql::Result<CreateWebhookPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let act = act::CreateWebhook {
            organization: expect(Kind::Organization, &input.organization_id),
            label: input.label,
            url: input.url.0,
            filter: input.filter.unwrap_or_default().into(),
        };
        let made = caller.forum.create_webhook(&caller.viewer, &act).await;
        let made = settle!(caller, key, made);
        let secret = made.secret.reveal().into();
        Ok(CreateWebhookPayload::done(
            key,
            (Some(Webhook(made.webhook)), Some(secret)),
        ))
    }

    /// Changes a webhook, pauses it, or lets it go on.
    async fn update_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateWebhookInput,
    ) -> async_graphql::Result<UpdateWebhookPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::UpdateWebhook {
            id: expect(Kind::Webhook, &input.webhook_id),
            label: input.label,
            url: input.url.map(|url| url.0),
            filter: input.filter.map(Into::into),
            state: input.state.map(Into::into),
        };
        let written = caller
            .forum
            .update_webhook(&caller.viewer, &act, &once)
            .await;
        webhook_now(caller, key, written).await
    }

    /// Gives a webhook another secret. For a while, a day by default, messages
    /// are signed with both.
    async fn rotate_webhook_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which webhook.")] input: RotateWebhookKeyInput,
    ) -> async_graphql::Result<RotateWebhookKeyPayload> {
        let caller = caller(ctx);
        let key = input.client_mutation_id;
        let id = expect(Kind::Webhook, &input.webhook_id);
        let made = caller.forum.rotate_webhook_secret(&caller.viewer, id).await;
        let made = settle!(caller, key, made);
        let secret = made.secret.reveal().into();
        Ok(RotateWebhookKeyPayload::done(
            key,
            (Some(Webhook(made.webhook)), Some(secret)),
        ))
    }

    /// Deletes a webhook with its log. What it was told is not asked back.
    async fn delete_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteWebhookInput,
    ) -> async_graphql::Result<DeleteWebhookPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Webhook, &input.webhook_id);
        let written = caller.forum.delete_webhook(&caller.viewer, id, &once).await;
        let id = settle!(caller, key, written).id(|id| (*id).into());
        let id = encode(Kind::Webhook, id);
        Ok(DeleteWebhookPayload::done(key, Some(id)))
    }

    /// Sends a message of the kind `WEBHOOK_TEST`. How it went is in the log.
    async fn test_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: TestWebhookInput,
    ) -> async_graphql::Result<TestWebhookPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Webhook, &input.webhook_id);
        let written = caller.forum.test_webhook(&caller.viewer, id, &once).await;
        let id = settle!(caller, key, written).id(|id| (*id).into()).into();
        let name = caller.forum.message_name(id);
        Ok(TestWebhookPayload::done(key, Some(name)))
    }

    /// Sends one message once more, whatever became of it; after those of its
    /// thread that wait.
    async fn retry_webhook_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RetryWebhookMessageInput,
    ) -> async_graphql::Result<RetryWebhookMessagePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Webhook, &input.webhook_id);
        let written = caller
            .forum
            .retry_message(&caller.viewer, id, &input.message_id, &once)
            .await;
        let id = settle!(caller, key, written).id(|id| (*id).into()).into();
        let name = caller.forum.message_name(id);
        Ok(RetryWebhookMessagePayload::done(key, Some(name)))
    }

    /// Tells a webhook again what happened after a cursor, in the words of
    /// now: what may not be seen any more is left out. A message that was
    /// sent before keeps its `webhook-id`.
    async fn replay_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and from where.")] input: ReplayWebhookInput,
    ) -> async_graphql::Result<ReplayWebhookPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::Webhook, &input.webhook_id);
        let names = caller.outside();
        let written = caller
            .forum
            .replay_webhook(&caller.viewer, id, &input.after, &names, &once)
            .await;
        webhook_now(caller, key, written).await
    }
}

/// What came of changing a webhook, which is read anew.
async fn webhook_now<P>(
    caller: &Caller,
    key: Option<String>,
    written: Result<Written<WebhookId>, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<Webhook>>,
{
    let id = settle!(caller, key, written).id(|id| (*id).into()).into();
    Ok(P::done(key, Webhook::seen(caller, id).await?))
}

//! The runner of webhooks: queues what happened, and sends what is due.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use adapters::egress::{HttpEgress, Limits};
use domain::event::StreamName;
use domain::id::WebhookId;
use domain::webhook::Retries;
use forum::Forum;
use forum::ports::{Egress, Names};
use forum::webhook::{Reach, Settings};
use futures_util::future::join_all;
use realtime::{Hub, Start};
use storage::apart;
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// How often is looked for what is due, besides when something happens.
const LOOK: Duration = Duration::from_secs(1);

/// How webhooks are set, as configured.
pub fn settings(config: &Config) -> Settings {
    let set = &config.webhook;
    let seconds = |seconds: u64| chrono::Duration::seconds(seconds.try_into().unwrap_or(i64::MAX));
    Settings {
        reach: reach(config),
        per_organization: set.per_organization,
        waiting: set.waiting,
        at_once: set.at_once,
        timeout: seconds(set.timeout_seconds),
        retries: Retries {
            first: seconds(set.retry_first_seconds),
            longest: seconds(set.retry_longest_seconds),
            give_up_after: seconds(set.give_up_seconds),
        },
        overlap: seconds(set.overlap_seconds),
        log: chrono::Duration::days(i64::from(set.log_days)),
    }
}

pub(crate) fn reach(config: &Config) -> Reach {
    if config.webhook.insecure {
        Reach::Anywhere
    } else {
        Reach::Public
    }
}

/// What posts to webhooks, as configured.
pub fn egress(config: &Config) -> Arc<dyn Egress> {
    let limits = Limits {
        reach: reach(config),
        timeout: Duration::from_secs(config.webhook.timeout_seconds),
    };
    Arc::new(HttpEgress::new(limits))
}

/// What sends to webhooks.
pub struct Runner {
    /// The forum.
    pub forum: Arc<Forum>,
    /// What follows the event log.
    pub hub: Arc<Hub>,
    /// What posts.
    pub egress: Arc<dyn Egress>,
    /// How things are named outside.
    pub names: Arc<dyn Names>,
}

impl Runner {
    /// Runs until it is told to stop. What is under way then is sent again
    /// after the next start.
    pub async fn run(self, stop: CancellationToken) {
        let wake = Notify::new();
        let running = async {
            tokio::join!(self.listen(&wake), self.turn(&wake));
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = apart(running) => {}
        }
    }

    /// Wakes the runner when something happened.
    async fn listen(&self, wake: &Notify) {
        let streams = [StreamName::Feed, StreamName::Retraction];
        let listening = streams.map(|stream| async move {
            loop {
                if let Ok(mut reader) = self.hub.reader(stream, Start::Head).await {
                    while reader.next().await.is_ok() {
                        wake.notify_one();
                    }
                }
                tokio::time::sleep(LOOK).await;
            }
        });
        join_all(listening).await;
    }

    async fn turn(&self, wake: &Notify) {
        let mut busy = Busy::default();
        loop {
            if let Ok(due) = self.due().await {
                busy.start(self, due);
            } else {
                // It cannot serve now; what is there stays there.
                tracing::debug!("webhooks wait for the database");
            }
            tokio::select! {
                () = wake.notified() => {}
                () = busy.ended() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn due(&self) -> Result<Vec<WebhookId>, forum::Error> {
        self.forum.queue_messages().await?;
        self.forum.retract_closed().await?;
        self.forum.due_webhooks().await
    }
}

/// The webhooks that are being sent to. A slow one holds up itself alone.
#[derive(Default)]
struct Busy {
    tasks: JoinSet<()>,
    webhooks: HashMap<Id, WebhookId>,
}

impl Busy {
    fn start(&mut self, runner: &Runner, due: Vec<WebhookId>) {
        let busy: HashSet<WebhookId> = self.webhooks.values().copied().collect();
        for webhook in due.into_iter().filter(|one| !busy.contains(one)) {
            let forum = Arc::clone(&runner.forum);
            let (egress, names) = (Arc::clone(&runner.egress), Arc::clone(&runner.names));
            let task = self.tasks.spawn(apart(async move {
                while let Ok(1..) = forum
                    .deliver(webhook, egress.as_ref(), names.as_ref())
                    .await
                {
                    // Until nothing is due.
                }
            }));
            self.webhooks.insert(task.id(), webhook);
        }
    }

    /// Waits until one of them was sent all that was due.
    async fn ended(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(Ok((id, ()))) => drop(self.webhooks.remove(&id)),
            Some(Err(error)) => drop(self.webhooks.remove(&error.id())),
            None => std::future::pending().await,
        }
    }
}

//! Checkpoints of the audit log are kept where whoever can write to the
//! database cannot: in a file, and with a second body.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use audit::{Checkpoint, NoteError, PublicKey};
use forum::Forum;
use forum::ports::{Egress, Outgoing};
use forum::webhook::Endpoint;
use miette::IntoDiagnostic as _;
use secrecy::ExposeSecret as _;
use storage::apart;
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::webhooks;

/// Where checkpoints go.
pub struct Keeper {
    forum: Arc<Forum>,
    key: PublicKey,
    every: Duration,
    file: PathBuf,
    url: Option<(Endpoint, Arc<dyn Egress>)>,
}

/// How far they went.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept {
    /// So many entries the last checkpoint in the file is of.
    file: u64,
    /// The same, of the last that was posted.
    url: u64,
}

impl Keeper {
    /// As configured.
    pub fn new(config: &Config, forum: Arc<Forum>, key: PublicKey) -> miette::Result<Self> {
        let url = match &config.audit.checkpoint_url {
            None => None,
            Some(text) => {
                let endpoint = Endpoint::parse(text.expose_secret(), webhooks::reach(config));
                let endpoint = endpoint.map_err(|why| {
                    miette::miette!(
                        help = "correct MUKALMA_AUDIT_CHECKPOINT_URL",
                        "audit.checkpoint_url: {why}"
                    )
                })?;
                Some((endpoint, webhooks::egress(config)))
            }
        };
        Ok(Self {
            forum,
            key,
            every: Duration::from_secs(config.audit.push_seconds),
            file: config.audit.checkpoint_file.clone(),
            url,
        })
    }

    /// Keeps checkpoints until the server stops, and the last one then.
    pub async fn run(self, stop: CancellationToken) {
        let mut kept = Kept {
            file: self.newest_in_file(),
            url: 0,
        };
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.every) => {}
            }
            kept = apart(self.push(kept)).await;
        }
        apart(self.push(kept)).await;
    }

    fn newest_in_file(&self) -> u64 {
        let last = read(&self.file, &self.key)
            .ok()
            .and_then(|all| all.last().copied());
        last.map_or(0, |checkpoint| checkpoint.size)
    }

    /// Keeps the newest checkpoint where it is not yet.
    pub async fn push(&self, mut kept: Kept) -> Kept {
        let Ok(head) = self.forum.store().read().audit_head().await else {
            tracing::warn!("the audit log could not be read; it will be tried again");
            return kept;
        };
        let size = u64::try_from(head.size).unwrap_or(0);
        if size < kept.file {
            tracing::error!(
                entries = size,
                kept = kept.file,
                "the audit log is shorter than a checkpoint of it: entries were removed, or an \
                 older copy was restored; run `mukalma audit verify`"
            );
            return kept;
        }
        if size > kept.file {
            if append(&self.file, &head.note).await.is_ok() {
                kept.file = size;
            } else {
                tracing::warn!("a checkpoint could not be written; it will be tried again");
            }
        }
        if let Some((endpoint, egress)) = &self.url
            && size > kept.url
        {
            let outgoing = Outgoing {
                endpoint: endpoint.clone(),
                headers: vec![("webhook-id", format!("{}/{size}", self.key.name()))],
                body: serde_json::json!({ "checkpoint": head.note }).to_string(),
            };
            if let Ok(200..=299) = egress.post(&outgoing).await {
                kept.url = size;
            } else {
                tracing::warn!("a checkpoint was not taken; it will be posted again");
            }
        }
        kept
    }
}

/// Appends, and returns once it is durable.
async fn append(file: &Path, note: &str) -> std::io::Result<()> {
    if let Some(directory) = file.parent() {
        tokio::fs::create_dir_all(directory).await?;
    }
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options.create(true).append(true).open(file).await?;
    file.write_all(note.as_bytes()).await?;
    file.sync_all().await
}

/// The checkpoints of a file, one after the other.
pub fn read(file: &Path, key: &PublicKey) -> miette::Result<Vec<Checkpoint>> {
    let text = std::fs::read_to_string(file)
        .into_diagnostic()
        .map_err(|error| error.wrap_err(format!("{} cannot be read", file.display())))?;
    let of_file = |error: NoteError, number: usize| {
        miette::miette!(
            help = "name the log's key with --key, or set the file aside if it is of another forum",
            "checkpoint {number} in {}: {error}",
            file.display()
        )
    };
    let mut all = Vec::new();
    let mut rest = text.as_str();
    while !rest.trim().is_empty() {
        let read = key.read(rest.trim_start_matches('\n'));
        let (checkpoint, after) = read.map_err(|error| of_file(error, all.len() + 1))?;
        all.push(checkpoint);
        rest = after;
    }
    Ok(all)
}

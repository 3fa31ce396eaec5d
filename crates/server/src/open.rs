//! Opens what commands work on: the store, the forum over it, and what a
//! browser explores it with.

use std::sync::Arc;
use std::time::Duration;

use adapters::mail::{FileMailer, Sender, SmtpMailer};
use domain::calendar::Deadlines;
use door::graphiql::{Explorer, File, Graphiql, Incomplete};
use forum::commitment::CommitmentSettings;
use forum::moderation::ModerationSettings;
use forum::notice::MailSettings;
use forum::ports::Mailer;
use forum::retention::RetentionSettings;
use forum::template::TemplateSettings;
use forum::{Forum, Settings};
use miette::IntoDiagnostic as _;
use storage::{Backend, Store};

use crate::clock::SystemClock;
use crate::config::{Config, MailTransport};
use crate::secrets::Secrets;

/// How to open the configured database.
pub fn store_settings(config: &Config) -> storage::Settings {
    use secrecy::ExposeSecret as _;
    storage::Settings {
        readers: config.database.read_connections,
        writers: config.database.write_connections,
        patience: Duration::from_millis(config.database.lock_timeout_ms),
        statement: Duration::from_millis(config.database.statement_timeout_ms),
        ..storage::Settings::new(config.database.url.expose_secret())
    }
}

/// Opens the database as it is.
pub async fn store(config: &Config) -> miette::Result<Store> {
    Store::open(&store_settings(config)).await.map_err(|error| {
        miette::miette!(
            help =
                "see that the server runs and the address is right: `mukalma doctor` looks closer",
            "the database cannot be opened: {error}"
        )
    })
}

/// Opens the database and applies the migrations it lacks.
pub async fn migrated(config: &Config) -> miette::Result<Arc<Store>> {
    let store = store(config).await?;
    if let Err(error) = store.migrate().await {
        let newer = store.newer_migrations().await.unwrap_or_default();
        return Err(match newer.last() {
            Some(newest) => miette::miette!(
                help = "use the version that wrote it, or a newer one: nothing was changed",
                "a newer version of mukalma wrote this database: it has {newest}"
            ),
            None => miette::Report::from_err(error).wrap_err("the migrations cannot be applied"),
        });
    }
    Ok(Arc::new(store))
}

/// Opens the forum over a migrated store.
pub async fn forum(
    config: &Config,
    secrets: &Secrets,
    store: Arc<Store>,
    demonstration: bool,
) -> miette::Result<Arc<Forum>> {
    let settings = settings(config, secrets, demonstration);
    let clock = Arc::new(SystemClock);
    let forum = Forum::open(store, clock, mailer(config)?, settings)
        .await
        .map_err(|error| miette::miette!("the forum cannot be opened: {error}"))?;
    Ok(Arc::new(forum))
}

/// Whoever tries a demonstration signs in as all of its people, one after the
/// other, with a password that was printed.
const DEMONSTRATION_BURST: u32 = 12;

/// So do others at the same time.
const DEMONSTRATION_SESSIONS: u32 = 1_000;

/// How moderation is set, as configured.
pub fn moderation(config: &Config) -> ModerationSettings {
    let of = &config.moderation;
    ModerationSettings {
        flags_per_hour: of.flags_per_hour,
        hold_at: of.hold_at,
        claim_hours: of.claim_hours,
        sanction_days_max: of.sanction_days_max,
        proposal_days: of.proposal_days,
        women: of.women,
        under_thirty: of.under_thirty,
        burst_posts: of.burst_posts,
        burst_minutes: of.burst_minutes,
        repeat_threads: of.repeat_threads,
        appeal_days: of.appeal_days,
        appeal_working_days: of.appeal_working_days,
        pinned_max: of.pinned_max,
        slow_seconds_max: of.slow_seconds_max,
        merged_posts_max: of.merged_posts_max,
    }
}

/// How what is past its time is removed, as configured.
pub fn retention(config: &Config) -> RetentionSettings {
    RetentionSettings {
        every_minutes: config.retention.every_minutes,
        rows_at_once: config.retention.rows_at_once,
        flagged_text_days: config.retention.flagged_text_days,
    }
}

/// How templates of answers are limited, as configured.
pub fn templates(config: &Config) -> TemplateSettings {
    let limits = &config.templates;
    TemplateSettings {
        per_agency: limits.per_agency,
        title_max: limits.title_max,
        body_max: limits.body_max,
    }
}

/// How commitments are limited, as configured.
pub fn commitments(config: &Config) -> CommitmentSettings {
    let limits = &config.commitments;
    CommitmentSettings {
        per_concern: limits.per_concern,
        milestones: limits.milestones,
        reports: limits.reports,
        evidence: limits.evidence,
        postponements: limits.postponements,
        ahead_days: limits.ahead_days,
    }
}
/// What is asked and answered there is made up, and by few: its figures hide
/// nobody, and would otherwise show nothing.
const DEMONSTRATION_LEAST: u32 = 1;

/// The forum's settings, as configured.
pub fn settings(config: &Config, secrets: &Secrets, demonstration: bool) -> Settings {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Settings {
        registration: config.registration.into(),
        zone: config.forum.zone,
        deadlines: deadlines(config),
        weekend: config.clocks.weekend.0,
        referrals_max: config.clocks.referrals,
        acknowledged_at_once: config.clocks.acknowledged_at_once,
        referred_often: config.clocks.referred_often,
        shortlist_max: config.desks.shortlist,
        commitments: commitments(config),
        moderation: moderation(config),
        retention: retention(config),
        exports_per_hour: config.export.per_hour,
        templates: templates(config),
        letters_per_concern: config.letters.per_concern,
        demonstration,
        password_min: config.password.min_length,
        hashes_at_once: config.password.hash_threads.unwrap_or(cores),
        hashes_waiting: config.password.hash_queue,
        session_idle_days: config.session.idle_days,
        session_max_days: config.session.max_days,
        sessions_max: if demonstration {
            config.session.per_account.max(DEMONSTRATION_SESSIONS)
        } else {
            config.session.per_account
        },
        sign_in_burst: if demonstration {
            config.login.burst.max(DEMONSTRATION_BURST)
        } else {
            config.login.burst
        },
        sign_in_per_minute: config.login.per_minute,
        documents_max: config.documents.most,
        client_token_minutes: config.partners.token_minutes,
        consent_days: config.partners.consent_days,
        issuer: issuer(config),
        clients_max: config.partners.per_organization,
        public_url: config
            .public_url
            .as_ref()
            .map(|url| url.as_str().to_owned()),
        statistics_least: if demonstration {
            DEMONSTRATION_LEAST
        } else {
            config.statistics.least
        },
        mail: mail(config),
        webhooks: crate::webhooks::settings(config),
        ..Settings::new(
            *secrets.token_pepper.expose(),
            secrets.audit_key(),
            config.forum.reference_prefix.clone(),
        )
    }
}

/// How mail about what happens is set, as configured.
pub fn mail(config: &Config) -> MailSettings {
    MailSettings {
        digest_hour: u8::try_from(config.mail.digest_hour).unwrap_or_default(),
        pause_minutes: config.mail.pause_minutes,
        attempts: config.mail.attempts,
        codes_per_hour: config.mail.codes_per_hour,
    }
}

/// How long each move of a concern may take, where no rule says otherwise.
pub fn deadlines(config: &Config) -> Deadlines {
    let clocks = &config.clocks;
    Deadlines {
        release: clocks.release_days,
        acknowledge: clocks.acknowledge_days,
        answer: clocks.answer_days,
        very_overdue: clocks.very_overdue_days,
        review: clocks.review_days,
        dormant: clocks.dormant_days,
        lapse: clocks.lapse_days,
        lapse_protected: clocks.lapse_protected_days,
        reminder: clocks.reminder_days,
    }
}

/// Where the forum is reached, as its metadata say.
fn issuer(config: &Config) -> String {
    match &config.public_url {
        Some(url) => url.as_str().to_owned(),
        None => format!("http://{}", config.listen),
    }
}

fn mailer(config: &Config) -> miette::Result<Arc<dyn Mailer>> {
    let clock = Arc::new(SystemClock);
    let sender = Sender::new(&config.forum.name, &config.mail.from, clock).into_diagnostic()?;
    match (config.mail.transport, &config.mail.smtp_url) {
        (MailTransport::Smtp, Some(url)) => Ok(Arc::new(
            SmtpMailer::new(url.expose(), sender).into_diagnostic()?,
        )),
        (MailTransport::Smtp, None) => Err(miette::miette!(
            help = "set MUKALMA_MAIL_SMTP_URL, or MUKALMA_MAIL_TRANSPORT=file",
            "mail goes by SMTP, but no mail server is named"
        )),
        (MailTransport::File, _) => Ok(Arc::new(
            FileMailer::new(&config.mail.directory, sender).into_diagnostic()?,
        )),
    }
}

/// Whether the database is a file that one process writes.
pub fn is_embedded(store: &Store) -> bool {
    store.backend() == Backend::Sqlite
}

/// GraphiQL from the configured folder, if these files are there.
///
/// # Errors
///
/// When some are missing, were changed, or cannot be read.
pub fn graphiql(config: &Config, files: &[File]) -> Result<Option<Graphiql>, Incomplete> {
    Graphiql::open(&config.graphiql, files, |bytes| SystemClock.fill(bytes))
}

/// What a browser explores the API with: GraphiQL, if these files are in the
/// configured folder, or the explorer of our own. A folder in disorder is
/// named in the log and is no reason not to start.
pub fn explorer(config: &Config, files: &[File]) -> Explorer {
    match graphiql(config, files) {
        Ok(Some(graphiql)) => Explorer::Graphiql(Arc::new(graphiql)),
        Ok(None) => Explorer::Own,
        Err(incomplete) => {
            tracing::warn!(
                "{incomplete}; browsers get the server's own explorer. Fetch the files anew with \
                 `cargo xtask graphiql`, or remove the folder"
            );
            Explorer::Own
        }
    }
}

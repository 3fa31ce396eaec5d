//! Every setting of the server, described once.
//!
//! A value comes from the first of these that has one: a flag of the command
//! line, an environment variable `MUKALMA_…`, `mukalma.toml`, the default.
//! To add a setting, add it to the list below: the struct, the loader, the
//! error messages, `config reference` and `config print` follow from it.

mod declare;
mod load;
mod print;
mod problem;
mod setting;
mod value;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use domain::reference::Prefix;
use ipnet::IpNet;
use secrecy::SecretString;

use declare::settings;
use load::Values;

pub use load::{Effective, Loaded, Sources};
pub use print::{print, reference, rules};
pub use problem::{ConfigError, Problem};
pub use setting::{Kind, Setting, Shown};
pub use value::{
    Documents, LogFormat, LogLevel, MailTransport, MailUrl, Origin, Registration, Weekend,
};

/// What the names of the environment variables begin with.
pub const PREFIX: &str = "MUKALMA_";

/// The file that is read when no other is named.
pub const FILE: &str = "mukalma.toml";

settings! {
    /// The values of all settings.
    Config {
        /// The address the API is served on. Put a proxy with TLS before it
        /// when it is to be reached from other machines.
        listen: SocketAddr = "127.0.0.1:8080", Kind::Address, flag = Some("--listen");

        /// The address `/metrics` is served on, for Prometheus. Without it
        /// nothing is measured. Keep it from the public: it tells how much
        /// the forum is used.
        metrics_listen: Option<SocketAddr> = "", Kind::Address, flag = Some("--metrics-listen");

        /// The directory of everything the server keeps in files. It is made
        /// at the first start, for the server's user alone.
        data_dir: PathBuf = "data", Kind::Path, flag = Some("--data-dir");

        /// The directory of the generated keys.
        secrets_dir: PathBuf = "{data_dir}/secrets", Kind::Path;

        /// The directory of GraphiQL's files, which `cargo xtask graphiql`
        /// fetches. Without them a browser gets the server's own explorer.
        graphiql: PathBuf = "{data_dir}/graphiql", Kind::Path;

        /// Where people reach the forum; links in mail begin with it. With
        /// `https://`, browsers are told to use nothing else, and cookies are
        /// marked secure.
        public_url: Option<Origin> = "", Kind::Origin;

        /// Whether this is a demonstration: reference content and accounts
        /// whose password is printed. Refused on a database that holds a
        /// real forum.
        demo: bool = "false", Kind::Boolean, flag = Some("--demo");

        /// The password of all demonstration accounts. Without it one is
        /// generated at the first start.
        demo_password: Option<SecretString> = "", Kind::Text { min: 10, max: 256 }, shown = Shown::Never;

        /// Who may make an account. In a demonstration the default is `open`.
        registration: Registration = "approval", Kind::OneOf(Registration::WORDS);

        /// The proxies whose `X-Forwarded-For` is believed. An address is
        /// only used to limit attempts; it is never stored or logged.
        trusted_proxies: Vec<IpNet> = "", Kind::Networks;

        /// The web sites whose pages may call the API from a browser. They
        /// present a token: cookies are not sent across sites.
        cors_origins: Vec<Origin> = "", Kind::Origins;

        /// The web sites, besides the forum's own, whose pages may open a
        /// websocket.
        websocket_origins: Vec<Origin> = "", Kind::Origins;

        /// How long a stop waits for requests that are being answered.
        stop_grace_seconds: u64 = "20", Kind::Whole { min: 0, max: 600, unit: "seconds" };
    }

    /// The database.
    database: DatabaseSettings {
        /// The database: a file of SQLite, or PostgreSQL 15 or later. Without
        /// it, a file in the data directory.
        url: SecretString = "sqlite://{data_dir}/mukalma.db", Kind::DatabaseUrl,
            flag = Some("--database-url"), shown = Shown::WithoutPassword;

        /// The most connections that read at once.
        read_connections: u32 = "8", Kind::Whole { min: 1, max: 500, unit: "connections" };

        /// The most connections that write at once. SQLite has one writer
        /// whatever is said here.
        write_connections: u32 = "8", Kind::Whole { min: 1, max: 500, unit: "connections" };

        /// How long a request waits for a connection, for a lock, and on
        /// SQLite for the writer, before it is told to try again.
        lock_timeout_ms: u64 = "5000", Kind::Whole { min: 10, max: 60_000, unit: "milliseconds" };

        /// How long PostgreSQL may work on a statement. Where it is silent for so long
        /// and `lock_timeout_ms` more, the connection is given up.
        statement_timeout_ms: u64 = "30000", Kind::Whole { min: 100, max: 600_000, unit: "milliseconds" };
    }

    /// The forum as such.
    forum: ForumSettings {
        /// What the forum is called when it is made at the first start.
        name: String = "Mukalma", Kind::Text { min: 1, max: 80 };

        /// What references of threads begin with, as in MKL-2026-….
        reference_prefix: Prefix = "MKL", Kind::Capitals { min: 2, max: 5 };

        /// The time zone of the working days that clocks run in.
        zone: chrono_tz::Tz = "Asia/Karachi", Kind::Zone;
    }

    /// The clocks of concerns. Administrators may set those of offices otherwise
    /// for an agency or a category, while the forum runs.
    clocks: ClockSettings {
        /// The days of the week on which nobody works.
        weekend: Weekend = "saturday,sunday", Kind::Weekdays;

        /// Until a moderator has looked at what was sent, held or flagged.
        release_days: u16 = "2", Kind::Whole { min: 1, max: 365, unit: "working days" };

        /// Until an office says that it has a concern.
        acknowledge_days: u16 = "5", Kind::Whole { min: 1, max: 365, unit: "working days" };

        /// Until it answers.
        answer_days: u16 = "20", Kind::Whole { min: 1, max: 365, unit: "working days" };

        /// Until its silence is called very overdue.
        very_overdue_days: u16 = "40", Kind::Whole { min: 1, max: 365, unit: "working days" };

        /// Until a disputed answer is looked at again.
        review_days: u16 = "20", Kind::Whole { min: 1, max: 365, unit: "working days" };

        /// After how many days without the raiser's answer to a question a
        /// concern goes dormant.
        dormant_days: u16 = "28", Kind::Whole { min: 1, max: 365, unit: "days" };

        /// After how many days without the raiser's verdict an answered concern
        /// is closed, unconfirmed.
        lapse_days: u16 = "28", Kind::Whole { min: 1, max: 365, unit: "days" };

        /// The same for protected voices, who look in less often.
        lapse_protected_days: u16 = "90", Kind::Whole { min: 1, max: 365, unit: "days" };

        /// How many days before the end of either the raiser is reminded.
        reminder_days: u16 = "7", Kind::Whole { min: 0, max: 365, unit: "days" };

        /// How often offices may send a concern on before a moderator looks
        /// who is responsible.
        referrals: u32 = "3", Kind::Whole { min: 0, max: 100, unit: "referrals" };

        /// How many concerns an office may acknowledge in one act.
        acknowledged_at_once: u32 = "50", Kind::Whole { min: 1, max: 500, unit: "concerns" };

        /// From how many referrals on moderators find a concern among those
        /// sent on often.
        referred_often: u32 = "2", Kind::Whole { min: 1, max: 100, unit: "referrals" };
    }

    /// What offices say that they will do.
    commitments: CommitmentLimits {
        /// How many offices make in one concern.
        per_concern: u32 = "10", Kind::Whole { min: 1, max: 20, unit: "commitments" };

        /// How many milestones one has.
        milestones: u32 = "10", Kind::Whole { min: 0, max: 20, unit: "milestones" };

        /// How often an office reports on one.
        reports: u32 = "50", Kind::Whole { min: 1, max: 500, unit: "reports" };

        /// How many pieces of evidence a report names.
        evidence: u32 = "5", Kind::Whole { min: 1, max: 20, unit: "pieces" };

        /// How often an office names a later day.
        postponements: u32 = "3", Kind::Whole { min: 0, max: 20, unit: "postponements" };

        /// How many days ahead its day lies at most.
        ahead_days: u32 = "1825", Kind::Whole { min: 1, max: 18250, unit: "days" };
    }

    /// Letters on paper to agencies that do not answer here.
    letters: LetterLimits {
        /// How many are recorded of one concern.
        per_concern: u32 = "20", Kind::Whole { min: 1, max: 50, unit: "letters" };
    }

    /// Templates of agencies' answers.
    templates: TemplateLimits {
        /// How many an agency has at most, those that are retired not counted.
        per_agency: u32 = "50", Kind::Whole { min: 1, max: 200, unit: "templates" };

        /// How many characters a title has at most.
        title_max: u32 = "120", Kind::Whole { min: 1, max: 200, unit: "characters" };

        /// How many characters a text has at most.
        body_max: u32 = "10000", Kind::Whole { min: 1, max: 20_000, unit: "characters" };
    }

    /// Moderation: flags, the queue, and who moderates.
    moderation: ModerationLimits {
        /// How many flags somebody raises within an hour at most.
        flags_per_hour: u32 = "20", Kind::Whole { min: 1, max: 1_000, unit: "flags" };
        /// From how many flags of newcomers on a thread or a post is held by its
        /// flags alone, until a moderator looks. An organization counts once, an
        /// official not at all.
        hold_at: u32 = "3", Kind::Whole { min: 2, max: 1_000, unit: "flags" };
        /// After how many hours what a moderator took is free for others.
        claim_hours: u32 = "24", Kind::Whole { min: 1, max: 720, unit: "hours" };
        /// For how many days the author may appeal against what was done to his
        /// text; what was struck out of it is kept sealed as long, and then
        /// destroyed.
        appeal_days: u32 = "90", Kind::Whole { min: 1, max: 730, unit: "days" };
        /// Within how many working days an appeal is to be decided on.
        appeal_working_days: u16 = "10", Kind::Whole { min: 1, max: 250, unit: "days" };
        /// How many threads are to be read first at most.
        pinned_max: u32 = "5", Kind::Whole { min: 1, max: 100, unit: "threads" };
        /// For how many seconds after he spoke everyone waits at most, where a
        /// moderator slows a thread down.
        slow_seconds_max: u32 = "86400", Kind::Whole { min: 1, max: 604_800, unit: "seconds" };
        /// How many posts a thread has at most that is merged into another.
        merged_posts_max: u32 = "5000", Kind::Whole { min: 1, max: 20_000, unit: "posts" };
        /// For how many days a silence or a suspension lasts at most.
        sanction_days_max: u32 = "90", Kind::Whole { min: 1, max: 365, unit: "days" };
        /// After how many days a sanction that one moderator proposed lapses, if
        /// no other decided.
        proposal_days: u32 = "7", Kind::Whole { min: 1, max: 60, unit: "days" };
        /// How many of the moderators are women, as you attest. The forum keeps
        /// nobody's gender.
        women: u32 = "0", Kind::Whole { min: 0, max: 10_000, unit: "people" };
        /// How many of the moderators are under 30, as you attest. The forum keeps
        /// nobody's age.
        under_thirty: u32 = "0", Kind::Whole { min: 0, max: 10_000, unit: "people" };
        /// From how many posts of newcomers in one thread on, within
        /// `burst_minutes`, moderators are to look at it.
        burst_posts: u32 = "10", Kind::Whole { min: 2, max: 1_000, unit: "posts" };
        /// Within how many minutes.
        burst_minutes: u32 = "10", Kind::Whole { min: 1, max: 1_440, unit: "minutes" };
        /// From how many threads on in which the same text stands within 24 hours
        /// moderators are to look at it, whoever wrote it. Of fewer than 12 words only
        /// its author's own count.
        repeat_threads: u32 = "3", Kind::Whole { min: 2, max: 1_000, unit: "threads" };
    }

    /// The audit log: where checkpoints of it are kept apart from the database.
    audit: AuditSettings {
        /// The file that checkpoints are appended to. Keep it where whoever
        /// can write to the database cannot, and copy it elsewhere.
        checkpoint_file: PathBuf = "{data_dir}/checkpoints", Kind::Path;
        /// An address of a second body's that each checkpoint is posted to, as
        /// JSON: `{"checkpoint": "…"}`. It begins with https://.
        checkpoint_url: Option<SecretString> = "", Kind::Text { min: 1, max: 2048 }, shown = Shown::Never;
        /// After how many seconds a new checkpoint is kept there.
        push_seconds: u64 = "60", Kind::Whole { min: 1, max: 3_600, unit: "seconds" };
    }

    /// What is kept for a time, and removed once that is over: sessions, codes,
    /// tokens, keys of mutations, webhooks' messages, texts as they were flagged.
    retention: RetentionLimits {
        /// How many minutes lie between two rounds in which what is past its
        /// time is removed.
        every_minutes: u32 = "10", Kind::Whole { min: 1, max: 1_440, unit: "minutes" };

        /// How many rows one transaction removes at most.
        rows_at_once: u32 = "500", Kind::Whole { min: 10, max: 10_000, unit: "rows" };

        /// For how many days after the decision moderators read what was flagged
        /// as it was then; longer while an appeal about it waits, or where a law
        /// has it preserved.
        flagged_text_days: u32 = "90", Kind::Whole { min: 1, max: 730, unit: "days" };
    }

    /// What people have given out of all that is kept of them.
    export: ExportSettings {
        /// How often somebody may have it in an hour.
        per_hour: u32 = "6", Kind::Whole { min: 1, max: 1_000, unit: "files" };
    }

    /// The desks of offices.
    desks: DeskSettings {
        /// How many concerns that are not over an officer has on his shortlist
        /// at most.
        shortlist: u32 = "200", Kind::Whole { min: 1, max: 10_000, unit: "concerns" };
    }

    /// Figures of concerns, which everyone is shown.
    statistics: StatisticsSettings {
        /// Of fewer concerns of a month than so many no figures are shown.
        least: u32 = "5", Kind::Whole { min: 1, max: 1000, unit: "concerns" };
    }

    /// Mail to people who gave an address.
    mail: MailSettings {
        /// Where mail goes: into files, or to a mail server.
        transport: MailTransport = "file", Kind::OneOf(MailTransport::WORDS);

        /// The directory of the file mailbox.
        directory: PathBuf = "{data_dir}/mail", Kind::Path;

        /// The mail server. Characters with a meaning in URLs are written
        /// percent-encoded in the user's name and the password.
        smtp_url: Option<MailUrl> = "", Kind::MailUrl, shown = Shown::WithoutPassword;

        /// The address mail comes from.
        from: String = "mukalma@localhost", Kind::MailAddress;

        /// How many codes are mailed to one address in an hour, whoever asks for
        /// them.
        codes_per_hour: u32 = "5", Kind::Whole { min: 1, max: 1000, unit: "mails" };

        /// The hour of the forum's day at which daily and weekly mails about
        /// what happened are made.
        digest_hour: u16 = "8", Kind::Whole { min: 0, max: 23, unit: "o'clock" };

        /// How many minutes lie between two mails about what happened that an
        /// account is sent at once. What happens meanwhile waits for the next.
        pause_minutes: u16 = "10", Kind::Whole { min: 0, max: 1440, unit: "minutes" };

        /// How often is looked whether mail about what happened is due.
        look_seconds: u64 = "5", Kind::Whole { min: 1, max: 3600, unit: "seconds" };

        /// How often a mail about what happened is tried before it is given
        /// up. The first retry waits a minute, each other twice as long as the
        /// one before, and at most six hours.
        attempts: u32 = "12", Kind::Whole { min: 1, max: 100, unit: "attempts" };
    }

    /// Passwords.
    password: PasswordSettings {
        /// The fewest characters of a password.
        min_length: usize = "10", Kind::Whole { min: 8, max: 128, unit: "characters" };

        /// How many passwords are hashed at once. Without it, one a
        /// processor. Each takes 19 MiB while it runs.
        hash_threads: Option<usize> = "", Kind::Whole { min: 1, max: 256, unit: "threads" };

        /// How many more may wait for a thread before "try again" is
        /// answered.
        hash_queue: usize = "32", Kind::Whole { min: 0, max: 10_000, unit: "passwords" };
    }

    /// Sessions.
    session: SessionSettings {
        /// How long a session lives that is not used.
        idle_days: u32 = "30", Kind::Whole { min: 1, max: 365, unit: "days" };

        /// How long a session lives at most; not less than `idle_days`.
        max_days: u32 = "90", Kind::Whole { min: 1, max: 730, unit: "days" };

        /// How many sessions an account has at once. Whoever signs in once more
        /// ends the one that he did not use for longest. At least 1000 in a
        /// demonstration.
        per_account: u32 = "50", Kind::Whole { min: 1, max: 1000, unit: "sessions" };
    }

    /// Attempts at secrets: signing in, reset codes and the like.
    login: LoginSettings {
        /// How many attempts an address has at once; those that succeed are
        /// given back. At least 12 in a demonstration.
        burst: u32 = "3", Kind::Whole { min: 1, max: 1000, unit: "attempts" };

        /// How many it gains a minute.
        per_minute: u32 = "3", Kind::Whole { min: 1, max: 1000, unit: "attempts a minute" };
    }

    /// Partner apps.
    partners: PartnerSettings {
        /// For how long a token of an app is good.
        token_minutes: u32 = "60", Kind::Whole { min: 1, max: 1440, unit: "minutes" };

        /// For how long what a person allowed an app is good unless it is
        /// renewed.
        consent_days: u32 = "30", Kind::Whole { min: 1, max: 365, unit: "days" };

        /// The apps that an organization has at most, those that were revoked
        /// not counted.
        per_organization: u32 = "20", Kind::Whole { min: 0, max: 1000, unit: "apps" };
    }

    /// What a request may be at most.
    limits: LimitSettings {
        /// The body of a request.
        body_bytes: usize = "1048576", Kind::Whole { min: 32_768, max: 67_108_864, unit: "bytes" };

        /// The text of a document.
        document_bytes: usize = "16384", Kind::Whole { min: 1024, max: 1_048_576, unit: "bytes" };

        /// The tokens of a document.
        document_tokens: usize = "1000", Kind::Whole { min: 50, max: 100_000, unit: "tokens" };

        /// How deep the fields of a document are nested.
        depth: u64 = "10", Kind::Whole { min: 3, max: 100, unit: "levels" };

        /// The aliases of a document, fragments spread out.
        aliases: u64 = "15", Kind::Whole { min: 0, max: 10_000, unit: "aliases" };

        /// The directives of a document, fragments spread out.
        directives: u64 = "50", Kind::Whole { min: 0, max: 10_000, unit: "directives" };

        /// The fields at the root of an operation.
        root_fields: u64 = "10", Kind::Whole { min: 1, max: 1000, unit: "fields" };

        /// What an operation may cost, as the schema counts it.
        cost: u64 = "1000", Kind::Whole { min: 100, max: 10_000_000, unit: "points" };

        /// The most items a page holds.
        page_size: u64 = "100", Kind::Whole { min: 1, max: 100, unit: "items" };
    }

    /// What is told of the schema, which partners have as a file.
    schema: SchemaSettings {
        /// Whether it may be asked for by `__schema` and `__type`.
        introspection: bool = "true", Kind::Boolean;

        /// Whether what is wrong with a document is explained, with names that
        /// may have been meant. Without it, guessing names teaches nothing but
        /// whether a guess was right.
        hints: bool = "true", Kind::Boolean;
    }

    /// Trusted documents: operations that were looked at before, by which an
    /// app asks with a hash alone.
    documents: DocumentSettings {
        /// The directory of documents that are trusted from the start on: a
        /// `.graphql` file is one document, without the white space around it;
        /// a `.json` file holds many, by the SHA-256 of each, as generators
        /// of persisted documents write them. What was trusted once stays
        /// trusted when its file is gone: an administrator ends that.
        directory: Option<PathBuf> = "", Kind::Path;

        /// Whether `any` document is executed, or trusted ones `only`. This
        /// holds for everyone, administrators and explorers included: put
        /// what administrators need into the directory.
        trusted: Documents = "any", Kind::OneOf(Documents::WORDS);

        /// How many may be trusted.
        most: usize = "1000", Kind::Whole { min: 1, max: 100_000, unit: "documents" };
    }

    /// What may be asked for in a while, in the points that operations cost.
    /// A budget comes back steadily. Every request costs at least 1, refused
    /// or not.
    budget: BudgetSettings {
        /// The budget of an account, wherever it asks from; 0 for no limit.
        account: u32 = "30000", Kind::Whole { min: 0, max: 1_000_000_000, unit: "points" };

        /// The budget of a partner app, with all its tokens together; 0 for no
        /// limit.
        client: u32 = "60000", Kind::Whole { min: 0, max: 1_000_000_000, unit: "points" };

        /// The budget of the address that visitors come from; 0 for no limit.
        /// A whole village may share one.
        address: u32 = "60000", Kind::Whole { min: 0, max: 1_000_000_000, unit: "points" };

        /// In how long an empty budget is whole again.
        window_seconds: u64 = "60", Kind::Whole { min: 1, max: 86_400, unit: "seconds" };
    }

    /// Connections, whatever is asked over them.
    connection: ConnectionSettings {
        /// How many there are at once, websockets and streams included. Who
        /// comes beyond waits for a place.
        most: usize = "16384", Kind::Whole { min: 1, max: 1_000_000, unit: "connections" };

        /// How long the head of a request may take to come, and how long a
        /// connection may rest before the next one.
        head_seconds: u64 = "30", Kind::Whole { min: 1, max: 600, unit: "seconds" };

        /// How long the body of a request may take to come.
        body_seconds: u64 = "15", Kind::Whole { min: 1, max: 600, unit: "seconds" };

        /// How long a client may leave unread what it is answered.
        stall_seconds: u64 = "30", Kind::Whole { min: 1, max: 600, unit: "seconds" };
    }

    /// Websockets, and streams of server-sent events.
    websocket: WebsocketSettings {
        /// How long a client may take to say `connection_init`.
        init_timeout_seconds: u64 = "10", Kind::Whole { min: 1, max: 120, unit: "seconds" };

        /// How often a quiet connection is asked whether it lives.
        keepalive_seconds: u64 = "15", Kind::Whole { min: 1, max: 600, unit: "seconds" };

        /// How long a client may leave what was sent to it unread before its
        /// connection is closed; its cursor lets it come back.
        stall_seconds: u64 = "10", Kind::Whole { min: 1, max: 600, unit: "seconds" };

        /// The connections at once, streams of server-sent events included.
        /// One more is told to come again.
        connections: usize = "10000", Kind::Whole { min: 1, max: 1_000_000, unit: "connections" };

        /// The operations of one connection at once.
        operations: usize = "100", Kind::Whole { min: 1, max: 10_000, unit: "operations" };

        /// The largest message from a client.
        message_bytes: usize = "65536", Kind::Whole { min: 1024, max: 1_048_576, unit: "bytes" };
    }

    /// Webhooks: the programs of organizations that are told what happens.
    webhook: WebhookSettings {
        /// How many an organization may have.
        per_organization: usize = "5", Kind::Whole { min: 0, max: 100, unit: "webhooks" };

        /// As many messages to one webhook may wait to be sent. What happens
        /// beyond waits in the event log.
        waiting: u64 = "1000", Kind::Whole { min: 1, max: 1_000_000, unit: "messages" };

        /// As many messages to one webhook are under way at once, each of
        /// another thread.
        at_once: u32 = "4", Kind::Whole { min: 1, max: 64, unit: "messages" };

        /// How long a webhook may take to answer, from the resolving of its
        /// name on.
        timeout_seconds: u64 = "10", Kind::Whole { min: 1, max: 60, unit: "seconds" };

        /// How long the first retry of a message waits. Each waits four times
        /// as long as the one before, give or take a fifth.
        retry_first_seconds: u64 = "30", Kind::Whole { min: 1, max: 3600, unit: "seconds" };

        /// How long a retry waits at most.
        retry_longest_seconds: u64 = "43200", Kind::Whole { min: 1, max: 604_800, unit: "seconds" };

        /// For how long a message is tried before it is given up.
        give_up_seconds: u64 = "259200", Kind::Whole { min: 1, max: 2_592_000, unit: "seconds" };

        /// How long a secret still signs after another took its place.
        overlap_seconds: u64 = "86400", Kind::Whole { min: 0, max: 2_592_000, unit: "seconds" };

        /// How long the log keeps a message after it was delivered or given
        /// up.
        log_days: u32 = "30", Kind::Whole { min: 1, max: 365, unit: "days" };

        /// Whether webhooks may be on this machine and in its network, and
        /// without TLS: for tests alone.
        insecure: bool = "false", Kind::Boolean;
    }

    /// The log, which holds no content, no identity and no address.
    log: LogSettings {
        /// How its lines look.
        format: LogFormat = "text", Kind::OneOf(LogFormat::WORDS), flag = Some("--log-format");

        /// The least important lines to write. Of the libraries beneath,
        /// only warnings and errors are written.
        level: LogLevel = "info", Kind::OneOf(LogLevel::WORDS), flag = Some("--log-level");
    }
}

impl Config {
    /// Finds the value of each setting and reads it, or names every one that
    /// is wrong.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        load::load(sources)
    }

    /// What is wrong between settings of which each is right by itself.
    fn contradictions(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut expect = |fits: bool, message: &str, help: &str| {
            if !fits {
                problems.push(Problem::contradiction(message, help));
            }
        };
        expect(
            self.session.idle_days <= self.session.max_days,
            "session.idle_days is more than session.max_days",
            "a session cannot rest longer than it lives: lower the one or raise the other",
        );
        expect(
            self.mail.transport != MailTransport::Smtp || self.mail.smtp_url.is_some(),
            "mail.transport is smtp, but mail.smtp_url is not set",
            "set MUKALMA_MAIL_SMTP_URL, or mail.transport to file",
        );
        expect(
            self.listen.port() == 0 || self.metrics_listen != Some(self.listen),
            "metrics_listen is the same as listen",
            "metrics have a listener of their own: choose another port",
        );
        expect(
            self.limits.document_bytes <= self.limits.body_bytes,
            "limits.document_bytes is more than limits.body_bytes",
            "a document comes in a body: lower the one or raise the other",
        );
        for (name, budget) in [
            ("account", self.budget.account),
            ("client", self.budget.client),
            ("address", self.budget.address),
        ] {
            expect(
                budget == 0 || u64::from(budget) >= self.limits.cost,
                &format!("budget.{name} is less than limits.cost"),
                "an operation that is allowed must fit into a whole budget: raise the one or lower the other",
            );
        }
        problems
    }
}

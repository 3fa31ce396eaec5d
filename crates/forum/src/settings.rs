//! How the forum is set.

use chrono::{Weekday, WeekdaySet};
use chrono_tz::Tz;
use domain::calendar::Deadlines;
use domain::people::RegistrationMode;
use domain::reference::Prefix;

/// The forum's settings. Limits that protect people are numbers here, with
/// their names in the configuration.
#[derive(Clone)]
pub struct Settings {
    /// Who may make an account.
    pub registration: RegistrationMode,
    /// The forum's zone, for its days.
    pub zone: Tz,
    /// With what its references begin.
    pub prefix: Prefix,
    /// How long each move may take, where no rule says otherwise.
    pub deadlines: Deadlines,
    /// The days of the week on which nobody works.
    pub weekend: WeekdaySet,
    /// How often an office may send a concern on before a moderator looks who
    /// is responsible.
    pub referrals_max: u32,
    /// How commitments are set.
    pub commitments: crate::commitment::CommitmentSettings,
    /// How moderation is set.
    pub moderation: crate::moderation::ModerationSettings,
    /// How templates of answers are limited.
    pub templates: crate::template::TemplateSettings,
    /// How many letters on paper are recorded of one concern.
    pub letters_per_concern: u32,
    /// How many concerns an office may acknowledge in one act.
    pub acknowledged_at_once: u32,
    /// How many concerns that are not over an officer has on his shortlist.
    pub shortlist_max: u32,
    /// From how many referrals on moderators look at a concern.
    pub referred_often: u32,
    /// Whether the forum only shows how one works.
    pub demonstration: bool,
    /// The least number of characters of a password.
    pub password_min: usize,
    /// How many passwords are hashed at once.
    pub hashes_at_once: usize,
    /// How many more may wait for it.
    pub hashes_waiting: usize,
    /// After how many days without use a session ends.
    pub session_idle_days: u32,
    /// After how many days a session ends in any case.
    pub session_max_days: u32,
    /// How many sessions an account has at once.
    pub sessions_max: u32,
    /// How many sign-in attempts an address may make at once.
    pub sign_in_burst: u32,
    /// How many more it gains each minute.
    pub sign_in_per_minute: u32,
    /// For how many minutes a token of a partner app is good.
    pub client_token_minutes: u32,
    /// For how many days what a person allowed an app can be renewed.
    pub consent_days: u32,
    /// How many partner apps an organization has at most.
    pub clients_max: u32,
    /// Where the forum is reached, as partner apps know it.
    pub issuer: String,
    /// Where links in mails lead.
    pub public_url: Option<String>,
    /// The cost of hashing a password. Tests take the cheapest.
    pub password_cost: PasswordCost,
    /// How many documents may be trusted.
    pub documents_max: usize,
    /// Of fewer concerns than so many no figures are shown.
    pub statistics_least: u32,
    /// How mail about what happens is set.
    pub mail: crate::notice::MailSettings,
    /// How what is past its time is removed.
    pub retention: crate::retention::RetentionSettings,
    /// How often somebody has all that is kept of him given out in an hour.
    pub exports_per_hour: u32,
    /// How webhooks are set.
    pub webhooks: crate::webhook::Settings,
    /// The secret that tokens and keys are hashed with.
    pub pepper: [u8; 32],
    /// Signs the audit log.
    pub audit_key: audit::Key,
}

/// How much work hashing a password is (argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl PasswordCost {
    /// OWASP's least for argon2id with one lane: 19 MiB, two passes.
    pub const STANDARD: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
    };
    /// For tests, where nothing is to be protected.
    pub const CHEAPEST: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("registration", &self.registration)
            .field("demonstration", &self.demonstration)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The defaults, with the secret that tokens and keys are hashed with and
    /// the key that signs the audit log.
    pub fn new(pepper: [u8; 32], audit_key: audit::Key, prefix: Prefix) -> Self {
        Self {
            registration: RegistrationMode::Approval,
            zone: chrono_tz::Asia::Karachi,
            prefix,
            deadlines: Deadlines::default(),
            weekend: WeekdaySet::from_array([Weekday::Sat, Weekday::Sun]),
            referrals_max: 3,
            commitments: crate::commitment::CommitmentSettings::default(),
            moderation: crate::moderation::ModerationSettings::default(),
            templates: crate::template::TemplateSettings::default(),
            letters_per_concern: 20,
            acknowledged_at_once: 50,
            shortlist_max: 200,
            referred_often: 2,
            demonstration: false,
            password_min: 10,
            hashes_at_once: 2,
            hashes_waiting: 32,
            session_idle_days: 30,
            session_max_days: 180,
            sessions_max: 50,
            sign_in_burst: 3,
            sign_in_per_minute: 3,
            client_token_minutes: 60,
            consent_days: 30,
            clients_max: 20,
            issuer: "http://127.0.0.1:8080".to_owned(),
            public_url: None,
            password_cost: PasswordCost::STANDARD,
            documents_max: 1_000,
            statistics_least: 5,
            mail: crate::notice::MailSettings::default(),
            retention: crate::retention::RetentionSettings::default(),
            exports_per_hour: 6,
            webhooks: crate::webhook::Settings::default(),
            pepper,
            audit_key,
        }
    }

    pub(crate) fn audit_key(&self) -> &audit::Key {
        &self.audit_key
    }

    pub(crate) fn pepper(&self) -> &[u8; 32] {
        &self.pepper
    }
}

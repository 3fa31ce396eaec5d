//! Every column, classed: what it says of a person, what erasing does to it,
//! and how long it is kept.
//!
//! A schema test holds the list to the database: a column without an entry
//! fails it, and so does an entry without a column. Whoever adds a column
//! decides here what it is.

/// What a column says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing.
    None,
    /// Something: who he is, or that he did something.
    Personal,
    /// What can hurt him: case facts, whom he complains of, the groups he may
    /// be counted among.
    Sensitive,
    /// A hash that opens something.
    Secret,
    /// His own words.
    Content,
}

/// What becomes of a column when a person, or a thread, is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// It stays: it names nobody, or only through what is erased elsewhere.
    Keep,
    /// It is emptied in place, and its row stays for what refers to it: see
    /// [`crate::erasure`].
    Erase,
    /// Its row goes with the account.
    WithAccount,
    /// Its row goes with the thread.
    WithThread,
}

/// How long a column is kept, if nobody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// As long as the forum.
    Forum,
    /// As long as the account.
    Account,
    /// As long as the thread.
    Thread,
    /// Until the moment that its row names.
    Expiry,
    /// Until its work is done.
    Done,
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// What it says of a person.
    pub class: Class,
    /// What erasing does to it.
    pub erasure: Erasure,
    /// How long it is kept.
    pub retention: Retention,
}

/// Some columns of one table that are of one kind.
struct Group(
    &'static str,
    &'static [&'static str],
    Class,
    Erasure,
    Retention,
);

/// Every column of every table.
pub fn columns() -> impl Iterator<Item = Column> {
    GROUPS
        .iter()
        .flat_map(|Group(table, columns, class, erasure, retention)| {
            columns.iter().map(|column| Column {
                table,
                column,
                class: *class,
                erasure: *erasure,
                retention: *retention,
            })
        })
}

// A table is read by its lines.
#[rustfmt::skip]
const GROUPS: &[Group] = &[
    Group("forum", &[
        "id", "name", "demonstration", "zone", "prefix", "created_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("account", &["id"], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("account", &[
        "login", "display_name", "email", "email_verified_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("account", &["password_hash"], Class::Secret, Erasure::WithAccount, Retention::Account),
    Group("account", &[
        "constituency", "vouched_by", "vouched_at", "standing", "language", "trusted_at",
        "established_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("account", &[
        "failed_sign_ins", "locked_until", "created_at", "sanctioned_until",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    // Of accounts that were deleted: nobody else gets their logins.
    Group("former_login", &["login_hash"], Class::Secret, Erasure::Keep, Retention::Forum),
    Group("account_duty", &[
        "account", "duty", "granted_by", "granted_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("session", &["token_hash"], Class::Secret, Erasure::WithAccount, Retention::Expiry),
    Group("session", &[
        "id", "account", "label", "created_at", "last_used_at", "expires_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Expiry),
    Group("recovery_code", &["code_hash"], Class::Secret, Erasure::WithAccount, Retention::Account),
    Group("recovery_code", &[
        "account", "used_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("reset_code", &["code_hash"], Class::Secret, Erasure::WithAccount, Retention::Expiry),
    Group("reset_code", &[
        "account", "expires_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Expiry),
    Group("setup_link", &["code_hash"], Class::Secret, Erasure::Keep, Retention::Expiry),
    Group("setup_link", &["expires_at"], Class::None, Erasure::Keep, Retention::Expiry),
    Group("category", &[
        "code", "parent", "name_en", "name_ur", "basis", "youth_priority", "aliases", "position",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("theme", &[
        "code", "name_en", "name_ur", "position",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("region", &[
        "code", "iso_3166_2", "kind", "name_en", "name_ur", "position",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("affected_group", &[
        "code", "name_en", "name_ur", "sensitive", "position",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("helpline", &[
        "number", "agency", "purpose_en", "run_by", "region", "check_before_use",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("holiday", &[
        "region", "month_day", "name_en", "name_ur",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("organization", &[
        "id", "name", "accreditation",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("organization", &["requested_by"], Class::Personal, Erasure::Erase, Retention::Account),
    Group("organization", &["requested_at"], Class::None, Erasure::Keep, Retention::Forum),
    Group("organization", &["decided_by"], Class::Personal, Erasure::Erase, Retention::Account),
    Group("organization", &["decided_at"], Class::None, Erasure::Keep, Retention::Forum),
    Group("organization", &["reason"], Class::None, Erasure::Keep, Retention::Forum),
    Group("membership", &[
        "organization", "account", "accreditation", "requested_at", "decided_by", "decided_at",
        "reason",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("agency", &[
        "id", "code", "kind", "region", "name_en", "name_ur", "accreditation",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("agency", &["decided_by"], Class::Personal, Erasure::Erase, Retention::Account),
    Group("agency", &[
        "decided_at", "reason", "participation", "one_officer", "answering_since", "default_oversight",
        "position",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("agency_mandate", &["agency", "category"], Class::None, Erasure::Keep, Retention::Forum),
    Group("agency_oversees", &[
        "agency", "affected_group",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("office", &[
        "id", "agency", "name_en", "name_ur", "region", "created_at", "closed_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("holder", &[
        "office", "account", "since", "until",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("invitation", &["id"], Class::None, Erasure::Keep, Retention::Forum),
    Group("invitation", &["code_hash"], Class::Secret, Erasure::Keep, Retention::Forum),
    Group("invitation", &[
        "constituency", "organization", "office",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("invitation", &["created_by"], Class::Personal, Erasure::Erase, Retention::Account),
    Group("invitation", &[
        "created_at", "expires_at", "used_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    // A persona outlives its account: the posts keep what they were.
    Group("persona", &["id", "voice"], Class::None, Erasure::Keep, Retention::Forum),
    Group("persona", &["account"], Class::Personal, Erasure::Erase, Retention::Account),
    Group("persona", &["thread"], Class::None, Erasure::Keep, Retention::Forum),
    Group("persona", &["access_hash"], Class::Secret, Erasure::Erase, Retention::Thread),
    Group("persona", &[
        "constituency", "organization", "agency", "office",
    ], Class::Personal, Erasure::Keep, Retention::Forum),
    Group("persona", &["display_name"], Class::Personal, Erasure::Erase, Retention::Account),
    Group("circle", &[
        "id", "code", "name_en", "name_ur",
    ], Class::None, Erasure::Keep, Retention::Forum),
    // Operations that programs are written with.
    Group("document", &[
        "id", "hash", "text", "trusted_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    // A circle may be of survivors, or of transgender persons.
    Group("circle_member", &[
        "circle", "account", "vouched_by", "since",
    ], Class::Sensitive, Erasure::WithAccount, Retention::Account),
    Group("thread", &[
        "id", "reference", "kind", "audience", "circle", "status", "status_reason", "locked_at",
        "ended_at", "pinned_at", "slow_seconds", "merged_into", "split_from",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("thread", &[
        "title", "body", "fingerprint", "said",
    ], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("thread", &[
        "language", "category", "region",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("thread", &["proceedings"], Class::Sensitive, Erasure::WithThread, Retention::Thread),
    Group("thread", &["reuse"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("thread", &["persona"], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("thread", &[
        "about_agency", "about_office", "about_kind",
    ], Class::Sensitive, Erasure::WithThread, Retention::Thread),
    Group("thread", &[
        "state", "assigned_agency", "assigned_office", "oversight_agency",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("thread", &[
        "wants_moderator", "wanted_by_queue",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("thread", &["claimed_by", "officer", "drafter"], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("thread", &[
        "acknowledged_at", "answered_at", "closed_at", "clarifications", "disputes",
        "unconfirmed", "due_on", "very_overdue_on", "desk_on", "clock_since", "clock_told", "referrals",
        "post_count", "endorsement_count", "last_activity_at",
        "created_at", "edited_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("edition", &[
        "number", "month", "taken_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("edition_cell", &[
        "kind", "month", "key", "measure", "value",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("edition_concern", &[
        "thread", "kind", "part", "agency", "month", "category", "region", "measures",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("counted", &[
        "thread", "agency", "month", "category", "region", "measures",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("uncounted", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    // Places in an inbox; what happened there is not in them.
    Group("mail_preference", &[
        "account", "reason", "frequency",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("mail_place", &[
        "account", "epoch", "pos", "behind_at", "mailed_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("mail", &[
        "id", "account", "frequency", "made_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Done),
    Group("mail_note", &[
        "account", "pos", "frequency", "mail",
    ], Class::Personal, Erasure::WithAccount, Retention::Done),
    Group("thread_notice", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("thread_notice", &[
        "persona", "level",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("case_facts", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("case_facts", &["body"], Class::Sensitive, Erasure::WithThread, Retention::Thread),
    Group("case_facts", &["edited_at"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("on_behalf", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("on_behalf", &["consent"], Class::Sensitive, Erasure::WithThread, Retention::Thread),
    Group("on_behalf", &["consent_until"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("on_behalf", &["receipt_hash"], Class::Secret, Erasure::WithThread, Retention::Thread),
    Group("thread_theme", &[
        "thread", "theme",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("thread_group", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("thread_group", &[
        "affected_group",
    ], Class::Sensitive, Erasure::WithThread, Retention::Thread),
    Group("participant", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("participant", &[
        "persona", "role", "since",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("post", &["id", "thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("post", &["persona"], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("post", &["body", "fingerprint", "said"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("post", &[
        "language", "status", "status_reason", "reuse", "created_at", "edited_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("revision", &[
        "object", "number", "thread",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("revision", &["title", "body"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("revision", &["replaced_on"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("response", &["id", "thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("response", &["persona"], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("response", &["agency", "office"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("response", &["body"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("response", &[
        "language", "outcome", "outcome_on",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("response", &["outcome_text"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("response", &[
        "duplicate_of", "created_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("response_draft", &[
        "id", "thread", "number", "agency", "office", "language", "outcome", "outcome_on",
        "duplicate_of", "created_at", "approved_at", "response",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("response_draft", &[
        "persona", "approver",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("response_draft", &[
        "body", "outcome_text",
    ], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("verdict", &[
        "id", "thread", "response",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("verdict", &["persona"], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("verdict", &["kind"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("verdict", &["comment"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("verdict", &["created_at"], Class::None, Erasure::WithThread, Retention::Thread),
    // By sides and offices: nobody is named.
    Group("concern_move", &[
        "id", "thread", "number", "kind", "side", "agency", "office", "state", "to_agency",
        "to_office", "response", "verdict", "level", "at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("concern_move", &["note"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("commitment", &[
        "id", "thread", "agency", "office", "response", "language", "first_due_on", "due_on",
        "stage", "postponed", "percent", "lapsed_at", "kept_at", "created_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("commitment", &["persona"], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("commitment", &["body"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("commitment_milestone", &[
        "commitment", "number", "due_on", "reached_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("commitment_milestone", &["body"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("commitment_step", &[
        "id", "commitment", "percent", "milestone", "due_on", "was_due_on",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("commitment_step", &["persona"], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("commitment_evidence", &["step", "number"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("commitment_evidence", &["url", "body"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("letter", &[
        "id", "thread", "agency", "kind", "sent_on", "recorded_at", "reply_on",
        "reply_recorded_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("letter", &[
        "persona", "reply_persona",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("letter", &["reply"], Class::Content, Erasure::WithThread, Retention::Thread),
    // By offices: nobody is named.
    Group("response_template", &[
        "id", "agency", "office", "category", "state", "title_en", "body_en", "title_ur",
        "body_ur", "version", "created_at", "changed_at", "retired_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("reviewable", &[
        "id", "subject", "thread", "post", "score", "pressure", "flags", "held", "claimed_at",
        "created_at", "decision", "decided_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("reviewable", &[
        "persona", "claimant", "decider",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("reviewable", &[
        "title", "body",
    ], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("flag", &[
        "subject", "thread", "reviewable", "revision",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("flag", &[
        "account", "reason", "weight", "side", "constituency", "created_at", "outcome",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("flag", &["note"], Class::Content, Erasure::WithAccount, Retention::Account),
    Group("review_step", &[
        "id", "reviewable", "step", "decision", "code", "at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("review_step", &[
        "moderator",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("review_step", &["reason"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("moderator_number", &[
        "account", "number",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("modlog", &[
        "id", "appears_at", "exact", "act", "code", "thread", "post", "moderator", "reverses",
        "nth",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("modlog", &["reason"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("relocation", &[
        "entry", "post", "from_thread", "to_thread",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("sealed_original", &[
        "redaction", "object", "number", "thread", "left_version", "replaced_on", "destroy_at",
    ], Class::None, Erasure::WithAccount, Retention::Expiry),
    Group("sealed_original", &[
        "title", "body",
    ], Class::Sensitive, Erasure::WithAccount, Retention::Expiry),
    Group("appeal", &[
        "id", "entry", "thread", "post", "created_at", "due_on", "outcome", "decided_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("appeal", &[
        "persona", "decider",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("appeal", &[
        "body", "reason",
    ], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("legal_demand", &[
        "id", "kind", "instrument", "authority", "reference", "thread", "post",
        "subject_reference", "received_on", "notice_barred", "barred_until", "status",
        "created_at", "decided_at", "stood",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("legal_demand", &[
        "registrar", "approver", "decider",
    ], Class::Personal, Erasure::Erase, Retention::Account),
    Group("legal_demand", &[
        "scope", "reason",
    ], Class::Sensitive, Erasure::WithThread, Retention::Thread),
    Group("transparency", &[
        "quarter", "made_at", "least",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("transparency_figure", &[
        "quarter", "section", "key", "measure", "value",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("sanction", &[
        "id", "thread", "post", "kind", "reach", "category", "until", "code", "proposed_at",
        "decision", "decided_at", "entry", "lifted_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("sanction", &[
        "persona", "proposer", "decider",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("sanction", &[
        "title", "body", "reason", "decision_reason",
    ], Class::Content, Erasure::WithThread, Retention::Thread),
    // It names nobody: it commits to accounts.
    Group("audit_entry", &[
        "id", "body", "leaf",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("audit_opening", &[
        "entry", "place", "salt", "account",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("audit_head", &[
        "id", "size", "frontier", "note",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("recusal", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("recusal", &[
        "persona", "since",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("shortlist", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("shortlist", &[
        "persona", "since",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("retaliation", &[
        "id", "thread", "created_at", "decided_at", "lifted_at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("retaliation", &[
        "persona", "moderator", "second_moderator", "decided_by",
    ], Class::Personal, Erasure::WithThread, Retention::Thread),
    Group("retaliation", &[
        "agency", "oversight", "body",
    ], Class::Sensitive, Erasure::WithThread, Retention::Thread),
    Group("retaliation", &["reason"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("posting_rule", &[
        "tenure", "held_first", "links_max", "posts_per_hour", "posts_per_day", "min_age_days",
        "min_posts",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("clock_rule", &[
        "id", "agency", "category", "acknowledge", "answer", "very_overdue", "review", "since",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("dated_holiday", &[
        "day", "name_en", "name_ur",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("endorsement", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("endorsement", &[
        "account", "created_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("follow", &["thread"], Class::None, Erasure::WithThread, Retention::Thread),
    Group("follow", &[
        "persona", "since",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("access_ledger", &[
        "id", "thread", "office", "duty", "opened", "at",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("search_doc", &[
        "object", "language", "thread",
    ], Class::None, Erasure::WithThread, Retention::Thread),
    Group("search_doc", &["normalized"], Class::Content, Erasure::WithThread, Retention::Thread),
    Group("stream", &[
        "id", "epoch", "head", "floor",
    ], Class::None, Erasure::Keep, Retention::Forum),
    // Ids of objects only. An inbox, which is named by its account's id, goes
    // with the account; that its rights changed is told elsewhere by the id
    // alone, of which nothing is left to find.
    Group("event", &[
        "stream", "pos", "kind", "thread", "object", "at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("idempotency", &["key_hash"], Class::Secret, Erasure::Keep, Retention::Expiry),
    Group("idempotency", &["operation"], Class::None, Erasure::Keep, Retention::Expiry),
    Group("idempotency", &["input_hash"], Class::Secret, Erasure::Keep, Retention::Expiry),
    // Of what somebody did to an account, that is the account.
    Group("idempotency", &["result"], Class::None, Erasure::WithAccount, Retention::Expiry),
    Group("idempotency", &["expires_at"], Class::None, Erasure::Keep, Retention::Expiry),
    // An app is an organization's. Whoever made it is not kept.
    Group("client", &[
        "id", "organization", "name", "scopes", "trusted_only", "sandbox", "created_at",
        "last_used_at", "revoked_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("client_secret", &["secret_hash"], Class::Secret, Erasure::Keep, Retention::Expiry),
    Group("client_secret", &[
        "client", "created_at", "expires_at",
    ], Class::None, Erasure::Keep, Retention::Expiry),
    Group("client_token", &["token_hash"], Class::Secret, Erasure::Keep, Retention::Expiry),
    Group("client_token", &[
        "client", "consent", "scopes", "expires_at",
    ], Class::None, Erasure::Keep, Retention::Expiry),
    Group("client_redirect", &["client", "uri"], Class::None, Erasure::Keep, Retention::Forum),
    Group("consent", &[
        "id", "client", "account", "scopes", "created_at", "last_used_at",
    ], Class::Personal, Erasure::WithAccount, Retention::Account),
    Group("client_code", &["code_hash"], Class::Secret, Erasure::WithAccount, Retention::Expiry),
    Group("client_code", &[
        "consent", "redirect_uri", "challenge", "expires_at", "used_at",
    ], Class::None, Erasure::WithAccount, Retention::Expiry),
    Group("client_renewal", &[
        "token_hash",
    ], Class::Secret, Erasure::WithAccount, Retention::Expiry),
    Group("client_renewal", &[
        "consent", "expires_at", "used_at",
    ], Class::None, Erasure::WithAccount, Retention::Expiry),
    // Payloads are ids and codes.
    Group("job", &[
        "id", "kind", "once", "payload", "run_at", "attempts", "leased_until",
    ], Class::None, Erasure::Keep, Retention::Done),
    Group("webhook", &[
        "id", "organization", "label", "url", "kinds", "thread", "thread_kind", "category",
        "region", "state",
    ], Class::None, Erasure::Keep, Retention::Forum),
    // Nothing without the key that secrets are made with.
    Group("webhook", &["salt", "old_salt"], Class::None, Erasure::Keep, Retention::Forum),
    Group("webhook", &[
        "old_until", "last_seq", "created_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
    Group("webhook_place", &[
        "webhook", "epoch", "pos",
    ], Class::None, Erasure::Keep, Retention::Forum),
    // Ids of what was public; each goes once its deletion was asked for.
    Group("webhook_told", &[
        "webhook", "thread", "object", "object_kind",
    ], Class::None, Erasure::Keep, Retention::Done),
    Group("webhook_message", &[
        "id", "webhook", "seq", "kind", "thread", "object", "object_kind", "epoch", "pos",
        "at", "state", "queued_at", "attempts", "failures", "next_at", "lease",
        "leased_until", "ended_at",
    ], Class::None, Erasure::Keep, Retention::Done),
    Group("webhook_attempt", &[
        "message", "number", "at", "status", "failure", "millis",
    ], Class::None, Erasure::Keep, Retention::Done),
    // The migrations' own list.
    Group("seaql_migrations", &[
        "version", "applied_at",
    ], Class::None, Erasure::Keep, Retention::Forum),
];

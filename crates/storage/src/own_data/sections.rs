//! The list itself.

use super::{Field, Is, Section, Why};

const fn field(name: &'static str, sql: &'static str, is: Is) -> Field {
    Field { name, sql, is }
}

/// Fields of the table's own columns, by what they are.
macro_rules! fields {
    ($($is:ident $name:literal = $sql:literal),* $(,)?) => {
        &[$(field($name, $sql, Is::$is)),*]
    };
}

/// Sections, each with its table, key, rows and fields.
macro_rules! sections {
    ($($(#[$sight:ident])? $name:literal: $table:literal $(with $with:literal)?, own $own:literal,
        key $key:tt, $fields:tt;)+) => {
        &[$(Section {
            name: $name,
            table: $table,
            with: concat!("", $($with)?),
            own: $own,
            in_sight: sections!(@ $($sight)?),
            key: fields! $key,
            fields: fields! $fields,
        }),+]
    };
    (@) => { false };
    (@ in_sight) => { true };
}

/// Everything that is kept of somebody, in the order of the file.
pub const SECTIONS: &[Section] = sections! {
    "account": "account", own "x.id = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "login" = "x.login", Words "displayName" = "x.display_name",
        Code "email" = "x.email", Moment "emailConfirmedAt" = "x.email_verified_at",
        Code "constituency" = "x.constituency", Moment "vouchedAt" = "x.vouched_at",
        Code "standing" = "x.standing", Code "language" = "x.language",
        Moment "trustedAt" = "x.trusted_at", Moment "establishedAt" = "x.established_at",
        Moment "sanctionedUntil" = "x.sanctioned_until", Number "failedSignIns" = "x.failed_sign_ins",
        Moment "restsUntil" = "x.locked_until", Moment "createdAt" = "x.created_at",
    ];
    "duties": "account_duty", own "x.account = {me}", key [Code "duty" = "x.duty"], [
        Code "duty" = "x.duty", Moment "since" = "x.granted_at",
    ];
    "moderatorNumber": "moderator_number", own "x.account = {me}", key [Number "number" = "x.number"], [
        Number "number" = "x.number",
    ];
    "sessions": "session", own "x.account = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Words "label" = "x.label", Moment "createdAt" = "x.created_at",
        Moment "lastUsedAt" = "x.last_used_at", Moment "expiresAt" = "x.expires_at",
    ];
    "recoveryCodes": "recovery_code", own "x.account = {me}", key [Bytes "code" = "x.code_hash"], [
        Moment "usedAt" = "x.used_at",
    ];
    "resetCodes": "reset_code", own "x.account = {me}", key [Bytes "code" = "x.code_hash"], [
        Moment "expiresAt" = "x.expires_at",
    ];
    "consents": "consent" with "JOIN client c ON c.id = x.client", own "x.account = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "app" = "x.client", Code "name" = "c.name", Code "scopes" = "x.scopes",
        Moment "createdAt" = "x.created_at", Moment "lastUsedAt" = "x.last_used_at",
    ];
    "memberships": "membership" with "JOIN organization o ON o.id = x.organization", own "x.account = {me}",
        key [Id "organization" = "x.organization"], [
        Id "organization" = "x.organization", Code "name" = "o.name",
        Code "accreditation" = "x.accreditation", Moment "requestedAt" = "x.requested_at",
        Moment "decidedAt" = "x.decided_at", Words "reason" = "x.reason",
    ];
    "organizationsRequested": "organization", own "x.requested_by = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "name" = "x.name", Code "accreditation" = "x.accreditation",
        Moment "requestedAt" = "x.requested_at", Moment "decidedAt" = "x.decided_at",
        Words "reason" = "x.reason",
    ];
    "organizationsDecided": "organization", own "x.decided_by = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "name" = "x.name", Code "accreditation" = "x.accreditation",
        Moment "decidedAt" = "x.decided_at", Words "reason" = "x.reason",
    ];
    "agenciesDecided": "agency", own "x.decided_by = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "code" = "x.code", Code "accreditation" = "x.accreditation",
        Moment "decidedAt" = "x.decided_at", Words "reason" = "x.reason",
    ];
    "invitationsMade": "invitation", own "x.created_by = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "constituency" = "x.constituency", Id "organization" = "x.organization",
        Id "office" = "x.office", Moment "createdAt" = "x.created_at",
        Moment "expiresAt" = "x.expires_at", Moment "usedAt" = "x.used_at",
    ];
    "offices": "holder" with "JOIN office f ON f.id = x.office", own "x.account = {me}",
        key [Id "office" = "x.office", Moment "since" = "x.since"], [
        Id "office" = "x.office", Code "name" = "f.name_en", Moment "since" = "x.since",
        Moment "until" = "x.until",
    ];
    "circles": "circle_member" with "JOIN circle c ON c.id = x.circle", own "x.account = {me}",
        key [Id "circle" = "x.circle"], [
        Id "circle" = "x.circle", Code "code" = "c.code", Code "name" = "c.name_en",
        Moment "since" = "x.since",
    ];
    "authors": "persona", own "x.account = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "voice" = "x.voice", Words "displayName" = "x.display_name",
        Code "constituency" = "x.constituency", Id "organization" = "x.organization",
        Id "agency" = "x.agency", Id "office" = "x.office",
    ];
    "mailPreferences": "mail_preference", own "x.account = {me}", key [Code "about" = "x.reason"], [
        Code "about" = "x.reason", Code "frequency" = "x.frequency",
    ];
    "mailPlace": "mail_place", own "x.account = {me}", key [Number "epoch" = "x.epoch"], [
        Number "epoch" = "x.epoch", Number "place" = "x.pos", Moment "since" = "x.behind_at",
        Moment "sentAt" = "x.mailed_at",
    ];
    "mails": "mail", own "x.account = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "frequency" = "x.frequency", Moment "createdAt" = "x.made_at",
    ];
    "mailNotes": "mail_note", own "x.account = {me}", key [Number "place" = "x.pos"], [
        Number "place" = "x.pos", Code "frequency" = "x.frequency", Id "mail" = "x.mail",
    ];
    #[in_sight]
    "notices": "event" with "LEFT JOIN thread t ON t.id = x.thread", own "x.stream = {inbox}", key [Number "place" = "x.pos"], [
        Number "place" = "x.pos", Code "kind" = "x.kind", Id "thread" = "x.thread",
        Id "object" = "x.object", Moment "at" = "x.at",
    ];
    "threadNotices": "thread_notice", own "x.persona IN {mine}",
        key [Id "thread" = "x.thread", Id "author" = "x.persona"], [
        Id "thread" = "x.thread", Code "level" = "x.level",
    ];
    "follows": "follow", own "x.persona IN {mine}",
        key [Id "thread" = "x.thread", Id "author" = "x.persona"], [
        Id "thread" = "x.thread", Moment "since" = "x.since",
    ];
    "endorsements": "endorsement", own "x.account = {me}", key [Id "thread" = "x.thread"], [
        Id "thread" = "x.thread", Moment "createdAt" = "x.created_at",
    ];
    "threads": "thread", own "x.persona IN {mine}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "reference" = "x.reference", Code "kind" = "x.kind",
        Code "audience" = "x.audience", Id "circle" = "x.circle", Words "title" = "x.title",
        Words "body" = "x.body", Code "language" = "x.language", Code "category" = "x.category",
        Code "region" = "x.region", Code "proceedings" = "x.proceedings", Code "reuse" = "x.reuse",
        Id "aboutAgency" = "x.about_agency", Id "aboutOffice" = "x.about_office",
        Code "aboutKind" = "x.about_kind", Code "status" = "x.status",
        Words "reason" = "x.status_reason", Code "state" = "x.state", Id "author" = "x.persona",
        Moment "createdAt" = "x.created_at", Moment "editedAt" = "x.edited_at",
    ];
    "affectedGroups": "thread_group", own "x.thread IN {threads}",
        key [Id "thread" = "x.thread", Code "group" = "x.affected_group"], [
        Id "thread" = "x.thread", Code "group" = "x.affected_group",
    ];
    "caseFacts": "case_facts", own "x.thread IN {threads}", key [Id "thread" = "x.thread"], [
        Id "thread" = "x.thread", Words "body" = "x.body", Moment "editedAt" = "x.edited_at",
    ];
    "onBehalf": "on_behalf", own "x.thread IN {threads}", key [Id "thread" = "x.thread"], [
        Id "thread" = "x.thread", Words "consent" = "x.consent", Code "untilDay" = "x.consent_until",
    ];
    "accessLedger": "access_ledger" with "LEFT JOIN office f ON f.id = x.office", own "x.thread IN {threads}",
        key [Id "id" = "x.id"], [
        Id "thread" = "x.thread", Id "office" = "x.office", Code "name" = "f.name_en",
        Code "duty" = "x.duty", Code "opened" = "x.opened", Moment "at" = "x.at",
    ];
    "posts": "post", own "x.persona IN {own}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "author" = "x.persona", Words "body" = "x.body",
        Code "language" = "x.language", Code "status" = "x.status", Words "reason" = "x.status_reason",
        Code "reuse" = "x.reuse", Moment "createdAt" = "x.created_at", Moment "editedAt" = "x.edited_at",
    ];
    #[in_sight]
    "postsForAnOffice": "post" with "JOIN thread t ON t.id = x.thread", own "x.persona IN {office}",
        key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "author" = "x.persona", Words "body" = "x.body",
        Code "language" = "x.language", Code "status" = "x.status", Words "reason" = "x.status_reason",
        Code "reuse" = "x.reuse", Moment "createdAt" = "x.created_at", Moment "editedAt" = "x.edited_at",
    ];
    "revisions": "revision", own "x.object IN (SELECT id FROM post WHERE persona IN {own}) OR x.object IN {threads}",
        key [Id "object" = "x.object", Number "number" = "x.number"], [
        Id "object" = "x.object", Number "number" = "x.number", Id "thread" = "x.thread",
        Words "title" = "x.title", Words "body" = "x.body", Code "day" = "x.replaced_on",
    ];
    "participations": "participant", own "x.persona IN {mine}",
        key [Id "thread" = "x.thread", Id "author" = "x.persona"], [
        Id "thread" = "x.thread", Code "role" = "x.role", Moment "since" = "x.since",
    ];
    "moves": "concern_move", own "x.side = 'RAISER' AND x.thread IN {threads}", key [Id "id" = "x.id"], [
        Id "thread" = "x.thread", Code "kind" = "x.kind", Code "state" = "x.state",
        Words "words" = "x.note", Moment "at" = "x.at",
    ];
    "verdicts": "verdict", own "x.persona IN {mine}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "response" = "x.response", Code "kind" = "x.kind",
        Words "words" = "x.comment", Moment "createdAt" = "x.created_at",
    ];
    "retaliationReports": "retaliation", own "x.persona IN {mine}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "agency" = "x.agency",
        Id "oversight" = "x.oversight", Words "body" = "x.body", Moment "createdAt" = "x.created_at",
        Moment "decidedAt" = "x.decided_at", Words "reason" = "x.reason",
        Moment "liftedAt" = "x.lifted_at",
    ];
    "flags": "flag", own "x.account = {me}", key [Id "subject" = "x.subject"], [
        Id "subject" = "x.subject", Id "thread" = "x.thread", Code "about" = "x.reason",
        Words "words" = "x.note", Number "weight" = "x.weight", Id "side" = "x.side",
        Code "constituency" = "x.constituency", Moment "createdAt" = "x.created_at",
        Code "outcome" = "x.outcome",
    ];
    "moderationOfOwn": "modlog",
        own "(x.post IS NULL AND x.thread IN {threads}) OR x.post IN (SELECT id FROM post WHERE persona IN {own})",
        key [Id "id" = "x.id"], [
        Id "thread" = "x.thread", Id "post" = "x.post", Code "act" = "x.act", Code "code" = "x.code",
        Words "reason" = "x.reason", Moment "appearedAt" = "x.appears_at",
    ];
    "struckOut": "sealed_original",
        own "x.redaction IN (SELECT m.id FROM modlog m JOIN thread w ON w.id = m.thread LEFT JOIN post o ON o.id = m.post WHERE COALESCE(o.persona, w.persona) IN {mine})",
        key [Id "entry" = "x.redaction", Id "id" = "x.object", Number "number" = "x.number"], [
        Id "entry" = "x.redaction", Id "thread" = "x.thread", Words "title" = "x.title",
        Words "body" = "x.body", Moment "until" = "x.destroy_at",
    ];
    "appeals": "appeal", own "x.persona IN {mine}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "entry" = "x.entry", Id "thread" = "x.thread", Id "post" = "x.post",
        Words "body" = "x.body", Moment "createdAt" = "x.created_at", Code "outcome" = "x.outcome",
        Words "reason" = "x.reason", Moment "decidedAt" = "x.decided_at",
    ];
    "sanctions": "sanction", own "x.persona IN {mine} AND x.decision = 'APPROVE'",
        key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "post" = "x.post", Code "kind" = "x.kind",
        Moment "until" = "x.until", Code "code" = "x.code", Words "reason" = "x.reason",
        Words "title" = "x.title", Words "body" = "x.body", Moment "decidedAt" = "x.decided_at",
        Moment "liftedAt" = "x.lifted_at",
    ];
    "demandsHandled": "legal_demand",
        own "x.registrar = {me} OR x.approver = {me} OR x.decider = {me}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "kind" = "x.kind", Words "words" = "x.scope", Words "reason" = "x.reason",
        Moment "createdAt" = "x.created_at", Moment "decidedAt" = "x.decided_at",
    ];
    #[in_sight]
    "moderationDone": "modlog" with "JOIN thread t ON t.id = x.thread", own "x.moderator IN {number}",
        key [Id "id" = "x.id"], [
        Id "thread" = "x.thread", Id "post" = "x.post", Code "act" = "x.act", Code "code" = "x.code",
        Words "reason" = "x.reason", Moment "appearedAt" = "x.appears_at",
    ];
    #[in_sight]
    "reviewSteps": "review_step"
        with "JOIN reviewable r ON r.id = x.reviewable JOIN thread t ON t.id = r.thread",
        own "x.moderator IN {number}", key [Id "id" = "x.id"], [
        Id "reviewable" = "x.reviewable", Code "step" = "x.step", Code "decision" = "x.decision",
        Code "code" = "x.code", Words "reason" = "x.reason", Moment "at" = "x.at",
    ];
    #[in_sight]
    "threadsInHand": "thread" with "JOIN thread t ON t.id = x.id",
        own "x.claimed_by IN {mine} OR x.officer IN {mine} OR x.drafter IN {mine}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Code "reference" = "x.reference",
    ];
    #[in_sight]
    "responses": "response" with "JOIN thread t ON t.id = x.thread", own "x.persona IN {mine}",
        key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "agency" = "x.agency", Id "office" = "x.office",
        Words "body" = "x.body", Code "language" = "x.language", Code "outcome" = "x.outcome",
        Code "day" = "x.outcome_on", Words "words" = "x.outcome_text", Moment "createdAt" = "x.created_at",
    ];
    #[in_sight]
    "drafts": "response_draft" with "JOIN thread t ON t.id = x.thread", own "x.persona IN {mine}",
        key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "agency" = "x.agency", Id "office" = "x.office",
        Words "body" = "x.body", Code "language" = "x.language", Code "outcome" = "x.outcome",
        Code "day" = "x.outcome_on", Words "words" = "x.outcome_text", Moment "createdAt" = "x.created_at",
        Moment "approvedAt" = "x.approved_at",
    ];
    #[in_sight]
    "approvals": "response_draft" with "JOIN thread t ON t.id = x.thread", own "x.approver IN {mine}",
        key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Moment "approvedAt" = "x.approved_at",
    ];
    #[in_sight]
    "commitments": "commitment" with "JOIN thread t ON t.id = x.thread", own "x.persona IN {mine}",
        key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "agency" = "x.agency", Id "office" = "x.office",
        Words "body" = "x.body", Code "language" = "x.language", Code "day" = "x.due_on",
        Code "stage" = "x.stage", Moment "createdAt" = "x.created_at",
    ];
    #[in_sight]
    "milestones": "commitment_milestone"
        with "JOIN commitment c ON c.id = x.commitment JOIN thread t ON t.id = c.thread",
        own "c.persona IN {mine}", key [Id "commitment" = "x.commitment", Number "number" = "x.number"], [
        Id "commitment" = "x.commitment", Number "number" = "x.number", Words "body" = "x.body",
        Code "day" = "x.due_on",
    ];
    #[in_sight]
    "commitmentReports": "commitment_step"
        with "JOIN commitment c ON c.id = x.commitment JOIN thread t ON t.id = c.thread",
        own "x.persona IN {mine}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "commitment" = "x.commitment", Number "percent" = "x.percent",
        Code "day" = "x.due_on",
    ];
    #[in_sight]
    "evidence": "commitment_evidence"
        with "JOIN commitment_step s ON s.id = x.step JOIN commitment c ON c.id = s.commitment \
              JOIN thread t ON t.id = c.thread",
        own "s.persona IN {mine}", key [Id "report" = "x.step", Number "number" = "x.number"], [
        Id "report" = "x.step", Number "number" = "x.number", Words "url" = "x.url", Words "body" = "x.body",
    ];
    #[in_sight]
    "letters": "letter" with "JOIN thread t ON t.id = x.thread", own "x.persona IN {mine}",
        key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "agency" = "x.agency", Code "kind" = "x.kind",
        Code "day" = "x.sent_on", Moment "at" = "x.recorded_at",
    ];
    #[in_sight]
    "paperReplies": "letter" with "JOIN thread t ON t.id = x.thread", own "x.reply_persona IN {mine}",
        key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Id "agency" = "x.agency", Code "day" = "x.reply_on",
        Words "words" = "x.reply", Moment "at" = "x.reply_recorded_at",
    ];
    #[in_sight]
    "retaliationBrought": "retaliation" with "JOIN thread t ON t.id = x.thread",
        own "x.moderator IN {mine} OR x.second_moderator IN {mine}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Moment "createdAt" = "x.created_at",
    ];
    #[in_sight]
    "retaliationDecided": "retaliation" with "JOIN thread t ON t.id = x.thread",
        own "x.decided_by IN {mine}", key [Id "id" = "x.id"], [
        Id "id" = "x.id", Id "thread" = "x.thread", Moment "decidedAt" = "x.decided_at",
        Words "reason" = "x.reason",
    ];
    "recusals": "recusal", own "x.persona IN {mine}",
        key [Id "thread" = "x.thread", Id "author" = "x.persona"], [
        Id "thread" = "x.thread", Moment "since" = "x.since",
    ];
    "shortlist": "shortlist", own "x.persona IN {mine}",
        key [Id "thread" = "x.thread", Id "author" = "x.persona"], [
        Id "thread" = "x.thread", Moment "since" = "x.since",
    ];
    "auditLog": "audit_opening" with "JOIN audit_entry e ON e.id = x.entry", own "x.account = {me}",
        key [Number "entry" = "x.entry", Number "place" = "x.place"], [
        Number "entry" = "x.entry", Number "place" = "x.place", Bytes "salt" = "x.salt",
        Code "body" = "e.body",
    ];
};

/// What says something of a person, and is not given out.
pub const UNSHOWN: &[(&str, &str, Why)] = &[
    ("account", "password_hash", Why::Secret),
    ("account", "vouched_by", Why::Another),
    ("account_duty", "granted_by", Why::Another),
    ("session", "token_hash", Why::Secret),
    ("recovery_code", "code_hash", Why::Secret),
    ("reset_code", "code_hash", Why::Secret),
    ("setup_link", "code_hash", Why::Nobody),
    ("membership", "decided_by", Why::Another),
    ("invitation", "code_hash", Why::Secret),
    ("persona", "access_hash", Why::Secret),
    ("circle_member", "vouched_by", Why::Another),
    ("on_behalf", "receipt_hash", Why::Secret),
    // What was flagged is shown as a thread or post. That somebody flagged it,
    // few enough might have done to be guessed.
    ("reviewable", "persona", Why::Another),
    ("reviewable", "title", Why::Elsewhere),
    ("reviewable", "body", Why::Elsewhere),
    // The steps of the queue tell it.
    ("reviewable", "claimant", Why::Elsewhere),
    ("reviewable", "decider", Why::Elsewhere),
    // The record of moderation tells it.
    ("appeal", "decider", Why::Another),
    ("sanction", "proposer", Why::Another),
    ("sanction", "decider", Why::Another),
    ("sanction", "decision_reason", Why::Another),
    ("search_doc", "normalized", Why::Elsewhere),
    // They are made of the text.
    ("post", "fingerprint", Why::Elsewhere),
    ("post", "said", Why::Elsewhere),
    ("thread", "fingerprint", Why::Elsewhere),
    ("thread", "said", Why::Elsewhere),
    ("idempotency", "key_hash", Why::Nobody),
    ("idempotency", "input_hash", Why::Nobody),
    ("client_secret", "secret_hash", Why::Nobody),
    ("client_token", "token_hash", Why::Secret),
    ("client_code", "code_hash", Why::Secret),
    ("client_renewal", "token_hash", Why::Secret),
    ("former_login", "login_hash", Why::Nobody),
];

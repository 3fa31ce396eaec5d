//! Of every field at a root was decided who opens it and whether the audit log
//! tells of it.

use api::schema::opening::opening;
use api::schema::sdl;
use async_graphql::parser::types::OperationType;

/// The fields of a type, as the schema's text names them.
fn fields(sdl: &str, of: &str) -> Vec<String> {
    let (_, rest) = sdl.split_once(&format!("\ntype {of} {{\n")).unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let (mut fields, mut described) = (Vec::new(), false);
    for line in body.lines() {
        let quotes = line.matches("\"\"\"").count();
        if quotes % 2 == 1 {
            described = !described;
        }
        let Some(field) = line.strip_prefix('\t') else {
            continue;
        };
        if !described && field.starts_with(|c: char| c.is_ascii_lowercase()) {
            let name = field.split(|c: char| !c.is_ascii_alphanumeric()).next();
            fields.extend(name.map(str::to_owned));
        }
    }
    fields
}

/// Mutations of which the audit log tells under another act's name.
const TOLD_AS: &[(&str, &str)] = &[
    ("assignConcern", "moveConcern"),
    ("mergeThreads", "moderate"),
    ("movePosts", "moderate"),
    ("redact", "moderate"),
    ("splitThread", "moderate"),
    ("releaseThread", "moderate"),
    ("returnThread", "moderate"),
    ("setUp", "setUpForum"),
    ("registerAccount", "acceptInvitation"),
];

/// Mutations of which it does not tell, because nobody does in them by a duty
/// or an office what others could not do: one's own account, what members say
/// and mark, what a raiser judges; and an office's daily work. That stands in
/// the timeline that the raiser reads, and there is much of it: everything that
/// is audited passes one head. What an office does to others' rights, to words
/// that are not its own and to its own clocks is told: where a concern goes, who
/// has it in hand or steps back, who approves another's answer, its templates,
/// and days that are moved or stopped.
const UNTOLD: &[&str] = &[
    // One's own account and apps: it opens nothing of anybody else's.
    "changeEmail",
    "changePassword",
    "confirmEmail",
    "decideAuthorization",
    "joinOrganization",
    "regenerateRecoveryCodes",
    "requestAccreditation",
    "requestPasswordReset",
    "revokeConsent",
    "revokeOtherSessions",
    "revokeSession",
    "setMailPreference",
    "setThreadNotifications",
    "signIn",
    "signOut",
    // What members say and mark. That somebody is made to suffer is said by
    // whom it befalls: what is decided on it is told.
    "addPost",
    "appeal",
    "editPost",
    "editThread",
    "endorseThread",
    "flag",
    "followThread",
    "raiseConcern",
    "reportRetaliation",
    "startThread",
    "unendorseThread",
    "unfollowThread",
    // What raisers do with their concerns.
    "clarifyConcern",
    "confirmCommitment",
    "contestCommitment",
    "giveVerdict",
    "resubmitThread",
    "withdrawConcern",
    // What an office says for itself on a concern that it has: it binds nobody
    // else, and its side of the timeline shows it.
    "acknowledgeConcern",
    "acknowledgeConcerns",
    "draftResponse",
    "makeCommitment",
    "reportProgress",
    "respondToConcern",
    "startConcern",
    // What an officer means to look at: nobody else sees it.
    "shortlistConcern",
    "unshortlistConcern",
    // What a program asks for again: of what it was told it hears no more than
    // everyone may read now.
    "replayWebhook",
    "retryWebhookMessage",
    "testWebhook",
];

#[test]
fn of_every_mutation_it_was_decided_whether_the_audit_log_tells() {
    for field in fields(&sdl(), "Mutation") {
        let under = TOLD_AS.iter().find(|(one, _)| *one == field);
        let name = under.map_or(field.as_str(), |(_, name)| name);
        let told = forum::AUDITED.contains(&name);
        let untold = UNTOLD.contains(&field.as_str());
        assert!(told != untold, "{field}: told {told}, untold {untold}");
    }
}

#[test]
fn every_root_field_was_decided_on() {
    let sdl = sdl();
    for (kind, of, least) in [
        (OperationType::Query, "Query", 20),
        (OperationType::Mutation, "Mutation", 50),
        (OperationType::Subscription, "Subscription", 2),
    ] {
        let fields = fields(&sdl, of);
        assert!(fields.len() >= least, "{of}: {fields:?}");
        for field in fields {
            assert!(opening(kind, &field).is_some(), "{of}.{field}");
        }
    }
}

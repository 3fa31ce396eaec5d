//! What each field at the root takes of a partner app's token.
//!
//! `domain::policy` decides, of every thread and act, also for apps. Here an
//! app is told before anything is looked for that its token is not good for
//! what it asks: else it would take what it may not see for what is not there.

use async_graphql::parser::types::OperationType;
use async_graphql::{Response, ServerError};
use axum::http::{HeaderValue, header};
use domain::partner::AccessScope::{EventsRead, StatsRead, ThreadsRead, ThreadsWrite};
use domain::people::Actor;
use domain::policy::{Barred, Opening, let_in};

use crate::document::Prepared;
use crate::fault::Fault;

/// What a root field takes; `None` for one that nobody has decided on, which
/// is closed to apps.
fn opening(kind: OperationType, field: &str) -> Option<Opening> {
    Some(match kind {
        OperationType::Query => match field {
            "thread" | "threads" | "commitments" => Opening::Scopes(&[ThreadsRead]),
            "answerClock"
            | "statistics"
            | "modlog"
            | "moderationWarnings"
            | "transparencyReport"
            | "transparencyQuarters" => Opening::Scopes(&[StatsRead]),
            // What they name is decided on, each by itself; or it is for all.
            "node" | "nodes" | "viewer" | "rateLimit" | "registrationMode" | "agencies"
            | "agency" | "organizations" | "circles" | "categories" | "regions" | "themes"
            | "affectedGroups" | "helplines" | "checkText" | "clockRules" | "holidays"
            | "postingRules" | "__typename" | "__schema" | "__type" => Opening::Open,
            "account"
            | "authorizationRequest"
            | "accountsWaiting"
            | "audiencePreview"
            | "clients"
            | "officeHolders"
            | "organizationMembers"
            | "organizationsWaiting"
            | "webhooks" => Opening::Closed,
            _ => return None,
        },
        OperationType::Mutation => match field {
            "raiseConcern" | "startThread" | "editThread" | "addPost" | "editPost"
            | "endorseThread" | "unendorseThread" | "followThread" | "unfollowThread" => {
                Opening::Person(&[ThreadsWrite])
            }
            "__typename" => Opening::Open,
            // What is done by a duty, for an office, in a confidential
            // concern, or to an account.
            "acknowledgeConcern"
            | "acknowledgeConcerns"
            | "addCircleMember"
            | "appointHolder"
            | "approveResponse"
            | "draftResponse"
            | "setSecondOfficer"
            | "approveAccount"
            | "assignConcern"
            | "changeEmail"
            | "changePassword"
            | "claimThread"
            | "clarifyConcern"
            | "confirmCommitment"
            | "confirmEmail"
            | "contestCommitment"
            | "createCircle"
            | "createClient"
            | "createInvitation"
            | "createOffice"
            | "createWebhook"
            | "declareHoliday"
            | "decideAccreditation"
            | "decideAgency"
            | "decideAuthorization"
            | "decideCommitment"
            | "decideMembership"
            | "deleteAccount"
            | "deleteWebhook"
            | "distrustDocument"
            | "endHolding"
            | "giveVerdict"
            | "grantDuty"
            | "handOver"
            | "inviteToThread"
            | "joinOrganization"
            | "makeCommitment"
            | "postponeCommitment"
            | "putBackConcern"
            | "recordDispatch"
            | "recordPaperReply"
            | "appeal"
            | "claimReviewable"
            | "decideAppeal"
            | "decideReviewable"
            | "flag"
            | "mergeThreads"
            | "moderate"
            | "movePosts"
            | "splitThread"
            | "registerLegalDemand"
            | "decideLegalDemand"
            | "redact"
            | "releaseReviewable"
            | "proposeSanction"
            | "decideSanction"
            | "liftSanction"
            | "recuseFromConcern"
            | "referConcern"
            | "reportRetaliation"
            | "decideRetaliation"
            | "saveResponseTemplate"
            | "retireResponseTemplate"
            | "regenerateRecoveryCodes"
            | "registerAccount"
            | "rejectAccount"
            | "releaseThread"
            | "removeCircleMember"
            | "replayWebhook"
            | "reportProgress"
            | "requestAccreditation"
            | "requestClarification"
            | "requestPasswordReset"
            | "resetPassword"
            | "respondToConcern"
            | "resubmitThread"
            | "retryWebhookMessage"
            | "returnThread"
            | "revokeClient"
            | "revokeConsent"
            | "revokeDuty"
            | "revokeOtherSessions"
            | "revokeSession"
            | "rotateClientSecret"
            | "rotateWebhookKey"
            | "setClockRule"
            | "setMailPreference"
            | "setPostingRule"
            | "setParticipation"
            | "setThreadNotifications"
            | "setUp"
            | "signIn"
            | "signOut"
            | "startConcern"
            | "shortlistConcern"
            | "takeConcern"
            | "unshortlistConcern"
            | "testWebhook"
            | "trustDocument"
            | "uninviteFromThread"
            | "updateWebhook"
            | "vouch"
            | "withdrawCommitment"
            | "withdrawConcern"
            | "withdrawHoliday" => Opening::Closed,
            _ => return None,
        },
        OperationType::Subscription => match field {
            "feedEvents" | "threadEvents" => Opening::Scopes(&[ThreadsRead, EventsRead]),
            "__typename" => Opening::Open,
            // What is addressed to a person tells also of his confidential
            // concerns.
            "viewerEvents" => Opening::Closed,
            _ => return None,
        },
    })
}

/// Turns an app away whose token is not good for all that it asks for.
pub(crate) fn admit(actor: &Actor, prepared: &Prepared) -> Result<(), Barred> {
    if actor.through.is_none() {
        return Ok(());
    }
    prepared.root_fields().iter().try_for_each(|field| {
        let by = opening(prepared.kind(), field).unwrap_or(Opening::Closed);
        let_in(actor, by)
    })
}

/// What an app is told that is turned away.
pub(crate) fn error(barred: &Barred) -> ServerError {
    let said = barred.to_string();
    let mut letters = said.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    let said: String = first.into_iter().chain(letters).chain(['.']).collect();
    Fault::Forbidden.at(said, Vec::new())
}

/// The same as an answer over HTTP: 403, with the scopes that it takes (RFC
/// 6750, section 3.1).
pub(crate) fn response(barred: &Barred) -> Response {
    let mut response = Response::from_errors(vec![error(barred)]);
    let challenge = match barred {
        Barred::Lacks(scopes) => format!(r#"Bearer error="insufficient_scope", scope="{scopes}""#),
        Barred::NoPerson | Barred::Closed => r#"Bearer error="insufficient_scope""#.to_owned(),
    };
    if let Ok(challenge) = HeaderValue::try_from(challenge) {
        let headers = &mut response.http_headers;
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for field in fields(&crate::schema::sdl(), "Mutation") {
            let under = TOLD_AS.iter().find(|(one, _)| *one == field);
            let name = under.map_or(field.as_str(), |(_, name)| name);
            let told = forum::AUDITED.contains(&name);
            let untold = UNTOLD.contains(&field.as_str());
            assert!(told != untold, "{field}: told {told}, untold {untold}");
        }
    }

    #[test]
    fn every_root_field_was_decided_on() {
        let sdl = crate::schema::sdl();
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
}

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
use door::document::Prepared;
use door::fault::Fault;

/// What a root field takes; `None` for one that nobody has decided on, which
/// is closed to apps.
pub fn opening(kind: OperationType, field: &str) -> Option<Opening> {
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

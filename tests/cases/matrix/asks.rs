//! What is asked: a line for every field of `Query`, `Mutation` and
//! `Subscription`. A field without one fails `every_field_has_a_line`.

/// What a query shows where the thread in question is seen.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// The thread: whether its id is in the answer tells.
    Thread,
    /// The forum, whatever the thread.
    Forum,
}

/// Every query: of what it is, and the selection at its root. `$id` is the
/// thread, `$reference` its reference; see `super::variables` for the rest.
pub(super) const QUERIES: &[(&str, Of, &str)] = &[
    ("account", Of::Forum, "account(id: $account) { id }"),
    ("accountsWaiting", Of::Forum, "accountsWaiting { id }"),
    ("affectedGroups", Of::Forum, "affectedGroups { code }"),
    ("agencies", Of::Forum, "agencies { code }"),
    ("agency", Of::Forum, "agency(code: \"POL_PB\") { code }"),
    (
        "answerClock",
        Of::Forum,
        "answerClock(agency: \"POL_PB\") { received }",
    ),
    (
        "audiencePreview",
        Of::Forum,
        "audiencePreview(input: {audience: CONFIDENTIAL, category: \"DRG\", region: \"PB\"}) \
         { __typename }",
    ),
    (
        "authorizationRequest",
        Of::Forum,
        "authorizationRequest(request: {clientId: \"nothing\", redirectUri: \"https://app.example/\", \
         responseType: \"code\"}) { appName }",
    ),
    ("categories", Of::Forum, "categories { code }"),
    (
        "checkText",
        Of::Forum,
        "checkText(text: \"0300-1234567\") { spans { kind } }",
    ),
    ("circles", Of::Forum, "circles { code }"),
    (
        "clients",
        Of::Forum,
        "clients(organization: $organization) { id }",
    ),
    (
        "commitments",
        Of::Forum,
        "commitments(filter: {agency: \"POL_PB\"}) { nodes { id } }",
    ),
    ("clockRules", Of::Forum, "clockRules { since }"),
    ("postingRules", Of::Forum, "postingRules { tenure }"),
    ("holidays", Of::Forum, "holidays(year: 2026) { day }"),
    ("helplines", Of::Forum, "helplines { number }"),
    ("modlog", Of::Forum, "modlog { nodes { subjectId } }"),
    ("moderationWarnings", Of::Forum, "moderationWarnings"),
    ("transparencyQuarters", Of::Forum, "transparencyQuarters"),
    (
        "transparencyReport",
        Of::Forum,
        "transparencyReport { quarter }",
    ),
    ("node", Of::Thread, "node(id: $id) { id }"),
    ("nodes", Of::Thread, "nodes(ids: [$id]) { id }"),
    (
        "officeHolders",
        Of::Forum,
        "officeHolders(office: $office) { since }",
    ),
    (
        "organizationMembers",
        Of::Forum,
        "organizationMembers(organization: $organization) { __typename }",
    ),
    ("organizations", Of::Forum, "organizations { id }"),
    (
        "organizationsWaiting",
        Of::Forum,
        "organizationsWaiting { __typename }",
    ),
    ("rateLimit", Of::Forum, "rateLimit { cost }"),
    ("regions", Of::Forum, "regions { code }"),
    ("registrationMode", Of::Forum, "registrationMode"),
    ("statistics", Of::Forum, "statistics(by: AGENCY) { least }"),
    ("themes", Of::Forum, "themes { code }"),
    (
        "thread",
        Of::Thread,
        "byId: thread(id: $id) { id } thread(reference: $reference) { id }",
    ),
    (
        "threads",
        Of::Thread,
        "threads(first: 100) { nodes { id } }",
    ),
    ("viewer", Of::Forum, "viewer { account { id } }"),
    (
        "webhooks",
        Of::Forum,
        "webhooks(organizationId: $organization) { id }",
    ),
];

/// Every mutation on a thread, with its input. Each is tried on a thread of its
/// own.
pub(super) const ON_THREADS: &[(&str, &str)] = &[
    ("acknowledgeConcern", r#"{"threadId": "$id"}"#),
    ("acknowledgeConcerns", r#"{"threadIds": "$id"}"#),
    ("addPost", r#"{"threadId": "$id", "body": "Good day."}"#),
    ("approveResponse", r#"{"draftId": "$id"}"#),
    (
        "decideRetaliation",
        r#"{"reportId": "$id", "uphold": true, "reason": "It is so."}"#,
    ),
    (
        "assignConcern",
        r#"{"threadId": "$id", "agency": "POL_PB"}"#,
    ),
    ("claimReviewable", r#"{"reviewableId": "$id"}"#),
    ("claimThread", r#"{"threadId": "$id"}"#),
    (
        "clarifyConcern",
        r#"{"threadId": "$id", "answer": "On Fridays."}"#,
    ),
    ("confirmCommitment", r#"{"commitmentId": "$id"}"#),
    (
        "contestCommitment",
        r#"{"commitmentId": "$id", "reason": "It is not."}"#,
    ),
    (
        "decideCommitment",
        r#"{"commitmentId": "$id", "kept": true, "reason": "It is."}"#,
    ),
    (
        "draftResponse",
        r#"{"threadId": "$id", "body": "It has ended.", "outcome": {"resolved": true}}"#,
    ),
    (
        "decideReviewable",
        r#"{"reviewableId": "$id", "decision": "DEFER", "text": "Not sure."}"#,
    ),
    ("editPost", r#"{"postId": "$post", "body": "Good night."}"#),
    (
        "editThread",
        r#"{"threadId": "$id", "title": "Another title"}"#,
    ),
    ("endorseThread", r#"{"threadId": "$id"}"#),
    ("flag", r#"{"subjectId": "$id", "reason": "SPAM"}"#),
    ("followThread", r#"{"threadId": "$id"}"#),
    (
        "giveVerdict",
        r#"{"threadId": "$id", "verdict": "PARTIAL"}"#,
    ),
    (
        "inviteToThread",
        r#"{"threadId": "$id", "authorId": "$author"}"#,
    ),
    (
        "makeCommitment",
        r#"{"threadId": "$id", "statement": "Lights on the road.", "dueOn": "2025-12-24"}"#,
    ),
    (
        "postponeCommitment",
        r#"{"commitmentId": "$id", "dueOn": "2025-12-31", "reason": "Rain."}"#,
    ),
    (
        "moderate",
        r#"{"subjectId": "$id", "act": "LOCK", "reason": "HEATED", "text": "Pause."}"#,
    ),
    (
        "redact",
        r#"{"subjectId": "$id", "spans": [{"start": 0, "end": 1, "kind": "NAME"}], "reason": "PERSONAL_INFORMATION", "text": "A name.", "expectedVersion": "0"}"#,
    ),
    (
        "movePosts",
        r#"{"threadId": "$id", "postIds": ["$id"], "toThreadId": "$id", "reason": "OFF_TOPIC", "text": "Elsewhere."}"#,
    ),
    (
        "splitThread",
        r#"{"threadId": "$id", "postIds": ["$id"], "title": "Of another matter", "reason": "OFF_TOPIC", "text": "Apart."}"#,
    ),
    (
        "mergeThreads",
        r#"{"threadId": "$id", "intoThreadId": "$id", "reason": "DUPLICATE", "text": "The same."}"#,
    ),
    ("appeal", r#"{"entryId": "$id", "text": "It was right."}"#),
    (
        "decideAppeal",
        r#"{"appealId": "$id", "outcome": "UPHELD", "text": "It stands."}"#,
    ),
    (
        "registerLegalDemand",
        r#"{"kind": "PRESERVE", "instrument": "COURT_ORDER", "authority": "A court", "scope": "All.", "subjectId": "$id", "receivedOn": "2025-11-17", "noticeBarred": false}"#,
    ),
    (
        "decideLegalDemand",
        r#"{"demandId": "$id", "decision": "REFUSE", "text": "It has no ground."}"#,
    ),
    (
        "proposeSanction",
        r#"{"subjectId": "$id", "kind": "WARN", "reason": "ABUSE", "text": "Not so."}"#,
    ),
    (
        "decideSanction",
        r#"{"sanctionId": "$id", "decision": "REJECT", "text": "No need."}"#,
    ),
    (
        "liftSanction",
        r#"{"sanctionId": "$id", "reason": "MISTAKEN", "text": "It was one."}"#,
    ),
    ("putBackConcern", r#"{"threadId": "$id"}"#),
    (
        "recordDispatch",
        r#"{"threadId": "$id", "agency": "POL_SD", "kind": "LETTER", "sentOn": "2025-11-17"}"#,
    ),
    (
        "recordPaperReply",
        r#"{"letterId": "$id", "receivedOn": "2025-11-17", "body": "We looked."}"#,
    ),
    ("recuseFromConcern", r#"{"threadId": "$id"}"#),
    ("shortlistConcern", r#"{"threadId": "$id"}"#),
    ("unshortlistConcern", r#"{"threadId": "$id"}"#),
    (
        "reportRetaliation",
        r#"{"threadId": "$id", "body": "They came to my home."}"#,
    ),
    (
        "referConcern",
        r#"{"threadId": "$id", "agency": "NCHR", "reason": "It watches."}"#,
    ),
    (
        "reportProgress",
        r#"{"commitmentId": "$id", "note": "Half.", "percent": 50}"#,
    ),
    ("releaseReviewable", r#"{"reviewableId": "$id"}"#),
    ("releaseThread", r#"{"threadId": "$id"}"#),
    (
        "requestClarification",
        r#"{"threadId": "$id", "question": "When?"}"#,
    ),
    (
        "respondToConcern",
        r#"{"threadId": "$id", "body": "It has ended.", "outcome": {"resolved": true}}"#,
    ),
    ("resubmitThread", r#"{"threadId": "$id"}"#),
    (
        "returnThread",
        r#"{"threadId": "$id", "reason": "Say where."}"#,
    ),
    (
        "setThreadNotifications",
        r#"{"threadId": "$id", "notifications": "MUTED"}"#,
    ),
    ("startConcern", r#"{"threadId": "$id"}"#),
    ("takeConcern", r#"{"threadId": "$id"}"#),
    ("unendorseThread", r#"{"threadId": "$id"}"#),
    ("unfollowThread", r#"{"threadId": "$id"}"#),
    (
        "uninviteFromThread",
        r#"{"threadId": "$id", "authorId": "$author"}"#,
    ),
    (
        "withdrawCommitment",
        r#"{"commitmentId": "$id", "reason": "No money."}"#,
    ),
    ("withdrawConcern", r#"{"threadId": "$id"}"#),
];

/// Every other mutation, with its input. Each is tried by a session of its own,
/// the administrator's last.
pub(super) const OTHERS: &[(&str, &str)] = &[
    (
        "addCircleMember",
        r#"{"account": "$account", "circle": "$circle"}"#,
    ),
    (
        "appointHolder",
        r#"{"account": "$account", "office": "$office"}"#,
    ),
    ("approveAccount", r#"{"account": "$account"}"#),
    (
        "changeEmail",
        r#"{"email": "somebody@example.org", "password": "wrong"}"#,
    ),
    (
        "changePassword",
        r#"{"currentPassword": "wrong", "newPassword": "another correct horse battery"}"#,
    ),
    (
        "confirmEmail",
        r#"{"email": "somebody@example.org", "code": "wrong"}"#,
    ),
    (
        "createCircle",
        r#"{"code": "NEW", "nameEn": "A new one", "nameUr": "نیا حلقہ"}"#,
    ),
    (
        "createClient",
        r#"{"organization": "$organization", "name": "An app", "scopes": ["THREADS_READ"]}"#,
    ),
    ("createInvitation", r#"{"days": 7}"#),
    (
        "createOffice",
        r#"{"agency": "POL_PB", "nameEn": "A desk", "nameUr": "دفتر"}"#,
    ),
    (
        "createWebhook",
        r#"{"organizationId": "$organization", "label": "A program", "url": "https://hook.example/"}"#,
    ),
    (
        "decideAccreditation",
        r#"{"organization": "$organization", "accreditation": "APPROVED"}"#,
    ),
    (
        "decideAgency",
        r#"{"agency": "POL_PB", "accreditation": "APPROVED"}"#,
    ),
    (
        "decideAuthorization",
        r#"{"request": {"clientId": "nothing", "redirectUri": "https://app.example/",
            "responseType": "code"}, "allow": true}"#,
    ),
    (
        "decideMembership",
        r#"{"account": "$account", "organization": "$organization", "accreditation": "APPROVED"}"#,
    ),
    (
        "declareHoliday",
        r#"{"day": "2026-03-20", "nameEn": "Eid al-Fitr", "nameUr": "عید الفطر"}"#,
    ),
    ("deleteAccount", r#"{"password": "wrong", "posts": "KEEP"}"#),
    ("deleteWebhook", r#"{"webhookId": "$id"}"#),
    ("distrustDocument", r#"{"id": "$id"}"#),
    (
        "endHolding",
        r#"{"account": "$account", "office": "$office"}"#,
    ),
    (
        "grantDuty",
        r#"{"account": "$account", "duty": "CONVENOR"}"#,
    ),
    (
        "handOver",
        r#"{"office": "$office", "from": "$account", "to": "$account"}"#,
    ),
    ("joinOrganization", r#"{"organization": "$organization"}"#),
    (
        "raiseConcern",
        r#"{"title": "A concern", "body": "On the road.", "category": "DRG", "region": "PB"}"#,
    ),
    ("regenerateRecoveryCodes", r#"{"password": "wrong"}"#),
    (
        "registerAccount",
        r#"{"login": "civil", "displayName": "Again", "password": "correct horse battery",
            "constituency": "YOUTH", "cookie": false}"#,
    ),
    ("rejectAccount", r#"{"account": "$account"}"#),
    (
        "removeCircleMember",
        r#"{"account": "$account", "circle": "$circle"}"#,
    ),
    (
        "replayWebhook",
        r#"{"webhookId": "$id", "after": "nothing"}"#,
    ),
    (
        "requestAccreditation",
        r#"{"name": "An alliance of streets"}"#,
    ),
    ("requestPasswordReset", r#"{"loginOrEmail": "nobody"}"#),
    (
        "resetPassword",
        r#"{"login": "civil", "code": "wrong", "password": "another correct horse battery"}"#,
    ),
    (
        "retryWebhookMessage",
        r#"{"webhookId": "$id", "messageId": "nothing"}"#,
    ),
    ("revokeClient", r#"{"client": "$id"}"#),
    ("revokeConsent", r#"{"consent": "$id"}"#),
    ("retireResponseTemplate", r#"{"templateId": "$id"}"#),
    (
        "revokeDuty",
        r#"{"account": "$account", "duty": "MODERATOR"}"#,
    ),
    ("revokeOtherSessions", "{}"),
    ("revokeSession", r#"{"session": "$id"}"#),
    ("rotateWebhookKey", r#"{"webhookId": "$id"}"#),
    ("rotateClientSecret", r#"{"client": "$id"}"#),
    (
        "saveResponseTemplate",
        r#"{"titleEn": "Received", "bodyEn": "We have {{number}}."}"#,
    ),
    ("setClockRule", r#"{"category": "DRG", "answerDays": 15}"#),
    (
        "setMailPreference",
        r#"{"reason": "OWN", "frequency": "DAILY"}"#,
    ),
    (
        "setPostingRule",
        r#"{"tenure": "KNOWN", "heldFirst": 0, "linksMax": 5, "postsPerHour": 30,
            "postsPerDay": 100, "minAgeDays": 3, "minPosts": 3}"#,
    ),
    (
        "setParticipation",
        r#"{"agency": "POL_SD", "participation": "INVITED"}"#,
    ),
    (
        "setSecondOfficer",
        r#"{"agency": "POL_SD", "required": true}"#,
    ),
    (
        "setUp",
        r#"{"token": "wrong", "login": "again", "displayName": "Again",
            "password": "correct horse battery", "cookie": false}"#,
    ),
    (
        "signIn",
        r#"{"login": "nobody", "password": "wrong", "cookie": false}"#,
    ),
    ("signOut", "{}"),
    (
        "startThread",
        r#"{"kind": "DISCUSSION", "title": "Talk", "body": "Let us.", "audience": "MEMBERS"}"#,
    ),
    ("testWebhook", r#"{"webhookId": "$id"}"#),
    ("trustDocument", r#"{"text": "{ matrix: __typename }"}"#),
    (
        "updateWebhook",
        r#"{"webhookId": "$id", "label": "Another"}"#,
    ),
    ("withdrawHoliday", r#"{"day": "2026-03-20"}"#),
    (
        "vouch",
        r#"{"account": "$account", "constituency": "YOUTH"}"#,
    ),
];

/// Every subscription, with the selection at its root.
pub(super) const SUBSCRIPTIONS: &[(&str, &str)] = &[
    (
        "threadEvents",
        "threadEvents(threadId: $id, after: $cursor) { cursor }",
    ),
    ("viewerEvents", "viewerEvents { cursor }"),
    ("feedEvents", "feedEvents { cursor }"),
];

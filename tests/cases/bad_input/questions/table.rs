//! Every text and id by which something is asked, and what bad ones get.

use api::schema::global_id::{Kind, encode};
use api::schema::page::{List, Place, seal};
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cases::bad_input::stage::Stage;

/// Where an app has browsers sent back to.
const BACK: &str = "https://app.example.org/back";
/// That of RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What is no code, no id, no cursor and no name.
const NONSENSE: [&str; 13] = [
    "",
    " ",
    "\u{0}",
    "NOTHING\u{0}",
    "NOTHING\u{7}",
    "NOTHING\u{9f}",
    "NOTHING\u{1b}[2J",
    "NOTHING\u{200b}",
    "NOTHING\u{202e}",
    "NOTHING\u{2066}",
    "\u{645}\u{646}\u{634}\u{6cc}\u{627}\u{62a}",
    "' OR 1=1 --",
    "%",
];

/// Every list that has cursors.
const LISTS: [List; 13] = [
    List::ThreadsByActivity,
    List::ThreadsByCreation,
    List::Posts,
    List::WebhookMessages,
    List::Timeline,
    List::Desk,
    List::Commitments,
    List::ReviewablesByScore,
    List::ReviewablesByAge,
    List::Modlog,
    List::Appeals,
    List::LegalDemands,
    List::Sanctions,
];

/// What a question is answered with.
#[derive(Debug, Clone)]
pub(super) enum Gets {
    /// An error with this code.
    Code(&'static str),
    /// This data, and no error.
    Data(Value),
    /// Whatever there is, and no error.
    Page,
}

const BAD: Gets = Gets::Code("BAD_USER_INPUT");

/// What a text or an id of a question is.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// A code of the directory.
    Code,
    /// An id. What is none names nothing.
    Id,
    /// A place in this list.
    Cursor(List),
    /// A place in a stream.
    Position,
    /// The name that somebody signs in with.
    Login,
    /// A quarter of a year.
    Quarter,
    /// A text that is looked at, and may hold anything.
    Body,
    /// A text that is compared with what is known.
    Compared,
}

/// A text or an id of a question.
pub(super) struct Asked<'a> {
    /// The field that it is an argument of, and where in the argument it is.
    pub(super) at: String,
    pub(super) who: &'a Client,
    /// What is asked; `$it` stands in its place.
    ask: String,
    shape: Shape,
    /// What is answered where it is well formed, or need not be, and names nothing.
    nothing: Gets,
}

impl Asked<'_> {
    pub(super) fn is_live(&self) -> bool {
        self.at.starts_with("Subscription/")
    }

    pub(super) fn document(&self) -> String {
        let kind = if self.is_live() {
            "subscription"
        } else {
            "query"
        };
        let of = if matches!(self.shape, Shape::Id) {
            "ID"
        } else {
            "String"
        };
        format!("{kind}($it: {of}!) {{ {} }}", self.ask)
    }

    /// Bad texts and ids, each with what it must get.
    pub(super) fn tries(&self) -> Vec<(String, Gets)> {
        let nonsense = NONSENSE.map(str::to_owned).into_iter();
        let nonsense = nonsense.chain(["A".repeat(10_000)]);
        let (malformed, absent): (Vec<String>, Vec<String>) = match self.shape {
            Shape::Code => {
                let bad = ["drg".to_owned(), "DRG ".to_owned(), "A".repeat(41)];
                let unknown = vec!["NOTHING".to_owned(), "A".repeat(40)];
                (nonsense.chain(bad).collect(), unknown)
            }
            Shape::Id => (Vec::new(), nonsense.chain(ids_of_nothing()).collect()),
            Shape::Cursor(list) => {
                let foreign = LISTS.into_iter().filter(|one| *one != list);
                let foreign = foreign.map(|one| cursor(one, 0));
                // What stood there is gone, or was never there.
                let stale = [i64::MIN, 0, i64::MAX].map(|micros| cursor(list, micros));
                let bad = nonsense.chain(["A".repeat(34)]).chain(foreign);
                (bad.collect(), stale.to_vec())
            }
            Shape::Position => {
                let foreign = cursor(List::Posts, 0);
                (nonsense.chain([foreign]).collect(), Vec::new())
            }
            Shape::Login => {
                let bad = ["1abc", "ab", "nobody at all"].map(str::to_owned);
                let unknown = ["nobody", "NOBODY"].map(str::to_owned);
                (nonsense.chain(bad).collect(), unknown.to_vec())
            }
            Shape::Quarter => {
                let bad = ["2026-Q5", "2026-q1", "2026-Q1\u{0}", "12026-Q1"];
                let bad = bad.map(str::to_owned);
                let unknown = ["2001-Q1", "9999-Q4"].map(str::to_owned);
                (nonsense.chain(bad).collect(), unknown.to_vec())
            }
            Shape::Body => (
                vec!["A".repeat(20_001)],
                nonsense.chain(["A".repeat(20_000)]).collect(),
            ),
            Shape::Compared => (Vec::new(), nonsense.collect()),
        };
        let bad = malformed.into_iter().map(|text| (text, BAD));
        let absent = absent.into_iter().map(|text| (text, self.nothing.clone()));
        bad.chain(absent).collect()
    }
}

fn cursor(list: List, micros: i64) -> String {
    let id = Uuid::nil();
    seal(list, Place { micros, id })
}

/// Ids under which there is nothing, of kinds that are asked for and of others.
fn ids_of_nothing() -> impl Iterator<Item = String> {
    let kinds = [
        Kind::Thread,
        Kind::Account,
        Kind::Agency,
        Kind::Office,
        Kind::Organization,
        Kind::Circle,
        Kind::Webhook,
    ];
    let ids = kinds.map(|kind| encode(kind, Uuid::from_u128(1)).to_string());
    ids.into_iter().chain([Uuid::nil().to_string()])
}

/// A forum in which there is something to ask for.
pub(in crate::cases::bad_input) struct Asker {
    pub(super) stage: Stage,
    /// A partner app of the organization's.
    app: Value,
    /// A webhook of it.
    pub(super) webhook: Value,
}

impl Asker {
    pub(in crate::cases::bad_input) async fn set(forum: &TestForum) -> Self {
        let stage = Stage::set(forum).await;
        let decision = json!({ "organization": stage.organization, "accreditation": "APPROVED" });
        stage.admin.done("decideAccreditation", decision, "").await;
        let input = json!({
            "organization": stage.organization, "name": "An app", "redirectUris": [BACK],
            "scopes": ["THREADS_READ"],
        });
        let mut made = stage
            .civil
            .done("createClient", input, "client { id }")
            .await;
        let input = json!({
            "organizationId": stage.organization, "label": "Ours",
            "url": "https://example.org/hook",
        });
        let mut hooked = stage
            .civil
            .done("createWebhook", input, "webhook { id }")
            .await;
        Self {
            app: made["client"]["id"].take(),
            webhook: hooked["webhook"]["id"].take(),
            stage,
        }
    }

    pub(super) fn table(&self) -> Vec<Asked<'_>> {
        let mut table = self.directory();
        table.extend(self.names());
        table.extend(self.previews());
        table.extend(self.authorization());
        table.extend(self.pages());
        table.extend(self.streams());
        table
    }

    /// What is asked by a code, or by what has one.
    fn directory(&self) -> Vec<Asked<'_>> {
        let Stage { civil, visitor, .. } = &self.stage;
        let threads = |at: &str, shape: Shape| {
            asked(
                format!("Query/threads/filter/{at}"),
                civil,
                format!("threads(filter: {{ {at}: $it }}) {{ totalCount nodes {{ id }} }}"),
                shape,
                json!({ "threads": { "totalCount": 0, "nodes": [] } }),
            )
        };
        let checks = |at: &str, ask: &str, shape: Shape| {
            let at = format!("Query/checkText/{at}");
            let ask = format!("checkText({ask}) {{ spans {{ kind }} }}");
            let nothing = json!({ "checkText": { "spans": [] } });
            asked(at, visitor, ask, shape, nothing)
        };
        vec![
            threads("category", Shape::Code),
            threads("underCategory", Shape::Code),
            threads("region", Shape::Code),
            threads("theme", Shape::Code),
            threads("assignedAgency", Shape::Id),
            asked(
                "Query/agencies/region",
                visitor,
                "agencies(region: $it) { id }",
                Shape::Code,
                json!({ "agencies": [] }),
            ),
            asked(
                "Query/agency/code",
                visitor,
                "agency(code: $it) { id }",
                Shape::Code,
                json!({ "agency": null }),
            ),
            asked(
                "Query/answerClock/agency",
                visitor,
                "answerClock(agency: $it) { __typename }",
                Shape::Id,
                json!({ "answerClock": null }),
            ),
            asked(
                "Query/commitments/filter/agency",
                visitor,
                "commitments(filter: { agency: $it }) { totalCount nodes { id } }",
                Shape::Id,
                json!({ "commitments": { "totalCount": 0, "nodes": [] } }),
            ),
            checks("text", "text: $it", Shape::Body),
            checks("region", "text: \"Help me\", region: $it", Shape::Code),
            checks("about", "text: \"Help me\", about: $it", Shape::Id),
            Asked {
                nothing: BAD,
                ..asked(
                    "Thread/letter/agency",
                    civil,
                    format!(
                        "thread(id: {}) {{ letter(agency: $it, kind: LETTER, language: EN) }}",
                        self.stage.acknowledged
                    ),
                    Shape::Id,
                    Value::Null,
                )
            },
        ]
    }

    /// What is asked by its id, or by another name.
    fn names(&self) -> Vec<Asked<'_>> {
        let Stage { youth, admin, .. } = &self.stage;
        let none = |root: &str| json!({ root: [] });
        let null = |root: &str| json!({ root: null });
        let rows = [
            (
                "account/id",
                admin,
                "account(id: $it) { id }",
                Shape::Id,
                null("account"),
            ),
            (
                "account/login",
                admin,
                "account(login: $it) { id }",
                Shape::Login,
                null("account"),
            ),
            (
                "clients/organization",
                admin,
                "clients(organization: $it) { id }",
                Shape::Id,
                none("clients"),
            ),
            (
                "modlog/filter/threadId",
                youth,
                "modlog(filter: { threadId: $it }) { totalCount nodes { id } }",
                Shape::Id,
                json!({ "modlog": { "totalCount": 0, "nodes": [] } }),
            ),
            (
                "node/id",
                youth,
                "node(id: $it) { id }",
                Shape::Id,
                null("node"),
            ),
            (
                "nodes/ids",
                youth,
                "nodes(ids: [$it]) { id }",
                Shape::Id,
                json!({ "nodes": [null] }),
            ),
            (
                "officeHolders/office",
                admin,
                "officeHolders(office: $it) { __typename }",
                Shape::Id,
                none("officeHolders"),
            ),
            (
                "organizationMembers/organization",
                admin,
                "organizationMembers(organization: $it) { __typename }",
                Shape::Id,
                none("organizationMembers"),
            ),
            (
                "thread/id",
                youth,
                "thread(id: $it) { id }",
                Shape::Id,
                null("thread"),
            ),
            (
                "thread/reference",
                youth,
                "thread(reference: $it) { id }",
                Shape::Compared,
                null("thread"),
            ),
            (
                "transparencyReport/quarter",
                youth,
                "transparencyReport(quarter: $it) { quarter }",
                Shape::Quarter,
                null("transparencyReport"),
            ),
            (
                "webhooks/organizationId",
                admin,
                "webhooks(organizationId: $it) { id }",
                Shape::Id,
                none("webhooks"),
            ),
        ];
        let row = |(at, who, ask, shape, nothing): (&str, _, &str, Shape, Value)| {
            let at = format!("Query/{at}");
            asked(at, who, ask, shape, nothing)
        };
        rows.into_iter().map(row).collect()
    }

    /// What is asked before a concern is sent: what is not known has no desk.
    fn previews(&self) -> Vec<Asked<'_>> {
        let shown = "readers { kind circle { id } }";
        let preview = |at: &str, input: &str, shape: Shape, readers: &[&str]| {
            let kind = |kind: &&str| json!({ "kind": kind, "circle": null });
            let readers: Vec<Value> = readers.iter().map(kind).collect();
            asked(
                format!("Query/audiencePreview/input/{at}"),
                &self.stage.civil,
                format!("audiencePreview(input: {{ {input} }}) {{ {shown} }}"),
                shape,
                json!({ "audiencePreview": { "readers": readers } }),
            )
        };
        let filed = "category: \"DRG\", region: \"PB\"";
        let agency = format!("{filed}, about: {{ kind: PRACTICE, agency: $it }}");
        let office = format!("{filed}, about: {{ kind: PRACTICE, office: $it }}");
        let (groups, circle) = ("affectedGroups: [$it]", "audience: CIRCLE, circle: $it");
        let category = "category: $it, region: \"PB\"";
        let region = "category: \"DRG\", region: $it";
        let nobody = ["AUTHOR", "MODERATOR"];
        let overseen = ["AUTHOR", "MODERATOR", "OVERSIGHT"];
        let all = ["AUTHOR", "MODERATOR", "DESK", "OVERSIGHT"];
        vec![
            preview("about/agency", &agency, Shape::Id, &overseen),
            preview("about/office", &office, Shape::Id, &all),
            preview("affectedGroups", groups, Shape::Code, &nobody),
            preview("category", category, Shape::Code, &nobody),
            preview("region", region, Shape::Code, &nobody),
            preview("circle", circle, Shape::Id, &["CIRCLE_MEMBERS"]),
        ]
    }

    /// What an app has a browser ask. The browser is sent back only to where the
    /// app said.
    fn authorization(&self) -> Vec<Asked<'_>> {
        let back = |error: &str| {
            let back = format!("{BACK}?error={error}&iss=http%3A%2F%2F127.0.0.1%3A8080");
            Gets::Data(json!({ "authorizationRequest": { "redirectTo": back } }))
        };
        let well = Gets::Data(json!({ "authorizationRequest": { "redirectTo": null } }));
        let rows = [
            ("clientId", Shape::Id, Gets::Code("NOT_FOUND")),
            ("redirectUri", Shape::Compared, BAD),
            (
                "responseType",
                Shape::Compared,
                back("unsupported_response_type"),
            ),
            ("scope", Shape::Compared, back("invalid_scope")),
            ("state", Shape::Compared, well),
            ("codeChallenge", Shape::Compared, back("invalid_request")),
            (
                "codeChallengeMethod",
                Shape::Compared,
                back("invalid_request"),
            ),
        ];
        let good = [
            ("clientId", self.app.clone()),
            ("redirectUri", json!(BACK)),
            ("responseType", json!("code")),
            ("scope", json!("threads:read")),
            ("codeChallenge", json!(CHALLENGE)),
            ("codeChallengeMethod", json!("S256")),
        ];
        let row = |(at, shape, nothing): (&str, Shape, Gets)| {
            let others = good.iter().filter(|(name, _)| *name != at);
            let mut parts: Vec<String> = others
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            parts.push(format!("{at}: $it"));
            let request = parts.join(", ");
            let of = asked(
                format!("Query/authorizationRequest/request/{at}"),
                &self.stage.visitor,
                format!("authorizationRequest(request: {{ {request} }}) {{ redirectTo }}"),
                shape,
                Value::Null,
            );
            Asked { nothing, ..of }
        };
        rows.into_iter().map(row).collect()
    }

    /// The pages of every list.
    fn pages(&self) -> Vec<Asked<'_>> {
        let Stage {
            civil,
            officer,
            moderator,
            admin,
            visitor,
            thread,
            acknowledged,
            ..
        } = &self.stage;
        let posts = format!("thread(id: {thread}) {{ posts");
        let timeline = format!("thread(id: {acknowledged}) {{ timeline");
        let messages = format!("node(id: {}) {{ ... on Webhook {{ messages", self.webhook);
        let moderation = |list: &str| format!("viewer {{ moderationDesk {{ {list}");
        let desk = |list: &str| format!("viewer {{ desk {{ {list}");
        let own = |list: &str| format!("viewer {{ {list}");
        let rows = [
            (
                "Query/threads",
                civil,
                "threads".to_owned(),
                List::ThreadsByActivity,
            ),
            (
                "Query/commitments",
                visitor,
                "commitments".to_owned(),
                List::Commitments,
            ),
            ("Query/modlog", visitor, "modlog".to_owned(), List::Modlog),
            ("Thread/posts", civil, posts, List::Posts),
            ("Thread/timeline", civil, timeline, List::Timeline),
            ("Webhook/messages", civil, messages, List::WebhookMessages),
            (
                "Viewer/concerns",
                civil,
                own("concerns"),
                List::ThreadsByActivity,
            ),
            (
                "Viewer/legalDemands",
                admin,
                own("legalDemands"),
                List::LegalDemands,
            ),
            ("Desk/concerns", officer, desk("concerns"), List::Desk),
            (
                "Desk/commitments",
                officer,
                desk("commitments"),
                List::Commitments,
            ),
            (
                "ModerationDesk/concerns",
                moderator,
                moderation("concerns"),
                List::Desk,
            ),
            (
                "ModerationDesk/reviewables",
                moderator,
                moderation("reviewables"),
                List::ReviewablesByScore,
            ),
            (
                "ModerationDesk/appeals",
                moderator,
                moderation("appeals"),
                List::Appeals,
            ),
            (
                "ModerationDesk/sanctions",
                moderator,
                moderation("sanctions"),
                List::Sanctions,
            ),
        ];
        let sides = |(at, who, list, of): (&str, _, String, List)| {
            let closed = "}".repeat(list.matches('{').count());
            ["after", "before"].map(|side| Asked {
                at: format!("{at}/{side}"),
                who,
                ask: format!("{list}({side}: $it) {{ pageInfo {{ endCursor }} }} {closed}"),
                shape: Shape::Cursor(of),
                nothing: Gets::Page,
            })
        };
        rows.into_iter().flat_map(sides).collect()
    }

    /// What is followed.
    fn streams(&self) -> Vec<Asked<'_>> {
        let Stage { civil, thread, .. } = &self.stage;
        let page = format!("threadEvents(threadId: {thread}, after: $it) {{ cursor }}");
        let rows = [
            (
                "feedEvents/after",
                "feedEvents(after: $it) { cursor }".to_owned(),
                Shape::Position,
                BAD,
            ),
            (
                "feedEvents/filter/category",
                "feedEvents(filter: { category: $it }) { cursor }".to_owned(),
                Shape::Code,
                BAD,
            ),
            (
                "feedEvents/filter/region",
                "feedEvents(filter: { region: $it }) { cursor }".to_owned(),
                Shape::Code,
                BAD,
            ),
            (
                "feedEvents/filter/threadId",
                "feedEvents(filter: { threadId: $it }) { cursor }".to_owned(),
                Shape::Id,
                Gets::Code("NOT_FOUND"),
            ),
            ("threadEvents/after", page, Shape::Position, BAD),
            (
                "threadEvents/threadId",
                "threadEvents(threadId: $it) { cursor }".to_owned(),
                Shape::Id,
                Gets::Code("NOT_FOUND"),
            ),
            (
                "viewerEvents/after",
                "viewerEvents(after: $it) { cursor }".to_owned(),
                Shape::Position,
                BAD,
            ),
        ];
        let row = |(at, ask, shape, nothing): (&str, String, Shape, Gets)| Asked {
            at: format!("Subscription/{at}"),
            who: civil,
            ask,
            shape,
            nothing,
        };
        rows.into_iter().map(row).collect()
    }
}

/// A question that is answered with this data where there is nothing.
fn asked(
    at: impl Into<String>,
    who: &Client,
    ask: impl Into<String>,
    shape: Shape,
    nothing: Value,
) -> Asked<'_> {
    Asked {
        at: at.into(),
        who,
        ask: ask.into(),
        shape,
        nothing: Gets::Data(nothing),
    }
}

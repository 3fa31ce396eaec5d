//! Every text of every mutation, and what is wrong with bad ones.

mod moderation;
mod offices;

use std::ops::RangeInclusive;

use mukalma_tests::{Client, PASSWORD, TestForum};
use serde_json::{Value, json};

use crate::cases::bad_input::stage::{self, Stage};

/// What a text is, and with that what it may not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Many lines.
    Body,
    /// One line.
    Line,
    /// One line in which nothing is invisible.
    Name,
    /// A name to sign in with.
    Login,
    /// An address; a blank one is none.
    Email,
    /// A reason that may be left out where it is not needed.
    Reason,
    /// Whatever is hard to guess.
    Password,
    /// Capitals, digits and `_`.
    Code,
}

/// A text of a mutation.
pub(super) struct Text<'a> {
    pub(super) act: &'static str,
    pub(super) who: &'a Client,
    /// Everything else, good.
    input: Value,
    /// Where it is in the input.
    pub(super) at: &'static str,
    pub(super) shape: Shape,
    pub(super) length: RangeInclusive<usize>,
}

/// A text of a mutation whose input is good.
fn text<'a>(
    act: &'static str,
    who: &'a Client,
    input: Value,
    at: &'static str,
    shape: Shape,
    length: RangeInclusive<usize>,
) -> Text<'a> {
    Text {
        act,
        who,
        input,
        at,
        shape,
        length,
    }
}

impl Text<'_> {
    pub(super) fn with(&self, text: &str) -> Value {
        let mut input = self.input.clone();
        let pointer = format!("/{}", self.at);
        *input.pointer_mut(&pointer).expect("the text's place") = json!(text);
        input
    }

    /// A good text of so many characters.
    pub(super) fn of_length(&self, length: usize) -> String {
        let letters = match self.shape {
            Shape::Login => "a",
            Shape::Code => "A",
            // Hard to guess however long.
            Shape::Password => "vexing jumbled quartz of 1893; ",
            Shape::Email => {
                let domain = "@forum.example";
                return format!("{}{domain}", "a".repeat(length - domain.len()));
            }
            Shape::Body | Shape::Line | Shape::Name | Shape::Reason => "ا",
        };
        letters.chars().cycle().take(length).collect()
    }

    pub(super) fn bad(&self) -> Vec<(String, &'static str)> {
        let owned = |pairs: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
            pairs
                .iter()
                .map(|(text, code)| ((*text).to_owned(), *code))
                .collect()
        };
        let blank = [
            ("", "BLANK"),
            ("  \t ", "BLANK"),
            ("\u{200b}\u{2060}", "BLANK"),
        ];
        let unseen = [
            ("abc\u{0}d", "BAD_CHARACTERS"),
            ("abc\u{7}d", "BAD_CHARACTERS"),
            ("abc\u{85}d", "BAD_CHARACTERS"),
            ("abc\u{1b}[2Jd", "BAD_CHARACTERS"),
            ("abc\u{202e}d", "BAD_CHARACTERS"),
            ("abc\u{2066}d", "BAD_CHARACTERS"),
        ];
        let in_line = [
            ("abc\nd", "BAD_CHARACTERS"),
            ("abc\u{2028}d", "BAD_CHARACTERS"),
            ("abc\u{200b}d", "BAD_CHARACTERS"),
            ("abc\u{feff}d", "BAD_CHARACTERS"),
            ("abc\u{e0041}d", "BAD_CHARACTERS"),
        ];
        let mut bad = match self.shape {
            Shape::Body => owned(&[&blank[..], &unseen].concat()),
            Shape::Reason => {
                owned(&[&[("", "INVALID"), (" \n ", "INVALID")][..], &unseen].concat())
            }
            Shape::Line => owned(&[&blank[..2], &unseen, &in_line].concat()),
            Shape::Name => owned(
                &[
                    &blank[..2],
                    &unseen,
                    &in_line,
                    &[("abc\u{200e}d", "BAD_CHARACTERS")],
                ]
                .concat(),
            ),
            Shape::Login => owned(
                &[
                    &blank[..2],
                    &unseen,
                    &in_line,
                    &[
                        ("1abc", "INVALID"),
                        ("ab cd", "INVALID"),
                        ("аdmin", "INVALID"),
                        ("ad/min", "INVALID"),
                    ],
                ]
                .concat(),
            ),
            Shape::Email => owned(
                &[
                    &unseen[..],
                    &in_line,
                    &[
                        ("nobody", "INVALID"),
                        ("a@b", "INVALID"),
                        ("@forum.example", "INVALID"),
                        ("a@forum.example, b@forum.example", "INVALID"),
                        ("<a@forum.example>", "INVALID"),
                    ],
                ]
                .concat(),
            ),
            Shape::Code => owned(&[
                ("", "INVALID"),
                ("code", "INVALID"),
                ("A B", "INVALID"),
                ("A\u{0}", "INVALID"),
                ("ÅÄÖ", "INVALID"),
            ]),
            Shape::Password => owned(&[
                ("", "WEAK_PASSWORD"),
                ("password12345", "WEAK_PASSWORD"),
                ("aaaaaaaaaaaaaaaaaaaa", "WEAK_PASSWORD"),
                ("short;1Q", "WEAK_PASSWORD"),
            ]),
        };
        let (min, max) = self.length.clone().into_inner();
        let long = if self.shape == Shape::Code {
            "INVALID"
        } else {
            "TOO_LONG"
        };
        bad.push((self.of_length(max + 1), long));
        match self.shape {
            // Shorter than one character is blank.
            Shape::Line | Shape::Name | Shape::Login if min > 1 => {
                bad.push((self.of_length(min - 1), "TOO_SHORT"));
            }
            Shape::Code => bad.push((self.of_length(min - 1), "INVALID")),
            Shape::Line
            | Shape::Name
            | Shape::Login
            | Shape::Body
            | Shape::Email
            | Shape::Reason
            | Shape::Password => {}
        }
        bad
    }
}

/// Every text of every mutation. Each can be sent once: whoever answers a
/// concern has a concern of his own to answer.
pub(super) async fn table<'a>(forum: &TestForum, stage: &'a Stage) -> Vec<Text<'a>> {
    let Stage {
        civil,
        officer,
        moderator,
        admin,
        visitor,
        ..
    } = stage;
    // An agency is turned away further down.
    let mut table = offices::table(forum, stage).await;
    let body = |thread: &Value| json!({ "threadId": thread, "body": "x" });
    table.push(text(
        "addPost",
        civil,
        body(&stage.thread),
        "body",
        Shape::Body,
        1..=20_000,
    ));
    let edit = json!({ "postId": stage.post, "body": "x" });
    table.push(text(
        "editPost",
        civil,
        edit,
        "body",
        Shape::Body,
        1..=20_000,
    ));
    let start = json!({ "kind": "QUESTION", "title": "A question", "body": "x" });
    let edit = json!({ "threadId": stage.answered, "title": "A title", "body": "x", "facts": "x" });
    let raise = json!({
        "title": "A concern", "body": "x", "facts": "x", "category": "DRG", "region": "PB",
        "onBehalfOf": { "consent": "x", "consentUntil": "2026-01-31" },
    });
    for (act, input) in [
        ("startThread", start),
        ("editThread", edit),
        ("raiseConcern", raise.clone()),
    ] {
        table.push(text(
            act,
            civil,
            input.clone(),
            "title",
            Shape::Line,
            3..=160,
        ));
        table.push(text(
            act,
            civil,
            input.clone(),
            "body",
            Shape::Body,
            1..=20_000,
        ));
        if act != "startThread" {
            table.push(text(act, civil, input, "facts", Shape::Body, 1..=20_000));
        }
    }
    table.push(text(
        "raiseConcern",
        civil,
        raise,
        "onBehalfOf/consent",
        Shape::Body,
        1..=2_000,
    ));
    let give_back = json!({ "threadId": stage.held, "reason": "x" });
    table.push(text(
        "returnThread",
        moderator,
        give_back,
        "reason",
        Shape::Body,
        1..=2_000,
    ));
    let release = json!({ "threadId": stage.held, "text": "x" });
    table.push(text(
        "releaseThread",
        moderator,
        release,
        "text",
        Shape::Body,
        1..=2_000,
    ));
    for (act, who, at) in [
        ("requestClarification", officer, "question"),
        ("clarifyConcern", civil, "answer"),
        ("referConcern", officer, "reason"),
        ("withdrawConcern", civil, "reason"),
    ] {
        let concern = stage::acknowledged(forum, civil, officer).await;
        let mut input = json!({ "threadId": concern, at: "x" });
        match act {
            "referConcern" => input["agency"] = json!("NCHR"),
            "clarifyConcern" => {
                let ask = json!({ "threadId": concern, "question": "x" });
                officer.done("requestClarification", ask, "").await;
            }
            _ => {}
        }
        table.push(text(act, who, input, at, Shape::Body, 1..=2_000));
    }
    for at in ["nameEn", "nameUr"] {
        let holiday = json!({ "day": "2026-03-20", "nameEn": "Eid", "nameUr": "Eid" });
        table.push(text(
            "declareHoliday",
            admin,
            holiday,
            at,
            Shape::Name,
            2..=120,
        ));
    }
    for (outcome, at, max) in [
        (json!({ "resolved": true }), "body", 20_000),
        (
            json!({ "noFurtherAction": { "reason": "x" } }),
            "outcome/noFurtherAction/reason",
            2_000,
        ),
        (
            json!({ "notResponsible": { "responsible": "x" } }),
            "outcome/notResponsible/responsible",
            2_000,
        ),
        (
            json!({ "cannotDisclose": { "legalBasis": "x" } }),
            "outcome/cannotDisclose/legalBasis",
            2_000,
        ),
    ] {
        for act in ["draftResponse", "respondToConcern"] {
            let concern = stage::acknowledged(forum, civil, officer).await;
            let answer = json!({ "threadId": concern, "body": "x", "outcome": outcome });
            table.push(text(act, officer, answer, at, Shape::Body, 1..=max));
        }
    }
    let judge = json!({ "threadId": stage.answered, "verdict": "PARTIAL", "comment": "x" });
    table.push(text(
        "giveVerdict",
        civil,
        judge,
        "comment",
        Shape::Body,
        1..=2_000,
    ));
    for (n, (at, shape, length)) in [
        ("login", Shape::Login, 3..=40),
        ("displayName", Shape::Name, 2..=60),
        ("email", Shape::Email, 16..=254),
        ("password", Shape::Password, 10..=128),
    ]
    .into_iter()
    .enumerate()
    {
        let who = json!({
            "login": format!("newcomer{n}"), "displayName": "Somebody", "password": PASSWORD,
            "email": "somebody@forum.example", "constituency": "EXPERT",
        });
        table.push(text("registerAccount", visitor, who, at, shape, length));
    }
    let name = json!({ "name": "An organization" });
    table.push(text(
        "requestAccreditation",
        civil,
        name,
        "name",
        Shape::Name,
        2..=120,
    ));
    for at in ["nameEn", "nameUr"] {
        let office = json!({ "agency": stage.agency, "nameEn": "Desk", "nameUr": "Desk" });
        table.push(text(
            "createOffice",
            admin,
            office,
            at,
            Shape::Name,
            2..=120,
        ));
        let circle = json!({ "code": at.to_uppercase(), "nameEn": "Room", "nameUr": "Room" });
        table.push(text(
            "createCircle",
            admin,
            circle,
            at,
            Shape::Name,
            2..=120,
        ));
    }
    let circle = json!({ "code": "ROOM", "nameEn": "Room", "nameUr": "Room" });
    table.push(text(
        "createCircle",
        admin,
        circle,
        "code",
        Shape::Code,
        2..=40,
    ));
    let decided = json!({ "agency": stage.agency, "accreditation": "SUSPENDED", "reason": "x" });
    table.push(text(
        "decideAgency",
        admin,
        decided,
        "reason",
        Shape::Reason,
        1..=2_000,
    ));
    let mut decided = json!({
        "organization": stage.organization, "account": stage.civil_account,
        "accreditation": "REJECTED", "reason": "x",
    });
    table.push(text(
        "decideMembership",
        admin,
        decided.clone(),
        "reason",
        Shape::Reason,
        1..=2_000,
    ));
    decided.as_object_mut().expect("an input").remove("account");
    table.push(text(
        "decideAccreditation",
        admin,
        decided,
        "reason",
        Shape::Reason,
        1..=2_000,
    ));
    let change = json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD });
    table.push(text(
        "changePassword",
        &stage.youth,
        change,
        "newPassword",
        Shape::Password,
        10..=128,
    ));
    let change = json!({ "email": "somebody@forum.example", "password": PASSWORD });
    table.push(text(
        "changeEmail",
        civil,
        change,
        "email",
        Shape::Email,
        16..=254,
    ));
    let client = json!({
        "organization": accepted(stage).await, "name": "An app", "scopes": ["STATS_READ"],
    });
    table.push(text(
        "createClient",
        admin,
        client,
        "name",
        Shape::Name,
        2..=120,
    ));
    table.extend(moderation::table(forum, stage).await);
    table
}

/// An organization that is accepted.
async fn accepted(stage: &Stage) -> Value {
    let name = json!({ "name": "Rights Now" });
    let mut asked = stage
        .youth
        .done("requestAccreditation", name, "organization { id }")
        .await;
    let organization = asked["organization"]["id"].take();
    let decision = json!({ "organization": organization, "accreditation": "APPROVED" });
    stage.admin.done("decideAccreditation", decision, "").await;
    organization
}

//! Twenty concerns in two months: what came of each, who was told, what is on
//! the desks in the end, and what is counted. The snapshot is to be read.

use std::fmt::Write as _;

use chrono::{DateTime, Duration, FixedOffset, Utc};
use domain::people::{Constituency, RegistrationMode};
use forum::Clock as _;
use mukalma_tests::TestForum;
use serde_json::{Value, json};

use super::super::notices::reachable;

/// A forum whose days pass one by one.
struct Story {
    forum: TestForum,
    concerns: Vec<Concern>,
    mails: Vec<String>,
    day: i64,
}

struct Concern {
    id: Value,
    reference: String,
    title: String,
    raiser: &'static str,
}

/// As it is written in the snapshot: the day in Lahore.
fn day(at: DateTime<Utc>) -> String {
    let lahore = FixedOffset::east_opt(5 * 3_600).expect("a zone");
    at.with_timezone(&lahore).format("%e %b").to_string()
}

fn day_of(at: &Value) -> String {
    let at = at.as_str().and_then(|at| at.parse().ok());
    day(at.expect("a moment"))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

impl Story {
    async fn begins() -> Self {
        let settings = [
            ("public_url", "https://forum.example"),
            ("statistics.least", "1"),
            ("login.burst", "1000"),
            ("login.per_minute", "1000"),
        ];
        let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
        for (login, wants) in [
            ("civil", [("OWN", "IMMEDIATE"), ("DUE", "IMMEDIATE")]),
            ("youth", [("OWN", "WEEKLY"), ("DUE", "IMMEDIATE")]),
            ("officer", [("WORK", "DAILY"), ("DUE", "DAILY")]),
            ("oversight", [("WORK", "IMMEDIATE"), ("DUE", "IMMEDIATE")]),
        ] {
            let who = forum.sign_in(login).await;
            reachable(&forum, &who, &format!("{login}@example.org")).await;
            for (reason, frequency) in wants {
                super::super::notices::wants(&who, reason, frequency).await;
            }
        }
        Self {
            forum,
            concerns: Vec::new(),
            mails: Vec::new(),
            day: 0,
        }
    }

    /// Raises the next concern, and has it released if it is held.
    async fn raised(&mut self, who: &'static str, title: &str, more: Value) {
        if self.is_held(who, title, more).await {
            let number = self.concerns.len();
            self.does("moderator", "releaseThread", number, json!({}))
                .await;
        }
    }

    /// Raises the next concern; says whether it is held, as the first is.
    async fn is_held(&mut self, who: &'static str, title: &str, more: Value) -> bool {
        let mut input = json!({
            "title": title, "body": "What is wrong, in words for its audience.",
            "category": "DRG", "region": "PB", "audience": "CONFIDENTIAL",
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        // Ids tell the order in which they were made, to the millisecond.
        self.forum.clock.advance(Duration::minutes(1));
        let raiser = self.forum.sign_in(who).await;
        let selection = "thread { id reference status }";
        let mut raised = raiser.done("raiseConcern", input, selection).await;
        self.concerns.push(Concern {
            id: raised["thread"]["id"].take(),
            reference: word(&raised["thread"]["reference"]).to_owned(),
            title: title.to_owned(),
            raiser: who,
        });
        raised["thread"]["status"] == "HELD"
    }

    /// Somebody does something to a concern, by its number.
    async fn does(&self, who: &str, act: &str, number: usize, mut input: Value) -> Value {
        input["threadId"] = self.concerns[number - 1].id.clone();
        let who = self.forum.sign_in(who).await;
        who.done(act, input, "").await
    }

    async fn answers(&self, who: &str, number: usize, body: &str, outcome: Value) {
        let input = json!({ "body": body, "outcome": outcome });
        self.does(who, "respondToConcern", number, input).await;
    }

    async fn judges(&self, number: usize, verdict: &str) {
        let raiser = self.concerns[number - 1].raiser;
        let input = json!({ "verdict": verdict });
        self.does(raiser, "giveVerdict", number, input).await;
    }

    /// Lets the days pass until this one, and each day do what is due on it.
    async fn until(&mut self, day: i64) {
        self.passes().await;
        while self.day < day {
            self.day += 1;
            self.forum.clock.advance(Duration::days(1));
            self.passes().await;
        }
    }

    async fn passes(&mut self) {
        let forum = &self.forum.forum;
        forum.empty_outbox().await.unwrap();
        forum.run_clocks().await.unwrap();
        forum.empty_outbox().await.unwrap();
        forum.count_concerns().await.unwrap();
        forum.take_edition().await.unwrap();
        forum.send_mail().await.unwrap();
        let mut today = Vec::new();
        for mail in self.forum.mailbox.take() {
            let mut told = format!(
                "{}  {}: {}",
                day(self.forum.clock.now()),
                mail.to,
                mail.subject
            );
            let lines = mail
                .text
                .lines()
                .take_while(|line| !line.starts_with("Sign in"));
            for line in lines.filter(|line| !line.is_empty()) {
                let _ = write!(told, "\n          {line}");
            }
            for (n, concern) in self.concerns.iter().enumerate() {
                told = told.replace(&concern.reference, &format!("concern {}", n + 1));
            }
            today.push(told);
        }
        today.sort();
        self.mails.extend(today);
    }
}

const LIFE: &str = "query($id: ID!) { thread(id: $id) { state clock { runsFor dueOn lateness } \
    assignedOffice { name agency { code } } \
    commitments { statement state dueOn } \
    timeline(first: 40) { nodes { __typename at side agency { code } office { name } \
      ... on TimelineMove { kind reason } \
      ... on TimelineAssignment { assignedAgency { code } assignedOffice { name } isReview } \
      ... on TimelineReferral { assignedAgency { code } assignedOffice { name } why: reason } \
      ... on TimelineClarification { question answer } \
      ... on TimelineResponse { response { outcome body } } \
      ... on TimelineVerdict { verdict } \
      ... on TimelineEscalation { level } \
      ... on TimelineCommitment { act note commitment { statement } } } } } }";

/// A line of a timeline.
fn line(item: &Value) -> String {
    let place = |item: &Value| {
        format!(
            "{}, {}",
            word(&item["assignedAgency"]["code"]),
            word(&item["assignedOffice"]["name"])
        )
    };
    let said = |what: &str, words: &Value| match words.as_str() {
        None => what.to_owned(),
        Some(words) => format!("{what}: {words}"),
    };
    let what = match word(&item["__typename"]) {
        "TimelineMove" => said(word(&item["kind"]), &item["reason"]),
        "TimelineAssignment" if item["isReview"] == true => {
            format!("put for review before {}", place(item))
        }
        "TimelineAssignment" => format!("put before {}", place(item)),
        "TimelineReferral" => said(&format!("referred to {}", place(item)), &item["why"]),
        "TimelineClarification" if item["question"].is_string() => said("asks", &item["question"]),
        "TimelineClarification" => said("says", &item["answer"]),
        "TimelineResponse" => said(
            word(&item["response"]["outcome"]),
            &item["response"]["body"],
        ),
        "TimelineVerdict" => word(&item["verdict"]).to_owned(),
        "TimelineEscalation" => format!("escalated to level {}", item["level"]),
        "TimelineCommitment" => {
            let act = format!(
                "commitment {} ({})",
                word(&item["act"]),
                word(&item["commitment"]["statement"])
            );
            said(&act, &item["note"])
        }
        other => panic!("a new kind of item: {other}"),
    };
    let side = match word(&item["office"]["name"]) {
        "" => word(&item["side"]).to_owned(),
        office => format!("{} {office}", word(&item["agency"]["code"])),
    };
    format!("    {}  {side}: {what}\n", day_of(&item["at"]))
}

impl Story {
    async fn told(&self) -> String {
        let mut told = String::from("CONCERNS\n");
        for (n, concern) in self.concerns.iter().enumerate() {
            let raiser = self.forum.sign_in(concern.raiser).await;
            let seen = raiser.run(LIFE, json!({ "id": concern.id })).await;
            let thread = &seen["thread"];
            let _ = writeln!(
                told,
                "\n{:>2}. {} ({})",
                n + 1,
                concern.title,
                concern.raiser
            );
            for item in thread["timeline"]["nodes"].as_array().expect("items") {
                told.push_str(&line(item));
            }
            let _ = write!(told, "    now: {}", word(&thread["state"]));
            if let Some(office) = thread["assignedOffice"]["name"].as_str() {
                let _ = write!(
                    told,
                    ", before {} {office}",
                    word(&thread["assignedOffice"]["agency"]["code"])
                );
            }
            if thread["clock"].is_object() {
                let clock = &thread["clock"];
                let _ = write!(
                    told,
                    "; {} due on {}, {}",
                    word(&clock["runsFor"]),
                    word(&clock["dueOn"]),
                    word(&clock["lateness"])
                );
            }
            told.push('\n');
            for one in thread["commitments"].as_array().expect("a list") {
                let _ = writeln!(
                    told,
                    "    commitment: {} by {}: {}",
                    word(&one["statement"]),
                    word(&one["dueOn"]),
                    word(&one["state"])
                );
            }
        }
        told.push_str("\nDESKS\n");
        for login in ["officer", "colleague", "oversight"] {
            let document = "{ viewer { desk { agency { code } counts { all assigned acknowledged inReview \
                waitingForRaiser waitingForModerator overdue veryOverdue untaken } \
                concerns(first: 100) { nodes { title state clock { dueOn } } } } } }";
            let seen = self
                .forum
                .sign_in(login)
                .await
                .run(document, json!({}))
                .await;
            let desk = &seen["viewer"]["desk"];
            let _ = writeln!(
                told,
                "\n{login}, {}: {}",
                word(&desk["agency"]["code"]),
                counts(&desk["counts"])
            );
            for one in desk["concerns"]["nodes"].as_array().expect("a list") {
                let _ = writeln!(
                    told,
                    "    {:10}  {} ({})",
                    word(&one["clock"]["dueOn"]),
                    word(&one["title"]),
                    word(&one["state"])
                );
            }
        }
        for queue in ["UNASSIGNED", "OVERDUE"] {
            let document = "query($queue: ModerationQueue!) { viewer { moderationDesk { \
                concerns(first: 100, filter: {queue: $queue}) { nodes { title } } } } }";
            let moderator = self.forum.sign_in("moderator").await;
            let seen = moderator.run(document, json!({ "queue": queue })).await;
            let _ = writeln!(told, "\nmoderators, {queue}");
            let all = &seen["viewer"]["moderationDesk"]["concerns"]["nodes"];
            for one in all.as_array().expect("a list") {
                let _ = writeln!(told, "    {}", word(&one["title"]));
            }
        }
        for login in ["civil", "youth", "expert"] {
            let document = "{ viewer { concerns(first: 100, filter: {waitingForViewer: true}) { \
                nodes { title expectedOfViewer } } } }";
            let seen = self
                .forum
                .sign_in(login)
                .await
                .run(document, json!({}))
                .await;
            let _ = writeln!(told, "\n{login}, waited for");
            for one in seen["viewer"]["concerns"]["nodes"]
                .as_array()
                .expect("a list")
            {
                let _ = writeln!(
                    told,
                    "    {}: {}",
                    word(&one["title"]),
                    one["expectedOfViewer"]
                );
            }
        }
        let figures = "received acknowledged acknowledgedInTime answered answeredInTime medianDays \
            ninetiethPercentileDays reopened overdue";
        let document = format!(
            "{{ statistics(by: AGENCY) {{ asOfMonth rows {{ agency {{ code }} {figures} \
             outcomes {{ outcome answers reliefGranted partial notGranted }} }} }} }}"
        );
        let seen = self.forum.visitor().run(&document, json!({})).await;
        let statistics = &seen["statistics"];
        let _ = writeln!(told, "\nFIGURES as of {}\n", word(&statistics["asOfMonth"]));
        for row in statistics["rows"].as_array().expect("rows") {
            let mut row = row.clone();
            let outcomes = row["outcomes"].take();
            let agency = row["agency"].take();
            for key in ["outcomes", "agency"] {
                row.as_object_mut().expect("a row").remove(key);
            }
            let _ = writeln!(told, "{}: {}", word(&agency["code"]), counts(&row));
            for one in outcomes.as_array().into_iter().flatten() {
                let _ = writeln!(told, "    {}", counts(one));
            }
        }
        told.push_str("\nMAILS\n\n");
        told.push_str(&self.mails.join("\n"));
        told.push('\n');
        told
    }
}

/// Names and numbers in one line, what is zero left out.
fn counts(of: &Value) -> String {
    let all = of.as_object().expect("an object").iter();
    let shown = all.filter(|(_, value)| **value != json!(0) && !value.is_null());
    let shown: Vec<String> = shown
        .map(|(name, value)| {
            format!(
                "{name} {}",
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            )
        })
        .collect();
    shown.join(", ")
}

#[tokio::test]
async fn twenty_concerns_in_two_months() {
    let mut story = Story::begins().await;
    let nothing = || json!({});
    // Monday, 17 November.
    story
        .raised("civil", "Searches on the hostel road", nothing())
        .await;
    story
        .raised("youth", "Pills are sold beside the school", nothing())
        .await;
    story
        .raised("civil", "A recruiter takes passports", nothing())
        .await;
    assert!(
        story
            .is_held("expert", "A case against my brother", nothing())
            .await
    );
    story
        .raised("expert", "Seizures are not reported", nothing())
        .await;
    story
        .raised("civil", "Payments at the checkpoint", nothing())
        .await;
    story.raised("civil", "Lorries at night", nothing()).await;
    story.until(1).await;
    let back = json!({ "reason": "Names a private person: put that into the case facts." });
    story.does("moderator", "returnThread", 4, back).await;
    for number in [2, 3] {
        story
            .does("officer", "acknowledgeConcern", number, nothing())
            .await;
    }
    let ask = json!({ "question": "At which school?" });
    story.does("officer", "requestClarification", 2, ask).await;
    let ask = json!({ "question": "Under which name does he call?" });
    story.does("officer", "requestClarification", 3, ask).await;
    story.until(2).await;
    story.does("expert", "resubmitThread", 4, nothing()).await;
    story.does("moderator", "releaseThread", 4, nothing()).await;
    story
        .does("officer", "acknowledgeConcern", 1, nothing())
        .await;
    let offices = "{ agency(code: \"POL_PB\") { offices { id name } } }";
    let offices = story.forum.visitor().run(offices, nothing()).await;
    let offices = offices["agency"]["offices"].as_array().unwrap().clone();
    let traffic = offices.iter().find(|one| one["name"] == "Traffic").unwrap()["id"].clone();
    let refer = json!({ "office": traffic, "reason": "Heavy vehicles are theirs." });
    story.does("officer", "referConcern", 7, refer).await;
    story.until(3).await;
    story.raised("expert", "A list of routes", nothing()).await;
    let about = json!({ "about": { "agency": "POL_PB", "kind": "CONDUCT" } });
    story
        .raised("youth", "An officer asked for money", about)
        .await;
    let about = json!({ "about": { "agency": "POL_PB", "kind": "PRACTICE" } });
    story
        .raised("civil", "Women are held without women officers", about)
        .await;
    story.raised("civil", "Searches again", nothing()).await;
    story.raised("youth", "A site that lures", nothing()).await;
    story
        .does("colleague", "acknowledgeConcern", 7, nothing())
        .await;
    for number in [4, 6, 8, 10, 11, 12] {
        story
            .does("officer", "acknowledgeConcern", number, nothing())
            .await;
    }
    story.until(4).await;
    story
        .does(
            "youth",
            "clarifyConcern",
            2,
            json!({ "answer": "The one behind the market." }),
        )
        .await;
    story
        .does("oversight", "acknowledgeConcern", 9, nothing())
        .await;
    story.until(6).await;
    story
        .answers(
            "officer",
            1,
            "The patrols were told to stop.",
            json!({ "resolved": true }),
        )
        .await;
    let of = story.concerns[0].id.clone();
    story
        .answers(
            "officer",
            11,
            "It is the same road.",
            json!({ "duplicate": { "of": of } }),
        )
        .await;
    story
        .does(
            "expert",
            "withdrawConcern",
            8,
            json!({ "reason": "It was published elsewhere." }),
        )
        .await;
    story.until(7).await;
    story
        .raised("civil", "They asked who had spoken", nothing())
        .await;
    story
        .raised("civil", "The guard is his cousin", nothing())
        .await;
    for (who, title) in [
        ("expert", "No interpreter at the desk"),
        ("youth", "The helpline is silent"),
        ("civil", "Evidence is lost"),
    ] {
        story.raised(who, title, nothing()).await;
    }
    story
        .raised(
            "civil",
            "Nobody answers in Karachi",
            json!({ "region": "SD" }),
        )
        .await;
    story
        .raised("youth", "Phones are searched", nothing())
        .await;
    story
        .forum
        .install("newcomer", Constituency::CivilSociety, &[])
        .await;
    assert!(
        story
            .is_held("newcomer", "An unfinished thought", nothing())
            .await
    );
    story
        .does(
            "moderator",
            "returnThread",
            20,
            json!({ "reason": "What is asked for?" }),
        )
        .await;
    story.until(8).await;
    story.judges(1, "RELIEF_GRANTED").await;
    story
        .does("officer", "recuseFromConcern", 14, nothing())
        .await;
    let there = json!({ "office": traffic });
    story.does("moderator", "assignConcern", 14, there).await;
    let planned = json!({ "actionPlanned": { "by": "2025-12-17" } });
    story
        .answers("officer", 10, "Women officers will be posted.", planned)
        .await;
    let commit = json!({ "statement": "A woman officer at every lock-up", "dueOn": "2025-12-17",
        "milestones": [{ "statement": "Posts are advertised", "dueOn": "2025-12-01" }] });
    story.does("officer", "makeCommitment", 10, commit).await;
    story.until(9).await;
    let report = json!({ "body": "Two men came to my home and asked for me by name." });
    story.does("civil", "reportRetaliation", 13, report).await;
    let officer = story.forum.sign_in("officer").await;
    let together: Vec<Value> = [15, 16, 17]
        .map(|n: usize| story.concerns[n - 1].id.clone())
        .to_vec();
    officer
        .done("acknowledgeConcerns", json!({ "threadIds": together }), "")
        .await;
    story
        .does("colleague", "acknowledgeConcern", 14, nothing())
        .await;
    story.does("officer", "takeConcern", 19, nothing()).await;
    story.until(10).await;
    let reason = json!({ "noFurtherAction": { "reason": "The court has decided." } });
    story
        .answers("officer", 4, "We do nothing more.", reason)
        .await;
    story
        .answers(
            "officer",
            2,
            "One seller was found.",
            json!({ "partiallyResolved": true }),
        )
        .await;
    story
        .answers(
            "colleague",
            7,
            "The road is the highway authority's.",
            json!({ "notResponsible": { "responsible": "Highway authority" } }),
        )
        .await;
    story.until(11).await;
    story.judges(4, "NOT_GRANTED").await;
    story.judges(2, "PARTIAL").await;
    let reports = "{ viewer { retaliationReports { id } } }";
    let oversight = story.forum.sign_in("oversight").await;
    let report =
        oversight.run(reports, nothing()).await["viewer"]["retaliationReports"][0]["id"].clone();
    let upheld = json!({ "reportId": report, "uphold": true, "reason": "It was so." });
    oversight.done("decideRetaliation", upheld, "").await;
    story
        .does(
            "moderator",
            "assignConcern",
            13,
            json!({ "agency": "NCHR" }),
        )
        .await;
    story.until(12).await;
    story
        .does("oversight", "acknowledgeConcern", 13, nothing())
        .await;
    let law = json!({ "cannotDisclose": { "legalBasis": "Official Secrets Act" } });
    story.answers("officer", 6, "We may not say.", law).await;
    story
        .answers(
            "officer",
            12,
            "A court has it.",
            json!({ "subJudice": { "reviewOn": "2026-03-01" } }),
        )
        .await;
    story
        .answers(
            "officer",
            15,
            "An interpreter comes on Mondays.",
            json!({ "partiallyResolved": true }),
        )
        .await;
    story.until(15).await;
    story
        .answers(
            "oversight",
            9,
            "The officer was suspended.",
            json!({ "resolved": true }),
        )
        .await;
    story.until(18).await;
    story
        .answers(
            "colleague",
            14,
            "The guard was moved.",
            json!({ "resolved": true }),
        )
        .await;
    story.judges(9, "RELIEF_GRANTED").await;
    story.until(20).await;
    story
        .answers(
            "oversight",
            13,
            "Two officers were charged.",
            json!({ "resolved": true }),
        )
        .await;
    story.judges(14, "RELIEF_GRANTED").await;
    story.until(24).await;
    story.judges(13, "RELIEF_GRANTED").await;
    // Who reviews is not who answered: which office that is, the timeline says.
    let reviewer = "query($id: ID!) { thread(id: $id) { assignedAgency { code } } }";
    let expert = story.forum.sign_in("expert").await;
    let seen = expert
        .run(reviewer, json!({ "id": story.concerns[3].id }))
        .await;
    let reviewer = if seen["thread"]["assignedAgency"]["code"] == "NCHR" {
        "oversight"
    } else {
        "colleague"
    };
    story
        .answers(
            reviewer,
            4,
            "His name is off the list.",
            json!({ "partiallyResolved": true }),
        )
        .await;
    story.until(28).await;
    let kept = "query($id: ID!) { thread(id: $id) { commitments { id } } }";
    let civil = story.forum.sign_in("civil").await;
    let kept = civil.run(kept, json!({ "id": story.concerns[9].id })).await;
    let kept = kept["thread"]["commitments"][0]["id"].clone();
    let officer = story.forum.sign_in("officer").await;
    let progress = json!({ "commitmentId": kept, "note": "All are posted.", "percent": 100,
        "evidence": [{ "url": "https://police.example/orders/7", "description": "The order" }] });
    officer.done("reportProgress", progress, "").await;
    story.until(29).await;
    civil
        .done("confirmCommitment", json!({ "commitmentId": kept }), "")
        .await;
    story.judges(10, "RELIEF_GRANTED").await;
    story.until(36).await;
    let late = json!({ "answer": "He calls himself Haji Sahib." });
    story.does("civil", "clarifyConcern", 3, late).await;
    story.until(40).await;
    let planned = json!({ "actionPlanned": { "by": "2026-01-10" } });
    story
        .answers("officer", 3, "The agency will be inspected.", planned)
        .await;
    let commit = json!({ "statement": "An inspection of the agency", "dueOn": "2026-01-10" });
    story.does("officer", "makeCommitment", 3, commit).await;
    story.until(63).await;
    let told = story.told().await;
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("twenty", told);
    });
}

//! Desks: what waits for whom, in the order of what is due, and who has it in
//! hand.

use chrono::Duration;
use domain::people::RegistrationMode;
use mukalma_tests::{Client, TestForum};
use serde_json::{Value, json};

use super::super::budgets::statements;
use super::Stage;

const COUNTS: &str = "counts { all assigned acknowledged inReview waitingForRaiser \
    waitingForModerator overdue veryOverdue untaken }";

/// Fields of somebody's desk.
async fn desk(who: &Client, fields: &str) -> Value {
    let document = format!("{{ viewer {{ desk {{ {fields} }} }} }}");
    who.run(&document, json!({})).await["viewer"]["desk"].take()
}

/// The titles on somebody's desk, narrowed so.
async fn titles(who: &Client, filter: Value) -> Vec<String> {
    let document = "query($filter: DeskFilter) { viewer { desk { \
        concerns(first: 100, filter: $filter) { totalCount nodes { title } } } } }";
    let list =
        who.run(document, json!({ "filter": filter })).await["viewer"]["desk"]["concerns"].take();
    let nodes = list["nodes"].as_array().expect("a list");
    assert_eq!(list["totalCount"], nodes.len());
    let title = |node: &Value| node["title"].as_str().expect("a title").to_owned();
    nodes.iter().map(title).collect()
}

/// A concern of this title before the desk of `officer`.
async fn raised(stage: &Stage, title: &str, audience: &str) -> Value {
    let input = json!({
        "title": title, "body": "On the road.", "category": "DRG", "region": "PB",
        "audience": audience,
    });
    let raised = stage.civil.done("raiseConcern", input, "thread { id }");
    raised.await["thread"]["id"].clone()
}

impl Stage {
    /// The same stage about another concern.
    fn about(&mut self, id: &Value) -> &mut Self {
        self.id = id.clone();
        self
    }

    async fn again(&mut self) {
        let names = ["civil", "moderator", "officer", "colleague", "oversight"];
        let mut people = Vec::new();
        for name in names {
            people.push(self.forum.sign_in(name).await);
        }
        let mut people = people.into_iter();
        let mut next = || people.next().expect("somebody");
        self.civil = next();
        self.moderator = next();
        self.officer = next();
        self.colleague = next();
        self.oversight = next();
    }
}

#[tokio::test]
async fn a_desk_is_sorted_by_what_is_due_and_what_waits_for_its_raiser_comes_last() {
    let mut stage = Stage::new().await;
    let first = stage.id.clone();
    stage.forum.clock.advance(Duration::days(1));
    let second = raised(&stage, "The second", "PUBLIC").await;
    raised(&stage, "The third", "PUBLIC").await;
    stage.about(&first).answered().await;
    stage.about(&second);
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    let answered = "Students are searched without reason";
    let all = ["The third", "The second", answered];
    assert_eq!(titles(&stage.officer, json!({})).await, all);
    let counts = desk(&stage.officer, COUNTS).await["counts"].take();
    let expected = json!({
        "all": 3, "assigned": 1, "acknowledged": 1, "inReview": 0, "waitingForRaiser": 1,
        "waitingForModerator": 0, "overdue": 0, "veryOverdue": 0, "untaken": 2,
    });
    assert_eq!(counts, expected);
    for (filter, expected) in [
        (json!({ "blocked": true }), vec![answered]),
        (json!({ "blockedOn": "RAISER" }), vec![answered]),
        (
            json!({ "blockedOn": "OFFICE" }),
            vec!["The third", "The second"],
        ),
        (json!({ "blockedOn": "OVERSIGHT" }), vec![]),
        (json!({ "blockedOn": "MODERATOR" }), vec![]),
        (json!({ "blockedOn": "OFFICE", "blocked": true }), vec![]),
        (json!({ "untaken": true }), vec!["The third", "The second"]),
        (json!({ "overdue": true }), vec![]),
    ] {
        assert_eq!(
            titles(&stage.officer, filter.clone()).await,
            expected,
            "{filter}"
        );
    }
    // The last day is not late, the day after is.
    for (days, late) in [(7, vec![]), (1, vec!["The third"])] {
        stage.forum.clock.advance(Duration::days(days));
        stage.again().await;
        assert_eq!(
            titles(&stage.officer, json!({ "overdue": true })).await,
            late
        );
    }
    assert!(
        titles(&stage.officer, json!({ "veryOverdue": true }))
            .await
            .is_empty()
    );
    stage.about(&first);
    let over = json!({ "verdict": "RELIEF_GRANTED" });
    stage.done(&stage.civil, "giveVerdict", over).await;
    assert_eq!(
        titles(&stage.officer, json!({})).await,
        ["The third", "The second"]
    );
}

#[tokio::test]
async fn a_confidential_concern_is_on_no_other_offices_desk_and_in_none_of_its_numbers() {
    let stage = Stage::new().await;
    raised(&stage, "For everyone", "PUBLIC").await;
    assert_eq!(titles(&stage.officer, json!({})).await.len(), 2);
    assert_eq!(titles(&stage.colleague, json!({})).await, ["For everyone"]);
    let own = json!({ "assignedToViewer": true });
    assert!(titles(&stage.colleague, own).await.is_empty());
    stage.done(&stage.officer, "takeConcern", json!({})).await;
    let fields = format!("{COUNTS} workload {{ name taken overdue isViewer }} agency {{ code }}");
    let seen = desk(&stage.colleague, &fields).await;
    assert_eq!(seen["counts"]["all"], 1);
    let line = |name: &str, taken: i64, viewer: bool| json!({ "name": name, "taken": taken, "overdue": 0, "isViewer": viewer });
    let load = json!([
        line("The colleague", 0, true),
        line("The officer", 0, false)
    ]);
    assert_eq!(seen["workload"], load);
    let seen = desk(&stage.officer, &fields).await;
    let load = json!([
        line("The colleague", 0, false),
        line("The officer", 1, true)
    ]);
    assert_eq!(seen["workload"], load);
    assert_eq!(desk(&stage.oversight, &fields).await["counts"]["all"], 0);
    for nobody in [&stage.civil, &stage.moderator, &stage.forum.visitor()] {
        assert_eq!(desk(nobody, "agency { code }").await, Value::Null);
    }
}

#[tokio::test]
async fn a_desk_is_read_in_pages_without_gap_or_repeat_by_as_many_statements() {
    let mut stage = Stage::new().await;
    for n in 0..7 {
        if n % 3 == 0 {
            stage.forum.clock.advance(Duration::days(1));
        }
        raised(&stage, &format!("Number {n}"), "PUBLIC").await;
    }
    stage.answered().await;
    stage.again().await;
    let all = titles(&stage.officer, json!({})).await;
    assert_eq!(all.len(), 8);
    let document = "query($first: Int, $after: String, $last: Int, $before: String) { \
        viewer { desk { concerns(first: $first, after: $after, last: $last, before: $before) { \
        nodes { title dueOn blockedOn isTaken clock { runsFor } } \
        pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } } }";
    for (size, from, more, end) in [
        ("first", "after", "hasNextPage", "endCursor"),
        ("last", "before", "hasPreviousPage", "startCursor"),
    ] {
        let (mut read, mut place) = (Vec::new(), Value::Null);
        loop {
            let page = stage
                .officer
                .run(document, json!({ size: 3, from: place }))
                .await;
            let page = &page["viewer"]["desk"]["concerns"];
            let nodes = page["nodes"].as_array().unwrap().iter();
            let nodes: Vec<String> = nodes
                .map(|one| one["title"].as_str().unwrap().to_owned())
                .collect();
            if size == "first" {
                read.extend(nodes);
            } else {
                read.splice(0..0, nodes);
            }
            if page["pageInfo"][more] != true {
                break;
            }
            place = page["pageInfo"][end].clone();
        }
        assert_eq!(read, all, "{size}");
    }
    let forum = &stage.forum;
    for size in [1, 8] {
        let count = statements(
            forum,
            &stage.officer,
            document,
            |_| json!({ "first": size }),
        );
        assert_eq!(count.await, 1, "{size}");
    }
    let whole = format!("{{ viewer {{ desk {{ {COUNTS} workload {{ taken }} }} }} }}");
    assert_eq!(
        statements(forum, &stage.officer, &whole, |_| json!({})).await,
        2
    );
}

#[tokio::test]
async fn of_two_who_take_a_concern_one_has_it_and_colleagues_put_it_back() {
    let stage = Stage::new().await;
    let office = stage.sees(&stage.officer, "assignedOffice { id }").await;
    let office = office["assignedOffice"]["id"].clone();
    let account = account(&stage.colleague).await;
    let admin = stage.forum.sign_in("admin").await;
    let input = json!({ "account": account, "office": office });
    admin.done("appointHolder", input, "").await;
    let input = stage.with(json!({}));
    let taken = tokio::join!(
        stage
            .officer
            .act("takeConcern", input.clone(), "thread { id }"),
        stage.colleague.act("takeConcern", input, "thread { id }"),
    );
    let code = |payload: &Value| payload["userErrors"][0]["code"].clone();
    let mut codes = [code(&taken.0), code(&taken.1)];
    codes.sort_by_key(ToString::to_string);
    assert_eq!(codes, [json!("TAKEN"), Value::Null]);
    let (winner, other) = if code(&taken.0).is_null() {
        (&stage.officer, &stage.colleague)
    } else {
        (&stage.colleague, &stage.officer)
    };
    let seen = "isTaken viewerHasTaken viewerCanTake";
    let of =
        |taken: bool| json!({ "isTaken": true, "viewerHasTaken": taken, "viewerCanTake": true });
    assert_eq!(stage.sees(winner, seen).await, of(true));
    assert_eq!(stage.sees(other, seen).await, of(false));
    assert_eq!(stage.sees(&stage.civil, seen).await["isTaken"], Value::Null);
    let mine = json!({ "takenByViewer": true });
    assert_eq!(titles(winner, mine.clone()).await.len(), 1);
    assert!(titles(other, mine.clone()).await.is_empty());
    // To take again what one has is nothing.
    stage.done(winner, "takeConcern", json!({})).await;
    stage.done(other, "putBackConcern", json!({})).await;
    stage.done(other, "putBackConcern", json!({})).await;
    stage.done(other, "takeConcern", json!({})).await;
    assert_eq!(titles(other, mine).await.len(), 1);
    for (who, code) in [(&stage.civil, "FORBIDDEN"), (&stage.oversight, "NOT_FOUND")] {
        for act in ["takeConcern", "putBackConcern", "recuseFromConcern"] {
            assert_eq!(stage.refused(who, act, json!({})).await, code, "{act}");
        }
    }
}

#[tokio::test]
async fn an_officer_shortlists_what_he_means_to_look_at_and_nobody_else_sees_it() {
    let settings = [("desks.shortlist", "1")];
    let forum = TestForum::with(true, RegistrationMode::Open, &settings).await;
    let stage = Stage::on(forum).await;
    for _ in 0..2 {
        stage
            .done(&stage.officer, "shortlistConcern", json!({}))
            .await;
    }
    let seen = "viewerHasShortlisted isTaken";
    let mine = json!({ "viewerHasShortlisted": true, "isTaken": false });
    assert_eq!(stage.sees(&stage.officer, seen).await, mine);
    let listed = json!({ "shortlistedByViewer": true });
    assert_eq!(titles(&stage.officer, listed.clone()).await.len(), 1);
    let raiser = stage.sees(&stage.civil, "viewerHasShortlisted").await;
    assert_eq!(raiser["viewerHasShortlisted"], false);
    // It has an end.
    let other = stage.forum.open_concern(&stage.civil).await;
    let other = json!({ "threadId": other });
    let refused = stage
        .officer
        .refused("shortlistConcern", other.clone())
        .await;
    assert_eq!(refused, "TOO_MANY");
    stage
        .done(&stage.officer, "unshortlistConcern", json!({}))
        .await;
    stage.officer.done("shortlistConcern", other, "").await;
    assert_eq!(titles(&stage.officer, listed).await.len(), 1);
    let not_his = stage
        .refused(&stage.civil, "shortlistConcern", json!({}))
        .await;
    assert_eq!(not_his, "FORBIDDEN");
}

async fn account(who: &Client) -> Value {
    let account = "{ viewer { account { id } } }";
    who.run(account, json!({})).await["viewer"]["account"]["id"].take()
}

#[tokio::test]
async fn whoever_takes_an_office_over_goes_on_with_what_the_other_had_in_hand() {
    let stage = Stage::new().await;
    let office = stage.sees(&stage.officer, "assignedOffice { id }").await;
    let office = office["assignedOffice"]["id"].clone();
    stage.done(&stage.officer, "takeConcern", json!({})).await;
    let (from, to) = (
        account(&stage.officer).await,
        account(&stage.colleague).await,
    );
    let admin = stage.forum.sign_in("admin").await;
    let input = json!({ "office": office, "from": from, "to": to });
    admin.done("handOver", input, "").await;
    let seen = "isTaken viewerHasTaken";
    let mine = json!({ "isTaken": true, "viewerHasTaken": true });
    assert_eq!(stage.sees(&stage.colleague, seen).await, mine);
    // Whoever goes without an heir leaves it on the desk.
    let input = json!({ "office": office, "account": from });
    admin.done("appointHolder", input, "").await;
    let input = json!({ "office": office, "account": to });
    admin.done("endHolding", input, "").await;
    let free = json!({ "isTaken": false, "viewerHasTaken": false });
    assert_eq!(stage.sees(&stage.officer, seen).await, free);
    assert_eq!(
        titles(&stage.officer, json!({ "untaken": true }))
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn what_is_sent_on_is_in_nobodys_hand_there() {
    let stage = Stage::new().await;
    stage.done(&stage.officer, "takeConcern", json!({})).await;
    let offices = "{ agency(code: \"POL_PB\") { offices { id name } } }";
    let offices = stage.civil.run(offices, json!({})).await["agency"]["offices"].take();
    let there = offices
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Traffic");
    let refer = json!({ "office": there.unwrap()["id"], "reason": "Theirs" });
    stage.done(&stage.officer, "referConcern", refer).await;
    assert_eq!(
        stage.sees(&stage.colleague, "isTaken").await["isTaken"],
        false
    );
}

#[tokio::test]
async fn whoever_steps_back_neither_takes_nor_decides_and_is_no_reviewer() {
    let stage = Stage::new().await;
    stage.done(&stage.officer, "takeConcern", json!({})).await;
    stage
        .done(&stage.officer, "recuseFromConcern", json!({}))
        .await;
    // What is confidential is not there for him any more, also not what is said in it.
    let gone = stage.sees(&stage.officer, "id").await;
    assert_eq!(gone, Value::Null);
    let answer = json!({ "body": "It has ended.", "outcome": { "resolved": true } });
    for (act, input) in [
        ("takeConcern", json!({})),
        ("acknowledgeConcern", json!({})),
        ("respondToConcern", answer),
        ("addPost", json!({ "body": "Still here." })),
    ] {
        let code = stage.refused(&stage.officer, act, input).await;
        assert_eq!(code, "NOT_FOUND", "{act}");
    }
    // A new affiliation is no way around it.
    let office = stage.sees(&stage.civil, "assignedOffice { id }").await;
    let office = office["assignedOffice"]["id"].clone();
    let (officer, colleague) = (
        account(&stage.officer).await,
        account(&stage.colleague).await,
    );
    let admin = stage.forum.sign_in("admin").await;
    for (act, who) in [
        ("appointHolder", &colleague),
        ("endHolding", &officer),
        ("appointHolder", &officer),
    ] {
        let input = json!({ "account": who, "office": office });
        admin.done(act, input, "").await;
    }
    assert_eq!(
        stage
            .refused(&stage.officer, "takeConcern", json!({}))
            .await,
        "NOT_FOUND"
    );
    // His colleague answers; of the two nobody is left to review it there.
    stage
        .done(&stage.colleague, "acknowledgeConcern", json!({}))
        .await;
    stage.answer(&stage.colleague).await;
    let verdict = json!({ "verdict": "NOT_GRANTED" });
    stage.done(&stage.civil, "giveVerdict", verdict).await;
    let seen = "state blockedOn assignedAgency { code }";
    let expected = json!({ "state": "IN_REVIEW", "blockedOn": "OVERSIGHT",
        "assignedAgency": { "code": "NCHR" } });
    assert_eq!(stage.sees(&stage.civil, seen).await, expected);
}

#[tokio::test]
async fn a_raiser_sees_what_waits_for_him() {
    let stage = Stage::new().await;
    let document = "query($waiting: Boolean) { viewer { concerns(filter: {waitingForViewer: $waiting}) { \
        totalCount nodes { blockedOn expectedOfViewer } } } }";
    let mine = async |who: &Client, waiting: bool| {
        let variables = json!({ "waiting": waiting });
        who.run(document, variables).await["viewer"]["concerns"].take()
    };
    let none = json!({ "totalCount": 0, "nodes": [] });
    let one = |side: &str, moves: Value| json!({ "totalCount": 1, "nodes": [{ "blockedOn": side, "expectedOfViewer": moves }] });
    assert_eq!(mine(&stage.civil, true).await, none);
    assert_eq!(mine(&stage.civil, false).await, one("OFFICE", json!([])));
    let expected = json!({ "expectedOfViewer": ["ACKNOWLEDGE"] });
    assert_eq!(
        stage.sees(&stage.officer, "expectedOfViewer").await,
        expected
    );
    stage
        .done(&stage.officer, "acknowledgeConcern", json!({}))
        .await;
    let ask = json!({ "question": "On which road?" });
    stage
        .done(&stage.officer, "requestClarification", ask)
        .await;
    assert_eq!(
        mine(&stage.civil, true).await,
        one("RAISER", json!(["CLARIFY"]))
    );
    let answer = json!({ "answer": "To the hostel." });
    stage.done(&stage.civil, "clarifyConcern", answer).await;
    assert_eq!(mine(&stage.civil, true).await, none);
    stage.answer(&stage.officer).await;
    let verdict = one("RAISER", json!(["ACCEPT", "DISPUTE"]));
    assert_eq!(mine(&stage.civil, true).await, verdict);
    for other in [&stage.officer, &stage.moderator, &stage.forum.visitor()] {
        assert_eq!(mine(other, false).await, none);
    }
}

#[tokio::test]
async fn moderators_see_what_is_before_nobody_sent_on_often_or_late() {
    let mut stage = Stage::new().await;
    let document = "query($queue: ModerationQueue!) { viewer { moderationDesk { \
        concerns(filter: {queue: $queue}) { totalCount nodes { title } } } } }";
    let queue = async |stage: &Stage, queue: &str| {
        let seen = stage
            .moderator
            .run(document, json!({ "queue": queue }))
            .await;
        let list = &seen["viewer"]["moderationDesk"]["concerns"];
        let nodes = list["nodes"].as_array().expect("a list");
        assert_eq!(list["totalCount"], nodes.len());
        let title = |node: &Value| node["title"].as_str().expect("a title").to_owned();
        let mut titles = nodes.iter().map(title).collect::<Vec<_>>();
        titles.sort_unstable();
        titles
    };
    let input = json!({ "title": "Before nobody", "body": "On the road.", "category": "DRG",
        "region": "SD", "audience": "PUBLIC" });
    stage.civil.done("raiseConcern", input, "").await;
    assert_eq!(queue(&stage, "UNASSIGNED").await, ["Before nobody"]);
    let id = raised(&stage, "Sent on", "PUBLIC").await;
    stage.about(&id);
    let offices = "{ agency(code: \"POL_PB\") { offices { id name } } }";
    let offices = stage.civil.run(offices, json!({})).await["agency"]["offices"].take();
    let named = |name: &str| {
        let found = offices
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name);
        json!({ "office": found.unwrap()["id"], "reason": "Theirs" })
    };
    // Twice is often, once is not.
    stage
        .done(&stage.officer, "referConcern", named("Traffic"))
        .await;
    assert!(queue(&stage, "REFERRED_OFTEN").await.is_empty());
    let back = named("SP Investigation, Lahore");
    stage.done(&stage.colleague, "referConcern", back).await;
    assert_eq!(queue(&stage, "REFERRED_OFTEN").await, ["Sent on"]);
    // Due a week from Monday; what is confidential he sees where he claimed it.
    let both = vec!["Sent on", "Students are searched without reason"];
    for (days, late) in [(7, vec![]), (1, both)] {
        stage.forum.clock.advance(Duration::days(days));
        stage.again().await;
        assert_eq!(queue(&stage, "OVERDUE").await, late);
    }
    let desk = "{ viewer { moderationDesk { __typename } } }";
    for other in [&stage.officer, &stage.civil, &stage.forum.visitor()] {
        let seen = other.run(desk, json!({})).await;
        assert_eq!(seen["viewer"]["moderationDesk"], Value::Null);
    }
}

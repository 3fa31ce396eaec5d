//! Leaving: what is gone, what stays, and that all else goes on.

use mukalma_tests::{Client, PASSWORD, TestForum};
use serde_json::{Value, json};

use super::super::audit::audit;
use super::{account_of, by_hand, delete, erased, number, register, say, tables_with};

/// Somebody with words of his in everything that he can write, and others who
/// answered some of it.
struct Leaver {
    forum: TestForum,
    who: Client,
    youth: Client,
    id: String,
    /// A thread of his that somebody answered.
    answered: Value,
    /// One that nobody did.
    alone: Value,
    /// His post that somebody answered, and his last.
    first: Value,
    last: Value,
    /// Somebody else's thread.
    theirs: Value,
}

const LOGIN: &str = "canary-login";
const NAME: &str = "Canary Name";
const MAIL: &str = "canary-mail@example.org";

async fn start(who: &Client, forum: &TestForum, title: &str, body: &str) -> Value {
    let input = json!({
        "kind": "DISCUSSION", "title": title, "body": body, "audience": "PUBLIC",
    });
    let started = who.done("startThread", input, "thread { id status }").await;
    if started["thread"]["status"] == "HELD" {
        let moderator = forum.sign_in("moderator").await;
        let release = json!({ "threadId": started["thread"]["id"] });
        moderator.done("releaseThread", release, "").await;
    }
    started["thread"]["id"].clone()
}

impl Leaver {
    async fn new() -> Self {
        let forum = TestForum::new().await;
        let who = register(&forum, LOGIN, NAME, MAIL).await;
        // Somebody who may write as much as he likes.
        by_hand(&forum, "UPDATE account SET established_at = created_at").await;
        let youth = forum.sign_in("youth").await;
        let answered = start(&who, &forum, "canary-title-1", "canary-body-1").await;
        let alone = start(&who, &forum, "canary-title-2", "canary-body-2").await;
        let theirs = forum.open_discussion(&youth, "PUBLIC").await;
        let first = say(&who, &answered, "canary-post-0").await;
        let edit = json!({ "postId": first, "body": "canary-post-1" });
        who.done("editPost", edit, "").await;
        let spoken = say(&youth, &answered, "I heard you.").await;
        let last = say(&who, &theirs, "canary-post-2").await;
        let flag = json!({ "subjectId": spoken, "reason": "SPAM", "note": "canary-note" });
        who.done("flag", flag, "").await;
        let flag = json!({ "subjectId": first, "reason": "SPAM", "note": "It sells." });
        youth.done("flag", flag, "").await;
        for act in ["endorseThread", "followThread"] {
            who.done(act, json!({ "threadId": theirs }), "").await;
        }
        let mail = json!({ "reason": "OWN", "frequency": "OFF", "clientMutationId": "canary" });
        who.done("setMailPreference", mail, "").await;
        let input = json!({
            "title": "canary-title-3", "body": "canary-body-3", "facts": "canary-facts",
            "category": "DRG", "region": "PB",
        });
        let raised = who.done("raiseConcern", input, "thread { id }").await;
        let concern = raised["thread"]["id"].clone();
        let officer = forum.sign_in("officer").await;
        let of = json!({ "threadId": concern });
        officer.done("acknowledgeConcern", of, "").await;
        let asks = json!({ "threadId": concern, "question": "Where?" });
        officer.done("requestClarification", asks, "").await;
        let tells = json!({ "threadId": concern, "answer": "canary-answer" });
        who.done("clarifyConcern", tells, "").await;
        let report = json!({
            "threadId": concern, "agency": "POL_PB", "body": "canary-retaliation",
        });
        let reported = who.act("reportRetaliation", report, "").await;
        assert_eq!(reported["userErrors"], json!([]), "{reported}");
        Self {
            id: account_of(&who).await,
            forum,
            who,
            youth,
            answered,
            alone,
            first,
            last,
            theirs,
        }
    }

    async fn leaves(&self, posts: &str) -> Value {
        let stays = delete(&self.who, posts).await;
        erased(&self.forum).await;
        stays
    }

    async fn found(&self, needle: &str) -> Vec<String> {
        tables_with(&self.forum, needle).await
    }

    /// A thread with its posts, as a visitor sees it.
    async fn page(&self, thread: &Value) -> Value {
        let document = "query($id: ID!) { thread(id: $id) { title body author { name \
            constituency } postCount endorsementCount posts(first: 10) { nodes { id body \
            author { name } } } } }";
        let visitor = self.forum.visitor();
        visitor.run(document, json!({ "id": thread })).await["thread"].take()
    }
}

#[tokio::test]
async fn whoever_left_signs_in_no_more_and_his_socket_ends() {
    let forum = TestForum::new().await;
    let who = register(&forum, LOGIN, NAME, MAIL).await;
    let watch = "subscription { viewerEvents { cursor } }";
    let mut watch = who.watch(watch, json!({})).await;
    delete(&who, "KEEP").await;
    assert_eq!(watch.end().await, "4403");
    let answer = who.send("{ viewer { language } }", json!({})).await;
    assert_eq!(answer.code(), "UNAUTHENTICATED");
    let sign_in = json!({ "login": LOGIN, "password": PASSWORD });
    let visitor = forum.visitor();
    assert_eq!(
        visitor.refused("signIn", sign_in.clone()).await,
        "SIGN_IN_FAILED"
    );
    // Nobody else gets the name, now or later.
    let again = json!({
        "login": LOGIN, "displayName": "Another", "password": PASSWORD, "constituency": "EXPERT",
    });
    assert_eq!(
        visitor.refused("registerAccount", again.clone()).await,
        "TAKEN"
    );
    erased(&forum).await;
    assert_eq!(visitor.refused("signIn", sign_in).await, "SIGN_IN_FAILED");
    assert_eq!(visitor.refused("registerAccount", again).await, "TAKEN");
    assert_eq!(
        number(&forum, "SELECT COUNT(*) FROM job WHERE kind = 'erase'").await,
        0
    );
}

#[tokio::test]
async fn his_name_is_gone_at_once_and_from_every_answer() {
    let leaver = Leaver::new().await;
    assert_eq!(leaver.page(&leaver.answered).await["author"]["name"], NAME);
    let watch = "subscription($id: ID!) { threadEvents(threadId: $id) { __typename } }";
    let id = json!({ "id": leaver.answered });
    let mut watch = leaver.youth.watch(watch, id).await;
    delete(&leaver.who, "KEEP").await;
    let page = leaver.page(&leaver.answered).await;
    assert_eq!(page["author"]["name"], "a former member");
    assert_eq!(page["author"]["constituency"], "EXPERT");
    assert_eq!(
        page["posts"]["nodes"][0]["author"]["name"],
        "a former member"
    );
    for canary in [LOGIN, NAME, MAIL] {
        assert_eq!(leaver.found(canary).await, [""; 0], "{canary}");
    }
    erased(&leaver.forum).await;
    // Whoever looks at it is told to look again.
    let changed = watch.next().await;
    assert_eq!(changed["threadEvents"]["__typename"], "ThreadChanged");
    let ur = leaver.forum.visitor().in_urdu();
    let document = "query($id: ID!) { thread(id: $id) { author { name } } }";
    let seen = ur.run(document, json!({ "id": leaver.answered })).await;
    assert_eq!(seen["thread"]["author"]["name"], "سابق رکن");
}

#[tokio::test]
async fn what_he_chose_to_keep_stays_and_nothing_else_of_him_is_found() {
    let leaver = Leaver::new().await;
    let flags = "SELECT SUM(flags) FROM reviewable";
    let flagged = number(&leaver.forum, &format!("SELECT CAST(({flags}) AS bigint)")).await;
    let stays = leaver.leaves("KEEP").await;
    let kinds: Vec<&Value> = stays
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert!(kinds.contains(&&json!("WORDS")) && !kinds.contains(&&json!("OFFICE_WORDS")));
    for canary in [
        LOGIN,
        NAME,
        MAIL,
        "canary-facts",
        "canary-note",
        "canary-retaliation",
    ] {
        assert_eq!(leaver.found(canary).await, [""; 0], "{canary}");
    }
    // An id that leads nowhere: that his rights changed.
    let left = leaver.found(&leaver.id).await;
    assert!(left.iter().all(|table| table == "event"), "{left:?}");
    let page = leaver.page(&leaver.answered).await;
    assert_eq!(
        (&page["title"], &page["body"]),
        (&json!("canary-title-1"), &json!("canary-body-1"))
    );
    assert_eq!(page["posts"]["nodes"][0]["body"], "canary-post-1");
    assert_eq!(leaver.page(&leaver.theirs).await["endorsementCount"], 0);
    // Decisions were made by these numbers.
    assert_eq!(
        number(&leaver.forum, &format!("SELECT CAST(({flags}) AS bigint)")).await,
        flagged
    );
    assert_eq!(number(&leaver.forum, "SELECT COUNT(*) FROM flag").await, 1);
}

#[tokio::test]
async fn what_he_erased_is_nowhere_and_a_mark_stands_for_what_was_answered() {
    let leaver = Leaver::new().await;
    leaver.leaves("ERASE").await;
    for canary in ["canary", "Canary"] {
        assert_eq!(leaver.found(canary).await, [""; 0], "{canary}");
    }
    let mark = json!("(erased by the author)");
    let page = leaver.page(&leaver.answered).await;
    assert_eq!((&page["title"], &page["body"]), (&mark, &mark));
    let nodes = page["posts"]["nodes"].as_array().unwrap();
    assert_eq!((&nodes[0]["id"], &nodes[0]["body"]), (&leaver.first, &mark));
    assert_eq!(nodes[1]["body"], "I heard you.");
    assert_eq!(page["postCount"], 2);
    // What nobody answered is not there.
    assert_eq!(leaver.page(&leaver.alone).await, Value::Null);
    let theirs = leaver.page(&leaver.theirs).await;
    assert_eq!(
        (&theirs["postCount"], &theirs["posts"]["nodes"]),
        (&json!(0), &json!([]))
    );
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let seen = leaver.youth.run(node, json!({ "id": leaver.last })).await;
    assert_eq!(seen["node"], Value::Null);
}

#[tokio::test]
async fn what_a_moderator_held_and_its_author_erased_waits_for_nobody() {
    let leaver = Leaver::new().await;
    let moderator = leaver.forum.sign_in("moderator").await;
    let hold = json!({
        "subjectId": leaver.last, "act": "HOLD", "reason": "SPAM", "text": "By the rules.",
    });
    moderator.done("moderate", hold, "").await;
    let waits = "SELECT COUNT(*) FROM reviewable WHERE flags = 0 AND decided_at IS NULL";
    assert_eq!(number(&leaver.forum, waits).await, 1);
    leaver.leaves("ERASE").await;
    assert_eq!(number(&leaver.forum, waits).await, 0);
}

#[tokio::test]
async fn his_concern_is_withdrawn_and_the_office_is_told() {
    let forum = TestForum::new().await;
    let (civil, officer) = (forum.sign_in("civil").await, forum.sign_in("officer").await);
    let concern = forum.open_concern(&civil).await;
    let watch = "subscription($id: ID!) { threadEvents(threadId: $id) { __typename } }";
    let mut watch = officer.watch(watch, json!({ "id": concern })).await;
    delete(&civil, "KEEP").await;
    erased(&forum).await;
    let told = watch.next().await;
    assert_eq!(told["threadEvents"]["__typename"], "ConcernMoved");
    let document = "query($id: ID!) { thread(id: $id) { state title } }";
    let seen = officer.run(document, json!({ "id": concern })).await;
    assert_eq!(seen["thread"]["state"], "WITHDRAWN");
    assert_eq!(
        seen["thread"]["title"],
        "Students are searched without reason"
    );
    assert_eq!(number(&forum, "SELECT COUNT(*) FROM case_facts").await, 0);
    // The figures are what a recount comes to.
    forum.forum.count_concerns().await.unwrap();
    let counted = forum.store().read().all_counted().await.unwrap();
    assert_eq!(counted.len(), 1);
    let now = forum.forum.time();
    let recount = forum
        .store()
        .write(now, async |tx| tx.count_all_anew().await);
    recount.await.unwrap();
    forum.forum.count_concerns().await.unwrap();
    assert_eq!(forum.store().read().all_counted().await.unwrap(), counted);
}

#[tokio::test]
async fn the_audit_log_is_whole_and_names_him_no_more() {
    let leaver = Leaver::new().await;
    let openings = "SELECT COUNT(*) FROM audit_opening";
    let before = number(&leaver.forum, openings).await;
    delete(&leaver.who, "KEEP").await;
    let (_, listed) = audit(&leaver.forum, &["list"]).await;
    assert!(listed.contains("\tdeleteAccount\t"), "{listed}");
    erased(&leaver.forum).await;
    let (whole, said) = audit(&leaver.forum, &["verify"]).await;
    assert!(whole && said.contains("says what it said"), "{said}");
    assert!(number(&leaver.forum, openings).await <= before);
    let (_, listed) = audit(&leaver.forum, &["list"]).await;
    let line = listed
        .lines()
        .find(|line| line.contains("\tdeleteAccount\t"))
        .unwrap();
    assert!(line.contains("(erased)"), "{line}");
    assert!(listed.contains("\terase\t"), "{listed}");
}

#[tokio::test]
async fn a_wrong_password_an_app_and_a_visitor_delete_nothing() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let input = json!({ "password": "not the password", "posts": "ERASE" });
    assert_eq!(
        civil.refused("deleteAccount", input.clone()).await,
        "SIGN_IN_FAILED"
    );
    let long = json!({ "password": "x".repeat(1_000), "posts": "ERASE" });
    assert_eq!(civil.refused("deleteAccount", long).await, "SIGN_IN_FAILED");
    let document = "mutation($input: DeleteAccountInput!) { deleteAccount(input: $input) \
                    { stays { kind } userErrors { code } } }";
    let visitor = forum.visitor();
    let answer = visitor.send(document, json!({ "input": input })).await;
    assert_eq!(answer.code(), "UNAUTHENTICATED");
    assert_eq!(
        number(
            &forum,
            "SELECT COUNT(*) FROM account WHERE standing <> 'ACTIVE'"
        )
        .await,
        0
    );
    civil.run("{ viewer { language } }", json!({})).await;
}

#[tokio::test]
async fn attempts_to_delete_are_limited_like_those_to_sign_in() {
    let open = domain::people::RegistrationMode::Open;
    let settings = [("login.burst", "2"), ("login.per_minute", "1")];
    let forum = TestForum::with(true, open, &settings).await;
    let civil = forum.sign_in("civil").await;
    let document = "mutation($input: DeleteAccountInput!) { deleteAccount(input: $input) \
                    { userErrors { code } } }";
    let input = json!({ "input": { "password": "not the password", "posts": "KEEP" } });
    for _ in 0..2 {
        assert_eq!(civil.send(document, input.clone()).await.code(), "");
    }
    assert_eq!(civil.send(document, input).await.code(), "RATE_LIMITED");
}

#[tokio::test]
async fn the_last_administrator_stays_until_there_is_another() {
    let forum = TestForum::new().await;
    let admin = forum.sign_in("admin").await;
    let input = json!({ "password": PASSWORD, "posts": "KEEP" });
    let payload = admin.act("deleteAccount", input, "").await;
    let why = &payload["userErrors"][0];
    assert_eq!(why["code"], "INVALID");
    assert_eq!(why["message"], "The last administrator stays one.");
    let civil = forum.sign_in("civil").await;
    let seen = civil.run("{ viewer { account { id } } }", json!({})).await;
    let duty = json!({ "account": seen["viewer"]["account"]["id"], "duty": "ADMINISTRATOR" });
    admin.done("grantDuty", duty, "").await;
    delete(&admin, "KEEP").await;
    erased(&forum).await;
    let held = "SELECT COUNT(*) FROM account_duty WHERE duty = 'ADMINISTRATOR'";
    assert_eq!(number(&forum, held).await, 1);
    let (whole, said) = audit(&forum, &["verify"]).await;
    assert!(whole, "{said}");
}

#[tokio::test]
async fn of_two_last_administrators_who_leave_at_once_one_stays() {
    let forum = TestForum::new().await;
    let duties = [domain::people::Duty::Administrator];
    forum
        .install("second", domain::people::Constituency::Expert, &duties)
        .await;
    let both = [forum.sign_in("admin").await, forum.sign_in("second").await];
    let input = json!({ "password": PASSWORD, "posts": "KEEP" });
    let left = both
        .each_ref()
        .map(|one| one.act("deleteAccount", input.clone(), ""));
    let left = futures_util::future::join_all(left).await;
    let refused = left
        .iter()
        .filter(|one| one["userErrors"] != json!([]))
        .count();
    assert_eq!(refused, 1, "{left:?}");
}

#[tokio::test]
async fn of_two_last_administrators_who_take_the_duty_from_each_other_one_stays() {
    let forum = TestForum::new().await;
    let duties = [domain::people::Duty::Administrator];
    forum
        .install("second", domain::people::Constituency::Expert, &duties)
        .await;
    let both = [forum.sign_in("admin").await, forum.sign_in("second").await];
    let mut ids = Vec::new();
    for one in &both {
        let mut seen = one.run("{ viewer { account { id } } }", json!({})).await;
        ids.push(seen["viewer"]["account"]["id"].take());
    }
    let duty = |account: &Value| json!({ "account": account, "duty": "ADMINISTRATOR" });
    let first = both[0].act("revokeDuty", duty(&ids[1]), "");
    let second = both[1].act("revokeDuty", duty(&ids[0]), "");
    let (first, second) = futures_util::join!(first, second);
    let refused = [&first, &second].map(|one| one["userErrors"] != json!([]));
    assert_eq!(
        refused.iter().filter(|one| **one).count(),
        1,
        "{first} {second}"
    );
}

#[tokio::test]
async fn an_officers_answer_is_the_offices_and_what_he_had_in_hand_is_on_the_desk() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let officer = forum.sign_in("officer").await;
    let (done, open) = (
        forum.open_concern(&civil).await,
        forum.open_concern(&civil).await,
    );
    for concern in [&done, &open] {
        let of = json!({ "threadId": concern });
        officer.done("takeConcern", of.clone(), "").await;
        officer.done("acknowledgeConcern", of, "").await;
    }
    let answer = json!({
        "threadId": done, "body": "It has ended.", "outcome": { "resolved": true },
    });
    officer.done("respondToConcern", answer, "").await;
    let stays = delete(&officer, "ERASE").await;
    let kinds = stays.as_array().unwrap();
    assert!(kinds.iter().any(|one| one["kind"] == "OFFICE_WORDS"));
    erased(&forum).await;
    let document =
        "query($id: ID!) { thread(id: $id) { state responses { body office { name } } } }";
    let seen = civil.run(document, json!({ "id": done })).await;
    assert_eq!(seen["thread"]["responses"][0]["body"], "It has ended.");
    let name = &seen["thread"]["responses"][0]["office"]["name"];
    assert_eq!(name, "SP Investigation, Lahore");
    let taken = "SELECT COUNT(*) FROM thread WHERE officer IS NOT NULL AND state <> 'ANSWERED'";
    assert_eq!(number(&forum, taken).await, 0);
}

#[tokio::test]
async fn an_erasure_that_was_cut_off_is_ended_by_the_next_server() {
    let leaver = Leaver::new().await;
    delete(&leaver.who, "ERASE").await;
    let Leaver { forum, .. } = leaver;
    // A node takes the job and is killed; another one starts.
    let now = forum.forum.time();
    let lease = forum.store().write(now, async |tx| {
        tx.lease_jobs("erase", now + chrono::Duration::minutes(5), 1)
            .await
    });
    lease.await.unwrap();
    let settings = forum.database.settings();
    let forum = forum.again(&settings).await;
    erased(&forum).await;
    assert_eq!(tables_with(&forum, "canary").await, [""; 0]);
    let (whole, said) = audit(&forum, &["verify"]).await;
    assert!(whole, "{said}");
}

#[tokio::test]
async fn two_nodes_erase_once() {
    let leaver = Leaver::new().await;
    let other = leaver.forum.another_node().await;
    delete(&leaver.who, "ERASE").await;
    for _ in 0..20 {
        let (one, two) = futures_util::future::join(
            Box::pin(leaver.forum.forum.run_clocks()),
            Box::pin(other.run_clocks()),
        )
        .await;
        one.and(two).unwrap();
        leaver.forum.clock.advance(chrono::Duration::minutes(3));
    }
    erased(&leaver.forum).await;
    let page = leaver.page(&leaver.answered).await;
    assert_eq!(page["postCount"], 2);
    assert_eq!(leaver.page(&leaver.theirs).await["endorsementCount"], 0);
}

#[tokio::test]
async fn everything_else_goes_on() {
    for posts in ["KEEP", "ERASE"] {
        let leaver = Leaver::new().await;
        let moderator = leaver.forum.sign_in("moderator").await;
        leaver.leaves(posts).await;
        say(&leaver.youth, &leaver.answered, "I still do.").await;
        let queue = "{ viewer { moderationDesk { reviewables(first: 10) { nodes { id body } } } } \
                     modlog(first: 10) { nodes { id } } threads(first: 20) { nodes { title } } }";
        let seen = moderator.run(queue, json!({})).await;
        let waiting = &seen["viewer"]["moderationDesk"]["reviewables"]["nodes"];
        assert_eq!(waiting.as_array().unwrap().len(), 2);
        let flag = json!({ "subjectId": leaver.first, "reason": "ABUSE" });
        leaver
            .forum
            .sign_in("expert")
            .await
            .done("flag", flag, "")
            .await;
        let decided = json!({ "subjectId": leaver.first, "act": "MINIMIZE", "reason": "SPAM",
            "text": "By the rules." });
        moderator.done("moderate", decided, "").await;
        leaver.forum.forum.send_mail().await.unwrap();
        leaver.forum.forum.retract_hidden().await.unwrap();
        server::backup::digest(leaver.forum.store()).await.unwrap();
        let (whole, said) = audit(&leaver.forum, &["verify"]).await;
        assert!(whole, "{said}");
    }
}

/// More than one bite of everything.
#[tokio::test]
async fn much_goes_in_bites_until_nothing_is_left() {
    let leaver = Leaver::new().await;
    for n in 0..120 {
        say(&leaver.who, &leaver.theirs, &format!("canary-many-{n}")).await;
    }
    leaver.leaves("ERASE").await;
    assert_eq!(leaver.found("canary").await, [""; 0]);
    assert_eq!(leaver.page(&leaver.theirs).await["postCount"], 0);
}

#[tokio::test]
async fn what_he_did_meanwhile_on_a_node_that_had_not_heard_goes_too() {
    let leaver = Leaver::new().await;
    delete(&leaver.who, "ERASE").await;
    for _ in 0..20 {
        leaver.forum.forum.run_clocks().await.unwrap();
    }
    let late = "UPDATE post SET body = 'canary-late' WHERE id = (SELECT MIN(id) FROM post)";
    let late = if leaver.forum.database.is_postgres() {
        late.replace("MIN(id)", "id")
            .replace("FROM post)", "FROM post ORDER BY id LIMIT 1)")
    } else {
        late.to_owned()
    };
    by_hand(&leaver.forum, &late).await;
    erased(&leaver.forum).await;
    assert_eq!(leaver.found("canary").await, [""; 0]);
}

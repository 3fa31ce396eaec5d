//! Who decides on a sanction: two moderators of different constituencies, and
//! never an official.

use chrono::Duration;
use domain::people::Constituency;
use serde_json::{Value, json};

use super::super::{Square, official, say, together};
use super::{after, another, desk, heavy, imposed, lifting, own, panel, propose, verdict, warning};

#[tokio::test]
async fn what_weighs_more_than_a_warning_takes_a_second_of_another_constituency() {
    let square = Square::new().await;
    let forum = &square.forum;
    let peer = another(forum, "peer", Constituency::CivilSociety).await;
    let panelist = panel(forum).await;
    let input = heavy(forum, &square.post, "SILENCE", "EVERYTHING");
    let proposed = propose(&square.moderator, input).await;
    assert_eq!(
        (&proposed["decision"], &proposed["stands"]),
        (&Value::Null, &json!(false))
    );
    let id = &proposed["id"];
    assert_eq!(own(&square.civil, "kind").await, json!([]));
    say(&square.civil, &square.thread, "I am still here.").await;
    for (who, may) in [
        (&square.moderator, false),
        (&peer, false),
        (&panelist, true),
    ] {
        let waiting = desk(who, "WAITING", "id viewerCanDecide").await;
        assert_eq!(waiting, json!([{ "id": id, "viewerCanDecide": may }]));
    }
    for who in [&square.moderator, &peer] {
        let code = who.refused("decideSanction", verdict(id, "APPROVE")).await;
        assert_eq!(code, "CONFLICT_OF_INTEREST");
    }
    for who in [&square.youth, &square.civil] {
        let code = who.refused("decideSanction", verdict(id, "APPROVE")).await;
        assert_eq!(code, "NOT_FOUND");
    }
    panelist
        .done("decideSanction", verdict(id, "APPROVE"), "")
        .await;
    assert_eq!(
        own(&square.civil, "kind scope").await,
        json!([{ "kind": "SILENCE", "scope": "EVERYTHING" }])
    );
    assert_eq!(desk(&panelist, "WAITING", "id").await, json!([]));
    let standing = desk(&peer, "STANDING", "id viewerCanLift").await;
    assert_eq!(standing, json!([{ "id": id, "viewerCanLift": true }]));
}

#[tokio::test]
async fn a_moderator_who_becomes_an_official_decides_nothing_and_his_proposals_count_no_more() {
    let square = Square::new().await;
    let forum = &square.forum;
    let panelist = panel(forum).await;
    let young = another(forum, "young", Constituency::Youth).await;
    let input = heavy(forum, &square.post, "SILENCE", "THREAD");
    let his = propose(&panelist, input.clone()).await["id"].take();
    let wider = heavy(forum, &square.post, "SILENCE", "EVERYTHING");
    let another = propose(&square.moderator, wider).await["id"].take();
    let standing = imposed(&square, &young, &square.post, ["SUSPEND", "THREAD"]).await;
    let twice = square.moderator.refused("proposeSanction", input.clone());
    assert_eq!(twice.await, "ALREADY_PROPOSED");
    let panelist = official(forum, "panelist").await;
    // What nobody may decide on is in nobody's way.
    propose(&square.moderator, input.clone()).await;
    let code = square
        .moderator
        .refused("decideSanction", verdict(&his, "APPROVE"))
        .await;
    assert_eq!(code, "FORBIDDEN");
    let shown = desk(&square.moderator, "WAITING", "id viewerCanDecide").await;
    assert!(shown.as_array().unwrap().contains(&json!({
        "id": his, "viewerCanDecide": false,
    })));
    for (act, input) in [
        ("proposeSanction", input),
        ("proposeSanction", warning(&square.post)),
        ("decideSanction", verdict(&another, "APPROVE")),
        ("liftSanction", lifting(&standing)),
    ] {
        assert_eq!(panelist.refused(act, input).await, "FORBIDDEN", "{act}");
    }
    // What another proposed, another may still decide.
    young
        .done("decideSanction", verdict(&another, "APPROVE"), "")
        .await;
}

#[tokio::test]
async fn whoever_moderates_no_more_or_is_silenced_himself_proposed_nothing() {
    let square = Square::new().await;
    let forum = &square.forum;
    let panelist = panel(forum).await;
    let young = another(forum, "young", Constituency::Youth).await;
    let mut input = heavy(forum, &square.post, "SILENCE", "THREAD");
    input["until"] = after(forum, Duration::days(5));
    let id = propose(&panelist, input).await["id"].take();
    let words = say(&panelist, &square.thread, "Silence, all of you!").await;
    imposed(&square, &young, &words, ["SILENCE", "EVERYTHING"]).await;
    let code = square
        .moderator
        .refused("decideSanction", verdict(&id, "APPROVE"))
        .await;
    assert_eq!(code, "FORBIDDEN");
    let input = verdict(&id, "APPROVE");
    assert_eq!(panelist.refused("decideSanction", input).await, "FORBIDDEN");
    forum.clock.advance(Duration::days(2));
    let again = forum.sign_in("young").await;
    again
        .done("decideSanction", verdict(&id, "REJECT"), "")
        .await;
}

#[tokio::test]
async fn no_colleague_of_the_author_sanctions_him() {
    let square = Square::new().await;
    let forum = &square.forum;
    let panelist = panel(forum).await;
    let input = heavy(forum, &square.post, "SILENCE", "THREAD");
    let id = propose(&square.moderator, input.clone()).await["id"].take();
    // He wrote it before he belonged anywhere.
    let [_, colleague] = together(forum, ["civil", "panelist"]).await;
    for (act, input) in [
        ("proposeSanction", input),
        ("proposeSanction", warning(&square.post)),
        ("decideSanction", verdict(&id, "APPROVE")),
    ] {
        let code = colleague.refused(act, input).await;
        assert_eq!(code, "CONFLICT_OF_INTEREST", "{act}");
    }
    drop(panelist);
    let own = say(&square.moderator, &square.thread, "My own words.").await;
    let code = square.moderator.refused("proposeSanction", warning(&own));
    assert_eq!(code.await, "CONFLICT_OF_INTEREST");
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_does() {
    let square = Square::new().await;
    let forum = &square.forum;
    let panelist = panel(forum).await;
    let young = another(forum, "young", Constituency::Youth).await;
    let input = heavy(forum, &square.post, "SILENCE", "THREAD");
    let id = propose(&square.moderator, input).await["id"].take();
    let selection = "sanction { decision }";
    let (one, two) = tokio::join!(
        panelist.act("decideSanction", verdict(&id, "APPROVE"), selection),
        young.act("decideSanction", verdict(&id, "REJECT"), selection),
    );
    let (won, lost) = if one["userErrors"] == json!([]) {
        (one, two)
    } else {
        (two, one)
    };
    assert_eq!(lost["userErrors"][0]["code"], "ALREADY_DECIDED");
    let approved = won["sanction"]["decision"] == "APPROVE";
    let count = own(&square.civil, "kind").await.as_array().unwrap().len();
    assert_eq!(count, usize::from(approved));
}

#[tokio::test]
async fn the_last_administrator_stays_one_also_before_a_panel() {
    let square = Square::new().await;
    let panelist = panel(&square.forum).await;
    let admin = square.forum.sign_in("admin").await;
    let words = say(&admin, &square.thread, "You are all fools.").await;
    let input = heavy(&square.forum, &words, "BAN", "EVERYTHING");
    let id = propose(&square.moderator, input).await["id"].take();
    let code = panelist.refused("decideSanction", verdict(&id, "APPROVE"));
    assert_eq!(code.await, "INVALID");
    let seen = admin
        .run("{ viewer { account { login } } }", json!({}))
        .await;
    assert_eq!(seen["viewer"]["account"]["login"], "admin");
    // Whoever is silenced may still administer.
    let input = heavy(&square.forum, &words, "SILENCE", "EVERYTHING");
    let id = propose(&square.moderator, input).await["id"].take();
    let approve = verdict(&id, "APPROVE");
    panelist.done("decideSanction", approve, "").await;
}

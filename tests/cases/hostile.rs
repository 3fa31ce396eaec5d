//! Documents made to hurt, sent to a server.

use door::guard::corpus::{FORUM, Hostile, corpus};
use mukalma_tests::TestForum;

#[tokio::test]
async fn every_hostile_document_is_refused_without_a_statement() {
    let forum = TestForum::new().await;
    let civil = forum.sign_in("civil").await;
    let corpus = corpus(FORUM);
    assert!(corpus.len() >= 2_000, "{}", corpus.len());
    for Hostile {
        family,
        number,
        body,
    } in corpus
    {
        let start: String = body.chars().take(300).collect();
        let mut statements = forum.store().statements();
        let mut answer = civil.post(body.clone().into_bytes()).await;
        if forum.store().statements() != statements {
            // Who asks is looked up anew each minute: not twice in a row.
            statements = forum.store().statements();
            answer = civil.post(body.into_bytes()).await;
        }
        let after = forum.store().statements();
        assert_eq!(after, statements, "{family} {number} costs: {start}");
        let refused = matches!(answer.status, 400 | 413);
        assert!(refused, "{family} {number} passed: {start}");
        let data = answer.body.get("data");
        assert!(data.is_none(), "{family} {number} was executed: {start}");
    }
}

//! What a browser gets that opens the API's address: GraphiQL from a folder, or
//! the explorer of our own, and never anything from elsewhere.

use std::path::Path;

use domain::people::RegistrationMode;
use mukalma_tests::TestForum;
use mukalma_tests::graphiql::{self, CONTENTS, FILES};
use reqwest::Response;
use reqwest::header::HeaderMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A forum whose folder of GraphiQL is this one.
async fn forum_with(folder: &Path) -> TestForum {
    let folder = folder.to_str().unwrap();
    TestForum::with(true, RegistrationMode::Open, &[("graphiql", folder)]).await
}

/// A forum with every file of the made-up GraphiQL in a folder.
async fn forum_with_graphiql() -> TestForum {
    let folder = tempfile::tempdir().unwrap();
    graphiql::write(folder.path());
    // What is served was read at the start: the folder may go.
    forum_with(folder.path()).await
}

async fn get(forum: &TestForum, path: &str, headers: &[(&'static str, &str)]) -> Response {
    let mut request = reqwest::Client::new().get(format!("http://{}{path}", forum.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// What a browser gets at the API's address: the headers and the page.
async fn page(forum: &TestForum) -> (HeaderMap, String) {
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let response = get(forum, "/graphql", &[("accept", accept)]).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    (headers, response.text().await.unwrap())
}

fn is_our_own(page: &str) -> bool {
    page.contains("cargo xtask graphiql") && page.contains("lang=\"ur\"")
}

#[tokio::test]
async fn without_the_folder_our_own_explorer_says_how_to_get_graphiql() {
    let folder = tempfile::tempdir().unwrap();
    for folder in [folder.path(), &folder.path().join("nowhere")] {
        let forum = forum_with(folder).await;
        assert!(is_our_own(&page(&forum).await.1));
        let asset = format!("/graphql/assets/{}", FILES[0].name);
        assert_eq!(get(&forum, &asset, &[]).await.status(), 404);
    }
}

#[tokio::test]
async fn with_the_folder_a_browser_gets_graphiql_and_nothing_from_elsewhere() {
    let forum = forum_with_graphiql().await;
    let (headers, page) = page(&forum).await;
    assert!(!is_our_own(&page));
    for name in ["lib-1.0.0.js", "lib-1.0.0.css"] {
        assert!(
            page.contains(&format!("=\"/graphql/assets/{name}\"")),
            "{page}"
        );
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    for loose in ["unsafe", "http:", "https:", "*", "strict-dynamic"] {
        assert!(!policy.contains(loose), "{policy}");
    }
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn every_page_has_a_nonce_of_its_own_and_its_policy_names_it() {
    let forum = forum_with_graphiql().await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let (headers, page) = page(&forum).await;
        let (_, rest) = page.split_once("nonce=\"").unwrap();
        let (nonce, _) = rest.split_once('"').unwrap();
        let policy = headers["content-security-policy"].to_str().unwrap();
        for directive in ["script-src", "style-src"] {
            assert!(
                policy.contains(&format!("{directive} 'nonce-{nonce}';")),
                "{policy}"
            );
        }
        let all = page.matches("nonce=\"").count();
        assert_eq!(page.matches(&format!("nonce=\"{nonce}\"")).count(), all);
        assert!(
            nonce.len() >= 24 && !seen.contains(&nonce.to_owned()),
            "{nonce}"
        );
        seen.push(nonce.to_owned());
    }
}

#[tokio::test]
async fn the_files_are_served_whole_with_their_type_and_kept_for_good() {
    let forum = forum_with_graphiql().await;
    let types = ["text/javascript", "text/css", "text/plain"];
    for ((file, content), of) in FILES.iter().zip(CONTENTS).zip(types) {
        let path = format!("/graphql/assets/{}", file.name);
        let response = get(&forum, &path, &[]).await;
        let headers = response.headers().clone();
        assert_eq!(response.text().await.unwrap(), content);
        assert_eq!(headers["content-type"], format!("{of}; charset=utf-8"));
        assert_eq!(
            headers["cache-control"],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
        assert_eq!(headers["etag"], format!("\"{}\"", file.sha256));

        let tag = headers["etag"].to_str().unwrap();
        let again = get(&forum, &path, &[("if-none-match", tag)]).await;
        assert_eq!(again.status(), 304);
        let other = get(&forum, &path, &[("if-none-match", "\"another\"")]).await;
        assert_eq!(other.status(), 200);
    }
}

#[tokio::test]
async fn a_browser_that_unpacks_gets_the_file_packed_under_a_tag_of_its_own() {
    let forum = forum_with_graphiql().await;
    let path = format!("/graphql/assets/{}", FILES[0].name);
    let packed = get(&forum, &path, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(packed.headers()["vary"], "accept-encoding");
    let tag = packed.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag, format!("\"{}-gzip\"", FILES[0].sha256));
    assert!(packed.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));
    let plain = get(&forum, &path, &[("if-none-match", &tag)]).await;
    assert_eq!(
        plain.status(),
        200,
        "a tag of the packed file is not the plain one's"
    );
}

#[tokio::test]
async fn only_the_files_by_their_names_are_served() {
    let folder = tempfile::tempdir().unwrap();
    graphiql::write(folder.path());
    std::fs::write(folder.path().join("secret.js"), "not to be read").unwrap();
    let forum = forum_with(folder.path()).await;
    let absolute = format!("/{}", folder.path().join("secret.js").display());
    for name in [
        "",
        ".",
        "..",
        "secret.js",
        "./lib-1.0.0.js",
        "../assets/lib-1.0.0.js/..",
        "../../../../../../../../etc/passwd",
        "..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5csecret.js",
        "..\\secret.js",
        "LIB-1.0.0.js",
        "lib-1.0.0.js%00",
        "lib-1.0.0.js%00.css",
        "lib-1.0.0.js/",
        "%2Fetc%2Fpasswd",
        "%252e%252e%252fsecret.js",
        &absolute,
    ] {
        let answer = raw(&forum, &format!("/graphql/assets/{name}")).await;
        let is_absent = answer.starts_with("HTTP/1.1 404 ");
        assert!(
            is_absent && answer.ends_with("\r\n\r\n"),
            "{name}: {answer}"
        );
    }
    let served = raw(&forum, "/graphql/assets/lib-1.0.0.js").await;
    assert!(served.starts_with("HTTP/1.1 200 "), "{served}");
}

/// The answer to a request whose path nobody tidied.
async fn raw(forum: &TestForum, path: &str) -> String {
    let mut stream = TcpStream::connect(forum.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: forum\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn files_are_only_read_by_get() {
    let forum = forum_with_graphiql().await;
    let path = format!("http://{}/graphql/assets/{}", forum.address, FILES[0].name);
    let client = reqwest::Client::new();
    assert_eq!(client.head(&path).send().await.unwrap().status(), 200);
    for request in [client.post(&path), client.put(&path), client.delete(&path)] {
        assert_eq!(request.send().await.unwrap().status(), 405);
    }
}

#[tokio::test]
async fn a_folder_in_disorder_is_not_served() {
    type Spoil = fn(&Path);
    let spoils: [Spoil; 4] = [
        |folder| std::fs::remove_file(folder.join(FILES[1].name)).unwrap(),
        |folder| std::fs::write(folder.join(FILES[1].name), "changed").unwrap(),
        |folder| std::fs::write(folder.join(FILES[1].name), "").unwrap(),
        |folder| {
            std::fs::remove_file(folder.join(FILES[1].name)).unwrap();
            std::fs::create_dir(folder.join(FILES[1].name)).unwrap();
        },
    ];
    for spoil in spoils {
        let folder = tempfile::tempdir().unwrap();
        graphiql::write(folder.path());
        spoil(folder.path());
        let forum = forum_with(folder.path()).await;
        assert!(is_our_own(&page(&forum).await.1));
        let whole = format!("/graphql/assets/{}", FILES[0].name);
        assert_eq!(get(&forum, &whole, &[]).await.status(), 404);
    }
}

#[test]
fn what_is_wrong_with_a_folder_is_named_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    graphiql::write(folder.path());
    std::fs::remove_file(folder.path().join(FILES[0].name)).unwrap();
    std::fs::write(folder.path().join(FILES[1].name), "changed").unwrap();
    let opened = door::graphiql::Graphiql::open(folder.path(), FILES, |_| {});
    let said = opened.unwrap_err().to_string();
    let expected = format!(
        "{} does not hold GraphiQL: {} is missing, {} is not the file it should be",
        folder.path().display(),
        FILES[0].name,
        FILES[1].name,
    );
    assert_eq!(said, expected);
}

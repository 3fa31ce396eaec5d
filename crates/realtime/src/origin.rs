//! Which web pages may open a websocket here.

/// Whether a handshake's `Origin` is the forum's own or one of `allowed`
/// (such as `https://forum.example.org`).
///
/// A browser always sends one, so its absence means a program, which no
/// foreign page can make act in somebody's name. `host` is the `Host` header.
pub fn origin_allowed(origin: Option<&str>, host: Option<&str>, allowed: &[String]) -> bool {
    let Some(origin) = origin else { return true };
    if allowed
        .iter()
        .any(|one| one.trim_end_matches('/').eq_ignore_ascii_case(origin))
    {
        return true;
    }
    let authority = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    match (authority, host) {
        (Some(authority), Some(host)) => !host.is_empty() && authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::origin_allowed;

    #[test]
    fn the_forums_own_pages_and_listed_ones_may_connect() {
        let allowed = ["https://app.example.org".to_owned()];
        for (origin, host, may) in [
            (None, Some("forum.example.org"), true),
            (
                Some("https://forum.example.org"),
                Some("forum.example.org"),
                true,
            ),
            (Some("http://127.0.0.1:8080"), Some("127.0.0.1:8080"), true),
            (
                Some("https://APP.example.org"),
                Some("forum.example.org"),
                true,
            ),
            (
                Some("https://forum.example.org.evil.example"),
                Some("forum.example.org"),
                false,
            ),
            (
                Some("https://evil.example"),
                Some("forum.example.org"),
                false,
            ),
            (
                Some("http://app.example.org"),
                Some("forum.example.org"),
                false,
            ),
            (Some("http://127.0.0.1:9090"), Some("127.0.0.1:8080"), false),
            (Some("null"), Some("null"), false),
            (Some("https://"), Some(""), false),
            (Some("https://forum.example.org"), None, false),
            (Some(""), Some("forum.example.org"), false),
        ] {
            assert_eq!(
                origin_allowed(origin, host, &allowed),
                may,
                "{origin:?} {host:?}"
            );
        }
    }
}

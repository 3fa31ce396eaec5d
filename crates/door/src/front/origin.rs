//! From which pages a browser may send us requests.

use axum::http::{HeaderMap, Uri, header};

/// Origins besides our own, as browsers write them: `https://forum.example`,
/// without a path.
///
/// Only browsers send `Origin`; a request without it comes from a program that
/// has no cookie it did not get for itself.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    others: Vec<String>,
}

impl Origins {
    /// Our own origin and these.
    pub fn and(others: impl IntoIterator<Item = String>) -> Self {
        let others = others.into_iter();
        let others = others.map(|origin| origin.trim_end_matches('/').to_ascii_lowercase());
        Self {
            others: others.collect(),
        }
    }

    /// Whether the request comes from a page that may send it, or from no page.
    pub fn allows(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => return true,
            (Some(origin), None) => origin,
            (Some(_), Some(_)) => return false,
        };
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let origin = origin.to_ascii_lowercase();
        if self.others.contains(&origin) {
            return true;
        }
        let host = headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let own = origin.parse::<Uri>().ok();
        let own = own.as_ref().and_then(Uri::authority);
        match (host, own) {
            (Some(host), Some(own)) => own.as_str().eq_ignore_ascii_case(host),
            // `null`, from a sandboxed frame or a file, or no host to compare.
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_known_pages_may_send_requests() {
        let origins = Origins::and(["https://App.example/".to_owned()]);
        for (origin, expected) in [
            ("http://forum.example:8080", true),
            ("https://FORUM.example:8080", true),
            ("https://app.example", true),
            ("http://app.example", false),
            ("http://forum.example", false),
            ("http://forum.example:8081", false),
            ("http://forum.example.evil.example:8080", false),
            ("http://forum.example:8080@evil.example", false),
            ("null", false),
            ("", false),
            ("https://evil.example", false),
        ] {
            let headers = HeaderMap::from_iter([
                (header::HOST, HeaderValue::from_static("forum.example:8080")),
                (header::ORIGIN, HeaderValue::from_static(origin)),
            ]);
            assert_eq!(origins.allows(&headers), expected, "{origin}");
        }
        assert!(origins.allows(&HeaderMap::new()));
    }
}

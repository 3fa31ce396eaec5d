//! The media types of requests and answers (RFC 9110, sections 8.3 and 12.5).

use axum::http::{HeaderMap, header};

/// A media type we answer in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`, whose status says what happened.
    GraphqlResponse,
    /// `application/json`, for clients that came before the other.
    Json,
}

impl Media {
    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The best media type that the client accepts; `application/json` when it says
/// nothing, or anything at all. Of equally good ones the more exactly named
/// wins, and then `application/graphql-response+json`.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Media> {
    if !headers.contains_key(header::ACCEPT) {
        return Some(Media::Json);
    }
    let wanted = |name| quality(headers, "application", name).filter(|it| it.thousandths > 0);
    match (wanted("graphql-response+json"), wanted("json")) {
        (Some(response), Some(json)) if response.exact < 2 || response < json => Some(Media::Json),
        (Some(_), _) => Some(Media::GraphqlResponse),
        (None, Some(_)) => Some(Media::Json),
        (None, None) => None,
    }
}

/// Whether the client reads server-sent events; also when it says nothing.
pub fn reads_events(headers: &HeaderMap) -> bool {
    !headers.contains_key(header::ACCEPT)
        || quality(headers, "text", "event-stream").is_some_and(|it| it.thousandths > 0)
}

/// Whether a browser navigates here: it names `text/html`, and not a type of
/// ours at least as much.
pub(super) fn prefers_page(headers: &HeaderMap) -> bool {
    let Some(page) = quality(headers, "text", "html").filter(|page| page.exact == 2) else {
        return false;
    };
    let ours = [
        quality(headers, "application", "json"),
        quality(headers, "application", "graphql-response+json"),
    ];
    page.thousandths > 0
        && ours
            .into_iter()
            .flatten()
            .all(|our| our.thousandths < page.thousandths || our.exact < page.exact)
}

/// How much a type is wanted, compared first by weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Quality {
    thousandths: u16,
    /// 2 when named whole, 1 when by its kind, 0 by `*/*`.
    exact: u8,
}

/// The weight of a type: of the most exact range that covers it.
fn quality(headers: &HeaderMap, kind: &str, name: &str) -> Option<Quality> {
    let values = headers.get_all(header::ACCEPT).iter();
    let ranges = values.filter_map(|value| value.to_str().ok());
    let ranges = ranges.flat_map(|value| value.split(','));
    let found = ranges.filter_map(|range| covers(range, kind, name));
    found.max_by_key(|quality| (quality.exact, quality.thousandths))
}

fn covers(range: &str, kind: &str, name: &str) -> Option<Quality> {
    let mut parts = range.split(';').map(str::trim);
    let (range_kind, range_name) = parts.next()?.split_once('/')?;
    let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    let exact = match (range_kind, range_name) {
        ("*", "*") => 0,
        (range_kind, "*") if same(range_kind, kind) => 1,
        (range_kind, range_name) if same(range_kind, kind) && same(range_name, name) => 2,
        _ => return None,
    };
    let mut thousandths = 1_000;
    for parameter in parts {
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        if same(name, "q") {
            thousandths = weight(value)?;
        } else if same(name, "charset") && !is_utf8(value) {
            return None;
        }
    }
    Some(Quality { thousandths, exact })
}

/// `0`, `0.25`, `1.000`: at most three digits after the point.
fn weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !matches!(whole, "0" | "1") {
        return None;
    }
    let digits = format!("{whole}{fraction:0<3}");
    digits.parse().ok().filter(|weight| *weight <= 1_000)
}

fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// Whether the body is said to be JSON in UTF-8, and not encoded further.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return false;
    }
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Ok(value) = value.to_str() else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                is_utf8(value.trim().trim_matches('"'))
            }
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accepting(value: &str) -> HeaderMap {
        let value = HeaderValue::from_str(value).unwrap();
        HeaderMap::from_iter([(header::ACCEPT, value)])
    }

    #[test]
    fn the_best_accepted_type_is_answered() {
        use Media::{GraphqlResponse, Json};
        for (accept, expected) in [
            ("application/json", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            ("Application/JSON; Charset=\"UTF-8\"", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            (
                "application/json, application/graphql-response+json",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json;q=0.8, application/json;q=0.9",
                Some(Json),
            ),
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(GraphqlResponse),
            ),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            (
                "application/graphql-response+json;q=0.1, */*;q=0",
                Some(GraphqlResponse),
            ),
            ("application/json;q=0.000", None),
            ("application/json; charset=iso-8859-1", None),
            ("application/json; q=2", None),
            ("text/html", None),
            ("application/xml, text/plain;q=0.5", None),
            ("", None),
            ("nonsense", None),
        ] {
            assert_eq!(negotiate(&accepting(accept)), expected, "{accept}");
        }
        assert_eq!(negotiate(&HeaderMap::new()), Some(Json));
    }

    #[test]
    fn a_page_is_for_who_navigates() {
        for (accept, expected) in [
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                true,
            ),
            ("text/html", true),
            ("text/html, */*", true),
            ("text/html;q=0", false),
            ("*/*", false),
            ("text/*", false),
            ("application/json", false),
            ("application/json, text/html", false),
            ("application/json;q=0.5, text/html", true),
        ] {
            assert_eq!(prefers_page(&accepting(accept)), expected, "{accept}");
        }
    }

    #[test]
    fn only_plain_json_is_read() {
        for (content_type, expected) in [
            ("application/json", true),
            ("APPLICATION/JSON ; charset = \"utf-8\"", true),
            ("application/json; charset=utf-8; profile=x", true),
            ("application/json; charset=latin1", false),
            ("application/jsonp", false),
            ("application/graphql", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("text/plain; application/json", false),
            ("", false),
        ] {
            let value = HeaderValue::from_str(content_type).unwrap();
            let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value)]);
            assert_eq!(is_json(&headers), expected, "{content_type}");
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            assert!(!is_json(&headers));
        }
        let twice = ["application/json", "text/plain"];
        let twice = twice.map(|value| (header::CONTENT_TYPE, HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        for (name, value) in twice {
            headers.append(name, value);
        }
        assert!(!is_json(&headers));
    }
}

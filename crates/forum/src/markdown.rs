//! Markdown to HTML that is safe to show.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options};

/// Renders markdown (CommonMark with tables, strikethrough, autolinks and
/// task lists) to sanitized HTML.
///
/// Raw HTML in the text is dropped, links carry `rel="nofollow noopener
/// noreferrer"`, images are not loaded (an address in a text must not tell
/// who read it), and every block finds its own direction, for English and
/// Urdu side by side.
pub fn to_html(markdown: &str) -> String {
    let html = comrak::markdown_to_html(markdown, &options());
    let clean = sanitize(&html);
    format!("<div dir=\"auto\">{clean}</div>")
}

/// How many links a text holds, as it is shown; addresses of images among them,
/// since they lead somewhere although they are not loaded.
pub(crate) fn links(markdown: &str) -> usize {
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, markdown, &options());
    let leads = |value: &NodeValue| matches!(value, NodeValue::Link(_) | NodeValue::Image(_));
    root.descendants()
        .filter(|node| leads(&node.data().value))
        .count()
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.render.hardbreaks = true;
    options
}

/// Keeps what text needs and drops everything else.
fn sanitize(html: &str) -> String {
    let tags = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let directed = [
        "p",
        "li",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "td",
        "th",
    ];
    let mut builder = ammonia::Builder::default();
    builder
        .tags(tags.into_iter().collect())
        .clean_content_tags(["script", "style"].into_iter().collect())
        .generic_attributes(std::collections::HashSet::new())
        .tag_attributes(
            [("a", ["href"].into_iter().collect())]
                .into_iter()
                .collect(),
        )
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer"));
    for tag in directed {
        builder.set_tag_attribute_value(tag, "dir", "auto");
    }
    builder.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::{links, sanitize, to_html};

    #[test]
    fn text_is_rendered_with_its_own_direction() {
        assert_eq!(
            to_html("**نشہ** and\nsecond"),
            "<div dir=\"auto\"><p dir=\"auto\"><strong>نشہ</strong> and<br>\nsecond</p>\n</div>"
        );
    }

    #[test]
    fn links_are_counted_as_they_are_shown() {
        for (text, count) in [
            ("No link at all: a.b, 1.5 and (this).", 0),
            ("`https://example.org` is code", 0),
            ("https://example.org", 1),
            ("www.example.org and <https://example.org>", 2),
            (
                "[a](https://example.org) ![b](https://example.org/b.png)",
                2,
            ),
            ("[a][x], [b][x]\n\n[x]: https://example.org", 2),
            ("somebody@example.org", 1),
        ] {
            assert_eq!(links(text), count, "{text}");
        }
    }

    #[test]
    fn nothing_in_a_text_runs_or_loads() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](https://example.org/track.png)",
            "[x](javascript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "<a href=\"#\" onclick=\"alert(1)\">x</a>",
            "<svg/onload=alert(1)>",
            "<iframe src=\"//example.org\"></iframe>",
            "<style>*{background:url(//example.org)}</style>",
        ] {
            let html = to_html(hostile);
            // What stands between angle brackets is a tag; elsewhere the same
            // words are only text.
            for tag in html
                .split('<')
                .skip(1)
                .filter_map(|rest| rest.split('>').next())
            {
                let name = tag.trim_start_matches('/').split([' ', '/']).next();
                let loads = ["script", "img", "iframe", "style", "svg"];
                assert!(
                    !name.is_some_and(|name| loads.contains(&name)),
                    "{hostile} became {html}"
                );
                for word in [" on", "javascript:", "data:"] {
                    assert!(!tag.contains(word), "{hostile} became {html}");
                }
            }
        }
    }

    #[test]
    fn sanitizing_twice_changes_nothing() {
        for text in [
            "# a\n\n- b\n- c",
            "| a | b |\n|---|---|\n| c | d |",
            "`x` ~~y~~ <b>z</b>",
        ] {
            let once = sanitize(&comrak::markdown_to_html(text, &comrak::Options::default()));
            assert_eq!(sanitize(&once), once);
        }
    }
}

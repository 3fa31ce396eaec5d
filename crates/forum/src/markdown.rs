//! Markdown to HTML that is safe to show.

use std::ops::Range;

use comrak::nodes::{AstNode, NodeValue, Sourcepos};
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
pub fn links(markdown: &str) -> usize {
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

/// Which of these parts of a markdown text, in bytes, takes one of two marks
/// that belong together, or a part of a mark: the first, by its place in the
/// list. Without the others the text is laid out as before.
pub(crate) fn cutting(markdown: &str, parts: &[Range<usize>]) -> Option<usize> {
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, markdown, &options());
    let lines = Lines::of(markdown);
    let cuts = |part: &Range<usize>| !fits(root, &lines, part);
    parts.iter().position(cuts)
}

/// Where the lines of a text begin.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Self { text, starts }
    }

    /// Where a node lies, in bytes.
    fn range(&self, of: Sourcepos) -> Range<usize> {
        let byte = |line: usize, column: usize| {
            let start = line.checked_sub(1).and_then(|line| self.starts.get(line));
            start.map_or(self.text.len(), |start| {
                (start + column).min(self.text.len())
            })
        };
        let start = byte(of.start.line, of.start.column.saturating_sub(1));
        // The column of the last byte, or of the first one of the last character.
        let mut end = byte(of.end.line, of.end.column);
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end.max(start)
    }
}

/// Whether a part begins and ends within the same text, or between neighbours.
fn fits<'a>(node: &'a AstNode<'a>, lines: &Lines<'_>, part: &Range<usize>) -> bool {
    // What lies between its children is markup.
    let ends = |at: usize| {
        let mut children = node.children();
        children.any(|child| {
            let range = lines.range(child.data().sourcepos);
            range.start <= at && at <= range.end
        })
    };
    if !ends(part.start) || !ends(part.end) {
        return false;
    }
    for child in node.children() {
        let data = child.data();
        let range = lines.range(data.sourcepos);
        let apart = part.end <= range.start || range.end <= part.start;
        let whole = part.start <= range.start && range.end <= part.end;
        if apart || whole {
            continue;
        }
        let within = range.start <= part.start && part.end <= range.end;
        match &data.value {
            // Text may be cut anywhere.
            NodeValue::Text(_) | NodeValue::SoftBreak | NodeValue::LineBreak => {}
            NodeValue::Code(code) => {
                let marks = code.num_backticks;
                let inside = range.start + marks <= part.start && part.end + marks <= range.end;
                if !inside {
                    return false;
                }
            }
            NodeValue::CodeBlock(_) | NodeValue::HtmlBlock(_) if within => return true,
            _ if within && child.first_child().is_some() => return inner(child, lines, part),
            _ => return false,
        }
    }
    true
}

/// Whether a part that lies within a node lies within what it holds, and not
/// in its marks.
fn inner<'a>(node: &'a AstNode<'a>, lines: &Lines<'_>, part: &Range<usize>) -> bool {
    let mut held: Option<Range<usize>> = None;
    for child in node.children() {
        let range = lines.range(child.data().sourcepos);
        let from = held.map_or(range.start, |held| held.start);
        held = Some(from..range.end);
    }
    let holds = held.is_some_and(|held| held.start <= part.start && part.end <= held.end);
    holds && fits(node, lines, part)
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
    use super::{cutting, links, sanitize, to_html};

    /// Whether what stands between `«` and `»` can be struck out.
    fn can_go(marked: &str) -> bool {
        let start = marked.find('«').unwrap();
        let text = marked.replacen('«', "", 1);
        let end = text.find('»').unwrap();
        let part = start..end;
        cutting(&text.replacen('»', "", 1), std::slice::from_ref(&part)).is_none()
    }

    #[test]
    fn what_lies_within_one_text_or_is_whole_can_be_struck_out() {
        for text in [
            "Call «0300 1234567» now",
            "**Call «0300 1234567»** now",
            "Call «**0300 1234567**» now",
            "Call **«0300»** now",
            "«Call» now",
            "Call «now»",
            "مجھے «علی» نے بتایا",
            "- one\n- «two»\n- three",
            "> he said «so\n> it» goes",
            "`«code»`",
            "see «[his page](https://example.org/ali)» there",
            "see [«his page»](https://example.org/ali) there",
            "mail «ali@example.org» to him",
            "One.\n\n«Two.»\n\nThree.",
            "| a | b |\n|---|---|\n| «c» | d |",
        ] {
            assert!(can_go(text), "{text}");
        }
    }

    #[test]
    fn what_takes_a_part_of_markup_cannot() {
        for text in [
            "«Call **0300» 1234567** now",
            "Call **03«00** now»",
            "Call *«*0300**» now",
            "see [his «page](https://example.org/»ali) there",
            "see [his page](https://«example».org/ali) there",
            "`co«de` and» more",
            "«| a | b |\n|--»-|---|\n| c | d |",
        ] {
            assert!(!can_go(text), "{text}");
        }
    }

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

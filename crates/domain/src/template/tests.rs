//! Blanks, what fills them, and which template fits.

use super::*;

fn filled(text: &str) -> String {
    fill(text, |placeholder| match placeholder {
        Placeholder::Number => Some("MKL-2026-ABCDEFGH".to_owned()),
        Placeholder::Title => Some("**Look** at [this](https://x.example) {{number}}".to_owned()),
        _ => None,
    })
}

#[test]
fn blanks_are_filled_and_what_is_not_known_stays_visible() {
    assert_eq!(filled("Of {{number}}."), "Of MKL-2026-ABCDEFGH.");
    assert_eq!(filled("{{ number }}{{due_on}}"), "MKL-2026-ABCDEFGH[…]");
    assert_eq!(filled("No {blank} here }}"), "No {blank} here }}");
    assert_eq!(filled(""), "");
}

#[test]
fn a_value_is_text_and_is_not_filled_again() {
    let title = r"\*\*Look\*\* at \[this\]\(https\://x.example\) \{\{number\}\}";
    assert_eq!(filled("{{title}}"), title);
}

#[test]
fn every_placeholder_is_known_by_its_code_and_nothing_else_is() {
    for code in Placeholder::CODES {
        assert_eq!(unknown_placeholder(&format!("a {{{{{code}}}}} b")), None);
    }
    for (text, unknown) in [
        ("{{number}} {{raiser}}", "raiser"),
        ("{{Number}}", "Number"),
        ("{{}}", ""),
        ("{{number", "{{number"),
        ("{{{number}}}", "{number"),
        ("{{ due on }}", "due on"),
    ] {
        assert_eq!(
            unknown_placeholder(text).as_deref(),
            Some(unknown),
            "{text}"
        );
    }
    let long = format!("{{{{{}", "x".repeat(100));
    assert_eq!(
        unknown_placeholder(&long).map(|name| name.len()),
        Some(SAID)
    );
}

#[test]
fn the_nearest_category_fits_best_then_what_is_meant_for_the_state() {
    let fit = |category, state| MeantFor { category, state }.fit(&["A", "A1"], State::Assigned);
    let best_first = [
        fit(Some("A1"), Some(State::Assigned)),
        fit(Some("A1"), None),
        fit(Some("A"), Some(State::Assigned)),
        fit(Some("A"), None),
        fit(None, Some(State::Assigned)),
        fit(None, None),
        None,
    ];
    assert!(best_first.is_sorted_by(|a, b| a > b));
    assert_eq!(fit(Some("B"), None), None);
    assert_eq!(fit(Some("A1"), Some(State::InReview)), None);
}

//! A first look at the text: how many tokens, how deeply nested, without
//! building anything. It decides what the parser is allowed to see, because a
//! parser's work and stack grow with both.

/// What the text has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    /// More tokens than allowed.
    Tokens,
    /// More open brackets at once than allowed.
    Nesting,
}

/// Counts the lexical tokens of a document and stops at the first excess.
///
/// White space, commas, comments and the byte order mark are no tokens; a
/// string is one, however long (GraphQL, section 2.1). What is no token at all
/// counts as one, and is left to the parser to refuse.
pub(crate) fn count(text: &str, tokens: usize, nesting: usize) -> Result<usize, Excess> {
    let bytes = text.as_bytes();
    let (mut at, mut seen, mut open) = (0, 0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let next = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            0xEF if bytes[at..].starts_with(&[0xEF, 0xBB, 0xBF]) => {
                at += 3;
                continue;
            }
            b'#' => {
                at = run(bytes, at, |byte| byte != b'\n' && byte != b'\r');
                continue;
            }
            b'"' if bytes[at..].starts_with(b"\"\"\"") => block_string(bytes, at + 3),
            b'"' => string(bytes, at + 1),
            b'.' if bytes[at..].starts_with(b"...") => at + 3,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => run(bytes, at, is_name),
            b'-' | b'0'..=b'9' => run(bytes, at + 1, is_number),
            b'{' | b'(' | b'[' => {
                open += 1;
                if open > nesting {
                    return Err(Excess::Nesting);
                }
                at + 1
            }
            b'}' | b')' | b']' => {
                open = open.saturating_sub(1);
                at + 1
            }
            _ => at + 1,
        };
        seen += 1;
        if seen > tokens {
            return Err(Excess::Tokens);
        }
        at = next;
    }
    Ok(seen)
}

fn run(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = bytes[from..].iter();
    from + rest.take_while(|byte| belongs(**byte)).count()
}

fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn is_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')
}

/// The place after a string that starts before `from`. A line's end closes it
/// too: the parser refuses that, and what follows is to be counted.
fn string(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn block_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if bytes[at..].starts_with(b"\"\"\"") {
            return at + 3;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> usize {
        count(text, 100, 10).unwrap()
    }

    #[test]
    fn only_what_means_something_is_a_token() {
        for (text, expected) in [
            ("", 0),
            (" \t\r\n,,,\u{feff}", 0),
            ("# a { b ( c\n", 0),
            ("# one\r{", 1),
            ("{a}", 3),
            ("{ a: b(c: -1.5e+3, d: [1 2]) ...F }", 18),
            (r#"{a(b:"\"}{{ # not a comment")}"#, 8),
            ("{a(b:\"\"\"x \" \\\"\"\" { y\"\"\")}", 8),
            ("\"open { \n {", 2),
            ("\"\"\"open { \n {", 1),
            (r#""ends in a backslash \"#, 1),
            ("é", 2),
        ] {
            assert_eq!(tokens(text), expected, "{text:?}");
        }
    }

    #[test]
    fn counting_stops_at_the_limit() {
        assert_eq!(count("a a a", 3, 10), Ok(3));
        assert_eq!(count("a a a a", 3, 10), Err(Excess::Tokens));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        assert_eq!(count("{([{", 10, 3), Err(Excess::Nesting));
        assert_eq!(count("{([\"{{{{\"])} #{{{{{", 10, 3), Ok(7));
        assert_eq!(count("}}}}{{{", 10, 3), Ok(7));
    }
}

//! Numbers of identity cards and telephones, in runs of digits.
//!
//! People set digits apart as they like. So a run is read as groups of digits,
//! and the groups say what it may be: whatever is no number of a card or a
//! telephone in one of the ways in which these are written is let pass.

use super::{Hit, PersonalKind};

/// The least digits of a telephone number.
const DIGITS_MIN: usize = 7;
/// The most digits of a telephone number (ITU-T E.164), with two zeros before.
const DIGITS_MAX: usize = 17;
/// The most characters between two digits of a number: `(042) - 35...`.
const APART_MAX: usize = 3;
/// How far before a number the word is looked for that says what it is.
const BEFORE: usize = 48;

/// Words before a number of any length that is a telephone's.
const PHONE_WORDS: &[&str] = &[
    "phone",
    "telephone",
    "tel",
    "mobile",
    "mob",
    "cell",
    "whatsapp",
    "fon",
    "فون",
    "موبایل",
    "واٹس ایپ",
];
/// Words between those and the number.
const NUMBER_WORDS: &[&str] = &["number", "numbr", "num", "nmbr", "no", "is", "hai", "نمبر"];
/// Words and signs before a sum of money.
const MONEY_BEFORE: &[&str] = &["rs", "pkr", "usd", "rupees", "rupay", "$", "€", "£", "روپے"];
/// The same after it.
const MONEY_AFTER: &[&str] = &["rs", "pkr", "rupees", "rupay", "/-", "روپے"];

/// Digits that follow each other without anything between.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    const fn len(self) -> usize {
        self.end - self.start
    }
}

/// What in a plain text is the number of a card or a telephone.
pub(super) fn hits(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut run: Vec<Group> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(ahead) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + ahead;
        let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit());
        at = start + length.count();
        if run.last().is_some_and(|last| !apart(text, last.end, start)) {
            read(text, &run, &mut hits);
            run.clear();
        }
        run.push(Group { start, end: at });
    }
    read(text, &run, &mut hits);
    hits
}

/// Whether what is between two groups may stand within one number.
fn apart(text: &str, end: usize, start: usize) -> bool {
    let between = &text.as_bytes()[end..start];
    between.len() <= APART_MAX && between.iter().all(|b| b" .-_()".contains(b))
}

fn read(text: &str, run: &[Group], hits: &mut Vec<Hit>) {
    let mut at = 0;
    while let Some(first) = run.get(at) {
        let found = if letter_beside(text, *first) {
            None
        } else {
            number(text, &run[at..])
        };
        let Some((groups, kind)) = found else {
            at += 1;
            continue;
        };
        at += groups;
        let end = run[at - 1].end;
        hits.push(Hit {
            start: first.start - usize::from(plus(text, first.start)),
            end,
            kind,
        });
    }
}

/// Whether a Latin letter stands right before the digits: they are the end of a
/// word, a reference or a plate. Urdu is often written without a space there.
fn letter_beside(text: &str, first: Group) -> bool {
    text[..first.start].ends_with(|c: char| c.is_ascii_alphabetic())
}

/// How many groups from the first on are a number, and of what kind.
fn number(text: &str, groups: &[Group]) -> Option<(usize, PersonalKind)> {
    let mut digits = String::with_capacity(DIGITS_MAX);
    let mut found = None;
    for (n, group) in groups.iter().enumerate() {
        if digits.len() + group.len() > DIGITS_MAX {
            break;
        }
        digits.push_str(&text[group.start..group.end]);
        let taken = &groups[..=n];
        let few = digits.len() < DIGITS_MIN;
        if few || text[group.end..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        if card(text, taken, &digits) {
            found = Some((n + 1, PersonalKind::Cnic));
        } else if phone(text, taken, &digits) {
            found = Some((n + 1, PersonalKind::Phone));
        }
    }
    found
}

/// Thirteen digits, the first of which names a province, in the ways in which
/// they are set apart; or eleven as they stood on old cards.
fn card(text: &str, groups: &[Group], digits: &str) -> bool {
    if !matches!(digits.len(), 11 | 13) {
        return false;
    }
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if digits.len() == 11 {
        return lengths == [3, 2, 6];
    }
    let evenly = |by: usize| {
        let whole = lengths[..lengths.len() - 1].iter().all(|one| *one == by);
        whole && lengths.last() == Some(&(13 % by).max(1))
    };
    let shape = matches!(
        lengths[..],
        [13] | [5, 7, 1] | [5, 8] | [12, 1] | [5, 4, 3, 1] | [5, 3, 4, 1]
    ) || [1, 4, 6].into_iter().any(evenly);
    let province = digits.starts_with(|c| ('1'..='8').contains(&c));
    shape && province && !money(text, groups)
}

fn phone(text: &str, groups: &[Group], digits: &str) -> bool {
    let (Some(first), count) = (groups.first(), digits.len()) else {
        return false;
    };
    let lengths = || groups.iter().map(|group| group.len());
    if plus(text, first.start) {
        return (8..=15).contains(&count) && !digits.starts_with('0');
    }
    if money(text, groups) || digits.starts_with("0800") || digits.starts_with("0900") {
        return false;
    }
    if let Some(abroad) = digits.strip_prefix("00") {
        return (9..=15).contains(&abroad.len()) && !abroad.starts_with('0');
    }
    // "03-12-2025 1234" begins with a day.
    let dated = first.len() == 2 && lengths().any(|one| one > 2);
    let mobile = digits.starts_with("03") && count == 11 && !dated
        || digits.starts_with("923") && count == 12
        || digits.starts_with('3') && count == 10 && lengths().eq([3, 7]);
    let area = digits.starts_with('0') && !digits.starts_with("01");
    let line = match first.len() {
        3..=5 => (9..=11).contains(&count),
        10 | 11 => count == first.len(),
        _ => false,
    };
    mobile || area && line || (DIGITS_MIN..=15).contains(&count) && called_phone(text, first.start)
}

fn plus(text: &str, start: usize) -> bool {
    text[..start].ends_with('+')
}

fn money(text: &str, groups: &[Group]) -> bool {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else {
        return false;
    };
    let before = text[..first.start].trim_end_matches([' ', '.', ':']);
    let after = text[last.end..].trim_start_matches(' ');
    let starts = |word: &str| {
        after
            .strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    };
    MONEY_BEFORE.iter().any(|word| ends_with_word(before, word))
        || MONEY_AFTER.iter().any(|word| starts(word))
}

/// Whether the words before a number say that it is a telephone's.
fn called_phone(text: &str, start: usize) -> bool {
    let from = (start.saturating_sub(BEFORE)..=start).find(|at| text.is_char_boundary(*at));
    let mut before = &text[from.unwrap_or(start)..start];
    loop {
        before = before.trim_end_matches([' ', '.', ':', '#', '-', '=', '(']);
        let between = NUMBER_WORDS
            .iter()
            .find(|word| ends_with_word(before, word));
        match between {
            Some(word) => before = &before[..before.len() - word.len()],
            None => return PHONE_WORDS.iter().any(|word| ends_with_word(before, word)),
        }
    }
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word)
        .is_some_and(|rest| !rest.ends_with(char::is_alphabetic))
}

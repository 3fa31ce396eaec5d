//! What is known by its form or by the words before it.

mod address;
mod name;
mod plate;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::plain::{self, Plain};
use super::{Hit, PersonalKind, stands_alone};

/// The length of an account number in each country that has them (ISO 13616,
/// the registry of SWIFT).
const IBAN_LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 \
    CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 \
    HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 \
    ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 \
    SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// What is said by whoever is in danger, or of somebody who is.
const DANGER: &str = "suicid(?:e|al)|kill myself|killing myself|end my life|ending my life|want to die|\
    hang myself|self[- ]harm|threaten(?:ed|ing|s)? (?:me|us|my|our|to kill)|going to kill|will kill|\
    death threats?|threats? to (?:my|our) li(?:fe|ves)|in danger|life is at risk|lives are at risk|\
    kidnap(?:ped|ping)?|abduct(?:ed|ion)|held (?:captive|hostage)|locked (?:me|us|her|him) (?:up|in)|\
    traffick(?:ed|ing) (?:me|us|her|him|now)|being trafficked|was trafficked|sold (?:me|her|him|us)|\
    forced marriage|rap(?:ed|ing) (?:me|her|him)|was raped|child (?:sexual )?abuse|abus(?:ed|ing) (?:a |the |my )?child|\
    abuses? (?:a |the |my )?(?:child|children|kid|minor)|child porn(?:ography)?|beat(?:s|ing|en)? me|blackmail(?:s|ed|ing)? (?:me|us|her|him)|acid attack|\
    (?:held|kept) by (?:the |some |a )?(?:traffickers?|smugglers?|kidnappers?|gang)|\
    khud ?kushi|khudkashi|mar jana chaht[aei]|apni jaan le|jaan ka khatra|jan ka khatra|jaan se maar|jan se mar|\
    (?:jaan|jan) k[aeo] khat(?:ra|rah|re|ray|rey)|khat(?:re|ray|rey) m(?:e|ein|ain|en|ai|ei)|mujhe khat(?:ra|rah)|\
    (?:mujhe|mujhay|hamein|humein|hamen|hame|usay|usko|us ko) (?:maar|mar) (?:d|rah)|(?:maar|mar) (?:dalen|dalein|daleng|den ?g|dein ?g|de ?g)|\
    qatal kar d|(?:mujhe|mujhay|hamein|humein|hamen) bacha|(?:meri|hamari|humari) madad kar|\
    qatal ki dhamki|dhamki (?:de|di|mil)|dhamkiyan|aghwa|aghwaa|ighwa|utha liya|utha kar le|qaid kar|\
    bech diya|bech dia|zabardasti shadi|zyadti ki|ziadti ki|ziyadti ki|bachon? (?:se|ke sath) z(?:ya|ia|iya)dti|\
    خودکشی|خود کشی|مر جانا چاہت|اپنی جان لی|جان کا خطرہ|جان کو خطرہ|جان سے مار|قتل کی دھمکی|دھمکی دے|دھمکی مل|\
    خطرے میں|مجھے خطرہ|ہمیں خطرہ|قتل کر د|مار ڈال|مار دیں گ|مار دے گ|مجھے مار|ہمیں مار|مجھے بچا|ہمیں بچا|\
    میری مدد کر|ہماری مدد کر|\
    دھمکیاں|اغوا|اغواء|اٹھا لیا|اٹھا کر لے|قید کر|بیچ دیا|زبردستی شادی|جبری شادی|زیادتی کی|بچے سے زیادتی|\
    بچوں سے زیادتی|بچوں کے ساتھ زیادتی|بچی سے زیادتی|تیزاب پھینک|بلیک میل کر";

/// Minutes, and perhaps seconds, of a degree.
const MINUTES: &str = r"° ?[0-9]{1,2} ?'(?: ?[0-9]{1,2}(?:\.[0-9]{1,6})? ?(?:\x22|''))?";
/// No letter or digit of ASCII follows; others are seen by [`stands_alone`].
const END: &str = r"(?-u:\b{end-half})";

/// A form, of what kind, and what else must hold of what has it.
struct Pattern {
    kind: PersonalKind,
    form: Regex,
    /// The first sign that must be in a text to have the form.
    sign: Sign,
    holds: fn(&Plain<'_>, usize, usize) -> Option<(usize, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Digit,
    At,
    None,
}

static PATTERNS: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| patterns().into_iter().flatten().collect());
static DANGERS: LazyLock<Option<Regex>> = LazyLock::new(|| form(DANGER).ok());

/// What in a plain text has one of the forms.
pub(super) fn hits(plain: &Plain<'_>, hits: &mut Vec<Hit>) {
    let text = plain.as_str();
    let digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let at = text.bytes().any(|byte| matches!(byte, b'@' | b'[' | b'('));
    for pattern in PATTERNS.iter() {
        let there = match pattern.sign {
            Sign::Digit => digit,
            Sign::At => at,
            Sign::None => true,
        };
        let mut from = 0;
        while let Some(found) = there.then(|| pattern.form.find_at(text, from)).flatten() {
            let (start, end) = (found.start(), found.end());
            if let Some((start, held)) = (pattern.holds)(plain, start, end) {
                hits.push(Hit {
                    start,
                    end: held,
                    kind: pattern.kind,
                });
                from = held.max(end);
            } else {
                // What begins within the same word is a part of it.
                let word = text[start..].find(|c: char| !c.is_alphanumeric());
                let step = text[start..].chars().next().map_or(1, char::len_utf8);
                from = start + word.unwrap_or(text.len() - start).max(step);
            }
        }
    }
}

pub(super) fn tells_of_danger(text: &str) -> bool {
    DANGERS.as_ref().is_some_and(|form| {
        form.find_iter(text)
            .any(|found| begins(text, found.start()))
    })
}

fn patterns() -> [Result<Pattern, regex::Error>; 12] {
    use PersonalKind::{Address, Coordinates, Email, Iban, Name, NumberPlate};

    let of = |kind, sign, text: &str, holds| {
        form(text).map(|form| Pattern {
            kind,
            form,
            sign,
            holds,
        })
    };
    [
        of(
            Iban,
            Sign::Digit,
            "[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]){11,29}",
            account,
        ),
        of(
            Email,
            Sign::At,
            r"[a-z0-9._%+\-]{1,64} ?(?:@|[\[(]at[\])]) ?[a-z0-9\-]{1,63}(?:(?:\.| ?[\[(]dot[\])] ?)[a-z0-9\-]{1,63}){0,4}(?:\.| ?[\[(]dot[\])] ?)[a-z]{2,24}",
            |plain, start, end| {
                let after = plain.as_str()[end..].chars().next();
                (!after.is_some_and(char::is_alphanumeric)).then_some((start, end))
            },
        ),
        of(Coordinates, Sign::Digit, &pair(), degrees),
        of(Coordinates, Sign::Digit, &labelled_pair(), degrees),
        of(
            Coordinates,
            Sign::Digit,
            r"[23456789cfghjmpqrvwx]{4,8}\+[23456789cfghjmpqrvwx]{2,3}",
            |plain, start, end| {
                let text = plain.as_str();
                let code = &text[start..end];
                let mixed = code.bytes().any(|b| b.is_ascii_digit())
                    && code.bytes().any(|b| b.is_ascii_lowercase());
                (mixed && stands_alone(text, start, end)).then_some((start, end))
            },
        ),
        of(
            Coordinates,
            Sign::None,
            r"(?:goo\.gl/maps|maps\.app\.goo\.gl|plus\.codes)/[a-z0-9+]{4,40}",
            whole,
        ),
        of(Address, Sign::Digit, &address::numbered(), whole),
        of(
            Address,
            Sign::Digit,
            &address::bare(),
            address::in_a_quarter,
        ),
        of(
            NumberPlate,
            Sign::Digit,
            &plate::called(),
            plate::behind_vehicle,
        ),
        of(
            NumberPlate,
            Sign::Digit,
            &plate::calling(),
            plate::before_vehicle,
        ),
        of(NumberPlate, Sign::Digit, plate::ALONE, plate::by_itself),
        of(Name, Sign::None, &name::announced(), name::name),
    ]
}

/// Degrees north and east as they stand by themselves.
fn pair() -> String {
    let degrees =
        format!(r"[+\-]?[0-9]{{1,3}}(?:\.[0-9]{{4,15}} ?°?|\.[0-9]{{2,15}} ?°|{MINUTES})");
    format!("{degrees} ?[ns]?[ ,;/]{{1,3}}{degrees}(?: ?[ew])?")
}

/// Degrees of which a word or letter says what they are, so that fewer of their
/// digits are enough.
fn labelled_pair() -> String {
    let degrees = format!(r"[+\-]?[0-9]{{1,3}}(?:\.[0-9]{{3,15}} ?°?|{MINUTES})");
    let (apart, sign) = (
        "[ ,;/&\"]{1,3}(?:and |aur |اور )?",
        "(?: is|\")?[ .:=]{0,3}",
    );
    let (north, east) = (format!("(?: ?[ns]{END})?"), format!("(?: ?[ew]{END})?"));
    format!(
        "(?:(?:latitude|lat|عرض بلد|n|north){sign}{degrees}{north}{apart}\
         (?:longitude|long|lon|lng|طول بلد|e|east){sign}{degrees}{east}|\
         (?:gps|coordinates|coords|location){sign}{degrees}{apart}{degrees}|\
         {degrees} ?[ns]{apart}{degrees} ?[ew]{END})"
    )
}

/// A pattern over plain texts: what is written in it is brought into their
/// form.
fn form(pattern: &str) -> Result<Regex, regex::Error> {
    let plain = |c: char| if c.is_ascii() { c } else { plain::letter(c) };
    Regex::new(
        &pattern
            .chars()
            .filter(|c| *c != '\u{200c}')
            .map(plain)
            .collect::<String>(),
    )
}

/// The words of a list, as plain texts have them.
fn words(list: &str) -> BTreeSet<String> {
    let plain = Plain::of(list);
    plain.as_str().split(' ').map(str::to_owned).collect()
}

/// One of the words of a list.
fn choice(list: &str) -> String {
    format!("(?:{})", list.replace(' ', "|"))
}

fn begins(text: &str, start: usize) -> bool {
    !text[..start].ends_with(char::is_alphabetic)
}

/// An account number whose country, length and check digits agree; what is
/// written after it is no part of it.
fn account(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = plain.as_str();
    let country = text[start..start + 2].to_ascii_uppercase();
    let at = IBAN_LENGTHS.find(&country)?;
    let length: usize = IBAN_LENGTHS.get(at + 2..at + 4)?.parse().ok()?;
    let signs = || {
        text[start..end]
            .char_indices()
            .filter(|(_, c)| c.is_ascii_alphanumeric())
    };
    let last = signs().nth(length.checked_sub(1)?)?.0;
    // ISO 7064: the first four characters last, letters from 10 on, modulo 97.
    let rest = signs()
        .take(length)
        .skip(4)
        .chain(signs().take(4))
        .fold(0, |rest, (_, c)| {
            let value = c.to_digit(36).unwrap_or(0);
            (rest * if value < 10 { 10 } else { 100 } + value) % 97
        });
    let end = start + last + 1;
    (rest == 1 && stands_alone(text, start, end)).then_some((start, end))
}

fn whole(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    stands_alone(plain.as_str(), start, end).then_some((start, end))
}

fn degrees(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = plain.as_str();
    let first = text[start..end]
        .split(|c: char| !c.is_ascii_digit())
        .find_map(|digits| digits.parse::<u32>().ok())?;
    (first <= 90).then(|| whole(plain, start, end)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert!(patterns().iter().all(Result::is_ok));
        assert!(DANGERS.is_some());
    }
}

//! What is known by its form or by the words before it.

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

/// Letters before a number that are no vehicle's: laws, reports, bodies, sums,
/// measures.
const NO_PLATE: &[&str] = &[
    "act", "art", "ata", "bps", "cfc", "cnsa", "crpc", "eo", "fia", "fir", "iso", "jit", "no",
    "pkr", "ppc", "psd", "rfc", "rs", "sec", "sha", "sro", "un", "usd", "wp",
];

/// Words after which a name may follow: whose it is.
const ROLES: &str = "accused|suspects?|culprit|perpetrator|trafficker|smuggler|kidnapper|\
    abductor|victim|complainant|mulzima?|mulziman|mujrim|ملزم|ملزمہ|ملزمان|مجرم|متاثرہ";
/// Words between those and the name that say that a name follows.
const NAMED: &str = "(?: (?:is|was|person|man|woman|shakhs|شخص)){0,4}\
    (?:'s)? (?:named|namely|called|name is|ka naam|ki naam|naam|کا نام|کی شناخت|بنام)";
/// Words between somebody's name and a parent's, a husband's or another name.
const KIN: &str = "s/o|d/o|w/o|son of|daughter of|wife of|walad|alias|urf|ولد|عرف";
/// The most words of a name.
const NAME_WORDS: usize = 3;

/// Words that are no names although they stand where a name might.
const NO_NAME: &str = "a also am an and are at be been but by can company could customs did do does \
    evidence families family federal for forces from government had has have he her his i in is it \
    law may men must no not of officer officials on one or pakistan pakistani parties party people \
    person persons police protection rights services she should some state still support that the \
    their them there these they this those to two under was we were who whom will with woman women \
    would you afghan agency army compensation court indian national nationals \
    abhi aur bhi hai hain hua ja jo ka kar ke ki kis ko koi kya main mein nahi nahin ne par phir se \
    tak tha thi wo woh ya ye yeh \
    نے کو کا کی کے سے پر میں اور یا جو کہ ہے ہیں تھا تھی تھے ہو ہوا گیا کر یہ وہ اس ان نہیں بھی \
    پولیس گرفتار فرار شخص افراد خاتون کون کوئی کیا جس جن ابھی تک پھر";

/// Words that are parts of many names, and hardly anything else.
const NAMES: &str = "abbas abdul abdullah ahmad ahmed akhtar akram ali arshad asif aslam awan \
    ayesha baloch bashir bhatti bibi butt chaudhry danish fatima ghulam hameed hamid haider hassan \
    hussain ibrahim imran iqbal irfan jamil javed kamran kashif khalid khan latif mahmood malik \
    maryam mehmood mohammad muhammad munir mushtaq nadeem naeem nasir nawaz qasim qureshi rafiq \
    rana rashid raza rehman riaz rizwan saeed sajid saleem salman sana shah shahid shaikh sharif \
    sheikh siddiqui tahir tariq umar usman waqar waseem yasin yousaf zafar zahid zainab zubair \
    احمد اختر ارشد اسلم اشرف اعوان اقبال اکرم امجد انور بشیر بلوچ بھٹی بی‌بی جاوید چوہدری حسن حسین \
    حمید حیدر خالد خان رانا رحمان رشید رضا ریاض زاہد زبیر سعید سلیم شاہ شاہد شریف شیخ صدیقی طارق \
    طاہر ظفر عائشہ عباس عبداللہ عثمان عرفان علی عمر عمران غلام فاطمہ قاسم قریشی کامران کاشف لطیف \
    محمد محمود مریم مشتاق ملک منیر ناصر ندیم نواز وسیم یاسین یوسف";

/// What is said by whoever is in danger, or of somebody who is.
const DANGER: &str = "suicid(?:e|al)|kill myself|killing myself|end my life|ending my life|want to die|\
    hang myself|self[- ]harm|threaten(?:ed|ing|s)? (?:me|us|my|our|to kill)|going to kill|will kill|\
    death threats?|threats? to (?:my|our) li(?:fe|ves)|in danger|life is at risk|lives are at risk|\
    kidnap(?:ped|ping)?|abduct(?:ed|ion)|held (?:captive|hostage)|locked (?:me|us|her|him) (?:up|in)|\
    traffick(?:ed|ing) (?:me|us|her|him|now)|being trafficked|was trafficked|sold (?:me|her|him|us)|\
    forced marriage|rap(?:ed|ing) (?:me|her|him)|was raped|child (?:sexual )?abuse|abus(?:ed|ing) (?:a |the |my )?child|\
    abuses? (?:a |the |my )?(?:child|children|kid|minor)|child porn(?:ography)?|beat(?:s|ing|en)? me|blackmail(?:s|ed|ing)? (?:me|us|her|him)|acid attack|\
    khud ?kushi|khudkashi|mar jana chaht[aei]|apni jaan le|jaan ka khatra|jan ka khatra|jaan se maar|jan se mar|\
    qatal ki dhamki|dhamki (?:de|di|mil)|dhamkiyan|aghwa|aghwaa|ighwa|utha liya|utha kar le|qaid kar|\
    bech diya|bech dia|zabardasti shadi|zyadti ki|ziadti ki|ziyadti ki|bachon? (?:se|ke sath) z(?:ya|ia|iya)dti|\
    خودکشی|خود کشی|مر جانا چاہت|اپنی جان لی|جان کا خطرہ|جان کو خطرہ|جان سے مار|قتل کی دھمکی|دھمکی دے|دھمکی مل|\
    دھمکیاں|اغوا|اغواء|اٹھا لیا|اٹھا کر لے|قید کر|بیچ دیا|زبردستی شادی|جبری شادی|زیادتی کی|بچے سے زیادتی|\
    بچوں سے زیادتی|بچوں کے ساتھ زیادتی|بچی سے زیادتی|تیزاب پھینک|بلیک میل کر";

const UNIT: &str = "house|flat|plot|apartment|apt|shop|makaa?n|ghar|dukaa?n|kothi|\
    مکان|گھر|فلیٹ|پلاٹ|دکان|کوٹھی";
const STREET: &str = "street|st|gali|galli|lane|گلی|سٹریٹ|اسٹریٹ";
const NUMBER: &str = r" ?(?:number|numbr|num|nmbr|no|نمبر|#)[ .:#\-]{0,3}[0-9]{1,5}(?:[/\-][0-9]{1,4})?(?:[ \-]?[a-z])?";
const BARE: &str = r"[ .#\-]{0,2}[0-9]{1,5}(?:[/\-][0-9]{1,4})?(?:-?[a-z])?";
/// What follows a number in an address: a part of a town with its name or
/// number before or behind it.
const AREA: &str = "street|st|gali|galli|lane|block|sector|phase|mohall?ah?|muhall?ah?|colony|town|\
    road|scheme|society|گلی|سٹریٹ|بلاک|سیکٹر|فیز|محلہ|کالونی|ٹاون|روڈ|سوسائٹی|سکیم";

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
static NOT_NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(NO_NAME));
static KNOWN_NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(NAMES));
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

fn patterns() -> [Result<Pattern, regex::Error>; 9] {
    let whole: fn(&Plain<'_>, usize, usize) -> Option<(usize, usize)> =
        |plain, start, end| stands_alone(plain.as_str(), start, end).then_some((start, end));
    let of = |kind, sign, text: &str, holds| {
        form(text).map(|form| Pattern {
            kind,
            form,
            sign,
            holds,
        })
    };
    let address = format!(
        "(?:(?:{UNIT}|{STREET}){NUMBER}|(?:{STREET}){BARE}|(?:{UNIT}){BARE}[ ,]{{1,3}}(?:{AREA}))\
         (?:[ ,]{{1,3}}(?:(?:{AREA})[ .:#-]{{0,2}}[^ ,.;:\n۔،]{{1,20}}|[^ ,.;:\n۔،]{{1,20}} (?:{AREA})|\
         [a-z][ -]?[0-9]{{1,2}}/[0-9]{{1,2}})){{0,4}}"
    );
    let plate = "(?:car|vehicle|bike|motorcycle|motor cycle|truck|bus|van|rickshaw|gaa?ri|plate|registration|گاڑی|موٹر سائیکل|پلیٹ|رجسٹریشن)\
        (?: (?:number|numbr|num|no|plate|with|is|hai|نمبر|پلیٹ)){0,4}[ .:#-]{1,3}\
        (?:[a-z]{2,4}|(?:[ا-ے]{1,4} ){1,4})[ -]{0,2}(?:[0-9]{2}[ -])?[0-9]{2,4}";
    [
        of(
            PersonalKind::Iban,
            Sign::Digit,
            "[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]){11,29}",
            account,
        ),
        of(
            PersonalKind::Email,
            Sign::At,
            r"[a-z0-9._%+\-]{1,64} ?(?:@|[\[(]at[\])]) ?[a-z0-9\-]{1,63}(?:(?:\.| ?[\[(]dot[\])] ?)[a-z0-9\-]{1,63}){0,4}(?:\.| ?[\[(]dot[\])] ?)[a-z]{2,24}",
            |plain, start, end| {
                let after = plain.as_str()[end..].chars().next();
                (!after.is_some_and(char::is_alphanumeric)).then_some((start, end))
            },
        ),
        of(
            PersonalKind::Coordinates,
            Sign::Digit,
            r"[+\-]?[0-9]{1,3}(?:\.[0-9]{4,15} ?°?|\.[0-9]{2,15} ?°|° ?[0-9]{1,2} ?'(?: ?[0-9]{1,2}(?:\.[0-9]{1,6})? ?(?:\x22|''))?) ?[ns]?[ ,;/]{1,3}[+\-]?[0-9]{1,3}(?:\.[0-9]{4,15} ?°?|\.[0-9]{2,15} ?°|° ?[0-9]{1,2} ?'(?: ?[0-9]{1,2}(?:\.[0-9]{1,6})? ?(?:\x22|''))?)(?: ?[ew])?",
            degrees,
        ),
        of(
            PersonalKind::Coordinates,
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
            PersonalKind::Coordinates,
            Sign::None,
            r"(?:goo\.gl/maps|maps\.app\.goo\.gl|plus\.codes)/[a-z0-9+]{4,40}",
            whole,
        ),
        of(PersonalKind::Address, Sign::Digit, &address, whole),
        of(
            PersonalKind::NumberPlate,
            Sign::Digit,
            plate,
            |plain, start, end| {
                let text = plain.as_str();
                let number =
                    text[..end].trim_end_matches(|c: char| c.is_ascii_digit() || " -".contains(c));
                let letters = number
                    .rsplit(|c: char| !c.is_alphabetic())
                    .next()
                    .unwrap_or_default();
                let fits = stands_alone(text, start, end) && !NO_PLATE.contains(&letters);
                fits.then_some((start, end))
            },
        ),
        of(
            PersonalKind::NumberPlate,
            Sign::Digit,
            "[a-z]{2,3}(?:-[0-9]{2})?-[0-9]{3,4}",
            plate_alone,
        ),
        of(
            PersonalKind::Name,
            Sign::None,
            &format!("(?:(?:{ROLES})(?:{NAMED})?|(?:{KIN}))"),
            name,
        ),
    ]
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

fn degrees(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = plain.as_str();
    let mut whole = text[start..end]
        .split([' ', ',', ';', '/'])
        .filter_map(|part| {
            let digits = part.trim_start_matches(['+', '-']);
            let whole = digits.split(|c: char| !c.is_ascii_digit()).next()?;
            whole.parse::<u32>().ok()
        });
    let first = whole.next()?;
    (first <= 90 && stands_alone(text, start, end)).then_some((start, end))
}

/// Without a word before it a plate has capitals and hyphens, and does not
/// end like a year.
fn plate_alone(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = plain.as_str();
    let mut parts = text[start..end].split('-');
    let (letters, number) = (parts.next()?, parts.next_back()?);
    let capitals = !plain.written(start, end).chars().any(char::is_lowercase);
    let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    let hyphen = text[..start].ends_with('-') || text[end..].starts_with('-');
    let fits = capitals && !year && !hyphen && !NO_PLATE.contains(&letters);
    (fits && stands_alone(text, start, end)).then_some((start, end))
}

/// The name behind a word that says that one follows, or on both sides of one
/// between names.
fn name(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = plain.as_str();
    if !stands_alone(text, start, end) {
        return None;
    }
    let word = &text[start..end];
    let kin = KIN.split('|').any(|one| one == word);
    let said = kin && !word.is_ascii()
        || word.contains("naam")
        || word.contains("name")
        || word.contains("نام");
    let after = after(text, end)
        .take_while(|(from, to)| is_name(plain, *from, *to, said))
        .last();
    if !kin {
        let (_, to) = after?;
        let begin = text[end..].find(char::is_alphabetic)?;
        return Some((end + begin, to));
    }
    let before = before(text, start)
        .take_while(|(from, to)| is_name(plain, *from, *to, said))
        .last();
    Some((before?.0, after?.1))
}

fn is_name(plain: &Plain<'_>, start: usize, end: usize, said: bool) -> bool {
    let word = &plain.as_str()[start..end];
    let mut written = plain.written(start, end).chars();
    let capital = written.next().is_some_and(char::is_uppercase)
        && written.next().is_some_and(char::is_lowercase);
    !NOT_NAMES.contains(word) && (said || capital || KNOWN_NAMES.contains(word))
}

/// The words behind a place, as far as nothing but a space or a point is
/// between them; before the first there may also be a colon.
fn after(text: &str, at: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut at = at;
    std::iter::repeat_with(move || {
        let rest = &text[at..];
        let word = rest.trim_start_matches([' ', ':', ',', '-', '"']);
        let gap = rest.len() - word.len();
        let length = word
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(word.len());
        let found = (length > 1 && (1..=3).contains(&gap)).then_some((at + gap, at + gap + length));
        at += gap + length;
        found
    })
    .take(NAME_WORDS)
    .map_while(|found| found)
}

/// The words before a place, the nearest first.
fn before(text: &str, at: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut at = at;
    std::iter::repeat_with(move || {
        let word = text[..at].trim_end_matches(' ');
        let gap = at - word.len();
        let start = word.rfind(|c: char| !c.is_alphabetic());
        let start = start.map_or(0, |at| {
            at + word[at..].chars().next().map_or(0, char::len_utf8)
        });
        let found = (word.len() - start > 1 && gap == 1).then_some((start, word.len()));
        at = start;
        found
    })
    .take(NAME_WORDS)
    .map_while(|found| found)
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

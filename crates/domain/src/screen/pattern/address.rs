//! Where somebody lives: the number of a house, and what follows it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::name::{capital, is_known};
use super::{END, Plain, choice, stands_alone, words};

const UNIT: &str = "house|flat|plot|apartment|apt|shop|makaa?n|ghar|dukaa?n|kothi|\
    مکان|گھر|فلیٹ|پلاٹ|دکان|کوٹھی";
const STREET: &str = "street|st|gali|galli|lane|گلی|سٹریٹ|اسٹریٹ";
/// What has its number behind the word "number" only.
const NUMBERED: &str = "h|ward|وارڈ";
const NUMBER: &str = "(?:number|numbr|num|nmbr|no|نمبر|#)";
/// The canals by which villages are numbered: Gugera Branch, Jhang Branch.
const CANAL: &str = r"[gjrnsewmd]\.?b|dnb|ml|tda|[lr]";
const CANAL_IN_URDU: &str = "[گجرنش][ .]{0,2}ب|(?:جی|جے|آر|این|ایس|ای) ?بی";

/// A part of a town, with its name or number before or behind it.
const AREA: &str = "street st gali galli lane block sector phase mohalla mohallah mohala mohalah \
    muhalla muhallah muhala muhalah colony town road scheme society گلی سٹریٹ بلاک سیکٹر فیز محلہ \
    کالونی ٹاون روڈ سوسائٹی سکیم";
/// Parts of towns that are called by their names alone.
const QUARTER: &str = "bahria cantt clifton dha gulberg gulistan gulshan hayatabad islampura korangi \
    lyari malir nazimabad orangi sabzazar saddar samanabad بحریہ کینٹ کلفٹن گلبرگ گلستان گلشن \
    حیات‌آباد اسلامپورہ کورنگی ملیر ناظم‌آباد صدر سمن‌آباد";
/// Names that stand before such a word as "town", and are no people's.
const TOWN: &str = "allama askari canal defence faisal garden johar madina model new north peoples \
    satellite wapda جوہر ماڈل مدینہ نیو واپڈا سیٹلائٹ علامہ فیصل گارڈن عسکری";
/// Words before a number with a letter that is no house's: laws and classes.
const NO_HOUSE: &str = "act and annex annexure art article articles by case chapter class clause cnsa \
    crpc dafa figure form grade offence offences or order para paragraph part ppc rule rules s schedule \
    sec section sections sub table u/s under اور دفعہ آرٹیکل شق";

static AREAS: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(AREA));
static QUARTERS: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(QUARTER));
static TOWNS: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(TOWN));
static NO_HOUSES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(NO_HOUSE));

/// A part of a town, as it stands behind the number of a house.
fn place() -> String {
    let (area, quarter) = (choice(AREA), choice(QUARTER));
    let word = r"[^ ,.;:\n]{1,20}";
    let part = format!("(?:[ -](?:[0-9]{{1,3}}(?:-?[a-z])?|iii?|iv){END})?");
    format!(
        "[ ,]{{1,3}}(?:{area}(?:[ .:#-]{{1,3}}(?:{NUMBER}[ .:#-]{{1,3}})?{word}{END}|[0-9]{{1,4}}{END}|{END})|\
         (?:{word},? ){{0,2}}?(?:{quarter}{END}{part}|{area}{END}{part})|\
         [a-z][ -]?[0-9]{{1,2}}/[0-9]{{1,2}})"
    )
}

/// A number that is said to be one, or a street's.
pub(super) fn numbered() -> String {
    let place = place();
    let digits = format!("[0-9]{{1,5}}(?:[/-][0-9]{{1,4}})?(?:[ -]?[a-z]{END})?");
    let lettered = format!("(?:[ .:#-]{{0,3}}|[ .:#-]{{1,3}}(?:[a-z][ /-]?|[a-z]{{2}}-)){digits}");
    let street = format!("[ .#-]{{0,2}}[0-9]{{1,5}}(?:[/-][0-9]{{1,4}})?(?:-?[a-z]{END})?");
    let canal = format!("[ /.-]{{0,2}}(?:(?:{CANAL}){END}|{CANAL_IN_URDU})");
    let village = "[0-9]{1,4}(?:/[0-9]{1,2})?";
    format!(
        "(?:(?:{UNIT}|{STREET}|{NUMBERED})[./]? ?{NUMBER}{lettered}|(?:{STREET}){street}|\
         (?:chak|چک)(?: ?{NUMBER}[ .:#-]{{0,3}}{village}(?:{canal})?|\
         [ .-]{{1,2}}{village}{canal}))(?:{place}){{0,4}}"
    )
}

/// A number that is a house's by what follows it.
pub(super) fn bare() -> String {
    let place = place();
    let unit = format!(
        "(?:{UNIT})(?:[ .#-]{{0,2}}|[ .#-]{{1,2}}[a-z]-?)\
         [0-9]{{1,5}}(?:[/-][0-9]{{1,4}})?(?:-?[a-z])?"
    );
    format!("(?:{unit}|[0-9]{{1,4}}[/-][a-z])(?:{place}){{1,4}}")
}

/// Whether the words between the number of a house and a part of a town are
/// the name of the latter.
pub(super) fn in_a_quarter(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = plain.as_str();
    let number = start + text[start..end].find(is_digit)?;
    let behind = number + text[number..end].find([' ', ','])?;
    let mut at = behind;
    let words = text[behind..end].split([' ', ',']).map(|word| {
        let from = at;
        at += word.len() + 1;
        (from, word)
    });
    let mut words = words.filter(|(_, word)| !word.is_empty()).peekable();
    let first = words.peek().is_some_and(|(_, word)| AREAS.contains(*word));
    let named = words
        .by_ref()
        .take_while(|(_, word)| {
            !word.contains(is_digit) && !AREAS.contains(*word) && !QUARTERS.contains(*word)
        })
        .all(|(from, word)| {
            capital(plain, from, from + word.len()) || TOWNS.contains(word) || is_known(word)
        });
    let mut numbered = || {
        words
            .next()
            .is_some_and(|(_, word)| word.len() == 1 || word.contains(is_digit))
    };
    let said = number > start || begins_a_house(text, start) && (!first || numbered());
    (named && said && stands_alone(text, start, end)).then_some((start, end))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether what is before a number lets it be a house's without saying so.
fn begins_a_house(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches([' ', ',', '.', ':']);
    let word = before
        .rsplit([' ', ',', '.', ':', '(', '\n'])
        .next()
        .unwrap_or_default();
    !text[..start].ends_with(['-', '/'])
        && !word.contains(is_digit)
        && !AREAS.contains(word)
        && !NO_HOUSES.contains(word)
}

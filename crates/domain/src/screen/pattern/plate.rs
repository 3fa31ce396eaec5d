//! Numbers of vehicles.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::name::is_no_name;
use super::{END, Plain, choice, stands_alone, words};

/// Words for vehicles and for their plates.
const VEHICLE: &str = "bike bus car dumper gaadi gaari gadi gari jeep motorbike motorcycle pickup plate \
    registration rickshaw scooter suv taxi tractor trailer truck van vehicle wagon گاڑی پلیٹ رجسٹریشن \
    رکشہ ٹرک بس";
/// Who made them, and what they are called.
const MAKE: &str = "alto alsvin aqua bolan camry changan civic coaster corolla coure cultus daihatsu \
    elantra fortuner hiace hilux hino honda hyundai isuzu kia liana mehran mercedes mira \
    mitsubishi nissan pajero passo prado premio prius revo sazgar shehzore sonata sportage suzuki swift \
    toyota tucson vigo vitz yamaha yaris آلٹو سوزوکی سوک ٹویوٹا کرولا کلٹس مہران ہنڈا ہونڈا";
/// Words between those and the number.
const BETWEEN: &str = "number|numbr|num|nmbr|no|plate|with|is|hai|car|gaa?ri|white|black|silver|grey|gray|\
    red|blue|green|golden|safaid|safed|kali|kala|cd ?-?70|cg ?-?125|70|125|نمبر|پلیٹ";
/// What stands between a number and the word for a vehicle that has it.
const BEHIND: &str = "number|numbr|num|nmbr|no|plate|wali|waali|wala|نمبر|پلیٹ|والی|والا";
/// Words behind those.
const BEHIND_THAT: &str = "ki|ka|ke|plate|wali|waali|wala|white|black|silver|grey|gray|red|blue|green|\
    golden|safaid|safed|kali|kala|کی|کا|والی|والا|پلیٹ|سفید|کالی";
/// The words that say that a number follows.
const NUMBER: &[&str] = &[
    "number", "numbr", "num", "nmbr", "no", "plate", "نمبر", "پلیٹ",
];
/// The letters of plates as they are written in Urdu.
const LETTER: &str = "اے|بی|سی|ڈی|ای|ایف|جی|ایچ|آئی|جے|کے|ایل|ایم|این|او|پی|کیو|آر|ایس|ٹی|یو|وی|ڈبلیو|\
    ایکس|وائی|زیڈ";

/// Letters before a number that are no vehicle's: laws, reports, bodies, sums,
/// measures, models and months.
const NO_PLATE: &str = "act art ata bps cfc cnsa crpc eo epa fia fir iso jit no pkr ppc psd rfc rs sec sha \
    sro un usd wp \
    cb cbr cc cd cg efi exi gd gli glx gr gs gsx gto gxr hp kg km lc trd vti vx vxl vxr xli yb ybr ybz \
    jan feb mar apr may jun jul aug sep sept oct nov dec";
/// Short words, which in small letters are no vehicle's either.
const NO_LETTERS: &str = "age ago all any as both cost cut due each fee few fit fm full get got hit if into \
    its just law led left less low me met mid more my near new next now off old only our out over own paid \
    park pay per plus pre put ran rate said sat saw say set size so such tax than then till top type up us \
    via went when won year yet you your \
    abhi baad bad be code din ek hi is jab kal kam kul le liye lye na nai pas pe raat roz saal sab sal \
    sath sau sirf tab tak us wale ya ye";

static MAKES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(MAKE));
static VEHICLES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(VEHICLE));
static NO_PLATES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(NO_PLATE));
static NOT_LETTERS: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(NO_LETTERS));

fn vehicle() -> String {
    format!(
        "(?:{}|{}|motor cycle|موٹر سائیکل|ہائی ایس)",
        choice(VEHICLE),
        choice(MAKE)
    )
}

/// A number behind the word for a vehicle.
pub(super) fn called() -> String {
    let vehicle = vehicle();
    format!(
        "{vehicle}(?: (?:{BETWEEN})){{0,4}}[ .:#(-]{{1,3}}\
         (?:[a-z]{{2,4}}|(?:(?:{LETTER})[ -]){{2,4}})[ -]{{0,2}}(?:[0-9]{{2}}[ -])?[0-9]{{2,4}}"
    )
}

/// A number before the word for a vehicle.
pub(super) fn calling() -> String {
    let vehicle = vehicle();
    format!(
        "[a-z]{{2,3}}[ -]?(?:[0-9]{{2}}[ -])?[0-9]{{3,4}} (?:{BEHIND})(?: (?:{BEHIND_THAT})){{0,3}} \
         {vehicle}{END}"
    )
}

/// A number by itself.
pub(super) const ALONE: &str = "[a-z]{2,3}(?:-[0-9]{2})?-[0-9]{3,4}";

/// Without the word "number" it is not a year, and one of four letters or two
/// digits is set off.
pub(super) fn behind_vehicle(
    plain: &Plain<'_>,
    start: usize,
    end: usize,
) -> Option<(usize, usize)> {
    let text = plain.as_str();
    let before = text[..end].trim_end_matches(|c: char| c.is_ascii_digit() || " -".contains(c));
    let number = text[before.len()..end].trim_start_matches([' ', '-']);
    let letters = before
        .rsplit(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    let from = before.len() - letters.len();
    let set_off = set_off(plain.written(from, end), plain.written(start, from));
    let short = number.len() == 2 || letters.chars().count() == 4;
    let said = says_number(&text[start..from]) || !is_year(number) && (!short || set_off);
    let fits = said && !is_code(letters) && (set_off || !is_word(letters));
    (fits && stands_alone(text, start, end)).then_some((start, end))
}

/// Only the number is one, not what is said of the vehicle.
pub(super) fn before_vehicle(
    plain: &Plain<'_>,
    start: usize,
    end: usize,
) -> Option<(usize, usize)> {
    let text = plain.as_str();
    let all = &text[start..end];
    let letters = all.find(|c: char| !c.is_ascii_alphabetic())?;
    let number = all[letters..].find(|c: char| !c.is_ascii_digit() && !" -".contains(c))?;
    let plate = all[..letters + number].trim_end();
    let (letters, number) = plate.split_at(letters);
    let behind = start + plate.len();
    let set_off = set_off(plain.written(start, behind), plain.written(behind, end));
    let said = says_number(&text[behind..end]) || !is_year(number);
    let fits = said && !is_code(letters) && (set_off || !is_word(letters));
    (fits && stands_alone(text, start, end)).then_some((start, behind))
}

/// Without a word before it a plate has capitals and hyphens, and does not
/// end like a year.
pub(super) fn by_itself(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = plain.as_str();
    let (letters, number) = text[start..end].split_once('-')?;
    let hyphen = text[..start].ends_with('-') || text[end..].starts_with('-');
    let capitals = !plain.written(start, end).contains(char::is_lowercase);
    let fits = capitals && !is_year(number) && !hyphen && !is_code(letters);
    (fits && stands_alone(text, start, end)).then_some((start, end))
}

/// Whether a number is in capitals, and what is beside it is not.
fn set_off(number: &str, beside: &str) -> bool {
    let shouted = beside.contains(char::is_uppercase) && !beside.contains(char::is_lowercase);
    !number.contains(char::is_lowercase) && !shouted
}

fn says_number(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic())
        .any(|word| NUMBER.contains(&word))
}

fn is_year(number: &str) -> bool {
    let last = number.rsplit([' ', '-']).next().unwrap_or_default();
    last.len() == 4 && (last.starts_with("19") || last.starts_with("20"))
}

/// Whether letters before a number are those of a law, a measure or a model.
fn is_code(letters: &str) -> bool {
    NO_PLATES.contains(letters) || MAKES.contains(letters)
}

/// Whether they are a word; the letters of plates in Urdu are none.
fn is_word(letters: &str) -> bool {
    let word = NOT_LETTERS.contains(letters) || VEHICLES.contains(letters) || is_no_name(letters);
    word && letters.is_ascii()
}

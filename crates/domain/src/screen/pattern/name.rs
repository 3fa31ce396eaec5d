//! Names behind words that say whose they are.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{END, Plain, choice, stands_alone, words};

/// Words after which a name may follow: whose it is.
const ROLES: &str = "accused|suspects?|culprit|perpetrator|trafficker|smuggler|kidnapper|\
    abductor|victim|complainant|mulzima?|mulziman|mujrim|ملزم|ملزمہ|ملزمان|مجرم|متاثرہ";
/// Words between those and the name that say that a name follows.
const NAMED: &str = "(?:,? (?:a|is|was|person|man|woman|shakhs|شخص)){0,4}\
    (?:'s)?,? (?:named|namely|called|name is|ka naam|ki naam|naam|کا نام|کی شناخت|بنام)";
/// What is said of a person before the name.
const PERSON: &str = r"persons?|man|woman|shakhs|(?:mr|mrs|ms|dr)\.?|شخص|ڈاکٹر|مسمی";
/// Ranks, word by word.
const RANK: &str = "asi si sub head inspector insp constable subedar havildar hawaldar sipahi \
    patwari tehsildar سب انسپکٹر اے ایس آئی ہیڈ کانسٹیبل حوالدار سپاہی صوبیدار پٹواری تحصیلدار";
/// Ranks and offices behind which a place may follow rather than a name.
const OFFICE: &str = "additional aig asp assistant deputy dig director dpo dsp general ig minister muharrar \
    officer official police rpo secretary sho sp ssp superintendent ایچ او ڈی پی پولیس افسر";
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
    airport branch circle city colony district division headquarters station thana town traffic \
    faisalabad gujranwala hyderabad islamabad karachi lahore multan peshawar quetta rawalpindi \
    sialkot sukkur \
    abhi aur bhi hai hain hua ja jo ka kar ke ki kis ko koi kya main mein nahi nahin ne par phir se \
    tak tha thi wo woh ya ye yeh \
    نے کو کا کی کے سے پر میں اور یا جو کہ ہے ہیں تھا تھی تھے ہو ہوا گیا کر یہ وہ اس ان نہیں بھی \
    پولیس گرفتار فرار شخص افراد خاتون کون کوئی کیا جس جن ابھی تک پھر";

/// Words that are parts of many names, and hardly anything else.
const NAMES: &str = "abbas abdul abdullah adnan ahmad ahmed akbar akhtar akram ali amjad anwar arif \
    arshad ashraf asif aslam awan ayesha baloch bashir bhatti bibi bilal butt chaudhry danish faisal \
    farhan fatima ghulam hameed hamid haider hassan hussain ibrahim imran iqbal irfan jamil javed kamran kashif khalid khan latif mahmood malik \
    maryam mehmood mohammad muhammad munir mushtaq nadeem naeem nasir nawaz qasim qureshi rafiq \
    rana rashid raza rehman riaz rizwan saeed sajid saleem salman sana shah shahid shaikh sharif \
    sheikh siddiqui tahir tariq umar usman waqar waseem yasin yousaf zafar zahid zainab zubair \
    احمد اختر ارشد اسلم اشرف اعوان اقبال اکرم امجد انور بشیر بلوچ بھٹی بی‌بی جاوید چوہدری حسن حسین \
    حمید حیدر خالد خان رانا رحمان رشید رضا ریاض زاہد زبیر سعید سلیم شاہ شاہد شریف شیخ صدیقی طارق \
    طاہر ظفر عائشہ عباس عبداللہ عثمان عرفان علی عمر عمران غلام فاطمہ قاسم قریشی کامران کاشف لطیف \
    محمد محمود مریم مشتاق ملک منیر ناصر ندیم نواز وسیم یاسین یوسف";

static NOT_NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(NO_NAME));
static KNOWN_NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(NAMES));
static OFFICES: LazyLock<BTreeSet<String>> = LazyLock::new(|| words(OFFICE));

/// A word behind which a name may follow, or between two.
pub(super) fn announced() -> String {
    let number = "(?:number|no|نمبر|#)[ .:#]{0,2}[0-9]{1,2}";
    let (rank, office) = (choice(RANK), choice(OFFICE));
    format!(
        "(?:(?:{ROLES})(?:{NAMED}|(?:,? (?:{PERSON}){END})?(?:,? ?{number}{END})?\
         (?:,?[ -](?:{rank}|{office}){END}){{0,5}})|(?:{KIN}))"
    )
}

/// The name behind a word that says that one follows, or on both sides of one
/// between names.
pub(super) fn name(plain: &Plain<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
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
    let names: Vec<_> = after(text, end)
        .take_while(|(from, to)| is_name(plain, *from, *to, said))
        .collect();
    let (first, last) = (names.first()?, names.last()?);
    if !kin {
        let last_word = word.rsplit([' ', '-']).next();
        let open = text[end..].trim_start_matches([' ', ',']).starts_with('(');
        let doubtful = open || last_word.is_some_and(|word| OFFICES.contains(word));
        let known = names.iter().any(|(from, to)| is_known(&text[*from..*to]));
        return (known || !doubtful).then_some((first.0, last.1));
    }
    let before = before(text, start)
        .take_while(|(from, to)| is_name(plain, *from, *to, said))
        .last();
    Some((before?.0, last.1))
}

fn is_name(plain: &Plain<'_>, start: usize, end: usize, said: bool) -> bool {
    let word = &plain.as_str()[start..end];
    !is_no_name(word) && (said || is_known(word) || capital(plain, start, end))
}

/// Whether a word is written with a capital, and not in capitals.
pub(super) fn capital(plain: &Plain<'_>, start: usize, end: usize) -> bool {
    let mut written = plain.written(start, end).chars();
    written.next().is_some_and(char::is_uppercase) && written.next().is_some_and(char::is_lowercase)
}

/// Whether a word is a part of many names.
pub(super) fn is_known(word: &str) -> bool {
    KNOWN_NAMES.contains(word)
}

pub(super) fn is_no_name(word: &str) -> bool {
    NOT_NAMES.contains(word)
}

/// The words behind a place, as far as nothing but a space or a sign is
/// between them; before the first a bracket may be open.
fn after(text: &str, at: usize) -> impl Iterator<Item = (usize, usize)> {
    let (first, mut at) = (at, at);
    std::iter::repeat_with(move || {
        let rest = &text[at..];
        let word =
            rest.trim_start_matches(|c: char| " :,-\"".contains(c) || c == '(' && at == first);
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

//! What the report of moderation says besides figures, in both languages.

use domain::people::Language;
use domain::transparency::{Section, TIMES};
pub(super) use forum::statistics::dictionary::Said;

const fn said(en: &'static str, ur: &'static str) -> Said {
    Said { en, ur }
}

pub(super) const TITLE: Said = said(
    "How this forum is moderated",
    "اس فورم کی نگرانی کیسے ہوتی ہے",
);
pub(super) const SKIP: Said = said("Skip to the content", "براہِ راست مواد پر جائیں");
pub(super) const OTHER: Said = said("اردو", "English");
pub(super) const ABOUT: Said = said(
    "What members flagged and moderators did in a quarter, how long it took, and what came of appeals. The report is \
     made once, when the quarter is over. What the public record of moderation shows is counted exactly; everything else \
     is rounded, and not shown where it is very few: a small number is then counted together with the next larger ones, \
     as the rest, so that nobody finds it out by taking the others from a total. Hours are those from the first flag, or \
     from when the forum held something, to the decision, and from an appeal to its outcome.",
    "ایک سہ ماہی میں اراکین نے کیا نشان زد کیا، منتظمین نے کیا کیا، کتنا وقت لگا، اور اپیلوں کا کیا نتیجہ نکلا۔ یہ رپورٹ سہ ماہی \
     ختم ہونے پر ایک بار بنتی ہے۔ جو کچھ نگرانی کے عوامی ریکارڈ میں ہے وہ ٹھیک ٹھیک گنا جاتا ہے؛ باقی اعداد قریب ترین عدد تک ہیں، \
     اور جہاں بہت کم ہوں وہاں نہیں دکھائے جاتے: چھوٹا عدد اپنے سے اگلے بڑے اعداد کے ساتھ «باقی سب» میں گنا جاتا ہے، تاکہ کوئی کل میں سے \
     دوسرے اعداد منہا کر کے اسے معلوم نہ کر سکے۔ گھنٹے پہلی نشان دہی سے، یا فورم کے روکنے سے، فیصلے تک، اور اپیل سے اس کے نتیجے تک کے ہیں۔",
);
pub(super) const NONE_YET: Said = said("There is no report yet.", "ابھی کوئی رپورٹ نہیں ہے۔");
pub(super) const NOTHING: Said = said("Nothing in this quarter.", "اس سہ ماہی میں کچھ نہیں۔");
pub(super) const TOO_FEW: Said = said("too few", "بہت کم");
pub(super) const AS_CSV: Said = said("As CSV", "CSV میں");
pub(super) const AS_JSON: Said = said("As JSON", "JSON میں");
pub(super) const OF_WHAT: Said = said("Of what", "کس کا");
pub(super) const COUNTED: Said = said("What is counted", "کیا گنا گیا");
pub(super) const NUMBER: Said = said("Number", "تعداد");
pub(super) const EARLIER: Said = said("All reports", "تمام رپورٹیں");

/// What a table is called.
pub(super) const fn section(section: Section) -> Said {
    match section {
        Section::Acts => said(
            "Acts of moderators, by reason",
            "منتظمین کی کارروائیاں، بلحاظ وجہ",
        ),
        Section::ActsByCategory => said(
            "Acts of moderators, by category",
            "منتظمین کی کارروائیاں، بلحاظ موضوع",
        ),
        Section::ActsByConstituency => said(
            "Acts of moderators, by whom the authors speak for",
            "منتظمین کی کارروائیاں، بلحاظ حلقۂ مصنف",
        ),
        Section::Reversals => said("Acts that were taken back", "واپس لی گئی کارروائیاں"),
        Section::ReversalsByCategory => said(
            "Acts that were taken back, by category",
            "واپس لی گئی کارروائیاں، بلحاظ موضوع",
        ),
        Section::ReversalsByConstituency => said(
            "Acts that were taken back, by whom the authors speak for",
            "واپس لی گئی کارروائیاں، بلحاظ حلقۂ مصنف",
        ),
        Section::Flags => said("Flags, and what was decided", "نشان دہیاں اور ان پر فیصلے"),
        Section::FlagsByConstituency => said(
            "Flags, by whom flaggers speak for",
            "نشان دہیاں، بلحاظ حلقہ",
        ),
        Section::FlagsByCategory => said("Flags, by category", "نشان دہیاں، بلحاظ موضوع"),
        Section::Decisions => said(
            "Decisions, and how long they took",
            "فیصلے اور ان میں لگا وقت",
        ),
        Section::DecisionsByCategory => said(
            "Decisions and how long they took, by category",
            "فیصلے اور ان میں لگا وقت، بلحاظ موضوع",
        ),
        Section::DecisionsByConstituency => said(
            "Decisions and how long they took, by whom the authors speak for",
            "فیصلے اور ان میں لگا وقت، بلحاظ حلقۂ مصنف",
        ),
        Section::Appeals => said(
            "Appeals, and how long they took",
            "اپیلیں اور ان میں لگا وقت",
        ),
        Section::AppealsByCategory => said(
            "Appeals and how long they took, by category",
            "اپیلیں اور ان میں لگا وقت، بلحاظ موضوع",
        ),
        Section::AppealsByConstituency => said(
            "Appeals and how long they took, by whom those who appealed speak for",
            "اپیلیں اور ان میں لگا وقت، بلحاظ حلقۂ اپیل کنندہ",
        ),
        Section::Demands => said("Demands by law", "قانونی مطالبات"),
        Section::FirstLooks => said(
            "First looks at what was sent or held, in working days",
            "بھیجے گئے یا روکے گئے مواد پر پہلی نظر، ایامِ کار میں",
        ),
    }
}

/// What a key or a measure is called; `None` of one that is no code of the report.
pub(super) fn named(code: &str, language: Language) -> Option<String> {
    if let Some(said) = self::code(code) {
        return Some(said.in_language(language).to_owned());
    }
    let mut times = TIMES.iter();
    let (of, time) = times.find_map(|&(_, time)| {
        let of = code.strip_suffix(time)?.strip_suffix('_')?;
        Some((self::code(of)?, self::code(time)?))
    })?;
    let (of, time) = (of.in_language(language), time.in_language(language));
    Some(format!("{of}: {time}"))
}

/// What a code is called; `None` of one that is no code of the report.
fn code(code: &str) -> Option<Said> {
    Some(match code {
        "HOLD" => said("held", "روکا گیا"),
        "RELEASE" => said("released", "جاری کیا گیا"),
        "RETURN" => said("given back to be mended", "اصلاح کے لیے واپس کیا گیا"),
        "MINIMIZE" => said("folded away", "سمیٹا گیا"),
        "REMOVE" => said("removed", "ہٹایا گیا"),
        "RESTORE" => said("brought back", "بحال کیا گیا"),
        "LOCK" => said("locked", "مقفل کیا گیا"),
        "UNLOCK" => said("unlocked", "کھولا گیا"),
        "REDACT" => said("struck out", "حصے مٹائے گئے"),
        "UNREDACT" => said(
            "put back what was struck out",
            "مٹائے گئے حصے واپس رکھے گئے",
        ),
        "CLOSE" => said("closed", "ختم کیا گیا"),
        "REOPEN" => said("taken up again", "دوبارہ شروع کیا گیا"),
        "PIN" => said("named to be read first", "پہلے پڑھنے کے لیے رکھا گیا"),
        "UNPIN" => said("no longer to be read first", "پہلے پڑھنے سے ہٹایا گیا"),
        "MOVE" => said("moved", "منتقل کیا گیا"),
        "SPLIT" => said("split off", "الگ کیا گیا"),
        "MERGE" => said("merged", "ضم کیا گیا"),
        "MOVE_BACK" => said("moved back", "واپس منتقل کیا گیا"),
        "SLOW_MODE" => said("slowed down", "آہستہ کیا گیا"),
        "NORMAL_MODE" => said("at usual pace again", "معمول کی رفتار پر"),
        "UPHOLD" => said("upheld on appeal", "اپیل پر برقرار"),
        "OVERTURN" => said("overturned on appeal", "اپیل پر کالعدم"),
        "WARN" => said("warned", "تنبیہ کی گئی"),
        "SILENCE" => said("silenced", "خاموش کیا گیا"),
        "SUSPEND" => said("suspended", "معطل کیا گیا"),
        "BAN" => said("banned", "پابندی لگائی گئی"),
        "LIFT" => said("sanction lifted", "پابندی اٹھائی گئی"),
        "SPAM" => said("spam", "سپام"),
        "ABUSE" => said("abuse", "بدزبانی"),
        "PERSONAL_INFORMATION" => said("personal information", "ذاتی معلومات"),
        "DANGER" => said("danger", "خطرہ"),
        "OFF_TOPIC" => said("off topic", "موضوع سے ہٹ کر"),
        "FALSE_STATEMENT" => said("false statement", "غلط بیان"),
        "OTHER" => said("something else", "کچھ اور"),
        "DUPLICATE" => said("stands elsewhere", "کہیں اور موجود"),
        "HEATED" => said("heated conversation", "گرما گرم گفتگو"),
        "FLAGGED" => said("flagged by enough members", "کافی اراکین نے نشان زد کیا"),
        "UNREAD" => said(
            "changed, and not looked at yet",
            "تبدیل شدہ، ابھی جائزہ باقی",
        ),
        "REVIEWED" => said("looked at", "جائزہ لیا گیا"),
        "MISTAKEN" => said("done by mistake before", "پہلی کارروائی غلط تھی"),
        "MENDED" => said("mended by its author", "مصنف نے درست کیا"),
        "TO_MEND" => said("to be mended", "اصلاح طلب"),
        "SETTLED" => said("said what was to be said", "بات مکمل ہوئی"),
        "IMPORTANT" => said("everyone should read it", "سب کے پڑھنے کے لیے"),
        "LEGAL_ORDER" => said("by order", "حکم کی تعمیل میں"),
        "COURT_ORDER" => said("order of a court", "عدالتی حکم"),
        "STATUTORY_NOTICE" => said("notice under a law", "قانون کے تحت نوٹس"),
        "POLICE_REQUEST" => said("request of a police force", "پولیس کی درخواست"),
        "AUTHORITY_REQUEST" => said("request of another authority", "کسی اور ادارے کی درخواست"),
        "RECEIVED" => said("received", "موصول"),
        "COMPLIED" => said("complied with", "تعمیل کی گئی"),
        "REFUSED" => said("refused", "رد کیا گیا"),
        "APPEALED" => said("an appeal was right", "اپیل درست نکلی"),
        "AGREE" => said("flags were right", "نشان دہی درست"),
        "DISAGREE" => said("flags were not right", "نشان دہی غلط"),
        "DEFER" => said("left to another", "دوسرے پر چھوڑا گیا"),
        "WAITING" => said("waits", "منتظر"),
        "CIVIL_SOCIETY" => said("civil society", "سول سوسائٹی"),
        "YOUTH" => said("young people", "نوجوان"),
        "EXPERT" => said("experts", "ماہرین"),
        "OFFICIAL" => said("officials", "سرکاری اہلکار"),
        "NONE" => said("none given", "درج نہیں"),
        "REST" => said("the rest, together", "باقی سب"),
        "COUNT" => said("how many", "کتنے"),
        "MEDIAN_HOURS" => said("hours that half of them took", "نصف میں لگے گھنٹے"),
        "P90_HOURS" => said(
            "hours that nine in ten of them took",
            "دس میں سے نو میں لگے گھنٹے",
        ),
        "MADE" => said("made", "دائر"),
        "UPHELD" => said("what was done stands", "کارروائی برقرار"),
        "OVERTURNED" => said("what was done was wrong", "کارروائی غلط"),
        "LATE" => said("late", "تاخیر سے"),
        "IN_TIME" => said("in time", "وقت پر"),
        "WAITING_LATE" => said("wait, and are late", "منتظر، تاخیر کے ساتھ"),
        "REVERSED" => said("taken back", "واپس لیا گیا"),
        "CONCERNS" => said("concerns", "شکایات"),
        "POSTS" => said("posts", "پوسٹس"),
        "DISCUSSIONS" => said(
            "discussions, questions and proposals",
            "مباحثے، سوالات اور تجاویز",
        ),
        "HELD_BY_MODERATORS" => said("held by moderators", "منتظمین نے روکا"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use domain::moderation::{AppealOutcome, Decision, FlagReason, ModAct, ReasonCode};
    use domain::people::{Constituency, Language};
    use domain::transparency::{Awaiting, COUNT, NO_CATEGORY, REST, TIMES};

    use super::{code, named};

    #[test]
    fn every_code_of_the_report_has_words() {
        let all = ModAct::CODES
            .iter()
            .chain(ReasonCode::CODES)
            .chain(FlagReason::CODES);
        let all = all.chain(Decision::CODES).chain(AppealOutcome::CODES);
        for one in all.chain(Constituency::CODES).chain(Awaiting::CODES) {
            assert!(code(one).is_some(), "{one}");
        }
        let more = [COUNT, NO_CATEGORY, REST];
        for one in TIMES.map(|(_, time)| time).iter().chain(&more) {
            assert!(code(one).is_some(), "{one}");
        }
    }

    #[test]
    fn a_time_says_of_what_it_is() {
        let named = |code, language| named(code, language).unwrap_or_default();
        assert_eq!(
            named("OVERTURNED_P90_HOURS", Language::En),
            "what was done was wrong: hours that nine in ten of them took"
        );
        assert_eq!(
            named("AGREE_MEDIAN_HOURS", Language::Ur),
            "نشان دہی درست: نصف میں لگے گھنٹے"
        );
        for unknown in ["TIP_MEDIAN_HOURS", "AGREEMEDIAN_HOURS", "_P90_HOURS"] {
            assert_eq!(named(unknown, Language::En), "", "{unknown}");
        }
    }
}

//! What stays of somebody who left, and why, in his language.

use domain::own_data::Staying;
use domain::people::Language;

/// What stays, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// What stays.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
}

const fn said(what: &'static str, why: &'static str) -> Said {
    Said { what, why }
}

/// What stays, and why, in a language.
pub const fn staying(of: Staying, language: Language) -> Said {
    match language {
        Language::En => english(of),
        Language::Ur => urdu(of),
    }
}

const fn english(of: Staying) -> Said {
    match of {
        Staying::Words => said(
            "What you wrote, under \"a former member\".",
            "Others read it and answered it, and you chose that it stays.",
        ),
        Staying::Marks => said(
            "A mark in place of each text that somebody answered.",
            "Without it the answers of others could not be understood.",
        ),
        Staying::Constituency => said(
            "Whom you spoke for, beside what you wrote, without your name.",
            "The figures of who speaks and who is answered count it.",
        ),
        Staying::Timelines => said(
            "How your concerns went through their offices, and that they were withdrawn.",
            "It shows what offices did; it names nobody.",
        ),
        Staying::OfficeWords => said(
            "What you wrote for an office.",
            "It is the office's answer, and stands under the office's name.",
        ),
        Staying::ModerationRecord => said(
            "What moderators did with what you wrote, and what you did as one.",
            "The public record of moderation shows that all are treated alike; it names nobody.",
        ),
        Staying::FlagCounts => said(
            "How many flagged something, you included; not that it was you.",
            "Decisions were made by these numbers.",
        ),
        Staying::AuditLog => said(
            "Entries of the audit log that commit to you; what could tell that it was you is destroyed.",
            "Nobody, the operator included, may change the log unseen.",
        ),
        Staying::Statistics => said(
            "Figures that were published.",
            "They are of many people, and cannot be taken apart again.",
        ),
        Staying::Login => said(
            "A keyed hash of the name that you signed in with.",
            "Nobody else gets that name and is taken for you.",
        ),
        Staying::Keys => said(
            "For seven days, hashes of the keys that your last changes were sent with.",
            "They have a change be made once only; nobody can tell whose they are.",
        ),
        Staying::Copies => said(
            "Copies of the database that were made before.",
            "They are kept against loss, and end as the operator says; what is restored from one \
             is to be deleted again.",
        ),
    }
}

const fn urdu(of: Staying) -> Said {
    match of {
        Staying::Words => said(
            "آپ کی تحریریں، \"سابق رکن\" کے نام سے۔",
            "دوسروں نے انہیں پڑھا اور جواب دیا، اور آپ نے انہیں رہنے دینے کا انتخاب کیا۔",
        ),
        Staying::Marks => said(
            "ہر اس متن کی جگہ ایک نشان جس کا کسی نے جواب دیا۔",
            "اس کے بغیر دوسروں کے جواب سمجھ میں نہ آتے۔",
        ),
        Staying::Constituency => said(
            "آپ کی تحریر کے ساتھ یہ کہ آپ کس حلقے کی طرف سے بولے، آپ کے نام کے بغیر۔",
            "کون بولتا ہے اور کسے جواب ملتا ہے، اس کے اعداد و شمار میں یہ شمار ہوتا ہے۔",
        ),
        Staying::Timelines => said(
            "آپ کی شکایات دفتروں سے کیسے گزریں، اور یہ کہ وہ واپس لی گئیں۔",
            "اس سے ظاہر ہوتا ہے کہ دفتروں نے کیا کیا؛ اس میں کسی کا نام نہیں۔",
        ),
        Staying::OfficeWords => said(
            "جو آپ نے کسی دفتر کی طرف سے لکھا۔",
            "یہ دفتر کا جواب ہے اور دفتر کے نام سے رہتا ہے۔",
        ),
        Staying::ModerationRecord => said(
            "آپ کی تحریروں کے ساتھ منتظمین گفتگو نے کیا کیا، اور بطور منتظم گفتگو آپ نے کیا کیا۔",
            "عوامی ریکارڈ سے ظاہر ہوتا ہے کہ سب سے ایک سا سلوک ہوتا ہے؛ اس میں کسی کا نام نہیں۔",
        ),
        Staying::FlagCounts => said(
            "آپ سمیت کتنے لوگوں نے کسی چیز کی نشاندہی کی؛ یہ نہیں کہ وہ آپ تھے۔",
            "فیصلے انہی اعداد پر ہوئے۔",
        ),
        Staying::AuditLog => said(
            "آڈٹ لاگ کے اندراجات جو آپ سے منسوب ہیں؛ جس سے پتہ چل سکتا کہ وہ آپ تھے، وہ مٹا دیا جاتا ہے۔",
            "کوئی بھی، منتظم بھی، لاگ کو چھپ کر نہیں بدل سکتا۔",
        ),
        Staying::Statistics => said(
            "شائع شدہ اعداد و شمار۔",
            "وہ بہت سے لوگوں کے ہیں اور الگ نہیں کیے جا سکتے۔",
        ),
        Staying::Login => said(
            "جس نام سے آپ داخل ہوتے تھے، اس کا کلید والا ہیش۔",
            "تاکہ کوئی اور وہ نام لے کر آپ نہ سمجھا جائے۔",
        ),
        Staying::Keys => said(
            "سات دن تک ان کلیدوں کے ہیش جن کے ساتھ آپ کی آخری تبدیلیاں بھیجی گئیں۔",
            "ان سے ایک تبدیلی ایک ہی بار ہوتی ہے؛ کوئی نہیں بتا سکتا کہ وہ کس کی ہیں۔",
        ),
        Staying::Copies => said(
            "ڈیٹا بیس کی پہلے سے بنی ہوئی نقلیں۔",
            "وہ نقصان سے بچاؤ کے لیے رکھی جاتی ہیں اور فورم چلانے والے کے کہے پر ختم ہوتی ہیں؛ ان سے جو \
             بحال ہو، اسے دوبارہ حذف کرنا ہے۔",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, Staying, staying};

    #[test]
    fn all_that_stays_is_said_with_its_reason_in_both_languages() {
        for of in Staying::ALL {
            let (en, ur) = (staying(*of, Language::En), staying(*of, Language::Ur));
            for text in [en.what, en.why] {
                assert!(text.is_ascii() && text.ends_with('.'), "{text}");
            }
            for text in [ur.what, ur.why] {
                assert!(!text.is_ascii() && text.ends_with('۔'), "{text}");
            }
        }
    }
}

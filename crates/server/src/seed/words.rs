//! Invented sentences about what the forum is for, in English and in Urdu.
//!
//! They name no person and no real event.

use super::random::Random;
use domain::people::Language;

const EN_WHO: &[&str] = &[
    "Families in our district",
    "Students at the college",
    "Women who run small shops",
    "Drivers on the highway route",
    "Young people in the neighbourhood",
    "Volunteers of the help desk",
    "Parents of returned migrants",
    "Workers at the brick kilns",
    "Residents near the border crossing",
    "Teachers of the evening school",
];
const EN_SEES: &[&str] = &[
    "see the same agents offer passage abroad",
    "report that drugs are sold beside the school",
    "were asked for money before a complaint was taken down",
    "are threatened online after they spoke",
    "lost their savings to a false job offer",
    "wait months for a reply to a written application",
    "do not know which office is responsible",
    "find the helpline busy or closed at night",
    "were told that the case belongs to another station",
    "fear to testify without protection",
];
const EN_WANTS: &[&str] = &[
    "We ask for a named desk that answers within the promised days.",
    "A short notice in Urdu at the gate would already help.",
    "Please publish how many such complaints were received this year.",
    "The witness should be heard without the accused in the room.",
    "A joint visit with a civil-society observer would build trust.",
    "What became of the awareness sessions that were announced?",
    "Schools need one trained contact whom pupils may speak to.",
    "The online form should accept a complaint without an identity card.",
    "Victims should not have to tell their story at four counters.",
    "Please explain which law applies and who decides.",
];
const EN_TITLE: &[&str] = &[
    "False job offers and who follows them up",
    "Drugs sold near schools",
    "Complaints that are not registered",
    "Threats on social media after a report",
    "Protection of witnesses before the hearing",
    "Migrants stranded without papers",
    "A help desk that nobody can reach",
    "Training for those who meet victims first",
    "Money asked for at the counter",
    "Who answers for the border market",
];
const UR_WHO: &[&str] = &[
    "ہمارے ضلع کے خاندان",
    "کالج کے طلبہ",
    "چھوٹی دکانیں چلانے والی خواتین",
    "شاہراہ پر چلنے والے ڈرائیور",
    "محلے کے نوجوان",
    "ہیلپ ڈیسک کے رضاکار",
    "بھٹوں پر کام کرنے والے مزدور",
    "سرحدی علاقے کے رہائشی",
];
const UR_SEES: &[&str] = &[
    "بتاتے ہیں کہ اسکول کے پاس منشیات بیچی جاتی ہیں",
    "سے شکایت لکھنے سے پہلے پیسے مانگے گئے",
    "کو آواز اٹھانے کے بعد آن لائن دھمکیاں ملتی ہیں",
    "جھوٹی نوکری کے جھانسے میں اپنی بچت کھو بیٹھے",
    "کو مہینوں تک درخواست کا جواب نہیں ملتا",
    "نہیں جانتے کہ کون سا دفتر ذمہ دار ہے",
    "تحفظ کے بغیر گواہی دینے سے ڈرتے ہیں",
];
const UR_WANTS: &[&str] = &[
    "ہم چاہتے ہیں کہ ایک مقررہ دفتر وقت پر جواب دے۔",
    "دروازے پر اردو میں ایک مختصر اطلاع بھی مدد دے گی۔",
    "براہ کرم بتائیں کہ اس سال ایسی کتنی شکایات آئیں۔",
    "گواہ کو ملزم کی غیر موجودگی میں سنا جائے۔",
    "اسکولوں میں ایک تربیت یافتہ فرد ہونا چاہیے۔",
    "متاثرین کو اپنی بات چار بار نہ دہرانی پڑے۔",
];
const UR_TITLE: &[&str] = &[
    "جھوٹی نوکریوں کی پیشکش",
    "اسکولوں کے قریب منشیات",
    "شکایات جو درج نہیں ہوتیں",
    "رپورٹ کے بعد آن لائن دھمکیاں",
    "سماعت سے پہلے گواہوں کا تحفظ",
    "کاغذات کے بغیر پھنسے ہوئے مہاجر",
];
const EN_ANSWER: &[&str] = &[
    "The desk has looked into the matter and spoken with the station concerned.",
    "An officer was named who receives such complaints on working days.",
    "The counter was instructed to give a receipt for every application.",
    "The matter falls in part to the provincial department, which was written to.",
];

/// A thread's title.
pub(super) fn title(random: &mut Random, language: Language) -> String {
    let (titles, part) = match language {
        Language::En => (EN_TITLE, "case"),
        Language::Ur => (UR_TITLE, "معاملہ"),
    };
    let title = random.pick(titles);
    format!("{title} ({part} {})", 1 + random.below(9_999))
}

/// This many paragraphs' worth of text: each a claim and a wish.
pub(super) fn text(random: &mut Random, language: Language, claims: u64) -> String {
    let (who, sees, wants, stop) = match language {
        Language::En => (EN_WHO, EN_SEES, EN_WANTS, "."),
        Language::Ur => (UR_WHO, UR_SEES, UR_WANTS, "۔"),
    };
    let mut text = String::new();
    for claim in 0..claims {
        if claim > 0 {
            text.push_str("\n\n");
        }
        text.extend([
            *random.pick(who),
            " ",
            *random.pick(sees),
            stop,
            " ",
            *random.pick(wants),
        ]);
    }
    text
}

/// An office's answer.
pub(super) fn answer(random: &mut Random) -> String {
    let (first, second) = (random.pick(EN_ANSWER), random.pick(EN_ANSWER));
    if first == second {
        (*first).to_owned()
    } else {
        format!("{first} {second}")
    }
}

/// The language of a text: a quarter is Urdu.
pub(super) fn language(random: &mut Random) -> Language {
    if random.percent(25) {
        Language::Ur
    } else {
        Language::En
    }
}

//! What a letter says, and what joining means, in English and in Urdu.
//!
//! A letter leaves the forum: it names neither the raiser nor whom he speaks
//! for, holds no case facts, and the concern's text only where everybody may
//! read it. It is not given what it must not say.

use chrono::NaiveDate;
use domain::letter::{InformationLaw, LetterKind};
use domain::people::Language;
use storage::directory::{Agency, Name};

/// What a letter is made of.
pub(super) struct Letter<'a> {
    pub(super) kind: LetterKind,
    /// Today in the forum's zone.
    pub(super) day: NaiveDate,
    pub(super) agency: &'a Agency,
    pub(super) reference: &'a str,
    pub(super) category: Option<&'a Name>,
    pub(super) region: Option<&'a Name>,
    /// The title and the text, where everybody may read them.
    pub(super) text: Option<(&'a str, &'a str)>,
    /// What the forum is called.
    pub(super) forum: &'a str,
    /// Where it is found, if that is known.
    pub(super) place: Option<&'a str>,
}

/// The letter, as plain text.
pub(super) fn letter(of: &Letter<'_>, language: Language) -> String {
    let words = Words(language);
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line(&format!("{}: {}", words.date(), of.day));
    line("");
    line(&format!("{}: {}", words.to(), words.name(&of.agency.name)));
    line("");
    let law = words.law(InformationLaw::of(&of.agency.region));
    line(&words.subject(of.kind, law, of.reference));
    line("");
    line(&words.begin(of.forum));
    line("");
    line(&format!("{}: {}", words.reference(), of.reference));
    if let Some(name) = of.category {
        line(&format!("{}: {}", words.category(), words.name(name)));
    }
    if let Some(name) = of.region {
        line(&format!("{}: {}", words.region(), words.name(name)));
    }
    line("");
    match of.text {
        Some((title, body)) => {
            line(words.says());
            line("");
            // Set in, so that what somebody wrote is not taken for the letter's
            // own words.
            for one in [title, ""].into_iter().chain(body.lines()) {
                line(format!("    {one}").trim_end());
            }
        }
        None => line(words.on_request()),
    }
    line("");
    if of.kind == LetterKind::RightToInformation {
        line(&words.application(law));
    }
    line(words.question(of.kind));
    line("");
    line(&words.answer(of.forum, of.reference));
    if let Some(place) = of.place {
        line(place);
    }
    line(words.shown());
    line("");
    line(of.forum);
    out
}

/// What joining means for an agency that does not answer here; `None` for one
/// that does.
pub fn joining(agency: &Agency, language: Language) -> Option<&'static str> {
    (!agency.answers()).then(|| Words(language).joining())
}

/// The words of one language.
struct Words(Language);

impl Words {
    const fn pick(&self, en: &'static str, ur: &'static str) -> &'static str {
        match self.0 {
            Language::En => en,
            Language::Ur => ur,
        }
    }

    fn name<'a>(&self, name: &'a Name) -> &'a str {
        match self.0 {
            Language::En => &name.en,
            Language::Ur => &name.ur,
        }
    }

    const fn date(&self) -> &'static str {
        self.pick("Date", "تاریخ")
    }

    const fn to(&self) -> &'static str {
        self.pick("To", "بنام")
    }

    const fn reference(&self) -> &'static str {
        self.pick("Reference", "حوالہ")
    }

    const fn category(&self) -> &'static str {
        self.pick("Category", "زمرہ")
    }

    const fn region(&self) -> &'static str {
        self.pick("Region", "علاقہ")
    }

    const fn law(&self, law: InformationLaw) -> &'static str {
        match law {
            InformationLaw::Punjab => self.pick(
                "Punjab Transparency and Right to Information Act 2013",
                "پنجاب ٹرانسپیرنسی اینڈ رائٹ ٹو انفارمیشن ایکٹ 2013",
            ),
            InformationLaw::KhyberPakhtunkhwa => self.pick(
                "Khyber Pakhtunkhwa Right to Information Act 2013",
                "خیبر پختونخوا رائٹ ٹو انفارمیشن ایکٹ 2013",
            ),
            InformationLaw::Sindh => self.pick(
                "Sindh Transparency and Right to Information Act 2016",
                "سندھ ٹرانسپیرنسی اینڈ رائٹ ٹو انفارمیشن ایکٹ 2016",
            ),
            InformationLaw::Balochistan => self.pick(
                "Balochistan Right to Information Act 2021",
                "بلوچستان رائٹ ٹو انفارمیشن ایکٹ 2021",
            ),
            InformationLaw::Federal => self.pick(
                "Right of Access to Information Act 2017",
                "رائٹ آف ایکسیس ٹو انفارمیشن ایکٹ 2017",
            ),
        }
    }

    fn subject(&self, kind: LetterKind, law: &str, reference: &str) -> String {
        match (self.0, kind) {
            (Language::En, LetterKind::Letter) => format!("Subject: concern {reference}"),
            (Language::Ur, LetterKind::Letter) => format!("موضوع: شکایت {reference}"),
            (Language::En, LetterKind::RightToInformation) => {
                format!("Subject: application under the {law}, concern {reference}")
            }
            (Language::Ur, LetterKind::RightToInformation) => {
                format!("موضوع: {law} کے تحت درخواست، شکایت {reference}")
            }
        }
    }

    fn begin(&self, forum: &str) -> String {
        match self.0 {
            Language::En => format!(
                "A concern that may be yours to answer was raised in {forum}, a forum in which \
                 civil society, young people and law enforcement speak about organized crime."
            ),
            Language::Ur => format!(
                "{forum} میں ایک شکایت درج ہوئی ہے جس کا جواب دینا شاید آپ کے ادارے کا کام ہے۔ یہ وہ فورم \
                 ہے جہاں سول سوسائٹی، نوجوان اور قانون نافذ کرنے والے ادارے منظم جرائم پر بات کرتے ہیں۔"
            ),
        }
    }

    const fn says(&self) -> &'static str {
        self.pick(
            "It says, as everybody may read it:",
            "اس کا متن، جو سب پڑھ سکتے ہیں:",
        )
    }

    const fn on_request(&self) -> &'static str {
        self.pick(
            "Its text is not public; it is given to you on request, through the forum.",
            "اس کا متن عوامی نہیں؛ درخواست پر فورم کے ذریعے آپ کو دیا جائے گا۔",
        )
    }

    fn application(&self, law: &str) -> String {
        match self.0 {
            Language::En => format!("This is an application for information under the {law}."),
            Language::Ur => format!("یہ {law} کے تحت معلومات کی درخواست ہے۔"),
        }
    }

    const fn question(&self, kind: LetterKind) -> &'static str {
        match kind {
            LetterKind::Letter => self.pick(
                "We ask you: which of your offices is responsible? What was done about it, and \
                 what will be done, by which day? If another body is responsible, which one?",
                "ہم پوچھتے ہیں: آپ کا کون سا دفتر ذمہ دار ہے؟ اس پر کیا کیا گیا، اور کیا کیا جائے گا، کس دن \
                 تک؟ اگر کوئی اور ادارہ ذمہ دار ہے تو کون سا؟",
            ),
            LetterKind::RightToInformation => self.pick(
                "We ask for what is on record of it: which of your offices is responsible, which \
                 rules apply, what was done about it, and what is planned, by which day.",
                "ہم اس بارے میں ریکارڈ پر موجود معلومات مانگتے ہیں: آپ کا کون سا دفتر ذمہ دار ہے، کون سے قواعد \
                 لاگو ہیں، اس پر کیا کیا گیا، اور کس دن تک کیا کرنے کا منصوبہ ہے۔",
            ),
        }
    }

    fn answer(&self, forum: &str, reference: &str) -> String {
        match self.0 {
            Language::En => format!("Please answer to {forum}, and name {reference}."),
            Language::Ur => format!("براہِ کرم {forum} کو جواب دیں اور حوالہ {reference} لکھیں۔"),
        }
    }

    const fn shown(&self) -> &'static str {
        self.pick(
            "Your answer is shown with the concern, as one on paper. Who raised it, the forum \
             tells nobody: please do not ask.",
            "آپ کا جواب شکایت کے ساتھ کاغذی جواب کے طور پر دکھایا جائے گا۔ فورم کسی کو نہیں بتاتا کہ شکایت \
             کس نے کی: براہِ کرم نہ پوچھیں۔",
        )
    }

    const fn joining(&self) -> &'static str {
        self.pick(
            "An agency that joins answers here itself. It names an office and officers, and what \
             is in its mandate comes to their desk. From that day on clocks run, in working days \
             that everybody can read: to say that it has a concern, and to answer it with an \
             outcome. Answers carry the office, not the officer's name, and a second officer \
             approves them. The raiser judges the answer, and how long answers take is shown in \
             public. Nobody of the agency learns who raised a concern where that is not shown, \
             and an agency that is complained of does not decide on it. Joining costs nothing; \
             an administrator of the forum opens the desk. Until then it gets letters, and no \
             clock runs.",
            "جو ادارہ شامل ہوتا ہے وہ یہاں خود جواب دیتا ہے۔ وہ ایک دفتر اور اہلکار نامزد کرتا ہے، اور اس کے دائرہ \
             کار کی شکایات ان کی میز پر آتی ہیں۔ اس دن سے مہلتیں ایامِ کار میں چلتی ہیں جو سب پڑھ سکتے ہیں: \
             شکایت کی وصولی بتانے کی، اور نتیجے کے ساتھ جواب دینے کی۔ جواب پر دفتر کا نام ہوتا ہے، اہلکار کا \
             نہیں، اور دوسرا اہلکار اس کی منظوری دیتا ہے۔ شکایت کرنے والا جواب پر رائے دیتا ہے، اور جواب میں \
             لگنے والا وقت سب کو دکھایا جاتا ہے۔ جہاں نام ظاہر نہ ہو وہاں ادارے کا کوئی فرد نہیں جان پاتا کہ \
             شکایت کس نے کی، اور جس ادارے کی شکایت ہو وہ اس پر فیصلہ نہیں کرتا۔ شمولیت مفت ہے؛ فورم کا منتظم \
             میز کھولتا ہے۔ تب تک ادارے کو خط بھیجے جاتے ہیں اور کوئی مہلت نہیں چلتی۔",
        )
    }
}

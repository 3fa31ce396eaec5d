//! The words of the page, in English and Urdu.

use domain::people::Language;
use forum::account::export::Why;

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    en: &'static str,
    ur: &'static str,
}

impl Said {
    /// In one of the languages.
    pub(super) const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ur => self.ur,
        }
    }
}

const fn said(en: &'static str, ur: &'static str) -> Said {
    Said { en, ur }
}

pub(super) const TITLE: Said = said("All that is kept of you", "آپ کے بارے میں جو کچھ محفوظ ہے");
pub(super) const ABOUT: Said = said(
    "It holds what you wrote, sealed facts included: keep it where nobody else reads it. As of",
    "اس میں آپ کی تحریریں اور مہر بند حقائق بھی ہیں: اسے وہاں رکھیں جہاں کوئی اور نہ پڑھے۔ بتاریخ",
);
pub(super) const NONE: Said = said("Nothing.", "کچھ نہیں۔");
pub(super) const YES: Said = said("yes", "ہاں");
pub(super) const NO: Said = said("no", "نہیں");
pub(super) const UNSHOWN: Said = said(
    "What is kept and not shown, of you or of anybody",
    "جو محفوظ ہے مگر دکھایا نہیں جاتا، آپ کا ہو یا کسی کا",
);

/// Why something is not shown.
pub(super) const fn why(why: Why) -> Said {
    match why {
        Why::Secret => said(
            "it opens something, and is kept as a hash only",
            "اس سے کچھ کھلتا ہے، اور صرف اس کا ہیش محفوظ ہے",
        ),
        Why::Another => said(
            "it tells of another person",
            "یہ کسی دوسرے شخص کے بارے میں ہے",
        ),
        Why::Elsewhere => said(
            "it is made of what stands elsewhere in this file",
            "یہ اسی فائل میں موجود باتوں سے بنا ہے",
        ),
        Why::Nobody => said(
            "nobody can tell whose it is",
            "کوئی نہیں بتا سکتا کہ یہ کس کا ہے",
        ),
    }
}

/// The heading of a section.
pub(super) fn section(name: &str) -> Said {
    find(SECTIONS, name)
}

/// The heading of a column.
pub(super) fn field(name: &str) -> Said {
    find(FIELDS, name)
}

/// A test holds the lists to what is given out.
fn find(list: &[(&str, Said)], name: &str) -> Said {
    let found = list.iter().find(|(of, _)| *of == name);
    found.map_or(said("?", "?"), |(_, said)| *said)
}

const SECTIONS: &[(&str, Said)] = &[
    ("account", said("Your account", "آپ کا اکاؤنٹ")),
    ("duties", said("Your duties", "آپ کی ذمہ داریاں")),
    (
        "moderatorNumber",
        said("Your number as a moderator", "بطور منتظم گفتگو آپ کا نمبر"),
    ),
    (
        "sessions",
        said("Where you are signed in", "آپ کہاں کہاں داخل ہیں"),
    ),
    (
        "recoveryCodes",
        said("Your recovery codes", "آپ کے بحالی کوڈ"),
    ),
    (
        "resetCodes",
        said("Codes to reset your password", "پاس ورڈ بدلنے کے کوڈ"),
    ),
    (
        "consents",
        said("What you let apps do", "آپ نے ایپس کو کس بات کی اجازت دی"),
    ),
    (
        "memberships",
        said(
            "Organizations that you belong to or asked to",
            "تنظیمیں جن کے آپ رکن ہیں یا بننا چاہا",
        ),
    ),
    (
        "organizationsRequested",
        said(
            "Organizations that you asked to be accepted",
            "تنظیمیں جن کی منظوری آپ نے مانگی",
        ),
    ),
    (
        "organizationsDecided",
        said(
            "Organizations that you decided on",
            "تنظیمیں جن پر آپ نے فیصلہ کیا",
        ),
    ),
    (
        "agenciesDecided",
        said(
            "Agencies that you decided on",
            "ادارے جن پر آپ نے فیصلہ کیا",
        ),
    ),
    (
        "invitationsMade",
        said("Invitations that you made", "آپ کی بنائی ہوئی دعوتیں"),
    ),
    (
        "offices",
        said(
            "Offices that you hold or held",
            "دفتر جو آپ کے پاس ہیں یا تھے",
        ),
    ),
    ("circles", said("Circles that you belong to", "آپ کے حلقے")),
    (
        "authors",
        said("As whom you speak", "آپ کس حیثیت سے بولتے ہیں"),
    ),
    (
        "mailPreferences",
        said("What you want to be mailed", "آپ کن باتوں کی ڈاک چاہتے ہیں"),
    ),
    (
        "mailPlace",
        said(
            "How far your notices were mailed",
            "آپ کی اطلاعات کہاں تک ڈاک ہوئیں",
        ),
    ),
    ("mails", said("Mails that wait", "ڈاک جو بھیجی جانی ہے")),
    (
        "mailNotes",
        said("What waits to be mailed", "باتیں جو ڈاک ہونی ہیں"),
    ),
    ("notices", said("Your notices", "آپ کی اطلاعات")),
    (
        "threadNotices",
        said(
            "What you want to be told of threads",
            "گفتگوؤں کی کن باتوں کی اطلاع آپ چاہتے ہیں",
        ),
    ),
    (
        "follows",
        said("Threads that you follow", "گفتگوئیں جن پر آپ نظر رکھتے ہیں"),
    ),
    (
        "endorsements",
        said(
            "Threads that concern you too",
            "گفتگوئیں جو آپ سے بھی متعلق ہیں",
        ),
    ),
    (
        "threads",
        said("Threads that you began", "آپ کی شروع کی ہوئی گفتگوئیں"),
    ),
    (
        "affectedGroups",
        said("Whom your concerns affect", "آپ کی شکایات سے متاثر گروہ"),
    ),
    (
        "caseFacts",
        said(
            "Sealed facts of your concerns",
            "آپ کی شکایات کے مہر بند حقائق",
        ),
    ),
    (
        "onBehalf",
        said(
            "For whom you raised concerns",
            "آپ نے کس کی طرف سے شکایت کی",
        ),
    ),
    (
        "accessLedger",
        said("Who opened your concerns", "آپ کی شکایات کس نے کھولیں"),
    ),
    ("posts", said("Your posts", "آپ کی تحریریں")),
    (
        "postsForAnOffice",
        said(
            "Posts that you wrote for an office",
            "دفتر کی طرف سے آپ کی تحریریں",
        ),
    ),
    (
        "revisions",
        said("What your texts said before", "آپ کے متن پہلے کیا تھے"),
    ),
    (
        "participations",
        said(
            "Threads that you were brought into",
            "گفتگوئیں جن میں آپ کو شامل کیا گیا",
        ),
    ),
    (
        "moves",
        said(
            "What you did with your concerns",
            "آپ نے اپنی شکایات کے ساتھ کیا کیا",
        ),
    ),
    (
        "verdicts",
        said("How you judged answers", "جوابات پر آپ کی رائے"),
    ),
    (
        "retaliationReports",
        said(
            "Your reports of retaliation",
            "انتقامی کارروائی کی آپ کی اطلاعات",
        ),
    ),
    ("flags", said("What you flagged", "جس کی آپ نے نشاندہی کی")),
    (
        "moderationOfOwn",
        said(
            "What moderators did with your texts",
            "منتظمین گفتگو نے آپ کے متن کے ساتھ کیا کیا",
        ),
    ),
    (
        "moderationDone",
        said(
            "What you did as a moderator",
            "بطور منتظم گفتگو آپ نے کیا کیا",
        ),
    ),
    (
        "struckOut",
        said(
            "What was struck out of your texts, until it is destroyed",
            "آپ کے متن سے جو مٹایا گیا، تلف ہونے تک",
        ),
    ),
    ("appeals", said("Your appeals", "آپ کی اپیلیں")),
    ("sanctions", said("Your sanctions", "آپ پر پابندیاں")),
    (
        "demandsHandled",
        said(
            "Demands by law that you handled",
            "قانونی مطالبات جن پر آپ نے کارروائی کی",
        ),
    ),
    (
        "reviewSteps",
        said(
            "What you did in the moderators' queue",
            "منتظمین گفتگو کی قطار میں آپ نے کیا کیا",
        ),
    ),
    (
        "threadsInHand",
        said(
            "Concerns that you have in hand",
            "شکایات جو آپ کے ہاتھ میں ہیں",
        ),
    ),
    (
        "responses",
        said(
            "Answers that you gave for an office",
            "دفتر کی طرف سے آپ کے جوابات",
        ),
    ),
    (
        "drafts",
        said("Drafts of answers that you wrote", "آپ کے لکھے ہوئے مسودے"),
    ),
    (
        "approvals",
        said("Answers that you approved", "جوابات جن کی آپ نے منظوری دی"),
    ),
    (
        "commitments",
        said(
            "Commitments that you made for an office",
            "دفتر کی طرف سے آپ کے وعدے",
        ),
    ),
    (
        "milestones",
        said("Milestones of those commitments", "ان وعدوں کے مرحلے"),
    ),
    (
        "commitmentReports",
        said(
            "Reports on commitments that you made",
            "وعدوں پر آپ کی رپورٹیں",
        ),
    ),
    (
        "evidence",
        said("Evidence that you named", "آپ کے دیے ہوئے ثبوت"),
    ),
    (
        "letters",
        said("Letters that you recorded", "خطوط جو آپ نے درج کیے"),
    ),
    (
        "paperReplies",
        said(
            "Replies on paper that you recorded",
            "کاغذی جوابات جو آپ نے درج کیے",
        ),
    ),
    (
        "retaliationBrought",
        said(
            "Reports of retaliation brought to you",
            "انتقامی کارروائی کی اطلاعات جو آپ کے پاس لائی گئیں",
        ),
    ),
    (
        "retaliationDecided",
        said(
            "Reports of retaliation that you decided on",
            "انتقامی کارروائی کی اطلاعات جن پر آپ نے فیصلہ کیا",
        ),
    ),
    (
        "recusals",
        said(
            "Concerns that you stepped back from",
            "شکایات جن سے آپ الگ ہوئے",
        ),
    ),
    ("shortlist", said("Your shortlist", "آپ کی مختصر فہرست")),
    (
        "auditLog",
        said(
            "What the audit log commits to of you",
            "آڈٹ لاگ میں آپ سے منسوب اندراجات",
        ),
    ),
];

const FIELDS: &[(&str, Said)] = &[
    ("about", said("About", "بابت")),
    ("aboutAgency", said("About agency", "کس ادارے کے بارے میں")),
    ("aboutKind", said("About what", "کس بات کے بارے میں")),
    ("aboutOffice", said("About office", "کس دفتر کے بارے میں")),
    ("accreditation", said("Accreditation", "منظوری")),
    ("act", said("Act", "عمل")),
    ("agency", said("Agency", "ادارہ")),
    ("app", said("App", "ایپ")),
    ("appearedAt", said("Appeared", "ظاہر ہوا")),
    ("approvedAt", said("Approved", "منظور ہوا")),
    ("at", said("When", "کب")),
    ("audience", said("Audience", "سامعین")),
    ("author", said("Author", "مصنف")),
    ("body", said("Text", "متن")),
    ("category", said("Category", "زمرہ")),
    ("circle", said("Circle", "حلقہ")),
    ("code", said("Code", "کوڈ")),
    ("commitment", said("Commitment", "وعدہ")),
    ("consent", said("Consent", "رضامندی")),
    ("constituency", said("Speaks for", "کس کی طرف سے")),
    ("createdAt", said("Made", "بنا")),
    ("day", said("Day", "دن")),
    ("decidedAt", said("Decided", "فیصلہ ہوا")),
    ("decision", said("Decision", "فیصلہ")),
    ("displayName", said("Name", "نام")),
    ("duty", said("Duty", "ذمہ داری")),
    ("editedAt", said("Changed", "بدلا")),
    ("email", said("Mail address", "ڈاک کا پتہ")),
    (
        "emailConfirmedAt",
        said("Address confirmed", "پتے کی تصدیق"),
    ),
    ("entry", said("Entry", "اندراج")),
    ("epoch", said("Epoch", "دور")),
    (
        "establishedAt",
        said("Established since", "پرانے رکن کب سے"),
    ),
    ("expiresAt", said("Ends", "ختم")),
    ("failedSignIns", said("Failed sign-ins", "ناکام داخلے")),
    ("frequency", said("How often", "کتنی بار")),
    ("group", said("Group", "گروہ")),
    ("id", said("Id", "شناخت")),
    ("kind", said("Kind", "قسم")),
    ("label", said("Label", "عنوان")),
    ("language", said("Language", "زبان")),
    ("lastUsedAt", said("Last used", "آخری استعمال")),
    ("level", said("Level", "درجہ")),
    ("liftedAt", said("Lifted", "اٹھایا گیا")),
    ("login", said("Sign-in name", "داخلے کا نام")),
    ("mail", said("Mail", "ڈاک")),
    ("name", said("Name", "نام")),
    ("number", said("Number", "نمبر")),
    ("object", said("Object", "چیز")),
    ("office", said("Office", "دفتر")),
    ("opened", said("Opened", "کیا کھولا")),
    ("organization", said("Organization", "تنظیم")),
    ("outcome", said("Outcome", "نتیجہ")),
    ("oversight", said("Oversight body", "نگران ادارہ")),
    ("percent", said("Percent", "فیصد")),
    ("place", said("Place", "مقام")),
    ("post", said("Post", "تحریر")),
    ("proceedings", said("Proceedings", "قانونی کارروائی")),
    ("reason", said("Reason", "وجہ")),
    ("reference", said("Reference", "حوالہ")),
    ("region", said("Region", "علاقہ")),
    ("report", said("Report", "رپورٹ")),
    ("requestedAt", said("Asked", "درخواست")),
    ("response", said("Response", "جواب")),
    ("restsUntil", said("Rests until", "کب تک رکا ہوا")),
    ("reuse", said("Reuse", "دوبارہ استعمال")),
    ("reviewable", said("Reviewable", "زیر جائزہ")),
    ("role", said("Role", "کردار")),
    (
        "sanctionedUntil",
        said("Sanctioned until", "تادیبی کارروائی کب تک"),
    ),
    ("salt", said("Salt", "نمک")),
    ("scopes", said("Scopes", "دائرے")),
    ("sentAt", said("Sent", "بھیجا گیا")),
    ("side", said("Side", "طرف")),
    ("since", said("Since", "کب سے")),
    ("stage", said("Stage", "مرحلہ")),
    ("standing", said("Standing", "حیثیت")),
    ("state", said("State", "حالت")),
    ("status", said("Status", "کیفیت")),
    ("step", said("Step", "قدم")),
    ("subject", said("What", "کیا")),
    ("thread", said("Thread", "گفتگو")),
    ("title", said("Title", "سرخی")),
    ("trustedAt", said("Trusted since", "کب سے معتبر")),
    ("until", said("Until", "کب تک")),
    ("untilDay", said("Until", "کس دن تک")),
    ("url", said("Address", "پتہ")),
    ("usedAt", said("Used", "استعمال ہوا")),
    ("voice", said("Voice", "آواز")),
    ("vouchedAt", said("Vouched for", "ضمانت دی گئی")),
    ("weight", said("Weight", "وزن")),
    ("words", said("Words", "الفاظ")),
];

/// The names of sections and columns that lack words in a language, and those of
/// words that are of nothing.
#[cfg(feature = "testing")]
pub(super) fn unworded() -> Vec<&'static str> {
    use forum::account::export::SECTIONS as GIVEN;

    let lacks = |said: Said| said.en == "?" || said.ur.is_ascii();
    let columns = || GIVEN.iter().flat_map(|one| one.fields);
    let sections = GIVEN.iter().map(|one| one.name);
    let sections = sections.filter(|name| lacks(section(name)));
    let fields = columns().map(|column| column.name);
    let fields = fields.filter(|name| lacks(field(name)));
    let idle = SECTIONS.iter().map(|(name, _)| *name);
    let idle = idle.filter(|name| GIVEN.iter().all(|one| one.name != *name));
    let idle_fields = FIELDS.iter().map(|(name, _)| *name);
    let idle_fields = idle_fields.filter(|name| columns().all(|column| column.name != *name));
    sections
        .chain(fields)
        .chain(idle)
        .chain(idle_fields)
        .collect()
}

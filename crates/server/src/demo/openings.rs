//! How the threads of the demonstration begin.

use domain::thread::{AboutKind, Audience, Proceedings, ThreadKind};

use super::cast::{
    ADMIN, CIVIL, CONVENOR, CUSTODIAN, EXPERT, MODERATOR, MODERATOR_2, MODERATOR_3, NEWCOMER,
    OFFICIAL, OVERSIGHT, YOUTH,
};
use super::passages::{self, Passage};
use super::stage::Opening;

/// A public concern from Punjab.
const fn concern(by: &'static str, title: &'static str, passage: Passage) -> Opening {
    Opening {
        kind: ThreadKind::Concern,
        region: Some("PB"),
        ..talk(by, title, passage)
    }
}

/// A public discussion.
const fn talk(by: &'static str, title: &'static str, passage: Passage) -> Opening {
    Opening {
        by,
        kind: ThreadKind::Discussion,
        audience: Audience::Public,
        title,
        passage,
        text: "",
        facts: None,
        category: None,
        region: None,
        themes: &[],
        groups: &[],
        about: None,
        circle: None,
        proceedings: Proceedings::None,
    }
}

pub(super) const FALSE_IMPLICATION: &Opening = &Opening {
    text: "The first youth panel at such a conference named this among the key challenges. A \
           young person who is searched where nobody else sees it has little to set against a \
           case once it is written down; and whoever fears to be implicated keeps what he knows \
           of dealers to himself.\n\n\
           We ask:\n\n\
           1. How are searches, seizures and arrests of young people documented in Punjab?\n\
           2. Who looks again at a case in which the recovery is disputed?\n\
           3. Where does a family turn in the first days?\n\n\
           This is about how things are done, not about any one case.",
    category: Some("DRG"),
    themes: &["FALSE_IMPLICATION", "YOUTH_IN_POLICY"],
    groups: &["YOUTH", "ACCUSED_YOUTH"],
    about: Some(("POL_PB", AboutKind::Practice)),
    ..concern(
        YOUTH,
        "False implication of young people in drug cases",
        passages::FALSE_IMPLICATION,
    )
};

pub(super) const PREDATORY_SPACES: &Opening = &Opening {
    text: "Job offers, games and private groups are where young people are sought out. Whoever \
           reports such a place should learn what became of the report: otherwise the next one \
           is not made.\n\n\
           We ask how long a report may wait, who tells the person who made it, and what is done \
           differently when that person is under eighteen.",
    category: Some("CYB.RECRUIT"),
    themes: &["PREDATORY_ONLINE_SPACES", "SAFE_SPACES"],
    groups: &["YOUTH", "WOMEN"],
    ..concern(
        CIVIL,
        "Predatory online spaces: what becomes of a report",
        passages::PREDATORY_SPACES,
    )
};

pub(super) const IRREGULAR_MIGRATION: &Opening = &Opening {
    text: "Students from all provinces named irregular migration beside corruption, trafficking \
           and cyber crimes. Two things would help before anybody leaves: one place where an \
           agent's licence can be checked in Urdu, by telephone too; and, for those who come \
           back, somebody to tell what happened to them without being treated as an offender.\n\n\
           No agency that answers in this forum is responsible for this yet. The concern stays \
           open, and is seen to be, until one joins.",
    category: Some("SOM.IRR"),
    themes: &["PREVENTION", "CROSS_BORDER"],
    groups: &["YOUTH", "RETURNEES"],
    ..concern(
        EXPERT,
        "Irregular migration: help before leaving, and after coming back",
        passages::PRIORITIES,
    )
};

pub(super) const DRUGS_AND_ARMS: &Opening = &Opening {
    text: "نوجوانوں نے اپنے عہد میں منشیات اور اسلحے کی اسمگلنگ کو ترجیحی شعبوں میں شمار کیا ہے۔ \
           جو طالب علم اطلاع دے، اسے یقین ہونا چاہیے کہ اس کا نام کسی پر ظاہر نہیں ہوگا۔\n\n\
           ہم پوچھتے ہیں کہ تعلیمی اداروں کے آس پاس منشیات یا اسلحے کی فروخت کی اطلاع کس دفتر کو \
           دی جائے، اطلاع دینے والے کی حفاظت کیسے ہوتی ہے، اور اسے جواب کب ملتا ہے۔",
    category: Some("DRG.SYN"),
    themes: &["PREVENTION", "PROTECTION"],
    groups: &["YOUTH"],
    ..concern(
        CIVIL,
        "منشیات اور اسلحے کی اسمگلنگ: اطلاع دینے کا محفوظ راستہ",
        passages::PRIORITIES,
    )
};

pub(super) const WOMEN_HEARD: &Opening = &Opening {
    text: "Space for meaningful engagement begins with the first conversation. A woman who wants \
           to speak about trafficking should be able to choose a woman to speak to, a place that \
           is not a police station, and somebody to come with her.\n\n\
           We ask which of the three can be had in Lahore today, and by when the others.",
    category: Some("TIP"),
    themes: &["PROTECTION", "SAFE_SPACES"],
    groups: &["WOMEN", "SURVIVORS"],
    ..concern(
        CIVIL,
        "Women who speak about trafficking: whom to speak to, and where",
        passages::PLATFORMS,
    )
};

pub(super) const PRESSURE: &Opening = &Opening {
    audience: Audience::Confidential,
    text: "A family that disputes a drug case asks what protects it from pressure while the case \
           is heard. We are not sure whether this is a way things are done or something that \
           somebody did, and so we leave it to the oversight body.",
    facts: Some(
        "In a real concern the names, the places, the dates and the number of the FIR would \
         stand here. They are sealed: the assigned office, the moderator on it and the raiser \
         can open them, and every opening is written to the access ledger.",
    ),
    category: Some("OBJ"),
    themes: &["FALSE_IMPLICATION", "RETALIATION"],
    groups: &["ACCUSED_YOUTH"],
    about: Some(("POL_PB", AboutKind::NotSure)),
    proceedings: Proceedings::Court,
    ..concern(
        CIVIL,
        "Pressure on a family that disputes a case",
        passages::CHALLENGES,
    )
};

pub(super) const CRIMINAL_NETWORKS: &Opening = &Opening {
    text: "Arrests of couriers do not reach those who pay them. The report asks for prevention \
           at the source, which begins with following money and goods.\n\n\
           We ask whether an inquiry into the proceeds is opened along with every case against \
           a network in Punjab, and whether the number of these inquiries can be made public \
           once a year.",
    category: Some("OCG"),
    themes: &["ILLICIT_ECONOMY", "PURSUIT"],
    ..concern(
        EXPERT,
        "Criminal networks at their source: following the money",
        passages::ILLICIT_ECONOMY,
    )
};

pub(super) const YOUTH_AT_THE_TABLE: &Opening = &Opening {
    text: "پینل کی پہلی سفارش یہ ہے کہ پالیسی سازی میں نوجوان موجود ہوں۔ ہم پوچھتے ہیں کہ ضلعی سطح \
           پر انسداد منشیات کے اجلاسوں میں نوجوانوں کے نمائندے کب سے، اور کس طرح، شریک ہو سکتے ہیں۔",
    category: Some("DRG"),
    themes: &["YOUTH_IN_POLICY", "PREVENTION"],
    groups: &["YOUTH"],
    ..concern(
        YOUTH,
        "انسداد منشیات کے اجلاسوں میں نوجوانوں کی نشست",
        passages::RECOMMENDATIONS,
    )
};

pub(super) const CORRUPTION: &Opening = &Opening {
    text: "Corruption is the first of the priority areas that young people named. Where does a \
           student report that money was asked for a document, and how does he learn what came \
           of it?",
    category: Some("COR"),
    themes: &["PROMOTION"],
    groups: &["YOUTH"],
    ..concern(
        NEWCOMER,
        "Corruption: where a student reports it",
        passages::PRIORITIES,
    )
};

pub(super) const DIGITAL_LITERACY: &Opening = &Opening {
    kind: ThreadKind::Proposal,
    text: "رپورٹ کے مطابق ڈیجیٹل خواندگی کا نہ ہونا آن لائن دھوکہ دہی اور ہراسانی کا پیش خیمہ ہے۔ \
           ہماری تجویز ہے کہ ہر اسکول سال میں چند گھنٹے اس کے لیے رکھے:\n\n\
           - جعلی پیشکش کی پہچان،\n\
           - پاس ورڈ اور ذاتی تصویروں کی حفاظت،\n\
           - اور یہ کہ نقصان ہو جائے تو کس سے بات کی جائے۔\n\n\
           مواد اردو اور مقامی زبانوں میں ہو، اور نوجوان اسے خود تیار کریں۔",
    category: Some("CYB.FRAUD"),
    region: Some("PB"),
    themes: &["DIGITAL_LITERACY", "PREVENTION"],
    groups: &["YOUTH"],
    ..talk(
        YOUTH,
        "ڈیجیٹل خواندگی: آغاز اسکول سے",
        passages::DIGITAL_LITERACY,
    )
};

pub(super) const ADVOCACY: &Opening = &Opening {
    kind: ThreadKind::Proposal,
    audience: Audience::Members,
    text: "رپورٹ میں آگاہی کے متبادل ذرائع کا ذکر ہے: تھیٹر، محفوظ جگہیں، مقامی میلے اور کھیل۔ ہماری \
           تجویز ہے کہ ہر ضلعے میں سال میں ایک بار طلبہ کا تھیٹر ہو، جس کے بعد حاضرین سے گفتگو ہو، \
           اور جو کچھ کہا جائے وہ نام کے بغیر اس فورم تک پہنچے۔",
    themes: &["SAFE_SPACES", "PREVENTION"],
    ..talk(
        CUSTODIAN,
        "آگاہی کے متبادل ذرائع: تھیٹر، میلے اور کھیل",
        passages::ADVOCACY,
    )
};

pub(super) const SAFE_TO_COME: &Opening = &Opening {
    kind: ThreadKind::Question,
    region: Some("PB"),
    text: "A question to civil society and to young people, in the way the report asks for: what \
           would make it safe for you to bring a concern to an office like this one? What must \
           be there first, and what must never happen?",
    themes: &["SAFE_SPACES", "PROMOTION"],
    ..talk(
        OFFICIAL,
        "What would make it safe to bring a concern to us?",
        passages::PLATFORMS,
    )
};

pub(super) const COMMON_POSITION: &Opening = &Opening {
    audience: Audience::Caucus,
    text: "Officials do not read here. Before the next dialogue we should know what we ask for \
           together: which seats for young people, in which bodies, and what civic space means \
           in a district. Please say what must not be given up.",
    themes: &["CIVIC_SPACE", "YOUTH_IN_POLICY"],
    ..talk(
        MODERATOR,
        "What we ask for together at the next dialogue",
        passages::RECOMMENDATIONS,
    )
};

pub(super) const BY_WHICH_RULES: &Opening = &Opening {
    text: "A civic space is as wide as those who keep it let it be. What moderators do here \
           stands in a public record, with a reason for each act. Please read it, and say which \
           act you do not understand, and which rule is missing.",
    themes: &["CIVIC_SPACE", "YOUTH_IN_POLICY"],
    ..talk(
        MODERATOR_2,
        "By which rules this conversation is moderated",
        passages::RECOMMENDATIONS,
    )
};

pub(super) const LESS_HEARD: &Opening = &Opening {
    audience: Audience::Members,
    text: "رپورٹ چاہتی ہے کہ کم سنی جانے والی آوازیں بھی شامل ہوں۔ جس کے پاس اپنا فون نہیں، یا جو آسانی \
           سے پڑھ نہیں سکتا، وہ خود یہاں تک نہیں آتا۔ اس کی بات یہاں کون لا سکتا ہے، اور کیسے معلوم ہو \
           کہ اس سے پوچھا گیا تھا؟",
    themes: &["SAFE_SPACES", "PROTECTION"],
    ..talk(
        MODERATOR_3,
        "کم سنی جانے والی آوازیں: یہاں کون نہیں آتا، اور کیوں",
        passages::PLATFORMS,
    )
};

pub(super) const FINDINGS: &Opening = &Opening {
    text: "The road is named: from findings to the strategic analysis, from there to the \
           strategy. This thread gathers what should be on it. Please name a finding of the \
           report, say what it would take to act on it, and who would have to.",
    ..talk(
        CONVENOR,
        "From the conference's findings to the national strategy",
        passages::STRATEGY,
    )
};

pub(super) const EQUAL_SHARE: &Opening = &Opening {
    text: "This forum is a demonstration. The quotations are the report's own words; everything \
           else was written to show how a forum works, also what is said in the name of an \
           agency or an organization.\n\n\
           An equal share is something that can be counted: who began a thread, who spoke, and \
           who was answered, by constituency. What share of this table should young people have, \
           and how would we notice that they lost it?",
    themes: &["YOUTH_IN_POLICY"],
    ..talk(
        ADMIN,
        "An equal share of the table, and how to keep it",
        passages::EQUAL_SHARE,
    )
};

pub(super) const ALL_GROUPS: &Opening = &Opening {
    kind: ThreadKind::Question,
    audience: Audience::Officials,
    text: "رپورٹ تمام متاثرہ گروہوں پر توجہ چاہتی ہے۔ دوسرے دفاتر سے سوال: کن گروہوں تک ہمارا کوئی \
           دفتر نہیں پہنچتا، اور ان کی بات ہم تک کون پہنچا سکتا ہے؟",
    themes: &["PROTECTION"],
    ..talk(
        OVERSIGHT,
        "وہ گروہ جن تک کوئی دفتر نہیں پہنچتا",
        passages::ALL_GROUPS,
    )
};

pub(super) const OUR_VISION: &Opening = &Opening {
    audience: Audience::Circle,
    circle: Some("YOUTH"),
    text: "یہاں صرف حلقے کے ارکان پڑھتے ہیں۔ عہد میں نوجوانوں کا ایک مشترکہ وژن شامل ہے: اس کے تین \
           نکات کیا ہوں؟ جو بات آپ کھلے عام نہیں کہہ سکتے، وہ یہاں کہیں۔",
    themes: &["YOUTH_IN_POLICY"],
    ..talk(YOUTH, "ہمارا مشترکہ وژن: تین نکات", passages::PLEDGES)
};

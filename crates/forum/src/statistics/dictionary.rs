//! The data dictionary: what each figure means, in English and Urdu. The schema
//! says the same in English, which a test holds together.

use domain::concern::OutcomeKind;
use domain::people::Language;
use domain::thread::VerdictKind;

use super::Sums;

/// A text in the forum's two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// English.
    pub en: &'static str,
    /// Urdu.
    pub ur: &'static str,
}

impl Said {
    /// In one of the languages.
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ur => self.ur,
        }
    }
}

const fn said(en: &'static str, ur: &'static str) -> Said {
    Said { en, ur }
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its name, the same as in the API.
    pub name: &'static str,
    /// What stands above it in a table.
    pub label: Said,
    /// What it means.
    pub meaning: Said,
}

/// A column of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it means, in English.
    pub en: String,
    /// The same in Urdu.
    pub ur: String,
}

/// What each row is of.
pub const PLACES: [Definition; 5] = [
    Definition {
        name: "by",
        label: said("By", "بلحاظ"),
        meaning: said(
            "By what figures are put together: AGENCY, CATEGORY, REGION or MONTH.",
            "اعداد کس لحاظ سے جمع کیے گئے ہیں: ادارہ (AGENCY)، موضوع (CATEGORY)، علاقہ (REGION) یا مہینہ (MONTH)۔",
        ),
    },
    Definition {
        name: "code",
        label: said("Code", "کوڈ"),
        meaning: said(
            "The code of the agency, category or region, or the month; empty where a concern has none.",
            "ادارے، موضوع یا علاقے کا کوڈ، یا مہینہ؛ جہاں شکایت کا کوئی نہ ہو وہاں خالی۔",
        ),
    },
    Definition {
        name: "nameEn",
        label: said("Name", "نام"),
        meaning: said("Its name in English.", "اس کا نام انگریزی میں۔"),
    },
    Definition {
        name: "nameUr",
        label: said("Name in Urdu", "اردو نام"),
        meaning: said("Its name in Urdu.", "اس کا نام اردو میں۔"),
    },
    Definition {
        name: "month",
        label: said("Month", "مہینہ"),
        meaning: said(
            "The month in which concerns came to the agency, such as 2025-11.",
            "وہ مہینہ جس میں شکایات ادارے کے پاس آئیں، جیسے 2025-11۔",
        ),
    },
];

/// What is counted. The English is that of the schema's type `Figures`.
pub const FIGURES: [Definition; 9] = [
    Definition {
        name: "received",
        label: said("Received", "موصول"),
        meaning: said(
            "Concerns that came to the agency and are not held or removed by a moderator; those \
             withdrawn later count. One that came before the agency began to answer counts from \
             the day on which it began.",
            "وہ شکایات جو ادارے کے پاس آئیں اور جنہیں ناظم نے روکا یا ہٹایا نہیں؛ بعد میں واپس لی گئی \
             شکایات بھی شمار ہوتی ہیں۔ جو ادارے کے جواب دینا شروع کرنے سے پہلے آئی وہ اُس دن سے شمار ہوتی \
             ہے جب ادارے نے آغاز کیا۔",
        ),
    },
    Definition {
        name: "acknowledged",
        label: said("Acknowledged", "وصولی کی تصدیق"),
        meaning: said(
            "Those of which the agency said that it has them.",
            "ان میں سے وہ جن کی وصولی کی ادارے نے تصدیق کی۔",
        ),
    },
    Definition {
        name: "acknowledgedInTime",
        label: said("Acknowledged in time", "تصدیق بروقت"),
        meaning: said(
            "Those that it acknowledged on or before the last day of its clock.",
            "وہ جن کی تصدیق ادارے نے مقررہ آخری دن تک کر دی۔",
        ),
    },
    Definition {
        name: "answered",
        label: said("Answered", "جواب دیا گیا"),
        meaning: said(
            "Those that it answered at least once.",
            "وہ جن کا ادارے نے کم از کم ایک بار جواب دیا۔",
        ),
    },
    Definition {
        name: "answeredInTime",
        label: said("Answered in time", "جواب بروقت"),
        meaning: said(
            "Those whose first answer came on or before the last day of the clock, which begins \
             anew once if the raiser was asked something.",
            "وہ جن کا پہلا جواب مقررہ آخری دن تک آ گیا؛ اگر شکایت کنندہ سے کچھ پوچھا جائے تو مدت ایک بار \
             نئے سرے سے شروع ہوتی ہے۔",
        ),
    },
    Definition {
        name: "medianDays",
        label: said("Median days", "دنوں کا وسطانیہ"),
        meaning: said(
            "The median (the nearest rank) of the working days from the day on which a concern \
             came to the agency to its first answer, without those on which the raiser was asked, \
             in the months of which enough was answered to tell answers apart; null where there is \
             none.",
            "شکایت کے ادارے کے پاس آنے سے پہلے جواب تک کے کام کے دنوں کا وسطانیہ (قریب ترین درجہ)، اُن دنوں کے \
             بغیر جن میں شکایت کنندہ سے پوچھا گیا تھا، اُن مہینوں میں جن میں اتنے جواب آئے کہ الگ الگ بتائے جا \
             سکیں؛ جہاں ایسا مہینہ نہ ہو وہاں خالی۔",
        ),
    },
    Definition {
        name: "ninetiethPercentileDays",
        label: said("Days for nine of ten", "دس میں سے نو کے دن"),
        meaning: said(
            "As many working days at most nine of ten first answers took (the nearest rank), in \
             the months of which enough was answered to tell answers apart; null where there is \
             none.",
            "دس میں سے نو پہلے جواب زیادہ سے زیادہ اتنے کام کے دنوں میں آئے (قریب ترین درجہ)، اُن مہینوں میں جن \
             میں اتنے جواب آئے کہ الگ الگ بتائے جا سکیں؛ جہاں ایسا مہینہ نہ ہو وہاں خالی۔",
        ),
    },
    Definition {
        name: "reopened",
        label: said("Disputed", "اعتراض"),
        meaning: said(
            "Concerns of which the raiser disputed an answer.",
            "وہ شکایات جن کے کسی جواب پر شکایت کنندہ نے اعتراض کیا۔",
        ),
    },
    Definition {
        name: "overdue",
        label: said("Overdue", "تاخیر کا شکار"),
        meaning: said(
            "Concerns that the agency was to acknowledge or to answer, and whose day was past when \
             the edition was taken. Disputes and reviews are not among them.",
            "وہ شکایات جن کی تصدیق یا جواب ادارے کے ذمے تھا اور جن کا دن اس اشاعت کے وقت گزر چکا تھا۔ اعتراضات \
             اور نظرِ ثانی ان میں شامل نہیں۔",
        ),
    },
];

/// What is counted of each outcome. The English is that of the schema's type
/// `OutcomeFigures`.
pub const OUTCOMES: [Definition; 4] = [
    Definition {
        name: "answers",
        label: said("Answers", "جوابات"),
        meaning: said(
            "How many newest answers came to it.",
            "کتنے تازہ ترین جوابات کا یہ نتیجہ رہا۔",
        ),
    },
    Definition {
        name: "reliefGranted",
        label: said("It helped", "مدد ملی"),
        meaning: said(
            "Of these, how many raisers said that it helped.",
            "ان میں سے کتنے شکایت کنندگان نے کہا کہ اس سے مدد ملی۔",
        ),
    },
    Definition {
        name: "partial",
        label: said("It helped in part", "کچھ مدد ملی"),
        meaning: said(
            "How many said that it helped in part.",
            "کتنوں نے کہا کہ کچھ مدد ملی۔",
        ),
    },
    Definition {
        name: "notGranted",
        label: said("It did not help", "مدد نہیں ملی"),
        meaning: said(
            "How many said that it did not help.",
            "کتنوں نے کہا کہ مدد نہیں ملی۔",
        ),
    },
];

/// What an outcome is called.
pub const fn outcome(kind: OutcomeKind) -> Said {
    match kind {
        OutcomeKind::Resolved => said("resolved", "حل ہو گئی"),
        OutcomeKind::PartiallyResolved => said("partially resolved", "جزوی طور پر حل"),
        OutcomeKind::ActionPlanned => said("action planned", "کارروائی طے شدہ"),
        OutcomeKind::NoFurtherAction => said("no further action", "مزید کارروائی نہیں"),
        OutcomeKind::NotResponsible => said("not responsible", "ذمہ دار نہیں"),
        OutcomeKind::Duplicate => said("duplicate", "پہلے سے موجود"),
        OutcomeKind::CannotDisclose => said("cannot disclose", "بتایا نہیں جا سکتا"),
        OutcomeKind::SubJudice => said("sub judice", "عدالت میں زیرِ سماعت"),
    }
}

/// The columns of an export, in order.
pub fn columns() -> Vec<Column> {
    let plain = PLACES.iter().chain(&FIGURES).map(|one| Column {
        name: one.name.to_owned(),
        en: one.meaning.en.to_owned(),
        ur: one.meaning.ur.to_owned(),
    });
    let of_outcomes = OutcomeKind::ALL.iter().flat_map(|kind| {
        let called = outcome(*kind);
        OUTCOMES.iter().map(move |one| Column {
            name: format!("{}:{kind}", one.name),
            en: format!("Of the outcome {kind} ({}): {}", called.en, one.meaning.en),
            ur: format!("نتیجہ {kind} ({}): {}", called.ur, one.meaning.ur),
        })
    });
    plain.chain(of_outcomes).collect()
}

/// The values of [`FIGURES`], in their order.
pub fn figures(sums: &Sums) -> [Option<u64>; 9] {
    [
        Some(sums.received),
        Some(sums.acknowledged),
        Some(sums.acknowledged_in_time),
        Some(sums.answered),
        Some(sums.answered_in_time),
        sums.days(50).map(u64::from),
        sums.days(90).map(u64::from),
        Some(sums.reopened),
        Some(sums.overdue),
    ]
}

/// The values of the columns that are no places, in their order.
pub fn values(sums: &Sums) -> Vec<Option<u64>> {
    let found = sums.outcomes();
    let of_outcomes = OutcomeKind::ALL.iter().flat_map(|kind| {
        let all = found.as_ref();
        let of = all.map(|all| all.iter().find(|one| one.outcome == *kind));
        let answers = of.map(|one| one.map_or(0, |one| one.answers));
        let verdicts = VerdictKind::ALL.iter().map(move |verdict| {
            of.map(|one| {
                let found = one.and_then(|one| one.verdicts.iter().find(|(is, _)| is == verdict));
                found.map_or(0, |(_, count)| *count)
            })
        });
        std::iter::once(answers).chain(verdicts).collect::<Vec<_>>()
    });
    figures(sums).into_iter().chain(of_outcomes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_value_and_is_explained_in_both_languages() {
        let columns = columns();
        assert_eq!(columns.len(), PLACES.len() + values(&Sums::default()).len());
        for column in columns {
            assert!(column.en.ends_with('.'), "{}", column.name);
            assert!(column.ur.ends_with('۔'), "{}", column.name);
        }
    }
}

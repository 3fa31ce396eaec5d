//! What the page of figures says besides figures, in both languages.

use forum::statistics::dictionary::Said;

const fn said(en: &'static str, ur: &'static str) -> Said {
    Said { en, ur }
}

pub(super) const TITLE: Said = said("How agencies answer", "ادارے کیسے جواب دیتے ہیں");
pub(super) const SKIP: Said = said("Skip to the content", "براہِ راست مواد پر جائیں");
pub(super) const OTHER: Said = said("اردو", "English");
pub(super) const ABOUT: Said = said(
    "Figures of concerns that were put before agencies that answer here, by the month in which they came there. \
     They are taken once a month, and change only when the next are taken. Where a figure would tell of very few \
     concerns it is not shown, and where little changed it stays as it was.",
    "اُن شکایات کے اعداد جو یہاں جواب دینے والے اداروں کے سامنے رکھی گئیں، اُس مہینے کے لحاظ سے جس میں وہ وہاں آئیں۔ \
     یہ مہینے میں ایک بار لیے جاتے ہیں اور اگلی بار تک نہیں بدلتے۔ جہاں کوئی عدد بہت کم شکایات کا پتا دیتا ہو وہ نہیں \
     دکھایا جاتا، اور جہاں کم ہی کچھ بدلا ہو وہاں وہ پہلے جیسا رہتا ہے۔",
);
pub(super) const AS_OF: Said = said("As of the end of", "اختتامِ ماہ تک:");
pub(super) const NONE_YET: Said = said("There are no figures yet.", "ابھی کوئی اعداد نہیں ہیں۔");
pub(super) const FILES: Said = said("Files", "فائلیں");
pub(super) const AS_CSV: Said = said("All figures as CSV", "تمام اعداد CSV میں");
pub(super) const AS_XLSX: Said = said(
    "All figures as XLSX, with the dictionary",
    "تمام اعداد XLSX میں، لغت کے ساتھ",
);
pub(super) const DICTIONARY_CSV: Said = said("The dictionary as CSV", "لغت CSV میں");
pub(super) const AGENCIES: Said = said("By agency", "بلحاظ ادارہ");
pub(super) const CATEGORIES: Said = said("By category", "بلحاظ موضوع");
pub(super) const REGIONS: Said = said("By region", "بلحاظ علاقہ");
pub(super) const MONTHS: Said = said("By month", "بلحاظ مہینہ");
pub(super) const NAME: Said = said("Name", "نام");
pub(super) const MONTH: Said = said("Month", "مہینہ");
pub(super) const NO_CODE: Said = said("None given", "درج نہیں");
pub(super) const MEANINGS: Said = said("What the figures mean", "اعداد کا مطلب");
pub(super) const OUTCOMES: Said = said("What answers came to", "جوابات کا نتیجہ");
pub(super) const OUTCOME: Said = said("Outcome", "نتیجہ");
pub(super) const CHART: Said = said(
    "Concerns received and answered, by month",
    "موصول اور جواب دی گئی شکایات، ماہ بہ ماہ",
);
pub(super) const NO_FIGURES: Said = said("no figures", "کوئی عدد نہیں");

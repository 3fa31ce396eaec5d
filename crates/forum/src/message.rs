//! What is said to a person about what he caused: a stable code for programs,
//! and words in his language.

#[cfg(test)]
mod tests;

use domain::commitment::{CommitmentState, IllegalAct};
use domain::concern::{IllegalMove, MoveKind, OutcomeError, State};
use domain::moderation::{ModAct, StrikeError};
use domain::people::Language;
use domain::policy::{Denial, DutyConflict};
use domain::template::Placeholder;
use domain::text::TextError;

use crate::Problem;

/// Lists the categories.
pub(crate) const CATEGORIES: &str = "categories { code }";
/// Lists the regions.
pub(crate) const REGIONS: &str = "regions { code }";
/// Lists the themes.
pub(crate) const THEMES: &str = "themes { code }";
/// Lists the affected groups.
pub(crate) const GROUPS: &str = "affectedGroups { code }";
/// Lists the agencies.
pub(crate) const AGENCIES: &str = "agencies { id code }";
/// Lists the offices.
pub(crate) const OFFICES: &str = "agencies { code offices { id } }";
/// Lists the circles.
pub(crate) const CIRCLES: &str = "circles { id code }";

macro_rules! user_error_codes {
    ($($(#[$meta:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// What kind of problem it is, for programs. Codes never change once
        /// released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum UserErrorCode { $($(#[$meta])* $variant),+ }

        impl UserErrorCode {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

user_error_codes! {
    /// The value is not acceptable.
    Invalid = "INVALID",
    /// The text is shorter than it may be.
    TooShort = "TOO_SHORT",
    /// The text is longer than it may be.
    TooLong = "TOO_LONG",
    /// The text holds nothing that a reader could see.
    Blank = "BLANK",
    /// The text holds characters that it must not.
    BadCharacters = "BAD_CHARACTERS",
    /// The value names nothing known.
    Unknown = "UNKNOWN",
    /// There is no such object, as far as this person may know.
    NotFound = "NOT_FOUND",
    /// The person may not do this.
    Forbidden = "FORBIDDEN",
    /// The concern, thread or post does not stand where this is possible; it may be
    /// done already.
    IllegalMove = "ILLEGAL_MOVE",
    /// Whoever is complained about, or decides on what is his own, may not.
    ConflictOfInterest = "CONFLICT_OF_INTEREST",
    /// The thread is locked.
    Locked = "LOCKED",
    /// The key was used for another input.
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
    /// The value is taken by another.
    Taken = "TAKEN",
    /// The concern must say whom it is about.
    AboutRequired = "ABOUT_REQUIRED",
    /// Signing in failed, whatever the reason.
    SignInFailed = "SIGN_IN_FAILED",
    /// The password is too short or too easy to guess.
    WeakPassword = "WEAK_PASSWORD",
    /// A code is wrong, used or over.
    BadCode = "BAD_CODE",
    /// The forum takes no registrations in this way.
    RegistrationClosed = "REGISTRATION_CLOSED",
    /// The document cannot be read, does not fit the schema, or asks for too
    /// much.
    InvalidDocument = "INVALID_DOCUMENT",
    /// The text was changed since it was judged.
    VersionConflict = "VERSION_CONFLICT",
    /// Another moderator decided before.
    AlreadyDecided = "ALREADY_DECIDED",
    /// A limit on how many is reached.
    TooMany = "TOO_MANY",
    /// It is too soon to speak again.
    TooSoon = "TOO_SOON",
    /// The author appealed against it before.
    AlreadyAppealed = "ALREADY_APPEALED",
    /// The same person flagged it before.
    AlreadyFlagged = "ALREADY_FLAGGED",
    /// The same is proposed, or stands, already.
    AlreadyProposed = "ALREADY_PROPOSED",
    /// The same account wrote the same text lately.
    Duplicate = "DUPLICATE",
    /// A date that must lie ahead does not.
    NotAhead = "NOT_AHEAD",
    /// A second officer of the agency has to approve the answer.
    SecondOfficerRequired = "SECOND_OFFICER_REQUIRED",
    /// The text says who or where somebody is.
    PersonalInformation = "PERSONAL_INFORMATION",
}

impl Problem {
    /// The kind of problem.
    pub const fn kind(&self) -> UserErrorCode {
        use UserErrorCode as Code;
        match self {
            Self::Text(error) => match error {
                TextError::Empty => Code::Blank,
                TextError::TooShort { .. } => Code::TooShort,
                TextError::TooLong { .. } => Code::TooLong,
                TextError::Control | TextError::Nul | TextError::Direction => Code::BadCharacters,
                TextError::Form => Code::Invalid,
            },
            Self::Unknown(_) | Self::UnknownPlaceholder { .. } => Code::Unknown,
            Self::Invalid(_) | Self::TooFar(_) | Self::Unfit(_) | Self::BadSpan { .. } => {
                Code::Invalid
            }
            Self::TooSoon { .. } => Code::TooSoon,
            Self::AlreadyAppealed => Code::AlreadyAppealed,
            Self::AlreadyFlagged => Code::AlreadyFlagged,
            Self::AlreadyProposed => Code::AlreadyProposed,
            Self::PersonalInformation(_) => Code::PersonalInformation,
            Self::Changed | Self::Edited(_) => Code::VersionConflict,
            Self::AlreadyDecided(_) => Code::AlreadyDecided,
            Self::NotFound => Code::NotFound,
            Self::Denied(denial) => match denial {
                Denial::Locked | Denial::Closed => Code::Locked,
                Denial::ConflictOfInterest
                | Denial::OwnAct
                | Denial::OwnOrganization
                | Denial::SameConstituency => Code::ConflictOfInterest,
                Denial::WrongStatus => Code::IllegalMove,
                // The API answers UNAUTHENTICATED as a whole to the first.
                Denial::SignInRequired
                | Denial::NotVouched
                | Denial::Silenced
                | Denial::Suspended
                | Denial::ProposerUnfit
                | Denial::WrongConstituency
                | Denial::DutyRequired
                | Denial::NotTheAuthor
                | Denial::NotAssigned
                | Denial::Recused
                | Denial::AgencyDoesNotAnswer
                | Denial::OtherReaders
                | Denial::NotAConcern
                | Denial::ConductNotAccepted
                | Denial::NotForApps
                | Denial::ScopeRequired(_) => Code::Forbidden,
            },
            Self::IllegalMove(_) | Self::IllegalAct(_) => Code::IllegalMove,
            Self::IdempotencyKeyReused => Code::IdempotencyKeyReused,
            Self::Taken => Code::Taken,
            Self::AboutRequired => Code::AboutRequired,
            Self::Outcome(error) => match error {
                OutcomeError::Past { .. } => Code::NotAhead,
            },
            Self::NotAhead(_) => Code::NotAhead,
            Self::SecondOfficerRequired => Code::SecondOfficerRequired,
            Self::Duties(_) => Code::ConflictOfInterest,
            Self::SignInFailed => Code::SignInFailed,
            Self::WeakPassword { .. } => Code::WeakPassword,
            Self::BadCode => Code::BadCode,
            Self::RegistrationClosed => Code::RegistrationClosed,
            Self::Document(_) => Code::InvalidDocument,
            Self::ReferredTooOften { .. }
            | Self::TooMany { .. }
            | Self::TooManyLinks { .. }
            | Self::Paced { .. } => Code::TooMany,
            Self::Duplicate => Code::Duplicate,
        }
    }

    /// The stable code of its kind.
    pub const fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// What to say to the person.
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::En => english(self),
            Language::Ur => urdu(self),
        }
    }
}

fn english(problem: &Problem) -> String {
    match problem {
        Problem::Text(error) => match error {
            TextError::Empty => "Write something here.".to_owned(),
            TextError::TooShort { min } => format!("Write at least {min} characters."),
            TextError::TooLong { max } => format!("Write at most {max} characters."),
            TextError::Control => "Remove the control or invisible characters.".to_owned(),
            TextError::Nul => "Remove the NUL character.".to_owned(),
            TextError::Direction => {
                "Remove the characters that change the direction of the text.".to_owned()
            }
            TextError::Form => "This does not have the right form.".to_owned(),
        },
        Problem::Unknown(list) => {
            format!("This value is not known. The query \"{{ {list} }}\" lists those that are.")
        }
        Problem::UnknownPlaceholder { name } => {
            format!(
                "\"{name}\" is no placeholder. These are: {}.",
                placeholders()
            )
        }
        Problem::Invalid(why) => sentence(why),
        Problem::NotFound => "This could not be found.".to_owned(),
        Problem::Denied(denial) => sentence(&denial.to_string()),
        Problem::IllegalMove(illegal) => english_move(illegal),
        Problem::IdempotencyKeyReused => {
            "This clientMutationId was used for another input; choose a new one.".to_owned()
        }
        Problem::Taken => "This is taken; choose another.".to_owned(),
        Problem::AboutRequired => {
            "Say which agency or office this is about; \"not sure\" is an answer.".to_owned()
        }
        Problem::Outcome(OutcomeError::Past { date, today }) => {
            format!("{date} is past; today is {today}.")
        }
        Problem::NotAhead(day) => format!("Choose a day after {day}."),
        Problem::TooFar(day) => format!("Choose a day up to {day}."),
        Problem::IllegalAct(illegal) => english_act(illegal),
        Problem::Duties(conflict) => sentence(&conflict.to_string()),
        Problem::SignInFailed => {
            "The login or the password is wrong, or the account cannot sign in now.".to_owned()
        }
        Problem::WeakPassword { min } => format!(
            "Choose a password of at least {min} characters that is hard to guess: several \
             words that do not belong together are good.",
        ),
        Problem::BadCode => "This code is wrong, used or no longer good.".to_owned(),
        Problem::RegistrationClosed => {
            "This forum does not take registrations in this way.".to_owned()
        }
        Problem::Document(why) => format!(
            "This document cannot be trusted: {}.",
            why.trim_end_matches('.'),
        ),
        Problem::ReferredTooOften { max } => format!(
            "This concern was sent on {max} times already. Ask a moderator to put it before \
             the office that is responsible.",
        ),
        Problem::SecondOfficerRequired => {
            "In this agency a second officer approves an answer: write it with draftResponse, \
             and have a colleague publish it with approveResponse."
                .to_owned()
        }
        Problem::TooMany { max } => format!("At most {max} are possible."),
        Problem::Duplicate => "You wrote this already within the last 24 hours.".to_owned(),
        Problem::TooManyLinks { max } => {
            format!("A text of yours may hold at most {max} links for now.")
        }
        Problem::Paced {
            max,
            hours,
            minutes,
        } => format!(
            "At most {max} posts within {hours} h are possible for you now; write again in \
             {minutes} min.",
        ),
        Problem::PersonalInformation(_) => "This text may say who or where somebody is. Take that \
             out, or send it again with confirm: true if it is to be read by others."
            .to_owned(),
        Problem::Changed | Problem::Edited(_) => {
            "The text was changed since; read it again before you act.".to_owned()
        }
        Problem::AlreadyDecided(decision) => {
            format!("This was decided on already: {decision}.")
        }
        Problem::Unfit(act) => {
            format!("For {act} the reason is one of: {}.", reasons(*act))
        }
        Problem::BadSpan { index, why } => {
            format!("Span {index} (the first is 0) cannot be struck out: {why}.")
        }
        Problem::TooSoon { seconds } => {
            format!("This conversation goes slowly for now: you can speak again in {seconds} s.")
        }
        Problem::AlreadyAppealed => {
            "You appealed against this already; there is one appeal.".to_owned()
        }
        Problem::AlreadyFlagged => "You flagged this already.".to_owned(),
        Problem::AlreadyProposed => {
            "The same is proposed or holds already: decide on that, or wait for it.".to_owned()
        }
    }
}

fn urdu(problem: &Problem) -> String {
    match problem {
        Problem::Text(error) => match error {
            TextError::Empty => "یہاں کچھ لکھیں۔".to_owned(),
            TextError::TooShort { min } => format!("کم از کم {min} حروف لکھیں۔"),
            TextError::TooLong { max } => format!("زیادہ سے زیادہ {max} حروف لکھیں۔"),
            TextError::Control => "کنٹرول یا نظر نہ آنے والے حروف ہٹا دیں۔".to_owned(),
            TextError::Nul => "NUL حرف ہٹا دیں۔".to_owned(),
            TextError::Direction => "متن کی سمت بدلنے والے حروف ہٹا دیں۔".to_owned(),
            TextError::Form => "اس کی شکل درست نہیں۔".to_owned(),
        },
        Problem::Unknown(list) => {
            format!("یہ قدر معلوم نہیں۔ معلوم قدروں کی فہرست اس سوال سے ملتی ہے: \"{{ {list} }}\"۔")
        }
        Problem::UnknownPlaceholder { name } => {
            format!("\"{name}\" کوئی خانہ نہیں۔ خانے یہ ہیں: {}۔", placeholders())
        }
        Problem::Invalid(why) => urdu_reason(why).to_owned(),
        Problem::NotFound => "یہ نہیں ملا۔".to_owned(),
        Problem::Denied(denial) => urdu_denial(*denial).to_owned(),
        Problem::IllegalMove(illegal) => urdu_move(illegal),
        Problem::IdempotencyKeyReused => {
            "یہ clientMutationId کسی اور درخواست کے لیے استعمال ہو چکی ہے؛ نئی منتخب کریں۔"
                .to_owned()
        }
        Problem::Taken => "یہ پہلے سے کسی کے پاس ہے؛ کوئی اور منتخب کریں۔".to_owned(),
        Problem::AboutRequired => {
            "بتائیں کہ یہ کس ادارے یا دفتر کے بارے میں ہے؛ \"یقین نہیں\" بھی جواب ہے۔".to_owned()
        }
        Problem::Outcome(OutcomeError::Past { date, today }) => {
            format!("{date} گزر چکی ہے؛ آج {today} ہے۔")
        }
        Problem::NotAhead(day) => format!("{day} کے بعد کا دن منتخب کریں۔"),
        Problem::TooFar(day) => format!("{day} تک کا کوئی دن منتخب کریں۔"),
        Problem::IllegalAct(illegal) => urdu_act(illegal),
        Problem::Duties(conflict) => match conflict {
            DutyConflict::Official => "سرکاری اہلکار فورم کی کوئی ذمہ داری نہیں رکھتا۔".to_owned(),
            DutyConflict::CustodianAndAdministrator => {
                "امین منتظم نہیں ہو سکتا، اور منتظم امین نہیں۔".to_owned()
            }
        },
        Problem::SignInFailed => {
            "لاگ ان یا پاس ورڈ غلط ہے، یا یہ اکاؤنٹ ابھی داخل نہیں ہو سکتا۔".to_owned()
        }
        Problem::WeakPassword { min } => format!(
            "کم از کم {min} حروف کا ایسا پاس ورڈ منتخب کریں جس کا اندازہ مشکل ہو: کئی الگ الگ \
             الفاظ اچھے رہتے ہیں۔",
        ),
        Problem::BadCode => "یہ کوڈ غلط ہے، استعمال ہو چکا ہے یا اب کارآمد نہیں۔".to_owned(),
        Problem::RegistrationClosed => "یہ فورم اس طرح اندراج نہیں لیتا۔".to_owned(),
        Problem::Document(why) => {
            format!("اس دستاویز پر بھروسا نہیں کیا جا سکتا: {why}۔")
        }
        Problem::ReferredTooOften { max } => format!(
            "یہ شکایت پہلے ہی {max} بار آگے بھیجی جا چکی ہے۔ کسی منتظم گفتگو سے کہیں کہ اسے ذمہ دار \
             دفتر کے سپرد کرے۔",
        ),
        Problem::SecondOfficerRequired => {
            "اس ادارے میں جواب کی منظوری دوسرا اہلکار دیتا ہے: اسے draftResponse سے لکھیں، اور کوئی ساتھی \
             approveResponse سے شائع کرے۔"
                .to_owned()
        }
        Problem::TooMany { max } => format!("زیادہ سے زیادہ {max} ممکن ہیں۔"),
        Problem::Duplicate => "آپ پچھلے 24 گھنٹوں میں یہی لکھ چکے ہیں۔".to_owned(),
        Problem::TooManyLinks { max } => {
            format!("فی الحال آپ کے متن میں زیادہ سے زیادہ {max} لنک ہو سکتے ہیں۔")
        }
        Problem::Paced {
            max,
            hours,
            minutes,
        } => format!(
            "فی الحال آپ {hours} گھنٹے میں زیادہ سے زیادہ {max} بار لکھ سکتے ہیں؛ {minutes} منٹ بعد دوبارہ لکھیں۔"
        ),
        Problem::PersonalInformation(_) => "اس متن سے کسی کی شناخت یا پتہ ظاہر ہو سکتا ہے۔ اسے نکال دیں، یا اگر \
             دوسروں کو یہ پڑھنا ہی ہے تو confirm: true کے ساتھ دوبارہ بھیجیں۔"
            .to_owned(),
        Problem::Changed | Problem::Edited(_) => {
            "اس دوران متن بدل گیا ہے؛ کارروائی سے پہلے اسے دوبارہ پڑھیں۔".to_owned()
        }
        Problem::AlreadyDecided(decision) => {
            format!("اس پر فیصلہ ہو چکا ہے: {decision}۔")
        }
        Problem::Unfit(act) => {
            format!("{act} کی وجہ ان میں سے ایک ہوتی ہے: {}۔", reasons(*act))
        }
        Problem::BadSpan { index, why } => {
            format!("حصہ {index} (پہلا 0 ہے) نہیں مٹایا جا سکتا: {}۔", urdu_strike(*why))
        }
        Problem::TooSoon { seconds } => {
            format!("یہ گفتگو ابھی آہستہ چل رہی ہے: آپ {seconds} سیکنڈ بعد دوبارہ لکھ سکتے ہیں۔")
        }
        Problem::AlreadyAppealed => "آپ اس کے خلاف پہلے ہی اپیل کر چکے ہیں؛ اپیل ایک ہی ہوتی ہے۔".to_owned(),
        Problem::AlreadyFlagged => "آپ اس کی نشاندہی پہلے ہی کر چکے ہیں۔".to_owned(),
        Problem::AlreadyProposed => {
            "یہی پہلے سے تجویز یا نافذ ہے: اسی پر فیصلہ کریں، یا اس کے فیصلے کا انتظار کریں۔".to_owned()
        }
    }
}

/// The placeholders of templates, as they are written.
fn placeholders() -> String {
    let all = Placeholder::CODES.iter();
    let all: Vec<String> = all.map(|code| format!("{{{{{code}}}}}")).collect();
    all.join(", ")
}

const fn urdu_strike(why: StrikeError) -> &'static str {
    match why {
        StrikeError::Empty => "حصہ اپنے آغاز کے بعد ختم ہوتا ہے",
        StrikeError::Beyond => "متن اس سے پہلے ختم ہو جاتا ہے",
        StrikeError::WithinCharacter => "حصہ حروف کے درمیان شروع اور ختم ہوتا ہے",
        StrikeError::Overlap => "دو حصے ایک دوسرے پر آتے ہیں",
        StrikeError::Markup => "حصہ کسی نشان کا صرف ایک ٹکڑا لیتا ہے",
    }
}

fn reasons(act: ModAct) -> String {
    let codes: Vec<&str> = act.reasons().iter().map(|code| code.code()).collect();
    codes.join(", ")
}

/// A phrase of the domain as a sentence.
fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn english_move(illegal: &IllegalMove) -> String {
    let IllegalMove {
        from,
        attempted,
        legal,
    } = illegal;
    if legal.is_empty() {
        return format!("{attempted} is not possible: the concern is {from}, and stays so.");
    }
    format!(
        "{attempted} is not possible while the concern is {from}. Possible now: {}.",
        codes(legal),
    )
}

fn urdu_move(illegal: &IllegalMove) -> String {
    let IllegalMove {
        from,
        attempted,
        legal,
    } = illegal;
    let from = urdu_state(*from);
    if legal.is_empty() {
        return format!("{attempted} ممکن نہیں: شکایت {from}، اور ایسے ہی رہے گی۔");
    }
    format!(
        "{attempted} ممکن نہیں، کیونکہ شکایت {from}۔ اب ممکن ہیں: {}۔",
        codes(legal)
    )
}

fn english_act(illegal: &IllegalAct) -> String {
    let IllegalAct { state, legal } = illegal;
    if legal.is_empty() {
        return format!("The commitment is {state}, and stays so.");
    }
    let legal: Vec<&str> = legal.iter().map(|act| act.word()).collect();
    format!(
        "This is not possible while the commitment is {state}. Possible now: {}.",
        legal.join(", "),
    )
}

fn urdu_act(illegal: &IllegalAct) -> String {
    let IllegalAct { state, legal } = illegal;
    let state = match state {
        CommitmentState::Open => "باقی ہے",
        CommitmentState::ReportedDone => "دفتر کے مطابق پورا ہو چکا ہے",
        CommitmentState::Contested => "متنازع ہے",
        CommitmentState::Lapsed => "وقت پر پورا نہیں ہوا",
        CommitmentState::Kept => "پورا ہو چکا ہے",
        CommitmentState::Withdrawn => "واپس لیا جا چکا ہے",
    };
    if legal.is_empty() {
        return format!("یہ وعدہ {state}، اور ایسے ہی رہے گا۔");
    }
    let legal: Vec<&str> = legal.iter().map(|act| act.word()).collect();
    format!(
        "یہ ممکن نہیں، کیونکہ وعدہ {state}۔ اب ممکن ہیں: {}۔",
        legal.join(", ")
    )
}

fn codes(moves: &[MoveKind]) -> String {
    let codes: Vec<&str> = moves.iter().map(|one| one.code()).collect();
    codes.join(", ")
}

pub(crate) const fn urdu_state(state: State) -> &'static str {
    match state {
        State::Submitted => "جانچ کی منتظر ہے",
        State::Returned => "واپس کی گئی ہے",
        State::Open => "کھلی ہے",
        State::Assigned => "ایک دفتر کے سپرد ہے",
        State::Acknowledged => "دفتر کو مل چکی ہے",
        State::InProgress => "زیر کارروائی ہے",
        State::ClarificationRequested => "وضاحت کی منتظر ہے",
        State::Dormant => "جواب نہ آنے پر رکی ہوئی ہے",
        State::Answered => "کا جواب دیا جا چکا ہے",
        State::Closed => "بند ہے",
        State::Disputed => "متنازع ہے",
        State::InReview => "زیر نظر ثانی ہے",
        State::Withdrawn => "واپس لی جا چکی ہے",
    }
}

const fn urdu_denial(denial: Denial) -> &'static str {
    match denial {
        Denial::SignInRequired => "پہلے داخل ہوں۔",
        Denial::NotVouched => "پہلے کسی کو آپ کی تصدیق کرنی ہوگی۔",
        Denial::Silenced => "یہ اکاؤنٹ ابھی یہاں پڑھ سکتا ہے، لکھ نہیں سکتا۔",
        Denial::Suspended => "یہ اکاؤنٹ یہاں معطل ہے۔",
        Denial::SameConstituency => "اس کا فیصلہ دو مختلف حلقوں کے ناظم مل کر کرتے ہیں۔",
        Denial::ProposerUnfit => "جس نے یہ تجویز کیا وہ اب اس پر فیصلہ نہیں کر سکتا۔",
        Denial::WrongConstituency => "یہ آپ کے حلقے کے لیے نہیں۔",
        Denial::DutyRequired => "اس کے لیے ایسی ذمہ داری چاہیے جو آپ کے پاس نہیں۔",
        Denial::NotTheAuthor => "صرف مصنف یہ کر سکتا ہے۔",
        Denial::OwnOrganization => "کوئی اپنی تنظیم کے کسی فرد کی تحریر پر کارروائی نہیں کرتا۔",
        Denial::OwnAct => "جو کسی نے خود لکھا، کیا یا نشان زد کیا، اس کا فیصلہ وہ خود نہیں کرتا۔",
        Denial::NotAssigned => "صرف وہ دفتر یہ کر سکتا ہے جس کے سپرد یہ ہے۔",
        Denial::Recused => "جو کسی شکایت سے الگ ہو گیا وہ اس پر کارروائی نہیں کرتا۔",
        Denial::AgencyDoesNotAnswer => "یہ ادارہ ابھی یہاں جواب نہیں دیتا۔",
        Denial::ConflictOfInterest => "جس کے بارے میں شکایت ہے وہ فیصلہ نہیں کرتا۔",
        Denial::Locked => "یہ گفتگو مقفل ہے۔",
        Denial::Closed => "یہ گفتگو ختم ہو چکی ہے۔",
        Denial::WrongStatus => "موجودہ حالت میں یہ ممکن نہیں؛ شاید یہ پہلے ہی ہو چکا ہے۔",
        Denial::OtherReaders => "دونوں گفتگوؤں کے قارئین ایک ہی ہونے چاہییں۔",
        Denial::NotAConcern => "یہ صرف شکایات کے لیے ہے۔",
        Denial::ConductNotAccepted => {
            "کسی کے طرز عمل کی شکایات یہاں اس وقت تک نہیں لی جاتیں جب تک لکھنے والوں کو تحفظ نہ دیا جا سکے۔"
        }
        Denial::NotForApps => "یہ شراکت دار ایپس کے لیے نہیں۔",
        Denial::ScopeRequired(_) => "ایپ کے ٹوکن میں اس کی اجازت نہیں۔",
    }
}

/// The reasons of [`Problem::Invalid`]; one that is not here is said in
/// general words.
fn urdu_reason(why: &str) -> &'static str {
    match why {
        "a key has 1 to 255 bytes" => "کلید 1 سے 255 بائٹ کی ہوتی ہے۔",
        "the invitation is for another constituency" => "یہ دعوت کسی اور حلقے کے لیے ہے۔",
        "the account named another constituency" => "اس اکاؤنٹ نے کوئی اور حلقہ بتایا ہے۔",
        "the account cannot sign in" => "یہ اکاؤنٹ داخل نہیں ہو سکتا۔",
        "the account does not wait for approval" => "یہ اکاؤنٹ منظوری کا منتظر نہیں۔",
        "a code has 2 to 40 capitals, digits or _" => {
            "کوڈ میں 2 سے 40 بڑے لاطینی حروف، ہندسے یا _ ہوتے ہیں۔"
        }
        "the last administrator stays one" => "آخری منتظم منتظم ہی رہتا ہے۔",
        "this decision cannot follow here" => "یہ فیصلہ موجودہ حالت کے بعد ممکن نہیں۔",
        "this month is not over yet" => "یہ مہینہ ابھی ختم نہیں ہوا۔",
        "1 to 60 months" => "1 سے 60 مہینے۔",
        "a reason is needed" => "وجہ بتانا ضروری ہے۔",
        "say in the note what is wrong" => "نوٹ میں بتائیں کہ کیا غلط ہے۔",
        "name at least one span" => "کم از کم ایک حصہ بتائیں۔",
        "a post has no title" => "مراسلے کا عنوان نہیں ہوتا۔",
        "what stood there is put back only while it is kept and the text is as it was left" => {
            "جو وہاں لکھا تھا وہ تبھی واپس رکھا جاتا ہے جب وہ محفوظ ہو اور متن بعد میں نہ بدلا ہو۔"
        }
        "only a thread can be so, no post" => {
            "یہ صرف گفتگو کے ساتھ ہو سکتا ہے، پیغام کے ساتھ نہیں۔"
        }
        "it waits for its first look: use releaseThread or returnThread" => {
            "یہ پہلی نظر کی منتظر ہے: releaseThread یا returnThread استعمال کریں۔"
        }
        "say with SLOW_MODE, and only with it, how many seconds everyone waits" => {
            "SLOW_MODE کے ساتھ، اور صرف اسی کے ساتھ، بتائیں کہ ہر ایک کتنے سیکنڈ انتظار کرے۔"
        }
        "against this act nobody appeals" => "اس کارروائی کے خلاف اپیل نہیں ہوتی۔",
        "this was taken back already" => "یہ پہلے ہی واپس لیا جا چکا ہے۔",
        "the time to appeal is over" => "اپیل کا وقت گزر چکا ہے۔",
        "say with noticeBarred, and only with it, until which day notice is barred" => {
            "noticeBarred کے ساتھ، اور صرف اسی کے ساتھ، بتائیں کہ اطلاع کس دن تک ممنوع ہے۔"
        }
        "this is no reference of a thread, or it is mistyped" => {
            "یہ کسی گفتگو کا حوالہ نمبر نہیں، یا غلط لکھا گیا ہے۔"
        }
        "name the thread by its id or by its reference, not by both" => {
            "گفتگو کو اس کی id یا حوالہ نمبر سے بتائیں، دونوں سے نہیں۔"
        }
        "there is no thread with the reference that it names: refuse it" => {
            "اس حوالہ نمبر کی کوئی گفتگو نہیں: مطالبہ رد کریں۔"
        }
        "only what was complied with is lifted: refuse it" => {
            "صرف وہ مطالبہ اٹھایا جاتا ہے جس کی تعمیل ہو چکی ہو: اسے رد کریں۔"
        }
        "it is down by order: an administrator lifts the demand first" => {
            "یہ قانونی حکم سے ہٹایا گیا ہے: پہلے منتظم مطالبہ اٹھائے۔"
        }
        "name the thread or post that is to be taken down" => {
            "بتائیں کہ کون سی گفتگو یا مراسلہ ہٹایا جائے۔"
        }
        "an agency is invited before it answers" => "ادارے کو جواب دینے سے پہلے مدعو کیا جاتا ہے۔",
        "an office is handed over to another person" => "دفتر کسی دوسرے شخص کے سپرد کیا جاتا ہے۔",
        "the account holds an office of another agency" => {
            "یہ اکاؤنٹ کسی دوسرے ادارے کا دفتر رکھتا ہے۔"
        }
        "an invitation is good for 1 to 90 days" => "دعوت 1 سے 90 دن تک کارآمد ہوتی ہے۔",
        "officials, and only they, have an office" => "دفتر صرف سرکاری اہلکاروں کا ہوتا ہے۔",
        "an official belongs to no organization" => "سرکاری اہلکار کسی تنظیم کا رکن نہیں ہوتا۔",
        "a circle goes with the audience CIRCLE, and only with it" => {
            "حلقہ صرف CIRCLE سامعین کے ساتھ دیا جاتا ہے۔"
        }
        "a concern has a category" => "شکایت کا ایک زمرہ ہوتا ہے۔",
        "a concern has a region" => "شکایت کا ایک علاقہ ہوتا ہے۔",
        "only a concern has case facts or is about somebody" => {
            "صرف شکایت میں مقدمے کے حقائق ہوتے ہیں یا وہ کسی کے بارے میں ہوتی ہے۔"
        }
        "say whose people retaliate" => "بتائیں کہ کس ادارے کے لوگ انتقام لے رہے ہیں۔",
        "this report was decided on already" => "اس رپورٹ پر فیصلہ ہو چکا ہے۔",
        "this agency does not answer here yet, or has no office" => {
            "یہ ادارہ ابھی یہاں جواب نہیں دیتا، یا اس کا کوئی دفتر نہیں۔"
        }
        "the concern is before this office already" => "شکایت پہلے ہی اس دفتر کے سپرد ہے۔",
        "this draft waits for nobody any more" => "یہ مسودہ اب کسی کا منتظر نہیں۔",
        "name at least one concern" => "کم از کم ایک شکایت بتائیں۔",
        "nothing more is expected of an office here" => "یہاں دفتر سے اب کچھ درکار نہیں۔",
        "a step takes 1 to 365 working days" => "ایک مرحلہ 1 سے 365 ایام کار لیتا ہے۔",
        "to acknowledge takes no longer than to answer, nor that than to be very overdue" => {
            "وصولی کی مدت جواب کی مدت سے، اور وہ شدید تاخیر کی مدت سے زیادہ نہیں ہوتی۔"
        }
        "an app has at least one scope" => "ایپ کی کم از کم ایک اجازت ہوتی ہے۔",
        "a sandbox app is for a demonstration forum" => {
            "آزمائشی ایپ صرف نمائشی فورم کے لیے ہوتی ہے۔"
        }
        "a replaced secret is good for 0 to 168 hours more" => {
            "بدلا ہوا راز مزید 0 سے 168 گھنٹے تک کارآمد رہتا ہے۔"
        }
        "an address is of https, or of this machine" => "پتہ https کا ہوتا ہے، یا اسی مشین کا۔",
        "the app did not register this address" => "ایپ نے یہ پتہ درج نہیں کرایا۔",
        "the app is revoked" => "یہ ایپ منسوخ ہو چکی ہے۔",
        "a webhook's address has at most 2048 bytes" => {
            "ویب ہک کا پتا زیادہ سے زیادہ 2048 بائٹ کا ہوتا ہے۔"
        }
        "this is not an address" => "یہ پتا نہیں ہے۔",
        "a webhook's address begins with https://" => "ویب ہک کا پتا https:// سے شروع ہوتا ہے۔",
        "a webhook's address holds no user's name or password" => {
            "ویب ہک کے پتے میں صارف کا نام یا پاس ورڈ نہیں ہوتا۔"
        }
        "a webhook's address holds no fragment" => "ویب ہک کے پتے میں # والا حصہ نہیں ہوتا۔",
        "a webhook's port is 443 or 8443" => "ویب ہک کی پورٹ 443 یا 8443 ہوتی ہے۔",
        "this address is not on the public internet" => "یہ پتا عوامی انٹرنیٹ پر نہیں ہے۔",
        "messages of this kind come in any case" => "اس قسم کے پیغام ہر صورت میں آتے ہیں۔",
        "this cursor is of no webhook" => "یہ نشان کسی ویب ہک کا نہیں ہے۔",
        "what came after this cursor is gone" => "اس نشان کے بعد کا مواد اب موجود نہیں۔",
        "an office commits itself once it has acknowledged the concern, and until that is withdrawn" => {
            "دفتر شکایت کی وصولی کے بعد ہی وعدہ کرتا ہے، اور شکایت واپس لیے جانے تک۔"
        }
        "how far it is goes from 0 to 100 percent" => "پیش رفت 0 سے 100 فیصد تک ہوتی ہے۔",
        "evidence has an address of http or https, without a password, of at most 2048 bytes" => {
            "ثبوت کا پتا http یا https کا ہوتا ہے، پاس ورڈ کے بغیر، زیادہ سے زیادہ 2048 بائٹ کا۔"
        }
        "whoever says that it is done shows where that can be seen" => {
            "جو کہے کہ کام ہو گیا وہ بتائے کہ یہ کہاں دیکھا جا سکتا ہے۔"
        }
        "there is no such milestone that was not reached before" => {
            "ایسا کوئی مرحلہ نہیں جو پہلے پورا نہ ہوا ہو۔"
        }
        "this agency answers here: put the concern before it" => {
            "یہ ادارہ یہاں جواب دیتا ہے: شکایت اس کے سامنے رکھیں۔"
        }
        "a letter is no older than its concern" => "خط اپنی شکایت سے پرانا نہیں ہوتا۔",
        "a reply comes on the day of its letter or later" => "جواب خط کے دن یا اس کے بعد آتا ہے۔",
        "the reply to this letter was recorded already" => "اس خط کا جواب پہلے ہی درج ہو چکا ہے۔",
        "say which version of the template you change" => {
            "بتائیں کہ آپ نمونے کا کون سا نسخہ بدل رہے ہیں۔"
        }
        "a template is in English or in Urdu, best in both" => {
            "نمونہ انگریزی یا اردو میں ہوتا ہے، بہتر ہے کہ دونوں میں ہو۔"
        }
        "this template was retired already" => "یہ نمونہ پہلے ہی واپس لیا جا چکا ہے۔",
        "you are on it already" => "آپ پہلے ہی اس میں شامل ہیں۔",
        "you did not take this" => "یہ آپ کے ذمے نہیں۔",
        "another moderator has this in hand" => "یہ کسی اور منتظم گفتگو کے ذمے ہے۔",
        "it is held: say with HOLD or REMOVE and a reason what becomes of it, or let it appear \
         with DISAGREE" => {
            "یہ روکا ہوا ہے: HOLD یا REMOVE اور وجہ کے ساتھ بتائیں کہ اس کا کیا ہو، یا DISAGREE سے \
             اسے ظاہر ہونے دیں۔"
        }
        "a moderator holds it already: say with REMOVE and a reason that it goes, or let it \
         appear with DISAGREE" => {
            "اسے ایک منتظم گفتگو پہلے ہی روکے ہوئے ہے: REMOVE اور وجہ کے ساتھ بتائیں کہ یہ \
             ہٹایا جائے، یا DISAGREE سے اسے ظاہر ہونے دیں۔"
        }
        "an act goes with AGREE" => "کارروائی صرف AGREE کے ساتھ ہوتی ہے۔",
        "a reason code goes with an act, and an act with a reason code" => {
            "وجہ کا کوڈ کارروائی کے ساتھ دیا جاتا ہے، اور کارروائی وجہ کے کوڈ کے ساتھ۔"
        }
        "this act has a mutation of its own" => "اس کارروائی کے لیے الگ mutation ہے۔",
        "one of the posts must be read by everyone" => {
            "ان میں سے کم از کم ایک پیغام سب کو نظر آنا چاہیے۔"
        }
        "name at least one post" => "کم از کم ایک پیغام بتائیں۔",
        "a thread is not moved to itself" => "کوئی گفتگو خود اپنے اندر منتقل نہیں ہوتی۔",
        "a concern ends by its own moves" => "شکایت اپنے ہی مراحل سے ختم ہوتی ہے۔",
        "this thread was merged into another" => "یہ گفتگو کسی اور گفتگو میں ضم ہو چکی ہے۔",
        "nothing was moved here that could be taken back" => {
            "یہاں کچھ ایسا منتقل نہیں ہوا جو واپس لیا جا سکے۔"
        }
        "a warning has no scope" => "تنبیہ کا کوئی دائرہ نہیں ہوتا۔",
        "say where: a silence or a suspension has a scope" => {
            "بتائیں کہ کہاں: خاموشی یا معطلی کا ایک دائرہ ہوتا ہے۔"
        }
        "a ban is of everything" => "مستقل پابندی پورے فورم سے ہوتی ہے۔",
        "a warning or a ban has no end" => "تنبیہ یا مستقل پابندی کی کوئی مدت نہیں ہوتی۔",
        "a silence or a suspension ends, an hour from now or later" => {
            "خاموشی یا معطلی کی ایک مدت ہوتی ہے، اب سے کم از کم ایک گھنٹہ۔"
        }
        "this thread is filed under no category" => "یہ گفتگو کسی زمرے میں نہیں۔",
        "whoever wrote this has no account that could be sanctioned" => {
            "جس نے یہ لکھا اس کا کوئی اکاؤنٹ نہیں جس پر کارروائی ہو سکے۔"
        }
        "this proposal has lapsed" => "اس تجویز کی مدت ختم ہو چکی ہے۔",
        "this sanction does not stand" => "یہ تادیبی کارروائی نافذ نہیں۔",
        "within an hour 1 to 1000 posts are possible" => {
            "ایک گھنٹے میں 1 سے 1000 تک تحریریں ممکن ہیں۔"
        }
        "within a day 1 to 10000 posts are possible" => {
            "ایک دن میں 1 سے 10000 تک تحریریں ممکن ہیں۔"
        }
        "of somebody's first posts 0 to 20 wait" => {
            "کسی کی پہلی 0 سے 20 تک تحریریں جانچ کی منتظر رہتی ہیں۔"
        }
        "a text holds 0 to 100 links" => "ایک متن میں 0 سے 100 تک لنک ہوتے ہیں۔",
        "a tenure takes 0 to 3650 days" => "اس درجے کے لیے 0 سے 3650 دن درکار ہوتے ہیں۔",
        "a tenure takes 0 to 10000 posts" => "اس درجے کے لیے 0 سے 10000 تحریریں درکار ہوتی ہیں۔",
        "only established members have no limit of their own" => {
            "صرف پرانے اراکین کی کوئی اپنی حد نہیں ہوتی۔"
        }
        "a day has no fewer posts than an hour" => "دن کی حد گھنٹے کی حد سے کم نہیں ہوتی۔",
        "nothing that established members write waits" => {
            "پرانے اراکین کی کوئی تحریر جانچ کی منتظر نہیں رہتی۔"
        }
        "everybody begins as a newcomer" => "ہر کوئی نووارد کے طور پر آغاز کرتا ہے۔",
        "to be established takes no less than to be known" => {
            "پرانا رکن بننے کے لیے معروف رکن بننے سے کم درکار نہیں ہوتا۔"
        }
        "no year has such a day" => "کسی سال میں ایسا دن نہیں ہوتا۔",
        _ => "یہ قدر قابل قبول نہیں۔",
    }
}

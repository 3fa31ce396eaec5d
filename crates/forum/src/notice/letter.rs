//! What a mail says, in English and in Urdu.
//!
//! It may lie open to others: it tells that something happened, never what was
//! written, and names a thread by its title only where everyone may read it.

use std::fmt::Write as _;

use domain::event::EventKind;
use domain::notice::MailFrequency;
use domain::people::Language;
use domain::policy;
use storage::notice::ToldThread;

/// As many threads one mail names; of the others it says how many they are.
pub(super) const THREADS_MAX: usize = 50;

/// What happened in one thread, in order.
pub(super) struct Told<'a> {
    pub(super) thread: &'a ToldThread,
    pub(super) kinds: Vec<EventKind>,
}

/// The subject and the text. The subject is seen on locked screens: it names
/// neither the forum nor anything in it.
pub(super) fn letter(
    told: &[Told<'_>],
    of_account: &[EventKind],
    frequency: MailFrequency,
    language: Language,
    place: Option<&str>,
    unsubscribe: Option<&str>,
) -> (String, String) {
    let words = Words(language);
    let mut text = String::new();
    if !of_account.is_empty() {
        let _ = writeln!(text, "{}", words.account());
        say(&mut text, &words, of_account);
    }
    for one in told.iter().take(THREADS_MAX) {
        let thread = one.thread;
        text.push_str(&thread.reference);
        if policy::is_public(thread.audience, thread.status) {
            // One line, whatever is in the title.
            let title: Vec<&str> = thread.title.split_whitespace().collect();
            let _ = write!(text, "  {}", title.join(" "));
        }
        text.push('\n');
        say(&mut text, &words, &one.kinds);
    }
    let more = told.len().saturating_sub(THREADS_MAX);
    if more > 0 {
        let _ = writeln!(text, "{}: {more}\n", words.more());
    }
    if let Some(place) = place {
        let _ = writeln!(text, "{}\n{place}\n", words.read());
    }
    match unsubscribe {
        Some(link) => {
            let _ = writeln!(text, "{}\n{link}", words.end_by_link());
        }
        None => {
            let _ = writeln!(text, "{}", words.end());
        }
    }
    (words.subject(frequency).to_owned(), text)
}

/// Says what happened, each kind once.
fn say(text: &mut String, words: &Words, kinds: &[EventKind]) {
    for (kind, count) in counted(kinds) {
        let said = words.of(kind);
        let _ = if count == 1 {
            writeln!(text, "  - {said}")
        } else {
            writeln!(text, "  - {said} ({count})")
        };
    }
    text.push('\n');
}

/// Each kind once, in the order in which they came first, with how often.
fn counted(kinds: &[EventKind]) -> Vec<(EventKind, usize)> {
    let mut counted: Vec<(EventKind, usize)> = Vec::new();
    for kind in kinds {
        match counted.iter_mut().find(|(one, _)| one == kind) {
            Some((_, count)) => *count += 1,
            None => counted.push((*kind, 1)),
        }
    }
    counted
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

    const fn subject(&self, frequency: MailFrequency) -> &'static str {
        match frequency {
            MailFrequency::Daily => self.pick("Your day in short", "آپ کا دن مختصراً"),
            MailFrequency::Weekly => self.pick("Your week in short", "آپ کا ہفتہ مختصراً"),
            MailFrequency::Off | MailFrequency::Immediate => {
                self.pick("Something new for you", "آپ کے لیے نئی اطلاع")
            }
        }
    }

    const fn more(&self) -> &'static str {
        self.pick("More conversations", "مزید گفتگوئیں")
    }

    const fn account(&self) -> &'static str {
        self.pick("Your account", "آپ کا اکاؤنٹ")
    }

    const fn read(&self) -> &'static str {
        self.pick("Sign in to read:", "پڑھنے کے لیے سائن اِن کریں:")
    }

    const fn end_by_link(&self) -> &'static str {
        self.pick(
            "To get no more of these mails, without signing in:",
            "سائن اِن کیے بغیر یہ ای میل بند کرنے کے لیے:",
        )
    }

    const fn end(&self) -> &'static str {
        self.pick(
            "To get no more of these mails, turn them off in your account.",
            "یہ ای میل بند کرنے کے لیے اپنے اکاؤنٹ میں انہیں بند کر دیں۔",
        )
    }

    /// What happened.
    const fn of(&self, kind: EventKind) -> &'static str {
        match kind {
            EventKind::PostAdded => self.pick("Somebody wrote", "کسی نے لکھا"),
            EventKind::ConcernAssigned => self.pick(
                "It was put before an office",
                "یہ ایک دفتر کے سامنے رکھا گیا",
            ),
            EventKind::ConcernAcknowledged => {
                self.pick("The office has received it", "دفتر نے وصولی کی تصدیق کی")
            }
            EventKind::ConcernMoved => self.pick("It moved on", "اس میں پیش رفت ہوئی"),
            EventKind::ConcernEscalated => self.pick(
                "A deadline passed without an answer",
                "جواب کے بغیر مہلت گزر گئی",
            ),
            EventKind::ResponsePublished => self.pick("The office answered", "دفتر نے جواب دیا"),
            EventKind::VerdictGiven => self.pick("The answer was judged", "جواب پر رائے دی گئی"),
            EventKind::CommitmentMade => {
                self.pick("The office made a commitment", "دفتر نے ایک وعدہ کیا")
            }
            EventKind::CommitmentChanged => self.pick(
                "There is news of a commitment",
                "ایک وعدے کے بارے میں نئی بات ہے",
            ),
            EventKind::CommitmentKept => self.pick("A commitment was kept", "ایک وعدہ پورا ہوا"),
            EventKind::CommitmentLapsed => self.pick(
                "The day of a commitment passed without its being kept",
                "ایک وعدے کا دن گزر گیا اور وہ پورا نہیں ہوا",
            ),
            EventKind::VerdictAsked => self.pick(
                "Did the answer help? Please say so",
                "کیا جواب سے مدد ملی؟ براہِ کرم بتائیں",
            ),
            EventKind::ReminderDue => self.pick(
                "Something is expected of you, and the time for it ends soon",
                "آپ سے کچھ متوقع ہے اور اس کی مہلت جلد ختم ہو رہی ہے",
            ),
            EventKind::WorkArrived => {
                self.pick("It waits for your office", "یہ آپ کے دفتر کا منتظر ہے")
            }
            EventKind::ReviewOverdue => self.pick(
                "Something waits here for a moderator for too long",
                "یہاں کوئی چیز بہت دیر سے ناظم کی منتظر ہے",
            ),
            EventKind::ThreadModerated => self.pick(
                "A moderator changed how it stands",
                "ایک ناظم نے اس کی حیثیت بدلی",
            ),
            EventKind::SanctionChanged => self.pick(
                "Moderators decided something about you. Sign in to read what, why, and how to appeal",
                "ناظمین نے آپ کے بارے میں کوئی فیصلہ کیا ہے۔ کیا، کیوں، اور اپیل کیسے کریں، یہ پڑھنے کے لیے سائن اِن کریں",
            ),
            EventKind::ParticipantsChanged => {
                self.pick("Who takes part in it has changed", "اس کے شرکاء تبدیل ہوئے")
            }
            EventKind::ThreadChanged
            | EventKind::ThreadOpened
            | EventKind::PostEdited
            | EventKind::PostModerated
            | EventKind::EndorsementsChanged
            | EventKind::ConcernOpened
            | EventKind::DirectoryChanged
            | EventKind::AccessChanged => self.pick("It was changed", "اس میں تبدیلی ہوئی"),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::event::EventKind;
    use domain::id::ThreadId;
    use domain::notice::MailFrequency;
    use domain::people::Language;
    use domain::thread::{Audience, ModerationStatus};
    use storage::notice::ToldThread;
    use uuid::Uuid;

    use super::{THREADS_MAX, Told, letter};

    fn thread(audience: Audience) -> ToldThread {
        ToldThread {
            id: ThreadId(Uuid::from_u128(1)),
            reference: "MKL-2025-ABCDEFGH".to_owned(),
            title: "Searched\nevery Friday".to_owned(),
            audience,
            status: ModerationStatus::Visible,
            raised: true,
            at_desk: false,
        }
    }

    fn of(threads: &[ToldThread]) -> String {
        let told: Vec<Told<'_>> = threads
            .iter()
            .map(|thread| Told {
                thread,
                kinds: vec![EventKind::PostAdded, EventKind::PostAdded],
            })
            .collect();
        letter(&told, &[], MailFrequency::Daily, Language::En, None, None).1
    }

    #[test]
    fn of_a_sanction_a_mail_says_that_there_is_something_to_read() {
        let kinds = [EventKind::SanctionChanged];
        for (language, said) in [(Language::En, "how to appeal"), (Language::Ur, "اپیل")] {
            let (subject, text) =
                letter(&[], &kinds, MailFrequency::Immediate, language, None, None);
            assert!(text.contains(said), "{text}");
            assert!(!subject.contains(said));
        }
    }

    #[test]
    fn only_what_everyone_may_read_is_named_by_its_title() {
        for audience in Audience::ALL {
            let text = of(&[thread(*audience)]);
            let public = *audience == Audience::Public;
            assert_eq!(text.contains("Searched every Friday"), public, "{audience}");
            assert!(text.contains("MKL-2025-ABCDEFGH"));
            assert!(text.contains("  - Somebody wrote (2)\n"));
        }
    }

    #[test]
    fn a_mail_names_so_many_threads_and_counts_the_others() {
        let lines = |count| {
            let text = of(&vec![thread(Audience::Public); count]);
            (
                text.matches("MKL-").count(),
                text.contains("More conversations: 1"),
            )
        };
        assert_eq!(lines(THREADS_MAX), (THREADS_MAX, false));
        assert_eq!(lines(THREADS_MAX + 1), (THREADS_MAX, true));
    }
}

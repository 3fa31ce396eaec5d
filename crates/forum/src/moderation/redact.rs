//! Striking out parts of a text, and putting them back.

use domain::event::EventKind;
use domain::id::ModlogId;
use domain::moderation::{
    ModAct, ReasonCode, RedactedKind, Strike, StrikeError, Subject, places, strike_out,
};
use domain::people::Language;
use domain::policy::{self, Action};
use domain::text::Reason;
use storage::Tx;
use storage::redaction::{Original, Sealing};
use uuid::Uuid;

use super::act::{Deed, is_exact};
use super::{Drawn, Found, takes, version_of};
use crate::error::Problems;
use crate::markdown;
use crate::once::{Once, Written, claimed};
use crate::thread::{View, tell, tell_of_post, tell_persona};
use crate::{Error, Forum, Problem, Viewer};

/// Which of a thread's texts; a post has only its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextPart {
    /// Its title.
    Title,
    /// Its text.
    Body,
}

/// A part of a text to strike out, in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedactSpan {
    /// Of which text.
    pub of: TextPart,
    /// Where, and what stands there.
    pub strike: Strike,
}

/// What is to be struck out, as it was typed.
#[derive(Debug, Clone)]
pub struct Redact {
    /// The thread or post.
    pub subject: Subject,
    /// The parts.
    pub spans: Vec<RedactSpan>,
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, in words for the author.
    pub reason: String,
    /// The text that was judged.
    pub version: String,
}

/// What is left of a text.
struct Left {
    title: Option<String>,
    body: String,
}

impl Forum {
    /// Strikes parts out of a text, as a moderator. What stood there is sealed for
    /// as long as its author may appeal, and then destroyed.
    pub async fn redact(
        &self,
        viewer: &Viewer,
        input: &Redact,
        once: &Once,
    ) -> Result<Written<Uuid>, Error> {
        let mut problems = Problems::default();
        let reason = problems.take("text", Reason::parse(&input.reason));
        let some = !input.spans.is_empty();
        problems.require(some, "spans", Problem::Invalid("name at least one span"));
        let max = Strike::MAX;
        let few = input.spans.len() <= max;
        problems.require(few, "spans", Problem::TooMany { max });
        problems.none()?;
        takes(ModAct::Redact, input.code)?;
        let id = Uuid::from(input.subject);
        let claim = self.claim(viewer, "redact", once, id)?;
        let drawn = self.draw();
        let written = self
            .store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                let found = self.found(&tx, viewer, input.subject).await?;
                let action = Action::Moderate(&found.thread.facts, found.moderated());
                policy::decide(&viewer.actor, &action)?;
                found.is_of(&tx, Some(&input.version)).await?;
                let left = left_of(&found, &input.spans)?;
                let by = Some(self.number_of(&tx, viewer, &drawn).await?);
                let reason = reason.as_ref().map(Reason::as_str);
                let deed = Deed::new(ModAct::Redact, input.code, reason, by);
                self.seal_text(&tx, &found, deed, &left, &drawn).await?;
                Ok::<_, Error>(Written::Now(id))
            })
            .await?;
        if matches!(written, Written::Now(_)) {
            let judged = View::judged(viewer, input.subject);
            self.people.views.know(&judged);
        }
        Ok(written)
    }

    async fn seal_text(
        &self,
        tx: &Tx,
        found: &Found,
        deed: Deed<'_>,
        left: &Left,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let facts = &found.thread.facts;
        // The seal names the entry.
        self.record(tx, facts, found.subject(), deed, drawn).await?;
        let appears_at = self.appears_at(tx.now(), is_exact(facts));
        let object = Uuid::from(found.subject());
        tx.seal_original(Sealing {
            redaction: drawn.entry,
            object,
            thread: facts.id,
            title: found.title(),
            body: found.body(),
            left_version: &version_of(left.title.as_deref(), &left.body),
            destroy_at: self.appeal_ends(appears_at),
        })
        .await?;
        self.rewrite(tx, found, left).await?;
        tx.rewrite_flagged(object, left.title.as_deref(), &left.body)
            .await?;
        self.tell_rewritten(tx, found).await
    }

    /// Puts back what was struck out last, if the text is still what was left
    /// then.
    pub(super) async fn unredact(
        &self,
        tx: &Tx,
        found: &Found,
        deed: Deed<'_>,
        drawn: &Drawn,
    ) -> Result<(), Error> {
        let object = Uuid::from(found.subject());
        let redaction = if deed.reverses.is_some() {
            deed.reverses
        } else {
            let post = found.post_facts().map(|post| post.id);
            tx.still_done(ModAct::Unredact, found.thread.facts.id, post)
                .await?
        };
        let gone = || {
            let why = "what stood there is put back only while it is kept and the text is as it \
                       was left";
            Error::at("act", Problem::Invalid(why))
        };
        let redaction = redaction.ok_or_else(gone)?;
        let original = self.sealed(tx, found, redaction).await?;
        let original = original.ok_or_else(gone)?;
        let deed = Deed {
            reverses: Some(redaction),
            ..deed
        };
        let facts = &found.thread.facts;
        self.record(tx, facts, found.subject(), deed, drawn).await?;
        let back = Left {
            title: original.title,
            body: original.body,
        };
        self.rewrite(tx, found, &back).await?;
        tx.unseal_original(redaction, object).await?;
        self.tell_rewritten(tx, found).await
    }

    /// What stood there before something was struck out, if it can be put back:
    /// else what its author wrote since would be lost.
    pub(super) async fn sealed(
        &self,
        tx: &Tx,
        found: &Found,
        redaction: ModlogId,
    ) -> Result<Option<Original>, Error> {
        let original = tx.original(redaction, found.subject().into()).await?;
        let left = version_of(found.title(), found.body());
        Ok(original.filter(|one| one.left_version == left))
    }

    async fn rewrite(&self, tx: &Tx, found: &Found, to: &Left) -> Result<(), Error> {
        if let Some(post) = &found.post {
            tx.rewrite_post(post, &to.body).await?;
        } else {
            let title = to.title.as_deref().unwrap_or(&found.thread.title);
            tx.rewrite_thread(&found.thread, title, &to.body).await?;
        }
        Ok(())
    }

    pub(super) async fn tell_rewritten(&self, tx: &Tx, found: &Found) -> Result<(), Error> {
        let facts = &found.thread.facts;
        let (kind, object) = if let Some(post) = found.post_facts() {
            let kind = EventKind::PostModerated;
            tell_of_post(tx, facts, kind, (post.id, post.status.is_open()));
            (kind, Some(post.id.into()))
        } else {
            tell(tx, facts, EventKind::ThreadModerated, None);
            (EventKind::ThreadModerated, None)
        };
        tell_persona(tx, found.author(), facts.id, kind, object).await
    }
}

/// What is left of a thread's or a post's texts without these parts.
fn left_of(found: &Found, spans: &[RedactSpan]) -> Result<Left, Error> {
    let of = |part| {
        let own = spans.iter().enumerate().filter(|(_, span)| span.of == part);
        own.map(|(index, span)| (index, span.strike)).unzip()
    };
    let (in_title, of_title): (Vec<usize>, Vec<Strike>) = of(TextPart::Title);
    let (in_body, of_body): (Vec<usize>, Vec<Strike>) = of(TextPart::Body);
    let language = found
        .post
        .as_ref()
        .map_or(found.thread.language, |post| post.language);
    let title = match found.title() {
        None => {
            let why = "a post has no title";
            let none = of_title.is_empty();
            none.then_some(None)
                .ok_or_else(|| Error::at("spans", Problem::Invalid(why)))?
        }
        Some(title) => Some(left(title, &of_title, &in_title, language, Shape::Line)?),
    };
    let body = left(found.body(), &of_body, &in_body, language, Shape::Markdown)?;
    Ok(Left { title, body })
}

/// How a text is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// As it is.
    Line,
    /// As markdown.
    Markdown,
}

fn left(
    text: &str,
    strikes: &[Strike],
    indexes: &[usize],
    language: Language,
    shape: Shape,
) -> Result<String, Error> {
    let bad = |(place, why): (usize, StrikeError)| {
        let index = indexes.get(place).copied().unwrap_or(place);
        Error::at("spans", Problem::BadSpan { index, why })
    };
    let found = places(text, strikes).map_err(bad)?;
    if shape == Shape::Markdown {
        let ranges: Vec<_> = found.iter().map(|(range, _)| range.clone()).collect();
        if let Some(cutting) = markdown::cutting(text, &ranges) {
            let which = found.get(cutting).map(|(_, strike)| *strike);
            let place = strikes.iter().position(|one| Some(*one) == which);
            return Err(bad((place.unwrap_or(0), StrikeError::Markup)));
        }
    }
    let parts: Vec<_> = found
        .into_iter()
        .map(|(range, strike)| {
            let word = word(strike.kind, language);
            let instead = match (language, shape) {
                (Language::En, Shape::Line) => format!("[removed: {word}]"),
                (Language::En, Shape::Markdown) => format!("\\[removed: {word}\\]"),
                (Language::Ur, Shape::Line) => format!("[ہٹایا گیا: {word}]"),
                (Language::Ur, Shape::Markdown) => format!("\\[ہٹایا گیا: {word}\\]"),
            };
            (range, instead)
        })
        .collect();
    Ok(strike_out(text, &parts))
}

/// What stood there, for whoever reads on.
const fn word(kind: RedactedKind, language: Language) -> &'static str {
    match language {
        Language::En => match kind {
            RedactedKind::Cnic => "identity card number",
            RedactedKind::Iban => "bank account number",
            RedactedKind::Email => "e-mail address",
            RedactedKind::Phone => "telephone number",
            RedactedKind::Coordinates => "location",
            RedactedKind::Address => "address",
            RedactedKind::NumberPlate => "number plate",
            RedactedKind::Name => "name",
            RedactedKind::CaseDetail => "detail of a case",
            RedactedKind::Abuse => "abuse",
            RedactedKind::Other => "part of the text",
        },
        Language::Ur => match kind {
            RedactedKind::Cnic => "شناختی کارڈ نمبر",
            RedactedKind::Iban => "بینک اکاؤنٹ نمبر",
            RedactedKind::Email => "ای میل پتہ",
            RedactedKind::Phone => "ٹیلی فون نمبر",
            RedactedKind::Coordinates => "مقام",
            RedactedKind::Address => "پتہ",
            RedactedKind::NumberPlate => "گاڑی کا نمبر",
            RedactedKind::Name => "نام",
            RedactedKind::CaseDetail => "مقدمے کی تفصیل",
            RedactedKind::Abuse => "بدزبانی",
            RedactedKind::Other => "متن کا ایک حصہ",
        },
    }
}

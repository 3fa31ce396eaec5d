//! Looking at a text before it is sent.

use async_graphql::{Context, ID, Object, SimpleObject};
use door::directive::{cost, list_size, names};
use forum::Forum;
use forum::views::directory as view;

use crate::schema::caller::{caller, read};
use crate::schema::code::parse_code;
use crate::schema::directory::Helpline;
use crate::schema::enums::PersonalKind;

/// Where a text holds personal information. Places are counted in Unicode
/// scalar values of the text as it was sent: code points, which are neither
/// bytes nor the units of UTF-16. What a reader takes for one character is never
/// cut.
#[derive(SimpleObject, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(serial)]
pub struct PersonalSpan {
    /// The first that belongs to it, from 0 on.
    pub start: i32,
    /// The first after it.
    pub end: i32,
    /// What is there.
    pub kind: PersonalKind,
}

impl From<&forum::Span> for PersonalSpan {
    fn from(span: &forum::Span) -> Self {
        let place = |at: usize| i32::try_from(at).unwrap_or(i32::MAX);
        Self {
            start: place(span.start),
            end: place(span.end),
            kind: span.kind.into(),
        }
    }
}

/// What a text says that its author may not have meant to say.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct TextCheck {
    /// The personal information that is found: by their places, none over
    /// another, at most 100. Whoever takes these out asks again.
    #[graphql(directive = list_size::apply(100, names(&[]), names(&[])))]
    pub spans: Vec<PersonalSpan>,
    /// Where to turn at once, if the text tells of danger.
    pub helplines: Vec<Helpline>,
}

/// The helplines of a payload, found only where the document asks for them.
pub(crate) fn helplines(
    ctx: &Context<'_>,
    found: impl FnOnce(&Forum) -> Vec<view::Helpline>,
) -> Option<Vec<Helpline>> {
    let field = ctx.field();
    let mut fields = field.selection_set();
    fields.find(|field| field.name() == "helplines")?;
    let found = found(&caller(ctx).forum);
    Some(found.iter().map(Helpline::from).collect())
}

/// Looking at a text before it is sent.
#[derive(Debug, Default)]
pub struct ScreenQueries;

#[Object(serial)]
impl ScreenQueries {
    /// What a text says that its author may not have meant to say: ask while it
    /// is typed. In English, Urdu and Roman Urdu. Nothing of it is kept. Not
    /// everything is found, and what is found need not be wrong: who writes
    /// decides, with `confirm`.
    #[graphql(directive = cost::apply(10))]
    async fn check_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text: at most 20,000 characters.")] text: String,
        #[graphql(
            desc = "The code of the region, for its helplines and the nationwide ones; of one \
                    that is not known, for the latter alone."
        )]
        region: Option<String>,
        #[graphql(
            desc = "The agency complained of, by id or code: its own helplines are left out."
        )]
        about: Option<ID>,
    ) -> async_graphql::Result<TextCheck> {
        let caller = caller(ctx);
        let about = about.map(|named| caller.agency(&named));
        let region = region.map(parse_code).transpose()?;
        let check = caller.forum.check_text(&text, region.as_deref(), about);
        let check = read(caller, check)?;
        Ok(TextCheck {
            spans: check.spans.iter().map(PersonalSpan::from).collect(),
            helplines: check.helplines.iter().map(Helpline::from).collect(),
        })
    }
}

//! Who will see what is about to be sent.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use forum::thread as act;

use crate::schema::caller::{Caller, caller, read};
use crate::schema::code::parse_code;
use crate::schema::directory::{Agency, Circle, Office};
use crate::schema::enums::{Audience, AudienceNotice, Proceedings};
use crate::schema::global_id::{Kind, expect};
use crate::schema::mutation::thread::AboutInput;

/// A concern as it is about to be filed.
#[derive(InputObject, Debug, Default)]
pub struct AudiencePreviewInput {
    /// Who may read it: CONFIDENTIAL where nothing is said.
    pub audience: Option<Audience>,
    /// The circle, where that is the audience.
    pub circle: Option<ID>,
    /// The code of the category.
    pub category: Option<String>,
    /// The code of the region.
    pub region: Option<String>,
    /// Codes of affected groups.
    #[graphql(default)]
    pub affected_groups: Vec<String>,
    /// Whom it complains of.
    pub about: Option<AboutInput>,
    /// What the law already has of it.
    pub proceedings: Option<Proceedings>,
}

/// What kind of reader somebody is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceReaderKind {
    /// Everyone, without signing in.
    Everyone,
    /// Every signed-in member.
    Members,
    /// Those vouched into a circle.
    CircleMembers,
    /// Civil society, youth and experts.
    Caucus,
    /// Officials of agencies that answer.
    Officials,
    /// The author.
    Author,
    /// The officers at the desk it will be put before.
    Desk,
    /// The oversight body that owns it or has a copy.
    Oversight,
    /// The moderator who looks at it.
    Moderator,
}

/// Somebody who will see a thread or its facts.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(serial)]
pub struct AudienceReader {
    /// What kind of reader.
    pub kind: AudienceReaderKind,
    /// The circle, for CIRCLE_MEMBERS.
    pub circle: Option<Circle>,
    /// The office, for DESK.
    pub office: Option<Office>,
    /// The agency, for OVERSIGHT.
    pub agency: Option<Agency>,
}

impl AudienceReader {
    fn new(caller: &Caller, reader: act::Reader) -> Self {
        let directory = caller.forum.directory();
        let kind = match reader {
            act::Reader::Everyone => AudienceReaderKind::Everyone,
            act::Reader::Members => AudienceReaderKind::Members,
            act::Reader::CircleMembers(_) => AudienceReaderKind::CircleMembers,
            act::Reader::Caucus => AudienceReaderKind::Caucus,
            act::Reader::Officials => AudienceReaderKind::Officials,
            act::Reader::Author => AudienceReaderKind::Author,
            act::Reader::Desk(_) => AudienceReaderKind::Desk,
            act::Reader::Oversight(_) => AudienceReaderKind::Oversight,
            act::Reader::Moderator => AudienceReaderKind::Moderator,
        };
        let mut one = Self {
            kind,
            circle: None,
            office: None,
            agency: None,
        };
        match reader {
            act::Reader::CircleMembers(id) => {
                one.circle = directory.circle(id).cloned().map(Circle);
            }
            act::Reader::Desk(id) => one.office = directory.office(id).cloned().map(Office),
            act::Reader::Oversight(id) => one.agency = directory.agency(id).cloned().map(Agency),
            act::Reader::Everyone
            | act::Reader::Members
            | act::Reader::Caucus
            | act::Reader::Officials
            | act::Reader::Author
            | act::Reader::Moderator => {}
        }
        one
    }
}

/// Who will see a concern, before it is sent.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct AudiencePreview {
    /// Who will read the thread.
    pub readers: Vec<AudienceReader>,
    /// Who will be able to open the case facts.
    pub case_facts_readers: Vec<AudienceReader>,
    /// What to know before sending.
    pub notices: Vec<AudienceNotice>,
}

/// Who will see what is about to be sent.
#[derive(Debug, Default)]
pub struct PreviewQueries;

#[Object(serial)]
impl PreviewQueries {
    /// Who would see a concern filed like this. Ask before sending it.
    async fn audience_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The concern as it is about to be filed.")] input: AudiencePreviewInput,
    ) -> async_graphql::Result<AudiencePreview> {
        let caller = caller(ctx);
        let about = input.about;
        let groups = input.affected_groups.into_iter().map(parse_code);
        let of = act::PreviewOf {
            audience: input.audience.map(Into::into),
            circle: input.circle.map(|id| expect(Kind::Circle, &id)),
            category: input.category.map(parse_code).transpose()?,
            region: input.region.map(parse_code).transpose()?,
            groups: groups.collect::<async_graphql::Result<_>>()?,
            about_agency: about
                .as_ref()
                .and_then(|about| about.agency.as_ref())
                .map(|named| caller.agency(named)),
            about_office: about
                .as_ref()
                .and_then(|about| about.office.as_ref())
                .map(|id| expect(Kind::Office, id)),
            about_kind: about.map(|about| about.kind.into()),
            proceedings: input.proceedings.map(Into::into),
        };
        let preview = read(caller, caller.forum.audience_preview(&caller.viewer, &of))?;
        let readers = |all: Vec<act::Reader>| {
            all.into_iter()
                .map(|one| AudienceReader::new(caller, one))
                .collect()
        };
        Ok(AudiencePreview {
            readers: readers(preview.thread),
            case_facts_readers: readers(preview.case_facts),
            notices: preview.notices.into_iter().map(Into::into).collect(),
        })
    }
}

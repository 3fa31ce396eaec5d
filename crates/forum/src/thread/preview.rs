//! Who will see what is about to be sent, and what to know before.

use domain::id::{AgencyId, CircleId, OfficeId};
use domain::thread::{AboutKind, Audience, Proceedings};

use crate::routing::{Filing, Route, complained_of, desk, route};
use crate::{Error, Forum, Viewer};

/// Somebody who will see a thread or its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Everyone, without signing in.
    Everyone,
    /// Every signed-in member.
    Members,
    /// Those vouched into a circle.
    CircleMembers(CircleId),
    /// Civil society, youth and experts.
    Caucus,
    /// Officials of agencies that answer.
    Officials,
    /// The author.
    Author,
    /// The officers at the desk it will be put before.
    Desk(OfficeId),
    /// The oversight body that owns it or has a copy.
    Oversight(AgencyId),
    /// The moderator who looks at it.
    Moderator,
}

/// Something to know before sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// This is neither an FIR nor a right-to-information request.
    NotAnFir,
    /// The law has the matter: speak to your lawyer first.
    SpeakToYourLawyerFirst,
    /// Nobody who answers is responsible yet; a moderator will look for one.
    NobodyAnswersYet,
    /// Case facts stay sealed; public text names no private person.
    NameNoPrivatePerson,
    /// What the complaint is about does not read its facts.
    ComplainedAboutDoesNotRead,
}

/// What a preview is asked for.
#[derive(Debug, Clone, Default)]
pub struct PreviewOf {
    /// Who may read it.
    pub audience: Option<Audience>,
    /// The circle, where that is the audience.
    pub circle: Option<CircleId>,
    /// The code of the category.
    pub category: Option<String>,
    /// The code of the region.
    pub region: Option<String>,
    /// Codes of the groups it affects.
    pub groups: Vec<String>,
    /// The agency complained of.
    pub about_agency: Option<AgencyId>,
    /// The office complained of.
    pub about_office: Option<OfficeId>,
    /// What is complained of.
    pub about_kind: Option<AboutKind>,
    /// What the law already has of it.
    pub proceedings: Option<Proceedings>,
}

/// Who will see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Who will read the thread.
    pub thread: Vec<Reader>,
    /// Who will be able to open the case facts.
    pub case_facts: Vec<Reader>,
    /// What to know before sending.
    pub notices: Vec<Notice>,
}

impl Forum {
    /// Who would see a concern filed like this, before it is sent.
    pub fn audience_preview(&self, viewer: &Viewer, of: &PreviewOf) -> Result<Preview, Error> {
        if viewer.account.is_none() {
            return Err(Error::whole(crate::Problem::Denied(
                domain::policy::Denial::SignInRequired,
            )));
        }
        let directory = self.directory();
        let about_agency = complained_of(&directory, of.about_agency, of.about_office);
        let Route { to, oversight } = route(
            &directory,
            Filing {
                category: of.category.as_deref(),
                region: of.region.as_deref(),
                groups: &of.groups,
                about_agency,
                about_kind: of.about_kind,
            },
        );
        let office = to.and_then(|to| to.office);
        let mut case_facts = vec![Reader::Author, Reader::Moderator];
        let complained_about =
            to.is_some_and(|to| of.about_kind.is_some() && about_agency == Some(to.agency));
        if !complained_about {
            case_facts.extend(office.map(Reader::Desk));
        }
        case_facts.extend(oversight.map(Reader::Oversight));
        let audience = of.audience.unwrap_or(Audience::Confidential);
        let thread = match audience {
            Audience::Public => vec![Reader::Everyone],
            Audience::Members => vec![Reader::Members],
            Audience::Circle => of.circle.map(Reader::CircleMembers).into_iter().collect(),
            Audience::Caucus => vec![Reader::Caucus, Reader::Moderator],
            Audience::Officials => vec![Reader::Officials, Reader::Moderator],
            Audience::Confidential => {
                let mut all = vec![Reader::Author, Reader::Moderator];
                all.extend(office.map(Reader::Desk));
                all.extend(oversight.map(Reader::Oversight));
                all
            }
        };
        let mut notices = vec![Notice::NotAnFir];
        if !matches!(of.proceedings, None | Some(Proceedings::None)) {
            notices.push(Notice::SpeakToYourLawyerFirst);
        }
        if to.is_none() {
            notices.push(Notice::NobodyAnswersYet);
        }
        if audience != Audience::Confidential {
            notices.push(Notice::NameNoPrivatePerson);
        }
        if of.about_kind.is_some() {
            notices.push(Notice::ComplainedAboutDoesNotRead);
        }
        Ok(Preview {
            thread,
            case_facts,
            notices,
        })
    }

    /// The desk that works for an agency in a region, if it takes part.
    pub(crate) fn desk_of(
        &self,
        agency: AgencyId,
        region: Option<&str>,
    ) -> Option<domain::concern::Assignment> {
        desk(&self.directory(), agency, region)
    }
}

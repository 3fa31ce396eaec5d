//! Beginning a thread.

use chrono::{Datelike, NaiveDate};
use domain::concern::{Concern, Move, State};
use domain::event::EventKind;
use domain::id::{AgencyId, CircleId, OfficeId, ThreadId};
use domain::moderation::{Fingerprint, ReviewStep, Tenure, Wording};
use domain::people::{Language, Voice};
use domain::policy::{self, Action, ThreadFacts};
use domain::reference::Reference;
use domain::text::{Facts, IssueText, Reason, Title};
use domain::thread::{
    AboutKind, Audience, ModerationStatus, Proceedings, Reuse, THEMES_REQUIRING_ABOUT, ThreadKind,
};
use sha2::{Digest, Sha256};
use storage::thread::{Due, NewThread, OnBehalf, Switch};

use crate::concern::{By, Step, Timed, due_by, wind};
use crate::error::Problems;
use crate::message::{AGENCIES, CATEGORIES, CIRCLES, GROUPS, OFFICES, REGIONS, THEMES};
use crate::once::{Once, Written, claimed};
use crate::posting::{Said, is_judged};
use crate::routing::{Filing, complained_of, route};
use crate::thread::{call_moderators, call_office, tell};
use crate::{Error, Forum, Problem, Viewer};

/// The most themes or groups of one concern.
const CODES_MAX: usize = 8;

/// What a thread is begun with, as it was typed.
#[derive(Debug, Clone)]
pub struct RaiseThread {
    /// What it is for.
    pub kind: ThreadKind,
    /// The title.
    pub title: String,
    /// The issue text, in markdown.
    pub body: String,
    /// The sealed case facts of a concern.
    pub facts: Option<String>,
    /// The language of the texts.
    pub language: Option<Language>,
    /// The code of the category.
    pub category: Option<String>,
    /// The code of the region.
    pub region: Option<String>,
    /// Codes of themes.
    pub themes: Vec<String>,
    /// Codes of affected groups.
    pub groups: Vec<String>,
    /// Who may read it; CONFIDENTIAL where nothing is said of a concern.
    pub audience: Option<Audience>,
    /// The circle, where that is the audience.
    pub circle: Option<CircleId>,
    /// The agency complained of.
    pub about_agency: Option<AgencyId>,
    /// The office complained of.
    pub about_office: Option<OfficeId>,
    /// What is complained of.
    pub about_kind: Option<AboutKind>,
    /// What the law already has of it.
    pub proceedings: Proceedings,
    /// What may be done with the text.
    pub reuse: Option<Reuse>,
    /// For whom it is raised, if for somebody else.
    pub on_behalf_of: Option<OnBehalfOf>,
}

/// What a client consented to, for whom a caseworker raises a concern.
#[derive(Debug, Clone)]
pub struct OnBehalfOf {
    /// What she consented to, in her caseworker's words.
    pub consent: String,
    /// Until when.
    pub until: NaiveDate,
}

struct Texts {
    title: Title,
    body: IssueText,
    facts: Option<Facts>,
    consent: Option<Reason>,
}

impl Forum {
    /// Begins a thread. The first of an account waits for a moderator, unless the
    /// rules say otherwise of what is no concern; a concern that need not wait is put
    /// before an office at once.
    ///
    /// With `on_behalf_of`, the second value is the client's receipt, shown
    /// this once.
    pub async fn raise_thread(
        &self,
        viewer: &Viewer,
        input: &RaiseThread,
        once: &Once,
    ) -> Result<(Written<ThreadId>, Option<String>), Error> {
        let audience = input.audience.unwrap_or(match input.kind {
            ThreadKind::Concern => Audience::Confidential,
            ThreadKind::Question | ThreadKind::Discussion | ThreadKind::Proposal => {
                Audience::Members
            }
        });
        let demonstration = self.settings.demonstration;
        policy::decide(
            &viewer.actor,
            &Action::RaiseThread(policy::NewThread {
                kind: input.kind,
                audience,
                circle: input.circle,
                category: input.category.as_deref(),
                about: input.about_kind,
                demonstration,
            }),
        )?;
        let texts = self.check(input, audience)?;
        let screened = once.screen([("title", &*input.title), ("body", &*input.body)]);
        let said = Said::of("body", &input.body);
        // What few are to read is compared with nothing.
        let few = Audience::NAMING.contains(&audience);
        let wording = Wording::of(&input.body).filter(|_| !few);
        let counted = !viewer.established && !few;
        let fingerprint = counted.then(|| Fingerprint::of(&input.body));
        let Some(persona) = viewer.speaks_as else {
            return Err(Error::Internal("an account without a persona"));
        };
        let id: ThreadId = self.new_id();
        let claim = self.claim(viewer, "raiseThread", once, id.into())?;
        let now = self.now();
        let directory = self.directory();
        let about_agency = complained_of(&directory, input.about_agency, input.about_office);
        let concerns = input.kind == ThreadKind::Concern;
        // A concern waits by its life cycle. Else whoever had no thread released yet is
        // new at this, and waits where first posts of newcomers do; but nobody in what
        // few are to read, which is not for every moderator.
        let rules = &directory.posting_rules;
        let holds = rules.of(Tenure::Newcomer).held_first > 0;
        let held = !viewer.trusted && (concerns || holds && !few);
        // A concern that waits is looked at first anyway.
        let judged = is_judged(input.kind, audience) && !(concerns && held);
        let status = if held {
            ModerationStatus::Held
        } else {
            ModerationStatus::Visible
        };
        let filed = route(
            &directory,
            Filing {
                category: input.category.as_deref(),
                region: input.region.as_deref(),
                groups: &input.groups,
                about_agency,
                about_kind: input.about_kind,
            },
        );
        let sent = concerns.then(|| Concern::sent(now));
        let mut steps = Vec::new();
        if sent.is_some() && !held {
            let moves = [Some(Move::Release), filed.to.map(Move::Assign)];
            let step = |mv| Step::new(self.new_entry_id(), mv, By::Forum);
            steps.extend(moves.into_iter().flatten().map(step));
        }
        let mut concern = sent;
        for step in &steps {
            concern = concern
                .map(|one| one.apply(step.mv, now))
                .transpose()?
                .map(|(one, _)| one);
        }
        let timed = Timed {
            category: input.category.as_deref(),
            voice: Voice::Named,
        };
        let clock = match &concern {
            Some(concern) => self.clock(concern, timed)?,
            None => None,
        };
        let due = clock.as_ref().map_or_else(Due::default, due_by);
        let receipt = input.on_behalf_of.as_ref().map(|_| self.new_code());
        let new = NewThread {
            id,
            reference: self.new_reference(),
            kind: input.kind,
            audience,
            circle: input.circle,
            status,
            title: texts.title.into_string(),
            body: texts.body.into_string(),
            case_facts: texts.facts.map(Facts::into_string),
            language: input.language.or(viewer.language).unwrap_or(Language::En),
            category: input.category.clone(),
            region: input.region.clone(),
            themes: sorted(&input.themes),
            groups: sorted(&input.groups),
            proceedings: input.proceedings,
            reuse: input.reuse.unwrap_or(Reuse::default_for(audience)),
            persona,
            about_agency,
            about_office: input.about_office,
            about_kind: input.about_kind,
            oversight_agency: filed.oversight,
            wants_moderator: concern.is_some_and(|one| one.state == State::Open),
            concern,
            due,
            on_behalf: input
                .on_behalf_of
                .as_ref()
                .zip(texts.consent)
                .map(|(of, consent)| OnBehalf {
                    consent: consent.into_string(),
                    until: of.until,
                    receipt_hash: Sha256::digest(receipt.as_deref().unwrap_or_default()).to_vec(),
                }),
            fingerprint: None,
            said: wording,
        };
        let drawn = self.draw_unread();
        let written = self
            .store
            .write(now, async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                screened.pass()?;
                let mut new = new.clone();
                if judged {
                    if viewer.established {
                        self.judge_established(viewer, &said)?;
                    } else {
                        let judged = self.judge(&tx, viewer, &said).await?;
                        let newcomer = judged.tenure == Tenure::Newcomer;
                        new.fingerprint = fingerprint.filter(|_| newcomer);
                        // A concern is before an office by now, and what few are to read
                        // is not for every moderator.
                        if judged.first && !concerns && !few {
                            new.status = ModerationStatus::Held;
                        }
                    }
                }
                let alike = self.begins_alike(&tx, viewer, &new).await?;
                if alike == Some(ReviewStep::NearDuplicate) {
                    new.status = ModerationStatus::Held;
                }
                tx.insert_thread(&new).await?;
                if let Some(cause) = alike {
                    self.put_begun(&tx, viewer, &new, cause, &drawn).await?;
                }
                let mut life = sent;
                for step in &steps {
                    if let Some(concern) = life {
                        life = Some(step.make(&tx, id, concern).await?.0);
                    }
                }
                if let Some(concern) = &life {
                    wind(&tx, id, concern, clock.as_ref()).await?;
                }
                tx.set_follow(id, persona, Switch::On).await?;
                let facts = facts_of(&new);
                let held = new.status == ModerationStatus::Held;
                if held || new.wants_moderator || alike.is_some() {
                    call_moderators(&tx, id, EventKind::WorkArrived);
                }
                tell(&tx, &facts, EventKind::ThreadOpened, None);
                if let Some(to) = new.concern.and_then(|concern| concern.assignment) {
                    call_office(&tx, to, id).await?;
                }
                Ok::<_, Error>(Written::Now(id))
            })
            .await?;
        if matches!(written, Written::Now(_)) && judged {
            self.count_established(viewer);
        }
        let receipt = receipt.filter(|_| matches!(written, Written::Now(_)));
        Ok((written, receipt))
    }

    fn check(&self, input: &RaiseThread, audience: Audience) -> Result<Texts, Error> {
        let mut problems = Problems::default();
        let title = problems.take("title", Title::parse(&input.title));
        let body = problems.take("body", IssueText::parse(&input.body));
        let facts = input
            .facts
            .as_deref()
            .and_then(|facts| problems.take("facts", Facts::parse(facts)));
        let directory = self.directory();
        let concern = input.kind == ThreadKind::Concern;
        problems.require(
            !concern || input.category.is_some(),
            "category",
            Problem::Invalid("a concern has a category"),
        );
        problems.require(
            !concern || input.region.is_some(),
            "region",
            Problem::Invalid("a concern has a region"),
        );
        problems.require(
            concern || input.facts.is_none() && input.about_kind.is_none(),
            "facts",
            Problem::Invalid("only a concern has case facts or is about somebody"),
        );
        if let Some(code) = &input.category {
            problems.require(
                directory.category(code).is_some(),
                "category",
                Problem::Unknown(CATEGORIES),
            );
        }
        if let Some(code) = &input.region {
            problems.require(
                directory.region(code).is_some(),
                "region",
                Problem::Unknown(REGIONS),
            );
        }
        for (field, codes) in [("themes", &input.themes), ("affectedGroups", &input.groups)] {
            problems.require(
                codes.len() <= CODES_MAX,
                field,
                Problem::TooMany { max: CODES_MAX },
            );
        }
        let themes_known = input
            .themes
            .iter()
            .all(|code| directory.theme(code).is_some());
        problems.require(themes_known, "themes", Problem::Unknown(THEMES));
        let groups_known = input
            .groups
            .iter()
            .all(|code| directory.group(code).is_some());
        problems.require(groups_known, "affectedGroups", Problem::Unknown(GROUPS));
        let names_someone = input
            .themes
            .iter()
            .any(|code| THEMES_REQUIRING_ABOUT.contains(&code.as_str()));
        problems.require(
            !concern || !names_someone || input.about_kind.is_some(),
            "about",
            Problem::AboutRequired,
        );
        if let Some(agency) = input.about_agency {
            problems.require(
                directory.agency(agency).is_some(),
                "about",
                Problem::Unknown(AGENCIES),
            );
        }
        if let Some(office) = input.about_office {
            let known = directory
                .office(office)
                .is_some_and(|one| input.about_agency.is_none_or(|agency| agency == one.agency));
            problems.require(known, "about", Problem::Unknown(OFFICES));
        }
        let circle_fits = input.circle.is_some() == (audience == Audience::Circle);
        problems.require(
            circle_fits,
            "circle",
            Problem::Invalid("a circle goes with the audience CIRCLE, and only with it"),
        );
        if let Some(circle) = input.circle {
            problems.require(
                directory.circle(circle).is_some(),
                "circle",
                Problem::Unknown(CIRCLES),
            );
        }
        let consent = input.on_behalf_of.as_ref().and_then(|of| {
            let today = self.today();
            problems.require(of.until >= today, "onBehalfOf", Problem::NotAhead(today));
            problems.take("onBehalfOf", Reason::parse(&of.consent))
        });
        problems.none()?;
        match (title, body) {
            (Some(title), Some(body)) => Ok(Texts {
                title,
                body,
                facts,
                consent,
            }),
            _ => Err(Error::Internal("a text neither accepted nor refused")),
        }
    }

    pub(crate) fn new_reference(&self) -> String {
        let year = self.today().year();
        Reference::new(&self.settings.prefix, year, self.random())
            .as_str()
            .to_owned()
    }

    /// A code of 160 random bits to be written down: groups of base32.
    pub(crate) fn new_code(&self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let random: [u8; 32] = self.random();
        let mut code = String::with_capacity(39);
        for (n, byte) in random.iter().enumerate() {
            if n > 0 && n % 4 == 0 {
                code.push('-');
            }
            code.push(char::from(ALPHABET[usize::from(byte & 31)]));
        }
        code
    }
}

fn sorted(codes: &[String]) -> Vec<String> {
    let mut codes = codes.to_vec();
    codes.sort_unstable();
    codes.dedup();
    codes
}

pub(crate) fn facts_of(new: &NewThread) -> ThreadFacts {
    let assignment = new.concern.as_ref().and_then(|concern| concern.assignment);
    ThreadFacts {
        id: new.id,
        kind: new.kind,
        audience: new.audience,
        circle: new.circle,
        category: new.category.clone(),
        status: new.status,
        locked: false,
        ended: false,
        slow: false,
        raiser: new.persona,
        participants: Vec::new(),
        recused: Vec::new(),
        frozen: Vec::new(),
        reported_to: Vec::new(),
        about_agency: new.about_agency,
        about_office: new.about_office,
        about_kind: new.about_kind,
        assigned_agency: assignment.map(|to| to.agency),
        assigned_office: assignment.and_then(|to| to.office),
        oversight_agency: new.oversight_agency,
        claimed_by: None,
        wants_moderator: new.wants_moderator,
    }
}

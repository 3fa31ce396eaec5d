//! Templates of an agency's answers: written by its officers, filled from the
//! concern that one of them answers.

mod words;

use domain::concern::State;
use domain::id::{AgencyId, TemplateId};
use domain::people::Language;
use domain::policy::{self, Action, ThreadFacts};
use domain::template::{Fit, unknown_placeholder};
use domain::text::{TemplateBody, TemplateTitle, TextError};
use storage::template::{Draft, Template, Words};
use storage::thread::Thread;

use crate::concern::lineage;
use crate::error::Problems;
use crate::message::CATEGORIES;
use crate::once::{Once, Written, claimed};
use crate::{Error, Forum, Problem, Viewer};

/// How templates are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateSettings {
    /// How many an agency has that are not retired.
    pub per_agency: u32,
    /// How many characters a title has at most.
    pub title_max: u32,
    /// How many characters a text has at most.
    pub body_max: u32,
}

impl Default for TemplateSettings {
    fn default() -> Self {
        Self {
            per_agency: 50,
            title_max: 120,
            body_max: 10_000,
        }
    }
}

/// A template of the viewer's agency, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct SaveTemplate {
    /// The one that is changed; a new one where none is named.
    pub template: Option<TemplateId>,
    /// The version that is changed.
    pub version: Option<String>,
    /// The code of the category that it is meant for, with those under it.
    pub category: Option<String>,
    /// Where a concern stands that it is meant for.
    pub state: Option<State>,
    /// What it is called in English.
    pub title_en: Option<String>,
    /// Its text in English.
    pub body_en: Option<String>,
    /// What it is called in Urdu.
    pub title_ur: Option<String>,
    /// Its text in Urdu.
    pub body_ur: Option<String>,
}

impl Forum {
    /// Writes a template for the viewer's agency, or changes one.
    pub async fn save_template(
        &self,
        viewer: &Viewer,
        input: &SaveTemplate,
        once: &Once,
    ) -> Result<Written<TemplateId>, Error> {
        let agency = writes_for(viewer)?;
        let draft = self.parse_template(viewer, input)?;
        let id = input.template.unwrap_or_else(|| self.new_id());
        let claim = self.claim(viewer, "saveResponseTemplate", once, id.0)?;
        let max = self.settings.templates.per_agency;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                if input.template.is_none() {
                    if tx.count_templates(agency).await? >= i64::from(max) {
                        let max = max as usize;
                        return Err(Error::whole(Problem::TooMany { max }));
                    }
                    tx.insert_template(id, agency, &draft).await?;
                    tx.audit(viewer.audited("saveResponseTemplate").of(id));
                    return Ok(Written::Now(id));
                }
                let before = own(viewer, tx.template(id).await?)?;
                let version = before.version;
                let changes = input.version.as_deref() == Some(&*version.to_string());
                if !changes || !tx.change_template(id, version, &draft).await? {
                    return Err(Error::whole(Problem::Changed));
                }
                tx.audit(viewer.audited("saveResponseTemplate").of(id));
                Ok(Written::Now(id))
            })
            .await
    }

    /// Retires a template: it is offered no more, and stays to be read by its
    /// id.
    pub async fn retire_template(
        &self,
        viewer: &Viewer,
        id: TemplateId,
        once: &Once,
    ) -> Result<Written<TemplateId>, Error> {
        writes_for(viewer)?;
        let claim = self.claim(viewer, "retireResponseTemplate", once, id.0)?;
        self.store
            .write(self.now(), async |tx| {
                if let Some(before) = claimed(&tx, claim.as_ref()).await? {
                    return Ok(Written::Before(before));
                }
                own(viewer, tx.template(id).await?)?;
                if !tx.retire_template(id).await? {
                    return Err(retired());
                }
                tx.audit(viewer.audited("retireResponseTemplate").of(id));
                Ok(Written::Now(id))
            })
            .await
    }

    /// The templates of an agency, the oldest first; none for whoever is not of
    /// it.
    pub async fn templates(
        &self,
        viewer: &Viewer,
        agency: AgencyId,
    ) -> Result<Vec<Template>, Error> {
        match policy::decide(&viewer.actor, &Action::ViewTemplates(agency)) {
            Ok(()) => Ok(self.store.read().templates(agency).await?),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// One template; `None` if there is none that the viewer may see.
    pub async fn template(
        &self,
        viewer: &Viewer,
        id: TemplateId,
    ) -> Result<Option<Template>, Error> {
        let found = self.store.read().template(id).await?;
        Ok(found.filter(|one| sees(viewer, one)))
    }

    /// Whether the viewer may change a template, or retire it.
    pub fn may_write_template(&self, viewer: &Viewer, template: &Template) -> bool {
        let action = Action::WriteTemplates(template.agency);
        template.retired_at.is_none() && policy::decide(&viewer.actor, &action).is_ok()
    }

    /// Whose templates an officer is offered for a concern: those of the agency
    /// that it is before, if he is of it. `None` for anybody else.
    pub fn templates_for(&self, viewer: &Viewer, facts: &ThreadFacts) -> Option<AgencyId> {
        policy::decide(&viewer.actor, &Action::ViewDrafts(facts)).ok()?;
        facts.assigned_agency
    }

    /// The templates of an agency's that fit a concern, the best first.
    pub fn fitting(&self, templates: Vec<Template>, thread: &Thread) -> Vec<Template> {
        let Some(concern) = thread.concern else {
            return Vec::new();
        };
        let directory = self.directory();
        let categories = lineage(&directory, thread.category.as_deref());
        let fit = |one: Template| {
            let fit = one.meant_for().fit(&categories, concern.state)?;
            Some((fit, one))
        };
        let mut fitting: Vec<(Fit, Template)> = templates.into_iter().filter_map(fit).collect();
        // Of those that fit alike, the oldest stays first.
        fitting.sort_by_key(|(fit, _)| std::cmp::Reverse(*fit));
        fitting.into_iter().map(|(_, one)| one).collect()
    }

    /// A template's text in a language, filled from a concern that the viewer
    /// sees: in the concern's own language where none is asked for, or in the
    /// one that there is. `None` where the template is not in the language that
    /// was asked for.
    pub fn filled(
        &self,
        template: &Template,
        thread: &Thread,
        language: Option<Language>,
    ) -> Result<Option<String>, Error> {
        let there = |language: &Language| template.words(*language).is_some();
        let others = Language::ALL.iter().copied();
        let language = language.or_else(|| {
            let mut wanted = std::iter::once(thread.language).chain(others);
            wanted.find(there)
        });
        let found = language.and_then(|one| Some((one, template.words(one)?)));
        found
            .map(|(language, words)| self.fill_words(&words.body, thread, language))
            .transpose()
    }

    /// Parses a template, and names everything that is wrong with it.
    fn parse_template(&self, viewer: &Viewer, input: &SaveTemplate) -> Result<Draft, Error> {
        let mut problems = Problems::default();
        let category = input.category.as_deref();
        let directory = self.directory();
        let known = category.is_none_or(|code| directory.category(code).is_some());
        problems.require(known, "category", Problem::Unknown(CATEGORIES));
        let versioned = input.template.is_none() || input.version.is_some();
        let wrong = Problem::Invalid("say which version of the template you change");
        problems.require(versioned, "expectedVersion", wrong);
        let en = (("titleEn", &input.title_en), ("bodyEn", &input.body_en));
        let ur = (("titleUr", &input.title_ur), ("bodyUr", &input.body_ur));
        let en = self.parse_words(en.0, en.1, &mut problems);
        let ur = self.parse_words(ur.0, ur.1, &mut problems);
        if en.is_none() && ur.is_none() {
            let wrong = Problem::Invalid("a template is in English or in Urdu, best in both");
            let said = [
                &input.title_en,
                &input.body_en,
                &input.title_ur,
                &input.body_ur,
            ];
            problems.require(said.iter().any(|one| one.is_some()), "bodyEn", wrong);
        }
        problems.none()?;
        let office = viewer.offices.first().copied();
        Ok(Draft {
            office: office.ok_or(Error::Internal("an officer without office"))?,
            category: input.category.clone(),
            state: input.state,
            en,
            ur,
        })
    }

    /// The words of one language, if there are any.
    fn parse_words(
        &self,
        (title_at, title): (&'static str, &Option<String>),
        (body_at, body): (&'static str, &Option<String>),
        problems: &mut Problems,
    ) -> Option<Words> {
        if title.is_none() && body.is_none() {
            return None;
        }
        let limits = &self.settings.templates;
        let within = |text: String, max: u32| {
            let max = max as usize;
            let fits = text.chars().count() <= max;
            fits.then_some(text).ok_or(TextError::TooLong { max })
        };
        let title = TemplateTitle::parse(title.as_deref().unwrap_or_default());
        let title = title.and_then(|one| within(one.into_string(), limits.title_max));
        let title = problems.take(title_at, title);
        let body = TemplateBody::parse(body.as_deref().unwrap_or_default());
        let body = body.and_then(|one| within(one.into_string(), limits.body_max));
        let body = problems.take(body_at, body);
        if let Some(name) = body.as_deref().and_then(unknown_placeholder) {
            problems.add(body_at, Problem::UnknownPlaceholder { name });
        }
        let (title, body) = (title?, body?);
        Some(Words { title, body })
    }
}

/// The agency that the viewer writes templates for.
fn writes_for(viewer: &Viewer) -> Result<AgencyId, Error> {
    policy::decide(&viewer.actor, &Action::ViewDesk)?;
    let agency = viewer.agency.ok_or(Error::Internal("no agency"))?;
    policy::decide(&viewer.actor, &Action::WriteTemplates(agency))?;
    Ok(agency)
}

fn sees(viewer: &Viewer, template: &Template) -> bool {
    policy::decide(&viewer.actor, &Action::ViewTemplates(template.agency)).is_ok()
}

/// A template that the viewer may change.
fn own(viewer: &Viewer, found: Option<Template>) -> Result<Template, Error> {
    let found = found.filter(|one| sees(viewer, one));
    let template = found.ok_or_else(Error::not_found)?;
    policy::decide(&viewer.actor, &Action::WriteTemplates(template.agency))?;
    if template.retired_at.is_some() {
        return Err(retired());
    }
    Ok(template)
}

fn retired() -> Error {
    Error::whole(Problem::Invalid("this template was retired already"))
}

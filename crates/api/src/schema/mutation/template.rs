//! Writing templates of an agency's answers.

use async_graphql::{Context, ID, InputObject, Object};
use forum::Written;
use forum::template as act;

use crate::schema::caller::{Caller, caller, once};
use crate::schema::enums::ConcernState;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};
use crate::schema::template::ResponseTemplate;

/// A template of the viewer's agency: in English, in Urdu, best in both. What
/// is left out is empty, also where a template is changed.
#[derive(InputObject, Debug)]
pub struct SaveResponseTemplateInput {
    /// The template that is changed; leave it out to write a new one.
    pub template_id: Option<ID>,
    /// The `version` of the template that is changed: where it was changed
    /// since, nothing is done.
    pub expected_version: Option<String>,
    /// The code of the category that it is meant for, with those under it; for
    /// any where none is named.
    pub category: Option<String>,
    /// Where a concern stands that it is meant for; for any where nothing is
    /// said.
    pub state: Option<ConcernState>,
    /// What it is called in English: 1 to 120 characters where nothing else is
    /// set.
    pub title_en: Option<String>,
    /// The text in English, in markdown: 1 to 10,000 characters where nothing
    /// else is set.
    pub body_en: Option<String>,
    /// What it is called in Urdu.
    pub title_ur: Option<String>,
    /// The text in Urdu.
    pub body_ur: Option<String>,
    /// A key of your own: with the same key, it is saved once.
    pub client_mutation_id: Option<String>,
}

/// A template that is offered no more.
#[derive(InputObject, Debug)]
pub struct RetireResponseTemplateInput {
    /// The template.
    pub template_id: ID,
    /// A key of your own: with the same key, it is retired once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of saving a template.
    SaveResponseTemplatePayload,
    /// What came of retiring a template.
    RetireResponseTemplatePayload => {
        /// The template as it is now.
        template: ResponseTemplate
    }
}

/// What came of writing a template.
async fn template_now<P>(
    caller: &Caller,
    key: Option<String>,
    written: Result<Written<domain::id::TemplateId>, forum::Error>,
) -> async_graphql::Result<P>
where
    P: Payload<Changed = Option<ResponseTemplate>>,
{
    let written = settle!(caller, key, written);
    let id = written.id(|id| (*id).into()).into();
    Ok(P::done(key, ResponseTemplate::seen(caller, id).await?))
}

/// Writing templates of an agency's answers.
#[derive(Debug, Default)]
pub struct TemplateMutations;

#[Object(serial)]
impl TemplateMutations {
    /// Writes a template of the agency's answers, or changes one; for officers
    /// who hold an office. The blanks of its texts are `{{number}}`,
    /// `{{title}}`, `{{agency}}`, `{{office}}`, `{{category}}`, `{{region}}`,
    /// `{{raised_on}}`, `{{acknowledged_on}}`, `{{due_on}}`, `{{state}}`,
    /// `{{today}}` and `{{forum}}`; there are no others.
    async fn save_response_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: SaveResponseTemplateInput,
    ) -> async_graphql::Result<SaveResponseTemplatePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let template = input.template_id.as_ref();
        let act = act::SaveTemplate {
            template: template.map(|id| expect(Kind::ResponseTemplate, id)),
            version: input.expected_version,
            category: input.category,
            state: input.state.map(Into::into),
            title_en: input.title_en,
            body_en: input.body_en,
            title_ur: input.title_ur,
            body_ur: input.body_ur,
        };
        let saved = caller.forum.save_template(&caller.viewer, &act, &once);
        template_now(caller, input.client_mutation_id, saved.await).await
    }

    /// Retires a template: it is offered no more.
    async fn retire_response_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: RetireResponseTemplateInput,
    ) -> async_graphql::Result<RetireResponseTemplatePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let id = expect(Kind::ResponseTemplate, &input.template_id);
        let retired = caller.forum.retire_template(&caller.viewer, id, &once);
        template_now(caller, input.client_mutation_id, retired.await).await
    }
}

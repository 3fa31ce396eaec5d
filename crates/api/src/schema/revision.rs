//! What threads' own texts, and posts, were before their authors changed them.

use std::sync::{Arc, OnceLock};

use async_graphql::Object;
use domain::policy::{PostFacts, Revised, ThreadFacts};
use door::directive::cost;
use forum::revision::{Edited, revised};
use forum::views::post::Post;
use forum::views::revision as view;

use crate::schema::batch::Together;
use crate::schema::caller::{Caller, read};
use crate::schema::scalar::Day;

/// A text as it was before its author changed it.
#[derive(Debug, Clone)]
pub struct Revision(Arc<Shown>);

#[derive(Debug)]
struct Shown {
    revision: view::Revision,
    /// Its text as HTML, once it was asked for.
    html: OnceLock<String>,
}

impl From<view::Revision> for Revision {
    fn from(revision: view::Revision) -> Self {
        Self(Arc::new(Shown {
            revision,
            html: OnceLock::new(),
        }))
    }
}

/// A text as it was before its author changed it.
#[Object(serial)]
impl Revision {
    /// Of a thread, its title.
    async fn title(&self) -> Option<&str> {
        self.0.revision.title.as_deref()
    }

    /// The text, in markdown.
    async fn body(&self) -> &str {
        &self.0.revision.body
    }

    /// The text as sanitized HTML; every block finds its own direction.
    #[graphql(directive = cost::apply(2))]
    async fn body_html(&self) -> &str {
        let html = || forum::markdown::to_html(&self.0.revision.body);
        self.0.html.get_or_init(html)
    }

    /// The day on which another text took its place, by the forum's days; the hour is not
    /// kept.
    async fn replaced_on(&self) -> Day {
        Day(self.0.revision.replaced_on)
    }
}

/// What posts that are read together were before, of those that were changed.
pub(crate) type Revisions = Together<(PostFacts, Revised), Revision>;

/// Those of these posts that were changed, if one was.
pub(crate) fn changed_among<'p>(
    posts: impl IntoIterator<Item = &'p Post>,
) -> Option<Arc<Revisions>> {
    let changed = posts.into_iter().filter(|post| post.edited_at.is_some());
    let changed: Vec<_> = changed.map(key).collect();
    (!changed.is_empty()).then(|| Together::new(changed))
}

/// By what they are told apart, and decided on.
fn key(post: &Post) -> (PostFacts, Revised) {
    (post.facts, revised(&post.author))
}

/// What one of them was, as far as the viewer is shown it. Whoever was given the
/// post was noted by then, where that is to be.
pub(crate) async fn revisions_of(
    caller: &Caller,
    revisions: &Revisions,
    within: &ThreadFacts,
    post: &Post,
) -> async_graphql::Result<Vec<Revision>> {
    let load = async |posts: &[(PostFacts, Revised)]| {
        let texts = posts.iter().map(|(post, revised)| Edited {
            thread: within,
            post: Some(post),
            revised: *revised,
        });
        let texts: Vec<Edited<'_>> = texts.collect();
        let found = caller.forum.revisions(&caller.viewer, &texts).await;
        let found = read(caller, found)?.into_iter();
        let of = found.filter_map(|(text, one)| Some(((*text.post?, text.revised), one.into())));
        Ok(of.collect())
    };
    revisions.of(key(post), load).await
}

//! What threads' own texts, and posts, were before their authors changed them.

use domain::moderation::Subject;
use domain::policy::{self, Action, PostFacts, Revised, ThreadFacts};
use storage::revision::Revision;
use storage::thread::Author;
use uuid::Uuid;

use crate::{Error, Forum, Viewer};

/// A thread's own text, or a post, of which somebody asks what it was before.
#[derive(Debug, Clone, Copy)]
pub struct Edited<'a> {
    /// The thread, or the one that the post stands in.
    pub thread: &'a ThreadFacts,
    /// The post; none where it is the thread's own text.
    pub post: Option<&'a PostFacts>,
    /// What policy decides by besides.
    pub revised: Revised,
}

impl Edited<'_> {
    fn subject(&self) -> Subject {
        let thread = Subject::Thread(self.thread.id);
        self.post.map_or(thread, |post| Subject::Post(post.id))
    }

    /// Whether somebody is shown what it was, where policy decides by this.
    fn is_shown(&self, viewer: &Viewer, revised: Revised) -> bool {
        let action = Action::ViewRevisions(self.thread, self.post, revised);
        policy::decide(&viewer.actor, &action).is_ok()
    }
}

/// What policy decides by, of what this author wrote and nobody moved.
pub const fn revised(author: &Author) -> Revised {
    Revised {
        author: author.persona,
        organization: author.organization,
        agency: author.agency,
        moved: false,
    }
}

impl Forum {
    /// What these texts were before, as far as the viewer is shown it: of each the
    /// newest first, at most 50 of each and 200 of all. One statement whatever their
    /// number, and none where he is shown nothing of any.
    pub async fn revisions<'t>(
        &self,
        viewer: &Viewer,
        texts: &[Edited<'t>],
    ) -> Result<Vec<(Edited<'t>, Revision)>, Error> {
        let shown = texts.iter().filter(|one| one.is_shown(viewer, one.revised));
        let shown: Vec<Uuid> = shown.map(|one| one.subject().into()).collect();
        if shown.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store.read().revisions(&shown).await?.into_iter();
        let seen = found.filter_map(|(object, revision)| {
            let mut texts = texts.iter();
            let text = texts.find(|one| Uuid::from(one.subject()) == object)?;
            let revised = Revised {
                moved: revision.moved,
                ..text.revised
            };
            text.is_shown(viewer, revised).then_some((*text, revision))
        });
        Ok(seen.collect())
    }
}

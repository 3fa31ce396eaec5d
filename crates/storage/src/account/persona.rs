//! Authors, as far as somebody sees something by them.

use domain::id::PersonaId;
use domain::policy::Scope;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::scope::compile;
use crate::thread::{AUTHOR, Author, author};

/// Whose words somebody sees.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// The personas that are his own.
    pub own: &'a [PersonaId],
    /// The threads he may see.
    pub threads: &'a Scope,
    /// The posts in them that he may see.
    pub posts: &'a Scope,
}

impl Conn {
    /// An author, if he is of the own ones, or raised a thread or wrote a
    /// post that is within sight. One statement, the same whether there is
    /// such an author or not.
    pub async fn author_in_sight(
        &self,
        id: PersonaId,
        sight: Sight<'_>,
    ) -> Result<Option<Author>, StorageError> {
        let mut params = self.params();
        let is_it = params.among("a.id", &[id]);
        let own = params.among("a.id", sight.own);
        let raised = compile(sight.threads, &mut params);
        let within = compile(sight.threads, &mut params);
        let posted = compile(sight.posts, &mut params);
        let sql = format!(
            "SELECT {AUTHOR} FROM persona a WHERE {is_it} AND ({own} \
             OR EXISTS (SELECT 1 FROM thread t WHERE t.persona = a.id AND {raised}) \
             OR EXISTS (SELECT 1 FROM post p JOIN thread t ON t.id = p.thread \
             WHERE p.persona = a.id AND {within} AND {posted}))",
        );
        let row = self.one(&sql, params).await?;
        row.map(|mut row| author(&mut row)).transpose()
    }
}

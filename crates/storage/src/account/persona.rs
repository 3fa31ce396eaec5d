//! Authors, as far as somebody sees something by them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::id::{AccountId, PersonaId};
use domain::policy::Scope;

use crate::conn::Conn;
use crate::error::StorageError;
use crate::scope::compile;
use crate::thread::{AUTHOR, Author, author};

/// An account that decided something, and when.
pub type Decision = (AccountId, DateTime<Utc>);

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
    /// As whom accounts spoke when they decided: each as the newest of its NAMED
    /// personas that it had then. One statement, and none for nothing.
    pub async fn spoke_as(
        &self,
        decisions: &[Decision],
    ) -> Result<HashMap<Decision, Arc<Author>>, StorageError> {
        let mut accounts: Vec<AccountId> = decisions.iter().map(|(account, _)| *account).collect();
        if accounts.is_empty() {
            return Ok(HashMap::new());
        }
        accounts.sort_unstable();
        accounts.dedup();
        let mut params = self.params();
        let among = params.among("a.account", &accounts);
        let sql = format!(
            "SELECT a.account, {AUTHOR} FROM persona a WHERE {among} AND a.voice = 'NAMED' \
             ORDER BY a.id"
        );
        let mut personas: Vec<(AccountId, Arc<Author>)> = Vec::new();
        for mut row in self.all(&sql, params).await? {
            personas.push((row.id()?, Arc::new(author(&mut row)?)));
        }
        let spoke = |(account, at): Decision| {
            // Their ids are in the order in which they were made.
            let last = PersonaId(domain::id::ordered(at, [u8::MAX; 10]));
            let all = personas.iter().filter(|(of, _)| *of == account);
            let mut his = all.map(|(_, one)| one);
            let then = his.clone().rfind(|one| one.persona <= last);
            then.or_else(|| his.next()).cloned()
        };
        let of = |decision: &Decision| Some((*decision, spoke(*decision)?));
        Ok(decisions.iter().filter_map(of).collect())
    }

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

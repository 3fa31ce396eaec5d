//! Partner apps, as they are shown to whoever manages them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::ClientId;
use door::directive::{cost, list_size, names};
use forum::account as view;

use crate::schema::batch::Together;
use crate::schema::caller::{caller, read};
use crate::schema::directory::Organization;
use crate::schema::enums::AccessScope;
use crate::schema::global_id::{Kind, encode, expect};

/// An app of an accredited organization.
#[derive(Debug, Clone)]
pub struct Client {
    row: view::Client,
    /// The addresses of all apps that were listed with it.
    redirects: Arc<Together<ClientId, String>>,
}

impl Client {
    /// One that was asked for by itself.
    pub(crate) fn alone(row: view::Client) -> Self {
        let redirects = Together::new([row.id]);
        Self { row, redirects }
    }

    fn listed(rows: Vec<view::Client>) -> Vec<Self> {
        let redirects = Together::new(rows.iter().map(|row| row.id));
        rows.into_iter()
            .map(|row| {
                let redirects = Arc::clone(&redirects);
                Self { row, redirects }
            })
            .collect()
    }
}

/// An app of an accredited organization.
#[Object(serial)]
impl Client {
    /// The id of this app: its `client_id` at the token endpoint.
    pub(crate) async fn id(&self) -> ID {
        encode(Kind::Client, self.row.id)
    }

    /// The organization that it acts for.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Organization> {
        Organization::of(ctx, Some(self.row.organization))
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What its tokens may be good for.
    async fn scopes(&self) -> Vec<AccessScope> {
        self.row.scopes.iter().map(Into::into).collect()
    }

    /// Where it may have a browser sent back to once a person decided.
    #[graphql(
        directive = cost::apply(2),
        directive = list_size::apply(10, names(&[]), names(&[]))
    )]
    async fn redirect_uris(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        let caller = caller(ctx);
        let load = async |ids| read(caller, caller.forum.client_redirects(ids).await);
        self.redirects.of(self.row.id, load).await
    }

    /// Whether it may only run documents that were registered.
    async fn trusted_only(&self) -> bool {
        self.row.trusted_only
    }

    /// Whether it is for development: a forum that is not a demonstration
    /// gives it no token.
    async fn sandbox(&self) -> bool {
        self.row.sandbox
    }

    /// What it may ask for in a while, with all its tokens together; null
    /// where there is no limit.
    async fn budget(&self, ctx: &Context<'_>) -> Option<ClientBudget> {
        let budgets = caller(ctx).budgets;
        let whole = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        (budgets.client > 0).then(|| ClientBudget {
            limit: whole(budgets.client.into()),
            window_seconds: whole(budgets.window.as_secs()),
        })
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last used, to five minutes; null if it never was.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_used_at
    }

    /// When it was revoked; null while it is good.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.row.revoked_at
    }
}

/// What an app may ask for in a while, in the units that `@cost` counts. How
/// much of it is left, `rateLimit` says to the app itself.
#[derive(SimpleObject, Debug)]
#[graphql(serial)]
pub struct ClientBudget {
    /// How large the budget is.
    limit: i32,
    /// In how many seconds an empty one is whole again.
    window_seconds: i32,
}

/// Partner apps.
#[derive(Debug, Default)]
pub struct ClientQueries;

#[Object(serial)]
impl ClientQueries {
    /// The apps of an organization, the newest first and those that were
    /// revoked last, at most 100; for its members and administrators.
    #[graphql(directive = list_size::apply(20, names(&[]), names(&[])))]
    async fn clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization: ID,
    ) -> async_graphql::Result<Vec<Client>> {
        let caller = caller(ctx);
        let id = expect(Kind::Organization, &organization);
        let clients = read(caller, caller.forum.clients(&caller.viewer, id).await)?;
        Ok(Client::listed(clients))
    }
}

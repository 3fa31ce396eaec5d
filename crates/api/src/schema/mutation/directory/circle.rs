//! Vouched rooms.

use async_graphql::{Context, ID, InputObject, Object};
use forum::account as act;

use super::AccountPayload;
use crate::schema::caller::{caller, once};
use crate::schema::directory::Circle;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{payload, settle};

/// A vouched room to be opened.
#[derive(InputObject, Debug)]
pub struct CreateCircleInput {
    /// Its stable code: 2 to 40 capitals, digits or `_`.
    pub code: String,
    /// Its name in English: 2 to 120 characters.
    pub name_en: String,
    /// Its name in Urdu: 2 to 120 characters.
    pub name_ur: String,
    /// A key of your own: with the same key, it is opened once.
    pub client_mutation_id: Option<String>,
}

/// A vouched room, and somebody in it.
#[derive(InputObject, Debug)]
pub struct CircleMemberInput {
    /// The circle.
    pub circle: ID,
    /// The person's account.
    pub account: ID,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of opening a vouched room.
    CreateCirclePayload {
        /// The circle.
        circle: Circle
    }
}

/// Vouched rooms.
#[derive(Debug, Default)]
pub struct CircleMutations;

#[Object]
impl CircleMutations {
    /// Opens a vouched room; for administrators.
    async fn create_circle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle.")] input: CreateCircleInput,
    ) -> async_graphql::Result<CreateCirclePayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let act = act::CreateCircle {
            code: input.code,
            name_en: input.name_en,
            name_ur: input.name_ur,
        };
        let written = caller
            .forum
            .create_circle(&caller.viewer, &act, &once)
            .await;
        let written = settle!(caller, CreateCirclePayload, key, written);
        let id = written.id(|id| (*id).into()).into();
        let circle = caller.forum.directory().circle(id).cloned().map(Circle);
        Ok(CreateCirclePayload::done(key, circle))
    }

    /// Brings somebody into a vouched room; for administrators. Nobody brings
    /// himself in, and no official is brought in.
    async fn add_circle_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle, and whom.")] input: CircleMemberInput,
    ) -> async_graphql::Result<AccountPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let circle = expect(Kind::Circle, &input.circle);
        let id = expect(Kind::Account, &input.account);
        let written = caller
            .forum
            .add_circle_member(&caller.viewer, circle, id, &once)
            .await;
        let written = settle!(caller, AccountPayload, key, written);
        AccountPayload::of(caller, key, &written).await
    }

    /// Sends somebody out of a vouched room; for administrators. Everybody may
    /// go himself.
    async fn remove_circle_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle, and whom.")] input: CircleMemberInput,
    ) -> async_graphql::Result<AccountPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let circle = expect(Kind::Circle, &input.circle);
        let id = expect(Kind::Account, &input.account);
        let written = caller
            .forum
            .remove_circle_member(&caller.viewer, circle, id, &once)
            .await;
        let written = settle!(caller, AccountPayload, key, written);
        AccountPayload::of(caller, key, &written).await
    }
}

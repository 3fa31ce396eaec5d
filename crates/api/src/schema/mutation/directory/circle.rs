//! Vouched rooms.

use async_graphql::{Context, ID, InputObject, Object};
use forum::account as act;

use super::account_now;
use crate::schema::caller::{caller, once};
use crate::schema::directory::Circle;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, inputs, payload, settle};
use crate::schema::people::Account;

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

inputs! {
    /// Somebody to bring into a vouched room.
    AddCircleMemberInput,
    /// Somebody to send out of a vouched room.
    RemoveCircleMemberInput => {
        /// The circle.
        pub circle: ID,
        /// The person's account.
        pub account: ID,
        /// A key of your own: with the same key, the act is done once.
        pub client_mutation_id: Option<String>,
    }
}

payload! {
    /// What came of opening a vouched room.
    CreateCirclePayload {
        /// The circle.
        circle: Circle
    }
}

payload! {
    /// What came of bringing somebody into a vouched room.
    AddCircleMemberPayload,
    /// What came of sending somebody out of a vouched room.
    RemoveCircleMemberPayload => {
        /// The person's account as it is now; null if you may not see it.
        account: Account
    }
}

/// Vouched rooms.
#[derive(Debug, Default)]
pub struct CircleMutations;

#[Object(serial)]
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
        let written = settle!(caller, key, written);
        let id = written.id(|id| (*id).into()).into();
        let circle = caller.forum.directory().circle(id).cloned().map(Circle);
        Ok(CreateCirclePayload::done(key, circle))
    }

    /// Brings somebody into a vouched room; for administrators. Nobody brings
    /// himself in, and no official is brought in.
    async fn add_circle_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle, and whom.")] input: AddCircleMemberInput,
    ) -> async_graphql::Result<AddCircleMemberPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let circle = expect(Kind::Circle, &input.circle);
        let id = expect(Kind::Account, &input.account);
        let written = caller
            .forum
            .add_circle_member(&caller.viewer, circle, id, &once)
            .await;
        account_now(caller, key, written).await
    }

    /// Sends somebody out of a vouched room; for administrators. Everybody may
    /// go himself.
    async fn remove_circle_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The circle, and whom.")] input: RemoveCircleMemberInput,
    ) -> async_graphql::Result<RemoveCircleMemberPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let circle = expect(Kind::Circle, &input.circle);
        let id = expect(Kind::Account, &input.account);
        let written = caller
            .forum
            .remove_circle_member(&caller.viewer, circle, id, &once)
            .await;
        account_now(caller, key, written).await
    }
}

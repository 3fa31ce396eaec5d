//! Which documents are trusted.

use async_graphql::{Context, ID, InputObject, Object};
use door::directive::cost;
use forum::document::NewDocument;
use forum::{Error, Problem};

use crate::schema::caller::{caller, once};
use crate::schema::document::TrustedDocument;
use crate::schema::global_id::{Kind, expect};
use crate::schema::payload::{Payload, payload, settle};

/// A document to be trusted.
#[derive(InputObject, Debug)]
pub struct TrustDocumentInput {
    /// Its text, exactly as apps hash it.
    pub text: String,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

/// A document that is to be trusted no longer.
#[derive(InputObject, Debug)]
pub struct DistrustDocumentInput {
    /// The document.
    pub id: ID,
    /// A key of your own: with the same key, the act is done once.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// What came of trusting a document.
    TrustDocumentPayload {
        /// The document.
        document: TrustedDocument
    }
}

payload! {
    /// What came of trusting a document no longer.
    DistrustDocumentPayload {
        /// The document as it was.
        document: TrustedDocument
    }
}

/// Which documents are trusted.
#[derive(Debug, Default)]
pub struct DocumentMutations;

#[Object(serial)]
impl DocumentMutations {
    /// Trusts a document; for administrators. It is measured and validated
    /// first, and each time it is asked for its cost is counted. Apps then ask
    /// for it by its hash.
    #[graphql(directive = cost::apply(20))]
    async fn trust_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: TrustDocumentInput,
    ) -> async_graphql::Result<TrustDocumentPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        // Only who may do it learns what is wrong with it.
        settle!(
            caller,
            key,
            caller.forum.may_trust_documents(&caller.viewer)
        );
        let checked = caller.documents.check(&input.text).await;
        let hash =
            checked.map_err(|refusal| Error::at("text", Problem::Document(refusal.reason())));
        let hash = settle!(caller, key, hash);
        let new = NewDocument {
            hash,
            text: input.text,
        };
        let written = caller
            .forum
            .trust_document(&caller.viewer, &new, &once)
            .await;
        let id = settle!(caller, key, written).id(|id| (*id).into()).into();
        let document = caller.forum.document(&caller.viewer, id);
        Ok(TrustDocumentPayload::done(
            key,
            document.map(TrustedDocument),
        ))
    }

    /// Trusts a document no longer; for administrators.
    #[graphql(directive = cost::apply(10))]
    async fn distrust_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: DistrustDocumentInput,
    ) -> async_graphql::Result<DistrustDocumentPayload> {
        let caller = caller(ctx);
        let once = once(&input, input.client_mutation_id.as_ref());
        let key = input.client_mutation_id;
        let id = expect(Kind::TrustedDocument, &input.id);
        let document = caller.forum.document(&caller.viewer, id);
        let written = caller
            .forum
            .distrust_document(&caller.viewer, id, &once)
            .await;
        settle!(caller, key, written);
        Ok(DistrustDocumentPayload::done(
            key,
            document.map(TrustedDocument),
        ))
    }
}

//! Declares what mutations take and give. Every mutation has an input and a
//! payload named after it; those alike are declared together.

use crate::schema::user_error::UserError;

/// What a mutation gives: the changed object, what a person can mend, the
/// key, and the way on.
pub(crate) trait Payload: Sized {
    /// What was changed; where that is several things, a tuple of them.
    type Changed;

    /// The payload of what was done.
    fn done(key: Option<String>, changed: Self::Changed) -> Self;

    /// The payload of what was not done.
    fn refused(key: Option<String>, user_errors: Vec<UserError>) -> Self;
}

/// Declares inputs that take the same, each with the description before its
/// name.
macro_rules! inputs {
    ($($(#[$meta:meta])* $name:ident),+ => $fields:tt) => {
        $(
            $(#[$meta])*
            #[derive(async_graphql::InputObject, Debug)]
            pub struct $name $fields
        )+
    };
}

/// Declares a payload with what was changed, or several that give the same.
macro_rules! payload {
    ($($(#[$meta:meta])* $name:ident),+ => $fields:tt) => {
        $($crate::schema::payload::payload! { $(#[$meta])* $name $fields })+
    };
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(async_graphql::SimpleObject, Debug)]
        #[graphql(serial)]
        pub struct $name {
            $($(#[$fmeta])* pub $field: Option<$ty>,)+
            /// What is to be mended; empty if it was done.
            pub user_errors: Vec<$crate::schema::user_error::UserError>,
            /// The key that was given, as it was given.
            pub client_mutation_id: Option<String>,
            /// Anything else to read along with the change.
            pub query: $crate::schema::Query,
        }

        impl $crate::schema::payload::Payload for $name {
            type Changed = $crate::schema::payload::several!($(Option<$ty>),+);

            fn done(key: Option<String>, changed: Self::Changed) -> Self {
                let $crate::schema::payload::several!($($field),+) = changed;
                Self {
                    $($field,)+
                    user_errors: Vec::new(),
                    client_mutation_id: key,
                    query: $crate::schema::Query::default(),
                }
            }

            fn refused(
                key: Option<String>,
                user_errors: Vec<$crate::schema::user_error::UserError>,
            ) -> Self {
                Self {
                    $($field: None,)+
                    user_errors,
                    client_mutation_id: key,
                    query: $crate::schema::Query::default(),
                }
            }
        }
    };
}

/// One thing as it is, several as a tuple: names in a pattern, or types.
macro_rules! several {
    ($one:ident) => { $one };
    ($($name:ident),+) => { ($($name),+) };
    ($one:ty) => { $one };
    ($($ty:ty),+) => { ($($ty),+) };
}

/// Settles what came of a use case: `Ok` goes on with the value, problems
/// become the payload, surprises go to the top.
macro_rules! settle {
    ($caller:expr, $key:expr, $result:expr) => {
        match $crate::schema::caller::wrote($caller, $result)? {
            Ok(value) => value,
            Err(errors) => return Ok($crate::schema::payload::Payload::refused($key, errors)),
        }
    };
}

pub(crate) use {inputs, payload, settle, several};

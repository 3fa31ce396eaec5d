//! Declares payloads: the changed object, what a person can mend, the key, and
//! the way on.

/// Declares a payload type with what was changed.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(async_graphql::SimpleObject, Debug)]
        pub struct $name {
            $($(#[$fmeta])* pub $field: Option<$ty>,)+
            /// What is to be mended; empty if it was done.
            pub user_errors: Vec<$crate::schema::user_error::UserError>,
            /// The key that was given, as it was given.
            pub client_mutation_id: Option<String>,
            /// Anything else to read along with the change.
            pub query: $crate::schema::Query,
        }

        impl $name {
            /// The payload of what was done.
            pub(crate) fn done(
                key: Option<String>,
                $($field: Option<$ty>),+
            ) -> Self {
                Self {
                    $($field,)+
                    user_errors: Vec::new(),
                    client_mutation_id: key,
                    query: $crate::schema::Query::default(),
                }
            }

            /// The payload of what was not done.
            pub(crate) fn refused(
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

/// Settles what came of a use case: `Ok` goes on with the value, problems
/// become the payload, surprises go to the top.
macro_rules! settle {
    ($caller:expr, $payload:ident, $key:expr, $result:expr) => {
        match $crate::schema::caller::wrote($caller, $result)? {
            Ok(value) => value,
            Err(errors) => return Ok($payload::refused($key, errors)),
        }
    };
}

pub(crate) use {payload, settle};

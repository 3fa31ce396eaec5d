//! Enums that are stored and spoken as stable text codes, and what a code of the
//! directory is.

/// A text that is none of an enum's codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not one of {allowed:?}")]
pub struct UnknownCode {
    /// What was given.
    pub text: String,
    /// What would have been understood.
    pub allowed: &'static [&'static str],
}

/// The most characters of a directory's code.
const CODE_MAX: usize = 40;

/// Whether a text can be the code of something in the directory: a category, a
/// region, a theme, a group, an agency. Nothing is kept there under any other.
pub fn is_code(text: &str) -> bool {
    let fits = |byte: u8| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.')
    };
    (1..=CODE_MAX).contains(&text.len()) && text.bytes().all(fits)
}

/// Declares an enum whose variants each have a stable code.
///
/// Codes are written to the database and to the API: once released, they
/// never change.
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every code, in the same order.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownCode { text: text.to_owned(), allowed: Self::CODES }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

pub(crate) use codes;

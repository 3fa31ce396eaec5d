//! The macro that turns the list of settings into the structs that hold
//! their values, the table that describes them, and the reading of one from
//! the other.

/// Declares `Config`, a struct for each section, and [`super::SETTINGS`].
///
/// A setting is its description, its name and type, its default as text,
/// and the values it takes; after that, where needed, `flag` and `shown`.
macro_rules! settings {
    (
        $(#[doc = $doc:literal])+
        $root:ident {
            $(
                $(#[doc = $text:literal])+
                $name:ident: $type:ty = $default:expr, $kind:expr $(, $part:ident = $value:expr)*;
            )+
        }
        $(
            $(#[doc = $section_doc:literal])+
            $section:ident: $section_type:ident {
                $(
                    $(#[doc = $inner_text:literal])+
                    $inner:ident: $inner_type:ty = $inner_default:expr, $inner_kind:expr
                        $(, $inner_part:ident = $inner_value:expr)*;
                )+
            }
        )+
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $root {
            $($(#[doc = $text])+ pub $name: $type,)+
            $($(#[doc = $section_doc])+ pub $section: $section_type,)+
        }

        $(
            $(#[doc = $section_doc])+
            #[derive(Debug, Clone)]
            pub struct $section_type {
                $($(#[doc = $inner_text])+ pub $inner: $inner_type,)+
            }

            impl $section_type {
                fn read(values: &mut Values) -> Option<Self> {
                    // All are read before any is missed, so that all wrong ones are named.
                    $(let $inner = values.take(concat!(stringify!($section), ".", stringify!($inner)));)+
                    Some(Self { $($inner: $inner?,)+ })
                }
            }
        )+

        impl $root {
            fn read(values: &mut Values) -> Option<Self> {
                $(let $name = values.take(stringify!($name));)+
                $(let $section = $section_type::read(values);)+
                Some(Self { $($name: $name?,)+ $($section: $section?,)+ })
            }
        }

        /// Every setting, in the order of the reference.
        pub const SETTINGS: &[Setting] = &[
            $(Setting {
                $($part: $value,)*
                ..Setting {
                    key: stringify!($name),
                    description: &[$($text),+],
                    default: $default,
                    kind: $kind,
                    flag: None,
                    shown: Shown::Whole,
                }
            },)+
            $($(Setting {
                $($inner_part: $inner_value,)*
                ..Setting {
                    key: concat!(stringify!($section), ".", stringify!($inner)),
                    description: &[$($inner_text),+],
                    default: $inner_default,
                    kind: $inner_kind,
                    flag: None,
                    shown: Shown::Whole,
                }
            },)+)+
        ];
    };
}

pub(super) use settings;

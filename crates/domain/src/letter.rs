//! Letters on paper to agencies that do not answer in the forum.

use crate::code::codes;

codes! {
    /// What goes on paper to an agency.
    pub enum LetterKind {
        /// A letter that asks what is done.
        Letter = "LETTER",
        /// An application under the law on the right to information.
        RightToInformation = "RIGHT_TO_INFORMATION",
    }
}

/// The law by which a body is asked for what it has on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InformationLaw {
    /// Punjab Transparency and Right to Information Act 2013.
    Punjab,
    /// Khyber Pakhtunkhwa Right to Information Act 2013.
    KhyberPakhtunkhwa,
    /// Sindh Transparency and Right to Information Act 2016.
    Sindh,
    /// Balochistan Right to Information Act 2021.
    Balochistan,
    /// Right of Access to Information Act 2017.
    Federal,
}

impl InformationLaw {
    /// The law for a body of the region with this code: its province's, and the
    /// federal one for all others.
    pub fn of(region: &str) -> Self {
        match region {
            "PB" => Self::Punjab,
            "KP" => Self::KhyberPakhtunkhwa,
            "SD" => Self::Sindh,
            "BA" => Self::Balochistan,
            _ => Self::Federal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::InformationLaw;

    #[test]
    fn a_province_has_its_own_law_and_whatever_is_none_the_federal_one() {
        let laws = ["PB", "KP", "SD", "BA", "IS", "NATIONAL", ""].map(InformationLaw::of);
        assert_eq!(
            laws,
            [
                InformationLaw::Punjab,
                InformationLaw::KhyberPakhtunkhwa,
                InformationLaw::Sindh,
                InformationLaw::Balochistan,
                InformationLaw::Federal,
                InformationLaw::Federal,
                InformationLaw::Federal,
            ]
        );
    }
}

//! Enums of what a text says of people.

use async_graphql::Enum;

mirror! {
    /// What kind of personal information it is.
    PersonalKind of forum::PersonalKind {
        /// The number of an identity card.
        Cnic,
        /// The number of a bank account, with its right check digits.
        Iban,
        /// An address for mail.
        Email,
        /// A telephone number.
        Phone,
        /// Where somebody is: degrees, a plus code, or a link to a map.
        Coordinates,
        /// The number of a house or street, and what follows it.
        Address,
        /// The number of a vehicle.
        NumberPlate,
        /// The name of somebody who is accused, or whose parent is named.
        Name,
    }
}

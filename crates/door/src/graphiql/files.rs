//! The files of GraphiQL that the server serves: fetched by `cargo xtask
//! graphiql`, which includes this file, so that what is fetched and what is
//! served cannot come apart.
//!
//! GraphiQL 4.1.2 is the last version with a bundle that a page can load as it
//! is. It takes React 18 or 19 beside it, of which 18.3.1 is the last with one.

use sha2::{Digest as _, Sha256};

/// A file, and what it must be.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its name in the folder and in its address. It has the version in it:
    /// what a browser keeps under the address never changes.
    pub name: &'static str,
    /// The package of npm it comes from, with its version.
    pub package: &'static str,
    /// Where it stands in the package.
    pub path: &'static str,
    /// The SHA-256 of its bytes, in lowercase hexadecimal digits.
    pub sha256: &'static str,
}

/// Every file, scripts in the order in which they run.
pub const FILES: &[File] = &[
    File {
        name: "react-18.3.1.min.js",
        package: "react@18.3.1",
        path: "umd/react.production.min.js",
        sha256: "d949f1c3687aedadcedac85261865f29b17cd273997e7f6b2bfc53b2f9d4c4dd",
    },
    File {
        name: "react-18.3.1.LICENSE.txt",
        package: "react@18.3.1",
        path: "LICENSE",
        sha256: "52412d7bc7ce4157ea628bbaacb8829e0a9cb3c58f57f99176126bc8cf2bfc85",
    },
    File {
        name: "react-dom-18.3.1.min.js",
        package: "react-dom@18.3.1",
        path: "umd/react-dom.production.min.js",
        sha256: "35f4f974f4b2bcd44da73963347f8952e341f83909e4498227d4e26b98f66f0d",
    },
    File {
        name: "graphiql-4.1.2.min.js",
        package: "graphiql@4.1.2",
        path: "graphiql.min.js",
        sha256: "867226ba8af5ce7949903fc53932f78dac9f4bfc6cc8da0fd3869b8bc6c5256b",
    },
    File {
        name: "graphiql-4.1.2.min.css",
        package: "graphiql@4.1.2",
        path: "graphiql.min.css",
        sha256: "30487e07635d312a63f647b140d37740a73c53332b0975bf4b1fe985ca6ec885",
    },
    File {
        name: "graphiql-4.1.2.LICENSE.txt",
        package: "graphiql@4.1.2",
        path: "LICENSE",
        sha256: "4b18fbe55c4e8f9169cb702be138f4d858a2dad920c39857204ffdc9c1c9fdc4",
    },
];

/// The SHA-256 of these bytes, as [`File::sha256`] has it.
pub fn sum(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| char::from_digit(u32::from(half), 16))
        .collect()
}

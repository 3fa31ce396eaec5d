//! A made-up GraphiQL: the real one's files are others' and not in the tree.

use std::path::Path;

use door::graphiql::File;

/// The files of a made-up GraphiQL, in the place of the real ones.
pub const FILES: &[File] = &[
    File {
        name: "lib-1.0.0.js",
        package: "lib@1.0.0",
        path: "lib-1.0.0.js",
        sha256: "9ce5110fcd9923f03bcd35737d635b43715cdd74737fd0b705411cf56478f855",
    },
    File {
        name: "lib-1.0.0.css",
        package: "lib@1.0.0",
        path: "lib-1.0.0.css",
        sha256: "e3cb12cb52fed2918132bdd7428839eb305c5e27758619a90307a752e2a87b9c",
    },
    File {
        name: "lib-1.0.0.LICENSE.txt",
        package: "lib@1.0.0",
        path: "lib-1.0.0.LICENSE.txt",
        sha256: "f4e1907425cd6cb7dd844fbe18da8bb771a1991f6e2faf05469f634abf7a1b1f",
    },
];

/// What the files hold, in their order.
pub const CONTENTS: [&str; 3] = ["// a library\n", "p { color: red; }\n", "Do as you like.\n"];

/// Writes the files into a folder.
pub fn write(folder: &Path) {
    for (file, content) in FILES.iter().zip(CONTENTS) {
        std::fs::write(folder.join(file.name), content).expect("the folder can be written");
    }
}

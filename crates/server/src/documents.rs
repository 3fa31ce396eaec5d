//! The directory of trusted documents: what stands in its files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

/// The text of every document of the directory, each with the name of its file.
///
/// # Errors
///
/// When the directory or a file cannot be read, or a document of a `.json` file
/// does not have the hash that it stands under.
pub(crate) fn read(directory: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let cannot = || {
        format!(
            "documents.directory: {} cannot be read",
            directory.display()
        )
    };
    let mut texts = Vec::new();
    for entry in fs::read_dir(directory).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let content =
            || fs::read_to_string(&path).with_context(|| format!("documents.directory: {name}"));
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("graphql") => texts.push((name.to_string(), content()?.trim().to_owned())),
            Some("json") => texts.extend(many(&name, &content()?)?),
            _ => {}
        }
    }
    // The same whatever the file system lists first.
    texts.sort_unstable();
    Ok(texts)
}

/// The documents of one file, which stand under their hashes.
fn many(name: &str, content: &str) -> anyhow::Result<Vec<(String, String)>> {
    let documents: BTreeMap<String, String> = serde_json::from_str(content).with_context(|| {
        format!("documents.directory: {name} is not an object of documents by their hashes")
    })?;
    let mut texts = Vec::with_capacity(documents.len());
    for (named, text) in documents {
        let mut hash = String::with_capacity(64);
        for byte in Sha256::digest(&text) {
            write!(hash, "{byte:02x}")?;
        }
        if named.strip_prefix("sha256:").unwrap_or(&named) != hash {
            bail!(
                "documents.directory: the document {named} of {name} does not have this SHA-256, but {hash}; \
                 generators of persisted documents may have to be told to take sha256"
            );
        }
        texts.push((format!("{named} of {name}"), text));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::read;

    /// printf '{ __typename }' | sha256sum
    const HASH: &str = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";

    fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(directory.path().join(name), content).unwrap();
        }
        directory
    }

    #[test]
    fn files_of_both_kinds_are_read_and_others_left_alone() {
        let manifest = format!("{{\"{HASH}\": \"{{ __typename }}\"}}");
        let files = [
            ("b.graphql", "\n{ a }\n"),
            ("a.json", &manifest),
            ("README", "x"),
        ];
        let directory = directory(&files);
        let texts = read(directory.path()).unwrap();
        let expected = [
            (format!("{HASH} of a.json"), "{ __typename }"),
            ("b.graphql".to_owned(), "{ a }"),
        ];
        assert_eq!(texts, expected.map(|(name, text)| (name, text.to_owned())));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (content, why) in [
            (
                format!("{{\"{HASH}\": \"{{ other }}\"}}"),
                "does not have this SHA-256",
            ),
            ("[]".to_owned(), "is not an object"),
        ] {
            let directory = directory(&[("a.json", &content)]);
            let error = read(directory.path()).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
            assert!(error.to_string().contains("a.json"), "{error}");
        }
        let nowhere = tempfile::tempdir().unwrap().path().join("nowhere");
        let error = read(&nowhere).unwrap_err();
        assert!(error.to_string().contains("nowhere"), "{error}");
    }
}

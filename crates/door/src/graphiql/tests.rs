//! The table of files and the page around them.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_file_has_a_name_of_its_own_with_its_version_and_a_sum() {
    let names: BTreeSet<_> = FILES.iter().map(|file| file.name).collect();
    assert_eq!(names.len(), FILES.len());
    for file in FILES {
        let (package, version) = file.package.split_once('@').unwrap();
        assert!(file.name.starts_with(&format!("{package}-{version}.")));
        assert_eq!(file.sha256.len(), 64, "{}", file.name);
        let is_hexadecimal = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        assert!(file.sha256.chars().all(is_hexadecimal), "{}", file.name);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        assert!(file.name.chars().all(is_plain), "{}", file.name);
    }
}

#[test]
fn the_page_loads_every_script_and_style_with_the_nonce_and_nothing_from_elsewhere() {
    let page = page_of(FILES);
    for file in FILES {
        let named = format!("=\"{ADDRESS}/{}\"", file.name);
        let is_loaded = content_type(file.name) != "text/plain; charset=utf-8";
        assert_eq!(page.contains(&named), is_loaded, "{}", file.name);
    }
    for elsewhere in ["http://", "https://", "//cdn", "@import", "url(", " style="] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
    for opened in ["<script", "<link", "<style"] {
        let all = page.matches(opened).count();
        let with_nonce = page.split(opened).skip(1);
        let with_nonce = with_nonce
            .filter(|rest| {
                rest.split_once('>')
                    .unwrap()
                    .0
                    .contains("nonce=\"{nonce}\"")
            })
            .count();
        assert!(all > 0 && all == with_nonce, "{opened}");
    }
    assert!(!SCRIPT.contains(NONCE) && !SCRIPT.contains("</script"));
}

#[test]
fn gzip_is_sent_to_those_who_name_it() {
    for (accepted, expected) in [
        ("gzip, deflate, br", true),
        ("br, GZIP;q=0.5", true),
        ("gzip;q=0", false),
        ("gzip; q=0.000", false),
        ("br", false),
        ("", false),
    ] {
        let value = HeaderValue::from_static(accepted);
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]);
        assert_eq!(takes_gzip(&headers), expected, "{accepted}");
    }
}

use super::*;

fn samples() -> Vec<Reference> {
    let mut samples = Vec::new();
    for (prefix, year) in [("MKL", 2026), ("OI", 2031), ("ABCDE", 1999)] {
        let prefix = Prefix::parse(prefix).unwrap();
        for random in [
            [0; 5],
            [255; 5],
            [1, 2, 3, 4, 5],
            [0x9E, 0x37, 0x79, 0xB9, 0x7F],
        ] {
            samples.push(Reference::new(&prefix, year, random));
        }
    }
    samples
}

#[test]
fn a_reference_has_prefix_year_number_and_check() {
    let prefix = Prefix::parse("MKL").unwrap();
    let found: Vec<_> = [[0; 5], [255; 5], [0x3C, 0xC7, 0x7E, 0xA5, 0xA0]]
        .map(|random| Reference::new(&prefix, 2026, random).to_string())
        .into();
    insta::assert_snapshot!(found.join(", "), @"MKL-2026-0000000S, MKL-2026-ZZZZZZZN, MKL-2026-7K3QX9D0");
}

#[test]
fn what_is_made_is_read_back() {
    for sample in samples() {
        assert_eq!(Reference::parse(sample.as_str()), Ok(sample));
    }
}

#[test]
fn every_random_bit_that_is_used_shows() {
    let prefix = Prefix::parse("MKL").unwrap();
    let zero = Reference::new(&prefix, 2026, [0; 5]);
    for bit in 0..40 {
        let mut random = [0; 5];
        random[4 - bit / 8] = 1 << (bit % 8);
        let one = Reference::new(&prefix, 2026, random);
        assert_eq!(one == zero, bit < 5, "bit {bit}");
    }
}

#[test]
fn people_may_type_it_their_way() {
    let prefix = Prefix::parse("OIL").unwrap();
    let reference = Reference::new(&prefix, 2010, [0x00, 0x44, 0x3F, 0xFF, 0xE0]);
    let text = reference.as_str();
    let number = text.strip_prefix("OIL-").unwrap();
    let typed = [
        text.to_lowercase(),
        text.replace('-', " "),
        text.replace('-', ""),
        text.replace('-', " – "),
        format!("\u{200F}{text}\u{200E}"),
        format!("OIL-{}", number.replace('0', "O").replace('1', "I")),
        format!("oil-{}", number.replace('0', "o").replace('1', "l")),
        format!(
            "OIL-{}",
            number.replace('0', "۰").replace('1', "١").replace('2', "۲")
        ),
    ];
    assert!(
        number[5..].contains('0') && number[5..].contains('1'),
        "{text} tests both"
    );
    for one in typed {
        assert_eq!(Reference::parse(&one).as_ref(), Ok(&reference), "{one}");
    }
}

#[test]
fn every_single_wrong_character_is_caught() {
    let letters = b'A'..=b'Z';
    for sample in samples() {
        let text = sample.as_str();
        let prefix = text.find('-').unwrap();
        for (at, right) in text.bytes().enumerate().filter(|(_, byte)| *byte != b'-') {
            let wrongs: Vec<u8> = if at < prefix {
                letters.clone().collect()
            } else if at <= prefix + YEAR {
                ALPHABET[..10].to_vec()
            } else {
                ALPHABET.to_vec()
            };
            for wrong in wrongs.into_iter().filter(|wrong| *wrong != right) {
                let mut typed = text.as_bytes().to_vec();
                typed[at] = wrong;
                let typed = String::from_utf8(typed).unwrap();
                assert_eq!(
                    Reference::parse(&typed),
                    Err(ReferenceError::Check),
                    "{typed}"
                );
            }
        }
    }
}

#[test]
fn every_exchange_of_two_characters_is_caught() {
    for sample in samples() {
        let text = sample.as_str();
        let code = text.len() - CODE;
        for first in code..text.len() {
            for second in first + 1..text.len() {
                let mut typed = text.as_bytes().to_vec();
                typed.swap(first, second);
                let typed = String::from_utf8(typed).unwrap();
                assert_eq!(Reference::parse(&typed).is_ok(), typed == text, "{typed}");
            }
        }
    }
}

#[test]
fn what_is_no_reference_is_refused() {
    let texts = [
        "",
        "MKL",
        "MKL-2026-",
        "MKL-2026-7K3QX9D",
        "M-2026-00000000",
        "ABCDEF-2026-00000000",
        "M1L-2026-00000000",
        "MKL-20X6-00000000",
        "MKL-2026-0000000U",
        "MKL-2026-000000é0",
        "مکل-2026-00000000",
        "MKL-2026-7K3Q*9DB",
    ];
    for text in texts {
        assert_eq!(Reference::parse(text), Err(ReferenceError::Form), "{text}");
    }
}

#[test]
fn a_prefix_is_two_to_five_capitals() {
    for text in ["MK", "MKL", "ABCDE"] {
        assert_eq!(Prefix::parse(text).unwrap().as_str(), text);
    }
    for text in ["", "M", "ABCDEF", "mkl", "MK1", "مکل"] {
        assert_eq!(Prefix::parse(text), Err(ReferenceError::Form), "{text}");
    }
}

#[test]
fn the_powers_of_alpha_are_distinct() {
    let mut powers = std::collections::BTreeSet::new();
    let mut power = 1;
    for _ in 0..31 {
        assert!(powers.insert(power));
        power = times_alpha(power);
    }
    assert_eq!(power, 1);
}

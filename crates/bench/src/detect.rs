//! What it costs to look for personal information in a text.

use std::hint::black_box;
use std::time::{Duration, Instant};

use domain::screen::personal_information;

use crate::output::line;

/// As long as a long post: so many characters.
const CHARACTERS: usize = 5_000;
/// How often each text is read.
const TIMES: u32 = 200;

/// What the texts are made of, over and over.
const TEXTS: &[(&str, &str)] = &[
    (
        "English, nothing in it",
        "The people of our village are afraid, and nobody has come since the meeting of last month. ",
    ),
    (
        "English, dates and sums",
        "On 28-11-2025 FIR No. 123/2024 under 302 PPC, and Rs. 50,000 were paid to the accused. ",
    ),
    (
        "Urdu, nothing in it",
        "ہمارے گاؤں کے لوگ ڈرے ہوئے ہیں اور پچھلے مہینے کی ملاقات کے بعد کوئی نہیں آیا۔ ",
    ),
    (
        "mixed, nothing in it",
        "Hamare gaon ke log ڈرے ہوئے ہیں and nobody came, mulzim ne kaha ke wo nahi tha. ",
    ),
    (
        "mixed, full of it",
        "ملزم احمد خان 0300-1234567 35202-1234567-1 a.b@example.org House No. 12, Street 5, LEA-1234 ",
    ),
    ("digits apart", "1 2 3 4 5 6 7 8 9 0 "),
    ("words that announce", "accused son of ملزم house no "),
];

/// Prints the time of the fastest tenth and of the median reading of each.
pub(crate) fn measure() -> std::io::Result<()> {
    line("text of 5,000 characters     p10 us  p50 us  spans")?;
    for (name, piece) in TEXTS {
        let text: String = piece.chars().cycle().take(CHARACTERS).collect();
        let spans = personal_information(&text).len();
        let mut took: Vec<Duration> = (0..TIMES)
            .map(|_| {
                let begun = Instant::now();
                black_box(personal_information(black_box(&text)));
                begun.elapsed()
            })
            .collect();
        took.sort_unstable();
        let micros = |part: usize| took.get(took.len() / part).map_or(0, Duration::as_micros);
        line(&format!(
            "{name:<28} {:>6} {:>7} {spans:>6}",
            micros(10),
            micros(2)
        ))?;
    }
    Ok(())
}

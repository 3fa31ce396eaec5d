//! The figures as files for programs that show tables.

use forum::statistics::dictionary::{columns, values};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use super::Shown;

/// A text that no program takes for a formula: those begin with one of these.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// What stands in a row before its figures.
fn places(shown: &Shown) -> impl Iterator<Item = ([String; 5], Vec<Option<u64>>)> + '_ {
    shown
        .published
        .rows
        .iter()
        .map(|((by, code, month), sums)| {
            let (en, ur) = shown.names(*by, code);
            let places = [
                by.code().to_owned(),
                plain(code),
                plain(&en),
                plain(&ur),
                month.clone(),
            ];
            (places, values(sums))
        })
}

/// Every row of the edition, month by month (RFC 4180).
pub(super) fn table(shown: &Shown) -> anyhow::Result<Vec<u8>> {
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    csv.write_record(columns().iter().map(|column| &column.name))?;
    for (places, values) in places(shown) {
        let values = values
            .iter()
            .map(|value| value.map_or(String::new(), |value| value.to_string()));
        csv.write_record(places.into_iter().chain(values))?;
    }
    Ok(csv.into_inner()?)
}

/// What each column means.
pub(super) fn dictionary() -> anyhow::Result<Vec<u8>> {
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    csv.write_record(DICTIONARY)?;
    for column in columns() {
        csv.write_record([column.name, column.en, column.ur])?;
    }
    Ok(csv.into_inner()?)
}

const DICTIONARY: [&str; 3] = ["column", "meaningEn", "meaningUr"];

/// Both, as two sheets of one book.
pub(super) fn book(shown: &Shown) -> anyhow::Result<Vec<u8>> {
    let mut book = Workbook::new();
    // The same edition is the same file, whenever it is made.
    let created = ExcelDateTime::from_ymd(2025, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("Statistics")?;
    let names = columns().into_iter().map(|column| column.name);
    heads(sheet, names, &bold)?;
    for (row, (places, values)) in (1..).zip(places(shown)) {
        for (column, text) in (0..).zip(&places) {
            sheet.write_string(row, column, text)?;
        }
        for (column, value) in (5..).zip(values) {
            if let Some(value) = value {
                sheet.write_number(row, column, u32::try_from(value).unwrap_or(u32::MAX))?;
            }
        }
    }
    let sheet = book.add_worksheet().set_name("Dictionary")?;
    heads(sheet, DICTIONARY.map(str::to_owned), &bold)?;
    let wrapped = Format::new().set_text_wrap();
    for (row, column) in (1..).zip(columns()) {
        sheet.write_string(row, 0, column.name)?;
        sheet.write_string_with_format(row, 1, column.en, &wrapped)?;
        sheet.write_string_with_format(row, 2, column.ur, &wrapped)?;
    }
    for (column, width) in [(0, 32), (1, 80), (2, 80)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(book.save_to_buffer()?)
}

fn heads(
    sheet: &mut Worksheet,
    names: impl IntoIterator<Item = String>,
    format: &Format,
) -> anyhow::Result<()> {
    for (column, name) in (0..).zip(names) {
        sheet.write_string_with_format(0, column, name, format)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_taken_for_a_formula() {
        for text in ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(plain(text), format!("'{text}"));
        }
        for text in ["Police", "پولیس", "1=1", "2025-11"] {
            assert_eq!(plain(text), text);
        }
    }
}

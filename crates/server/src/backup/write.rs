//! Taking a copy.

use std::io::Write;

use age::x25519::Recipient;
use chrono::{DateTime, Utc};
use storage::Store;

use super::line::{Digest, of_row};
use super::{BackupError, FORMAT, Header, Summary};

/// Writes a copy of what the database holds at one moment, for these
/// recipients. Others may go on writing. `tell` hears, after every few rows,
/// how many there are in all and how many are copied.
pub async fn write(
    store: &Store,
    now: DateTime<Utc>,
    recipients: &[Recipient],
    to: impl Write,
    mut tell: impl FnMut(u64, u64),
) -> Result<Summary, BackupError> {
    let snapshot = store.snapshot().await?;
    let recipients = recipients.iter().map(|one| one as &dyn age::Recipient);
    let mut out = age::Encryptor::with_recipients(recipients)?.wrap_output(to)?;
    let header = Header {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        migrations: snapshot.migrations().to_vec(),
        made_at: now.timestamp_micros(),
        tables: snapshot.tables().iter().map(Into::into).collect(),
    };
    writeln!(out, "{}", json(&header))?;
    let (all, mut done) = (snapshot.count().await?, 0);
    let mut digest = Digest::default();
    for table in snapshot.tables() {
        writeln!(out, "{}", json(&table.name))?;
        digest.table(table);
        let mut reading = snapshot.read(table);
        loop {
            let rows = reading.next().await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                writeln!(out, "{}", of_row(row))?;
                digest.row(table, row);
                done += 1;
            }
            tell(all, done);
        }
    }
    let summary = digest.finish();
    writeln!(out, "{}", json(&summary))?;
    out.finish()?.flush()?;
    Ok(summary)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers can be written as JSON")
}

//! The database's shape, in one DSL for SQLite and PostgreSQL.
//!
//! Released migrations are never edited: a change is a new file, which
//! expands first and contracts in a later release. Times are whole
//! microseconds since the Unix epoch, calendar days ISO 8601 text, enums text
//! codes without CHECK. Whatever may belong to a protected voice is stored
//! WITHOUT ROWID on SQLite, because a rowid tells the order of creation.

pub use sea_orm_migration::{MigratorTrait, SchemaManager};

mod column;
mod m0001_people;
mod m0002_directory;
mod m0003_threads;
mod m0004_log;
mod m0005_hidden_posts;
mod m0006_partners;
mod m0007_webhooks;
mod m0008_documents;
mod m0009_outbox;
mod m0010_tracking;
mod m0011_feed;
mod m0012_lighter_posts;
mod m0013_desks;
mod m0014_drafts;
mod m0015_notifications;
mod m0016_statistics;
mod m0017_retaliation;
mod m0018_commitments;
mod m0020_editions;
mod m0021_letters;
mod m0022_shortlist;
mod m0023_wants_moderator;
mod m0024_flags;
mod m0025_modlog;
mod m0026_templates;
mod m0027_audit;
mod m0028_acts;
mod m0029_sanctions;
mod m0030_own_data;
mod m0031_standing;
mod m0032_transparency;
mod m0033_legal_demands;
mod m0034_relocations;
mod m0035_guarded_record;
mod m0038_ends_of_bars;
mod m0039_flagged_versions;
mod m0040_held_by_moderators;
mod m0041_wordings;
mod m0042_left_held;
mod m0043_demand_references;
mod m0044_held_threads;
mod m0045_flagged_texts;
mod m0046_fewer_indexes;
mod m0047_before_orders;
mod m0048_openings_by_account;

/// Every migration, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn sea_orm_migration::MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_directory::Migration),
            Box::new(m0003_threads::Migration),
            Box::new(m0004_log::Migration),
            Box::new(m0005_hidden_posts::Migration),
            Box::new(m0006_partners::Migration),
            Box::new(m0007_webhooks::Migration),
            Box::new(m0008_documents::Migration),
            Box::new(m0009_outbox::Migration),
            Box::new(m0010_tracking::Migration),
            Box::new(m0011_feed::Migration),
            Box::new(m0012_lighter_posts::Migration),
            Box::new(m0013_desks::Migration),
            Box::new(m0014_drafts::Migration),
            Box::new(m0015_notifications::Migration),
            Box::new(m0016_statistics::Migration),
            Box::new(m0017_retaliation::Migration),
            Box::new(m0018_commitments::Migration),
            Box::new(m0020_editions::Migration),
            Box::new(m0021_letters::Migration),
            Box::new(m0022_shortlist::Migration),
            Box::new(m0023_wants_moderator::Migration),
            Box::new(m0024_flags::Migration),
            Box::new(m0025_modlog::Migration),
            Box::new(m0026_templates::Migration),
            Box::new(m0027_audit::Migration),
            Box::new(m0028_acts::Migration),
            Box::new(m0029_sanctions::Migration),
            Box::new(m0030_own_data::Migration),
            Box::new(m0031_standing::Migration),
            Box::new(m0032_transparency::Migration),
            Box::new(m0033_legal_demands::Migration),
            Box::new(m0034_relocations::Migration),
            Box::new(m0035_guarded_record::Migration),
            Box::new(m0038_ends_of_bars::Migration),
            Box::new(m0039_flagged_versions::Migration),
            Box::new(m0040_held_by_moderators::Migration),
            Box::new(m0041_wordings::Migration),
            Box::new(m0042_left_held::Migration),
            Box::new(m0043_demand_references::Migration),
            Box::new(m0044_held_threads::Migration),
            Box::new(m0045_flagged_texts::Migration),
            Box::new(m0046_fewer_indexes::Migration),
            Box::new(m0047_before_orders::Migration),
            Box::new(m0048_openings_by_account::Migration),
        ]
    }
}

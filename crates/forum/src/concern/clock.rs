//! By what clocks run, and saving a concern with what follows from its clock.

use domain::calendar::Calendar;
use domain::clock::{Clock, Expected, RuledBy, Terms, ruled};
use domain::concern::Concern;
use domain::id::ThreadId;
use domain::people::Voice;
use storage::Tx;
use storage::directory::Directory;
use storage::job::NewJob;
use storage::thread::{Due, Thread};

use crate::{Error, Forum};

/// What a concern's clock runs by, besides its life.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timed<'a> {
    /// The code of its category.
    pub(crate) category: Option<&'a str>,
    /// The raiser's voice.
    pub(crate) voice: Voice,
}

impl<'a> From<&'a Thread> for Timed<'a> {
    fn from(thread: &'a Thread) -> Self {
        Self {
            category: thread.category.as_deref(),
            voice: thread.author.voice,
        }
    }
}

impl Forum {
    /// The clock of a concern; `None` where none runs.
    pub fn clock_of(&self, thread: &Thread) -> Result<Option<Clock>, Error> {
        match &thread.concern {
            None => Ok(None),
            Some(concern) => self.clock(concern, Timed::from(thread)),
        }
    }

    /// The clock of a concern in this life.
    pub(crate) fn clock(
        &self,
        concern: &Concern,
        timed: Timed<'_>,
    ) -> Result<Option<Clock>, Error> {
        let Some(since) = concern.clock_since else {
            return Ok(None);
        };
        let directory = self.directory();
        let agency = concern.assignment.map(|to| to.agency);
        let answers = agency.and_then(|id| directory.agency(id).filter(|one| one.answers()));
        let calendar = self.calendar(&directory)?;
        let answering_since = answers.map(|agency| agency.answering_since.unwrap_or(since));
        let began = answering_since.map_or(since, |began| began.max(since));
        let categories = lineage(&directory, timed.category);
        let by = RuledBy {
            agency,
            categories: &categories,
            began,
        };
        let terms = Terms {
            deadlines: ruled(self.settings.deadlines, &directory.clock_rules, by),
            calendar: &calendar,
            answering_since,
            protected: timed.voice != Voice::Named,
        };
        Ok(Clock::of(concern, terms))
    }

    /// The forum's days.
    pub(crate) fn calendar(&self, directory: &Directory) -> Result<Calendar, Error> {
        let nationwide = directory
            .holidays
            .iter()
            .filter(|one| one.region == "NATIONAL");
        let fixed = nationwide.map(|one| (one.month, one.day));
        let dated = directory.dated_holidays.iter().map(|one| one.day);
        Calendar::new(self.settings.weekend, fixed, dated, self.settings.zone)
            .map_err(|_| Error::Internal("the calendar"))
    }

    /// Saves a concern's life, with what is derived from its clock.
    pub(crate) async fn save_concern(
        &self,
        tx: &Tx,
        thread: &Thread,
        concern: &Concern,
    ) -> Result<(), Error> {
        let id = thread.facts.id;
        let clock = self.clock(concern, Timed::from(thread))?;
        let due = clock.as_ref().map_or_else(Due::default, due_by);
        tx.save_concern(id, concern, due).await?;
        wind(tx, id, concern, clock.as_ref()).await
    }
}

/// The kind of the jobs that look at a concern's clock.
pub(crate) const CLOCK: &str = "clock";

/// Has the clock of a concern looked at when its next stage is reached, and the
/// concern counted anew.
pub(crate) async fn wind(
    tx: &Tx,
    id: ThreadId,
    concern: &Concern,
    clock: Option<&Clock>,
) -> Result<(), Error> {
    tx.count_anew(&[id]).await?;
    match next_look(id, concern, clock) {
        None => tx.unschedule(&name_of(id)).await?,
        Some(job) => tx.schedule(&job).await?,
    }
    Ok(())
}

/// What the job that looks at a concern's clock is called.
fn name_of(id: ThreadId) -> String {
    format!("{CLOCK}:{}", id.0.simple())
}

/// The job that looks at a concern's clock when its next stage is reached.
pub(super) fn next_look(id: ThreadId, concern: &Concern, clock: Option<&Clock>) -> Option<NewJob> {
    let next = clock.and_then(|clock| clock.stages().nth(concern.clock_told.into()));
    next.map(|(_, run_at)| NewJob {
        // A concern has one such job: its own id serves.
        id: id.0,
        kind: CLOCK,
        once: name_of(id),
        payload: id.0.simple().to_string(),
        run_at,
    })
}

/// What lists of official work are sorted by.
pub(crate) fn due_by(clock: &Clock) -> Due {
    match clock.runs_for.expects() {
        Expected::Raiser => Due::default(),
        Expected::Moderator | Expected::Office => Due {
            on: Some(clock.due_on),
            very_overdue_on: clock.very_overdue_on,
        },
    }
}

/// A category after those that it is under.
pub(crate) fn lineage<'a>(directory: &'a Directory, category: Option<&'a str>) -> Vec<&'a str> {
    let parent = |code: &&'a str| directory.category(code)?.parent.as_deref();
    let mut all: Vec<&str> = std::iter::successors(category, parent).collect();
    all.reverse();
    all
}

//! Whom a concern is put before: by category, region and what it is about.

use domain::concern::{Assignment, Concern, MAX_DISPUTES};
use domain::id::{AgencyId, OfficeId};
use domain::thread::AboutKind;
use storage::directory::{Agency, Directory};
use storage::thread::Thread;

/// What routing goes by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filing<'a> {
    pub(crate) category: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
    pub(crate) groups: &'a [String],
    /// The agency complained of, that of the office included: see
    /// [`complained_of`].
    pub(crate) about_agency: Option<AgencyId>,
    pub(crate) about_kind: Option<AboutKind>,
}

impl<'a> Filing<'a> {
    /// What a thread that affects these groups is filed under.
    pub(crate) fn of(thread: &'a Thread, groups: &'a [String]) -> Self {
        Self {
            category: thread.category.as_deref(),
            region: thread.region.as_deref(),
            groups,
            about_agency: thread.facts.about_agency,
            about_kind: thread.facts.about_kind,
        }
    }
}

/// Where a concern goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Route {
    /// Whom it is put before, if anybody who answers is responsible.
    pub(crate) to: Option<Assignment>,
    /// The oversight body that owns it, or has a copy of it.
    pub(crate) oversight: Option<AgencyId>,
}

/// The agency that a concern complains of: the one named, or that of the
/// office named.
pub(crate) fn complained_of(
    directory: &Directory,
    agency: Option<AgencyId>,
    office: Option<OfficeId>,
) -> Option<AgencyId> {
    let of_office = || directory.office(office?).map(|one| one.agency);
    agency.or_else(of_office)
}

/// Finds where a concern goes.
///
/// What someone did, or may have done, goes to oversight. Everything else
/// goes to an ANSWERING agency whose mandate has the category: one for the
/// region before a national one, the exact category before its parent. What
/// is about an agency's practice, that agency answers; oversight has a copy.
pub(crate) fn route(directory: &Directory, filing: Filing<'_>) -> Route {
    let oversight = filing.about_kind.and_then(|_| oversight(directory, filing));
    let to = match filing.about_kind {
        Some(AboutKind::Conduct | AboutKind::NotSure) => {
            oversight.and_then(|agency| desk(directory, agency, filing.region))
        }
        Some(AboutKind::Practice) => match filing.about_agency {
            Some(agency) => desk(directory, agency, filing.region),
            None => responsible(directory, filing),
        },
        None => responsible(directory, filing),
    };
    Route { to, oversight }
}

fn responsible(directory: &Directory, filing: Filing<'_>) -> Option<Assignment> {
    let category = filing.category?;
    let parent = directory
        .category(category)
        .and_then(|one| one.parent.as_deref());
    let score = |agency: &Agency| -> Option<(bool, bool)> {
        let exact = agency.mandate.iter().any(|code| code == category);
        let broad = agency
            .mandate
            .iter()
            .any(|code| Some(code.as_str()) == parent);
        let local = Some(agency.region.as_str()) == filing.region;
        let national = agency.region == "NATIONAL";
        ((exact || broad) && (local || national)).then_some((local, exact))
    };
    // The first of equals stays: agencies stand in their order of position.
    let mut best: Option<((bool, bool), &Agency)> = None;
    for agency in directory.agencies.iter().filter(|agency| agency.answers()) {
        let Some(score) = score(agency) else { continue };
        if desk(directory, agency.id, filing.region).is_none() {
            continue;
        }
        if best.is_none_or(|(kept, _)| score > kept) {
            best = Some((score, agency));
        }
    }
    best.and_then(|(_, agency)| desk(directory, agency.id, filing.region))
}

/// The oversight body for the groups concerned, or the default one; never the
/// body complained about.
fn oversight(directory: &Directory, filing: Filing<'_>) -> Option<AgencyId> {
    oversight_but(directory, filing, None)
}

/// The same, and not this body either.
fn oversight_but(
    directory: &Directory,
    filing: Filing<'_>,
    not: Option<AgencyId>,
) -> Option<AgencyId> {
    let eligible = || {
        directory
            .agencies
            .iter()
            .filter(|agency| agency.kind == domain::people::AgencyKind::Oversight)
            .filter(|agency| agency.answers() && Some(agency.id) != filing.about_agency)
            .filter(move |agency| Some(agency.id) != not)
    };
    let by_group = eligible().find(|agency| {
        let local = Some(agency.region.as_str()) == filing.region || agency.region == "NATIONAL";
        local
            && agency
                .oversees
                .iter()
                .any(|group| filing.groups.contains(group))
    });
    by_group
        .or_else(|| eligible().find(|agency| agency.default_oversight))
        .map(|agency| agency.id)
}

/// The desk of an agency that works for a region: one of the region, else the
/// oldest that is open.
pub(crate) fn desk(
    directory: &Directory,
    agency: AgencyId,
    region: Option<&str>,
) -> Option<Assignment> {
    let answers = directory.agency(agency).is_some_and(Agency::answers);
    if !answers {
        return None;
    }
    let open = || {
        directory
            .offices
            .iter()
            .filter(|one| one.agency == agency && !one.closed)
    };
    let office: Option<OfficeId> = open()
        .find(|office| region.is_some() && office.region.as_deref() == region)
        .or_else(|| open().next())
        .map(|office| office.id);
    office.map(|office| Assignment {
        agency,
        office: Some(office),
    })
}

/// Who might look at a disputed answer again, the best first: of a first
/// dispute another officer of the office that answered, or of its agency, else
/// oversight; of a second, which is final, oversight that did not answer.
pub(crate) fn reviewers(
    directory: &Directory,
    concern: &Concern,
    filing: Filing<'_>,
) -> Vec<Assignment> {
    let mut all = Vec::new();
    let Some(before) = concern.assignment else {
        return all;
    };
    let answers = directory.agency(before.agency).is_some_and(Agency::answers);
    if concern.disputes < MAX_DISPUTES && answers {
        all.extend(before.office.map(|_| before));
        let others = directory.offices.iter().filter(|one| {
            one.agency == before.agency && !one.closed && Some(one.id) != before.office
        });
        all.extend(others.map(|one| Assignment {
            agency: one.agency,
            office: Some(one.id),
        }));
    }
    let oversight = oversight_but(directory, filing, Some(before.agency));
    all.extend(oversight.and_then(|agency| desk(directory, agency, filing.region)));
    all
}

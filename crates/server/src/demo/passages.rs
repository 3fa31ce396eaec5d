//! What the conference report says, word for word, and where.

/// A passage of the report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage {
    /// The report's own words.
    pub(super) words: &'static str,
    /// The heading they stand under.
    pub(super) section: &'static str,
}

/// What is before the first heading.
const OPENING: &str = "opening section";
const YOUTH: &str = "section \"Youth experiences in addressing cybercrimes & drug trafficking\"";
const PLEDGE: &str = "section \"Pakistan youth pledge to combat TOC\"";
const ART: &str = "section \"Art, advocacy & youth\"";
const SOCIETY: &str = "section \"Whole of society action\"";

pub(super) const EQUAL_SHARE: Passage = Passage {
    words: "youth representatives who were given an equal share of the table for the first time \
            in an organized conference context in Pakistan",
    section: OPENING,
};

pub(super) const STRATEGY: Passage = Passage {
    words: "Key findings from the Conference will be incorporated into the Strategic Analysis \
            for the upcoming National Organized Crime Strategy of Pakistan.",
    section: OPENING,
};

pub(super) const CHALLENGES: Passage = Passage {
    words: "Key challenges: predatory online spaces; no digital literacy as a precursor to \
            online scams and harassment; false implication of youth in drug cases, etc.",
    section: YOUTH,
};

pub(super) const PREDATORY_SPACES: Passage = Passage {
    words: "predatory online spaces",
    section: YOUTH,
};

pub(super) const DIGITAL_LITERACY: Passage = Passage {
    words: "no digital literacy as a precursor to online scams and harassment",
    section: YOUTH,
};

pub(super) const FALSE_IMPLICATION: Passage = Passage {
    words: "false implication of youth in drug cases",
    section: YOUTH,
};

pub(super) const RECOMMENDATIONS: Passage = Passage {
    words: "Priority recommendations: youth presence in policy-making; greater civic space for \
            engagement & deeper connections with regional/international youth counterparts.",
    section: YOUTH,
};

pub(super) const PRIORITIES: Passage = Passage {
    words: "youth priority areas: corruption, irregular migration, drug & arms trafficking, and \
            cyber crimes",
    section: PLEDGE,
};

pub(super) const PLEDGES: Passage = Passage {
    words: "Pledges included: enhancing youth involvement in counter-OC narratives and \
            formulating a collective youth vision to steer policy dialogue / programming.",
    section: PLEDGE,
};

pub(super) const ADVOCACY: Passage = Passage {
    words: "alternative means of advocacy through theatrical performances for \
            awareness-raising, constructing safe spaces and increasing relatability of such \
            information-sharing through local festivals and games",
    section: ART,
};

pub(super) const ALL_GROUPS: Passage = Passage {
    words: "using traditional and non-traditional approaches and ensuring a holistic focus on \
            all affected groups",
    section: SOCIETY,
};

pub(super) const PLATFORMS: Passage = Passage {
    words: "Joint platforms for dialogue between civil society and law enforcement must be \
            in-built, reflecting inclusion of voices less heard and space for meaningful \
            engagement on TOC challenges for women and other vulnerable groups, and to identify \
            shared pathways for prevention and protection of these groups.",
    section: SOCIETY,
};

pub(super) const ILLICIT_ECONOMY: Passage = Passage {
    words: "By mainstreaming cross-cutting issues like illicit economy disruption, national \
            stakeholders can drive holistic and effective TOC prevention efforts aimed at \
            dismantling criminal networks at their source.",
    section: SOCIETY,
};

impl Passage {
    /// The passage as a quotation in markdown, with its source.
    pub(super) fn quoted(&self) -> String {
        let Self { words, section } = self;
        format!("> {words}\n>\n> — Conference report, Lahore, 12 November 2025, {section}")
    }
}

//! The six weeks of the demonstration, in the order in which they happened.
//!
//! What is said in the name of an agency says that it was written for the
//! demonstration.

use domain::thread::VerdictKind;
use forum::Error;
use forum::answer::OutcomeInput;
use forum::concern::ConcernAct;

use super::cast::{
    CIVIL, CONVENOR, CUSTODIAN, EXPERT, MODERATOR, OFFICIAL, OVERSIGHT, YOUTH, enter_newcomer,
};
use super::openings as the;
use super::stage::Stage;

/// Plays the story on a stage whose people and bodies are there.
pub(super) async fn tell(stage: &mut Stage) -> Result<(), Error> {
    people_begin(stage).await?;
    others_join(stage).await?;
    offices_work(stage).await?;
    answers_come(stage).await?;
    the_last_days(stage).await
}

/// The first week: almost everybody begins something, and the moderator looks
/// at each first.
async fn people_begin(stage: &mut Stage) -> Result<(), Error> {
    stage.day(1);
    stage.raise(the::EQUAL_SHARE).await?;
    stage.raise(the::FINDINGS).await?;
    stage.day(2);
    stage.raise(the::FALSE_IMPLICATION).await?;
    stage.raise(the::PREDATORY_SPACES).await?;
    stage
        .endorse(the::FALSE_IMPLICATION, &[CIVIL, EXPERT, CONVENOR])
        .await?;
    stage.day(3);
    stage.raise(the::SAFE_TO_COME).await?;
    stage.raise(the::COMMON_POSITION).await?;
    stage.day(4);
    stage.raise(the::ADVOCACY).await?;
    stage
        .makes(the::FALSE_IMPLICATION, OFFICIAL, ConcernAct::Acknowledge)
        .await?;
    stage
        .say(
            the::FALSE_IMPLICATION,
            EXPERT,
            "Two questions can be answered with numbers that exist already: in how many cases \
             against people under twenty-five was the recovery the only evidence, and how many \
             of these ended in acquittal?",
        )
        .await?;
    stage
        .say(
            the::SAFE_TO_COME,
            YOUTH,
            "کم از کم یہ کہ بات کرنے والے کا نام اس دفتر سے باہر نہ جائے، اور یہ کہ پہلی ملاقات میں \
             کوئی اپنا ساتھ ہو۔",
        )
        .await?;
    stage
        .say(
            the::SAFE_TO_COME,
            CIVIL,
            "A place that is not the station, a woman among those who listen, and an answer in \
             writing. What must never happen: that the one complained about learns who spoke.",
        )
        .await?;
    stage.day(5);
    stage.raise(the::BY_WHICH_RULES).await?;
    stage.raise(the::LESS_HEARD).await
}

/// The second week.
async fn others_join(stage: &mut Stage) -> Result<(), Error> {
    stage.day(8);
    stage.raise(the::IRREGULAR_MIGRATION).await?;
    stage.raise(the::DIGITAL_LITERACY).await?;
    stage.raise(the::WOMEN_HEARD).await?;
    stage.raise(the::ALL_GROUPS).await?;
    stage
        .endorse(the::WOMEN_HEARD, &[EXPERT, YOUTH, MODERATOR])
        .await?;
    stage
        .endorse(the::DIGITAL_LITERACY, &[CIVIL, CUSTODIAN])
        .await?;
    stage.day(9);
    stage
        .makes(the::FALSE_IMPLICATION, OFFICIAL, ConcernAct::Start)
        .await?;
    stage
        .makes(the::WOMEN_HEARD, OFFICIAL, ConcernAct::Acknowledge)
        .await?;
    stage
        .say(
            the::DIGITAL_LITERACY,
            EXPERT,
            "Let us propose three districts for a first year and say beforehand what would count \
             as having worked: for example, how many pupils can tell a false offer from a true \
             one before and after.",
        )
        .await?;
    stage
        .say(
            the::FINDINGS,
            CIVIL,
            "\"Joint platforms … must be in-built\": it would take a standing date in each \
             division, minutes that are public, and an office that answers for them.",
        )
        .await?;
    stage
        .say(
            the::FINDINGS,
            YOUTH,
            "نوجوانوں کی پالیسی سازی میں موجودگی: ہر ضلعی کمیٹی میں دو نشستیں، اور انتخاب نوجوان خود \
             کریں۔",
        )
        .await?;
    stage.day(10);
    stage
        .say(
            the::EQUAL_SHARE,
            YOUTH,
            "A quarter of what is said and a quarter of what is answered. Being heard without \
             being answered is no share.",
        )
        .await?;
    stage
        .say(
            the::ALL_GROUPS,
            OFFICIAL,
            "From this desk: domestic workers and people who came back from abroad. Both come \
             only where an organization brings them.",
        )
        .await
}

/// The third and fourth week.
async fn offices_work(stage: &mut Stage) -> Result<(), Error> {
    stage.day(15);
    stage.raise(the::PRESSURE).await?;
    stage.raise(the::CRIMINAL_NETWORKS).await?;
    stage.invite(the::PRESSURE, EXPERT).await?;
    stage
        .endorse(the::CRIMINAL_NETWORKS, &[CIVIL, CONVENOR])
        .await?;
    stage.day(16);
    stage.open_facts(the::PRESSURE, OVERSIGHT).await?;
    stage
        .makes(the::PRESSURE, OVERSIGHT, ConcernAct::Acknowledge)
        .await?;
    stage
        .say(
            the::PRESSURE,
            OVERSIGHT,
            "یہ معاملہ اس دفتر کے پاس ہے۔ جس ادارے کے بارے میں شکایت ہے، وہ مقدمے کے حقائق نہیں \
             دیکھ سکتا۔ براہ کرم عدالت میں اپنے وکیل سے مشورہ جاری رکھیں۔",
        )
        .await?;
    stage
        .makes(the::CRIMINAL_NETWORKS, OFFICIAL, ConcernAct::Acknowledge)
        .await?;
    stage
        .say(
            the::COMMON_POSITION,
            CIVIL,
            "Not to be given up: that those who spoke can see what was made of it.",
        )
        .await?;
    stage
        .say(
            the::COMMON_POSITION,
            EXPERT,
            "And that the seats are for two years, so that somebody can learn the work.",
        )
        .await?;
    stage.day(22);
    let in_spring = stage.in_days(90);
    stage
        .respond(
            the::FALSE_IMPLICATION,
            OFFICIAL,
            OutcomeInput::ActionPlanned(in_spring),
            "*Written for the demonstration; no answer of Punjab Police.*\n\n\
             1. Searches are entered in the daily diary; a recording is not required today.\n\
             2. The office proposes that every case against a person under twenty-one in which \
             the recovery is disputed is looked at by a second officer within ten days.\n\
             3. A sheet in Urdu for families, with whom to call, will lie in every station.\n\n\
             The second and the third are planned for the date above.",
        )
        .await?;
    stage
        .say(
            the::FALSE_IMPLICATION,
            OVERSIGHT,
            "کمیشن کے پاس اس شکایت کی نقل ہے۔ مقررہ تاریخ کے بعد ہم یہاں لکھیں گے کہ کیا بدلا۔",
        )
        .await
}

/// The fourth and fifth week: what raisers make of the answers.
async fn answers_come(stage: &mut Stage) -> Result<(), Error> {
    stage.day(23);
    stage
        .respond(
            the::WOMEN_HEARD,
            OFFICIAL,
            OutcomeInput::NoFurtherAction(
                "A desk for women exists; another place is not planned.".to_owned(),
            ),
            "*Written for the demonstration; no answer of Punjab Police.*\n\n\
             A woman officer can be asked for at the desk. Conversations outside of a station \
             are not foreseen.",
        )
        .await?;
    stage.day(25);
    stage
        .judge(
            the::FALSE_IMPLICATION,
            VerdictKind::Partial,
            "The second look is what we asked for. Recordings of searches are still missing.",
        )
        .await?;
    stage
        .judge(
            the::WOMEN_HEARD,
            VerdictKind::NotGranted,
            "Of the three questions one is answered. A place that is not a station was the point.",
        )
        .await?;
    stage
        .say(
            the::WOMEN_HEARD,
            EXPERT,
            "Organizations could offer the rooms, if an officer comes to them. Would that be \
             accepted?",
        )
        .await?;
    stage.day(29);
    stage.raise(the::DRUGS_AND_ARMS).await?;
    stage.endorse(the::DRUGS_AND_ARMS, &[YOUTH, EXPERT]).await?;
    stage
        .respond(
            the::CRIMINAL_NETWORKS,
            OFFICIAL,
            OutcomeInput::PartiallyResolved,
            "*Written for the demonstration; no answer of Punjab Police.*\n\n\
             Inquiries into proceeds are opened in cases against networks, not in all of them. \
             Their number can be published once a year, beginning with this one.",
        )
        .await?;
    stage.day(31);
    stage
        .makes(the::DRUGS_AND_ARMS, OFFICIAL, ConcernAct::Acknowledge)
        .await?;
    let question = "براہ کرم بتائیں: کیا سوال اسکولوں کے بارے میں ہے یا جامعات کے بارے میں بھی؟ دونوں کے لیے \
                    الگ دفتر ہیں۔ کوئی نام نہ لکھیں۔";
    let act = ConcernAct::RequestClarification(question.to_owned());
    stage.makes(the::DRUGS_AND_ARMS, OFFICIAL, act).await
}

/// The sixth week, with what waits for whoever tries the demonstration.
async fn the_last_days(stage: &mut Stage) -> Result<(), Error> {
    stage.day(36);
    stage.raise(the::OUR_VISION).await?;
    stage
        .say(
            the::OUR_VISION,
            MODERATOR,
            "پہلا نکتہ: ہمیں سنا جائے اور جواب بھی دیا جائے۔ باقی دو آپ لکھیں۔",
        )
        .await?;
    stage
        .say(
            the::ADVOCACY,
            YOUTH,
            "میلے میں کھیل کے ذریعے بات زیادہ آسانی سے ہوتی ہے۔ ہم ایک کھیل تیار کر سکتے ہیں جس میں \
             جعلی نوکری کی پیشکش پہچاننی ہو۔",
        )
        .await?;
    stage
        .say(
            the::PREDATORY_SPACES,
            YOUTH,
            "Nobody has acknowledged this yet. Until somebody does, please do not meet a person \
             whom you know only from a game or a group.",
        )
        .await?;
    stage
        .endorse(the::PREDATORY_SPACES, &[YOUTH, EXPERT, CUSTODIAN])
        .await?;
    stage.day(41);
    stage.raise(the::YOUTH_AT_THE_TABLE).await?;
    stage
        .endorse(the::YOUTH_AT_THE_TABLE, &[CIVIL, EXPERT])
        .await?;
    enter_newcomer(stage).await?;
    stage.raise_only(the::CORRUPTION).await?;
    Ok(())
}

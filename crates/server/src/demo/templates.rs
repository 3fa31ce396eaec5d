//! What the police of Punjab answers again and again in the demonstration.

use chrono::TimeDelta;
use domain::concern::State;
use forum::template::SaveTemplate;
use forum::{Error, Once};

use super::cast::OFFICIAL;
use super::stage::Stage;

struct Template {
    category: Option<&'static str>,
    state: Option<State>,
    en: [&'static str; 2],
    ur: [&'static str; 2],
}

const TEMPLATES: [Template; 3] = [
    Template {
        category: None,
        state: Some(State::Acknowledged),
        en: [
            "Received",
            "{{office}} has your concern {{number}}, \"{{title}}\". We answer by {{due_on}}.\n\n\
             If somebody is in danger now, do not wait for this answer: call 15.",
        ],
        ur: [
            "وصولی",
            "آپ کی شکایت {{number}}، \"{{title}}\"، {{office}} کو مل گئی ہے۔ ہم {{due_on}} تک جواب دیں گے۔\n\n\
             اگر کوئی اس وقت خطرے میں ہے تو اس جواب کا انتظار نہ کریں: 15 پر فون کریں۔",
        ],
    },
    Template {
        category: Some("DRG"),
        state: None,
        en: [
            "A drug case: what the office looks at",
            "On concern {{number}}, which was raised on {{raised_on}}, the office looked at three \
             things: who searched, who was there as a witness, and where what was found was kept.",
        ],
        ur: [
            "منشیات کا مقدمہ: دفتر کیا دیکھتا ہے",
            "شکایت {{number}} پر، جو {{raised_on}} کو درج ہوئی، دفتر نے تین باتیں دیکھیں: تلاشی کس نے لی، \
             گواہ کون تھا، اور برآمد شدہ چیز کہاں رکھی گئی۔",
        ],
    },
    Template {
        category: None,
        state: None,
        en: [
            "Another body is responsible",
            "{{agency}} is not responsible for what concern {{number}} says. The body that is, is \
             named in the outcome; the forum puts the concern before it.",
        ],
        ur: [
            "کوئی اور ادارہ ذمہ دار ہے",
            "شکایت {{number}} کا معاملہ {{agency}} کے دائرہ کار میں نہیں۔ ذمہ دار ادارے کا نام نتیجے میں درج \
             ہے؛ فورم شکایت اس کے سامنے رکھے گا۔",
        ],
    },
];

/// The officer writes them before the first concern comes.
pub(super) async fn write(stage: &Stage) -> Result<(), Error> {
    let viewer = stage.viewer(OFFICIAL);
    for template in &TEMPLATES {
        stage.pass(TimeDelta::minutes(10));
        let owned = |text: &str| Some(text.to_owned());
        let input = SaveTemplate {
            category: template.category.and_then(owned),
            state: template.state,
            title_en: owned(template.en[0]),
            body_en: owned(template.en[1]),
            title_ur: owned(template.ur[0]),
            body_ur: owned(template.ur[1]),
            ..SaveTemplate::default()
        };
        stage
            .forum
            .save_template(&viewer, &input, &Once::default())
            .await?;
    }
    Ok(())
}

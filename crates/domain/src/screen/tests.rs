use proptest::prelude::*;

use super::*;

/// What is found, as it was written.
fn found(text: &str) -> Vec<(PersonalKind, String)> {
    personal_information(text)
        .iter()
        .map(|span| {
            let part = text.chars().skip(span.start).take(span.end - span.start);
            (span.kind, part.collect())
        })
        .collect()
}

/// Whether just this one piece is found.
fn only(text: &str, kind: PersonalKind, part: &str) {
    assert_eq!(found(text), [(kind, part.to_owned())], "{text}");
}

#[test]
fn numbers_of_cards_are_found_however_they_are_written() {
    for part in [
        "35202-1234567-1",
        "3520212345671",
        "35202 1234567 1",
        "3 5 2 0 2 1 2 3 4 5 6 7 1",
        "۳۵۲۰۲-۱۲۳۴۵۶۷-۱",
        "٣٥٢٠٢١٢٣٤٥٦٧١",
        "３５２０２－１２３４５６７－１",
        "35202\u{200b}-12\u{200f}34567-1",
        "35202–1234567–1",
        "123-45-678901",
    ] {
        only(
            &format!("His card is {part}, he said"),
            PersonalKind::Cnic,
            part,
        );
        only(&format!("شناختی کارڈ {part} ہے"), PersonalKind::Cnic, part);
    }
}

#[test]
fn telephone_numbers_are_found() {
    for part in [
        "03001234567",
        "0300-1234567",
        "0300 123 4567",
        "+92 300 1234567",
        "+92-(0)300-1234567",
        "923001234567",
        "00923001234567",
        "0 3 0 0 1 2 3 4 5 6 7",
        "300-1234567",
        "042-35761999",
        "۰۳۰۰۱۲۳۴۵۶۷",
        "+44 7911 123456",
        "+1 202 555 0143",
        "+971501234567",
    ] {
        only(&format!("Ask {part} for it"), PersonalKind::Phone, part);
    }
    only(
        "WhatsApp number: 35761999.",
        PersonalKind::Phone,
        "35761999",
    );
    only("نمبر۰۳۰۰۱۲۳۴۵۶۷پر", PersonalKind::Phone, "۰۳۰۰۱۲۳۴۵۶۷");
    only("فون نمبر ۳۵۷۶۱۹۹۹ پر", PersonalKind::Phone, "۳۵۷۶۱۹۹۹");
}

#[test]
fn mail_and_accounts_are_found() {
    only(
        "Write to someone.else@example.org.",
        PersonalKind::Email,
        "someone.else@example.org",
    );
    only(
        "someone [at] example [dot] com",
        PersonalKind::Email,
        "someone [at] example [dot] com",
    );
    for part in [
        "PK36SCBL0000001123456702",
        "PK36 SCBL 0000 0011 2345 6702",
        "GB82 WEST 1234 5698 7654 32",
    ] {
        only(&format!("Pay to {part} today"), PersonalKind::Iban, part);
    }
    assert_eq!(found("PK37SCBL0000001123456702 is mistyped"), []);
}

#[test]
fn places_are_found() {
    for part in [
        "31.5204, 74.3587",
        "31.5204° N, 74.3587° E",
        "31°31'13\" N 74°21'31\" E",
        "8J3P+QX2",
        "lat: 31.5204, lng: 74.3587",
        "Latitude 31.5204 Longitude 74.3587",
        "N 31.5204 E 74.3587",
        "N31.5204, E74.3587",
        "lat 31.520 lon 74.358",
        "lat:31.520,lon:74.358",
        "lat\": 31.5204, \"lng\": 74.3587",
        "Latitude is 31.520 and longitude is 74.358",
        "31.520 N, 74.358 E",
        "GPS 31.520, 74.358",
        "عرض بلد 31.5204 اور طول بلد 74.3587",
    ] {
        only(&format!("It is at {part}"), PersonalKind::Coordinates, part);
    }
}

#[test]
fn addresses_are_found() {
    for part in [
        "House No. 12, Street 5, Sector G-9/4",
        "house # 12-A",
        "Flat 7, Block C",
        "ghar number 12 gali 4 mohalla Islampura",
        "gali no 5",
        "مکان نمبر 12، گلی نمبر 4",
        "گلی ۵ محلہ اسلام",
        "House No. R-45, Sector 11-C",
        "Flat No. B-204",
        "Flat B-204, Block C",
        "House No. 5, Allama Iqbal Town",
        "House 45, Model Town",
        "House 45 Model Town Block C",
        "house 45 model town",
        "House 45, Gulberg III",
        "House 12, G-9/4",
        "45-B Model Town",
        "45-B, Block C, Model Town",
        "مکان 45 ماڈل ٹاؤن",
        "H.No 12 mohalla Islampura",
        "H. No. 12, Street 4",
        "h # 12",
        "Chak No. 123 GB",
        "chak number 45/JB",
        "Chak 12/4-L",
        "چک نمبر 123",
        "چک نمبر ۱۲۳ گ ب",
        "Ward no 5",
        "وارڈ نمبر ۵",
    ] {
        only(&format!("He lives in {part}"), PersonalKind::Address, part);
        only(&format!("{part}, they say"), PersonalKind::Address, part);
    }
    only("House no 12 is his", PersonalKind::Address, "House no 12");
}

#[test]
fn plates_are_found() {
    only(
        "We saw LEA-1234 there",
        PersonalKind::NumberPlate,
        "LEA-1234",
    );
    only(
        "We saw LE-19-1234 there",
        PersonalKind::NumberPlate,
        "LE-19-1234",
    );
    for part in [
        "car number lea 1234",
        "gari no BNK 456",
        "گاڑی نمبر ایل ای اے 1234",
        "Corolla LEA 1234",
        "corolla lea 1234",
        "Honda CD 70 no LEA 1234",
        "car AGO-123",
        "Mehran no. LXZ 4567",
        "مہران نمبر LXZ 4567",
    ] {
        only(
            &format!("a white {part} left"),
            PersonalKind::NumberPlate,
            part,
        );
    }
    for (part, after) in [
        ("lea-1234", "wali gari"),
        ("LEA 1234", "number ki gari"),
        ("LEA 2019", "number wali white Corolla"),
        ("LEA 1234", "نمبر کی گاڑی"),
    ] {
        only(
            &format!("wo {part} {after} thi"),
            PersonalKind::NumberPlate,
            part,
        );
    }
}

#[test]
fn names_are_found_behind_what_says_whose_they_are() {
    only(
        "The accused Falan Khan ran away",
        PersonalKind::Name,
        "Falan Khan",
    );
    only(
        "the suspect named falan was seen",
        PersonalKind::Name,
        "falan",
    );
    only(
        "mulzim ahmed khan ne kaha",
        PersonalKind::Name,
        "ahmed khan",
    );
    only("mulzim ka naam falan hai", PersonalKind::Name, "falan");
    only("ملزم احمد خان نے کہا", PersonalKind::Name, "احمد خان");
    only("ملزم کا نام فلاں ہے", PersonalKind::Name, "فلاں");
    only(
        "Falan Khan s/o Ahmed Ali",
        PersonalKind::Name,
        "Falan Khan s/o Ahmed Ali",
    );
    only(
        "اس میں فلاں ولد احمد خان ہے",
        PersonalKind::Name,
        "فلاں ولد احمد خان",
    );
}

#[test]
fn names_are_found_behind_numbers_ranks_and_brackets() {
    for (before, name) in [
        ("accused person ", "Muhammad Aslam"),
        ("accused No. 1 ", "Muhammad Aslam"),
        ("accused no. 2, ", "Falan Fulan"),
        ("accused ASI ", "Aslam"),
        ("accused Sub-Inspector ", "Falan Fulan"),
        ("accused SHO ", "Muhammad Aslam"),
        ("accused No. 1 ASI ", "Falan"),
        ("accused, namely ", "Muhammad Aslam"),
        ("accused, a man named ", "Falan"),
        ("accused (", "Muhammad Aslam"),
        ("accused Mr. ", "Falan"),
        ("mulzim no 1 ", "aslam"),
        ("ملزم سب انسپکٹر ", "محمد اسلم"),
        ("ملزم نمبر 1 ", "محمد اسلم"),
        ("ملزم اے ایس آئی ", "اسلم"),
        ("ملزم مسمیٰ ", "اسلم"),
    ] {
        only(&format!("the {before}{name}"), PersonalKind::Name, name);
        only(
            &format!("the {before}{name}) in it"),
            PersonalKind::Name,
            name,
        );
    }
}

#[test]
fn what_is_no_personal_information_is_let_pass() {
    for text in [
        "On 28-11-2025 at 10:30 we met, and again on 28.11.2025 and 2025-11-28.",
        "From 03-12-2025 to 05/12/2025, 2019 2020 2021 and 2023-2024.",
        "FIR No. 123/2024 dated 05.11.2024 under sections 302, 324/34 PPC and 9(c) CNSA 1997.",
        "FIR-1234 and PPC-302, SRO-1234, ISO-9001, RFC-9180, SHA-256",
        "Writ petition 12345/2023, PLD 2010 SC 123, 2015 SCMR 1724.",
        "MKL-2026-7K3QX9D0 is the concern.",
        "Rs. 50,000,000 and PKR 3500000000000 were lost, 1000000 rupees each.",
        "Rs 3520212345671 were paid, 3500000000000 روپے",
        "The helpline 1799, 1099, 0800-39393, 1121 and 111-786-786.",
        "10 20 30 40 50 60 70 80 90, and 1. 2. 3. 4. 5.",
        "The accused was taken to court. The accused Police officials of FIA said nothing.",
        "The victims of trafficking, and the accused in this case, are afraid.",
        "mulzim ne kaha ke wo nahi tha aur police ne mulzim ko pakra",
        "ملزم نے کہا کہ وہ نہیں تھا، پولیس نے ملزم کو گرفتار کیا",
        "مقدمہ نمبر ۱۲۳/۲۰۲۴ بتاریخ ۲۸-۱۱-۲۰۲۵ دفعہ ۳۰۲",
        "The house of 12 people; gali mein; mohalla Islampura; ghar mein 5 log",
        "We are 20% @ home, p = 0.1234 and 3.14159 times.",
        "COVID-19, AK-47, UN-1325, F-16 and JIT-2024",
        "son of a farmer, daughter of the village",
        "Section 45 of the act, Article 6, section 11-C and Article 25-A in Model Town",
        "Sector 11 has 4 schools, and 45 schools are in Model Town and 12 in Block C.",
        "FIR under 9-C Model Town, sections 9-B, 9-C Model Town and 302/34-B Model Town",
        "House committee 45 members; house 45 members of society; flat 10 percent road tax",
        "Plot Nov 5 and the house 45 km from town; the award no 5 and wards 5 and 6",
        "چک 5000 روپے کا تھا، چک نمبر 12345678 اور گھر میں 12 لوگ",
        "in 2024 the rate was 31.520, north 3 east 4, from 31.520 to 74.358",
        "lat 3 lon 4, a flat 31.520 and 74.358, 31.520, 74.358",
        "EPA 2024 report, the lea-ding car in 2024, a bus of 120 people, lea 1234 and LEA 1234",
        "Corolla GLI 2015, Honda CD 70, CG-125, Suzuki Alto 660, Honda Civic 2018 and bus fare 200",
        "sal 2020 ki gari, is 1300 wali gari, in 100 car accidents, all 200 bus drivers",
        "گاڑی میں 20 لوگ تھے، گاڑی کے 200 روپے",
        "accused of theft, accused in the case, accused ASI said so, accused (in custody)",
        "The accused person was released. accused No. 1 was absent; accused no. 2 Court",
        "The accused SHO Model Town, accused DSP Traffic Lahore, accused Inspector General of Police, accused Assistant Director",
        "The accused officer. The victims (Human Trafficking) and accused persons (two)",
        "ملزم سب انسپکٹر نے کہا، ملزم نمبر 1 فرار ہے",
        "2,345,678 cases in 2024; a rise of 12.5% to 1,234.50",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn spans_are_of_whole_characters_as_readers_see_them() {
    // The last digit carries a mark that belongs to it.
    only(
        "3520212345671\u{301} x",
        PersonalKind::Cnic,
        "3520212345671\u{301}",
    );
    let spans = personal_information("👩‍👩‍👧 03001234567");
    assert_eq!((spans[0].start, spans[0].end), (6, 17));
}

#[test]
fn so_many_are_named_and_no_more() {
    let text = |times| "a@example.org, ".repeat(times);
    assert_eq!(personal_information(&text(Span::MAX)).len(), Span::MAX);
    assert_eq!(personal_information(&text(Span::MAX + 1)).len(), Span::MAX);
}

#[test]
fn danger_is_heard_in_three_languages() {
    for text in [
        "I want to kill myself",
        "They threaten me every day",
        "My sister was kidnapped",
        "bhai ko aghwa kar liya",
        "mujhe jaan ka khatra hai",
        "meri jaan ko khatra hai",
        "main khatre mein hoon, mujhe maar rahe hain",
        "mai khatray mein hun",
        "woh mujhe maar denge",
        "mujhe bachao",
        "My friend is held by traffickers",
        "میں خطرے میں ہوں",
        "مجھے بچاؤ",
        "وہ مجھے قتل کر دیں گے",
        "میری مدد کریں، وہ مجھے مار دیں گے",
        "میں خودکشی کرنا چاہتا ہوں",
        "اُسے اغواء کر لیا گیا",
        "بچوں کے ساتھ زیادتی",
    ] {
        assert!(tells_of_danger(text), "{text}");
    }
    for text in [
        "The road is closed",
        "Police ne rasta band kiya",
        "Bazaar mein bohat rush tha",
        "سڑک بند ہے",
        "بازار میں بہت رش تھا",
    ] {
        assert!(!tells_of_danger(text), "{text}");
    }
}

proptest! {
    #[test]
    fn spans_are_sorted_apart_and_within_the_text(text in "([0-9@.+ a-z\u{200b}\u{301}۰-۹-]|ملزم |mulzim |accused no |house no |45-b Model Town|chak |gari |lea-12|lat ){0,200}") {
        let mut before = 0;
        for span in personal_information(&text) {
            prop_assert!(before <= span.start && span.start < span.end);
            before = span.end;
        }
        prop_assert!(before <= text.chars().count());
    }
}

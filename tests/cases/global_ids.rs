//! Global ids: opaque to clients, and read as what they name or as nothing.

use api::schema::global_id::{Kind, decode, encode, expect};
use uuid::Uuid;

#[test]
fn an_id_reads_back_as_what_it_names() {
    let id = Uuid::from_u128(7);
    for kind in Kind::ALL {
        assert_eq!(decode(&encode(kind, id)), Some((kind, id)));
    }
}

#[test]
fn what_is_no_id_names_nothing() {
    let of_post = encode(Kind::Post, Uuid::from_u128(7));
    assert_eq!(expect::<Uuid>(Kind::Thread, &of_post), Uuid::nil());
    for text in [
        "",
        "1",
        "not base64 at all!!!!!!!",
        &"A".repeat(1_000_000),
        "\0",
    ] {
        assert_eq!(expect::<Uuid>(Kind::Thread, text), Uuid::nil());
    }
}

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::Duration;
use proptest::prelude::*;

use super::{MessageKind, Retries, is_public};
use crate::event::EventKind;

fn v4(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

fn public(text: &str) -> bool {
    is_public(text.parse().unwrap())
}

/// The first and the last address of each closed network of IPv4.
const CLOSED: [(&str, &str); 18] = [
    ("0.0.0.0", "0.255.255.255"),
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("168.63.129.16", "168.63.129.16"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.31.196.0", "192.31.196.255"),
    ("192.52.193.0", "192.52.193.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("192.175.48.0", "192.175.48.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "255.255.255.255"),
];

fn is_closed(address: Ipv4Addr) -> bool {
    CLOSED
        .iter()
        .any(|(first, last)| (v4(first)..=v4(last)).contains(&address))
}

#[test]
fn each_closed_network_is_closed_to_its_edges_and_not_beyond() {
    for (first, last) in CLOSED {
        assert!(!public(first), "{first}");
        assert!(!public(last), "{last}");
        for beyond in [
            u32::from(v4(first)).checked_sub(1),
            u32::from(v4(last)).checked_add(1),
        ] {
            let Some(beyond) = beyond.map(Ipv4Addr::from) else {
                continue;
            };
            assert_eq!(is_public(beyond.into()), !is_closed(beyond), "{beyond}");
        }
    }
    for address in ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0"] {
        assert!(public(address), "{address}");
    }
}

#[test]
fn of_ipv6_only_what_was_given_out_is_public() {
    for address in [
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2a00::1",
        "2001:200::1",
        "3ffd:ffff::1",
        "64:ff9b::8.8.8.8",
    ] {
        assert!(public(address), "{address}");
    }
    for address in [
        "::",
        "::1",
        "::2",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8",
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::8.8.8.8",
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
        "100::1",
        "1fff:ffff::1",
        "2001::1",
        "2001:1ff:ffff::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "2002:808:808::1",
        "2620:4f:8000::1",
        "2a00::5efe:10.0.0.1",
        "2a00::200:5efe:127.0.0.1",
        "3ffe::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fdff:ffff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ] {
        assert!(!public(address), "{address}");
    }
}

proptest! {
    #[test]
    fn an_address_of_ipv4_is_public_unless_its_network_is_closed(bits: u32) {
        let address = Ipv4Addr::from(bits);
        prop_assert_eq!(is_public(address.into()), !is_closed(address));
    }

    #[test]
    fn no_writing_of_a_closed_address_opens_it(bits: u32, host: u64) {
        let address = Ipv4Addr::from(bits);
        let [a, b, c, d] = address.octets().map(u16::from);
        let (high, low) = (a << 8 | b, c << 8 | d);
        let one = u16::try_from(host % 0xffff).unwrap();
        let forms = [
            Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
            address.to_ipv6_mapped(),
            Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 1, one, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, one, 0, 0, 0, 1),
            Ipv6Addr::new(0x2a00, one, 0, 0, 0, 0x5efe, high, low),
            Ipv6Addr::new(0x2a00, one, 0, 0, 0x200, 0x5efe, high, low),
        ];
        for form in forms {
            if is_closed(address) {
                prop_assert!(!is_public(IpAddr::V6(form)), "{form}");
            }
        }
    }

    #[test]
    fn nothing_outside_what_was_given_out_is_public(bits: u128) {
        let address = Ipv6Addr::from(bits);
        let translated = address.segments()[0..6] == [0x64, 0xff9b, 0, 0, 0, 0];
        if bits >> 125 != 1 && !translated {
            prop_assert!(!is_public(IpAddr::V6(address)));
        }
    }

    #[test]
    fn retries_wait_longer_and_longer(failures in 1_u32..12, random: u32) {
        let wait = RETRIES.after(failures, random).unwrap();
        let plain = 30_000_i64.saturating_mul(4_i64.saturating_pow(failures - 1)).min(43_200_000);
        let spread = (wait.num_milliseconds() - plain).abs();
        prop_assert!(spread <= plain / 5, "{wait} is not about {plain} ms");
    }

    #[test]
    fn a_message_is_given_up_when_its_time_is_over(failures in 12_u32.., random: u32) {
        prop_assert_eq!(RETRIES.after(failures, random), None);
    }
}

/// Half a minute to half a day, for three days: 11 hours and 22 minutes until
/// the waits are the longest, and five of those.
const RETRIES: Retries = Retries {
    first: Duration::seconds(30),
    longest: Duration::hours(12),
    give_up_after: Duration::days(3),
};

#[test]
fn those_who_failed_together_do_not_come_back_together() {
    let after = |random| RETRIES.after(3, random).unwrap();
    assert_eq!(after(0), Duration::seconds(480 * 8 / 10));
    assert_eq!(after(1000), Duration::seconds(480 * 12 / 10));
    assert_eq!(after(500), Duration::seconds(480));
}

#[test]
fn whatever_is_told_keeps_the_name_of_its_event() {
    for event in EventKind::ALL {
        if let Some(kind) = MessageKind::of(*event) {
            assert_eq!(kind.code(), event.code());
            assert!(kind.is_chosen());
        }
    }
}

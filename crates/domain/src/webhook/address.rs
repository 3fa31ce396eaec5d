//! Which addresses a webhook may be at: those of the public internet, and no
//! others.
//!
//! A webhook's address is chosen by somebody outside. Whatever the server can
//! reach and he cannot must not be among them: its own ports, its network,
//! the addresses at which clouds tell machines their keys. So everything is
//! refused that the registries of special addresses (IANA: IPv4 and IPv6
//! Special-Purpose Address Registry) do not call globally reachable; of IPv6
//! only what was given out for that (2000::/3) is let through, and whatever
//! carries an IPv4 address within is judged by that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are not the public internet.
const CLOSED_V4: &[(Ipv4Addr, u32)] = &[
    // "This network", with the unspecified address (RFC 791).
    (Ipv4Addr::UNSPECIFIED, 8),
    // Private (RFC 1918).
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Shared by the customers of a carrier (RFC 6598); also where one cloud
    // has its metadata, 100.100.100.200.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // Loopback (RFC 1122).
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local (RFC 3927), with the metadata of most clouds at
    // 169.254.169.254.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // Protocol assignments (RFC 6890), and one cloud's metadata, 192.0.0.192.
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // For documentation (RFC 5737).
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Relays of 6to4, given up (RFC 7526).
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    // Direct delegation to blackhole servers (RFC 7534), and AMT (RFC 7450).
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    // Benchmarks (RFC 2544).
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // Multicast (RFC 1112), reserved (the same), broadcast (RFC 919).
    (Ipv4Addr::new(224, 0, 0, 0), 3),
    // The server platform of one cloud, reachable from within alone.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
];

/// Networks within 2000::/3 that are not the public internet.
const CLOSED_V6: &[(Ipv6Addr, u32)] = &[
    // Protocol assignments (RFC 2928): Teredo, benchmarks, ORCHID and others.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // For documentation (RFC 3849, RFC 9637).
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // Blackhole servers (RFC 7535).
    (Ipv6Addr::new(0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0), 48),
    // The old test network (RFC 3701).
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16),
];

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !CLOSED_V4.iter().any(|(network, length)| {
        let shift = 32 - length;
        bits >> shift == u32::from(*network) >> shift
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(within) = carried(address) {
        // Both must be public: a translator may or may not stand on the way.
        return is_public_v4(within) && is_translated(address);
    }
    let bits = u128::from(address);
    let given_out = bits >> 125 == 1;
    given_out
        && !CLOSED_V6.iter().any(|(network, length)| {
            let shift = 128 - length;
            bits >> shift == u128::from(*network) >> shift
        })
}

/// Whether an address that carries one of IPv4 may be connected to at all, if
/// that one may: where a translator of the public internet stands there
/// (NAT64, RFC 6052). The others are given up, or only a way of writing.
fn is_translated(address: Ipv6Addr) -> bool {
    address.segments()[0..6] == [0x64, 0xff9b, 0, 0, 0, 0]
}

/// The address of IPv4 that one of IPv6 carries within, where it is of a kind
/// that does.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let [high, low] = [segments[6], segments[7]];
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    // Unspecified and loopback are among those "compatible" with IPv4
    // (RFC 4291, given up); mapped (the same); translated (RFC 2765).
    let written = matches!(
        segments,
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _] | [0, 0, 0, 0, 0xffff, 0, _, _]
    );
    // NAT64 (RFC 6052), and within one network (RFC 8215).
    let translated = matches!(
        segments,
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] | [0x64, 0xff9b, 1, _, _, _, _, _]
    );
    // ISATAP (RFC 5214): whatever the network.
    let isatap = matches!(segments, [_, _, _, _, 0 | 0x200, 0x5efe, _, _]);
    if written || translated || isatap {
        return Some(join(high, low));
    }
    // 6to4 (RFC 3056).
    (segments[0] == 0x2002).then(|| join(segments[1], segments[2]))
}

//! `IpNetwork`: An IPv4 address with its last part 0; an IPv6 address written out.

use super::call::{Arguments, Make};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use std::net::{Ipv4Addr, Ipv6Addr};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "IpNetwork(ip: str) -> str",
    about: "An IPv4 address with its last part 0; an IPv6 address written out.",
    example: "Network = IpNetwork(ip=IpText)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(call),
};

fn call<'e>(arguments: &Arguments<'_, 'e>, _: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        let [a, b, c, _] = address.octets();
        return Ok(Value::text(&format!("{a}.{b}.{c}.0")));
    }
    let address: Ipv6Addr = text.parse().map_err(|_| Fault::Error("this is no address"))?;
    let groups: Vec<String> = address.segments().iter().map(|group| format!("{group:x}")).collect();
    Ok(Value::text(&groups.join(":")))
}

//! What the host knows of an account, and how it reads names.

use super::Builtin;
use super::call::{Arguments, Make};
use crate::eval::python::to_str;
use crate::eval::value::{Fault, Value};

pub(super) static ALL: &[&Builtin] =
    &[&ACCOUNT_AGE, &ACCOUNT_EVENTS, &ACCOUNT_STANDING, &HANDLE_STEM, &NAME_SKELETON];

static ACCOUNT_AGE: Builtin = Builtin::of_the_world(
    "AccountAge(account: Entity) -> TimeDelta",
    "How long ago, in whole days, the first event of an account was; nothing, without an error, of one never seen.",
    "IsNew = AccountAge(account=UserId) < TimeDelta(days=2)",
    Make::Plain(|arguments, world| Ok(Value::TimeDelta(world.host.account_age(&id(arguments)?)?))),
);
static ACCOUNT_EVENTS: Builtin = Builtin::of_the_world(
    "AccountEvents(account: Entity) -> int",
    "How many events of an account there were, this one included; 0 of one never seen.",
    "Seldom = AccountEvents(account=UserId) < 10",
    Make::Plain(|arguments, world| {
        let count = world.host.account_events(&id(arguments)?)?;
        Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
    }),
);
static ACCOUNT_STANDING: Builtin = Builtin::of_the_world(
    "AccountStanding(account: Entity) -> str",
    "How an account stands by the newest decision: 'unjudged', 'cleared', 'violating' or 'suspended'.",
    "Known = AccountStanding(account=UserId) == 'violating'",
    Make::Plain(|arguments, world| Ok(Value::text(world.host.account_standing(&id(arguments)?)?))),
);
static HANDLE_STEM: Builtin = Builtin::of_the_world(
    "HandleStem(handle: str) -> Optional[str]",
    "What variations of one handle have in common: of `Grey_Heron88` and `greyheron` the same. None of short ones.",
    "Stem = HandleStem(handle=Text)",
    Make::Plain(|arguments, world| {
        world.pay(arguments.text(0)?.len())?;
        Ok(world.host.handle_stem(arguments.text(0)?)?.map_or(Value::None, |stem| Value::text(&stem)))
    }),
);
static NAME_SKELETON: Builtin = Builtin::of_the_world(
    "NameSkeleton(name: str) -> Optional[str]",
    "A name as an eye reads it: confusable characters of all scripts folded (Unicode TR 39), letters alone. None of short ones.",
    "Skeleton = NameSkeleton(name=Text)",
    Make::Plain(|arguments, world| {
        world.pay(arguments.text(0)?.len())?;
        Ok(world.host.name_skeleton(arguments.text(0)?)?.map_or(Value::None, |name| Value::text(&name)))
    }),
);

fn id(arguments: &Arguments<'_, '_>) -> Result<String, Fault> {
    Ok(to_str(&arguments.entity(0)?.id))
}

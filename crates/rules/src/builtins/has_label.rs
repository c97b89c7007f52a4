//! `HasLabel`: Whether an entity has, or had taken off, a label.

use super::call::{Arguments, Constants, Function, Make, Problem};
use super::{Builtin, Special};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use crate::host::LabelReason;

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "HasLabel(entity: Entity, label: const str, manual: Optional[bool] = None, status: const str = 'added', min_label_age: Optional[TimeDelta] = None, error_on_empty: bool = False) -> bool",
    about: "Whether an entity has, or had taken off, a label.",
    example: "Known = HasLabel(entity=UserId, label='spam')",
    is_pure: false,
    special: Special::None,
    make: Make::Ready(make),
};

fn make(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let label = constants.text("label");
    if !constants.labels.contains_key(label) {
        let hint = crate::check::unknown_label_hint(label, constants.labels);
        return Err(Problem::new("label", format!("unknown label: `{label}`"), hint));
    }
    match constants.text("status") {
        status @ ("added" | "removed") => Ok(Box::new(Has { wants_added: status == "added" })),
        other => Err(Problem::new(
            "status",
            format!("unknown label status: `{other}`"),
            "it is 'added' or 'removed'",
        )),
    }
}

struct Has {
    wants_added: bool,
}

impl Function for Has {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        let entity = arguments.entity(0)?;
        let name = arguments.text(1)?;
        let manual = match arguments.optional(2) {
            None => None,
            Some(Value::Bool(manual)) => Some(*manual),
            Some(_) => return Err(Fault::Error("`manual` is no bool")),
        };
        let labels = world.host.labels(&entity.kind, &crate::eval::python::to_str(&entity.id))?;
        if labels.is_empty() && arguments.bool(5)? {
            return Err(Fault::Error("the entity has no labels at all"));
        }
        let now = world.host.now();
        let lives = |reason: &&LabelReason| reason.expires_at.is_none_or(|expiry| expiry > now);
        let label = labels.iter().find(|label| label.name == name);
        // A label without a living reason counts as absent.
        let Some(label) = label.filter(|label| label.reasons.iter().any(|reason| lives(&reason))) else {
            return Ok(Value::Bool(!self.wants_added && manual != Some(true)));
        };
        if label.is_added != self.wants_added || manual.is_some_and(|manual| manual != label.is_manual) {
            return Ok(Value::Bool(false));
        }
        let Some(age) = arguments.optional_span(4)? else { return Ok(Value::Bool(true)) };
        let oldest = label.reasons.iter().filter(lives).filter_map(|reason| reason.created_at).min();
        let oldest = oldest.ok_or(Fault::Error("no reason of the label says when it was given"))?;
        Ok(Value::Bool(now.saturating_sub(oldest) > age))
    }
}

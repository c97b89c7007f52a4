//! `JsonData`: Reads a value of the event, as the type that its name is annotated with.

use super::call::Make;
use super::{Builtin, Special, language};

pub(super) const BUILTIN: Builtin = Builtin {
    signature: "JsonData(path: const str, required: bool = True, coerce_type: bool = True) -> Any",
    about: "Reads a value of the event, as the type that its name is annotated with.",
    example: "Text: str = JsonData(path='$.post.text')",
    is_pure: false,
    special: Special::JsonData,
    make: Make::Ready(language),
};

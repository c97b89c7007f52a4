//! Python's own texts: `str()` and `repr()` of values, `int()` and `float()` of texts.

use super::json::{Content, Document, NodeId};
use super::value::{Value, seconds};
use num_bigint::BigInt;
use std::fmt::Write;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Appends `str(value)`.
pub(crate) fn write_str(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Text(text) => out.push_str(text),
        Value::Owned(text) => out.push_str(text),
        Value::Entity(entity) => {
            out.push_str(&entity.kind);
            out.push('/');
            write_str(out, &entity.id);
        }
        other => write_repr(out, other),
    }
}

fn write_repr(out: &mut String, value: &Value<'_>) {
    // Writing to a String never fails.
    let _ = match value {
        Value::Failed | Value::None => write!(out, "None"),
        Value::Bool(true) | Value::Rule(_, true) => write!(out, "True"),
        Value::Bool(false) | Value::Rule(_, false) => write!(out, "False"),
        Value::Int(number) => write!(out, "{number}"),
        Value::Big(number) => write!(out, "{number}"),
        Value::Float(number) => write!(out, "{}", float(*number)),
        Value::TimeDelta(micros) => write!(out, "{}", float(seconds(*micros))),
        Value::Text(text) => write!(out, "{}", quoted(text)),
        Value::Owned(text) => write!(out, "{}", quoted(text)),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_repr(out, item);
            }
            write!(out, "]")
        }
        Value::Entity(_) => {
            write_str(out, value);
            Ok(())
        }
        Value::Experiment(_) => {
            let list = value.unwrapped();
            write_repr(out, &list);
            Ok(())
        }
        Value::Effect(_) => write!(out, "effect"),
    };
}

/// `str(value)`.
pub(crate) fn to_str(value: &Value<'_>) -> String {
    let mut out = String::new();
    write_str(&mut out, value);
    out
}

/// `repr` of a part of an event, as `str()` of a dict or list gives it.
pub(crate) fn write_json_repr(out: &mut String, document: &Document<'_>, node: NodeId) {
    match document.content(node) {
        Content::Array => {
            out.push('[');
            for (index, item) in document.children(node).enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_json_repr(out, document, item);
            }
            out.push(']');
        }
        Content::Object => {
            out.push('{');
            for (index, member) in document.members(node).into_iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&quoted(document.key(member)));
                out.push_str(": ");
                write_json_repr(out, document, member);
            }
            out.push('}');
        }
        _ => write_repr(out, &document.scalar(node).unwrap_or(Value::None)),
    }
}

/// `repr` of a float: the shortest digits that read back as the same number.
pub(crate) fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for letter in text.chars() {
        let code = u32::from(letter);
        let _ = match letter {
            '\\' => write!(out, "\\\\"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            _ if letter == quote => write!(out, "\\{letter}"),
            ' '..='~' => write!(out, "{letter}"),
            _ if is_printable(letter) => write!(out, "{letter}"),
            _ if code <= 0xFF => write!(out, "\\x{code:02x}"),
            _ if code <= 0xFFFF => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
    out.push(quote);
    out
}

fn is_printable(letter: char) -> bool {
    !matches!(letter.general_category_group(), GeneralCategoryGroup::Separator | GeneralCategoryGroup::Other)
}

/// White space as Python's `str.strip` and `str.split` see it.
pub(crate) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{1c}'..='\u{1f}')
}

/// `int(text)`.
pub(crate) fn parse_int(text: &str) -> Option<BigInt> {
    let text = text.trim_matches(is_space);
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let plain = without_underscores(digits)?;
    if plain.len() > 4_300 {
        return None;
    }
    let plain: Option<String> = plain.chars().map(decimal_digit).collect();
    let number = BigInt::parse_bytes(plain.filter(|plain| !plain.is_empty())?.as_bytes(), 10)?;
    Some(if negative { -number } else { number })
}

/// `float(text)`.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_space);
    let plain: String = without_underscores(text)?.chars().map(|l| decimal_digit(l).unwrap_or(l)).collect();
    let lower = plain.to_ascii_lowercase();
    match lower.trim_start_matches(['+', '-']) {
        // Rust reads these words, too; Python knows no other ones.
        "inf" | "infinity" | "nan" => {}
        rest if rest.starts_with(|l: char| l.is_ascii_digit() || l == '.') => {}
        _ => return None,
    }
    lower.parse().ok()
}

/// Removes single underscores between digits; any other one makes the number invalid.
fn without_underscores(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| letters.get(at)).is_some_and(|letter| decimal_digit(*letter).is_some())
    };
    let mut plain = String::with_capacity(text.len());
    for (at, letter) in letters.iter().enumerate() {
        if *letter != '_' {
            plain.push(*letter);
        } else if !is_digit(at.checked_sub(1)) || !is_digit(Some(at + 1)) {
            return None;
        }
    }
    Some(plain)
}

/// The ASCII digit that a decimal digit of any script stands for.
fn decimal_digit(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return letter.is_ascii_digit().then_some(letter);
    }
    if letter.general_category() != unicode_properties::GeneralCategory::DecimalNumber {
        return None;
    }
    // Digits of a script are contiguous from its zero; the mathematical ones are five such runs.
    let code = u32::from(letter);
    let offset = if (0x1D7CE..=0x1D7FF).contains(&code) {
        (code - 0x1D7CE) % 10
    } else {
        (0..10)
            .take_while(|back| {
                char::from_u32(code - back).is_some_and(|l| {
                    l.general_category() == unicode_properties::GeneralCategory::DecimalNumber
                })
            })
            .last()?
    };
    char::from_digit(offset % 10, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_python_prints_them() {
        let cases = [
            (1.0, "1.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (1.5e-5, "1.5e-05"),
            (0.0001, "0.0001"),
            (-0.0, "-0.0"),
            (1e300, "1e+300"),
            (f64::NAN, "nan"),
        ];
        for (number, text) in cases {
            assert_eq!(float(number), text);
        }
    }

    #[test]
    fn numbers_are_read_as_python_reads_them() {
        assert_eq!(parse_int(" 1_0 "), Some(BigInt::from(10)));
        assert_eq!(parse_int("-٣"), Some(BigInt::from(-3)));
        for bad in ["", "1.5", "1__0", "_1", "1_", "abc", "--1", "0x10"] {
            assert_eq!(parse_int(bad), None, "{bad}");
        }
        assert_eq!(parse_float("1_0"), Some(10.0));
        assert_eq!(parse_float(" .5 "), Some(0.5));
        assert_eq!(parse_float("-Infinity"), Some(f64::NEG_INFINITY));
        for bad in ["", "abc", "1e", "infin", "e5", "."] {
            assert_eq!(parse_float(bad), None, "{bad}");
        }
    }

    #[test]
    fn json_prints_as_python_prints_its_objects() {
        let document = Document::parse(br#"{"a": ["x'y", 1.0, null, true, {"k": "\u0007\u00e9"}]}"#).unwrap();
        let mut out = String::new();
        write_json_repr(&mut out, &document, 0);
        assert_eq!(out, r#"{'a': ["x'y", 1.0, None, True, {'k': '\x07é'}]}"#);
    }
}

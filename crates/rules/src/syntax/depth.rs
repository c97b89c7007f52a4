//! Looks at the depth of a text before the parser does: what recurses later recurses within a bound.

use cordon_model::limits::RULE_EXPRESSION_DEPTH_MAX;

/// The first byte at which brackets and operators nest deeper than the bound, if any.
///
/// Counts open brackets plus, within each, the operators since the last comma: `1 + 1 + 1` nests as deep as
/// `(1 + (1 + 1))` does. Strings and comments are stepped over.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut operators: Vec<usize> = vec![0];
    let mut total = 0;
    let mut indent_max = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'#' => {
                at += memchr::memchr(b'\n', bytes.get(at..)?).unwrap_or(bytes.len() - at);
                continue;
            }
            b'\'' | b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'(' | b'[' | b'{' => {
                count(&mut operators, &mut total);
                operators.push(0);
            }
            b')' | b']' | b'}' if operators.len() > 1 => {
                total -= operators.pop().unwrap_or(0);
            }
            b',' => clear(&mut operators, &mut total),
            b';' | b'\n' if operators.len() == 1 => {
                clear(&mut operators, &mut total);
                let rest = bytes.get(at + 1..)?;
                indent_max = indent_max.max(rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count());
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>' | b'|' | b'^' | b'&' | b'~' | b'.' | b':'
            | b'@' => {
                count(&mut operators, &mut total);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let word = bytes.get(at..)?;
                let length = word.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                if matches!(
                    word.get(..length)?,
                    b"not" | b"if" | b"else" | b"elif" | b"lambda" | b"await" | b"yield" | b"for"
                ) {
                    count(&mut operators, &mut total);
                }
                at += length;
                if total > RULE_EXPRESSION_DEPTH_MAX {
                    return Some(at - length);
                }
                continue;
            }
            _ => {}
        }
        if total > RULE_EXPRESSION_DEPTH_MAX || indent_max > RULE_EXPRESSION_DEPTH_MAX {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn count(operators: &mut [usize], total: &mut usize) {
    if let Some(last) = operators.last_mut() {
        *last += 1;
        *total += 1;
    }
}

fn clear(operators: &mut [usize], total: &mut usize) {
    if let Some(last) = operators.last_mut() {
        *total -= *last;
        *last = 0;
    }
}

/// The byte after the string that starts at `at`; an unclosed one ends with its line, or the text.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let quote = bytes.get(at).copied().unwrap_or(b'"');
    let triple = bytes.get(at..at + 3).is_some_and(|three| three.iter().all(|byte| *byte == quote));
    let mut at = at + if triple { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            _ if byte == quote && !triple => return at + 1,
            _ if byte == quote && bytes.get(at..at + 3).is_some_and(|t| t.iter().all(|b| *b == quote)) => {
                return at + 3;
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_flat_and_long_sums_are_deep() {
        assert_eq!(too_deep(&format!("A = [{}]\n", "-1, ".repeat(5_000))), None);
        assert_eq!(too_deep(&"A = 1 + 1\n".repeat(5_000)), None);
        assert!(too_deep(&format!("A = {}1\n", "1 + ".repeat(500))).is_some());
        assert!(too_deep(&format!("A = {}", "(".repeat(500))).is_some());
        assert!(too_deep(&format!("A = {} True", "not ".repeat(500))).is_some());
        assert_eq!(too_deep(&format!("A = '{}'\n# {}", "(".repeat(500), "(".repeat(500))), None);
    }
}

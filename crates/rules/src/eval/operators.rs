//! Python's arithmetic and comparisons over values.

use super::value::{Fault, Outcome, Value};
use crate::syntax::tree::{Comparator, Operator};
use cordon_model::limits::{RULE_INTEGER_BITS_MAX, RULE_VALUE_SIZE_MAX};
use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::sync::Arc;

/// A whole number, if the value is one; booleans are none here.
fn big(value: &Value<'_>) -> Option<BigInt> {
    match value {
        Value::Int(number) => Some(BigInt::from(*number)),
        Value::Big(number) => Some((**number).clone()),
        _ => None,
    }
}

/// A number as a float; whole numbers beyond its range raise.
pub(crate) fn to_float(value: &Value<'_>) -> Result<f64, Fault> {
    match value {
        Value::Float(number) => Ok(*number),
        #[expect(clippy::cast_precision_loss, reason = "Python, too, rounds to the nearest float")]
        Value::Int(number) => Ok(*number as f64),
        Value::Big(number) => number
            .to_f64()
            .filter(|number| number.is_finite())
            .ok_or(Fault::Error("whole number is too large for a float")),
        _ => Err(Fault::Error("operand is not a number")),
    }
}

fn bounded<'e>(number: BigInt) -> Outcome<'e> {
    if number.bits() > RULE_INTEGER_BITS_MAX {
        return Err(Fault::Error("whole number grows too large"));
    }
    Ok(Value::big(number))
}

/// `left operator right`; both have values.
pub(crate) fn arithmetic<'e>(operator: Operator, left: &Value<'_>, right: &Value<'_>) -> Outcome<'e> {
    if let (Value::Int(left), Value::Int(right)) = (left, right)
        && let Some(value) = small(operator, *left, *right)
    {
        return Ok(value);
    }
    if let (Some(left), Some(right)) = (big(left), big(right)) {
        return whole(operator, &left, &right);
    }
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text()) {
        return match operator {
            Operator::Add if left.len() + right.len() <= RULE_VALUE_SIZE_MAX => {
                Ok(Value::Owned(Arc::from([left, right].concat())))
            }
            Operator::Add => Err(Fault::Error("text grows too long")),
            _ => Err(Fault::Error("operands do not fit the operator")),
        };
    }
    match (left.as_text(), right.as_text()) {
        (Some(text), None) => repeat(operator, text, right),
        (None, Some(text)) => repeat(operator, text, left),
        _ => floats(operator, to_float(left)?, to_float(right)?),
    }
}

/// The frequent cases, in 64 bits; nothing where they overflow or need care.
fn small<'e>(operator: Operator, left: i64, right: i64) -> Option<Value<'e>> {
    let value = match operator {
        Operator::Add => left.checked_add(right)?,
        Operator::Subtract => left.checked_sub(right)?,
        Operator::Multiply => left.checked_mul(right)?,
        Operator::FloorDivide | Operator::Modulo | Operator::Divide if right == 0 => 0,
        Operator::FloorDivide => {
            let quotient = left.checked_div(right)?;
            quotient - i64::from(left % right != 0 && (left < 0) != (right < 0))
        }
        Operator::Modulo => {
            let rest = left.checked_rem(right)?;
            if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest }
        }
        Operator::BitAnd => left & right,
        Operator::BitOr => left | right,
        Operator::BitXor => left ^ right,
        _ => return None,
    };
    Some(Value::Int(value))
}

fn whole<'e>(operator: Operator, left: &BigInt, right: &BigInt) -> Outcome<'e> {
    match operator {
        Operator::Add => bounded(left + right),
        Operator::Subtract => bounded(left - right),
        Operator::Multiply => bounded(left * right),
        Operator::Divide | Operator::FloorDivide | Operator::Modulo if right.is_zero() => Ok(Value::Int(0)),
        Operator::Divide => true_divide(left, right),
        Operator::FloorDivide => bounded(floor_divide(left, right)),
        Operator::Modulo => bounded(left - floor_divide(left, right) * right),
        Operator::BitAnd => bounded(left & right),
        Operator::BitOr => bounded(left | right),
        Operator::BitXor => bounded(left ^ right),
        Operator::ShiftLeft | Operator::ShiftRight => shift(operator, left, right),
        Operator::Power => power(left, right),
    }
}

fn floor_divide(left: &BigInt, right: &BigInt) -> BigInt {
    let quotient = left / right;
    let rest = left - &quotient * right;
    if !rest.is_zero() && (rest.sign() == Sign::Minus) != (right.sign() == Sign::Minus) {
        quotient - 1
    } else {
        quotient
    }
}

/// The float nearest to the exact quotient.
fn true_divide<'e>(left: &BigInt, right: &BigInt) -> Outcome<'e> {
    const EXACT: u64 = 53;
    if left.bits() <= EXACT && right.bits() <= EXACT {
        let (left, right) = (left.to_f64().unwrap_or(0.0), right.to_f64().unwrap_or(1.0));
        return Ok(Value::Float(left / right));
    }
    // Scaled so that the quotient has 64 bits and more, with a sticky last bit for what is cut off.
    let shift = i64::try_from(right.bits()).unwrap_or(0) - i64::try_from(left.bits()).unwrap_or(0) + 66;
    let (numerator, denominator) = if shift >= 0 {
        (left.abs() << shift.unsigned_abs(), right.abs())
    } else {
        (left.abs(), right.abs() << shift.unsigned_abs())
    };
    let mut quotient = &numerator / &denominator;
    if &quotient * &denominator != numerator {
        quotient |= BigInt::from(1);
    }
    let exponent = i32::try_from(-shift).unwrap_or(i32::MAX);
    let mut value = quotient.to_f64().unwrap_or(f64::INFINITY);
    // In two steps, so that neither leaves the range on its own.
    let half = exponent / 2;
    value = value * 2f64.powi(half) * 2f64.powi(exponent - half);
    if !value.is_finite() {
        return Err(Fault::Error("quotient is too large for a float"));
    }
    let negative = (left.sign() == Sign::Minus) != (right.sign() == Sign::Minus);
    Ok(Value::Float(if negative { -value } else { value }))
}

fn shift<'e>(operator: Operator, left: &BigInt, right: &BigInt) -> Outcome<'e> {
    if right.sign() == Sign::Minus {
        return Err(Fault::Error("negative shift count"));
    }
    let count = right.to_u64().unwrap_or(u64::MAX);
    if operator == Operator::ShiftRight {
        return bounded(if count > left.bits() {
            BigInt::from(if left.sign() == Sign::Minus { -1 } else { 0 })
        } else {
            left >> count
        });
    }
    if left.is_zero() {
        return Ok(Value::Int(0));
    }
    if count > RULE_INTEGER_BITS_MAX {
        return Err(Fault::Error("whole number grows too large"));
    }
    bounded(left << count)
}

fn power<'e>(left: &BigInt, right: &BigInt) -> Outcome<'e> {
    if right.sign() == Sign::Minus {
        if left.is_zero() {
            return Err(Fault::Error("0 cannot be raised to a negative power"));
        }
        return floats(
            Operator::Power,
            to_float(&Value::big(left.clone()))?,
            to_float(&Value::big(right.clone()))?,
        );
    }
    let exponent = right.to_u32().unwrap_or(u32::MAX);
    if left.bits() > 1
        && left.bits().saturating_sub(1).saturating_mul(u64::from(exponent)) > RULE_INTEGER_BITS_MAX
    {
        return Err(Fault::Error("whole number grows too large"));
    }
    // 0, 1 and -1 stay small whatever the exponent, of which only oddness counts.
    let exponent = if left.bits() <= 1 && exponent > 1 { 2 + u32::from(right.bit(0)) } else { exponent };
    bounded(left.pow(exponent))
}

fn repeat<'e>(operator: Operator, text: &str, count: &Value<'_>) -> Outcome<'e> {
    let (Operator::Multiply, Some(count)) = (operator, big(count)) else {
        return Err(Fault::Error("operands do not fit the operator"));
    };
    if count.sign() != Sign::Plus || text.is_empty() {
        return Ok(Value::Text(""));
    }
    match count.to_usize() {
        Some(count) if count.saturating_mul(text.len()) <= RULE_VALUE_SIZE_MAX => {
            Ok(Value::Owned(Arc::from(text.repeat(count))))
        }
        _ => Err(Fault::Error("text grows too long")),
    }
}

fn floats<'e>(operator: Operator, left: f64, right: f64) -> Outcome<'e> {
    let value = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide | Operator::FloorDivide | Operator::Modulo if right == 0.0 => {
            return Ok(Value::Int(0));
        }
        Operator::Divide => left / right,
        Operator::FloorDivide => float_floor_divide(left, right),
        Operator::Modulo => float_modulo(left, right),
        Operator::Power => float_power(left, right)?,
        _ => return Err(Fault::Error("operands do not fit the operator")),
    };
    Ok(Value::Float(value))
}

fn float_modulo(left: f64, right: f64) -> f64 {
    let rest = left % right;
    if rest == 0.0 {
        0f64.copysign(right)
    } else if (rest < 0.0) != (right < 0.0) {
        rest + right
    } else {
        rest
    }
}

fn float_floor_divide(left: f64, right: f64) -> f64 {
    let rest = left % right;
    let mut quotient = (left - rest) / right;
    if rest != 0.0 && (rest < 0.0) != (right < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return 0f64.copysign(left / right);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

fn float_power(left: f64, right: f64) -> Result<f64, Fault> {
    if left == 0.0 && right < 0.0 {
        return Err(Fault::Error("0.0 cannot be raised to a negative power"));
    }
    if left < 0.0 && left.is_finite() && right.is_finite() && right.fract() != 0.0 {
        return Err(Fault::Error("the power is a complex number"));
    }
    let value = left.powf(right);
    if value.is_infinite() && left.is_finite() && right.is_finite() {
        return Err(Fault::Error("the power is too large for a float"));
    }
    Ok(value)
}

/// `-value`.
pub(crate) fn negate<'e>(value: &Value<'_>) -> Outcome<'e> {
    match value {
        Value::Int(number) => {
            Ok(number.checked_neg().map_or_else(|| Value::big(-BigInt::from(*number)), Value::Int))
        }
        Value::Big(number) => Ok(Value::big(-(**number).clone())),
        Value::Float(number) => Ok(Value::Float(-number)),
        // Python's -True is -1; the checks rule it out. Time spans and entities raise, as in Osprey.
        _ => Err(Fault::Error("bad operand type for unary -")),
    }
}

/// Whole numbers and floats compared exactly, as Python does.
fn compare_numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Float(left), right) => compare_exactly(*left, &big(right)?),
        (left, Value::Float(right)) => compare_exactly(*right, &big(left)?).map(Ordering::reverse),
        (left, right) => Some(big(left)?.cmp(&big(right)?)),
    }
}

fn compare_exactly(float: f64, whole: &BigInt) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let floor = BigInt::from_f64(float.floor())?;
    Some(floor.cmp(whole).then(if float.fract() == 0.0 { Ordering::Equal } else { Ordering::Greater }))
}

/// A number that booleans count as, for Python's `True == 1`.
fn as_number<'e>(value: &Value<'e>) -> Value<'e> {
    match value {
        Value::Bool(value) => Value::Int(i64::from(*value)),
        other => other.clone(),
    }
}

/// `left == right`, failed counting as `None`.
#[inline]
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Text(left), Value::Owned(right)) => *left == &**right,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Failed | Value::None, Value::Failed | Value::None) => true,
        (Value::Failed | Value::None, _) | (_, Value::Failed | Value::None) => false,
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| equal(left, right))
        }
        (Value::Entity(left), Value::Entity(right)) => left.kind == right.kind && equal(&left.id, &right.id),
        (Value::Rule(left, _), Value::Rule(right, _)) => left == right,
        (Value::TimeDelta(left), Value::TimeDelta(right)) => left == right,
        (Value::Effect(left), Value::Effect(right)) => left == right,
        (Value::Experiment(left), Value::Experiment(right)) => {
            left.name == right.name && left.index == right.index
        }
        _ => match (left.as_text(), right.as_text()) {
            (Some(left), Some(right)) => left == right,
            (None, None) => compare_numbers(&as_number(left), &as_number(right)) == Some(Ordering::Equal),
            _ => false,
        },
    }
}

fn contains(item: &Value<'_>, container: &Value<'_>) -> Result<bool, Fault> {
    match container {
        Value::List(items) => Ok(items.iter().any(|candidate| equal(item, candidate))),
        Value::None => Ok(false),
        _ => match (item.as_text(), container.as_text()) {
            (Some(item), Some(text)) => Ok(memchr::memmem::find(text.as_bytes(), item.as_bytes()).is_some()),
            (None, Some(_)) if matches!(item, Value::None | Value::Failed) => Ok(false),
            _ => Err(Fault::Error("operands do not fit `in`")),
        },
    }
}

/// `left comparator right`: failed operands propagate or count as `None`, by comparator.
#[inline]
pub(crate) fn compare<'e>(comparator: Comparator, left: &Value<'_>, right: &Value<'_>) -> Outcome<'e> {
    if let (Value::Int(left), Value::Int(right)) = (left, right) {
        // By far the most frequent case.
        match comparator {
            Comparator::Equal => return Ok(Value::Bool(left == right)),
            Comparator::NotEqual => return Ok(Value::Bool(left != right)),
            Comparator::Less => return Ok(Value::Bool(left < right)),
            Comparator::LessOrEqual => return Ok(Value::Bool(left <= right)),
            Comparator::Greater => return Ok(Value::Bool(left > right)),
            Comparator::GreaterOrEqual => return Ok(Value::Bool(left >= right)),
            Comparator::In | Comparator::NotIn => {}
        }
    }
    let is_true = match comparator {
        Comparator::Equal => equal(left, right),
        Comparator::NotEqual => !equal(left, right),
        Comparator::In | Comparator::NotIn => {
            if right.is_failed() {
                return Ok(Value::Failed);
            }
            contains(left, right)? == (comparator == Comparator::In)
        }
        ordering => {
            if left.is_failed() || right.is_failed() {
                return Ok(Value::Failed);
            }
            if matches!(left, Value::None) || matches!(right, Value::None) {
                return Ok(Value::Bool(false));
            }
            let (left, right) = (as_number(left), as_number(right));
            match compare_numbers(&left, &right) {
                Some(order) => match ordering {
                    Comparator::Less => order.is_lt(),
                    Comparator::LessOrEqual => order.is_le(),
                    Comparator::Greater => order.is_gt(),
                    _ => order.is_ge(),
                },
                // Not a number compares as false; anything else has no order.
                None if is_number(&left) && is_number(&right) => false,
                None => return Err(Fault::Error("operands have no order")),
            }
        }
    };
    Ok(Value::Bool(is_true))
}

fn is_number(value: &Value<'_>) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_) | Value::Big(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(operator: Operator, left: i64, right: i64) -> String {
        match arithmetic(operator, &Value::Int(left), &Value::Int(right)) {
            Ok(value) => super::super::python::to_str(&value),
            Err(_) => "raises".into(),
        }
    }

    #[test]
    fn whole_numbers_divide_towards_minus_infinity_and_by_zero_to_zero() {
        assert_eq!(whole(Operator::FloorDivide, -7, 2), "-4");
        assert_eq!(whole(Operator::Modulo, 5, -3), "-1");
        assert_eq!(whole(Operator::Divide, 7, 0), "0");
        assert_eq!(whole(Operator::Modulo, 7, 0), "0");
        assert_eq!(whole(Operator::Divide, 7, 2), "3.5");
        assert_eq!(whole(Operator::Power, 0, -1), "raises");
        assert_eq!(whole(Operator::Power, 2, -1), "0.5");
        assert_eq!(whole(Operator::Power, 2, 100), "1267650600228229401496703205376");
        assert_eq!(whole(Operator::ShiftLeft, 1, -1), "raises");
        assert_eq!(whole(Operator::ShiftLeft, 1, 70), "1180591620717411303424");
        assert_eq!(whole(Operator::ShiftRight, -5, 1), "-3");
        assert_eq!(whole(Operator::Add, i64::MAX, 1), "9223372036854775808");
        assert_eq!(whole(Operator::FloorDivide, i64::MIN, -1), "9223372036854775808");
        assert_eq!(whole(Operator::Divide, i64::MAX, 3), "3.0744573456182584e+18");
        assert_eq!(whole(Operator::Multiply, i64::MAX, i64::MAX), "85070591730234615847396907784232501249");
        assert_eq!(whole(Operator::Power, 10, 1_000_000), "raises");
        assert_eq!(whole(Operator::Power, -1, 1_000_001), "-1");
    }

    #[test]
    fn floats_floor_as_python_does() {
        let float = |operator, left: f64, right: f64| match arithmetic(
            operator,
            &Value::Float(left),
            &Value::Float(right),
        ) {
            Ok(value) => super::super::python::to_str(&value),
            Err(_) => "raises".into(),
        };
        assert_eq!(float(Operator::FloorDivide, -7.5, 2.0), "-4.0");
        assert_eq!(float(Operator::Modulo, -7.5, 2.0), "0.5");
        assert_eq!(float(Operator::Modulo, 5.0, -3.0), "-1.0");
        assert_eq!(float(Operator::Power, -8.0, 0.5), "raises");
        assert_eq!(float(Operator::Divide, 1.0, 0.0), "0");
        assert_eq!(float(Operator::Power, 10.0, 400.0), "raises");
    }

    #[test]
    fn numbers_of_different_kinds_compare_exactly() {
        let less = |left, right| matches!(compare(Comparator::Less, &left, &right), Ok(Value::Bool(true)));
        assert!(less(Value::Int((1 << 53) + 1), Value::Float(9_007_199_254_740_994.0)));
        assert!(!less(Value::Int((1 << 53) + 1), Value::Float(9_007_199_254_740_992.0)));
        assert!(less(Value::Float(-0.5), Value::Int(0)));
        assert!(!less(Value::Float(f64::NAN), Value::Int(0)));
        assert!(equal(&Value::Bool(true), &Value::Int(1)));
        assert!(equal(&Value::Float(1.0), &Value::Int(1)));
    }

    #[test]
    fn failed_counts_as_none_where_equality_is_asked_and_propagates_elsewhere() {
        let check = |comparator, left: Value<'static>, right: Value<'static>| match compare(
            comparator, &left, &right,
        ) {
            Ok(Value::Failed) => "failed",
            Ok(Value::Bool(true)) => "true",
            Ok(Value::Bool(false)) => "false",
            _ => "raises",
        };
        let list = || Value::list(vec![Value::Int(1), Value::None]);
        assert_eq!(check(Comparator::Equal, Value::Failed, Value::None), "true");
        assert_eq!(check(Comparator::NotEqual, Value::Failed, Value::Int(5)), "true");
        assert_eq!(check(Comparator::Less, Value::Failed, Value::Int(5)), "failed");
        assert_eq!(check(Comparator::Less, Value::None, Value::Int(5)), "false");
        assert_eq!(check(Comparator::In, Value::Failed, list()), "true");
        assert_eq!(check(Comparator::In, Value::Int(2), Value::Failed), "failed");
        assert_eq!(check(Comparator::NotIn, Value::None, Value::Text("abc")), "true");
    }
}

//! The cost of an operation, as a sum that is complete except for the lists
//! whose length a variable gives.
//!
//! The document is walked once, when it is first seen. Afterwards a request
//! costs one number, or, where variables size lists, a visit to those lists.

use std::sync::Arc;

use async_graphql::{Name, Value};

/// A cost. Saturating throughout: too much is too much, however much it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sum {
    fixed: u64,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    /// A list sized by a variable, and the cost of one item.
    Sliced { size: Size, item: Arc<Sum> },
    /// The cost of a fragment, which may be spread many times.
    Shared(Arc<Sum>),
    /// A known number of items whose own cost depends on variables.
    Times { count: u64, item: Arc<Sum> },
}

/// How long a list is.
#[derive(Clone, Debug)]
pub(crate) struct Size {
    /// The largest of the arguments given as literals.
    pub(crate) given: Option<u64>,
    /// The variables given as arguments.
    pub(crate) variables: Vec<Name>,
    /// When no argument has a value.
    pub(crate) assumed: u64,
}

/// A list longer than allowed was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Size {
    /// A length that no argument changes.
    pub(crate) const fn of(assumed: u64) -> Self {
        Self {
            given: None,
            variables: Vec::new(),
            assumed,
        }
    }

    fn known(&self) -> Option<u64> {
        let known = self.variables.is_empty();
        known.then(|| self.given.unwrap_or(self.assumed))
    }

    fn with<'v>(
        &self,
        longest: u64,
        value: &impl Fn(&str) -> Option<&'v Value>,
    ) -> Result<u64, TooLong> {
        let values = self.variables.iter().filter_map(|name| value(name));
        let largest = self
            .given
            .into_iter()
            .chain(values.filter_map(length))
            .max();
        match largest {
            Some(size) if size > longest => Err(TooLong),
            size => Ok(size.unwrap_or(self.assumed)),
        }
    }
}

/// The length that an argument gives: as a number, or by being a list. What
/// gives none, such as a negative number, is left to the resolver.
pub(crate) fn length(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::List(items) => Some(items.len() as u64),
        _ => None,
    }
}

impl Sum {
    /// A cost that nothing changes.
    pub(crate) const fn fixed(fixed: u64) -> Self {
        Self {
            fixed,
            parts: Vec::new(),
        }
    }

    /// Both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.fixed = self.fixed.saturating_add(other.fixed);
        if self.parts.is_empty() {
            self.parts = other.parts;
        } else {
            self.parts.extend(other.parts);
        }
        self
    }

    /// This many times as much.
    pub(crate) fn times(self, size: Size) -> Self {
        if let Some(count) = size.known() {
            if count == 1 {
                return self;
            }
            let mut sum = Self::fixed(self.fixed.saturating_mul(count));
            if !self.parts.is_empty() {
                let item = Arc::new(Self {
                    fixed: 0,
                    parts: self.parts,
                });
                sum.parts.push(Part::Times { count, item });
            }
            return sum;
        }
        let item = Arc::new(self);
        Self {
            fixed: 0,
            parts: vec![Part::Sliced { size, item }],
        }
    }

    /// The same, cheap to take part in many sums.
    pub(crate) fn shared(self) -> Self {
        if self.parts.len() < 2 {
            return self;
        }
        let parts = vec![Part::Shared(Arc::new(Self {
            fixed: 0,
            parts: self.parts,
        }))];
        Self {
            fixed: self.fixed,
            parts,
        }
    }

    /// The cost with these variables. Its work is bounded by the number of
    /// selections, which the guard has bounded before.
    pub(crate) fn with<'v>(
        &self,
        longest: u64,
        value: &impl Fn(&str) -> Option<&'v Value>,
    ) -> Result<u64, TooLong> {
        let mut sum = self.fixed;
        for part in &self.parts {
            let cost = match part {
                Part::Sliced { size, item } => {
                    let size = size.with(longest, value)?;
                    item.with(longest, value)?.saturating_mul(size)
                }
                Part::Shared(item) => item.with(longest, value)?,
                Part::Times { count, item } => item.with(longest, value)?.saturating_mul(*count),
            };
            sum = sum.saturating_add(cost);
        }
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(name: &str) -> Size {
        Size {
            given: None,
            variables: vec![Name::new(name)],
            assumed: 7,
        }
    }

    fn cost(sum: &Sum, n: Option<&Value>) -> Result<u64, TooLong> {
        sum.with(100, &|name| n.filter(|_| name == "n"))
    }

    #[test]
    fn a_list_costs_its_items_times_its_length() {
        let inner = Sum::fixed(2).times(by("n"));
        let outer = Sum::fixed(3).and(inner).times(Size::of(10));
        assert_eq!(cost(&outer, None), Ok(10 * (3 + 7 * 2)));
        assert_eq!(cost(&outer, Some(&Value::from(5))), Ok(10 * (3 + 5 * 2)));
        assert_eq!(cost(&outer.shared(), Some(&Value::from(0))), Ok(30));
    }

    #[test]
    fn a_longer_list_than_allowed_is_refused() {
        let sum = Sum::fixed(1).times(by("n"));
        assert_eq!(cost(&sum, Some(&Value::from(100))), Ok(100));
        assert_eq!(cost(&sum, Some(&Value::from(101))), Err(TooLong));
    }

    #[test]
    fn a_cost_does_not_wrap() {
        let mut sum = Sum::fixed(u64::MAX / 2);
        for _ in 0..4 {
            sum = sum.clone().and(sum).times(Size::of(u64::MAX));
        }
        assert_eq!(cost(&sum, None), Ok(u64::MAX));
    }
}

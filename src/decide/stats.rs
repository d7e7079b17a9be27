//! Statistics over round-trip times.

use std::time::Duration;

/// The median: the middle value, or the mean of the two middle ones. `None` when empty.
/// The input need not be sorted.
pub fn median(values: impl IntoIterator<Item = Duration>) -> Option<Duration> {
    let mut sorted: Vec<Duration> = values.into_iter().collect();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some((lower + upper) / 2)
}

/// The largest value minus the smallest. `None` when there are fewer than two.
pub fn spread(values: impl IntoIterator<Item = Duration>) -> Option<Duration> {
    let mut values = values.into_iter();
    let first = values.next()?;
    let mut more = false;
    let (low, high) = values.fold((first, first), |(low, high), value| {
        more = true;
        (low.min(value), high.max(value))
    });
    more.then(|| high.saturating_sub(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(values: &[u64]) -> Vec<Duration> {
        values.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn median_of_unsorted_values() {
        for (values, expected) in [
            (&[][..], None),
            (&[7][..], Some(7_000)),
            (&[30, 10, 20][..], Some(20_000)),
            (&[40, 10, 20, 30][..], Some(25_000)),
            (&[1000, 12, 13][..], Some(13_000)),
        ] {
            assert_eq!(median(ms(values)), expected.map(Duration::from_micros), "{values:?}");
        }
    }

    #[test]
    fn spread_needs_two_values() {
        assert_eq!(spread(ms(&[])), None);
        assert_eq!(spread(ms(&[5])), None);
        assert_eq!(spread(ms(&[20, 5, 11])), Some(Duration::from_millis(15)));
    }
}

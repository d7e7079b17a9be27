//! Who shares a value with whom.

use std::collections::BTreeMap;

/// Most places that a text lists for one value.
const MAX_PLACES: usize = 4;

/// Most values that a text lists.
const MAX_VALUES: usize = 4;

/// Places by the value seen there.
pub(super) struct Groups<K> {
    by_value: BTreeMap<K, Group>,
}

/// The places of one value, and the value as it is shown.
struct Group {
    shown: String,
    places: Vec<String>,
}

impl<K: Ord> Groups<K> {
    /// Groups places; each comes with its value and the words for the value.
    pub(super) fn of(seen: impl IntoIterator<Item = (String, K, String)>) -> Self {
        let mut by_value = BTreeMap::new();
        for (place, value, shown) in seen {
            let group =
                by_value.entry(value).or_insert_with(|| Group { shown, places: Vec::new() });
            group.places.push(place);
        }
        Self { by_value }
    }

    /// Whether two places have different values.
    pub(super) fn differ(&self) -> bool {
        self.by_value.len() > 1
    }

    /// `X at A, Y elsewhere` where most places have Y, else every value with its places; `None`
    /// if there is no difference.
    pub(super) fn described(&self) -> Option<String> {
        if !self.differ() {
            return None;
        }
        let mut groups: Vec<&Group> = self.by_value.values().collect();
        groups.sort_by_key(|group| group.places.len());
        let sizes = |from_end: usize| {
            groups.iter().rev().nth(from_end).map_or(0, |group| group.places.len())
        };
        let majority = if sizes(0) > sizes(1) { groups.pop() } else { None };
        let mut texts: Vec<String> = groups
            .iter()
            .take(MAX_VALUES)
            .map(|group| format!("{} at {}", group.shown, places(&group.places)))
            .collect();
        match groups.len().saturating_sub(MAX_VALUES) {
            0 => {}
            more => texts.push(format!("{more} more values")),
        }
        texts.extend(majority.map(|group| format!("{} elsewhere", group.shown)));
        Some(texts.join(", "))
    }

    /// As [`Self::described`], for values that must not be shown: only the odd places.
    pub(super) fn odd(&self) -> Option<String> {
        if !self.differ() {
            return None;
        }
        let most = self.by_value.values().map(|group| group.places.len()).max().unwrap_or(0);
        let is_majority = |group: &&Group| group.places.len() == most;
        let majorities = self.by_value.values().filter(is_majority).count();
        let odd = self.by_value.values().filter(|group| majorities > 1 || !is_majority(group));
        let odd: Vec<String> = odd.flat_map(|group| group.places.clone()).collect();
        Some(if majorities > 1 {
            format!("differs between {}", places(&odd))
        } else {
            format!("differs at {}", places(&odd))
        })
    }
}

fn places(places: &[String]) -> String {
    let listed: Vec<&str> = places.iter().take(MAX_PLACES).map(String::as_str).collect();
    match places.len().saturating_sub(MAX_PLACES) {
        0 => listed.join(" and "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;

    fn groups(values: &str) -> Groups<char> {
        let seen = values.chars().enumerate();
        Groups::of(seen.map(|(at, value)| (at.to_string(), value, value.to_string())))
    }

    #[test]
    fn the_odd_ones_are_named() {
        let cases = [
            ("", None, None),
            ("a", None, None),
            ("aaa", None, None),
            ("ab", Some("a at 0, b at 1"), Some("differs between 0 and 1")),
            ("aba", Some("b at 1, a elsewhere"), Some("differs at 1")),
            (
                "abab",
                Some("a at 0 and 2, b at 1 and 3"),
                Some("differs between 0 and 2 and 1 and 3"),
            ),
            ("aaabc", Some("b at 3, c at 4, a elsewhere"), Some("differs at 3 and 4")),
            (
                "abcdefg",
                Some("a at 0, b at 1, c at 2, d at 3, 3 more values"),
                Some("differs between 0, 1, 2, 3 and 3 more"),
            ),
        ];
        for (values, described, odd) in cases {
            let groups = groups(values);
            assert_eq!(groups.described().as_deref(), described, "{values}");
            assert_eq!(groups.odd().as_deref(), odd, "{values}");
        }
    }
}

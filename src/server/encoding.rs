//! Whether a client wants gzip (RFC 9110 section 12.5.3).

/// Whether gzip is acceptable and wanted at least as much as the plain text. Weights out of
/// range or malformed make their coding unacceptable.
pub(super) fn wants_gzip<'a>(values: impl IntoIterator<Item = &'a str>) -> bool {
    let (mut gzip, mut identity, mut any) = (None, None, None);
    for item in values.into_iter().flat_map(|value| value.split(',')) {
        let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
        let place = match coding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => &mut gzip,
            "identity" => &mut identity,
            "*" => &mut any,
            _ => continue,
        };
        *place = Some(weight(parameters));
    }
    let gzip = gzip.or(any).unwrap_or(0.0);
    // The plain text is always acceptable unless excluded, and liked least.
    gzip > 0.0 && gzip >= identity.unwrap_or(0.0)
}

fn weight(parameters: &str) -> f64 {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return 1.0;
    }
    let value =
        parameters.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let value = value.and_then(|(_, value)| value.trim().parse().ok());
    value.filter(|value| (0.0..=1.0).contains(value)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::wants_gzip;

    #[test]
    fn weights_are_honoured() {
        for (header, expected) in [
            ("", false),
            ("gzip", true),
            ("GZIP", true),
            ("deflate, gzip;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip;q=0.0, *", false),
            ("*", true),
            ("*;q=0", false),
            ("identity, gzip;q=0.5", false),
            ("identity;q=0.2, gzip; Q=0.5", true),
            ("gzip;q=2", false),
            ("gzip;q=NaN", false),
            ("gzip;level=1", false),
            ("br, deflate", false),
        ] {
            assert_eq!(wants_gzip([header]), expected, "{header}");
        }
        assert!(wants_gzip(["br", "gzip"]));
    }
}

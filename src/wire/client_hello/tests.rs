use super::*;

#[test]
fn every_hello_fits_into_one_segment() {
    for &protocol in Protocol::ALL {
        for &shape in HelloShape::ALL {
            let hello = Hello::new(protocol, shape, &"a".repeat(MAX_NAME), [7; 32]);
            assert!(hello.encode().len() < 1300, "{protocol:?} {shape:?}");
        }
    }
}

//! The key block in the order of RFC 5246, cut by a library that knows only AEAD suites.

use rustls::Error;
use rustls::crypto::ActiveKeyExchange;
use rustls::crypto::tls12::Prf;

/// The label under which the key block is derived (RFC 5246, section 6.3).
const KEY_EXPANSION: &[u8] = b"key expansion";

/// A PRF whose key blocks have the MAC keys behind the encryption keys.
///
/// RFC 5246 puts both MAC keys first. The library cuts a block into two keys and then two
/// "fixed IVs": rotated by the length of the MAC keys, it finds the encryption keys where it
/// looks for keys, and the MAC keys where it looks for IVs. Explicit IVs come with each record.
pub(super) struct MacKeysFirst {
    pub(super) inner: &'static dyn Prf,
    pub(super) mac_length: usize,
}

impl Prf for MacKeysFirst {
    fn for_key_exchange(
        &self,
        output: &mut [u8; 48],
        exchange: Box<dyn ActiveKeyExchange>,
        peer: &[u8],
        label: &[u8],
        seed: &[u8],
    ) -> Result<(), Error> {
        self.inner.for_key_exchange(output, exchange, peer, label, seed)
    }

    fn for_secret(&self, output: &mut [u8], secret: &[u8], label: &[u8], seed: &[u8]) {
        self.inner.for_secret(output, secret, label, seed);
        if label == KEY_EXPANSION {
            let mac_keys = (2 * self.mac_length).min(output.len());
            output.rotate_left(mac_keys);
        }
    }
}

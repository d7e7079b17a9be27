//! Record protection with CBC and HMAC: MAC, then pad, then encrypt (RFC 5246, section 6.2.3.2).

use aes::{Aes128, Aes256};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use cbc::{Decryptor, Encryptor};
use hmac::{Hmac, KeyInit};
use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload,
    Tls12AeadAlgorithm, UnsupportedOperationError, make_tls12_aad,
};
use rustls::crypto::ring::default_provider;
use rustls::{ConnectionTrafficSecrets, Error};
use sha1::Sha1;
use sha2::{Sha256, Sha384};

/// Block length of AES in bytes, and so the length of an explicit IV.
const BLOCK: usize = 16;

/// The longest plain text of a record in bytes (RFC 5246, section 6.2.1).
const MAX_TEXT: usize = 1 << 14;

/// The hash of a suite's MAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mac {
    Sha1,
    Sha256,
    Sha384,
}

impl Mac {
    /// Length of tag and key in bytes.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    pub(super) fn tag(self, key: &[u8], parts: [&[u8]; 2]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Sha1 => tag::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => tag::<Hmac<Sha256>>(key, parts),
            Self::Sha384 => tag::<Hmac<Sha384>>(key, parts),
        }
    }

    /// Compares in constant time.
    fn is_tag(self, key: &[u8], parts: [&[u8]; 2], tag: &[u8]) -> bool {
        match self {
            Self::Sha1 => is_tag::<Hmac<Sha1>>(key, parts, tag),
            Self::Sha256 => is_tag::<Hmac<Sha256>>(key, parts, tag),
            Self::Sha384 => is_tag::<Hmac<Sha384>>(key, parts, tag),
        }
    }
}

fn fed<M: hmac::Mac + KeyInit>(key: &[u8], parts: [&[u8]; 2]) -> Option<M> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

fn tag<M: hmac::Mac + KeyInit>(key: &[u8], parts: [&[u8]; 2]) -> Result<Vec<u8>, Error> {
    let mac = fed::<M>(key, parts).ok_or(Error::EncryptError)?;
    Ok(mac.finalize().into_bytes().to_vec())
}

fn is_tag<M: hmac::Mac + KeyInit>(key: &[u8], parts: [&[u8]; 2], tag: &[u8]) -> bool {
    fed::<M>(key, parts).is_some_and(|mac| mac.verify_slice(tag).is_ok())
}

/// What a suite does with records.
#[derive(Debug, Clone, Copy)]
pub(super) struct Algorithm {
    /// Length of the AES key in bytes: 16 or 32.
    pub(super) key_length: usize,
    pub(super) mac: Mac,
}

impl Algorithm {
    fn protection(&self, key: &AeadKey, mac_key: &[u8]) -> Protection {
        let (key, mac_key) = (key.as_ref().to_vec(), mac_key.to_vec());
        Protection { mac: self.mac, key, mac_key }
    }
}

impl Tls12AeadAlgorithm for Algorithm {
    fn encrypter(&self, key: AeadKey, mac_key: &[u8], _: &[u8]) -> Box<dyn MessageEncrypter> {
        Box::new(self.protection(&key, mac_key))
    }

    fn decrypter(&self, key: AeadKey, mac_key: &[u8]) -> Box<dyn MessageDecrypter> {
        Box::new(self.protection(&key, mac_key))
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape {
            enc_key_len: self.key_length,
            fixed_iv_len: self.mac.length(),
            explicit_nonce_len: 0,
        }
    }

    fn extract_keys(
        &self,
        _: AeadKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

/// The keys of one direction.
struct Protection {
    mac: Mac,
    key: Vec<u8>,
    mac_key: Vec<u8>,
}

impl Protection {
    /// Encrypts whole blocks in place.
    fn encrypt_blocks(&self, iv: &[u8], blocks: &mut [u8]) -> Option<()> {
        let length = blocks.len();
        if self.key.len() == size_of::<[u8; 16]>() {
            let cipher = Encryptor::<Aes128>::new_from_slices(&self.key, iv).ok()?;
            cipher.encrypt_padded::<NoPadding>(blocks, length).ok()?;
        } else {
            let cipher = Encryptor::<Aes256>::new_from_slices(&self.key, iv).ok()?;
            cipher.encrypt_padded::<NoPadding>(blocks, length).ok()?;
        }
        Some(())
    }

    /// Decrypts whole blocks in place.
    fn decrypt_blocks(&self, iv: &[u8], blocks: &mut [u8]) -> Option<()> {
        if self.key.len() == size_of::<[u8; 16]>() {
            let cipher = Decryptor::<Aes128>::new_from_slices(&self.key, iv).ok()?;
            cipher.decrypt_padded::<NoPadding>(blocks).ok()?;
        } else {
            let cipher = Decryptor::<Aes256>::new_from_slices(&self.key, iv).ok()?;
            cipher.decrypt_padded::<NoPadding>(blocks).ok()?;
        }
        Some(())
    }

    /// Opens a record in place and returns where in it the plain text lies. `header` makes the
    /// MAC's pseudo-header from the plain text's length.
    fn open(&self, record: &mut [u8], header: impl Fn(usize) -> [u8; 13]) -> Option<usize> {
        let (iv, blocks) = record.split_at_mut_checked(BLOCK)?;
        self.decrypt_blocks(iv, blocks)?;
        let padding = usize::from(*blocks.last()?);
        let unpadded = blocks.len().checked_sub(padding + 1)?;
        let length = unpadded.checked_sub(self.mac.length())?;
        let padding_ok = blocks.get(unpadded..)?.iter().all(|&byte| usize::from(byte) == padding);
        let (text, tag) = blocks.get(..unpadded)?.split_at_checked(length)?;
        let tag_ok = self.mac.is_tag(&self.mac_key, [&header(length), text], tag);
        (padding_ok && tag_ok).then_some(length)
    }
}

impl MessageEncrypter for Protection {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let text = message.payload.to_vec();
        let header = make_tls12_aad(sequence, message.typ, message.version, text.len());
        let tag = self.mac.tag(&self.mac_key, [&header, &text])?;
        let mut blocks = [text, tag].concat();
        let padding = BLOCK - 1 - blocks.len() % BLOCK;
        let byte = u8::try_from(padding).map_err(|_| Error::EncryptError)?;
        blocks.resize(blocks.len() + padding + 1, byte);
        let mut iv = [0; BLOCK];
        let random = default_provider().secure_random;
        random.fill(&mut iv).map_err(|_| Error::FailedToGetRandomBytes)?;
        self.encrypt_blocks(&iv, &mut blocks).ok_or(Error::EncryptError)?;
        let mut payload = PrefixedPayload::with_capacity(iv.len() + blocks.len());
        payload.extend_from_slice(&iv);
        payload.extend_from_slice(&blocks);
        Ok(OutboundOpaqueMessage::new(message.typ, message.version, payload))
    }

    fn encrypted_payload_len(&self, length: usize) -> usize {
        // IV, text, tag, and at least one byte of padding up to the next block.
        let padded = (length + self.mac.length()) / BLOCK + 1;
        BLOCK + padded * BLOCK
    }
}

impl MessageDecrypter for Protection {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let (typ, version) = (message.typ, message.version);
        let header = |length| make_tls12_aad(sequence, typ, version, length);
        let length = self.open(&mut message.payload, header).ok_or(Error::DecryptError)?;
        if length > MAX_TEXT {
            return Err(Error::PeerSentOversizedRecord);
        }
        Ok(message.into_plain_message_range(BLOCK..BLOCK + length))
    }
}

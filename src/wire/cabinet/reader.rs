//! Little-endian numbers from a place in a file that may lie about its lengths.

/// What is said when the file ends where it should go on.
const TRUNCATED: &str = "truncated";

/// A position in the bytes of a file.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn at(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let end = self.position.checked_add(length).ok_or(TRUNCATED)?;
        let taken = self.bytes.get(self.position..end).ok_or(TRUNCATED)?;
        self.position = end;
        Ok(taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, String> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub(super) fn u16(&mut self) -> Result<u16, String> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// A number that counts or places bytes. The file is in memory, so nothing is lost where
    /// `usize` has fewer bits: such a place lies outside of it all the same.
    pub(super) fn size(&mut self) -> Result<usize, String> {
        Ok(usize::try_from(self.u32()?).unwrap_or(usize::MAX))
    }

    /// The bytes up to a NUL, which is passed over.
    pub(super) fn string(&mut self, longest: usize) -> Result<&'a [u8], String> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let window = rest.get(..=longest).unwrap_or(rest);
        match window.iter().position(|byte| *byte == 0) {
            Some(length) => {
                let text = self.take(length)?;
                self.take(1)?;
                Ok(text)
            }
            None if window.len() > longest => Err(format!("a name longer than {longest} bytes")),
            None => Err(TRUNCATED.into()),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| TRUNCATED.to_owned())
    }
}

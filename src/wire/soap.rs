//! The SOAP messages of MS-WUSP.

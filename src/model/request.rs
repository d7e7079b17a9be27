//! Every HTTP request that this program can make.
//!
//! The list is closed: the HTTP client takes nothing else, so that what is not on it cannot be
//! sent. All of them only read. What is left out on purpose, because it writes or presents made-up
//! secrets: `GetAuthorizationCookie` (creates a computer record), `GetCookie`, `RegisterComputer`,
//! `SyncUpdates`, `ReportEventBatch`, the roll-up calls, and `Ping`, which MS-WSUSSS 3.1.4.12
//! reserves for the server itself.

use super::endpoint::Scheme;
use super::service::Service;

/// The HTTP methods in use (RFC 9110 section 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// POST, for the SOAP calls that only read.
    Post,
}

impl Method {
    /// The method's token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
        }
    }
}

/// Which of a server's two ports a request goes to (MS-WUSP 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// The port of the endpoint's URL: services and self-update.
    Service,
    /// The clear-text port that belongs to it, see
    /// [`super::endpoint::EndpointUrl::content_url`]: content. Of an `http://` endpoint it is the
    /// same port.
    Content,
}

/// How much is asked of each member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// The one request that proves a working WSUS: `GetConfig`.
    Quick,
    /// Every service, self-update and the content channel.
    #[default]
    Standard,
    /// Everything that is known to be harmless.
    Deep,
}

impl Profile {
    /// The name used in options and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Deep => "deep",
        }
    }
}

/// The most requests of [`Profile::Standard`] to one member in one round.
pub const MOST_STANDARD_REQUESTS: usize = 12;

macro_rules! optional {
    () => {
        None
    };
    ($value:literal) => {
        Some($value)
    };
}

macro_rules! requests {
    ($($(#[doc = $doc:literal])+ $variant:ident =>
        $name:literal, $method:ident, $channel:ident, $path:literal, $service:ident, $profile:ident $(, $range:literal)?;)+) => {
        /// One request that may be made of a member.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Request {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Request {
            /// Every request, the one that matters most first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable lower-case name used in every output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The method.
            pub const fn method(self) -> Method {
                match self { $(Self::$variant => Method::$method,)+ }
            }

            /// The port it goes to.
            pub const fn channel(self) -> Channel {
                match self { $(Self::$variant => Channel::$channel,)+ }
            }

            /// The absolute path (MS-WUSP 2.1). IIS takes it in any letter case.
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => $path,)+ }
            }

            /// The service whose state it tells.
            pub const fn service(self) -> Service {
                match self { $(Self::$variant => Service::$service,)+ }
            }

            /// The value of the `Range` header (RFC 9110 section 14.2), if one is sent.
            pub const fn range(self) -> Option<&'static str> {
                match self { $(Self::$variant => optional!($($range)?),)+ }
            }

            /// The smallest profile that it is part of.
            pub const fn profile(self) -> Profile {
                match self { $(Self::$variant => Profile::$profile,)+ }
            }
        }
    };
}

requests! {
    /// `GetConfig` (MS-WUSP 3.1.4.1): what every client asks first.
    GetConfig => "get_config", Post, Service, "/ClientWebService/client.asmx", Client, Quick;
    /// The static file by which agents know a WSUS of today.
    ServerVersion => "server_version", Get, Service, "/ClientWebService/wusserverversion.xml", Client, Standard;
    /// The page of the client authorization service.
    SimpleAuth => "simple_auth", Get, Service, "/SimpleAuthWebService/SimpleAuth.asmx", SimpleAuth, Standard;
    /// The cabinet by which agents up to 8.1 decide whether to update themselves.
    SelfUpdate => "self_update", Get, Service, "/SelfUpdate/wuident.cab", SelfUpdate, Standard;
    /// Head of the empty file that WSUS keeps for its own content check.
    ContentHead => "content_head", Head, Content, "/Content/anonymousCheckFile.txt", Content, Standard;
    /// The same file.
    ContentGet => "content_get", Get, Content, "/Content/anonymousCheckFile.txt", Content, Standard;
    /// The first byte of the same file; only where it has one.
    ContentRange => "content_range", Get, Content, "/Content/anonymousCheckFile.txt", Content, Standard, "bytes=0-0";
    /// The first bytes of the self-update cabinet through the content port: shows whether ranges
    /// are honoured there where the check file is empty.
    CabinetRange => "cabinet_range", Get, Content, "/SelfUpdate/wuident.cab", Content, Standard, "bytes=0-3";
    /// `GetAuthConfig` (MS-WSUSSS 3.1.4.1): what every downstream server asks first.
    GetAuthConfig => "get_auth_config", Post, Service, "/ServerSyncWebService/ServerSyncWebService.asmx", ServerSync, Standard;
    /// The page of the authorization service for downstream servers.
    DssAuth => "dss_auth", Get, Service, "/DssAuthWebService/DssAuthWebService.asmx", DssAuth, Standard;
    /// The page of the reporting service.
    Reporting => "reporting", Get, Service, "/ReportingWebService/ReportingWebService.asmx", Reporting, Standard;
    /// The page of the administration service, which asks for credentials.
    ApiRemoting => "api_remoting", Get, Service, "/ApiRemoting30/WebService.asmx", ApiRemoting, Standard;
    /// `GetConfig` at the clear-text port of an `https://` endpoint: whether clients can be made
    /// to talk to it without TLS.
    CleartextConfig => "cleartext_config", Post, Content, "/ClientWebService/client.asmx", Client, Standard;
    /// The inventory directory.
    Inventory => "inventory", Get, Service, "/Inventory/", Inventory, Deep;
    /// The check file through TLS, as the server's own check reads it.
    SecureContentHead => "secure_content_head", Head, Service, "/Content/anonymousCheckFile.txt", Content, Deep;
    /// The self-update cabinet's older place at the root of the site.
    RootIdent => "root_ident", Head, Service, "/iuident.cab", SelfUpdate, Deep;
    /// `GetAuthConfig` in SOAP 1.2.
    GetAuthConfig12 => "get_auth_config_12", Post, Service, "/ServerSyncWebService/ServerSyncWebService.asmx", ServerSync, Deep;
}

impl Request {
    /// Whether a profile makes this request of an endpoint of that scheme. Of
    /// [`Self::ContentRange`] and [`Self::CabinetRange`] only one is made, depending on the answer
    /// to [`Self::ContentHead`].
    pub fn is_part_of(self, profile: Profile, scheme: Scheme) -> bool {
        let depth = |profile| match profile {
            Profile::Quick => 0,
            Profile::Standard => 1,
            Profile::Deep => 2,
        };
        // Where there is only one port, these repeat another request.
        let repeats = matches!(self, Self::CleartextConfig | Self::SecureContentHead)
            && scheme == Scheme::Http;
        depth(self.profile()) <= depth(profile) && !repeats
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_STANDARD_REQUESTS, Profile, Request};
    use crate::model::endpoint::Scheme;

    #[test]
    fn a_standard_round_is_bounded() {
        let count = |profile, scheme| {
            let made = Request::ALL.iter().filter(|r| r.is_part_of(profile, scheme)).count();
            // Only one of the two that ask for a range is made.
            made - usize::from(profile != Profile::Quick)
        };
        assert_eq!(count(Profile::Quick, Scheme::Https), 1);
        assert_eq!(count(Profile::Standard, Scheme::Https), MOST_STANDARD_REQUESTS);
        assert!(count(Profile::Standard, Scheme::Http) < MOST_STANDARD_REQUESTS);
    }
}

//! Other people's servers with unusual settings: `openssl s_server` and nginx.

use super::super::peer::{Peer, certificate};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Genuine {
    /// With this identity and these further arguments, in which `%` stands for the folder of
    /// certificates.
    OpenSsl { identity: &'static str, arguments: &'static [&'static str] },
    /// With these lines in its `server` block, in which `%` means the same.
    Nginx(&'static str),
}

impl Genuine {
    pub(crate) async fn start(self) -> Peer {
        match self {
            Self::OpenSsl { identity, arguments } => s_server(identity, arguments).await,
            Self::Nginx(lines) => {
                let lines = expand(lines);
                Peer::nginx(|address| format!("listen {address} ssl;\n{lines}\nreturn 200;")).await
            }
        }
    }
}

/// With paths in place of the names of files: `%` is the folder of certificates.
fn expand(text: &str) -> String {
    text.replace('%', &certificate("").display().to_string())
}

async fn s_server(identity: &str, arguments: &[&str]) -> Peer {
    let settings = super::permissive_openssl();
    // The variable is taken from the environment of every peer, so it is set behind that.
    Peer::start("env", "coreutils", |_, address| {
        let file = |end: &str| certificate(&format!("{identity}.{end}")).display().to_string();
        let mut words = vec![format!("OPENSSL_CONF={}", settings.display())];
        words.extend(["openssl", "s_server", "-www", "-quiet", "-accept"].map(str::to_owned));
        words.extend([address.to_string(), "-cert".to_owned(), file("pem")]);
        words.extend(["-key".to_owned(), file("key")]);
        words.extend(arguments.iter().map(|word| expand(word)));
        words
    })
    .await
}

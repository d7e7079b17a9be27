//! wsus-probe tells from the network alone, without credentials, whether a Windows Server Update
//! Services (WSUS) endpoint is healthy, how far away it is, and which one a server should use.
//!
//! This page is the architecture. How to use the program is in the README and in `--help`.
//!
//! # What it promises
//!
//! In this order, where they collide:
//!
//! 1. **Honest.** A phase that did not complete has no duration. Unknown is neither yes nor no.
//!    What was seen is kept when a later step fails. Every duration names its clock.
//! 2. **A good guest.** Bounded traffic, and only requests that change nothing on a server: it
//!    never registers a computer, and sends no cookie and no event.
//! 3. **Correct**, then **understandable**, then **fast**.
//!
//! # The way of the data
//!
//! ```text
//!  command line, environment, file          config: one validated Config, or one error
//!                │
//!                ▼
//!  targets and ports                        commands::setup
//!                │
//!                ▼
//!  engine::round  ──── one task a target ─▶ engine::probe    name → addresses (net::dns)
//!                │                          engine::member   connect, handshake, check
//!                │                                           (net::tcp, net::tls, net::http)
//!                │◀─── events ─────────────
//!                ▼
//!  engine::board                            all that was seen, by member
//!        │               │
//!        ▼               ▼
//!  decide::select    decide::health         pure: who wins and when that is certain;
//!  (nearest)         decide::findings       what works for whom, and why not
//!        │               │
//!        ▼               ▼
//!  model::selection, model::report          plain data
//!                │
//!                ▼
//!  output::{human, json, nagios, reg}       text
//! ```
//!
//! A *target* is an endpoint (scheme, host and port) with its resolver, trust and limits. Every
//! address behind its name is a *member* and is probed by itself: three short connections for
//! round-trip times, of which the first goes on to the TLS handshake, and beside them the check of
//! the WSUS protocol. All of this starts at once.
//!
//! The check makes the requests of a *profile*; [`model::request`] is the closed list of all that
//! can be sent. `nearest` makes one, for the server's configuration (MS-WUSP `GetConfig`): its
//! answer is there after little more than three round trips, and the round stops as soon as no
//! rival can win any more. `check` also asks every service and the content port, over few
//! connections, and waits for all. Each request becomes an *exchange* with its evidence;
//! [`decide::services`] judges the services one by one, [`decide::diagnosis`] finds what explains
//! several failures together, and [`decide::members`] and [`decide::hierarchy`] compare servers.
//!
//! # The exporter
//!
//! `serve` runs the same probes without end:
//!
//! ```text
//!  engine::monitor     starts jobs: a round, a check or a scan of one endpoint (engine::once)
//!        │ report
//!        ▼
//!  decide::monitor     taint: did this process sleep through it?  local: is it this machine?
//!        │             fold: what does it change?                 keep: which one is the nearest?
//!        ▼
//!  model::monitor      one EndpointView for each endpoint; a Snapshot is a list of pointers
//!        │
//!        ▼
//!  metrics, output::html, output::json::monitor        text, from a snapshot and nothing else
//!        │
//!        ▼
//!  server              answers requests; reads no other state
//! ```
//!
//! *Rounds* measure and are counted; they are lean: one connection to each member gives its
//! round-trip time, the handshake and the answer to `GetConfig`. *Checks* ask for everything a
//! client needs, every few minutes and as soon as something is otherwise than before. *Scans* look
//! at TLS a few times a day. What is exported is made from snapshots alone, so nothing of an
//! endpoint or member that is gone remains.
//!
//! # Windows clients
//!
//! ```text
//!  registry file, policy file, live registry     wire::{reg_file, registry_pol}, windows::registry
//!                │ model::registry::Document: steps, each with its place
//!                ▼
//!  policy::effective        what the update agent finds after all steps
//!        │
//!        ├─▶ policy::audit      findings            ├─▶ policy::forecast   what it will do, and when
//!        └─▶ policy::correct    what should stand there, then output::client_render
//! ```
//!
//! One table, [`policy::setting`], knows every value. `nearest --apply` is [`windows::apply`]: a
//! sequence of steps over a trait, so that it is interrupted at each of them on any system.
//!
//! # Layers
//!
//! A module names only modules to its left; a test holds this and that nothing is re-exported.
//!
//! ```text
//! model ‹ decide, wire, policy ‹ windows, net ‹ engine ‹ metrics, output ‹ server ‹ commands ‹ main
//! config, cli: named only by commands and main
//! demo: names model and wire, named only by commands and tests
//! ```
//!
//! * [`model`] — plain data, closed lists of causes and findings.
//! * [`decide`] — pure functions of (data, now): no clock, no environment, no network.
//! * [`wire`] — bytes to values and back, without I/O.
//! * [`policy`] — the settings of Windows clients: what is wrong with them, what they will do.
//! * [`windows`] — registry, services and event log, behind traits.
//! * [`net`] — the only modules that open sockets or read clocks.
//! * [`engine`] — the life of a probe, and rounds of probes.
//! * [`metrics`] — what a monitoring run knows, in Prometheus' text format.
//! * [`output`] — renderers, the status pages among them.
//! * [`server`] — the exporter's HTTP surface.
//! * [`config`], [`cli`] — raw options and files into one validated configuration.
//! * [`commands`] — one file a command.
//! * [`demo`] — WSUS-like servers on loopback with simulated distances and faults.
//!
//! # Clocks
//!
//! Round-trip times come from the kernel (`TCP_INFO`; on Windows `SIO_TCP_INFO`), TLS and DNS
//! times from the kernel's receive time stamps: a process that is waiting to be scheduled measures
//! mostly its own waiting. Where the kernel tells nothing, this process' clock is used and the
//! duration is labelled `user`. A round-trip time is discarded when a SYN was sent again, because
//! nobody knows to which SYN the answer belongs; the retransmission is reported instead. The time
//! of the WSUS request is always by this process' clock.
//!
//! # TLS
//!
//! rustls on ring, without resumption (a resumed connection shows no certificate and saves a round
//! trip that a first one needs) and without a post-quantum key share (the client's hello stays
//! within one segment). Eight ECDHE suites with CBC are added, offered last: the defaults of
//! Windows Server 2012 R2 and older share no other suite with rustls when the certificate is RSA.
//! Every certificate is accepted by the handshake and judged afterwards. With TLS 1.0 and 1.1, and
//! with RSA key exchange alone, no handshake can be completed.
//!
//! What a server accepts is found without one: [`wire::client_hello`] makes a `ClientHello` of each
//! version, [`wire::server_flight`] reads what comes back up to the end of the server's first
//! flight, where the certificates still are in clear text, and [`decide::tls_versions`] judges it:
//! accepted, not accepted, or not known, with the evidence. [`engine::tls_scan`] asks; on what was
//! seen, [`decide::compat`] judges which Windows releases can connect, and [`decide::tls_policy`]
//! what it means.
//!
//! # Units
//!
//! [`std::time::Duration`] and newtypes inside; milliseconds only in renderers, and then in the
//! field's name.
//!
//! # Exit codes
//!
//! | code | meaning |
//! |---|---|
//! | 0 | a healthy endpoint was found, or all are healthy |
//! | 1 | none is healthy |
//! | 2 | usage, configuration or this machine: nothing is known of the endpoints |
//! | 3 | degraded, or less certain than `--strict` asks for |
//!
//! # Stability
//!
//! The library exists for the program and its tests. Stable are the command line, the exit codes,
//! the configuration file and the JSON with its `schema_version`; texts for people are not.

pub mod cli;
pub mod commands;
pub mod config;
pub mod decide;
pub mod demo;
pub mod engine;
pub mod metrics;
#[macro_use]
pub mod model;
pub mod net;
pub mod output;
pub mod policy;
pub mod server;
pub mod windows;
pub mod wire;

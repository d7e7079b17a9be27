# Builds a static binary and puts it alone into an empty image.
FROM rust:1-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
RUN cargo build --release --locked && cp target/release/wsus-probe /wsus-probe

FROM alpine:3 AS files
RUN apk add --no-cache ca-certificates

FROM scratch
LABEL org.opencontainers.image.title="wsus-probe" \
      org.opencontainers.image.description="Tells from the network alone whether a WSUS endpoint is healthy, how far away it is, and which one a server should use" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.documentation="docs/deploying.md"
COPY --from=files /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /wsus-probe /wsus-probe
# Nobody. The program needs no privileges; only `demo` writes files, in /tmp.
USER 65534:65534
EXPOSE 18530
# For `serve` and `demo --keep`; with TLS, its options say where and whom to trust.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/wsus-probe", "healthcheck"]
ENTRYPOINT ["/wsus-probe"]
# Inside the container every address; what is reachable from outside is up to who runs it.
CMD ["serve", "--web.listen-address", "0.0.0.0:18530"]

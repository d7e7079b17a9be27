# Builds a static binary and puts it alone into an empty image.
FROM rust:1-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
RUN cargo build --release --locked && cp target/release/wsus-probe /wsus-probe

FROM alpine:3 AS files
RUN apk add --no-cache ca-certificates

FROM scratch
COPY --from=files /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /wsus-probe /wsus-probe
# "nobody"; the program needs no privileges and writes no files.
USER 65534:65534
# Where `serve` listens, if it is told so: --web.listen-address 0.0.0.0:18530.
EXPOSE 18530
# Proves that the program starts and its configuration is sound; it sends nothing.
HEALTHCHECK --interval=60s --timeout=5s --start-period=5s CMD ["/wsus-probe", "config", "check"]
ENTRYPOINT ["/wsus-probe"]
CMD ["check"]

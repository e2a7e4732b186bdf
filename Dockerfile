# Not run yet: written where no container engine was at hand. Read it as a draft until this line is gone.
#
#   docker build -t replydesk .
#   docker run --rm -v replydesk:/data -p 127.0.0.1:8080:8080 \
#     -e REPLYDESK_SERVER__PUBLIC_URL=https://comments.example -e REPLYDESK_MAIL__URL=smtps://… replydesk
#
# TLS ends in front of it (deploy/nginx.conf, deploy/Caddyfile). Port 9090 (health, metrics) stays inside the container
# unless REPLYDESK_OPS__LISTEN says otherwise; never publish it.

FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin replydesk \
    && cp target/release/replydesk /usr/local/bin/replydesk

FROM debian:trixie-slim
RUN useradd --system --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin replydesk \
    && install -d -o replydesk -g replydesk -m 0700 /data
COPY --from=build /usr/local/bin/replydesk /usr/local/bin/replydesk
COPY deploy/health /usr/local/bin/replydesk-health

# Database, keys and mails are where the defaults put them, data/ below the working folder: a URL set here would be in
# the way of REPLYDESK_DATABASE__URL_FILE.
ENV REPLYDESK_SERVER__LISTEN=0.0.0.0:8080 \
    REPLYDESK_OPS__LISTEN=127.0.0.1:9090

USER replydesk
WORKDIR /
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s --retries=3 CMD ["replydesk-health"]
ENTRYPOINT ["replydesk"]
CMD ["serve"]

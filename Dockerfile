# syntax=docker/dockerfile:1

# Builds the one binary, and what fetches GraphiQL. The caches make a second
# build short; what was built is copied out because they are no part of the image.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --release --package mukalma --package xtask \
    && cp target/release/mukalma target/release/xtask /

# GraphiQL's files, each checked against the sum that xtask was built with.
FROM node:22-bookworm-slim AS graphiql
COPY --from=build /xtask /usr/local/bin/xtask
RUN xtask graphiql \
    && install -D --mode=0644 --target-directory=/graphiql /source/data/graphiql/*

# The binary, GraphiQL, the C library, and the certificates that mail servers are checked with.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 mukalma \
    && useradd --system --uid 10001 --gid mukalma --no-create-home --shell /usr/sbin/nologin mukalma \
    && install --directory --mode=0700 --owner=mukalma --group=mukalma /data
COPY --from=build /mukalma /usr/local/bin/mukalma
COPY --from=graphiql /graphiql /usr/share/mukalma/graphiql
ENV MUKALMA_LISTEN=0.0.0.0:8080 \
    MUKALMA_DATA_DIR=/data \
    MUKALMA_GRAPHIQL=/usr/share/mukalma/graphiql \
    MUKALMA_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
USER mukalma
ENTRYPOINT ["/usr/local/bin/mukalma"]
CMD ["serve"]

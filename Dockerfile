# docker build -t multipolar .
# docker run --rm -v "$PWD:/work" multipolar plan portfolio.yaml
#
# The program and what its recipes for clusters need, without a compiler; it does not run as root.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends cmake g++ make libclang-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN cargo build --locked --profile published --features parquet \
 && strip target/published/multipolar

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libstdc++6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home multipolar
COPY --from=build /source/target/published/multipolar /usr/local/bin/multipolar
COPY --from=build /source/deploy /deploy
COPY --from=build /source/portfolios /usr/local/share/multipolar/portfolios
COPY --from=build /source/LICENSE-MIT /source/LICENSE-APACHE /usr/local/share/multipolar/
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["multipolar"]
CMD ["--help"]

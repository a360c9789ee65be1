# The worker, the starter and the sandbox in one image without a shell. What runs is chosen by the command.

FROM golang:1.26.8 AS build
ENV CGO_ENABLED=0 GOTOOLCHAIN=local
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    mkdir -p /out/bin /out/tmp /out/data && \
    go build -trimpath -ldflags='-s -w' -o /out/bin/ ./worker ./starter ./sandbox

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/tmp /tmp
# For a ledger that is a file; with PostgreSQL it stays empty.
COPY --from=build --chown=65532:65532 /out/data /var/lib/tidemark
COPY --from=build /out/bin/ /usr/local/bin/
ENV PATH=/usr/local/bin
WORKDIR /var/lib/tidemark
USER 65532:65532
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/usr/local/bin/worker", "health"]
CMD ["/usr/local/bin/worker"]

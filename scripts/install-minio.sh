#!/bin/sh
# Put a MinIO server into .cache/bin for the tests and for `make up-native`, built by Go: the project publishes no programs any more.
# It is a program beside ours (AGPL), run and never linked or shipped. Takes 2 to 5 minutes; ends at once where it is there already.
set -eu
cd "$(dirname "$0")/.."
version=v0.0.0-20260212201848-7aac2a2c5b7c
target=$PWD/.cache/bin

if [ -x "$target/minio" ]; then
    exit 0
fi
for go in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go/bin/go; do
    [ -n "$go" ] && [ -x "$go" ] && break
    go=
done
if [ -z "$go" ]; then
    echo "No MinIO: building it needs Go 1.24 or later (https://go.dev/dl), and there is none here." >&2
    exit 3
fi
found=$("$go" env GOVERSION | sed 's/^go//')
oldest=$(printf '%s\n1.24\n' "$found" | sort -V | head -n 1)
if [ "$oldest" != 1.24 ]; then
    echo "No MinIO: building it needs Go 1.24 or later, and $go is $found." >&2
    exit 3
fi
echo "Building MinIO with Go $found, once; this takes some minutes."
mkdir -p "$target"
# Under another name until it is whole, so that an interrupted build leaves nothing that looks like a server.
building=$(mktemp -d "$target/.building-XXXXXX")
trap 'rm -rf "$building"' EXIT
trap 'exit 130' INT TERM
GOBIN=$building CGO_ENABLED=0 "$go" install -trimpath -ldflags '-s -w' "github.com/minio/minio@$version" || {
    echo "No MinIO: the build failed (its words stand above)." >&2
    exit 4
}
mv "$building/minio" "$target/minio"
echo "MinIO stands in .cache/bin/minio."

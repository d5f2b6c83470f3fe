#!/bin/sh
# Fetch the test cluster of Hadoop, an HDFS of one machine for tests, into .cache/hdfs: 40 MB, once, digests checked.
# Apache Ivy fetches them, which Spark brings, so a site's own repository is named by RETURNCAST_IVY_SETTINGS.
set -eu
cd "$(dirname "$0")/.."
place=.cache/hdfs
ivy=$(ls .venv/lib/python3.12/site-packages/pyspark/jars/ivy-*.jar)
mkdir -p "$place"

fetch() { # organisation, artifact, version, SHA-256
    jar="$place/$2-$3.jar"
    if [ ! -f "$jar" ]; then
        "${JAVA_HOME:+$JAVA_HOME/bin/}java" -jar "$ivy" ${RETURNCAST_IVY_SETTINGS:+-settings "$RETURNCAST_IVY_SETTINGS"} -cache "$place/ivy" \
            -dependency "$1" "$2" "$3" -notransitive -types jar -retrieve "$place/[artifact]-[revision].[ext].part" > "$place/log" 2>&1 ||
            { tail -n 5 "$place/log"; exit 1; }
        echo "$4  $jar.part" | sha256sum --check --quiet
        mv "$jar.part" "$jar"
    fi
}

fetch org.apache.hadoop hadoop-client-minicluster 3.4.2 ae2406c544825b7734b8aad4f87eff60d9ec422284f0b16c2856032083b63c77
fetch junit junit 4.13.2 8e495b634469d64fb8acfa3495a065cbacc8a0fff55ce1e31007be4c16dc57d3
rm -rf "$place/ivy" "$place/log"
echo "Hadoop's test cluster is in $place."

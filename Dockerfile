# The pipeline, and the services that run from the same environment: luigid, MLflow, Spark's master and workers.
# The base is pinned by tag; append @sha256:... of `docker buildx imagetools inspect` to pin its contents too.
ARG PYTHON_IMAGE=python:3.12.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS runtime
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openjdk-17-jre-headless tini \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/returncast/bin:${PATH}

FROM runtime AS environment
WORKDIR /build
COPY poetry.lock pyproject.toml ./
COPY scripts/environment.py scripts/
# The lock's packages and nothing else, each checked against its hash; the development group stays out.
RUN python scripts/environment.py --list main services > requirements.txt \
    && python -m venv /opt/returncast \
    && pip --disable-pip-version-check --no-cache-dir install --no-compile --no-deps --require-hashes \
        --requirement requirements.txt
COPY README.md LICENSE NOTICE ./
COPY src src
COPY luigi_tasks luigi_tasks
RUN pip --disable-pip-version-check --no-cache-dir install --no-compile --no-deps . && pip check
# Spark's jars for S3, in Spark's own directory: every session and every worker has them, and nothing is fetched later.
RUN RETURNCAST_JARS=/build/jars returncast jars \
    && mv /build/jars/*.jar "$(python -c 'import pyspark; print(pyspark.__path__[0])')/jars/"
# What the commands import is compiled once here, not at every start; the rest stays source, which is half the size.
RUN returncast --help > /dev/null && python -m luigi_tasks.luigid --help > /dev/null && mlflow server --help > /dev/null \
    && python -c "import adapters.bootstrap.runs, luigi_tasks, mlflow.server.fastapi_app, psycopg2, pyspark.sql, sklearn.ensemble" \
    && pip uninstall --yes --quiet pip

FROM runtime
RUN useradd --system --uid 10001 --create-home returncast \
    && install --directory --owner=returncast --group=returncast /var/lib/returncast
COPY --from=environment /opt/returncast /opt/returncast
# The bundled orders lie where an installed package looks for them.
COPY data /opt/returncast/lib/python3.12/data
USER returncast
WORKDIR /home/returncast
ENTRYPOINT ["tini", "--", "returncast"]
CMD ["--help"]

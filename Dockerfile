# One image for every part of Foyer; which part it is, is the command's to say.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# The folders exist, and are foyer's, before a volume is mounted on them: a new volume takes that over.
RUN useradd --uid 10001 --home-dir /data --shell /usr/sbin/nologin foyer \
    && mkdir -p /data/broker /data/secrets /crowd /edge \
    && chown -R foyer:foyer /data /crowd /edge

WORKDIR /app
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY contract contract
COPY edge edge
COPY hub hub
COPY integrations integrations
RUN pip install --constraint constraints.txt .
COPY examples examples

USER foyer
ENV FOYER_DATA=/data
ENTRYPOINT []
CMD ["foyer", "up", "--venue", "/app/examples/martech/venue.yaml"]

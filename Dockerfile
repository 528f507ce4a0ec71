# Two stages: the first installs into /opt/bot, the second is Python and that folder.
# tests/packaging plays every step of this file in a clean virtual environment.

FROM python:3.13-slim AS build
WORKDIR /src

# The build backend has an environment of its own, so that the bot's holds neither it nor pip; the
# image's own pip installs into both.
RUN python -m venv --without-pip /opt/build
RUN python -m venv --without-pip /opt/bot

# requirements-otel.lock is the same with OpenTelemetry's traces: --build-arg LOCK=…
ARG LOCK=requirements-run.lock
COPY requirements-build.lock ${LOCK} ./
RUN python -m pip --python /opt/build/bin/python install --require-hashes --only-binary=:all: -r requirements-build.lock
RUN python -m pip --python /opt/bot/bin/python install --require-hashes --only-binary=:all: -r ${LOCK}

COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot ./bot
COPY commands ./commands
RUN python -m pip --python /opt/build/bin/python wheel --no-deps --no-build-isolation --wheel-dir /wheels .
RUN python -m pip --python /opt/bot/bin/python install --no-deps --no-index --find-links /wheels clicksend-slack
RUN python -m pip --python /opt/bot/bin/python check
RUN mkdir /data

FROM python:3.13-slim
COPY --from=build /opt/bot /opt/bot
# The default database is a file in the working directory: keep it in a volume.
COPY --from=build --chown=10001:10001 /data /data
WORKDIR /data
VOLUME /data

# No shell and no package manager for whoever gets in: the bot needs neither, nor does the exec form.
RUN ["python", "-c", "import os, sys; [os.remove(each) for each in sys.argv[1:] if os.path.lexists(each)]", "/bin/sh", "/bin/dash", "/bin/bash", "/bin/rbash", "/usr/bin/apt", "/usr/bin/apt-get", "/usr/bin/dpkg", "/usr/bin/perl"]

ENV BOT_HOST=0.0.0.0 \
    BOT_PORT=3000 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
EXPOSE 3000
USER 10001:10001

# Alive, not ready: Slack or ClickSend being down is no reason to start the bot anew.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/opt/bot/bin/python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['BOT_PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]

# SIGTERM stops it when what runs is done; give it two minutes (docker stop -t 120).
ENTRYPOINT ["/opt/bot/bin/clicksend-slack"]
CMD ["run"]

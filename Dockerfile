FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY emulator emulator
COPY schemas schemas
COPY scenarios scenarios
# Modules are compiled here, so that a container starts in a fifth of the time.
RUN python -m venv /opt/emulator \
 && /opt/emulator/bin/pip install --no-cache-dir --no-compile . \
 && /opt/emulator/bin/python -m compileall -q /opt/emulator/lib

FROM python:3.13-slim
# Group 0 may do what the user may, since OpenShift and `--user 1000` run an image as any user of that group.
RUN useradd --system --uid 10001 --gid 0 --home-dir /data --create-home emulator \
 && chmod g=u /data
COPY --from=build /opt/emulator /opt/emulator
ENV PATH=/opt/emulator/bin:$PATH \
    EMULATOR_HOST=0.0.0.0
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=5 CMD ["failover-emulator", "readyz"]
ENTRYPOINT ["failover-emulator"]
CMD ["serve"]

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY emulator emulator
COPY schemas schemas
COPY scenarios scenarios
# Modules are compiled here, so that a container starts in a fifth of the time.
RUN python -m venv /opt/emulator \
 && /opt/emulator/bin/pip install --no-cache-dir --no-compile '.[postgres,tls]' \
 && /opt/emulator/bin/python -m compileall -q /opt/emulator/lib

FROM python:3.13-slim
# Group 0 may do what the user may, since OpenShift and `--user 1000` run an image as any user of that group.
# A volume for the CA alone may be mounted at /ca; by default the CA is beside the store.
RUN useradd --system --uid 10001 --gid 0 --home-dir /data --create-home emulator \
 && mkdir /ca \
 && chown 10001:0 /ca \
 && chmod g=u /data /ca
COPY --from=build /opt/emulator /opt/emulator
ENV PATH=/opt/emulator/bin:$PATH \
    EMULATOR_HOST=0.0.0.0 \
    EMULATOR_CA=/data/ca
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080 443
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=5 CMD ["failover-emulator", "readyz"]
ENTRYPOINT ["failover-emulator"]
CMD ["serve"]

FROM python:3.13-slim AS build
WORKDIR /src
# Modules are compiled here, so that a container starts in a fifth of the time. What the emulator needs has a layer of its
# own: a new version of the emulator alone leaves it as it is.
COPY pyproject.toml ./
RUN python -m venv --without-pip /opt/emulator \
 && python -c "import tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; extras = project['optional-dependencies']; print(*project['dependencies'], *extras['metrics'], *extras['postgres'], *extras['tls'], sep='\n')" > needed.txt \
 && pip --python /opt/emulator/bin/python install --no-cache-dir --no-compile -r needed.txt \
 && python -m compileall -q /opt/emulator/lib
COPY . .
RUN pip --python /opt/emulator/bin/python install --no-cache-dir --no-compile --no-deps --prefix /opt/own . \
 && python -m compileall -q -s /opt/own -p /opt/emulator /opt/own/lib

FROM python:3.13-slim
ARG VERSION=""
LABEL org.opencontainers.image.title="failover-emulator" \
      org.opencontainers.image.description="A local emulator of Routee's Failover API" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION"
# Group 0 may do what the user may, since OpenShift and `--user 1000` run an image as any user of that group.
# A volume for the CA alone may be mounted at /ca; by default the CA is beside the store.
RUN useradd --system --uid 10001 --gid 0 --home-dir /data --create-home emulator \
 && mkdir /ca \
 && chown 10001:0 /ca \
 && chmod g=u /data /ca \
 && pip uninstall -y --quiet --root-user-action=ignore pip
COPY --from=build /opt/emulator /opt/emulator
COPY --from=build /opt/own /opt/emulator
ENV PATH=/opt/emulator/bin:$PATH \
    EMULATOR_HOST=0.0.0.0 \
    EMULATOR_CA=/data/ca
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080 443
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --start-interval=1s --retries=5 CMD ["failover-emulator", "readyz"]
ENTRYPOINT ["failover-emulator"]
CMD ["serve"]

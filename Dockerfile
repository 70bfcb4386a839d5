# The emulator, or any other command of dps-fleet; docs/emulator.md shows how to use it.
# Debian's slim image: glibc, as on the machines where the tests run.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
COPY devices devices
RUN npm run build

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# Source maps and types are two fifths of the packages, and nothing reads them when they run.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' \) -delete

FROM node:24-slim
LABEL org.opencontainers.image.title="dps-fleet" \
      org.opencontainers.image.description="Simulated device fleets for Azure DPS and IoT Hub, and an emulator of both" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/node:24-slim"
WORKDIR /app
# A new named volume takes the owner and the mode of the folder that it covers.
RUN install -d -m 0700 -o 1000 -g 1000 certs runs shared
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY --from=build /app/dist/devices dist/devices
COPY package.json LICENSE ./
COPY scenarios scenarios
COPY scripts/emulator-health.mjs scripts/
# Inside a container the loopback address reaches nobody, and stdout is a log that is kept: keys go to the file, which
# the health check reads.
ENV DPS_FLEET_HOST=0.0.0.0 \
    DPS_FLEET_WRITE=/app/shared/emulator.json
USER 1000:1000
EXPOSE 443 8443 8883
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=3s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "/app/scripts/emulator-health.mjs"]
ENTRYPOINT ["node", "/app/dist/src/main.js"]
CMD ["emulator"]

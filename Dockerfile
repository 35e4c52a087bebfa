# One image for every service of a mesh, the collector of its ledger, and the `bellmesh` command:
#
#   docker build --tag bellmesh .
#   docker run --rm bellmesh simulate --topology line:3 --pairs 20
#
# `bellmesh compose` writes the file that starts a container per service from it. Sources run as they are: Node strips
# the types. It needs no BuildKit.

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY . .
# Without the sources the next stage stays the same until a dependency changes, and comes from the cache.
RUN find . -type f ! -name package.json ! -name package-lock.json -delete && find . -type d -empty -delete

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
# A registry other than npm's own: --build-arg NPM_CONFIG_REGISTRY=…
ARG NPM_CONFIG_REGISTRY
COPY --from=manifests /app ./
# Node itself is among the optional dependencies, and the image has one.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --no-update-notifier

FROM node:24-bookworm-slim
WORKDIR /app
# npm keeps the workspaces as links out of node_modules; under node_modules Node would strip no types.
COPY --from=dependencies /app ./
COPY . .
ENV NODE_ENV=production NODE_COMPILE_CACHE=/var/cache/bellmesh
# A named volume begins as a copy of what is here, owner included.
RUN install -d -o node -g node /var/lib/bellmesh "$NODE_COMPILE_CACHE"
USER node
# Every process starts from compiled code: a main that is told nothing loads all it needs, says so, and ends.
RUN for main in services/*/src/main.ts packages/emulation/src/main.ts packages/cli/src/main.ts; do \
      node "$main" > /dev/null 2>&1 || true; \
    done
ENTRYPOINT ["node", "packages/cli/bin/bellmesh.mjs"]
CMD ["--help"]

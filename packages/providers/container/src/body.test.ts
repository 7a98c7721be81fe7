import { describe, expect, it } from "vitest";
import { createBody, limitsBody, takenPorts } from "./body.ts";

const tags = { "muster.stack": "shop" };

describe("what is asked of the engine", () => {
  it("is no more than what is declared, and that nobody but Muster starts it again", () => {
    expect(createBody("muster-1", { image: "web:1" }, {}, tags)).toEqual({
      Image: "web:1",
      Env: [],
      Labels: { "muster.stack": "shop", "muster.container": "muster-1" },
      ExposedPorts: {},
      HostConfig: { PortBindings: {}, Mounts: [], RestartPolicy: { Name: "no" } },
    });
  });

  it("is all that is declared", () => {
    const body = createBody(
      "muster-1",
      {
        image: "web:1",
        command: ["serve"],
        entrypoint: ["/run"],
        user: "web",
        workdir: "/srv",
        networks: ["front", "back"],
        mounts: [
          { source: "/etc/web", target: "/etc/web", readOnly: true },
          { source: "data", target: "/data" },
        ],
        memory: 64 << 20,
        cpus: 0.57,
        pids: 100,
        health: { command: ["check", "me"], interval: "500ms", timeout: "2s", retries: 2, startPeriod: "1m" },
        stop: { signal: "SIGINT", timeout: "1500ms" },
        init: true,
        readOnly: true,
        capDrop: ["ALL"],
        capAdd: ["CHOWN"],
      },
      { A: "b=c" },
      {},
    );
    expect(body).toMatchObject({
      Cmd: ["serve"],
      Entrypoint: ["/run"],
      Env: ["A=b=c"],
      User: "web",
      WorkingDir: "/srv",
      Healthcheck: {
        Test: ["CMD", "check", "me"],
        Interval: 500_000_000,
        Timeout: 2_000_000_000,
        StartPeriod: 60_000_000_000,
        Retries: 2,
      },
      StopSignal: "SIGINT",
      StopTimeout: 2,
      HostConfig: {
        NetworkMode: "front",
        Mounts: [
          { Type: "bind", Source: "/etc/web", Target: "/etc/web", ReadOnly: true },
          { Type: "volume", Source: "data", Target: "/data", ReadOnly: false },
        ],
        Memory: 64 << 20,
        MemorySwap: 64 << 20,
        NanoCpus: 570_000_000,
        PidsLimit: 100,
        Init: true,
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        CapAdd: ["CHOWN"],
      },
    });
  });

  it("bears its own name whatever tags are given", () => {
    const body = createBody("muster-1", { image: "web:1" }, {}, { "muster.container": "another" });
    expect(body["Labels"]).toEqual({ "muster.container": "muster-1" });
  });

  it("publishes ports on the loopback unless told", () => {
    const ports = [
      { container: 80, host: "8080" },
      { container: 80, host: 8081, address: "0.0.0.0" },
      { container: 53, protocol: "udp" as const },
    ];
    expect(createBody("muster-1", { image: "web:1", ports }, {}, {})).toMatchObject({
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      HostConfig: {
        PortBindings: {
          "80/tcp": [
            { HostIp: "127.0.0.1", HostPort: "8080" },
            { HostIp: "0.0.0.0", HostPort: "8081" },
          ],
          "53/udp": [{ HostIp: "127.0.0.1", HostPort: "" }],
        },
      },
    });
    expect(takenPorts({ image: "web:1", ports })).toEqual(["tcp:127.0.0.1:8080", "tcp:0.0.0.0:8081"]);
  });

  it("says nothing of limits that are not changed", () => {
    expect(limitsBody({ pids: 5 })).toEqual({ PidsLimit: 5 });
    expect(limitsBody({})).toEqual({});
  });
});
